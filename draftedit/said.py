"""What was said in a form: texts by column, and what was looked for.

Parameters are called `v.<column>`, `null.<column>` and `q.<column>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Said:
    """What a user typed: texts by column, which were marked as null, searches."""

    texts: Mapping[str, str] = field(default_factory=dict)
    nulls: frozenset[str] = frozenset()
    searches: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "Said":
        """Take `v.`, `null.` and `q.` parameters; the last of a name counts.

        A check box comes after a hidden field of its name, so that unticked is said.
        """
        searches = {name: searched(text) for name, text in _named(params, "q.").items()}
        return cls(
            texts=_named(params, "v."),
            nulls=frozenset(_named(params, "null.")),
            searches={name: text for name, text in searches.items() if text},
        )


def _named(params: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {
        name.removeprefix(prefix): lines(text)
        for name, text in params.items()
        if name.startswith(prefix) and isinstance(text, str)
    }


def searched(text: str) -> str:
    """Tidy what is looked for: no text in a database holds a NUL character."""
    return text.replace("\0", "").strip()


def lines(text: str) -> str:
    """Spell line ends as a form sends them back: browsers have CR LF for any."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
