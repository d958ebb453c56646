"""A table that counts the hits of rules, of which the application knows nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from draftedit.engine.outside import incoming_references


@contextmanager
def hits_of(dbsession_factory, rule: int) -> Iterator[None]:
    """Make the table, without keys, with two hits of a rule. Not on MariaDB.

    There its making would be committed.
    """
    metadata = sa.MetaData()
    sa.Table("rule", metadata, sa.Column("id", sa.BigInteger, primary_key=True))
    hit = sa.Table(
        "hit",
        metadata,
        sa.Column("rule_id", sa.ForeignKey("rule.id", ondelete="CASCADE")),
        sa.Column("word", sa.String(20)),
    )
    with dbsession_factory.begin() as dbsession:
        hit.create(dbsession.connection())
        rows = [{"rule_id": rule, "word": word} for word in ("<b>", None)]
        dbsession.execute(sa.insert(hit), rows)
    incoming_references.forget()
    yield
    incoming_references.forget()
