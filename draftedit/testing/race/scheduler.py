"""Play one order: let one actor run one step at a time, and record the outcome."""

import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from string import ascii_uppercase
from typing import Generic, TypeVar

from draftedit.testing.race.actors import START, Actor, State
from draftedit.testing.race.locks import Locks
from draftedit.testing.race.runs import GOES_ON, WAITS, ActorStep, Run

T = TypeVar("T")

FIRST_LOOK, LAST_LOOK = 0.001, 0.02  # seconds between two reads of the lock tables
UNWINDING = 1.0  # seconds


class Stuck(AssertionError):
    """No actor has made progress within `patience`."""


class OutOfOrder(AssertionError):
    """The actor whose turn it is cannot run: it waits, or has ended."""


class Scheduler(Generic[T]):
    """The actors of one run, and what has happened."""

    def __init__(
        self, acts: Sequence[Callable[[], T]], locks: Locks, patience: float
    ) -> None:
        """Prepare an actor for each function, called A, B, C …"""
        self._changed = threading.Condition()
        self.actors = [
            Actor(name, act, self._changed)
            for name, act in zip(ascii_uppercase, acts, strict=False)
        ]
        self._locks = locks
        self._patience = patience
        # The waiting actors, the first of them first, and the statement of that step.
        self._waiting: dict[Actor[T], str] = {}
        self._steps: list[ActorStep] = []
        self._order = ""
        # The actors that could have run, for each step.
        self.choices: list[str] = []

    def play(self, order: str) -> Run[T]:
        """Let the actors run in this order, then always the first that can."""
        try:
            for actor in self.actors:
                actor.start()
                self._see(actor, START)
            while any(actor.state is not State.DONE for actor in self.actors):
                self._go_on(order)
            return self._run()
        finally:
            for actor in self.actors:
                actor.end()
            for actor in self.actors:
                actor.join(UNWINDING)

    def _go_on(self, order: str) -> None:
        ready = [actor for actor in self.actors if actor.state is State.AT_GATE]
        if not ready:
            self._wait_for_database()
            return
        turn = len(self._order)
        name = order[turn] if turn < len(order) else ready[0].name
        actor = next((one for one in ready if one.name == name), None)
        if actor is None:
            raise OutOfOrder(f"{name} cannot go at step {turn + 1} of {order}\n{self}")
        self._order += name
        self.choices.append("".join(one.name for one in ready))
        statement = actor.statement  # of this step, until it reaches the next one
        actor.let_go()
        self._see(actor, statement)

    # The outcome of a step

    def _see(self, actor: Actor[T], statement: str) -> None:
        """Wait until no actor is running, and record what is seen."""
        self._settle()
        if actor.state is State.IN_STEP:
            self._waiting[actor] = statement
            self._steps.append(ActorStep(actor.name, statement, WAITS))
        elif statement != START:
            self._steps.append(ActorStep(actor.name, statement))
        self._see_who_goes_on()
        self._let_ask_again()

    def _see_who_goes_on(self) -> bool:
        free = [one for one in self._waiting if one.state is not State.IN_STEP]
        for actor in free:
            self._steps.append(ActorStep(actor.name, self._waiting.pop(actor), GOES_ON))
        return bool(free)

    def _let_ask_again(self) -> None:
        """Let refused actors retry, from the first: one may unblock another."""
        for actor in [one for one in self._waiting if one.is_busy]:
            actor.answer(again=True)
            self._settle()
            if self._see_who_goes_on():
                return self._let_ask_again()
        return None

    def _wait_for_database(self) -> None:
        """Wait for the database, or a process outside, to unblock an actor."""
        *_, last = self._waiting
        if last.is_busy:
            # A deadlock; SQLite resolves it by refusing.
            last.answer(again=False)
        with self._changed:
            if not self._changed.wait_for(self._somebody_came, self._patience):
                raise Stuck(f"All have waited for {self._patience} s\n{self}")
        self._settle()
        self._see_who_goes_on()
        self._let_ask_again()

    def _somebody_came(self) -> bool:
        return any(one.state is not State.IN_STEP for one in self._waiting)

    # Until no actor is running

    def _settle(self) -> None:
        """Wait until each actor is at a gate, has ended, or waits in the database."""
        until, pause = time.monotonic() + self._patience, FIRST_LOOK
        at_work = self._at_work()
        while True:
            with self._changed:
                self._changed.wait_for(partial(self._is_other, at_work), pause)
            at_work = self._at_work()
            if not at_work or self._all_wait(at_work):
                return
            if time.monotonic() > until:
                names = ", ".join(actor.name for actor in at_work)
                raise Stuck(f"{names}: at work for {self._patience} s\n{self}")
            pause = min(2 * pause, LAST_LOOK)

    def _at_work(self) -> list[Actor[T]]:
        return [actor for actor in self.actors if actor.state is State.IN_STEP]

    def _is_other(self, at_work: list[Actor[T]]) -> bool:
        return self._at_work() != at_work

    def _all_wait(self, at_work: list[Actor[T]]) -> bool:
        # Checked again afterwards: a deadlock may have been ended between the two
        # reads.
        return (
            self._wait(at_work)
            and not self._locks.is_deadlock(at_work)
            and self._wait(at_work)
        )

    def _wait(self, at_work: list[Actor[T]]) -> bool:
        return len(self._locks.waiting(at_work)) == len(at_work)

    # The result

    def _run(self) -> Run[T]:
        results = [actor.result for actor in self.actors if actor.result is not None]
        return Run(self._order, tuple(self._steps), tuple(results))

    def __str__(self) -> str:
        """Return what has happened so far."""
        return str(self._run())
