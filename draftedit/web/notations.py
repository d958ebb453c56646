"""How pages present what codecs answer: hints, keyboards and styles by notation."""

from collections.abc import Mapping
from dataclasses import dataclass

from translationstring import TranslationStringFactory

from draftedit.engine.values.presentation import Notation, Style

_ = TranslationStringFactory("draftedit")


@dataclass(frozen=True)
class Presentation:
    """How a form presents what is written in a notation.

    `hint` says how to spell a value, where that is not obvious; `keyboard` is the
    `inputmode` of a line; `is_short`: its values need a short line; `is_code`: they
    are not checked for spelling. `has_picker`: browsers have a control for it.
    """

    hint: str | None = None
    keyboard: str | None = None
    is_short: bool = False
    is_code: bool = False
    has_picker: bool = False


PRESENTATIONS: Mapping[Notation, Presentation] = {
    Notation.TEXT: Presentation(),
    Notation.INTEGER: Presentation(keyboard="numeric"),
    Notation.DECIMAL: Presentation(keyboard="decimal", is_short=True),
    Notation.DATE: Presentation(
        _("A date, like 2024-01-31."), is_short=True, has_picker=True
    ),
    Notation.TIME: Presentation(_("A time, like 13:45:00."), is_short=True),
    Notation.MOMENT: Presentation(_("Date and time, like 2024-01-31T13:45:00.")),
    Notation.ZONED_MOMENT: Presentation(
        _("Date and time with its zone, like 2024-01-31T13:45:00Z.")
    ),
    Notation.SECONDS: Presentation(_("A number of seconds."), is_short=True),
    Notation.JSON: Presentation(_("JSON."), is_code=True),
    Notation.BASE64: Presentation(_("Bytes, as base64."), is_code=True),
}

# The `kind` of a value that is shown.
KINDS: Mapping[Style, str] = {
    Style.WORD: "word",
    Style.TEXT: "text",
    Style.CODE: "code",
}
