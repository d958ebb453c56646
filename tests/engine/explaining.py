"""What a database does: the statements run, the rows read, the tables scanned."""

import json
from typing import Any

import sqlalchemy as sa


class Recorder:
    """Collects statements with their parameters, and counts the rows they give."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.statements: list[tuple[str, Any]] = []
        self.rows = 0

    def __enter__(self) -> "Recorder":
        sa.event.listen(self.connection, "after_cursor_execute", self._collect)
        return self

    def __exit__(self, *error: object) -> None:
        sa.event.remove(self.connection, "after_cursor_execute", self._collect)

    def _collect(self, _connection, cursor, statement, parameters, _context, many):
        if "SAVEPOINT" in statement:
            return
        self.statements.append((statement, parameters[0] if many else parameters))
        self.rows += max(0, cursor.rowcount)


def scans(connection: sa.Connection, statement: str, parameters: Any) -> set[str]:
    """Return the tables that a statement would read from end to end."""
    if statement.startswith("INSERT") and "SELECT" not in statement:
        return set()
    if not statement.startswith(("WITH", "SELECT", "UPDATE", "DELETE", "INSERT")):
        return set()
    explain = _EXPLAINS[connection.dialect.name]
    with connection.begin_nested():
        return explain(connection, statement, parameters)


def _sqlite(connection, statement, parameters):
    lines = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    words = [line.detail.split() for line in lines]
    return {w[1] for w in words if w[0] == "SCAN" and "CONSTANT" not in w}


def _postgresql(connection, statement, parameters):
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    plans = found.scalar_one()
    return _sequential(json.loads(plans) if isinstance(plans, str) else plans)


def _sequential(plan):
    if isinstance(plan, list):
        return set().union(*map(_sequential, plan))
    if not isinstance(plan, dict):
        return set()
    own = {plan["Relation Name"]} if plan.get("Node Type") == "Seq Scan" else set()
    return own.union(*map(_sequential, plan.values()))


def index_conditions(
    connection: sa.Connection, table: str, statement: str, parameters: Any
) -> list[tuple[str, str]]:
    """Return the indexes by which PostgreSQL reads a table, with the conditions."""
    found = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    return [
        (node["Index Name"], node["Index Cond"])
        for node in _nodes(found.scalar_one())
        if node.get("Relation Name") == table and "Index Cond" in node
    ]


def _nodes(plan):
    if isinstance(plan, list):
        for one in plan:
            yield from _nodes(one)
    elif isinstance(plan, dict):
        yield plan
        yield from _nodes(list(plan.values()))


def _mariadb(connection, statement, parameters):
    lines = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters).mappings()
    return {line["table"] for line in lines if line["type"] in ("ALL", "index")}


_EXPLAINS = {
    "sqlite": _sqlite,
    "postgresql": _postgresql,
    "mysql": _mariadb,
    "mariadb": _mariadb,
}
