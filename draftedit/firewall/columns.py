"""Column types of the firewall's models, the same on every database."""

import sqlalchemy as sa
from pyramid.i18n import TranslationStringFactory
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import MappedColumn, mapped_column

_ = TranslationStringFactory("draftedit")

NAME = 255  # what the kernel lets a name have (NFT_NAME_MAXLEN, less the NUL)
TEXT = 255
ADDRESSES = 1000  # a list of them is long; a longer one is kept in `statements`

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# None is NULL, so that "nothing is kept here" has one spelling.
Kept = sa.JSON(none_as_null=True)


def info(label: str, help: str) -> dict[str, str]:
    """Return what forms say about a column."""
    return {"label": label, "help": help}


EXTRA = info(_("Other fields"), _("What nft lists and no column covers."))


def text(length: int) -> sa.String:
    """Return a text type that compares byte by byte and knows all of Unicode.

    nft tells "DOCKER" from "docker", and a blank at the end from none; MariaDB's
    usual collations tell neither, and a unique key would refuse such a listing.
    """
    exact = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_nopad_bin")
    return sa.String(length).with_variant(exact, "mysql", "mariadb")


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """Return the type of a column whose values nft has closed.

    Plain text without a CHECK: when nft learns a word, no constraint needs a
    migration on three databases.
    """
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=False, length=32
    )


def key() -> MappedColumn[int]:
    """Return a primary key that the database counts."""
    return mapped_column(Number, primary_key=True)
