"""The docs say what is so."""

import re
import tomllib

from tests.architecture.modules import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]
DEPENDENCIES = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()


def names(requirements):
    return {re.split(r"[\[<>=]", one)[0].lower() for one in requirements}


def test_every_dependency_has_a_reason():
    wanted = names(PROJECT["dependencies"])
    for extra in PROJECT["optional-dependencies"].values():
        wanted |= names(extra)
    assert [n for n in sorted(wanted - {"draftedit"}) if n not in DEPENDENCIES] == []


def test_every_test_that_the_docs_name_is_there():
    for page in (ROOT / "docs").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        for path in re.findall(r"`((?:tests|draftedit)/[\w/.]+\.py)`", text):
            assert (ROOT / path).is_file(), f"{page.name} names {path}"


def test_every_picture_is_there_small_and_taken_by_the_script():
    script = (ROOT / "docs" / "screenshots.py").read_text(encoding="utf-8")
    taken = set(re.findall(r'Picture\(\s*"([\w-]+)"', script))
    pages = (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    shown = set()
    for page in pages:
        for path in re.findall(
            r"!\[[^]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8")
        ):
            picture = (page.parent / path).resolve()
            assert picture.parent == ROOT / "docs" / "pictures", f"{page.name}: {path}"
            assert picture.stat().st_size < 150_000, path
            shown.add(picture.stem)
    assert shown == taken
    assert {one.stem for one in (ROOT / "docs" / "pictures").iterdir()} == taken
