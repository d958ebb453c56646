"""What is in the tree is in the wheel, and modules stay small."""

import statistics
import tomllib

from draftedit.settings import shipped_ini
from tests.architecture.modules import PACKAGE, ROOT, modules

CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = CONFIGURATION["tool"]["setuptools"]

MODULES = tuple(modules().values())

MEDIAN, LONG, LONGEST = 100, 200, 300
# Modules are few that are longer than LONG ...
SHARE_OF_LONG = 0.15
# ... and none is longer than LONGEST.


def test_every_package_of_the_tree_is_listed():
    inside = {".".join(path.parent.relative_to(ROOT).parts) for path in MODULES}
    beside = {
        ".".join(("draftedit", *path.parent.relative_to(ROOT).parts))
        for path in (ROOT / "migrations").rglob("*.py")
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
    assert statistics.median(lengths.values()) <= MEDIAN
    long = {name for name, length in lengths.items() if length > LONG}
    assert len(long) <= len(lengths) * SHARE_OF_LONG
    assert {name for name in long if lengths[name] > LONGEST} == set()
