"""Data flows one way, and imports go the same way only."""

import re
from fnmatch import fnmatchcase

import pytest

from tests.architecture.modules import PACKAGE, ROOT, imports, modules

# What each layer may import of the package, from the top down, and which libraries it
# must do without. A module belongs to the first layer that names it.
HTTP = ("pyramid", "webob", "webtest", "waitress", "pyramid_*", "plaster", "paste")
TRANSACTIONS = ("transaction", "zope")
SQL = ("sqlalchemy", "alembic", "psycopg", "pymysql", "sqlite3")

# Frozen values that web code reads or makes; the rest of the engine it never sees.
VALUES = (
    "draftedit.engine.errors",
    "draftedit.engine.keys",
    "draftedit.engine.listing",
    "draftedit.engine.operations",
    "draftedit.engine.rebasing.resolutions",
    "draftedit.engine.rows",
    "draftedit.engine.schema",
)
SERVICE = (
    "draftedit.checking",
    "draftedit.comparing",
    "draftedit.drafts",
    "draftedit.editing",
    "draftedit.exporting",
    "draftedit.figures",
    "draftedit.object_records",
    "draftedit.objects",
    "draftedit.opening",
    "draftedit.outcomes",
    "draftedit.reading",
    "draftedit.results",
    "draftedit.working",
)
PEOPLE = (
    "draftedit.accounts",
    "draftedit.passwords",
    "draftedit.sign_in_failures",
    "draftedit.security",
    "draftedit.models.user",
)

LAYERS = {
    "the composition root": (
        ("draftedit",),
        ("draftedit.settings", *SERVICE, "draftedit.engine.*"),
        (*SQL, *TRANSACTIONS),
    ),
    "commands": (("draftedit.scripts*",), ("draftedit*",), ()),
    "the firewall": (
        ("draftedit.firewall*",),
        ("draftedit.firewall*", "draftedit.models.meta", *SERVICE, "draftedit.engine*"),
        TRANSACTIONS,
    ),
    "the pytest plugin": (
        ("draftedit.testing.plugin",),
        ("draftedit.testing.outer",),
        # The one that has a browser, which is webtest's.
        (*(name for name in HTTP if name != "webtest"), *TRANSACTIONS),
    ),
    "the race kit": (
        ("draftedit.testing.race*",),
        # For other people's code: nothing of ours but itself.
        ("draftedit.testing.race*",),
        (*HTTP, *TRANSACTIONS, "pytest"),
    ),
    "for hosts' tests": (
        ("draftedit.testing*",),
        ("draftedit.testing*", *SERVICE, "draftedit.engine*"),
        (*HTTP, *TRANSACTIONS),
    ),
    "counters of hosts": (
        ("draftedit.counter",),
        ("draftedit.engine.column_types",),
        (*HTTP, *TRANSACTIONS),
    ),
    "people's pages": (
        (
            "draftedit.people",
            "draftedit.views.people",
            "draftedit.views.login",
            "draftedit.views.account",
            "draftedit.views.tokens",
            "draftedit.views.signing_in",
            "draftedit.views.health",
        ),
        (
            *PEOPLE,
            *VALUES,
            "draftedit.contexts",
            "draftedit.models",
            "draftedit.models.migration",
            "draftedit.views*",
        ),
        ("alembic", *TRANSACTIONS),
    ),
    "people": (
        PEOPLE,
        (
            *PEOPLE,
            *VALUES,
            "draftedit.engine.column_types",
            "draftedit.models.meta",
            "draftedit.settings",
        ),
        TRANSACTIONS,
    ),
    "the throttle": (
        ("draftedit.throttling*",),
        (
            "draftedit.throttling*",
            "draftedit.engine.errors",
            "draftedit.engine.verbs",
            "draftedit.security",
            "draftedit.settings",
        ),
        TRANSACTIONS,
    ),
    "databases": (
        ("draftedit.models*", "draftedit.retry"),
        (
            "draftedit.models*",
            "draftedit.settings",
            "draftedit.engine.column_types",
            "draftedit.engine.errors",
        ),
        (),
    ),
    "for hosts' migrations": (
        ("draftedit.migrating*",),
        ("draftedit.migrating*", "draftedit.engine.values"),
        (*HTTP, *TRANSACTIONS),
    ),
    "answers to errors": (
        ("draftedit.views.errors", "draftedit.views.reports"),
        # The failures of a database, by name; nothing that could ask it anything.
        ("draftedit.*",),
        ("alembic", "sqlalchemy.orm", "sqlalchemy.engine", *TRANSACTIONS),
    ),
    "processes": (
        ("draftedit.settings", "draftedit.serve", "draftedit.waking"),
        ("draftedit.settings",),
        (*SQL, *TRANSACTIONS),
    ),
    "guards": (
        ("draftedit.guards",),
        (*SERVICE, *VALUES, "draftedit.engine.requests", "draftedit.engine.verbs"),
        (*HTTP, *TRANSACTIONS),
    ),
    "service": (
        SERVICE,
        (*SERVICE, "draftedit.engine*"),
        (*HTTP, *TRANSACTIONS),
    ),
    "engine": (
        ("draftedit.engine*",),
        ("draftedit.engine*",),
        (*HTTP, *TRANSACTIONS),
    ),
    "web": (
        ("draftedit.*",),
        (
            *SERVICE,
            *VALUES,
            "draftedit.api*",
            "draftedit.contexts",
            "draftedit.form*",
            "draftedit.guards",
            "draftedit.headers",
            "draftedit.incoming",
            "draftedit.problem*",
            "draftedit.retry",
            "draftedit.routes",
            "draftedit.said",
            "draftedit.security",
            "draftedit.settings",
            "draftedit.views*",
        ),
        (*SQL, *TRANSACTIONS),
    ),
}

# The words of the bundled example. Nothing outside its folder may know one of them.
FIREWALL = re.compile(
    r"ruleset|\bnft|(?<!\.)\bchain\b|firewall|rule_tag", re.IGNORECASE
)

# The composition root and the commands that read and write listings.
KNOWS_THE_FIREWALL = {
    "__init__.py": 1,
}


def layer_of(module):
    return next(
        layer
        for layer in LAYERS
        if any(fnmatchcase(module, p) for p in LAYERS[layer][0])
    )


def matches(name, patterns):
    return any(fnmatchcase(name, p) or fnmatchcase(name, f"{p}.*") for p in patterns)


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_its_layer_may(module):
    _, ours, never = LAYERS[layer_of(module)]
    for name in imports(module):
        if name == "draftedit" or name.startswith("draftedit."):
            assert any(fnmatchcase(name, p) for p in ours), f"{module} imports {name}"
        else:
            assert not matches(name, never), f"{module} imports {name}"


def test_no_name_of_the_firewall_outside_its_folder():
    found = {}
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        if inside.parts[0] in ("firewall", "scripts") or path.suffix not in (
            ".py",
            ".jinja2",
            ".js",
            ".css",
            ".svg",
        ):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        count = sum(1 for line in lines if FIREWALL.search(line))
        if count:
            found[inside.as_posix()] = count
    assert found == KNOWS_THE_FIREWALL


def test_only_the_composition_root_and_the_migrations_import_the_firewall():
    importing = {
        module
        for module in modules()
        if not module.startswith(("draftedit.firewall", "draftedit.scripts"))
        and any(name.startswith("draftedit.firewall") for name in imports(module))
    }
    assert importing == set()
    environment = (ROOT / "migrations" / "env.py").read_text(encoding="utf-8")
    assert environment.count("firewall") == 1


def test_nothing_of_ours_takes_a_number_from_a_counter():
    # All saves would queue on one row: see docs/counter.md.
    assert [m for m in modules() if "draftedit.counter" in imports(m)] == []
