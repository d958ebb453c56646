"""Import a listing as live rows: a new ruleset at revision 0, written in bulk."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from draftedit.engine.dialects import backend_of
from draftedit.engine.values import order_key
from draftedit.firewall import nft
from draftedit.firewall.errors import NameRefused
from draftedit.firewall.models import Chain, NftTable, Rule, Ruleset
from draftedit.firewall.nft_types import NAME
from draftedit.firewall.ruleset_values import RULE_COLUMNS, RulesetValues, TableValues

_RULES = cast(sa.Table, Rule.__table__)  # bypasses the ORM, which takes twice as long
_BATCH = 5_000  # rows in memory at once; a larger batch is not faster


def import_listing(dbsession: Session, listing: Any, name: str) -> Ruleset:
    """Write a listing of nft as a new ruleset and return it.

    Raises BadListing, or NameRefused if the name is invalid or taken; nothing is
    written then. The caller commits.
    """
    _check_name(dbsession, name)
    values = nft.parse(listing)
    ruleset = _skeleton(values, name)
    dbsession.add(ruleset)
    try:
        dbsession.flush()
    except IntegrityError as error:  # a concurrent import took the name
        raise NameRefused(f"There is a ruleset named {name} already.") from error
    rules = _rules(values, ruleset)
    while batch := list(islice(rules, _BATCH)):
        dbsession.execute(sa.insert(_RULES), batch)
    return ruleset


def _check_name(dbsession: Session, name: str) -> None:
    if not name.strip():
        raise NameRefused("A ruleset needs a name.")
    if len(name) > NAME:
        raise NameRefused(f"The name is longer than {NAME} characters.")
    if "\0" in name or any("\ud800" <= letter <= "\udfff" for letter in name):
        raise NameRefused("The name holds characters that cannot be stored.")
    if dbsession.scalar(sa.select(Ruleset.id).where(Ruleset.name == name)):
        raise NameRefused(f"There is a ruleset named {name} already.")


def _skeleton(values: RulesetValues, name: str) -> Ruleset:
    """Build the rows above the rules, which are few."""
    return Ruleset(
        name=name,
        objects=values.objects,
        extra=values.extra,
        layout=values.layout,
        tables=[_table(table) for table in values.tables],
    )


def _table(table: TableValues) -> NftTable:
    places = order_key.spread(len(table.chains))
    return NftTable(
        family=table.family,
        name=table.name,
        objects=table.objects,
        extra=table.extra,
        chains=[
            Chain(
                place=place,
                name=chain.name,
                type=chain.type,
                hook=chain.hook,
                priority=chain.priority,
                policy=chain.policy,
                extra=chain.extra,
            )
            for place, chain in zip(places, table.chains, strict=True)
        ],
    )


def _rules(values: RulesetValues, ruleset: Ruleset) -> Iterator[dict[str, Any]]:
    for table, nft_table in zip(values.tables, ruleset.tables, strict=True):
        keys = {chain.name: chain.id for chain in nft_table.chains}
        for chain in table.chains:
            places = order_key.spread(len(chain.rules))
            for place, rule in zip(places, chain.rules, strict=True):
                row = {name: getattr(rule, name) for name in RULE_COLUMNS}
                row["chain_id"] = keys[chain.name]
                row["place"] = place
                row["jump_id"] = keys[rule.jump] if rule.jump else None
                yield row


def analyze(connection: sa.Connection) -> None:
    """Run ANALYZE on the imported tables; call it after the commit.

    PostgreSQL and MariaDB read tables without statistics in full. MariaDB's ANALYZE
    commits implicitly, which is why the import does not run it.
    """
    verb = backend_of(connection).analyze
    for table in (Ruleset, NftTable, Chain, Rule):
        connection.execute(sa.text(f"{verb} {table.__tablename__}"))
