"""The docs say what is so."""

import ast
import re
import tomllib

from draftedit.engine.base.errors import ConflictKind
from draftedit.engine.operations import PUBLIC
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
    for page in (ROOT / "docs").rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        for path in re.findall(r"`((?:tests|draftedit)/[\w/.]+\.py)`", text):
            assert (ROOT / path).is_file(), f"{page.name} names {path}"


def test_every_link_between_pages_leads_somewhere():
    pages = (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text):
            assert (page.parent / target).exists(), f"{page.name} links {target}"


def test_every_decision_is_a_dated_record_in_the_list():
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    records = sorted(folder.glob("[0-9]*.md"))
    for number, record in enumerate(records, start=1):
        title, decided = re.match(
            r"# \d+\. (.+)\n\nDecided (\d{4}-\d\d-\d\d)\.\n",
            record.read_text(encoding="utf-8"),
        ).groups()
        assert record.name.startswith(f"{number:04d}-")
        assert f"| {number} | {decided} | [{title}]({record.name}) |" in listed


def test_every_law_names_tests_that_exist_and_run_in_make_test():
    page = (ROOT / "docs" / "laws.md").read_text(encoding="utf-8")
    for law in page.split("\n## ")[1:]:
        title = law.partition("\n")[0]
        named = re.findall(r"`(tests/[\w/]+\.py)::([\w:]+)`", law)
        assert named, f"no test holds the law: {title}"
        for path, name in named:
            assert name in short_tests(ROOT / path), f"{title}: {path}::{name}"


def short_tests(path):
    """Return the node names of a module's tests, those marked as long aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    scopes = [("", tree.body), *((f"{one.name}::", one.body) for one in classes)]
    return {
        f"{prefix}{node.name}"
        for prefix, body in scopes
        for node in body
        if isinstance(node, ast.FunctionDef)
        and not any("mark.long" in ast.unparse(one) for one in node.decorator_list)
    }


def test_every_operation_is_in_the_contract_of_the_api():
    page = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
    assert [name for name in PUBLIC if f"`{name}`" not in page] == []


def test_every_kind_of_conflict_is_explained():
    page = (ROOT / "docs" / "conflicts.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| (\w+) \| They|^\| (\w+) \| One ", page, re.MULTILINE)
    kinds = {first or second for first, second in explained}
    assert kinds == {kind.value for kind in ConflictKind}


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
