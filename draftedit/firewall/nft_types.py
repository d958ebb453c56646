"""Column types of the firewall's models, the same on every database."""

import sqlalchemy as sa
from sqlalchemy.orm import MappedColumn, mapped_column
from translationstring import TranslationStringFactory

from draftedit.engine.dialects import with_types
from draftedit.engine.values.column_types import counted_type

_ = TranslationStringFactory("draftedit")

NAME = 255  # longest name the kernel accepts (NFT_NAME_MAXLEN without the NUL)
TEXT = 255
ADDRESSES = 1000  # a list can be long; a longer one is kept in `statements`

Number = counted_type()

# None is stored as NULL, so that "nothing is kept" has one representation.
Kept = sa.JSON(none_as_null=True)


def info(label: str, help: str) -> dict[str, str]:
    """Return the label and help text that forms show for a column."""
    return {"label": label, "help": help}


EXTRA = info(_("Other fields"), _("What nft lists and no column covers."))


def text(length: int) -> sa.String:
    """Return a text type that compares byte by byte and stores all of Unicode.

    nft distinguishes "DOCKER" from "docker", and "a " from "a"; MariaDB's usual
    collations do not, and a unique key would refuse such a listing.
    """
    return with_types(sa.String(length), lambda one: one.exact_type(length, True))


def choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    """Return the type of a column whose values are a closed list in nft.

    Plain text without a CHECK: when nft gets a new word, no constraint needs a
    migration on three databases.
    """
    return sa.Enum(
        *values, name=name, native_enum=False, create_constraint=False, length=32
    )


def key() -> MappedColumn[int]:
    """Return an autoincrement primary key."""
    return mapped_column(Number, primary_key=True)
