"""One setting: its name, parser, default and line of help."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Settings = Mapping[str, Any]
T = TypeVar("T")


class BadSettings(Exception):
    """Settings are missing or wrong; the message has one line for each of them."""


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting.

    `parse` turns its text into its value; its ValueError says how the text is wrong:
    "is not a number". A setting without text has its `default`, or is refused if it is
    `required`. Messages do not show the text of a setting that is `confidential`. The
    environment `variable` overrides the ini file.
    """

    name: str
    parse: Callable[[str], T]
    default: T
    help: str
    required: bool = False
    confidential: bool = False
    variable: str = ""

    def read(self, settings: Settings) -> T:
        """Return the value; raise BadSettings if it is missing or wrong."""
        text = self.text(settings)
        if text:
            return self.value(text)
        if self.required:
            raise BadSettings(f"the ini file does not set {self.name}")
        return self.default

    def text(self, settings: Settings) -> str:
        """Return the text from the environment or the ini file; "" if there is none."""
        found = self._overriding() or settings.get(self.name)
        return "" if found is None else str(found).strip()

    def value(self, text: str) -> T:
        """Parse a text; raise BadSettings if it is wrong."""
        try:
            return self.parse(text)
        except ValueError as error:
            name = self.variable if self._overriding() else self.name
            shown = name if self.confidential else f"{name} = {text}"
            raise BadSettings(f"{shown} {error}") from None

    def _overriding(self) -> str:
        return os.environ.get(self.variable, "") if self.variable else ""
