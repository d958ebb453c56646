"""A deadlock inside a save's savepoints is tried again, not shown to the user."""

import threading

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.retry import is_retryable


def test_a_deadlock_below_a_savepoint_is_retryable(empty_database):
    if empty_database.backend == "sqlite":
        return  # it has one writer
    engine = empty_database.engine
    table = sa.Table("met", sa.MetaData(), sa.Column("id", sa.Integer), *_columns())
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(table), [{"key": 1, "id": 1}, {"key": 2, "id": 1}])
    both, errors = threading.Barrier(2), []

    def write(first, second):
        try:
            with Session(engine) as dbsession, dbsession.begin():
                dbsession.execute(sa.select(table)).all()
                with dbsession.begin_nested():
                    for key in (first, second):
                        mine = sa.update(table).where(table.c.key == key)
                        dbsession.execute(mine.values(id=2))
                        if key == first:
                            both.wait()
        except sa.exc.DBAPIError as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [is_retryable(error) for error in errors] == [True]


def _columns():
    return [sa.Column("key", sa.Integer, primary_key=True, autoincrement=False)]
