"""What plain SQL writes between the statements of a save is never overwritten.

Before each statement of a save, and before its commit, another connection tries to
write. While the save holds the row, that one would have to wait, and does not; else it
commits, and is live afterwards, or the save is refused. What it writes below a row that
is deleted, before the save has locked that, is deleted with it and in history.
"""

import pytest

from tests.databases import create_tables, new_database
from tests.engine.saving.meddling import Meddler, Scene
from tests.hosts import knot

on_servers = pytest.mark.only_on("postgresql", "mariadb")
on_sqlite = pytest.mark.only_on("sqlite")


@pytest.fixture(params=["base", "moved base"])
def meddler(request, servers, backend):
    """Return what meddles with a save, also where others have saved before."""
    with new_database(servers, backend) as database:
        create_tables(database.engine, knot.Base.metadata, knot.drafts.metadata)
        scene = Scene(database.engine, moved=request.param == "moved base")
        meddler = Meddler(database, scene)
        yield meddler
        meddler.engine.dispose()


def some(steps):
    """Choose the first, the last and one in the middle of each row of steps."""
    firsts = [n for n in steps if n - 1 not in steps]
    lasts = [n for n in steps if n + 1 not in steps]
    middles = [sum(pair) // 2 for pair in zip(firsts, lasts, strict=True)]
    return sorted({*firsts, *middles, *lasts})


def meddle(meddler, choose):
    """Let each meddling happen at the chosen ones of the steps that allow it."""
    found, expected = {}, {}
    for name, allowed in meddler.allowed().items():
        assert allowed[0]
        assert not allowed[-1]  # all is locked in the end
        meddling = meddler.scene.meddlings()[name]
        steps = choose([n for n, is_allowed in enumerate(allowed) if is_allowed])
        found[name] = {step: meddler.meddle(meddling, step) for step in steps}
        expected[name] = dict.fromkeys(steps, meddling.becomes)
    assert found == expected


@on_servers
def test_it_waits_for_the_save_or_is_kept_or_the_save_is_refused(meddler):
    meddle(meddler, some)


@pytest.mark.long
@on_servers
def test_so_at_every_statement(meddler):
    meddle(meddler, list)


@on_sqlite
def test_on_sqlite_nobody_else_writes_during_a_save(meddler):
    allowed = meddler.allowed()
    assert len(allowed) > 10
    assert not any(any(steps) for steps in allowed.values())
