"""Deterministic race tests: play every order of the steps of concurrent transactions.

    from draftedit.testing.race import every_order

    def test_no_number_is_given_twice(engine):
        def take():
            with Session(engine) as dbsession:
                number = next_number(dbsession)
                dbsession.commit()
                return number

        for run in every_order(engine, [take] * 3, at="counter", reset=empty):
            assert sorted(run.returned) == [1, 2, 3], str(run)

Each actor is a function without arguments in a thread of its own; everything it does
over `engine` is observed. A *step* is a statement that matches the pattern `at`, or a
commit, and all that follows up to the next one. One actor runs at a time, and only for
one step. A step that blocks in the database is detected in its lock tables, and
recorded; the others continue, and it does when they have released the lock.

Needs nothing of draftedit but the import, and no pytest.
"""

from draftedit.testing.race.orders import TooMany, every_order, one_order
from draftedit.testing.race.runs import ActorResult, ActorStep, Run
from draftedit.testing.race.scheduler import OutOfOrder, Stuck

__all__ = [
    "ActorResult",
    "ActorStep",
    "OutOfOrder",
    "Run",
    "Stuck",
    "TooMany",
    "every_order",
    "one_order",
]
