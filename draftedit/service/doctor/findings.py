"""Findings of the doctor: by part, with their meaning for the people who edit."""

from dataclasses import dataclass

# The name under which draftedit's own tables are reported; they belong to no target.
OWN = "draftedit"

COMPARE = "compare"


@dataclass(frozen=True)
class Diagnosis:
    """One finding at a part of a target, in one step.

    `step` is "compare", for a difference between models and database, or the step that
    was tried: "open", "page", "set", "insert", "move", "delete", "undo", "save",
    "history" or "revert". `is_fault` is False for a note, which is worth knowing and
    harmless. `blocks`: until it is fixed, nothing of the target can be tried.
    """

    target: str
    part: str
    step: str
    meaning: str
    is_fault: bool = True
    blocks: bool = False


@dataclass(frozen=True)
class PartReport:
    """All findings at one part; `tried` are the steps that were done."""

    target: str
    part: str
    findings: tuple[Diagnosis, ...] = ()
    tried: tuple[str, ...] = ()

    @property
    def faults(self) -> tuple[Diagnosis, ...]:
        """Return the findings that are faults."""
        return tuple(one for one in self.findings if one.is_fault)

    @property
    def notes(self) -> tuple[Diagnosis, ...]:
        """Return the findings that are only worth knowing."""
        return tuple(one for one in self.findings if not one.is_fault)

    @property
    def is_healthy(self) -> bool:
        """Return whether there are no faults."""
        return not self.faults


@dataclass(frozen=True)
class Report:
    """The doctor's report on a database: a report for each part, in order."""

    parts: tuple[PartReport, ...]

    @property
    def is_healthy(self) -> bool:
        """Return whether there are no faults."""
        return all(part.is_healthy for part in self.parts)

    @property
    def faults(self) -> tuple[Diagnosis, ...]:
        """Return the faults of all parts."""
        return tuple(fault for part in self.parts for fault in part.faults)

    @property
    def notes(self) -> tuple[Diagnosis, ...]:
        """Return the notes of all parts."""
        return tuple(note for part in self.parts for note in part.notes)
