"""Messages with their values filled in that stay translatable.

A translation string with a mapping is a template to Python: `str`, `==`, `print` and
JSON all see "${n} rows". A `Text` is the message with the values in their places; pages
translate its template, and programs read its code and params.
"""

from collections.abc import Callable, Mapping
from typing import Any

from translationstring import TranslationString, TranslationStringFactory

_ = TranslationStringFactory("draftedit")

Translate = Callable[[str], str]


class Text(str):
    """A message with its values filled in; `template` is what a page translates.

    `code` names what kind of message it is, where it is one of draftedit's own;
    `params` are the values in it.
    """

    template: str
    code: str | None
    params: Mapping[str, Any]

    def __new__(cls, message: str, code: str | None = None) -> "Text":
        """Fill in the values of a translation string; take any other text as it is."""
        if isinstance(message, Text):
            return message
        if isinstance(message, TranslationString):
            text = super().__new__(cls, message.interpolate())
            text.params = message.mapping or {}
        else:
            text = super().__new__(cls, message)
            text.params = {}
        text.template = message
        text.code = code
        return text


class Messages(dict[str, TranslationString]):
    """The English texts of a layer's messages by their codes, which programs rely on.

    Called with a code and what is in its text: the message.
    """

    def __call__(self, code: str, **params: Any) -> Text:
        """Return the message of a code, with its values."""
        return Text(TranslationString(self[code], mapping=params), code)


def text_of(error: BaseException) -> Text:
    """Return the text of an error, with its code if it was raised with one."""
    message = error.args[0] if error.args else ""
    return message if isinstance(message, Text) else Text(str(error))


def template_of(message: str) -> str:
    """Return the template that a translator needs for this message."""
    return message.template if isinstance(message, Text) else message


def translated(message: str, translate: Translate) -> str:
    """Translate a message, and the messages among its values before."""
    template = template_of(message)
    values = getattr(template, "mapping", None) or {}
    inner = {
        name: translated(value, translate)
        for name, value in values.items()
        if isinstance(value, Text | TranslationString)
    }
    if inner:
        template = TranslationString(template, mapping={**values, **inner})
    return translate(template)


def row_count(count: int, most: int | None = None) -> Text:
    """Return "1 row" or "2,000 rows"; "more than 1,000 rows" beyond `most`."""
    if most is not None and count > most:
        spelled = f"{most:,}"
        return Text(_("more than ${n} rows", mapping={"n": spelled}))
    if count == 1:
        return Text(_("1 row"))
    spelled = f"{count:,}"
    return Text(_("${n} rows", mapping={"n": spelled}))


class HasMessage:
    """Base of frozen values with a `message`, which is converted to a `Text`."""

    message: str

    def __post_init__(self) -> None:
        """Convert the message to a `Text`."""
        object.__setattr__(self, "message", Text(self.message))
