"""Serialise findings as JSON that can still be translated when it is shown."""

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from translationstring import TranslationString

from draftedit.engine.base.texts import template_of
from draftedit.engine.schema.task import Finding

MOST = 1_000  # findings that are kept; all are counted


def write(findings: Iterable[Finding]) -> str:
    """Serialise the first findings, and the number of all."""
    found = iter(findings)
    kept = [_serialise(one) for one in islice(found, MOST)]
    count = len(kept) + sum(1 for _ in found)
    return json.dumps({"count": count, "findings": kept})


def read(text: str | None) -> tuple[int, list[Finding]]:
    """Return the number of all findings, and those that were kept."""
    if text is None:
        return 0, []
    data = json.loads(text)
    return data["count"], [_read(one) for one in data["findings"]]


def _serialise(one: Finding) -> list[Any]:
    message = _serialise_message(template_of(one.message))
    return [one.kind, message, one.table, one.key, one.other]


def _read(data: list[Any]) -> Finding:
    kind, message, table, key, other = data
    return Finding(kind, _read_message(message), table, _key(key), _key(other))


def _key(data: list[Any] | None) -> tuple[Any, ...] | None:
    return None if data is None else tuple(data)


def _serialise_message(message: str) -> Any:
    if not isinstance(message, TranslationString):
        return str(message)
    values = {name: str(value) for name, value in (message.mapping or {}).items()}
    return [str(message), message.domain, message.default, values]


def _read_message(data: Any) -> str:
    if isinstance(data, str):
        return data
    text, domain, default, values = data
    read: str = TranslationString(text, domain, default, values)
    return read
