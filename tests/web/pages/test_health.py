"""What monitors ask, and what browsers ask when they show the answer."""

import sqlalchemy as sa
from sqlalchemy.orm import sessionmaker


def test_a_process_that_lives_says_so_without_the_database(testapp):
    away = sa.create_engine("sqlite:////nowhere/at/all.sqlite")
    testapp.extra_environ["app.dbsession_factory"] = sessionmaker(away)
    testapp.get("/healthz", status=200)
    away.dispose()


def test_a_process_without_its_database_is_not_ready(testapp):
    away = sa.create_engine("sqlite:////nowhere/at/all.sqlite")
    testapp.extra_environ["app.dbsession_factory"] = sessionmaker(away)
    answer = testapp.get("/readyz", status=503)
    assert answer.text == "The database does not answer.\n"
    assert answer.headers["Retry-After"]
    away.dispose()


def test_a_migrated_database_is_ready(testapp):
    assert testapp.get("/readyz", status=200).text == "Ready.\n"


def test_a_database_of_another_time_is_not_ready(testapp, connection):
    connection.exec_driver_sql("DELETE FROM alembic_version")
    answer = testapp.get("/readyz", status=503)
    assert answer.text == "The database is not migrated.\n"


def test_there_is_an_icon_for_answers_that_are_no_pages(testapp):
    answer = testapp.get("/favicon.ico", status=200)
    assert answer.content_type == "image/svg+xml"
    assert answer.text.startswith("<svg")
