"""Each version of a library that is allowed runs the same lines, one module aside."""

import re
import tomllib

from tests.architecture.modules import PACKAGE, ROOT

ASKS = re.compile(r"__version__|importlib\.metadata|construct_arguments|argument_for")
MAY_ASK = {"engine/dialects/older_sqlalchemy.py"}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_no_other_module_asks_which_version_it_meets():
    asking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if ASKS.search(path.read_text(encoding="utf-8"))
    }
    assert asking == MAY_ASK


def test_the_matrix_takes_the_lower_bounds_from_the_project():
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pattern = re.search(r"^LOWEST = .* 's/(.*?)/", MAKEFILE, re.MULTILINE)[1]

    taken = dict(re.findall(pattern, project, re.MULTILINE))

    wanted = tomllib.loads(project)["project"]["dependencies"]
    bounds = dict(one.partition(",")[0].split(">=") for one in wanted if ">=" in one)
    assert set(taken) == {"SQLAlchemy", "alembic"}
    assert {name: bounds[name] for name in taken} == taken
