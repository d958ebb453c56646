"""Results of one order: the steps as they happened, and what each actor returned."""

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

DONE, WAITS, GOES_ON = "", "waits", "goes on"
SHOWN = 72  # characters of a statement in the output


@dataclass(frozen=True)
class ActorStep:
    """One step of one actor.

    `statement` is what it begins with, or COMMIT. `mark` is empty, or "waits": the
    database blocked it; or "goes on": a blocked step has ended.
    """

    actor: str
    statement: str
    mark: str = DONE

    def __str__(self) -> str:
        """Return one line, with a long statement cut."""
        text = " ".join(self.statement.split())
        cut = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
        return f"{self.actor}  {cut}{self.mark and f' -- {self.mark}'}"


@dataclass(frozen=True)
class ActorResult(Generic[T]):
    """What an actor returned, or the error that it raised."""

    actor: str
    returned: T | None = None
    raised: Exception | None = None

    def __str__(self) -> str:
        """Return one line."""
        if self.raised is None:
            return f"{self.actor} returned {self.returned!r}"
        first, *_ = str(self.raised).splitlines() or [""]
        return f"{self.actor} raised {type(self.raised).__name__}: {first}"


@dataclass(frozen=True)
class Run(Generic[T]):
    """One order, played to its end.

    `order` names the actor of each step ("ABBA"): `one_order` plays it again. `steps`
    are what happened; a step that waited is there twice.
    """

    order: str
    steps: tuple[ActorStep, ...]
    results: tuple[ActorResult[T], ...]

    @property
    def returned(self) -> list[T]:
        """Return the actors' results, in their order, without those that raised."""
        # The cast that mypy cannot do without: None is a value like any other.
        return [one.returned for one in self.results if one.raised is None]  # type: ignore[misc]  # because T may be None

    @property
    def raised(self) -> list[Exception]:
        """Return the errors that actors raised, in the actors' order."""
        return [one.raised for one in self.results if one.raised is not None]

    @property
    def waited(self) -> str:
        """Return the names of the actors that waited, in the order of their waits."""
        return "".join(step.actor for step in self.steps if step.mark == WAITS)

    def __str__(self) -> str:
        """Return the steps and the results, one per line."""
        return "\n".join(
            [f"order {self.order}", *map(str, (*self.steps, *self.results))]
        )
