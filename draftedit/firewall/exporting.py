"""Export live rows as a listing in the format of `nft -j list ruleset`."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from draftedit.engine.base.errors import Unknown
from draftedit.firewall import nft
from draftedit.firewall.errors import BadValue
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset
from draftedit.firewall.rendering import name_of_rule
from draftedit.firewall.ruleset_values import (
    RULE_COLUMNS,
    ChainValues,
    RulesetValues,
    RuleValues,
    TableValues,
)

_BATCH = 5_000
# The parent's values, by the parent's key.
_Tables = Mapping[int, TableValues]
_Chains = Mapping[int, tuple[TableValues, ChainValues]]


def export_ruleset(dbsession: Session, name: str) -> dict[str, Any]:
    """Return the ruleset as nft would list it, to be loaded by `nft -j -f`.

    Disabled rules are left out. Raises Unknown if no ruleset has that name, and
    BadValue if a row cannot be expressed in nft's language.
    """
    found = dbsession.execute(
        sa.select(Ruleset.id, Ruleset.objects, Ruleset.extra, Ruleset.layout).where(
            Ruleset.name == name
        )
    ).one_or_none()
    if found is None:
        raise Unknown("ruleset", name)
    key, objects, extra, layout = found
    tables = _read_tables(dbsession, key)
    _add_rules(dbsession, key, _add_chains(dbsession, key, tables))
    return nft.render(RulesetValues(objects, extra, layout, [*tables.values()]))


def _read_tables(dbsession: Session, ruleset: int) -> dict[int, TableValues]:
    statement = (
        sa.select(
            NftTable.id,
            NftTable.family,
            NftTable.name,
            NftTable.objects,
            NftTable.extra,
        )
        .where(NftTable.ruleset_id == ruleset)
        .order_by(NftTable.id)
    )
    return {key: TableValues(*rest) for key, *rest in dbsession.execute(statement)}


def _add_chains(dbsession: Session, ruleset: int, tables: _Tables) -> _Chains:
    statement = (
        sa.select(
            Chain.id,
            Chain.nft_table_id,
            Chain.name,
            Chain.type,
            Chain.hook,
            Chain.priority,
            Chain.policy,
            Chain.extra,
        )
        .join(NftTable, NftTable.id == Chain.nft_table_id)
        .where(NftTable.ruleset_id == ruleset)
        .order_by(Chain.nft_table_id, Chain.place, Chain.id)
    )
    chains = {}
    for key, parent, *rest in dbsession.execute(statement):
        chain = ChainValues(*rest)
        tables[parent].chains.append(chain)
        chains[key] = (tables[parent], chain)
    return chains


def _add_rules(dbsession: Session, ruleset: int, chains: _Chains) -> None:
    columns = [getattr(Rule, name) for name in RULE_COLUMNS]
    statement = (
        sa.select(Rule.chain_id, Rule.jump_id, *columns)
        .join(Chain, Chain.id == Rule.chain_id)
        .join(NftTable, NftTable.id == Chain.nft_table_id)
        .where(NftTable.ruleset_id == ruleset)
        .order_by(Rule.chain_id, Rule.place, Rule.id)
        .execution_options(yield_per=_BATCH)
    )
    for parent, jump, *rest in dbsession.execute(statement):
        table, chain = chains[parent]
        rule = RuleValues(*rest)
        chain.rules.append(rule)
        if jump is not None and rule.enabled:
            target_table, target = chains.get(jump, (None, None))
            if target is None or target_table is not table:
                where = name_of_rule(table, chain, len(chain.rules))
                raise BadValue(where, "jump_id", "the chain is in another table.")
            rule.jump = target.name
