"""init, import, export, purge and stats: what they leave in the database."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from draftedit.cli import host
from draftedit.cli import init as init_module
from draftedit.cli import purge as purge_module
from draftedit.firewall import drafts, sample
from draftedit.firewall.models import NftTable
from draftedit.settings.table import URL_VARIABLE

LISTING = {
    "nftables": [
        {"metainfo": {"json_schema_version": 1}},
        {"table": {"family": "inet", "name": "filter"}},
    ]
}


@pytest.fixture
def listing(tmp_path):
    path = tmp_path / "listing.json"
    path.write_text(json.dumps(LISTING), encoding="utf-8")
    return path


def test_import_tells_of_what_nft_could_not_read_back(run, ini, listing):
    at = {"family": "inet", "table": "filter"}
    words = {"rule": at | {"chain": "c", "expr": ["update @m { ip saddr : 2 }"]}}
    entries = [*LISTING["nftables"], {"chain": at | {"name": "c"}}, words]
    listing.write_text(json.dumps({"nftables": entries}))

    lines = run("import", ini, listing, "--name", "words")

    assert lines[-1] == "Of its rules, nft could not read 1 back: kept as listed."
    assert "update @m { ip saddr : 2 }" in "".join(run("export", ini, "words"))


def test_init_makes_everything_and_may_be_run_again(run, bare_ini):
    first = run("init", bare_ini)
    again = run("init", bare_ini)
    assert set(again) < set(first)
    for user in init_module.SAMPLE_USERS:
        assert any(user.name in line and user.password in line for line in again)
    assert "\n".join(run("export", bare_ini, sample.NAME)).startswith("{")


def test_init_tells_no_password_that_is_not_one_any_more(run, bare_ini):
    run("init", bare_ini, "--no-sample")
    run("user", bare_ini, "ann", "--password-stdin", input="a password of ann's own")
    lines = run("init", bare_ini, "--no-sample")
    assert not any("ann-edits-drafts" in line for line in lines)
    run("export", bare_ini, sample.NAME, fails=f"There is no ruleset {sample.NAME}.")


def test_init_of_production_makes_no_users_of_everyones(run, bare_ini):
    with open(bare_ini, "a", encoding="utf-8") as file:
        file.write("draftedit.production = true\n")
    lines = run("init", bare_ini, "--no-sample")
    assert lines[-1].endswith(f"draftedit user {bare_ini} NAME --role admin")
    run("token", bare_ini, "ann", fails="There is no user ann.")
    run("user", bare_ini, "root", "--password-stdin", input="a password of roots")
    assert len(run("init", bare_ini, "--no-sample")) == 1


def test_commands_are_not_limited(run, ini, listing):
    with open(ini, "a", encoding="utf-8") as file:
        for role in ("reader", "editor", "admin"):
            file.write(f"draftedit.throttle.{role} = 1/hour\n")
        file.write("draftedit.throttle.storage = memory://\ndraftedit.processes = 1\n")
    for name in "abc":
        run("import", ini, listing, "--name", name)


def test_the_environment_names_another_database(run, ini, tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path}/elsewhere/other.sqlite"
    monkeypatch.setenv(URL_VARIABLE, url)
    run("init", ini, "--no-sample")
    run("user", ini, "eve", "--password-stdin", input="a password of eve's")
    monkeypatch.delenv(URL_VARIABLE)
    run("token", ini, "eve", fails="There is no user eve.")


def test_what_was_imported_is_exported(run, ini, listing):
    run("import", ini, listing, "--name", "web")
    assert json.loads("\n".join(run("export", ini, "web"))) == LISTING


def test_a_listing_may_come_through_a_pipe(run, ini):
    run("import", ini, "-", "--name", "web", input=json.dumps(LISTING))
    run("export", ini, "web")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "This is no JSON"),
        ("[]", "no listing"),
        ('{"nftables": [{"rule"', "This is no JSON"),
        ('{"nftables": [{"chain": {"family": "ip"}}]}', "nftables[0]"),
    ],
)
def test_a_broken_listing_is_refused_and_nothing_stored(run, ini, listing, text, says):
    listing.write_text(text)
    run("import", ini, listing, "--name", "web", fails=says)
    run("export", ini, "web", fails="There is no ruleset web.")


def test_a_name_that_is_taken_is_refused(run, ini, listing):
    run("import", ini, listing, "--name", "web")
    run("import", ini, listing, "--name", "web", fails="named web already")
    run("import", ini, listing, "--name", "", fails="needs a name")
    run("import", ini, listing, fails="Missing option '--name'")


def test_a_file_that_is_not_there_is_named(run, ini):
    run("import", ini, "nowhere.json", "--name", "web", fails="nowhere.json")


@pytest.fixture
def closed_drafts(run, ini, listing, dbsession):
    """Leave three drafts: open and idle, cancelled long ago, cancelled just now."""
    run("import", ini, listing, "--name", "web")
    keys = []
    for _ in range(3):
        edit = drafts.open(dbsession, "ruleset", 1, owner="ann")
        keys.append(edit.info.key)
    draft = drafts.tables.draft
    long_ago = datetime.now(UTC) - timedelta(days=40)
    for key in keys[1:]:
        drafts.resume(dbsession, key, owner="ann").cancel()
    at = {keys[0]: {"changed_at": long_ago}, keys[1]: {"closed_at": long_ago}}
    for key, values in at.items():
        dbsession.execute(draft.update().where(draft.c.key == key).values(values))
    dbsession.commit()
    return keys


def left(dbsession):
    """Return the keys of the drafts that are left."""
    dbsession.rollback()
    return [one.key for one in drafts.mine(dbsession, "ann").items][::-1]


def test_purge_deletes_what_was_closed_long_ago(run, ini, closed_drafts, dbsession):
    lines = run("purge", ini, "--closed-before", "30d", "--dry-run")
    assert lines == [
        "0 idle drafts would be cancelled",
        "1 closed drafts would be deleted",
    ]
    assert left(dbsession) == closed_drafts
    figures = run("stats", ini)
    lines = run("purge", ini, "--closed-before", "30d")
    assert lines == ["0 idle drafts cancelled", "1 closed drafts deleted"]
    assert left(dbsession) == [closed_drafts[0], closed_drafts[2]]
    assert run("stats", ini) == figures
    assert run("purge", ini, "--closed-before", "30d")[-1] == "0 closed drafts deleted"


def test_purge_cancels_what_nobody_touched(run, ini, closed_drafts, dbsession):
    lines = run("purge", ini, "--closed-before", "52w", "--idle-before", "30d")
    assert lines == ["1 idle drafts cancelled", "0 closed drafts deleted"]
    edit = drafts.resume(dbsession, closed_drafts[0], owner="ann")
    assert edit.info.closed_because == "idle"


@pytest.mark.parametrize(
    ("dialect", "seconds", "expected"),
    [
        ("sqlite", 0.1, ["begin", "commit", 0.03]),
        ("sqlite", 0.15, ["begin", "commit", 0.06]),
        ("sqlite", 2, ["begin", "commit", 0.12]),
        ("postgresql", 2, ["begin", "commit"]),
    ],
)
def test_purge_leaves_a_gap_for_other_writers_of_sqlite(
    monkeypatch, dialect, seconds, expected
):
    seen, clock = [], iter([1_000, 1_000 + seconds])

    @contextmanager
    def transaction():
        seen.append("begin")
        yield None
        seen.append("commit")

    monkeypatch.setattr(purge_module.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(purge_module.time, "sleep", lambda gap: seen.append(gap))
    with purge_module.with_gaps(transaction, dialect)():
        pass
    assert seen == pytest.approx(expected)


@pytest.mark.parametrize("text", ["30", "d", "-1d", "1y", "", "1d2h", "99999w", "٣d"])
def test_a_duration_that_is_none_is_refused(run, ini, text):
    run("purge", ini, f"--closed-before={text}", fails="Invalid value")


def test_a_log_gets_a_line_now_and_then(capsys, monkeypatch):
    monkeypatch.setattr(purge_module, "LINE_EVERY", 2)
    with purge_module.shown_progress() as progress:
        for done in range(5):
            progress(done, 4)
    assert capsys.readouterr().out.splitlines() == [
        "2 of 4 drafts deleted",
        "4 of 4 drafts deleted",
    ]


def test_a_terminal_gets_a_bar(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with purge_module.shown_progress() as progress:
        for done in range(5):
            progress(done, 4)
    assert "4/4" in capsys.readouterr().out


def test_a_terminal_gets_no_bar_for_nothing(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with purge_module.shown_progress() as progress:
        progress(0, 0)
    assert capsys.readouterr().out == ""


def test_what_cannot_be_said_in_the_language_is_told(run, ini, listing, dbsession):
    run("import", ini, listing, "--name", "web")
    dbsession.execute(sa.update(NftTable).values(objects=7))
    dbsession.commit()
    run("export", ini, "web", fails="objects")


def test_stats_are_columns_below_each_other(run, ini, closed_drafts):
    head, *days = run("stats", ini)
    assert head.split()[:3] == ["day", "target", "opened"]
    assert days
    assert {len(line) for line in days} == {len(head)}


def test_stats_are_csv_and_in_detail_where_that_is_asked(run, ini, closed_drafts):
    head, *days = run("stats", ini, "--csv")
    assert head.split(",")[:3] == ["day", "target", "opened"]
    assert all(len(day.split(",")) == len(head.split(",")) for day in days)
    head, *figures = run("stats", ini, "--details", "--csv")
    assert head == "day,target,outcome,measure,value,count"
    assert any(",cancelled,seconds," in figure for figure in figures)
    assert len(run("stats", ini, "--details")) == len(figures) + 1
    assert len(run("stats", ini, "--since", "2999-01-01")) == 1


def test_without_the_bundled_host_the_rest_works(run, bare_ini, monkeypatch):
    monkeypatch.setattr(host, "BUNDLED", "draftedit.not_there")
    run("init", bare_ini)
    run("user", bare_ini, "eve", "--password-stdin", input="a password of eve's")
    run("export", bare_ini, "web", fails="there is no bundled host")
    run("stats", bare_ini, fails="does not set draftedit.drafts")


def test_a_host_of_ones_own_names_its_drafts(run, ini):
    with open(ini, "a", encoding="utf-8") as file:
        file.write("draftedit.drafts = draftedit.firewall:nothing\n")
    run("stats", ini, fails="draftedit.drafts = draftedit.firewall:nothing: ")


def test_a_host_of_ones_own_is_purged_without_our_users(run, ini):
    with open(ini, "a", encoding="utf-8") as file:
        file.write("draftedit.drafts = draftedit.firewall:drafts\n")
    run("purge", ini, "--closed-before", "1d")


def test_a_host_of_ones_own_gets_no_tables_of_ours(run, bare_ini, tmp_path):
    (tmp_path / "var").mkdir()
    run("stats", bare_ini, fails="set draftedit.drafts in it")
    with open(bare_ini, "a", encoding="utf-8") as file:
        file.write("draftedit.drafts = draftedit.firewall:drafts\n")
    run("init", bare_ini, fails="its own migrations make its tables")
