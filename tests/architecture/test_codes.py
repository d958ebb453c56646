"""Each message has a code that programs can rely on, and a text in each language."""

import ast
import re

from docs import codes
from draftedit.app import messages as app
from draftedit.engine.base import messages as base
from draftedit.engine.values import messages as values
from draftedit.web import messages as web
from tests.architecture.modules import modules

TABLES = {"app": app.say, "engine": base.say, "values": values.say, "web": web.say}
TEXTS = {code: text for table in TABLES.values() for code, text in table.items()}
PLACES = re.compile(r"\$\{(\w+)\}")

# Where a message is made of a code that is put together: both halves are in the table.
COMPOSED = {"undo-too-many", "redo-too-many"}
# Whoever says these says them to a developer, or passes on the words of a host.
FREE = {
    "draftedit/firewall",  # a host: its own words, and the code "host-check"
    "draftedit/testing",
    "draftedit/cli",
}
REFUSALS = {
    "Problem", "Refused", "BadOperation", "BadRequest", "TooLarge", "BadVersion",
    "VersionRequired", "RequestKeyReused", "BadRequestKey", "WrongMediaType", "Note",
    "refused", "_refused", "DraftError",
}  # fmt: skip


def calls():
    """Yield each call in the package, with its module."""
    for name, path in modules().items():
        where = "draftedit/" + name.removeprefix("draftedit.").replace(".", "/")
        if not any(where.startswith(free) for free in FREE):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{where}:{node.lineno}", node


def called(node):
    return getattr(node.func, "id", getattr(node.func, "attr", None))


def said():
    """Yield each use of a code: where, the code, the names of its values."""
    for where, node in calls():
        if called(node) == "say" and node.args and is_text(node.args[0]):
            code = getattr(node.args[0], "value", None)
            yield where, code, {one.arg for one in node.keywords}


def is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_no_code_is_in_two_tables():
    assert len(TEXTS) == sum(map(len, TABLES.values()))


def test_codes_are_spelled_alike():
    assert [
        code for code in TEXTS if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    ] == []


def test_each_code_is_used():
    assert TEXTS.keys() - {code for _, code, _ in said()} - COMPOSED == set()


def test_each_use_gives_the_values_of_the_text():
    wrong = [
        (where, code)
        for where, code, names in said()
        if None not in names and names != set(PLACES.findall(TEXTS[code]))
    ]
    assert wrong == []


def test_nothing_is_refused_in_words_without_a_code():
    plain = [
        where
        for where, node in calls()
        if called(node) in REFUSALS
        for argument in node.args[:2]
        if isinstance(argument, ast.JoinedStr)
        or (is_text(argument) and " " in argument.value)
        or (isinstance(argument, ast.Call) and called(argument) in ("_", "str"))
    ]
    assert plain == []


def test_no_value_is_refused_in_words_without_a_code():
    """What a codec raises becomes a problem: its words need a code as well."""
    plain = [
        where
        for where, node in calls()
        if where.startswith(("draftedit/engine/values", "draftedit/engine/operations"))
        and called(node) == "ValueError"
        and where.partition(":")[0] not in codes.INTERNAL
        for argument in node.args
        if isinstance(argument, ast.JoinedStr) or is_text(argument)
    ]
    assert plain == []


def test_the_docs_list_the_codes():
    page = codes.PAGE.read_text(encoding="utf-8")
    assert codes.updated(page) == page, "run `make messages`"
