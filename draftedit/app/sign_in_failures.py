"""Slow down sign-in after failures, by name and by address.

A name counts whether or not it exists, so that responses reveal nothing about it. The
counts are rows that an attempt locks: concurrent attempts are counted one after the
other, and no more passwords are confirmed or denied than the pauses allow. Passwords
are hashed before, without the lock.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from draftedit.app.models.user import SignInFailure

FREE_FAILURES = 5
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)

# A household or office has a whole IPv6 prefix of this length, and can use all of it.
IPV6_PREFIX = 64


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in: the rows that count it, locked."""

    counts: Sequence[SignInFailure]
    now: datetime

    @property
    def wait(self) -> timedelta:
        """Return the wait before the next check of a password; none unless positive."""
        waits = (_wait(count, self.now) for count in self.counts)
        return max(waits)

    def failed(self) -> None:
        """Count a failure."""
        for count in self.counts:
            if self.now - count.last_at > FORGOTTEN_AFTER:
                count.failures = 0
            count.failures += 1
            count.last_at = self.now

    def succeeded(self) -> None:
        """Reset the failures of the name.

        Not those of the address: otherwise a guesser could reset them by signing in to
        an account of their own in between.
        """
        name, *_address = self.counts
        name.failures = 0


def wait(dbsession: Session, name: str, address: str | None) -> timedelta:
    """Return how long to wait, as far as can be said without locking anything.

    If there is a wait, the request is refused before a password is hashed; otherwise an
    `Attempt` decides.
    """
    now = datetime.now(UTC)
    counts = (_count(dbsession, one) for one in _subjects(name, address))
    return max(_wait(count, now) if count else timedelta(0) for count in counts)


def begin(dbsession: Session, name: str, address: str | None) -> Attempt:
    """Lock the counts of this name and this address."""
    subjects = _subjects(name, address)
    # Always in the same order: two attempts must not deadlock.
    locked = {subject: _locked(dbsession, subject) for subject in sorted(subjects)}
    # The time is taken after the lock: another attempt may have failed during the wait.
    return Attempt([locked[subject] for subject in subjects], datetime.now(UTC))


def pause(failures: int) -> timedelta:
    """Return how long the next attempt waits after so many failures."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings = min(failures - FREE_FAILURES, 30)
    longer: timedelta = FIRST_PAUSE * 2**doublings
    return min(longer, LONGEST_PAUSE)


def network(address: str) -> str:
    """Return the subject for an address: itself, or the network of an IPv6 address."""
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket's, or none
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((int(parsed), IPV6_PREFIX), strict=False))
    return str(parsed)


def forget(dbsession: Session) -> None:
    """Delete counts that have expired."""
    dbsession.execute(
        sa.delete(SignInFailure).where(
            SignInFailure.last_at < datetime.now(UTC) - FORGOTTEN_AFTER
        )
    )


def _subjects(name: str, address: str | None) -> list[str]:
    subjects = [_digest("name", name)]
    if address:
        subjects.append(_digest("address", network(address)))
    return subjects


def _wait(count: SignInFailure, now: datetime) -> timedelta:
    wanted = pause(count.failures)
    return count.last_at + wanted - now if wanted else timedelta(0)


def _locked(dbsession: Session, subject: str) -> SignInFailure:
    count = _lock(dbsession, subject)
    while count is None:
        new = SignInFailure(subject=subject, failures=0, last_at=datetime.now(UTC))
        try:
            with dbsession.begin_nested():
                dbsession.add(new)
            return new
        except IntegrityError:  # another attempt was first
            count = _lock(dbsession, subject)
    return count


def _lock(dbsession: Session, subject: str) -> SignInFailure | None:
    return dbsession.get(
        SignInFailure, subject, with_for_update=True, populate_existing=True
    )


def _count(dbsession: Session, subject: str) -> SignInFailure | None:
    return dbsession.get(SignInFailure, subject, populate_existing=True)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
