"""Engines as drafts need them; what `make_engine` sets is in tests/app/models."""

import asyncio
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from draftedit import BadSettings, make_async_engine, make_engine
from draftedit.service.engines import require_known_errors


@pytest.mark.parametrize("make", [make_engine, make_async_engine])
@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("oracle://", "sqlalchemy.url names oracle; known are mariadb, "),
        ("postgresql+pg8000://", "pg8000 is not installed"),
    ],
)
def test_a_database_that_cannot_be_used_is_refused_by_name(make, url, words):
    with pytest.raises(BadSettings, match=words):
        make(url)


def test_an_engine_for_asyncio_is_set_up_as_any_other(tmp_path):
    engine = make_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'new.sqlite'}")

    async def ask():
        async with engine.connect() as connection:
            keys = await connection.scalar(sa.text("PRAGMA foreign_keys"))
            word = await connection.scalar(sa.text("SELECT lower('ÄRGER')"))
        await engine.dispose()
        return keys, word

    assert asyncio.run(ask()) == (1, "ärger")


def test_a_driver_whose_errors_have_no_codes_is_refused_by_name():
    class Error(Exception):
        __module__ = "sqlalchemy.dialects.postgresql.asyncpg"

    dbapi = SimpleNamespace(Error=Error)
    dialect = SimpleNamespace(name="postgresql", driver="asyncpg", dbapi=dbapi)
    with pytest.raises(BadSettings, match=r"the errors of postgresql\+asyncpg are not"):
        require_known_errors(dialect)


def test_a_driver_that_is_not_asynchronous_is_refused():
    with pytest.raises(BadSettings, match="async"):
        make_async_engine("sqlite://")


@pytest.mark.parametrize("make", [make_engine, make_async_engine])
@pytest.mark.parametrize("address", ["nonsense", "", None])
def test_an_address_that_is_none_is_refused(make, address):
    with pytest.raises(BadSettings, match=r"sqlalchemy\.url"):
        make(address)
