"""Report a failure of any command in one line, with a nonzero exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from draftedit.engine.base.errors import DraftError, Refused
from draftedit.settings import BadSettings
from draftedit.web.retry import is_away, is_not_migrated, is_retryable


class Program(click.Group):
    """A click group whose commands report a refusal in one line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was called."""
        with one_line():
            return super().invoke(ctx)


@contextmanager
def one_line() -> Iterator[None]:
    """Report refusals in one line; let unexpected errors propagate."""
    try:
        yield
    except BadSettings as error:
        raise click.ClickException(str(error)) from error
    except DraftError as error:
        raise click.ClickException(message_of(error)) from error
    except SQLAlchemyError as error:
        text = _of_database(error)
        if text is None:
            raise
        raise click.ClickException(text) from error


def message_of(error: DraftError) -> str:
    """Return the message of a refusal with its values filled in."""
    problems = error.problems if isinstance(error, Refused) else ()
    return " ".join(problem.message for problem in problems) or str(error)


def _of_database(error: SQLAlchemyError) -> str | None:
    if is_not_migrated(error):
        return "the database is not migrated: run draftedit init"
    if is_away(error):
        return f"the database does not answer: {_first_line(error)}"
    if is_retryable(error):
        return f"the database is busy, try again: {_first_line(error)}"
    return None


def _first_line(error: SQLAlchemyError) -> str:
    # The driver's own message, without SQLAlchemy's statement and link.
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    lines = str(cause).strip().splitlines()
    return lines[0] if lines else type(cause).__name__
