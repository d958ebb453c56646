"""All problem types by name: status, title, and what the user can do.

The names are part of the contract: a problem's `type` is `/problems/<name>`, the page
that shows these texts.
"""

from dataclasses import dataclass

from translationstring import TranslationStringFactory

_ = TranslationStringFactory("draftedit")


@dataclass(frozen=True)
class ProblemType:
    """One kind of problem."""

    name: str
    status: int
    title: str
    help: str


_KINDS = (
    ProblemType(
        "bad-request",
        400,
        _("The request cannot be read"),
        _(
            "The request is not in the form that is expected here: the text is not"
            " JSON, a member is missing or unknown, or a parameter has a value that it"
            " cannot have. The detail names what it is."
        ),
    ),
    ProblemType(
        "bad-operation",
        400,
        _("This is no operation"),
        _(
            "An operation is a JSON object with a member “op”, which names it, and the"
            " members that belong to it. The description of the API lists them all."
        ),
    ),
    ProblemType(
        "bad-version",
        400,
        _("The version cannot be read"),
        _(
            "If-Match holds exactly one version in double quotes, as the ETag header"
            " of the draft gave it. Weak tags and lists are not taken."
        ),
    ),
    ProblemType(
        "bad-request-key",
        400,
        _("The request key cannot be read"),
        _("An Idempotency-Key is 1 to 128 visible ASCII characters without spaces."),
    ),
    ProblemType(
        "unauthenticated",
        401,
        _("Sign in first"),
        _(
            "The request does not say who makes it, or not validly. Sign in, or send a"
            " token of yours as “Authorization: Bearer”."
        ),
    ),
    ProblemType(
        "forbidden",
        403,
        _("You may not do this"),
        _(
            "Your role does not allow this. Readers see saved objects, their history"
            " and the statistics; editors also have drafts."
        ),
    ),
    ProblemType(
        "csrf",
        403,
        _("The request does not come from one of our pages"),
        _(
            "A request with a browser's session must carry that session's CSRF token,"
            " in the form or as X-CSRF-Token. The token changes at sign-in: load the"
            " page again."
        ),
    ),
    ProblemType(
        "not-found",
        404,
        _("Not found"),
        _(
            "There is nothing at this address, or nothing that is yours: drafts of"
            " other users are answered in the same way."
        ),
    ),
    ProblemType(
        "method-not-allowed",
        405,
        _("This address does not do that"),
        _("The Allow header lists the methods that this address answers."),
    ),
    ProblemType(
        "not-open",
        409,
        _("The draft is closed"),
        _("A draft that was saved or cancelled can be read, and nothing else."),
    ),
    ProblemType(
        "not-that-many",
        409,
        _("There is not so much to undo or redo"),
        _(
            "More was asked for than the journal has. Nothing was done; the draft says"
            " how much it can undo and redo."
        ),
    ),
    ProblemType(
        "base-moved",
        409,
        _("Others have saved the object in the meantime"),
        _(
            "The draft was opened on an older revision, and what came in since is to be"
            " looked at first. Nothing was saved and the draft is as it was: look at"
            " what came in, bring it in, and save then."
        ),
    ),
    ProblemType(
        "conflicts",
        409,
        _("Changes conflict with the saved object"),
        _(
            "The same was changed in the draft and, since it was opened, in the saved"
            " object. Nothing was saved and the draft is as it was: decide for each of"
            " them which side to take, or on a value of your own."
        ),
    ),
    ProblemType(
        "needs-consent",
        409,
        _("More would be lost than history keeps"),
        _(
            "The draft deletes rows that rows outside the object refer to, and the"
            " database would delete or change these, too, in a way that no revert"
            " brings back. Nothing was saved. Look at what would be lost. To save"
            " nevertheless, agree to exactly these rows: a page has a box to tick, a"
            " program sends the member “consent” of this answer as “accept”."
        ),
    ),
    ProblemType(
        "does-not-fit",
        409,
        _("The draft no longer fits"),
        _(
            "The tables were altered while the draft was open and some of its values"
            " fit no more. It can be read, exported and cancelled, but not saved."
        ),
    ),
    ProblemType(
        "busy",
        409,
        _("Another request is in the way"),
        _("The same is being done by another request just now. Try again shortly."),
    ),
    ProblemType(
        "stale-version",
        412,
        _("The draft has changed in the meantime"),
        _(
            "The request was made for an older version of the draft: another window or"
            " program has changed it. Look at it as it is now and decide again."
        ),
    ),
    ProblemType(
        "too-large",
        413,
        _("The request is too large"),
        _(
            "A call carries at most 1,000 operations and at most 1 MiB; a form or a"
            " query at most 10,000 fields, a query 64 KiB, a header 32 KiB."
        ),
    ),
    ProblemType(
        "media-type",
        415,
        _("This is not JSON"),
        _("Bodies are sent as “Content-Type: application/json”, in UTF-8."),
    ),
    ProblemType(
        "refused",
        422,
        _("This cannot be done"),
        _(
            "What was asked for names something that does not exist, has a value that"
            " its column does not take, or contradicts another row. Nothing was"
            " changed. The problems say where and why."
        ),
    ),
    ProblemType(
        "request-key-reused",
        422,
        _("The request key was used before"),
        _(
            "Under this key another request was made. The same request may be repeated"
            " under the same key; another one takes a new key."
        ),
    ),
    ProblemType(
        "version-required",
        428,
        _("Say which version you have changed"),
        _(
            "Whatever changes a draft says which version of it was seen: If-Match with"
            " the ETag of the draft. Otherwise it could overwrite what it never saw."
        ),
    ),
    ProblemType(
        "too-many-requests",
        429,
        _("Too many attempts"),
        _("The Retry-After header says how many seconds to wait."),
    ),
    ProblemType(
        "too-many-writes",
        429,
        _("Too many changes in a short time"),
        _(
            "How much one user may write in some time is limited here. Nothing of this"
            " request was stored. The Retry-After header says how many seconds to wait."
        ),
    ),
    ProblemType(
        "unavailable",
        503,
        _("The database cannot be reached"),
        _(
            "The database is away, or its tables are not there yet. Nothing was"
            " changed. Try again when the time in Retry-After is over."
        ),
    ),
)

KINDS = {kind.name: kind for kind in _KINDS}


def kind_of_status(status: int) -> ProblemType | None:
    """Return the first problem type with a status."""
    return next((kind for kind in _KINDS if kind.status == status), None)
