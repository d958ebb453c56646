"""Password rules and argon2 hashing.

Whether a user with the right password is let in: `accounts.admits`.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from translationstring import TranslationStringFactory

from draftedit.app.messages import say
from draftedit.engine.base.errors import Problem, Refused

_ = TranslationStringFactory("draftedit")

SHORTEST = 10
# Hashing takes longer for longer texts; no real password is longer than this.
LONGEST = 1024

# The library's defaults follow RFC 9106 and rise with its versions; hashes made with
# weaker ones are replaced at the next sign-in.
hasher = PasswordHasher()


@dataclass(frozen=True)
class Proof:
    """Result of comparing a password with the hash `of`; made by `prove`.

    `renewed`: a hash to store instead, as that one was made with weaker parameters.
    """

    of: str | None
    matches: bool
    renewed: str | None = None


def prove(password_hash: str | None, password: str) -> Proof:
    """Compare a password with a hash (None: unknown user); slow, needs no database."""
    matches = verify(password_hash, password)
    if password_hash is None or not matches or not is_outdated(password_hash):
        return Proof(password_hash, matches)
    return Proof(password_hash, matches, rehash(password))


def hash_password(password: str) -> str:
    """Hash a new password; raise Refused if it breaks a rule."""
    if len(password) < SHORTEST:
        raise _refused(say("password-too-short", n=SHORTEST))
    if len(password) > LONGEST:
        raise _refused(say("password-too-long", n=LONGEST))
    return hasher.hash(_bytes(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Return whether the password matches the hash; takes as long without a hash."""
    known = password_hash is not None
    if len(password) > LONGEST:  # no hash is of such a one; for known and unknown users
        return False
    try:
        hasher.verify(password_hash or _nobodys(hasher), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return known


def is_outdated(password_hash: str) -> bool:
    """Return whether the hash was made with weaker parameters than today's."""
    return hasher.check_needs_rehash(password_hash)


def rehash(password: str) -> str:
    """Hash a password that was verified just now, whatever its length."""
    return hasher.hash(_bytes(password))


@cache
def _nobodys(by: PasswordHasher) -> str:
    # Made with the same parameters, so that verifying it takes as long.
    return by.hash(b"nobody's password")


def _bytes(password: str) -> bytes:
    # The same keys produce different characters on different systems, so normalise.
    # Lone surrogates, which no keyboard produces, must not become an error of ours.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _refused(message: str) -> Refused:
    return Refused(Problem(message, field="password"))
