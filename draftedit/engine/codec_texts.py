"""Codecs of texts, enums and bytes."""

import base64
import copy
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.mysql import LONGBLOB, LONGTEXT
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect

from draftedit.engine.codec import Codec, Parse, is_mariadb
from draftedit.engine.order import OrderKey, is_order_key

_MARIADB = MariaDBDialect()
BYTES = 2**16 - 1  # that a TEXT or a BLOB holds on MariaDB


def order(_type: OrderKey) -> Codec:
    """Order keys."""

    def parse(value: Any, _dialect: str) -> Any:
        if not isinstance(value, str) or not is_order_key(value):
            raise ValueError("This is no order key.")
        return value

    return Codec("order", OrderKey(), parse)


def long_text(collation: str | None = None) -> sa.Text:
    """Return a text type without MariaDB's limit of 64 KiB."""
    on_mariadb = LONGTEXT(collation=collation)
    return sa.Text(collation=collation).with_variant(on_mariadb, "mysql", "mariadb")


def text(column_type: sa.String) -> Codec:
    """Text of any length, and of a limited one."""
    length = column_type.length
    on_mariadb: Any = column_type.dialect_impl(_MARIADB)
    if isinstance(column_type, sa.Text):
        short = type(on_mariadb) in (sa.Text, sa.TEXT, sa.UnicodeText)
        parse = _text(length, limit=BYTES if short else None)
        return Codec("text", _long(column_type, on_mariadb), parse, length=length)
    if length is None:  # MariaDB has no VARCHAR without a length
        plain: sa.String = _long(column_type, on_mariadb)
    else:
        # With its variants: a key that is exact must be exact in a draft, too.
        plain = copy.copy(column_type)
    if isinstance(column_type, sa.CHAR):
        # PostgreSQL pads a CHAR, MariaDB strips it: the blanks at its end are none.
        return Codec(
            "string", plain, _text(length, strip=True), _stripped, length=length
        )
    return Codec("string", plain, _text(length), length=length)


def _stripped(value: str) -> str:
    return value.rstrip(" ")


def _long(column_type: sa.String, on_mariadb: Any) -> sa.Text:
    exact = LONGTEXT(collation=on_mariadb.collation)
    plain = sa.Text(collation=column_type.collation)
    return plain.with_variant(exact, "mysql", "mariadb")


def _text(length: int | None, strip: bool = False, limit: int | None = None) -> Parse:
    def parse(value: Any, dialect: str) -> Any:
        if not isinstance(value, str):
            raise ValueError("This is not text.")
        check_characters(value)
        value = _stripped(value) if strip else value
        if length is not None and len(value) > length:
            raise ValueError(
                f"At most {length} characters fit; these are {len(value)}."
            )
        if limit is not None and is_mariadb(dialect) and len(value.encode()) > limit:
            raise ValueError(f"At most {limit} bytes fit.")
        return value

    return parse


def check_characters(value: str) -> None:
    """Refuse what not every database stores as it is."""
    if "\x00" in value:
        raise ValueError("The text holds a NUL character.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("The text holds half of a surrogate pair.")


def enum(column_type: sa.Enum) -> Codec:
    """One of a few names."""
    names: dict[Any, str] = {name: name for name in column_type.enums}
    if column_type.enum_class is not None:
        members = list(dict.fromkeys(column_type.enum_class))
        names |= dict(zip(members, column_type.enums, strict=True))

    def parse(value: Any, _dialect: str) -> Any:
        try:
            known = value in names
        except TypeError:  # a list or an object, which no name can be
            known = False
        if not known:
            raise ValueError("This is none of the choices.")
        return names[value]

    plain = sa.String(max(map(len, column_type.enums), default=1))
    return Codec("enum", plain, parse, choices=tuple(column_type.enums))


def binary(column_type: sa.LargeBinary) -> Codec:
    """Bytes, spelled as base64."""
    length = column_type.length
    short = type(column_type.dialect_impl(_MARIADB)) in (sa.LargeBinary, sa.BLOB)

    def encode(value: bytes) -> str:
        return base64.b64encode(value).decode("ascii")

    def parse(value: Any, dialect: str) -> Any:
        if isinstance(value, str):
            try:
                value = base64.b64decode(value, validate=True)
            except ValueError as error:
                raise ValueError("This is not base64.") from error
        if not isinstance(value, bytes):
            raise ValueError("This is not base64.")
        limit = length or (BYTES if short and is_mariadb(dialect) else None)
        if limit is not None and len(value) > limit:
            raise ValueError(f"At most {limit} bytes fit.")
        return encode(value)

    plain = copy.copy(column_type).with_variant(LONGBLOB(), "mysql", "mariadb")
    return Codec("binary", plain, parse, encode, base64.b64decode)
