"""The type that a column has on each database, as variants and decorators choose it."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlalchemy.util import immutabledict

from draftedit.engine.dialects import BACKENDS, values_of
from draftedit.engine.values.order_key import OrderKey

DIALECTS: Mapping[str, Dialect] = {
    name: sa.make_url(f"{name}+{one.driver}://").get_dialect()()
    for name, one in BACKENDS.items()
}

# Decorators that are a kind of column themselves, independent of their `impl`.
_WHOLE = (OrderKey, sa.Interval, sa.PickleType)

# Options of a table that its text columns have by default.
_CHARSETS = ("charset", "default_charset", "character_set", "default_character_set")
_COLLATIONS = ("collate", "default_collate")
_WITH_COLLATIONS = tuple(n for n, one in BACKENDS.items() if one.tables_have_collations)


def resolved(kind: TypeEngine[Any], dialect: str) -> TypeEngine[Any]:
    """Return the type that stands in a database; "": where nothing is said of it."""
    found = variant(kind, dialect)
    if isinstance(found, TypeDecorator) and not isinstance(found, _WHOLE):
        return resolved(inside(found, dialect), dialect)
    return found


def variant(kind: TypeEngine[Any], dialect: str) -> TypeEngine[Any]:
    """Return what `with_variant` has named for a database, or the type itself."""
    return kind._variant_mapping.get(dialect, kind)


def inside(kind: TypeDecorator[Any], dialect: str) -> TypeEngine[Any]:
    """Return the type that a decorated one stands on."""
    if dialect in DIALECTS:
        return kind.load_dialect_impl(DIALECTS[dialect])
    return kind.impl_instance


def undecorated(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """Return the type in the database, with a variant where one differs."""
    if not isinstance(kind, TypeDecorator) or isinstance(kind, _WHOLE):
        return kind
    own, base = type(kind).load_dialect_impl, TypeDecorator.load_dialect_impl
    if own is base and not kind._variant_mapping:
        return undecorated(kind.impl_instance)
    return with_variants(resolved(kind, ""), lambda name: resolved(kind, name))


def with_variants(
    base: TypeEngine[Any], on: Callable[[str], TypeEngine[Any]]
) -> TypeEngine[Any]:
    """Return `base` as the databases have it for which `on` gives another type."""
    kind = copy.copy(base)
    kind._variant_mapping = immutabledict()
    for name in DIALECTS:
        own = on(name)
        if repr(own) != repr(base):
            kind = kind.with_variant(own, name)
    return kind


def in_table(kind: TypeEngine[Any], table: sa.Table) -> TypeEngine[Any]:
    """Return a type that says itself what a table says of its text columns.

    A draft's table is not the live one: without it, its columns would have the
    collation of the database, and MariaDB merges or compares no texts of two.
    """
    said = {name: _said_of_texts(table, name) for name in _WITH_COLLATIONS}
    if not any(said.values()):
        return kind

    def on(dialect: str) -> TypeEngine[Any]:
        own, words = resolved(kind, dialect), said.get(dialect)
        if not words or not isinstance(own, sa.String) or _has_own(own):
            return own
        return values_of(dialect).table_type(own, words)

    return with_variants(resolved(kind, ""), on)


def _said_of_texts(table: sa.Table, dialect: str) -> dict[str, str]:
    """Return the character set and collation that a table's options name."""
    options = {name.removeprefix(f"{dialect}_"): v for name, v in table.kwargs.items()}
    words = {"charset": _CHARSETS, "collation": _COLLATIONS}
    return {
        word: next(options[name] for name in names if name in options)
        for word, names in words.items()
        if not options.keys().isdisjoint(names)
    }


def _has_own(kind: sa.String) -> bool:
    return bool(kind.collation or getattr(kind, "charset", None))
