"""Check a database against the targets, and explain what each difference means.

`drafts.probe(engine)` and the command `draftedit doctor` call this. The models are
compared with the database (`parts`), and every step of an editor is tried (`trying`),
in transactions that are rolled back: nothing is left except that numbers of a sequence,
or of AUTOINCREMENT, are used up.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from draftedit.engine.schema.model import Part, Target
from draftedit.service.doctor.compare_columns import TypesDiffer, type_comparison
from draftedit.service.doctor.compare_foreign_keys import ForeignKeys
from draftedit.service.doctor.findings import (
    COMPARE,
    OWN,
    Diagnosis,
    PartReport,
    Report,
)
from draftedit.service.doctor.parts import PartDifferences, compare_own, compare_part
from draftedit.service.doctor.trying import try_part

if TYPE_CHECKING:
    from draftedit.service.drafts import Drafts

__all__ = ["OWN", "Diagnosis", "PartReport", "Report", "probe"]


def probe(drafts: "Drafts", engine: sa.Engine) -> Report:
    """Compare all targets with the database of `engine`, and try an editor's steps.

    Returns a report for each part, after one for draftedit's own tables. Raises what
    the driver raises if the database does not answer.
    """
    with engine.connect() as connection:
        differ = type_comparison(connection)
        own = _own(drafts, connection, differ)
        keys = ForeignKeys(connection, drafts.host_metadata)
        compared = {
            target: [
                _compared(target, part, connection, differ, keys)
                for part in target.tables.values()
            ]
            for target in drafts.targets.values()
        }
    parts = [own]
    for target, reports in compared.items():
        blocked = any(one.blocks for part in (own, *reports) for one in part.findings)
        parts += reports if blocked else _tried(drafts, engine, target, reports)
    return Report(tuple(parts))


def _tried(
    drafts: "Drafts", engine: sa.Engine, target: Target, reports: list[PartReport]
) -> Iterator[PartReport]:
    for compared in reports:
        part = target.tables[compared.part]
        tried = try_part(drafts, engine, target, part)
        yield replace(tried, findings=(*compared.findings, *tried.findings))


def _own(
    drafts: "Drafts", connection: sa.Connection, differ: TypesDiffer
) -> PartReport:
    twins = {
        table.name
        for target in drafts.targets.values()
        for part in target.tables.values()
        for table in (part.draft, part.history)
    }
    ours = drafts.metadata.tables.values()
    tables = tuple(table for table in ours if table.name not in twins)
    return _report(OWN, OWN, compare_own(connection, tables, differ))


def _compared(
    target: Target,
    part: Part,
    connection: sa.Connection,
    differ: TypesDiffer,
    keys: ForeignKeys,
) -> PartReport:
    found = compare_part(connection, part, differ)
    comparison = PartDifferences(
        (*found.faults, *keys.unknown(part)), (*found.notes, *keys.missing(part))
    )
    return _report(target.name, part.name, comparison)


def _report(target: str, part: str, comparison: PartDifferences) -> PartReport:
    faults = (
        Diagnosis(target, part, COMPARE, one.meaning, blocks=one.blocks)
        for one in comparison.faults
    )
    notes = (
        Diagnosis(target, part, COMPARE, one.meaning, is_fault=False)
        for one in comparison.notes
    )
    return PartReport(target, part, (*faults, *notes))
