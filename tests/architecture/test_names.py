"""A path alone tells what a module is for: no two modules or classes share a name."""

import ast
from collections import defaultdict

from tests.architecture.modules import PACKAGE, modules

# Where one subject is reached: by forms, by programs, on the command line, in Python.
FACES = ("web/api", "web/api/schemas", "web/pages", "cli", "service")
# Each layer has its own texts; the firewall, as any host does, its own rules of a kind.
MESSAGES = {"engine/base", "engine/values", "web", "app"}
OF_A_HOST = {"checks", "errors", "notes"}


def test_modules_share_a_name_only_as_faces_of_one_subject():
    folders = defaultdict(set)
    for path in modules().values():
        if path.stem != "__init__":
            folders[path.stem].add(str(path.parent.relative_to(PACKAGE)))
    assert folders.pop("messages") == MESSAGES
    shared = {
        name: others
        for name, found in folders.items()
        if len(found) > 1 and len(others := found - {*FACES}) > 1
    }
    assert {name: sorted(others) for name, others in shared.items()} == {
        name: sorted(folders[name]) for name in OF_A_HOST
    }


def test_no_two_classes_share_a_name():
    defined = defaultdict(list)
    for name, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                defined[node.name].append(name)
    assert {name: found for name, found in defined.items() if len(found) > 1} == {}
