"""The bundled example is one folder: nothing else in the package knows its words."""

import re

from tests.architecture.modules import PACKAGE, ROOT

FIREWALL = re.compile(
    r"ruleset|\bnft|(?<!\.)\bchain\b|firewall|rule_tag", re.IGNORECASE
)

# The ready application names the drafts that it serves.
KNOWS_THE_FIREWALL = {"app/__init__.py": 1}


def test_no_name_of_the_firewall_outside_its_folder():
    found = {}
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        if inside.parts[0] in ("firewall", "cli") or path.suffix not in (
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


def test_the_migrations_name_the_firewall_once():
    environment = (ROOT / "migrations" / "env.py").read_text(encoding="utf-8")
    assert environment.count("firewall") == 1
