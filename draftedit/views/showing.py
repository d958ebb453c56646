"""Values as pages show them: short, and whole on request."""

import json
from dataclasses import dataclass
from typing import Any

from draftedit.engine.schema import Field

LONG = 48  # characters of a value that a table shows at once


@dataclass(frozen=True)
class Shown:
    """A value as a page shows it.

    `kind` is none, empty, word, code or text; `full` is the whole of a long one.
    """

    text: str
    kind: str
    full: str | None = None

    def __str__(self) -> str:
        """Show it in a sentence."""
        return self.text


def plain(one: Field, value: Any) -> Shown:
    """Show a value that is there and needs no words of any language."""
    kind = "text" if one.type in ("string", "text", "enum") else "code"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if one.type == "datetime":
        text = text.replace("T", " ").replace("Z", " UTC")
    if one.type == "enum":
        return Shown(text, "word")
    if len(text) <= LONG and "\n" not in text:
        return Shown(text, kind)
    full = (
        json.dumps(value, indent=2, ensure_ascii=False) if one.type == "json" else text
    )
    short = " ".join(text[: 2 * LONG].split())[:LONG].rstrip()
    return Shown(f"{short}…", kind, full)
