"""What draftedit asks of a database: one method or attribute for each question."""

from abc import abstractmethod
from inspect import get_annotations
from typing import ClassVar

from sqlalchemy.exc import DBAPIError

from draftedit.engine.dialects.connections import Connections
from draftedit.engine.dialects.facts import Code, ErrorCodes, ErrorKind
from draftedit.engine.dialects.statement_rules import Statements
from draftedit.engine.dialects.table_rules import TableRules
from draftedit.engine.dialects.value_rules import ValueRules


class Backend(Statements, TableRules, Connections, ValueRules):
    """One kind of database.

    A subclass answers everything that is annotated or abstract here and in the base
    classes: an object of a class that does not is refused, with the names of what it
    lacks.
    """

    # What people call it.
    title: ClassVar[str]
    # The names that SQLAlchemy has for it: what stands in front of a URL.
    dialects: ClassVar[tuple[str, ...]]
    # The top-level modules of its drivers, whose errors `codes_in` can read.
    drivers: ClassVar[tuple[str, ...]]
    errors: ClassVar[ErrorCodes]

    def __init__(self) -> None:
        """Raise TypeError if the class lacks an answer."""
        missing = lacking(type(self))
        if missing:
            raise TypeError(f"{type(self).__name__} lacks {', '.join(missing)}")

    @abstractmethod
    def codes_in(self, error: DBAPIError) -> frozenset[Code]:
        """Return what stands for an error in `errors`: several where one is finer."""

    @abstractmethod
    def named_in(self, error: DBAPIError) -> str:
        """Return the piece of an error's text that names a constraint or columns.

        Without values of rows, in which the name of a field may stand by chance.
        """

    def error_is(self, error: DBAPIError, kind: ErrorKind) -> bool:
        """Return whether an error is of a kind."""
        return not self.errors.of(kind).isdisjoint(self.codes_in(error))


def lacking(backend: type[Backend]) -> list[str]:
    """Return the attributes that a class has no answer for."""
    asked = [name for one in Backend.__mro__ for name in get_annotations(one)]
    return [name for name in asked if not hasattr(backend, name)]


def headline(error: DBAPIError) -> str:
    """Return the first line of an error's text: the others quote rows."""
    arguments = error.orig.args if error.orig else ()
    text = str(arguments[-1]) if arguments else ""
    return text.partition("\n")[0]
