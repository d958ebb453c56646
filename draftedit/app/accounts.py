"""Create, change and authenticate users and their tokens, for pages and commands."""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session
from translationstring import TranslationStringFactory

from draftedit.app import passwords
from draftedit.app.messages import say
from draftedit.app.models.user import (
    LABEL_LENGTH,
    NAME_LENGTH,
    UserAccount,
    UserToken,
)
from draftedit.engine.base.errors import Problem, Refused, Unknown
from draftedit.settings.table import ROLES

_ = TranslationStringFactory("draftedit")

# More than anyone needs at once; the limit keeps the table small.
MOST_TOKENS = 50


def find(dbsession: Session, name: str) -> UserAccount:
    """Return the user of exactly this name; raise if there is none."""
    user = look_up(dbsession, name)
    if user is None:
        raise Unknown("user", name)
    return user


def look_up(dbsession: Session, name: str) -> UserAccount | None:
    """Return the user of exactly this name, if there is one."""
    name = unicodedata.normalize("NFC", name)
    if not _is_line(name, NAME_LENGTH):
        return None  # some databases would reject the query
    found = dbsession.scalars(sa.select(UserAccount).where(UserAccount.name == name))
    user = found.one_or_none()
    # MariaDB ignores trailing blanks in comparisons.
    return user if user is not None and user.name == name else None


def by_id(dbsession: Session, user_id: int) -> UserAccount | None:
    """Return a user by key."""
    return dbsession.get(UserAccount, user_id)


def all_users(dbsession: Session) -> Sequence[UserAccount]:
    """Return every user by name; for commands, whose tables are short."""
    return dbsession.scalars(sa.select(UserAccount).order_by(UserAccount.name)).all()


def create(dbsession: Session, name: str, role: str, password: str) -> UserAccount:
    """Create a user."""
    name = unicodedata.normalize("NFC", name)
    if not _is_line(name, NAME_LENGTH):
        raise _refused(
            "name",
            say("bad-user-name", n=NAME_LENGTH),
        )
    if look_up(dbsession, name) is not None:
        raise _refused("name", say("user-exists", name=name))
    user = UserAccount(
        name=name,
        role=_known_role(role),
        password_hash=passwords.hash_password(password),
        disabled=False,
        stamp=_new_stamp(),
        created_at=datetime.now(UTC),
    )
    dbsession.add(user)
    dbsession.flush()  # assigns the user's key
    return user


def set_role(user: UserAccount, role: str) -> None:
    """Change what the user may do, from the next request on."""
    user.role = _known_role(role)


def set_password(user: UserAccount, password: str) -> None:
    """Change the password; sessions with the old stamp end."""
    set_password_hash(user, passwords.hash_password(password))


def set_password_hash(user: UserAccount, password_hash: str) -> None:
    """Change the password to one that was hashed before, outside of any lock."""
    user.password_hash = password_hash
    user.stamp = _new_stamp()


def set_disabled(user: UserAccount, disabled: bool) -> None:
    """Disable the user at once, or enable them again; their sessions stay ended."""
    user.disabled = disabled
    user.stamp = _new_stamp()


def admits(user: UserAccount | None, proof: passwords.Proof) -> bool:
    """Return whether the proof is of the user's current password, and valid."""
    if user is None or user.disabled or not proof.matches:
        return False
    if user.password_hash != proof.of:  # it was changed after the proof was made
        return False
    user.password_hash = proof.renewed or proof.of
    return True


def new_token(
    dbsession: Session, user: UserAccount, label: str
) -> tuple[UserToken, str]:
    """Make a token; its text is returned this once and stored nowhere."""
    label = unicodedata.normalize("NFC", label).strip()
    if not _is_line(label, LABEL_LENGTH):
        raise _refused(
            "label",
            say("bad-token-label", n=LABEL_LENGTH),
        )
    if len([one for one in tokens(dbsession, user) if not one.revoked_at]) >= (
        MOST_TOKENS
    ):
        raise _refused(
            "label",
            say("too-many-tokens", n=MOST_TOKENS),
        )
    text = secrets.token_urlsafe(32)
    token = UserToken(
        user_id=user.id, digest=_digest(text), label=label, created_at=datetime.now(UTC)
    )
    dbsession.add(token)
    dbsession.flush()  # assigns the token's key
    return token, text


def tokens(dbsession: Session, user: UserAccount) -> Sequence[UserToken]:
    """Return the user's tokens, newest first, including revoked ones."""
    return dbsession.scalars(
        sa.select(UserToken)
        .where(UserToken.user_id == user.id)
        .order_by(UserToken.id.desc())
    ).all()


def revoke(dbsession: Session, user: UserAccount, token_id: int) -> None:
    """Revoke one of the user's tokens; revoking it again changes nothing."""
    token = dbsession.get(UserToken, token_id) if 0 < token_id < 2**63 else None
    if token is None or token.user_id != user.id:
        raise Unknown("token", token_id)
    token.revoked_at = token.revoked_at or datetime.now(UTC)


# Built once, and from columns: every call of a program begins with it.
_USERS, _TOKENS = UserAccount.__table__, UserToken.__table__
_BY_TOKEN = (
    sa.select(_USERS.c.id, _USERS.c.name, _USERS.c.role)
    .join(_TOKENS, _TOKENS.c.user_id == _USERS.c.id)
    .where(
        _TOKENS.c.digest == sa.bindparam("digest"),
        _TOKENS.c.revoked_at.is_(None),
        _USERS.c.disabled == sa.false(),
    )
)


def by_token(dbsession: Session, text: str) -> sa.Row[int, str, str] | None:
    """Return id, name and role of the user that a token authenticates.

    None if it is revoked, or if the user is disabled.
    """
    values = {"digest": _digest(text)}
    return dbsession.connection().execute(_BY_TOKEN, values).one_or_none()


def by_session(dbsession: Session, user_id: int, stamp: str) -> UserAccount | None:
    """Return the user of a browser session, or None if it has ended."""
    user = by_id(dbsession, user_id)
    if user is None or user.disabled or user.stamp != stamp:
        return None
    return user


def _known_role(role: str) -> str:
    if role not in ROLES:
        raise _refused("role", say("unknown-role", roles=", ".join(ROLES)))
    return role


def _is_line(text: str, longest: int) -> bool:
    return text.isprintable() and text == text.strip() and 0 < len(text) <= longest


def _new_stamp() -> str:
    return secrets.token_urlsafe(24)


def _digest(text: str) -> str:
    # 32 random bytes need neither salt nor a slow hash.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _refused(field: str, message: str) -> Refused:
    return Refused(Problem(message, field=field))
