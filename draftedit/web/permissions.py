"""The three permissions that views require, and the bearer token of a request.

A host's security policy decides who has which permission.
"""

from pyramid.request import Request

READ = "draftedit.read"  # live objects, their history, the statistics
EDIT = "draftedit.edit"  # own drafts, and who else has one
ADMIN = "draftedit.admin"  # handing on drafts of others


def bearer_token(request: Request) -> str | None:
    """Return the token of the Authorization header.

    A header of another scheme is not ours, such as that of a proxy with a password of
    its own: then the session counts.
    """
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
