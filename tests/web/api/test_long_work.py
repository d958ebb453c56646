"""What takes long holds up nobody: programs and hashes are run without a lock."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
import webtest
from sqlalchemy.orm import sessionmaker

import draftedit.app
from draftedit import Note, firewall
from draftedit.app import accounts, passwords
from draftedit.app.models import WRITES
from draftedit.app.models.user import UserAccount
from tests.client import Client
from tests.web.api.conftest import PASSWORD, make_example, token_for
from tests.web.api.program import Program

DRAFT = firewall.drafts.tables.draft
CLEAR = {"problems": [], "conflicts": []}


@pytest.fixture
def at(race_database, app_settings):
    """Return the ready application on a database of its own, with ada and a draft."""
    settings = {**app_settings, "draftedit.notes": "true"}
    app = draftedit.app.main({}, dbengine=race_database.engine, **settings)
    with sessionmaker(race_database.engine).begin() as dbsession:
        ruleset = make_example(dbsession).ruleset
        ada = Program(webtest.TestApp(app), token_for(dbsession, "ada"))
    draft = ada.open("ruleset", ruleset)
    draft.set("ruleset", ruleset, name="another name")
    return SimpleNamespace(
        engine=race_database.engine, app=app, ada=ada, draft=draft, ruleset=ruleset
    )


@pytest.fixture
def browser(at):
    return Client(at.app).login("ada", PASSWORD)


@pytest.fixture
def others(at):
    """Return what writes as others do, and raises where they would have to wait."""

    def others():
        writing = at.engine.execution_options(**{WRITES: True})
        with writing.begin() as connection:
            for table in (DRAFT, UserAccount.__table__):
                rows = sa.select(*table.primary_key).with_for_update(nowait=True)
                connection.execute(rows)
            connection.execute(sa.update(UserAccount).values(role="editor"))

    if at.engine.dialect.name == "sqlite":
        sa.event.listen(at.engine, "connect", _impatient)
        at.engine.dispose()
    return others


def _impatient(connection, _record):
    connection.execute("PRAGMA busy_timeout = 0")


@pytest.fixture
def noted(monkeypatch):
    """Return `noted(ask)`: a note of the bundled host that leaves the rest to `ask`."""

    def noted(ask):
        def note(draft):
            name = draft.row("ruleset", next(draft.rows("ruleset")).key).values["name"]
            yield lambda: [*ask(), Note(f"asked about {name}")]

        target = firewall.drafts.targets["ruleset"]
        told = replace(target, notes=(note,))
        monkeypatch.setitem(firewall.drafts.targets, "ruleset", told)

    return noted


@pytest.fixture
def writing_note(noted, others):
    def ask():
        others()
        return [Note("others have written")]

    noted(ask)


TOLD = ["others have written", "asked about another name"]


@pytest.mark.usefixtures("writing_note")
def test_a_program_is_told_notes_that_were_asked_for_without_a_lock(at):
    answer = at.draft.do("check").json
    assert [note["message"] for note in answer["notes"]] == TOLD
    assert {name: answer[name] for name in CLEAR} == CLEAR
    assert at.draft.do("save").json["revision"] == 1


@pytest.mark.usefixtures("writing_note")
def test_under_a_request_key_notes_are_asked_for_once(at):
    first = at.draft.do("check", key="k").json
    again = at.draft.do("check", key="k")
    assert again.json == first
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.usefixtures("writing_note")
def test_a_person_is_told_notes_that_were_asked_for_without_a_lock(at, browser):
    page = browser.get(f"{at.draft.path}/changes")
    fields = {"csrf_token": browser.csrf_token(), "version": str(at.draft.version)}
    page = browser.post(f"{at.draft.path}/check", fields, status=200)
    told = [item.text for item in page.html.select(".notice li")]
    assert told == TOLD


def test_a_draft_that_changes_while_notes_are_asked_for_is_stale(at, noted):
    other = Program(webtest.TestApp(at.app), at.ada.headers["Authorization"][7:])
    change = {"op": "set", "table": "ruleset", "id": at.ruleset}
    change["values"] = {"name": "a third name"}

    def ask():
        other.post(f"{at.draft.path}/operations", change, version=at.draft.version)
        return []

    noted(ask)
    answer = at.draft.do("check", status=412, version=None).json
    assert answer["draft"]["version"] == at.draft.version + 1


def test_a_draft_that_is_closed_while_notes_are_asked_for_is_closed(at, noted):
    other = Program(webtest.TestApp(at.app), at.ada.headers["Authorization"][7:])

    def ask():
        other.post(f"{at.draft.path}/cancel", version=at.draft.version)
        return []

    noted(ask)
    assert at.draft.do("check", status=412).json["draft"]["state"] == "cancelled"


def test_a_note_that_fails_when_it_is_asked_for_is_told(at, noted):
    def ask():
        raise ValueError("not today")

    noted(ask)
    [note] = at.draft.do("check").json["notes"]
    assert note["message"] == "The note 'note' failed."


@pytest.fixture
def hashing(monkeypatch, others):
    """Let others write while a password is hashed; return how often that was."""
    hashed, hasher = [], passwords.hasher

    def slowly(hash_it):
        def slow(*args):
            hashed.append(hash_it.__name__)
            others()
            return hash_it(*args)

        return slow

    slow = SimpleNamespace(
        hash=slowly(hasher.hash),
        verify=slowly(hasher.verify),
        check_needs_rehash=hasher.check_needs_rehash,
    )
    passwords._nobodys(hasher)
    monkeypatch.setattr(passwords, "_nobodys", lambda _by: "no hash")
    monkeypatch.setattr(passwords, "hasher", slow)
    return hashed


def sign_in(browser, name, password, status):
    form = browser.get("/login").forms["login"]
    form["name"], form["password"] = name, password
    return form.submit(status=status)


def test_a_password_is_looked_at_without_a_lock(at, hashing):
    browser = Client(at.app)
    sign_in(browser, "ada", "wrong", 422)
    sign_in(browser, "nobody", "wrong", 422)
    sign_in(browser, "ada", PASSWORD, 303)
    assert hashing == ["verify"] * 3


def test_a_password_is_changed_without_a_lock_while_it_is_hashed(browser, hashing):
    form = browser.get("/account").forms["password"]
    new = "a password that is new"
    form["current"], form["password"], form["again"] = PASSWORD, new, new
    form.submit(status=303)
    assert hashing == ["hash", "verify"]
    sign_in(browser.reset() or browser, "ada", new, 303)


def test_who_has_to_wait_costs_no_hash(at, hashing):
    browser = Client(at.app)
    for _ in range(5):
        sign_in(browser, "ada", "wrong", 422)
    hashing.clear()
    sign_in(browser, "ada", PASSWORD, 429)
    assert hashing == []


def test_a_password_that_was_changed_meanwhile_lets_nobody_in(at, monkeypatch):
    prove = passwords.prove

    def changed(*args):
        proof = prove(*args)
        with sessionmaker(at.engine).begin() as dbsession:
            accounts.set_password(accounts.find(dbsession, "ada"), "it is another now")
        return proof

    monkeypatch.setattr(passwords, "prove", changed)
    sign_in(Client(at.app), "ada", PASSWORD, 422)
