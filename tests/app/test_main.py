"""The ready application starts, or says in one line what its ini file lacks."""

import configparser

import pytest
from pyramid.config import Configurator
from pyramid.exceptions import ConfigurationConflictError, ConfigurationError
from pyramid.request import Request

import draftedit.app
from draftedit.cli.init import SAMPLE_USERS
from tests.architecture.modules import ROOT
from tests.hosts import shop

SETTINGS = {
    "sqlalchemy.url": "sqlite://",
    "draftedit.secret": "a secret of the tests, and of nobody else",
}


def shipped(name):
    parser = configparser.ConfigParser(defaults={"here": "."}, interpolation=None)
    parser.read(ROOT / name, encoding="utf-8")
    return parser


def refusal(**settings):
    with pytest.raises(SystemExit) as refused:
        draftedit.app.main({}, **settings)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_that_is_missing_is_named(name):
    settings = {key: value for key, value in SETTINGS.items() if key != name}
    assert name in refusal(**settings)


def test_a_database_file_that_is_not_there_is_told_with_what_makes_it(tmp_path):
    file = tmp_path / "var" / "draftedit.sqlite"
    message = refusal(**{**SETTINGS, "sqlalchemy.url": f"sqlite:///{file}"})
    assert str(file) in message
    assert "draftedit init" in message
    assert not file.exists()


def test_production_refuses_the_sample_secret():
    settings = dict(shipped("production.ini")["app:main"])
    assert "draftedit.secret" in refusal(**settings)


def test_the_inis_serve_this_application_and_its_migrations():
    for name in ("development.ini", "production.ini"):
        ini = shipped(name)
        assert ini["app:main"]["use"] == ini["server:main"]["use"] == "egg:draftedit"
        assert ini["alembic"]["script_location"] == "draftedit.migrations:"


def test_the_note_of_the_development_server_names_the_sample_users():
    note = shipped("development.ini")["server:main"]["note"]
    for user in SAMPLE_USERS:
        assert f"{user.name} ({user.role}, password {user.password})" in note


def test_a_host_adds_its_drafts_once():
    config = Configurator()
    config.include("draftedit.web.served_drafts")
    config.commit()
    for _ in range(2):
        config.add_drafts(shop.drafts)
    with pytest.raises(ConfigurationConflictError):
        config.commit()


def test_a_host_that_adds_no_drafts_is_told_so():
    with Configurator() as config:
        config.include("draftedit.web.served_drafts")
    request = Request.blank("/")
    request.registry = config.registry
    with pytest.raises(ConfigurationError, match="add_drafts"):
        draftedit.web.served_drafts.drafts_of(request)
