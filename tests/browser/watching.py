"""What a browser says to nobody: its console, errors, breaches of the CSP."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Watch:
    """Collects what the pages of a test complain of; a test names what it provokes."""

    said: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def over(self, context: Any) -> None:
        """Listen to all pages of a browser context."""
        context.on("console", lambda one: self.said.append(one.text))
        context.on("weberror", lambda one: self.said.append(str(one.error)))

    def expect(self, *parts: str) -> None:
        """Let messages with such a part be: the test is about what causes them."""
        self.expected.extend(parts)

    @property
    def complaints(self) -> list[str]:
        """Return what nobody expected."""
        return [
            text for text in self.said if not any(one in text for one in self.expected)
        ]
