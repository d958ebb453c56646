"""Users of the ready application, their tokens, and failures to sign in.

The engine knows none of these: a draft's owner is only the text of a user's name.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from draftedit.engine.column_types import UtcDateTime, name_type
from draftedit.models.meta import Base

ROLES = ("reader", "editor", "admin")

NAME_LENGTH = 64
LABEL_LENGTH = 64
DIGEST_LENGTH = 64  # SHA-256 in hexadecimal digits

# SQLite makes keys by itself only for columns called INTEGER.
_Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class UserAccount(Base):
    """A person or program that may sign in; never deleted, as drafts name it."""

    __tablename__ = "user_account"
    __table_args__ = (
        sa.CheckConstraint("role IN ('reader', 'editor', 'admin')", name="role"),
        # A name given again would find the drafts of the one before.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(name_type(NAME_LENGTH), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    role: Mapped[str] = mapped_column(sa.String(16))
    disabled: Mapped[bool] = mapped_column(default=False)
    # Browser sessions carry it: a new one ends those that know the old one only.
    stamp: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class UserToken(Base):
    """A bearer token, known by its digest alone."""

    __tablename__ = "user_token"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.BigInteger, sa.ForeignKey("user_account.id"), index=True
    )
    digest: Mapped[str] = mapped_column(sa.String(DIGEST_LENGTH), unique=True)
    label: Mapped[str] = mapped_column(name_type(LABEL_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInFailure(Base):
    """How often signing in failed lately, for one name or from one address.

    In the database, because the next attempt may meet another process. The subject is
    a digest: what was typed as a name may well have been a password.
    """

    __tablename__ = "sign_in_failure"

    subject: Mapped[str] = mapped_column(sa.String(DIGEST_LENGTH), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
