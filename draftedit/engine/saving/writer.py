"""Stages 4 to 7: parked, inserted, updated, deleted, with a flush between them.

Through the ORM session, so that the host's events and validators run. Its copies are
expired after each stage: a collection loaded before a move would take the moved row
down with its old parent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.draft_rows import DraftRows
from draftedit.engine.errors import Key, Problem, Refused
from draftedit.engine.rows import Row
from draftedit.engine.saving.archive import (
    Doomed,
    Revision,
    archive,
    archive_absent,
    doomed_rows,
)
from draftedit.engine.saving.compare import LiveRows
from draftedit.engine.saving.live import chunks, columns_in, has_key
from draftedit.engine.saving.park import Parked, park
from draftedit.engine.saving.plan import Plan
from draftedit.engine.saving.watch import HostWrites
from draftedit.engine.schema import Field, Part


class Keys:
    """The real keys of rows that had draft-made ones, as they become known."""

    def __init__(self) -> None:
        """Know none yet."""
        self.counted: dict[tuple[str, Any], Any] = {}

    def learn(self, part: Part, draft_made: Key, real: Key) -> None:
        """Note the number that the database gave to a new row."""
        name = part.generated_key
        if name is not None:
            at = part.key.index(name)
            self.counted[part.name, draft_made[at]] = real[at]

    def value(self, field: Field, value: Any) -> Any:
        """Return what stands for a value of the draft in live."""
        if field.made_by_draft is None:  # and it may be JSON, which cannot be looked up
            return value
        return self.counted.get((field.made_by_draft, value), value)

    def real(self, part: Part, key: Key) -> Key:
        """Return the real key of a row of the draft."""
        pairs = zip(part.key, key, strict=True)
        return tuple(self.value(part.fields[name], value) for name, value in pairs)


@dataclass
class At:
    """The row that is being written: what an error of the database is about."""

    row: Row | None = None
    table: str | None = None
    keys: list[Key] | None = None


class Writer:
    """One attempt to write a plan; `one_by_one` flushes after each row."""

    def __init__(
        self,
        rows: DraftRows,
        plan: Plan,
        live: LiveRows,
        revision: Revision,
        one_by_one: bool,
    ) -> None:
        """Prepare to write `plan` as `revision`."""
        self.rows = rows
        self.plan = plan
        self.live = live
        self.revision = revision
        self.one_by_one = one_by_one
        self.dbsession: Session = rows.dbsession
        self.dialect = rows.dbsession.get_bind().dialect
        self.target = rows.target
        self.keys = Keys()
        self.at = At()
        self.waiting: list[tuple[Part, Row, list[str]]] = []

    def write(self) -> Keys:
        """Run the stages; return the real keys."""
        with HostWrites(self.rows, self.revision) as host:
            doomed = self._archive(host)
            parked = park(self.rows, self.plan, self.live, doomed)
            self._delete_links(doomed)
            self.dbsession.expire_all()
            self._insert(host)
            self._update(parked)
            self._connect(doomed)
            self._refuse_dangling(doomed)
            self._delete(doomed)
            self._check_deferred()
        return self.keys

    def _archive(self, host: HostWrites) -> Doomed:
        doomed = doomed_rows(self.rows, self.plan, self.live)
        for name, part in self.target.tables.items():
            changed = [row.key for row in self.plan.changed[name]]
            replaced = dict.fromkeys([*changed, *doomed[name]])
            archive(self.dbsession, part, replaced, self.revision)
            host.archived.update((name, key) for key in replaced)
        return doomed

    def _delete_links(self, doomed: Doomed) -> None:
        """Delete association rows before their ends; changed ones are inserted again."""
        for name, part in self.target.tables.items():
            changed = [row.key for row in self.plan.changed[name]]
            if part.is_link:
                for chunk in chunks([*doomed[name], *changed]):
                    deleted = sa.delete(part.live).where(has_key(part, chunk))
                    self.dbsession.execute(deleted)

    # Stage 5

    def _insert(self, host: HostWrites) -> None:
        for name in self.target.insert_order:
            part = self.target.tables[name]
            new = self.plan.new[name]
            if part.is_link:
                self._insert_links(part, [*new, *self.plan.changed[name]])
            elif new:
                self._insert_level(part, new, host)
            if new and (not self.plan.makes_object or self.revision.number > 1):
                real = [self.keys.real(part, row.key) for row in new]
                archive_absent(self.dbsession, part, real, self.revision)
        self.dbsession.expire_all()

    def _insert_level(self, part: Part, new: list[Row], host: HostWrites) -> None:
        made = []
        for row in new:
            self.at = At(row)
            instance = self._new_instance(part, row)
            host.own.add(instance)
            self.dbsession.add(instance)
            made.append((row, instance))
            if self.one_by_one:
                self.dbsession.flush()  # an error is about this row
        # The rows of the next level name these as parents: their keys must be known.
        self.dbsession.flush()
        for row, instance in made:
            self.keys.learn(part, row.key, self._key_of(part, instance))

    def _new_instance(self, part: Part, row: Row) -> Any:
        instance = _mapper(part).class_manager.new_instance()
        later = []
        for name, value in row.values.items():
            field = part.fields[name]
            if name in row.omitted or field.generated or field.read_only:
                continue
            if self._must_wait(field, value):
                later.append(name)
                continue
            self._set(part, row, instance, name, self.keys.value(field, value))
        if later:
            self.waiting.append((part, row, later))
        return instance

    def _must_wait(self, field: Field, value: Any) -> bool:
        """Tell whether a reference is to a new row that is not inserted yet."""
        other = self.target.tables.get(str(field.references))
        if other is None or value is None or field.role != "value":
            return False
        if field.made_by_draft is not None:
            draft_made = {row.key for row in self.plan.new[other.name]}
            is_known = (field.made_by_draft, value) in self.keys.counted
            return (value,) in draft_made and not is_known
        return field.nullable and any(
            row.values.get(str(field.referred)) == value
            for row in self.plan.new[other.name]
        )

    def _insert_links(self, part: Part, links: list[Row]) -> None:
        for row in links:
            self.at = At(row)
            values = {
                name: self.keys.value(part.fields[name], value)
                for name, value in row.values.items()
                if name not in row.omitted and not part.fields[name].read_only
            }
            decoded = part.decode(values)
            coerced = {
                part.live.c[name]: sa.literal(value, part.fields[name].codec.plain)
                for name, value in decoded.items()
                if value is not None
            }
            self.dbsession.execute(sa.insert(part.live).values(coerced))

    # Stage 6

    def _update(self, parked: Parked) -> None:
        for name, part in self.target.tables.items():
            changed = {row.key: row for row in self.plan.changed[name]}
            if part.is_link or not changed:
                continue
            for key, instance in self._instances(part, list(changed)):
                row = changed[key]
                self.at = At(row)
                sides = row.changed_fields().items()
                values = {field: draft for field, (_, draft) in sides}
                for field, value in (parked.of(row) | values).items():
                    real = self.keys.value(part.fields[field], value)
                    self._set(part, row, instance, field, real)
                if self.one_by_one:
                    self.dbsession.flush()  # an error is about this row
        # Moved rows must have left their old parents before those are deleted.
        self.dbsession.flush()
        self.dbsession.expire_all()

    def _connect(self, doomed: Doomed) -> None:
        """Set references inside one table or a cycle, now that every row is there."""
        for part, row, names in self.waiting:
            self.at = At(row)
            key = self.keys.real(part, row.key)
            for _, instance in self._instances(part, [key]):
                for name in names:
                    value = self.keys.value(part.fields[name], row.values[name])
                    self._set(part, row, instance, name, value)
        # Rows that are deleted next must not be referred to by rows that stay.
        self.dbsession.flush()
        self._disconnect(doomed)
        self.dbsession.expire_all()

    def _disconnect(self, doomed: Doomed) -> None:
        """Let doomed rows refer to nothing that is deleted before them."""
        order = self._delete_order()
        for at, part in enumerate(order):
            earlier = {one.name for one in order[: at + 1]}
            names = [
                name
                for name, field in part.fields.items()
                if field.references in earlier
                and field.nullable
                and field.role == "value"
            ]
            if part.is_link or not names:
                continue
            for chunk in chunks(doomed[part.name]):
                emptied = sa.update(part.live).where(has_key(part, chunk))
                self.dbsession.execute(emptied.values(dict.fromkeys(names)))

    # Stage 7

    def _delete_order(self) -> list[Part]:
        return [self.target.tables[name] for name in reversed(self.target.insert_order)]

    def _refuse_dangling(self, doomed: Doomed) -> None:
        """Name the rows that stay and refer to one that goes: a problem, no silence.

        The ORM would empty some such references, SQLite would not say which it was.
        """
        problems = []
        for part in self.target.tables.values():
            for name, field in part.fields.items():
                if field.references in doomed and field.role != "parent":
                    problems += list(self._dangling(part, name, doomed))
        if problems:
            raise Refused(*problems)

    def _dangling(self, part: Part, name: str, doomed: Doomed) -> Iterator[Problem]:
        other = str(part.fields[name].references)
        going = set(doomed[part.name])
        if self.target.tables[other].key != (part.fields[name].referred,):
            return
        for chunk in chunks(doomed[other]):
            wanted = sa.select(
                *(part.fields[column].read() for column in (*part.key, name))
            ).where(columns_in(part, (name,), chunk, part.live))
            for *key, value in self.dbsession.execute(wanted):
                encoded = tuple(
                    part.fields[column].codec.encode(one)
                    for column, one in zip(part.key, key, strict=True)
                )
                if encoded not in going:
                    gone = (part.fields[name].codec.encode(value),)
                    message = f"This refers to a {other} that is deleted."
                    yield Problem(message, part.name, encoded, name, other=gone)

    def _delete(self, doomed: Doomed) -> None:
        for part in self._delete_order():
            if part.is_link:
                continue
            for key, instance in self._instances(part, doomed[part.name]):
                self.at = At(None, part.name, [key])
                self.dbsession.delete(instance)
                if self.one_by_one:
                    self.dbsession.flush()  # an error is about this row
            # Deepest first, and never by ON DELETE CASCADE: a level must be gone
            # before the one above it, whatever order the unit of work would choose.
            self.dbsession.flush()
            self.dbsession.expire_all()

    def _check_deferred(self) -> None:
        """Let deferred constraints speak now, not at COMMIT."""
        if self.dialect.name == "postgresql":
            self.dbsession.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))

    # The host's instances

    def _instances(self, part: Part, keys: list[Key]) -> Iterator[tuple[Key, Any]]:
        """Yield the host's instances by key, as the rows are now."""
        columns = [part.fields[name].read() for name in part.key]
        for chunk in chunks(keys):
            wanted = (
                sa.select(_mapper(part).class_, *columns)
                .where(has_key(part, chunk))
                .order_by(*(part.live.c[name] for name in part.key))
                .execution_options(populate_existing=True)
            )
            for instance, *key in self.dbsession.execute(wanted).unique().all():
                encoded = tuple(
                    part.fields[name].codec.encode(value)
                    for name, value in zip(part.key, key, strict=True)
                )
                yield encoded, instance

    def _key_of(self, part: Part, instance: Any) -> Key:
        identity = sa.inspect(instance).identity
        columns = [column.name for column in _mapper(part).primary_key]
        by_name = dict(zip(columns, identity, strict=True))
        return tuple(
            part.fields[name].codec.parse(by_name[name], self.dialect.name)
            for name in part.key
        )

    def _set(self, part: Part, row: Row, instance: Any, name: str, value: Any) -> None:
        """Set one attribute; what the host's validator refuses is a problem there."""
        field = part.fields[name]
        try:
            setattr(instance, str(field.attribute), self._to_host(field, value))
        except (ValueError, TypeError) as error:
            where = {"table": part.name, "key": row.key, "field": name}
            raise Refused(Problem(str(error), **where)) from error  # type: ignore[arg-type]

    def _to_host(self, field: Field, value: Any) -> Any:
        """Return the host's Python value: an enum's member, a decorated type's object."""
        if value is None:
            return sa.null() if isinstance(field.column.type, sa.JSON) else None
        plain = field.codec.decode(value)
        kind = field.column.type
        if isinstance(kind, sa.Enum) and kind.enum_class is not None:
            members = dict.fromkeys(kind.enum_class)
            return dict(zip(kind.enums, members, strict=True))[plain]
        if _decorates(kind):
            return kind.process_result_value(plain, self.dialect)
        return plain


def _decorates(kind: Any) -> bool:
    """Tell whether a decorated type turns what the database gives into something."""
    base = sa.TypeDecorator.process_result_value
    return isinstance(kind, sa.TypeDecorator) and (
        type(kind).process_result_value is not base
    )


def _mapper(part: Part) -> Any:
    return part.mapper
