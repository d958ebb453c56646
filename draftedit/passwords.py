"""Passwords: what is asked of them, and argon2 hashes of them."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pyramid.i18n import TranslationStringFactory

from draftedit.engine.errors import Problem, Refused

_ = TranslationStringFactory("draftedit")

SHORTEST = 10
# Hashing takes longer for longer texts; nobody's password is longer than this.
LONGEST = 1024

# The library's defaults follow RFC 9106 and rise with its versions; hashes made with
# weaker ones are replaced at the next sign-in.
hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Hash a password that someone chose, or refuse it."""
    if len(password) < SHORTEST:
        raise _refused(
            _("A password has at least ${n} characters.", mapping={"n": SHORTEST})
        )
    if len(password) > LONGEST:
        raise _refused(
            _("A password has at most ${n} characters.", mapping={"n": LONGEST})
        )
    return hasher.hash(_bytes(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Tell whether the password belongs to the hash; without a hash as slowly."""
    known = password_hash is not None
    if len(password) > LONGEST:  # no hash is of such a one; for known and unknown
        return False
    try:
        hasher.verify(password_hash or _nobodys(hasher), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return known


def is_outdated(password_hash: str) -> bool:
    """Tell whether the hash was made with weaker parameters than today's."""
    return hasher.check_needs_rehash(password_hash)


def rehash(password: str) -> str:
    """Hash a password again that was verified just now, whatever its length."""
    return hasher.hash(_bytes(password))


@cache
def _nobodys(by: PasswordHasher) -> str:
    # Made with the same parameters, so that verifying it takes as long.
    return by.hash(b"nobody's password")


def _bytes(password: str) -> bytes:
    # The same keys make different characters on different systems; halves of
    # characters, which no keyboard makes, must not become an error of ours.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _refused(message: str) -> Refused:
    return Refused(Problem(message, field="password"))
