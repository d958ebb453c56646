"""Times that only PostgreSQL has: shown and kept as its own text, by pages and API."""

import pytest
import sqlalchemy as sa
import webtest
from sqlalchemy.orm import DeclarativeBase, mapped_column

from draftedit import Drafts
from tests.hosts.application import make_host

pytestmark = pytest.mark.only_on("postgresql")


class Base(DeclarativeBase):
    pass


class Era(Base):
    __tablename__ = "era"
    id = mapped_column(sa.Integer, primary_key=True)
    name = mapped_column(sa.String(20))
    day = mapped_column(sa.Date)
    clock = mapped_column(sa.Time)
    moment = mapped_column(sa.DateTime)
    zoned = mapped_column(sa.DateTime(timezone=True))
    span = mapped_column(sa.Interval)


drafts = Drafts(Base.metadata)
drafts.target(Era, label=Era.name)

STORED = [
    {
        "id": 41,
        "name": "endless",
        "day": "infinity",
        "clock": "24:00",
        "moment": "-infinity",
        "zoned": "infinity",
        "span": "1 year 2 mons",
    },
    {
        "id": 42,
        "name": "ancient",
        "day": "0044-03-15 BC",
        "clock": "24:00",
        "moment": "0044-03-15 12:00:00.5 BC",
        "zoned": "0044-03-15 12:00+00 BC",
        "span": "-00:00:10",
    },
]
SHOWN = {
    41: {
        "day": "infinity",
        "clock": "24:00:00",
        "moment": "-infinity",
        "zoned": "infinity",
        "span": "1 year 2 mons",
    },
    42: {
        "day": "0044-03-15 BC",
        "clock": "24:00:00",
        "moment": "0044-03-15T12:00:00.5 BC",
        "zoned": "0044-03-15T12:00:00+00 BC",
        "span": "-00:00:10",
    },
}
NORMAL = {
    "day": "2024-01-31",
    "clock": "13:45:00",
    "moment": "2024-01-31T13:45:00",
    "zoned": "2024-01-31T13:45:00Z",
}


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def stored(dbsession_factory):
    """Write odd times; return `stored(key)`: the texts that the database has now."""
    with dbsession_factory.begin() as dbsession:
        for one in STORED:
            values = ", ".join(f"'{value}'" for value in one.values())
            insert = f"INSERT INTO era ({', '.join(one)}) VALUES ({values})"
            dbsession.execute(sa.text(insert))

    def stored(key):
        texts = ", ".join(f"{name}::text" for name in SHOWN[key])
        with dbsession_factory() as dbsession:
            found = dbsession.execute(
                sa.text(f"SELECT {texts} FROM era WHERE id={key}")
            )
            return dict(found.mappings().one())

    return stored


@pytest.fixture
def client(database, dbsession_factory):
    client = webtest.TestApp(
        make_host(database.engine, drafts),
        extra_environ={"app.dbsession_factory": dbsession_factory},
    )
    client.set_cookie("name", "ada")
    return client


def call(client, path, data, version=None, status=200):
    headers = {"Authorization": "Bearer ada"}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    return client.post_json(f"/edit/api/v1{path}", data, headers=headers, status=status)


def times(values):
    return {name: values[name] for name in SHOWN[41]}


@pytest.mark.parametrize("key", SHOWN)
def test_the_api_shows_and_takes_them(client, stored, key):
    before = stored(key)
    path = f"/edit/api/v1/objects/era/{key}"
    live = client.get(path).json
    listed = client.get(f"{path}/rows/era").json["items"]
    assert times(live["row"]) == times(listed[0]) == SHOWN[key]

    draft = call(client, "/drafts", {"target": "era", "id": key}, status=201).json
    operations = f"/drafts/{draft['key']}/operations"
    fields = {"name": "new", **SHOWN[key]}
    change = {"op": "set", "table": "era", "id": [key], "values": fields}
    done = call(client, operations, change, draft["version"]).json
    saved = call(client, f"/drafts/{draft['key']}/save", {}, done["version"]).json
    assert saved["revision"] == 1
    assert stored(key) == before
    changes = client.get(f"{path}/revisions/1/changes").json["items"]
    assert [set(one["fields"]) for one in changes] == [{"name"}]


@pytest.mark.parametrize("key", SHOWN)
def test_pages_show_them_and_a_form_keeps_them(client, stored, key):
    before = stored(key)
    page = client.get(f"/edit/objects/era/{key}/rows/era/{key}").text
    assert all(text.replace("T", " ") in page for text in SHOWN[key].values())

    draft = call(client, "/drafts", {"target": "era", "id": key}, status=201).json
    address = f"/edit/drafts/{draft['key']}/rows/era/{key}"
    form = form_of(client.get(address))
    assert {name: form[f"v.{name}"].value for name in SHOWN[key]} == SHOWN[key]
    assert form["v.day"].attrs["type"] == "text"  # a control for dates would drop it
    form["v.name"] = "new"
    form.submit(status=303)

    assert client.get(f"/edit/drafts/{draft['key']}/changes", status=200)
    call(client, f"/drafts/{draft['key']}/save", {}, draft["version"] + 1)
    assert stored(key) == before
    compared = client.get(f"/edit/objects/era/{key}/history?from=0&to=1").text
    assert "new" in compared


@pytest.mark.parametrize("key", SHOWN)
def test_a_form_sets_another_value_in_their_place(client, stored, key):
    draft = call(client, "/drafts", {"target": "era", "id": key}, status=201).json
    form = form_of(client.get(f"/edit/drafts/{draft['key']}/rows/era/{key}"))
    for name, text in NORMAL.items():
        form[f"v.{name}"] = text
    form.submit(status=303)

    changes = client.get(f"/edit/drafts/{draft['key']}/changes").text
    assert SHOWN[key]["day"] in changes
    call(client, f"/drafts/{draft['key']}/save", {}, draft["version"] + 1)

    live = client.get(f"/edit/api/v1/objects/era/{key}").json["row"]
    assert {name: live[name] for name in NORMAL} == NORMAL
    assert stored(key)["span"] == STORED[key - 41]["span"]
    then = f"/edit/api/v1/objects/era/{key}?revision=0"
    assert times(client.get(then).json["row"]) == SHOWN[key]


def form_of(page):
    """Return the form of a row on its page."""
    return next(one for one in page.forms.values() if "v.name" in one.fields)
