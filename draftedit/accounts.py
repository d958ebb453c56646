"""What can be done with users and their tokens, for pages and commands alike."""

import hashlib
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from pyramid.i18n import TranslationStringFactory
from sqlalchemy.orm import Session

from draftedit import passwords
from draftedit.engine.errors import Problem, Refused, Unknown
from draftedit.models.user import (
    LABEL_LENGTH,
    NAME_LENGTH,
    ROLES,
    UserAccount,
    UserToken,
)

_ = TranslationStringFactory("draftedit")

# More than anyone needs at once; a limit, so that none fills the table.
MOST_TOKENS = 50


def find(dbsession: Session, name: str) -> UserAccount:
    """Return the user of exactly this name."""
    user = look_up(dbsession, name)
    if user is None:
        raise Unknown("user", name)
    return user


def look_up(dbsession: Session, name: str) -> UserAccount | None:
    """Return the user of exactly this name, if there is one."""
    name = unicodedata.normalize("NFC", name)
    if not _is_line(name, NAME_LENGTH):
        return None  # and some databases would not even take the question
    found = dbsession.scalars(sa.select(UserAccount).where(UserAccount.name == name))
    user = found.one_or_none()
    # MariaDB takes no notice of blanks at the end.
    return user if user is not None and user.name == name else None


def by_id(dbsession: Session, user_id: int) -> UserAccount | None:
    """Return a user by key."""
    return dbsession.get(UserAccount, user_id)


def all_users(dbsession: Session) -> Sequence[UserAccount]:
    """Return every user by name; for commands, which show few."""
    return dbsession.scalars(sa.select(UserAccount).order_by(UserAccount.name)).all()


def create(dbsession: Session, name: str, role: str, password: str) -> UserAccount:
    """Create a user."""
    name = unicodedata.normalize("NFC", name)
    if not _is_line(name, NAME_LENGTH):
        raise _refused(
            "name",
            _(
                "A name is one line of 1 to ${n} characters, no blanks around it.",
                mapping={"n": NAME_LENGTH},
            ),
        )
    if look_up(dbsession, name) is not None:
        raise _refused("name", _("There is a user ${name}.", mapping={"name": name}))
    user = UserAccount(
        name=name,
        role=_known_role(role),
        password_hash=passwords.hash_password(password),
        disabled=False,
        stamp=_new_stamp(),
        created_at=datetime.now(UTC),
    )
    dbsession.add(user)
    dbsession.flush()  # gives the user its key
    return user


def set_role(user: UserAccount, role: str) -> None:
    """Change what the user may do, from the next request on."""
    user.role = _known_role(role)


def set_password(user: UserAccount, password: str) -> None:
    """Change the password; sessions that know the old stamp end with it."""
    user.password_hash = passwords.hash_password(password)
    user.stamp = _new_stamp()


def set_disabled(user: UserAccount, disabled: bool) -> None:
    """Shut the user out at once, or let them in again; sessions do not come back."""
    user.disabled = disabled
    user.stamp = _new_stamp()


def check_password(user: UserAccount | None, password: str) -> bool:
    """Tell whether the user may sign in with it; as slowly for nobody as for anyone."""
    matches = passwords.verify(user.password_hash if user else None, password)
    if user is None or user.disabled or not matches:
        return False
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.rehash(password)
    return True


def new_token(
    dbsession: Session, user: UserAccount, label: str
) -> tuple[UserToken, str]:
    """Make a token; its text is returned this once and kept nowhere."""
    label = unicodedata.normalize("NFC", label).strip()
    if not _is_line(label, LABEL_LENGTH):
        raise _refused(
            "label",
            _(
                "Say in 1 to ${n} characters what the token is for.",
                mapping={"n": LABEL_LENGTH},
            ),
        )
    if len([one for one in tokens(dbsession, user) if not one.revoked_at]) >= (
        MOST_TOKENS
    ):
        raise _refused(
            "label",
            _("There are ${n} tokens; revoke one first.", mapping={"n": MOST_TOKENS}),
        )
    text = secrets.token_urlsafe(32)
    token = UserToken(
        user_id=user.id, digest=_digest(text), label=label, created_at=datetime.now(UTC)
    )
    dbsession.add(token)
    dbsession.flush()  # gives the token its key
    return token, text


def tokens(dbsession: Session, user: UserAccount) -> Sequence[UserToken]:
    """Return the user's tokens, revoked ones too, newest first."""
    return dbsession.scalars(
        sa.select(UserToken)
        .where(UserToken.user_id == user.id)
        .order_by(UserToken.id.desc())
    ).all()


def revoke(dbsession: Session, user: UserAccount, token_id: int) -> None:
    """End one of the user's tokens; ending it twice is ending it."""
    token = dbsession.get(UserToken, token_id) if 0 < token_id < 2**63 else None
    if token is None or token.user_id != user.id:
        raise Unknown("token", token_id)
    token.revoked_at = token.revoked_at or datetime.now(UTC)


# Built once, and of columns: every call of a program begins with it.
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
    """Return id, name and role of the user a token speaks for.

    None where it is revoked, or they are disabled.
    """
    values = {"digest": _digest(text)}
    return dbsession.connection().execute(_BY_TOKEN, values).one_or_none()


def by_session(dbsession: Session, user_id: int, stamp: str) -> UserAccount | None:
    """Return the user of a browser session that has not ended meanwhile."""
    user = by_id(dbsession, user_id)
    if user is None or user.disabled or user.stamp != stamp:
        return None
    return user


def _known_role(role: str) -> str:
    if role not in ROLES:
        raise _refused(
            "role", _("A role is one of ${roles}.", mapping={"roles": ", ".join(ROLES)})
        )
    return role


def _is_line(text: str, longest: int) -> bool:
    return text.isprintable() and text == text.strip() and 0 < len(text) <= longest


def _new_stamp() -> str:
    return secrets.token_urlsafe(24)


def _digest(text: str) -> str:
    # Random 32 bytes need no salt and no slow hash.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _refused(field: str, message: str) -> Refused:
    return Refused(Problem(message, field=field))
