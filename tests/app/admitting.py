"""What the sign-in page decides, without the page."""

from draftedit.app import accounts, passwords
from draftedit.app.models.user import UserAccount


def admitted(user: UserAccount | None, password: str) -> bool:
    """Return whether the user may sign in with it; None: there is no such user."""
    proof = passwords.prove(user.password_hash if user else None, password)
    return accounts.admits(user, proof)
