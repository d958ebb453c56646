"""What the host's own session shows of an object, asked without draftedit's reading."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty, Session, selectinload

from draftedit.engine.schema.model import Part, Target

Key = tuple[Any, ...]
Rows = dict[Key, dict[str, Any]]


class Shown:
    """The rows that the session shows of one object, and every other row.

    `mine` has the first, `others` the second, by table and key; `beside` has the rows
    of the host's tables that hold no part of the target.
    """

    def __init__(self, dbsession: Session, target: Target, root: Key) -> None:
        self.dbsession = dbsession
        self.target = target
        self.keys: dict[str, set[Key]] = {name: set() for name in target.tables}
        for found in self._roots(root):
            self._add(target.root, found)
        rows = {name: self._all_rows(part) for name, part in target.tables.items()}
        self.mine = _split(rows, self.keys, is_mine=True)
        self.others = _split(rows, self.keys, is_mine=False)
        self.beside = dict(self._beside())

    def _roots(self, root: Key) -> list[Any]:
        """Return the root's instance with its parts, or nothing if it is not shown."""
        part = self.target.root
        assert part.mapper is not None
        values = part.decode(dict(zip(part.key, root, strict=True)))
        wanted = sa.select(part.mapper.class_).where(
            *(part.live.c[name] == value for name, value in values.items())
        )
        # The session may have read the same rows before a save changed them.
        wanted = wanted.options(*self._loads(part)).execution_options(
            populate_existing=True
        )
        return list(self.dbsession.scalars(wanted))

    def _loads(self, part: Part) -> Iterator[Any]:
        """Yield what loads each relationship below a part at once."""
        for child in self._children(part):
            load = selectinload(_relation(part, child).class_attribute)
            below = [] if child.is_link else list(self._loads(child))
            yield load.options(*below)

    def _children(self, part: Part) -> list[Part]:
        return [self.target.tables[name] for name in part.children]

    def _add(self, part: Part, instance: Any) -> None:
        """Note an instance and everything below it."""
        self.keys[part.name].add(_key_of(part, instance))
        for child in self._children(part):
            relation = _relation(part, child)
            for one in getattr(instance, relation.key):
                if child.is_link:
                    self.keys[child.name].add(_link(child, relation, instance, one))
                else:
                    self._add(child, one)

    def _all_rows(self, part: Part) -> Rows:
        wanted = sa.select(*(field.read() for field in part.fields.values()))
        # Not through the session, whose hooks would hide some of them.
        found = self.dbsession.connection().execute(wanted).mappings()
        rows = [part.encode(dict(row)) for row in found]
        return {part.key_of(row): row for row in rows}

    def _beside(self) -> Iterator[tuple[str, list[Any]]]:
        for table in self.target.root.live.metadata.tables.values():
            if table.name not in self.target.tables:
                rows = self.dbsession.connection().execute(sa.select(table)).all()
                yield table.name, sorted(map(tuple, rows), key=repr)


def _split(
    rows: dict[str, Rows], keys: dict[str, set[Key]], *, is_mine: bool
) -> dict[str, Rows]:
    return {
        name: {k: r for k, r in some.items() if (k in keys[name]) == is_mine}
        for name, some in rows.items()
    }


def _relation(part: Part, child: Part) -> RelationshipProperty[Any]:
    """Return the relationship that makes `child` a part of `part`."""
    assert part.mapper is not None
    [found] = [
        one
        for one in part.mapper.relationships
        if (one.secondary is child.live if child.is_link else _owns(one, child))
    ]
    return found


def _owns(relation: RelationshipProperty[Any], child: Part) -> bool:
    columns = {remote.name for _, remote in relation.local_remote_pairs or ()}
    return relation.mapper is child.mapper and set(child.parent_fields) <= columns


def _key_of(part: Part, instance: Any) -> Key:
    fields = [part.fields[name] for name in part.key]
    return tuple(f.codec.encode(getattr(instance, str(f.attribute))) for f in fields)


def _link(
    link: Part, relation: RelationshipProperty[Any], parent: Any, child: Any
) -> Key:
    """Return the key of the row that links two instances."""
    values = dict(link.fixed)
    ends = (
        (parent, relation.parent, relation.synchronize_pairs),
        (child, relation.mapper, relation.secondary_synchronize_pairs or ()),
    )
    for instance, mapper, pairs in ends:
        for theirs, own in pairs:
            attribute = mapper.get_property_by_column(theirs).key
            encode = link.fields[own.name].codec.encode
            values[own.name] = encode(getattr(instance, attribute))
    return link.key_of(values)
