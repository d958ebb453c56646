"""The catalogues of messages: extracted, updated and compiled.

`python -m docs.messages` writes the template (pot), takes its changes over into the
catalogue (po) of each language, compiles what is translated (mo), and ends with an
error as long as a message has no translation or one that is marked as fuzzy.
"""

import io
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from docs import codes

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "draftedit"
LOCALE = PACKAGE / "web" / "locale"
TEMPLATE = LOCALE / "draftedit.pot"

_PLACES = re.compile(r"\$\{\w+\}|%\(\w+\)s|#")


def extracted() -> Catalog:
    """Return the messages of modules and templates as they are now."""
    with (LOCALE / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalogue = Catalog(domain="draftedit", charset="utf-8")
    found = extract_from_dir(PACKAGE, methods, options)
    for name, _line, message, comments, context in sorted(found, key=_by_place):
        place = (f"draftedit/{Path(name).as_posix()}", 0)
        catalogue.add(message, None, [place], auto_comments=comments, context=context)
    return catalogue


def _by_place(found: tuple[Any, ...]) -> tuple[str, int]:
    return Path(found[0]).as_posix(), found[1]


def read(path: Path) -> Catalog:
    """Return the catalogue of a file (pot or po)."""
    with path.open("rb") as file:
        return read_po(file, domain="draftedit")


def catalogues() -> dict[str, Path]:
    """Return the catalogue of each language."""
    found = sorted(LOCALE.glob("*/LC_MESSAGES/draftedit.po"))
    return {path.parents[1].name: path for path in found}


def compiled(catalogue: Catalog) -> bytes:
    """Return what programs read of a catalogue."""
    file = io.BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def faults(catalogue: Catalog) -> Iterator[str]:
    """Yield a line for each message that is not translated as it should be."""
    for message in catalogue:
        if message.id:
            fault = _fault(message)
            if fault:
                yield f"{fault}: {_forms(message.id)[0]!r}"


def _fault(message: Message) -> str | None:
    if message.fuzzy:
        return "fuzzy"
    translated = _forms(message.string)
    if not all(translated):
        return "not translated"
    wanted = set(_PLACES.findall(_forms(message.id)[-1]))
    given = set(_PLACES.findall(translated[-1]))
    return None if wanted == given else "other placeholders"


def _forms(text: str | Sequence[str] | None) -> Sequence[str]:
    return (text,) if isinstance(text, str) else text or ("",)


def _write(path: Path, catalogue: Catalog, omit_header: bool = False) -> None:
    file = io.BytesIO()
    write_po(file, catalogue, omit_header=omit_header, include_lineno=False)
    path.write_bytes(file.getvalue())


def main() -> int:
    """Write all of them anew; return how a program ends."""
    codes.write()
    template = extracted()
    _write(TEMPLATE, template, omit_header=True)
    wrong = 0
    for language, path in catalogues().items():
        catalogue = read(path)
        catalogue.update(template, update_creation_date=False)
        catalogue.obsolete.clear()
        _write(path, catalogue)
        path.with_suffix(".mo").write_bytes(compiled(read(path)))
        for fault in faults(catalogue):
            wrong += 1
            print(f"{language}: {fault}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
