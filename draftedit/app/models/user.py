"""Users of the ready application, their tokens, and failed sign-ins.

The engine knows none of these: to it, the owner of a draft is only a text.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from draftedit.app.models.meta import Base
from draftedit.engine.values.column_types import UtcDateTime, counted_type, name_type

NAME_LENGTH = 64
LABEL_LENGTH = 64
DIGEST_LENGTH = 64  # SHA-256 in hexadecimal digits

_Id = counted_type()


class UserAccount(Base):
    """A person or program that may sign in; never deleted, as drafts name it."""

    __tablename__ = "user_account"
    __table_args__ = (
        sa.CheckConstraint("role IN ('reader', 'editor', 'admin')", name="role"),
        # A reused key would give the drafts of a deleted user to a new one.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    name: Mapped[str] = mapped_column(name_type(NAME_LENGTH), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    role: Mapped[str] = mapped_column(sa.String(16))
    disabled: Mapped[bool] = mapped_column(default=False)
    # Browser sessions carry the stamp: changing it ends those with the old one.
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

    Stored in the database, because the next attempt may reach another process. The
    subject is a digest, as what was typed as a name may have been a password.
    """

    __tablename__ = "sign_in_failure"

    subject: Mapped[str] = mapped_column(sa.String(DIGEST_LENGTH), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
