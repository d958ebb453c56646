"""The table of docs/settings.md, written from the table of settings."""

from pathlib import Path

from draftedit.settings import Setting
from draftedit.settings.table import TABLE

PAGE = Path(__file__).parent / "settings.md"
BEGIN, END = "<!-- begin: make settings-docs -->", "<!-- end -->"


def table() -> str:
    """Return the settings as a table in Markdown."""
    lines = ["| setting | default | what it says |", "| --- | --- | --- |"]
    lines += [_line(setting) for setting in TABLE]
    return "\n".join(lines)


def _line(setting: Setting[object]) -> str:
    variable = f" Overridden by `{setting.variable}`." if setting.variable else ""
    text = f"{setting.help}{variable}".replace("|", r"\|")
    return f"| `{setting.name}` | {_default(setting)} | {text} |"


def _default(setting: Setting[object]) -> str:
    if setting.required:
        return "required"
    if setting.default is None or setting.default == "":
        return "–"
    if isinstance(setting.default, bool):
        return f"`{str(setting.default).lower()}`"
    if isinstance(setting.default, float):
        return f"`{setting.default:g}`"
    return f"`{setting.default}`"


def updated(page: str) -> str:
    """Return the page with today's table in it."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
