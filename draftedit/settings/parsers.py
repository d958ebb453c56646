"""Parsers of settings; their ValueError continues a sentence: "is not a number"."""

from collections.abc import Callable

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

_YES = frozenset({"true", "t", "yes", "y", "on", "1"})
_NO = frozenset({"false", "f", "no", "n", "off", "0"})


def boolean(text: str) -> bool:
    """Parse yes or no; anything else is an error, so that a typo does not mean no."""
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    raise ValueError("is neither true nor false")


def whole(least: int) -> Callable[[str], int]:
    """Return a parser of whole numbers of at least `least`."""

    def parse(text: str) -> int:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal()) or int(text) < least:
            raise ValueError(f"is not a whole number of at least {least}")
        return int(text)

    return parse


def seconds(least: float, most: float) -> Callable[[str], float]:
    """Return a parser of seconds between `least` and `most`."""

    def parse(text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            raise ValueError(f"is not {least:g} to {most:g} seconds")
        return number

    return parse


def logging(text: str) -> bool | str:
    """Parse the values of SQLAlchemy's echo: yes, no or the word debug."""
    return "debug" if text.lower() == "debug" else boolean(text)


def queue_address(text: str) -> str:
    """Parse the address of a queue, which may hold a password."""
    if not text.startswith(("sqlite:///", "redis://", "rediss://", "unix://")):
        raise ValueError("is neither sqlite:/// nor redis://")
    return text


def database_address(text: str) -> URL:
    """Parse the address of a database, which may hold a password."""
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("is not the address of a database") from None
