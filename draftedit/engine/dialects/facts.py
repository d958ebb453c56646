"""The values in which a database's object answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Code = int | str
Codes = frozenset[Code]
ErrorKind = Literal[
    "retryable",
    "savepoint_lost",
    "away",
    "not_migrated",
    "unique",
    "foreign_key",
    "not_null",
    "check",
    "does_not_fit",
    "refused",
    "wrong_value",
]


@dataclass(frozen=True)
class ErrorCodes:
    """The codes of a database's errors, by what they mean to us.

    A code is what `Backend.codes_in` finds in an error: the number or SQLSTATE that the
    driver passes on, or the start of its text where the number is ambiguous.

    `retryable`: two transactions met, and one of them may well succeed if it is done
    again. `savepoint_lost`: a deadlock has ended the transaction, and the error in hand
    only hides that. `away`: there is no database to talk to just now. `not_migrated`: a
    table or a column is not there.

    Of what is written: `unique` (EXCLUDE among it), `foreign_key`, `not_null`, `check`,
    and `does_not_fit` say what is wrong with it. `refused` are codes about rows that
    the driver raises as neither IntegrityError nor DataError. `wrong_value`: the type
    of the column does not know the value, which may be a stored one that is copied.
    """

    retryable: Codes
    savepoint_lost: Codes
    away: Codes
    not_migrated: Codes
    unique: Codes
    foreign_key: Codes
    not_null: Codes
    check: Codes
    does_not_fit: Codes
    refused: Codes
    wrong_value: Codes

    def of(self, kind: ErrorKind) -> Codes:
        """Return the codes of one kind."""
        codes: Codes = getattr(self, kind)
        return codes


@dataclass(frozen=True)
class RealKey:
    """A unique key as a database has it.

    `terms` are what it compares, each a column or an expression; `predicate` says which
    rows it is about (None: all). The rest is as in `UniqueKey`.
    """

    name: str | None
    terms: tuple[str, ...]
    predicate: str | None = None
    deferrable: bool = False
    excludes: bool = False
    nulls_differ: bool = True


@dataclass(frozen=True)
class TableFacts:
    """What SQLAlchemy does not reflect of a table.

    `collations` are those of its text columns, None for the database's own.
    `rolls_back`: what is written to it can be taken back. `counts_on`: the key of a
    deleted row is not given again.
    """

    collations: Mapping[str, str | None]
    rolls_back: bool
    counts_on: bool


@dataclass(frozen=True)
class RowChanges:
    """How many rows of a table a transaction deleted and updated, hidden ones too.

    `is_counted`: the database counts them at all.
    """

    number: int
    changed: int
    is_counted: bool
