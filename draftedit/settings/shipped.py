"""The ini files that come with the package."""

from pathlib import Path


def shipped_ini(name: str) -> str:
    """Return the text of an ini file that we ship, such as `production.ini`.

    They lie at the top of a checkout, and beside the modules in an installed wheel.
    """
    package = Path(__file__).parent.parent
    wheel, checkout = package / "inis" / name, package.parent / name
    return (wheel if wheel.is_file() else checkout).read_text(encoding="utf-8")
