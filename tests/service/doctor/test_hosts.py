"""Every host of the repository is healthy, on every database, and stays as it was."""

import pytest
from sqlalchemy.orm import Session

from tests.databases import create_tables, new_database
from tests.service.doctor.hosts import FILLS, hosts
from tests.service.doctor.menu import everything

HOSTS = hosts()

# What cannot be tried there, and why not.
NOT_INSERTED = {
    ("harbour", "voyage"): "needs a key that draftedit cannot make",
    ("harbour", "claim"): "needs a key that draftedit cannot make",
    ("net", "net"): "needs a key that draftedit cannot make",
    ("quirks", "folder"): "needs a key that draftedit cannot make",
    ("wide", "address"): "is taken already by another address",
}


def test_every_host_of_the_repository_is_probed_with_rows():
    assert set(HOSTS) == set(FILLS)


@pytest.mark.parametrize("name", HOSTS)
def test_a_host_is_healthy_in_every_step_and_nothing_is_left_behind(
    servers, backend, name
):
    host = HOSTS[name]
    with new_database(servers, backend) as database:
        create_tables(database.engine, *host.metadata)
        with Session(database.engine) as dbsession:
            FILLS[name](dbsession)
            dbsession.commit()
        before = everything(database.engine, *host.metadata)

        report = host.drafts.probe(database.engine)

        assert report.faults == ()
        assert everything(database.engine, *host.metadata) == before
        check_steps(name, host.drafts, report)


def check_steps(name, drafts, report):
    """See that whatever can be done with a part was done."""
    parts = {one.part: one for one in report.parts}
    for target in drafts.targets.values():
        for part in target.tables.values():
            found = parts[part.name]
            wanted = {"open", "page", "undo", "save", "history", "revert"}
            if any(f.settable and f.references is None for f in part.fields.values()):
                wanted |= {"set"}
            told = " ".join(note.meaning for note in found.notes)
            reason = NOT_INSERTED.get((name, part.name))
            if reason is None:
                moves = part.order or (name, part.name) == ("office", "desk")
                wanted |= {"insert", "delete", *(["move"] if moves else [])}
                assert "no row was" not in told
            else:
                assert reason in told
            assert wanted <= set(found.tried), (part.name, found.notes)
