"""What is wrong with a value, by code; see `engine/base/messages.py`."""

from translationstring import TranslationStringFactory

from draftedit.engine.base.texts import Messages

_ = TranslationStringFactory("draftedit")

say = Messages(
    {
        "not-base64": _("This is not base64."),
        "too-many-bytes": _("At most ${limit} bytes fit."),
        "not-true-or-false": _("This is neither true nor false."),
        "not-a-choice": _("This is none of the choices."),
        "not-among-choices": _("'${value}' is none of the choices."),
        "not-a-list-of-words": _("This is no list of words."),
        "words-not-allowed": _("Only these words may be given: ${words}."),
        "not-a-number": _("This is not a number."),
        "number-not-storable": _("This is not a number that can be stored."),
        "number-too-large": _("The number is too large."),
        "not-a-whole-number": _("This is not a whole number."),
        "number-out-of-range": _("The number must lie between ${least} and ${most}."),
        "not-a-datetime": _("This is not a date and time."),
        "no-time-zone": _("This column has no time zone."),
        "date-out-of-range": _("This date is out of range."),
        "not-a-datetime-like-rfc3339": _("This is not a date and time (RFC 3339)."),
        "number-negative": _("The number must not be negative."),
        "too-many-digits-after-point": _(
            "At most ${limit} digits fit after the point."
        ),
        "too-many-digits-before-point": _(
            "At most ${limit} digits fit before the point."
        ),
        "too-many-digits": _("This database does not keep that many digits."),
        "not-seconds": _("This is not a number of seconds."),
        "not-text": _("This is not text."),
        "text-has-nul": _("The text holds a NUL character."),
        "text-has-half-surrogate": _("The text holds half of a surrogate pair."),
        "not-an-order-key": _("This is no order key."),
        "value-too-long": _("At most ${limit} characters fit; these are ${length}."),
        "changed-when-written": _(
            "The type of its column changes values when they are written, and not when"
            " they are read: this one would be changed once more."
        ),
        "not-a-date": _("This is not a date."),
        "not-a-date-like-iso": _("This is not a date (YYYY-MM-DD)."),
        "not-a-time": _("This is not a time (hh:mm:ss)."),
        "uuid-not-taken": _("This database does not take this UUID."),
        "not-a-uuid": _("This is not a UUID."),
    }
)
