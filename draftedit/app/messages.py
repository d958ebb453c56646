"""What is wrong with an account, by code; see `engine/base/messages.py`."""

from translationstring import TranslationStringFactory

from draftedit.engine.base.texts import Messages

_ = TranslationStringFactory("draftedit")

say = Messages(
    {
        "bad-user-name": _(
            "A name is one line of 1 to ${n} characters, no blanks around it."
        ),
        "bad-token-label": _("Say in 1 to ${n} characters what the token is for."),
        "too-many-tokens": _("There are ${n} tokens; revoke one first."),
        "user-exists": _("There is a user ${name}."),
        "unknown-role": _("A role is one of ${roles}."),
        "password-too-short": _("A password has at least ${n} characters."),
        "password-too-long": _("A password has at most ${n} characters."),
        "password-typed-in-two-ways": _("The new password was typed in two ways."),
        "too-many-attempts": _("There were too many attempts. Try again in ${time}."),
    }
)
