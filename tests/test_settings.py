"""Settings are in one table; what is not in it, or cannot be read, ends the start."""

import re

import pytest
from pyramid.config import Configurator

import draftedit.app
from docs import settings as page
from draftedit.app.models import get_engine, make_engine
from draftedit.app.security import PERMISSIONS
from draftedit.cli.environment import settings_of
from draftedit.settings import BadSettings, Setting, refuse_bad, shipped_ini, table
from tests.architecture.modules import ROOT

SECRET = "a secret of the tests, and of nobody else"
GOOD = {"draftedit.secret": SECRET, "sqlalchemy.url": "sqlite://"}
INIS = ("development.ini", "production.ini")


def refusals(settings, **options):
    with pytest.raises(BadSettings) as refused:
        refuse_bad(settings, **options)
    return str(refused.value).splitlines()


@pytest.fixture
def write(tmp_path):
    """Return `write(*lines, default=())`: the path of an ini file with these lines."""

    def write(*lines, default=()):
        path = tmp_path / "some.ini"
        text = ["[DEFAULT]", *default, "[app:main]", "use = egg:draftedit", *lines]
        path.write_text("\n".join(text), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("draftedit.prodution", "draftedit.production"),
        ("draftedit.Production", "draftedit.production"),
        ("draftedit.throttle.edtor", "draftedit.throttle.editor"),
        ("draftedit.throttle_storage", "draftedit.throttle.storage"),
        ("sqlalchemy.poolsize", "sqlalchemy.pool_size"),
        ("sqlalchemy.uri", "sqlalchemy.url"),
    ],
)
def test_an_unknown_setting_is_refused_with_the_nearest_known_one(name, near):
    assert refusals({name: "true"}) == [
        f"{name} is not a setting: did you mean {near}?"
    ]


@pytest.mark.parametrize("name", ["draftedit.xyzzy", "sqlalchemy.isolation_level"])
def test_an_unknown_setting_like_no_other_is_refused_with_the_list_of_all(name):
    assert refusals({name: "1"}) == [f"{name} is not a setting: see docs/settings.md"]


def test_all_bad_settings_are_told_at_once_with_a_line_for_each():
    settings = {
        "draftedit.prodution": "true",
        "draftedit.notes": "maybe",
        "draftedit.queue": "amqp://guest:password@localhost",
        "sqlalchemy.pool_size": "many",
        "pyramid.default_locale_name": "en",
        "retry.attempts": "3",
    }
    with pytest.raises(SystemExit) as refused:
        draftedit.app.main({}, **settings)
    assert str(refused.value).splitlines() == [
        "draftedit: draftedit.prodution is not a setting:"
        " did you mean draftedit.production?",
        "draftedit: draftedit.notes = maybe is neither true nor false",
        "draftedit: draftedit.queue is neither sqlite:/// nor redis://",
        "draftedit: sqlalchemy.pool_size = many is not a whole number of at least 0",
        "draftedit: the ini file does not set draftedit.secret",
        "draftedit: the ini file does not set sqlalchemy.url",
    ]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("draftedit.production", "Yes", True),
        ("draftedit.production", "off", False),
        ("draftedit.production", " ", False),
        ("draftedit.production", True, True),
        ("draftedit.production", None, False),
        ("draftedit.hsts", "31536000", 31536000),
        ("draftedit.processes", "1", 1),
        ("draftedit.task_lease", "", 30.0),
        ("sqlalchemy.max_overflow", "-1", -1),
        ("sqlalchemy.echo", "debug", "debug"),
        ("sqlalchemy.echo", "true", True),
        ("sqlalchemy.pool_pre_ping", False, False),
    ],
)
def test_a_setting_is_read_as_the_table_says(name, text, value):
    [setting] = [one for one in table.TABLE if one.name == name]
    assert setting.read({name: text}) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("draftedit.production", "yess"),
        ("draftedit.hsts", "-1"),
        ("draftedit.hsts", "1.5"),
        ("draftedit.processes", "0"),
        ("draftedit.task_lease", "nan"),
        ("sqlalchemy.max_overflow", "-2"),
        ("sqlalchemy.max_overflow", "--1"),
        ("sqlalchemy.echo", "loud"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_by_name_and_text(name, text):
    [line] = refusals({name: text})
    assert line.startswith(f"{name} = {text} is ")


@pytest.mark.parametrize(
    "address", ["password", "postgresql://ann:password@host:port/x"]
)
def test_no_refusal_shows_an_address_that_may_hold_a_password(address):
    [line] = refusals({"sqlalchemy.url": address})
    assert line == "sqlalchemy.url is not the address of a database"


def test_a_bad_value_of_the_environment_is_told_by_the_name_of_its_variable(
    monkeypatch,
):
    monkeypatch.setenv("DRAFTEDIT_SQLALCHEMY_URL", "password")
    [line] = refusals(GOOD)
    assert line == "DRAFTEDIT_SQLALCHEMY_URL is not the address of a database"


def test_a_setting_in_the_section_of_defaults_is_refused_by_application_and_commands(
    write,
):
    ini = write(default=["draftedit.production = true"])
    says = r"draftedit\.production has no effect in \[DEFAULT\]"
    with pytest.raises(BadSettings, match=says):
        settings_of(ini)
    with pytest.raises(SystemExit, match=says):
        draftedit.app.main({"draftedit.production": "true"}, **GOOD)


def test_the_application_may_take_a_setting_from_the_section_of_defaults(write):
    ini = write(
        "get draftedit.production = draftedit.production",
        default=["draftedit.production = true"],
    )
    assert settings_of(ini)["draftedit.production"] == "true"


def test_the_arguments_for_the_engine_arrive_in_its_pool(tmp_path):
    arguments = {"sqlalchemy.pool_size": "3", "sqlalchemy.max_overflow": "0"}
    engine = get_engine({"sqlalchemy.url": f"sqlite:///{tmp_path / 'x'}"} | arguments)
    assert (engine.pool.size(), engine.pool._max_overflow) == (3, 0)
    engine.dispose()


def test_an_argument_that_the_pool_does_not_take_is_named():
    with pytest.raises(
        BadSettings, match=r"^sqlalchemy\.max_overflow: Invalid"
    ) as refused:
        get_engine({"sqlalchemy.url": "sqlite://", "sqlalchemy.max_overflow": "0"})
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "settings", [{"draftedit.prodution": "true"}, {"draftedit.notes": "maybe"}]
)
def test_a_host_that_includes_draftedit_is_refused_as_well(settings):
    config = Configurator(settings=settings)
    with pytest.raises(BadSettings, match=next(iter(settings))):
        config.include("draftedit")


def test_a_hosts_own_settings_and_keys_of_the_registry_are_not_looked_at():
    settings = {"sqlalchemy.isolation_level": "SERIALIZABLE", "draftedit.notes": "no"}
    config = Configurator(settings=settings | {"sqlalchemy.url": "anything"})
    config.registry["draftedit.of_the_host"] = object()
    config.include("draftedit")
    assert config.action_state.actions


def test_commands_check_only_our_settings_if_the_drafts_are_a_hosts(write):
    drafts = "draftedit.drafts = myapp.models.drafts"
    kept = settings_of(write(drafts, "sqlalchemy.isolation_level = SERIALIZABLE"))
    assert kept["sqlalchemy.isolation_level"] == "SERIALIZABLE"
    with pytest.raises(BadSettings, match=r"mean draftedit\.notes"):
        settings_of(write(drafts, "draftedit.note = true"))


def test_commands_refuse_an_unknown_setting(write):
    with pytest.raises(BadSettings, match=r"mean draftedit\.drafts"):
        settings_of(write("draftedit.draft = myapp.models.drafts"))


@pytest.mark.parametrize("name", INIS)
def test_the_shipped_inis_start(name, tmp_path):
    settings = settings_of(str(ROOT / name)) | {"draftedit.secret": SECRET}
    settings["draftedit.queue"] = f"sqlite:///{tmp_path / 'queue.sqlite'}"
    engine = make_engine("sqlite://")
    app = draftedit.app.main({}, dbengine=engine, **settings)
    assert app.registry["dbengine"] is engine
    engine.dispose()


@pytest.mark.parametrize("name", INIS)
def test_lines_of_the_shipped_inis_that_are_commented_out_can_be_turned_on(name):
    lines = re.findall(r"^#(draftedit\.\S+) = (.+)$", shipped_ini(name), re.MULTILINE)
    assert lines
    refuse_bad(dict(lines))


def test_every_setting_is_in_the_table_once_and_has_one_line_of_help():
    declared = {value for value in vars(table).values() if isinstance(value, Setting)}
    assert declared <= set(table.TABLE)
    assert len({one.name for one in table.TABLE}) == len(table.TABLE)
    assert [
        one.name for one in table.TABLE if not re.fullmatch(r".+\.", one.help)
    ] == []


def test_every_role_has_a_setting_for_its_limit():
    assert set(table.THROTTLES) == set(PERMISSIONS)


def test_the_table_of_the_docs_is_made_from_the_table_of_settings():
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.updated(text) == text, "run make settings-docs"
    assert all(f"| `{one.name}` |" in text for one in table.TABLE)
