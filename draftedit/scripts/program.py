"""How every command fails: with one line that says what is wrong, and not 0."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from pyramid.i18n import TranslationString
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from draftedit.engine.errors import DraftError, Refused
from draftedit.retry import is_away, is_not_migrated, is_retryable
from draftedit.settings import BadSettings


class Program(click.Group):
    """A group of commands whose refusals are one line each."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was called."""
        with one_line():
            return super().invoke(ctx)


@contextmanager
def one_line() -> Iterator[None]:
    """Say in one line what a command could not do; an error of ours stays as it is."""
    try:
        yield
    except BadSettings as error:
        raise click.ClickException(str(error)) from error
    except DraftError as error:
        raise click.ClickException(said(error)) from error
    except SQLAlchemyError as error:
        text = _of_database(error)
        if text is None:
            raise
        raise click.ClickException(text) from error


def said(error: DraftError) -> str:
    """Return what a refusal says, with the values in their places."""
    problems = error.problems if isinstance(error, Refused) else ()
    messages = [problem.message for problem in problems] or [str(error)]
    return " ".join(_plain(message) for message in messages)


def _plain(message: str) -> str:
    if isinstance(message, TranslationString):
        return str(message.interpolate())
    return message


def _of_database(error: SQLAlchemyError) -> str | None:
    if is_not_migrated(error):
        return "the database is not migrated: run draftedit init"
    if is_away(error):
        return f"the database does not answer: {_first_line(error)}"
    if is_retryable(error):
        return f"the database is busy, try again: {_first_line(error)}"
    return None


def _first_line(error: SQLAlchemyError) -> str:
    # The driver's own words, without SQLAlchemy's frame of statement and link.
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
