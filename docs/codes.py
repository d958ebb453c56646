"""The table of docs/codes.md, written from the tables of messages."""

from pathlib import Path

from draftedit.app import messages as app
from draftedit.engine.base import messages as base
from draftedit.engine.values import messages as values
from draftedit.web import messages as web

PAGE = Path(__file__).parent / "codes.md"
BEGIN, END = "<!-- begin: make messages -->", "<!-- end -->"

# Their ValueErrors are for developers, and never reach a user.
INTERNAL = (
    "draftedit/engine/operations/fields",
    "draftedit/engine/values/column_types",
    "draftedit/engine/values/order_key",
)

TABLES = {
    "Drafts, operations, saves": base.say,
    "Values": values.say,
    "Requests and forms": web.say,
    "Accounts of the ready application": app.say,
}


def table() -> str:
    """Return the codes with their texts, as tables in Markdown."""
    lines: list[str] = []
    for title, messages in TABLES.items():
        lines += ["", f"## {title}", "", "| code | text |", "| --- | --- |"]
        lines += [f"| `{code}` | {text} |" for code, text in sorted(messages.items())]
    return "\n".join(lines)


def updated(page: str) -> str:
    """Return the page with today's tables in it."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{table()}\n\n{END}{after}"


def write() -> None:
    """Write the page anew."""
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
