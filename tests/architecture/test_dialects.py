"""What differs between databases is known in one folder: `engine/dialects`."""

import ast

import pytest

from draftedit.engine.dialects import ALL
from tests.architecture.modules import PACKAGE

HOME = PACKAGE / "engine" / "dialects"
NAMES = {name for one in ALL for name in one.dialects}
DRIVERS = {driver for one in ALL for driver in one.drivers}

# The modules that name a database all the same, how often, and why.
EXPLAINED = {
    # The race kit is for other people's code, and imports nothing of ours: see there.
    "testing/race/locks.py": 4,
}
EXPLAINED_DRIVERS = {
    # Asks again itself while SQLite is busy.
    "testing/race/locks.py": {"sqlite3"},
}


def outside():
    return [path for path in sorted(PACKAGE.rglob("*.py")) if HOME not in path.parents]


def named_in(tree):
    """Return the names of dialects that stand in code as texts of their own."""
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in NAMES
    ]


def drivers_in(tree):
    imported = [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    imported += [
        str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    ]
    return {name.partition(".")[0] for name in imported} & DRIVERS


def found(look):
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in outside()}
    by_path = {
        path.relative_to(PACKAGE).as_posix(): look(tree) for path, tree in trees.items()
    }
    return {path: names for path, names in by_path.items() if names}


def test_no_module_outside_names_a_dialect():
    counts = {path: len(names) for path, names in found(named_in).items()}
    assert counts == EXPLAINED


def test_no_module_outside_imports_a_driver():
    assert found(drivers_in) == EXPLAINED_DRIVERS


@pytest.mark.parametrize(
    "code", ['if dialect.name == "sqlite": pass', 'x = ("mysql", "mariadb")']
)
def test_a_comparison_would_be_found(code):
    assert named_in(ast.parse(code))
