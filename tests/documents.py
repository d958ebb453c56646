"""Pages of documentation whose Python is run, block by block.

page = Page("docs/counter.md")
names = {"engine": engine}
for block in page.blocks("Is it safe?"):
    block.run(names)

The blocks of a page share one set of names, as a reader who types them in one by one
would have; what a test puts into it beforehand, the page should say. An error points to
the line of the page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.architecture.modules import ROOT

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """One block of a page: its text, its language, and the line it begins at."""

    path: Path
    language: str
    text: str
    line: int

    def run(self, names: dict[str, Any]) -> None:
        """Execute it with `names`, where what it defines is added."""
        # The empty lines let an error name the line of the page.
        source = "\n" * (self.line - 1) + self.text
        exec(compile(source, self.path, "exec"), names)  # noqa: S102 — this is what it is for


class Page:
    """A page in Markdown, by its path from the root of the repository."""

    def __init__(self, path: str) -> None:
        self.path = ROOT / path
        self.text = self.path.read_text(encoding="utf-8")

    def blocks(self, title: str | None = None, language: str = "python") -> list[Block]:
        """Return the blocks below one title (of `##`), or all of the page."""
        first, last = self._section(title) if title else (0, len(self.text))
        return [
            block
            for start, block in self._all()
            if block.language == language and first <= start < last
        ]

    def section(self, title: str) -> str:
        """Return the text below one title (of `##`), up to the next."""
        first, last = self._section(title)
        return self.text[first:last]

    def titles(self) -> list[str]:
        """Return the titles of `##`, in order."""
        return re.findall(r"^## (.*)$", self.text, re.MULTILINE)

    def _all(self) -> Iterator[tuple[int, Block]]:
        for found in _BLOCK.finditer(self.text):
            line = self.text.count("\n", 0, found.start(2)) + 1
            yield found.start(), Block(self.path, found[1], found[2], line)

    def _section(self, title: str) -> tuple[int, int]:
        start = self.text.index(f"## {title}\n")
        end = self.text.find("\n## ", start)
        return start, len(self.text) if end < 0 else end
