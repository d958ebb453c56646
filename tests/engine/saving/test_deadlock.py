"""A deadlock inside a save's savepoints is tried again, not shown to the user."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.testing.race import one_order
from draftedit.web.retry import is_retryable


# SQLite has one writer.
@pytest.mark.only_on("postgresql", "mariadb")
def test_a_deadlock_below_a_savepoint_is_retryable(empty_database):
    engine = empty_database.engine
    table = sa.Table("met", sa.MetaData(), sa.Column("id", sa.Integer), *_columns())
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(table), [{"key": 1, "id": 1}, {"key": 2, "id": 1}])

    def writer(*keys):
        def write():
            with Session(engine) as dbsession, dbsession.begin():
                dbsession.execute(sa.select(table)).all()
                with dbsession.begin_nested():
                    for key in keys:
                        mine = sa.update(table).where(table.c.key == key)
                        dbsession.execute(mine.values(id=2))

        return write

    # Each writes its first row, and then wants the other's.
    run = one_order(engine, [writer(1, 2), writer(2, 1)], "ABAB", at="UPDATE met")
    assert [is_retryable(error) for error in run.raised] == [True]


def _columns():
    return [sa.Column("key", sa.Integer, primary_key=True, autoincrement=False)]
