"""What a codec answers about its column type, without a word of any language or HTML.

The web layer maps each member to controls, hints and styles: `draftedit.web.notations`.
"""

from enum import Enum, auto


class Control(Enum):
    """How a value is chosen or written by a person."""

    LINE = auto()
    """Written in one line, unless it is long."""
    AREA = auto()
    """Written in several lines."""
    SWITCH = auto()
    """One of true and false."""
    CHOICE = auto()
    """One of the codec's `choices`."""


class Notation(Enum):
    """What a written value looks like."""

    TEXT = auto()
    INTEGER = auto()
    DECIMAL = auto()
    DATE = auto()
    TIME = auto()
    MOMENT = auto()
    ZONED_MOMENT = auto()
    SECONDS = auto()
    JSON = auto()
    BASE64 = auto()


class Style(Enum):
    """What a value is to those who read it."""

    WORD = auto()
    """One of a few short words: always shown whole."""
    TEXT = auto()
    """Text for people."""
    CODE = auto()
    """Numbers, times, JSON, bytes: characters that count one by one."""
