"""What is in the tree is in the wheel, and modules stay small."""

import statistics
import tomllib

from draftedit.settings import shipped_ini
from tests.architecture.modules import PACKAGE, ROOT, modules

CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = CONFIGURATION["tool"]["setuptools"]

MODULES = tuple(modules().values())

LONGEST = 200
# Longer ones, each with the reason why it is still one thing.
LONGER = {
    "draftedit.problem_kinds": "a table of texts, one for each kind of problem",
}


def test_every_package_of_the_tree_is_listed():
    inside = {".".join(path.parent.relative_to(ROOT).parts) for path in MODULES}
    folders = ((ROOT / "migrations").rglob("*.py"),)
    beside = {
        ".".join(("draftedit", *path.parent.relative_to(ROOT).parts))
        for paths in folders
        for path in paths
    }
    assert inside | beside | {"draftedit.inis"} == set(SETUPTOOLS["packages"])


def test_every_file_that_is_no_module_is_package_data():
    shipped = {
        path
        for package, patterns in SETUPTOOLS["package-data"].items()
        for pattern in patterns
        for path in _folder(package).glob(pattern)
    }
    files = {
        path
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert files - shipped == set()


def _folder(package):
    mapped = SETUPTOOLS["package-dir"].get(package)
    return ROOT / (mapped or package.replace(".", "/"))


def test_the_inis_are_found():
    assert "use = egg:draftedit" in shipped_ini("production.ini")
    assert "use = egg:draftedit" in shipped_ini("development.ini")


def test_modules_are_small():
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines())
        for name, path in modules().items()
    }
    assert statistics.median(lengths.values()) <= 100
    longer = {name for name, length in lengths.items() if length > LONGEST}
    assert longer == set(LONGER)
