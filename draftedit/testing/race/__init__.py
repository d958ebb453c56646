"""Races without hoping: every order in which steps of transactions can come.

    from draftedit.testing.race import every_order

    def test_no_number_is_given_twice(engine):
        def take():
            with Session(engine) as dbsession:
                number = next_number(dbsession)
                dbsession.commit()
                return number

        for run in every_order(engine, [take] * 3, at="counter", reset=empty):
            assert sorted(run.returned) == [1, 2, 3], str(run)

Each actor is a function without arguments in a thread of its own; whatever it does
over `engine` is seen. A *step* is a statement in which the pattern `at` is found, or a
commit, and all that comes after it up to the next one. One actor runs at a time, and
only for one step. A step that the database lets wait is seen in its lock tables, and
recorded; the others go on, and it does when they have let it.

Nothing of draftedit is needed but the import, and no pytest.
"""

from draftedit.testing.race.orders import TooMany, every_order, one_order
from draftedit.testing.race.runs import Result, Run, Step
from draftedit.testing.race.scheduler import OutOfOrder, Stuck

__all__ = [
    "OutOfOrder",
    "Result",
    "Run",
    "Step",
    "Stuck",
    "TooMany",
    "every_order",
    "one_order",
]
