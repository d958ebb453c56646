"""Compare the foreign keys of the database with those of the host's models."""

from collections.abc import Iterator

import sqlalchemy as sa

from draftedit.engine.outside.foreign_keys import (
    CASCADE,
    NO_ACTION,
    SET_DEFAULT,
    SET_NULL,
    ForeignKey,
    Schemas,
    of_database,
    of_metadata,
)
from draftedit.engine.schema.model import Part
from draftedit.service.doctor.compare_columns import TableDifference


class ForeignKeys:
    """The foreign keys of a database and those of a host's models."""

    def __init__(self, connection: sa.Connection, metadata: sa.MetaData) -> None:
        """Read the foreign keys once, for all targets."""
        self._schemas = Schemas.of(connection)
        known = of_metadata(metadata, self._schemas)
        real = of_database(connection, metadata, self._schemas)
        self._known = {key.identity: key for key in known}
        self._real = {key.identity: key for key in real}

    def unknown(self, part: Part) -> Iterator[TableDifference]:
        """Yield foreign keys to a part's rows that no model declares."""
        name = self._schemas.name_of(part.live)
        for identity in self._real.keys() - self._known.keys():
            key = self._real[identity]
            if key.referred == name:
                yield TableDifference(_what(key) + _rule(key))

    def missing(self, part: Part) -> Iterator[TableDifference]:
        """Yield foreign keys of a part that only the models have."""
        name = self._schemas.name_of(part.live)
        for identity in self._known.keys() - self._real.keys():
            key = self._known[identity]
            if key.table == name:
                yield TableDifference(
                    f"{_what(key)} in the models, and the database does not see to it:"
                    " others may delete what a draft refers to"
                )


def _what(key: ForeignKey) -> str:
    columns = ", ".join(key.columns)
    return f"{key.table.table} ({columns}) refers to {key.referred.table}"


_EFFECTS = {
    CASCADE: "deletes these, too",
    SET_NULL: "empties the reference",
    SET_DEFAULT: "sets the reference to its default",
}


def _rule(key: ForeignKey) -> str:
    rule = (key.rule or NO_ACTION).upper()
    effect = _EFFECTS.get(rule, "is refused")
    return (
        f" (ON DELETE {rule}), and no model says so: a delete of a row that others of"
        f" {key.table.table} refer to {effect}"
    )
