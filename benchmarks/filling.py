"""Objects of any size, made inside the database: a million rules in seconds."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from draftedit.engine.values.order_key import DIGITS
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset

# The middle of the order, as draftedit begins; the other digits are counted.
FIRST_DIGIT = "V"
GAP = 62  # places between two neighbours, so that a move finds one
NEEDLE = "needle"  # what one rule in the middle has in its comment

TABLES = ("ruleset", "nft_table", "chain", "rule", "rule_draft", "rule_history")


def fill(connection: sa.Connection, name: str, size: int) -> int:
    """Insert a ruleset with one chain of `size` rules; return the chain's key."""
    ruleset = _insert(connection, Ruleset, name=name)
    table = _insert(connection, NftTable, ruleset_id=ruleset, family="inet", name="t")
    chain = _insert(connection, Chain, nft_table_id=table, place="V00000", name="c")
    if connection.dialect.name in ("mysql", "mariadb"):
        connection.exec_driver_sql("SET max_recursive_iterations = 4294967295")
    number = _series(size).c.i
    comment = sa.literal("rule ") + sa.cast(number, sa.String(20))
    values: dict[str, sa.ColumnElement[Any]] = {
        "chain_id": sa.literal(chain),
        "place": _place(number * GAP),
        "enabled": sa.true(),
        "protocol": sa.literal("tcp"),
        "source": sa.literal("10.") + sa.cast(number % 256, sa.String(3)) + ".0.0/16",
        "destination_ports": sa.cast(1 + number % 60_000, sa.String(5)),
        "action": sa.cast(sa.literal("accept"), sa.String(32)),
        "comment": sa.case((number == size // 2, NEEDLE), else_=comment),
    }
    rows = sa.select(*values.values()).order_by(number)
    connection.execute(sa.insert(Rule).from_select([*values], rows))
    return chain


def _insert(connection: sa.Connection, model: type, **values: object) -> int:
    result = connection.execute(sa.insert(model), values)
    key: Any = result.inserted_primary_key
    return int(key[0])


def _series(count: int) -> sa.CTE:
    first = sa.select(sa.cast(0, sa.Integer).label("i")).cte("series", recursive=True)
    return first.union_all(sa.select(first.c.i + 1).where(first.c.i + 1 < count))


def _place(number: sa.ColumnElement[int]) -> sa.ColumnElement[str]:
    place: sa.ColumnElement[str] = sa.literal(FIRST_DIGIT)
    for power in range(4, -1, -1):
        digit = sa.cast((number // 62**power) % 62, sa.Integer)
        place += sa.func.substr(sa.literal(DIGITS), digit + 1, 1)
    return place


def rules(connection: sa.Connection, chain: int) -> list[int]:
    """Return the keys of the chain's rules that measures touch: 1,000, evenly."""
    rule = Rule.__table__.c
    wanted = sa.select(rule.id).where(rule.chain_id == chain).order_by(rule.place)
    keys = connection.scalars(wanted).all()
    step = max(1, len(keys) // 1_000)
    return [*keys[::step]][:1_000]


def analyze(engine: sa.Engine, tables: Sequence[str] = TABLES) -> None:
    """Tell the planner what there is now."""
    statement = {
        "sqlite": "ANALYZE {}",
        "postgresql": "VACUUM ANALYZE {}",
    }.get(engine.dialect.name, "ANALYZE TABLE {}")
    with engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in tables:
            connection.exec_driver_sql(statement.format(table)).close()
