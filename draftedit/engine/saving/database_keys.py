"""Read the unique keys of a table from the database, including those no model declares.

Read only after the database has refused a save: see `engine.schema.unique_keys`.
"""

import re
from collections.abc import Mapping

import sqlalchemy as sa

from draftedit.engine.dialects.facts import RealKey
from draftedit.engine.saving.save_run import SaveRun
from draftedit.engine.schema.model import Part
from draftedit.engine.schema.unique_keys import UniqueKey, columns_named, origins


def real_keys(work: SaveRun, part: Part) -> tuple[UniqueKey, ...]:
    """Return the unique keys of a part's table, except the primary key."""
    connection = work.dbsession.connection()
    columns = sa.inspect(connection).get_columns(part.name, part.live.schema)
    computed = {
        one["name"]: str(one["computed"]["sqltext"])
        for one in columns
        if one.get("computed")
    }
    found = work.backend.unique_keys(connection, part.live)
    return tuple(_key(part, one, computed) for one in found)


def _key(part: Part, real: RealKey, computed: Mapping[str, str]) -> UniqueKey:
    """Build a key from the terms it compares, each a column or an expression."""
    bare = {term: _bare(term) for term in real.terms}
    columns = tuple(n for n in bare.values() if n in part.fields)
    inputs = [
        one
        for term, plain in bare.items()
        if plain not in part.fields
        for one in columns_named(term, part.fields)
    ]
    inputs += origins([*columns, *inputs], computed, part.fields)
    return UniqueKey(
        real.name,
        columns,
        tuple(dict.fromkeys(inputs)),
        columns_named(real.predicate or "", part.fields),
        real.predicate,
        real.deferrable,
        real.nulls_differ,
        real.excludes,
    )


def _bare(term: str) -> str:
    """Return a column's name without its quotes."""
    return term[1:-1].replace('""', '"') if re.fullmatch('"(""|[^"])+"', term) else term
