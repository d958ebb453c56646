"""Law 4: what a relationship says is carried, without effect, or refused by name.

A test for each row of docs/relationships.md.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import (
    aliased,
    attribute_keyed_dict,
    declarative_base,
    foreign,
    mapped_column,
    relationship,
    remote,
)

from draftedit import Drafts
from draftedit.engine.base.errors import BadModel
from tests.engine.schema.test_registration import key, model, reference

OWNED = {"cascade": "all, delete-orphan"}


class Word(sa.types.TypeDecorator):
    """A text that the database has in lower case."""

    impl = sa.String(9)
    cache_ok = True

    def process_bind_param(self, value, _dialect):
        return value.lower()


class Plain(sa.types.TypeDecorator):
    """One that changes nothing."""

    impl = sa.String(9)
    cache_ok = True


@pytest.fixture
def base():
    return declarative_base()


@pytest.fixture
def leaf(base):
    return model(
        base,
        "leaf",
        root_id=reference("root_.id"),
        kind=mapped_column(sa.String(9)),
        dead=mapped_column(sa.Boolean),
        number=mapped_column(sa.Integer, index=True),
        word=mapped_column(Word),
        plain=mapped_column(Plain),
    )


@pytest.fixture
def root(base, leaf):
    return model(
        base,
        "root_",
        name=mapped_column(sa.String(9)),
        leaf_id=mapped_column(sa.ForeignKey("leaf.id", use_alter=True)),
    )


@pytest.fixture
def register(base, root):
    """Return what registers the root with one relationship more."""

    def register(relation):
        root.leaves = relation
        return Drafts(base.metadata).target(root, label=root.name)

    return register


CARRIED = {
    "equal": (lambda leaf: leaf.kind == "a", {"kind": ("a",)}),
    "equal, the constant first": (
        lambda leaf: sa.literal("a") == leaf.kind,
        {"kind": ("a",)},
    ),
    "NULL": (lambda leaf: leaf.kind.is_(None), {"kind": (None,)}),
    "true": (lambda leaf: leaf.dead.is_(True), {"dead": (True,)}),
    "equal to false": (lambda leaf: leaf.dead == sa.false(), {"dead": (False,)}),
    "a truth value": (lambda leaf: leaf.dead, {"dead": (True,)}),
    "a truth value negated": (lambda leaf: ~leaf.dead, {"dead": (False,)}),
    "one of": (lambda leaf: leaf.kind.in_(["a", "b", None]), {"kind": ("a", "b")}),
    "several": (
        lambda leaf: sa.and_(leaf.kind == "a", sa.and_(leaf.number == 1)),
        {"kind": ("a",), "number": (1,)},
    ),
    "a decorated type": (lambda leaf: leaf.word == "A", {"word": ("a",)}),
    "another decorated type": (lambda leaf: leaf.plain == "A", {"plain": ("A",)}),
}


@pytest.mark.parametrize("name", CARRIED)
def test_a_condition_with_constants_is_carried(register, root, leaf, name):
    condition, wanted = CARRIED[name]
    target = register(
        relationship(
            leaf, primaryjoin=sa.and_(root.id == leaf.root_id, condition(leaf)), **OWNED
        )
    )
    fields = target.tables["leaf"].fields.values()
    assert {f.name: f.allowed for f in fields if f.allowed} == wanted


REFUSED = {
    "not equal": lambda root, leaf: leaf.kind != "a",
    "not NULL": lambda root, leaf: leaf.kind.is_not(None),
    "a function": lambda root, leaf: sa.func.lower(leaf.kind) == "a",
    "either": lambda root, leaf: sa.or_(leaf.kind == "a", leaf.kind == "b"),
    "a comparison": lambda root, leaf: leaf.number > 1,
    "the parent's column": lambda root, leaf: root.name == "a",
    "a parameter": lambda root, leaf: leaf.kind == sa.bindparam("kind", type_=sa.Text),
    "a value of the moment": lambda root, leaf: (
        leaf.kind == sa.bindparam("kind", callable_=lambda: "a")
    ),
    "a subquery": lambda root, leaf: leaf.kind.in_(sa.select(root.name)),
    "a list of nothing": lambda root, leaf: leaf.kind.in_([]),
    "a condition of no column": lambda root, leaf: sa.text("1 = 1"),
    "negated": lambda root, leaf: -leaf.number,
    "a number alone": lambda root, leaf: leaf.number,
}


@pytest.mark.parametrize("name", REFUSED)
def test_any_other_condition_is_refused_by_name(register, root, leaf, name):
    joined = sa.and_(root.id == leaf.root_id, REFUSED[name](root, leaf))
    with pytest.raises(BadModel, match=r"Root_\.leaves: its condition \("):
        register(relationship(leaf, primaryjoin=joined, **OWNED))


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (
            lambda leaf: sa.and_(leaf.kind == "a", leaf.kind == "b"),
            r"leaves: it has two conditions on leaf\.kind",
        ),
        (lambda leaf: leaf.number == "a", r"leaf\.number: .* does not take"),
        (lambda leaf: leaf.root_id == 1, r"leaf\.root_id: a relationship may not"),
    ],
)
def test_a_condition_that_cannot_hold_is_refused(
    register, root, leaf, condition, message
):
    joined = sa.and_(root.id == foreign(leaf.root_id), condition(leaf))
    with pytest.raises(BadModel, match=message):
        register(relationship(leaf, primaryjoin=joined, **OWNED))


class TestAnAssociationTable:
    @pytest.fixture
    def link(self, base):
        return sa.Table(
            "link",
            base.metadata,
            sa.Column("root_id", sa.ForeignKey("root_.id"), primary_key=True),
            sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
            sa.Column("kind", sa.String(9)),
        )

    @pytest.fixture
    def tag(self, base, link):
        return model(base, "tag", alive=mapped_column(sa.Boolean))

    def test_may_have_a_condition_of_its_own(self, register, root, tag, link):
        joined = sa.and_(root.id == link.c.root_id, link.c.kind == "a")
        target = register(relationship(tag, link, primaryjoin=joined))
        assert target.tables["link"].fixed == {"kind": "a"}

    def test_may_have_it_on_the_far_side(self, register, root, tag, link):
        joined = sa.and_(tag.id == link.c.tag_id, link.c.kind == "a")
        target = register(relationship(tag, link, secondaryjoin=joined))
        assert target.tables["link"].fixed == {"kind": "a"}

    def test_with_a_condition_of_the_far_table_is_refused(
        self, register, root, tag, link
    ):
        joined = sa.and_(tag.id == link.c.tag_id, tag.alive.is_(True))
        with pytest.raises(BadModel, match=r"leaves: its condition \(tag\.alive"):
            register(relationship(tag, link, secondaryjoin=joined))

    def test_with_two_conditions_in_two_relationships_is_refused(
        self, register, root, tag, link
    ):
        root.tags = relationship(tag, link)
        joined = sa.and_(root.id == link.c.root_id, link.c.kind == "a")
        other = relationship(tag, link, primaryjoin=joined, overlaps="tags")
        with pytest.raises(BadModel, match="another relationship over link"):
            register(other)

    def test_whose_far_side_goes_with_it_is_refused(self, register, tag, link):
        with pytest.raises(BadModel, match="leaves: it deletes what it refers to"):
            register(relationship(tag, link, cascade="all, delete"))

    def test_that_is_a_class_as_well_is_owned_once(self, base, register, tag, link):
        kind = type("Link", (base,), {"__table__": link})
        target = register(relationship(tag, link))
        assert target.tables["link"].is_link
        assert kind.__table__ is link

    def test_that_is_a_part_as_well_is_refused(self, base, register, root, tag, link):
        kind = type("Link", (base,), {"__table__": link})
        root.links = relationship(kind, **OWNED)
        with pytest.raises(BadModel, match="link is owned twice"):
            register(relationship(tag, link, overlaps="links"))


CASCADES = {
    "all, delete-orphan": True,
    "all, delete": True,
    "all": True,
    "delete": True,
    "save-update, merge": False,
    "": False,
}


@pytest.mark.parametrize("cascade", CASCADES)
def test_what_a_row_deletes_with_itself_is_a_part(register, leaf, root, cascade):
    relation = relationship(leaf, cascade=cascade, foreign_keys=leaf.root_id)
    target = register(relation)
    assert ("leaf" in target.tables) is CASCADES[cascade]


NO_EFFECT = {
    "order_by": {"order_by": "Leaf.number"},
    "collection_class": {"collection_class": attribute_keyed_dict("kind")},
    "passive_deletes": {"passive_deletes": True},
    "passive_deletes all": {"passive_deletes": "all", "cascade": "save-update"},
    "passive_updates": {"passive_updates": False},
    "overlaps": {"overlaps": "others"},
    "single_parent": {"single_parent": True},
    "enable_typechecks": {"enable_typechecks": False},
    "post_update": {"post_update": True},
    "back_populates": {"backref": "root"},
    **{
        f"lazy {how}": {"lazy": how}
        for how in (
            *("select", "joined", "subquery", "selectin", "raise"),
            *("raise_on_sql", "write_only", "dynamic"),
        )
    },
}


@pytest.mark.parametrize("name", NO_EFFECT)
def test_what_is_without_effect_makes_the_same_part(register, root, leaf, name):
    joined = root.id == leaf.root_id
    options = {**OWNED, "primaryjoin": joined, **NO_EFFECT[name]}
    target = register(relationship(leaf, **options))
    if "delete" in options["cascade"]:
        assert target.tables["leaf"].parent_fields == ("root_id",)
    else:
        assert list(target.tables) == ["root_"]


class TestDirection:
    def test_foreign_keys_and_remote_side_say_which_columns(self, register, root, leaf):
        joined = root.id == foreign(remote(leaf.number))
        target = register(relationship(leaf, primaryjoin=joined, **OWNED))
        assert target.tables["leaf"].parent_fields == ("number",)

    def test_what_deletes_the_row_it_refers_to_is_refused(self, register, root, leaf):
        relation = relationship(
            leaf, foreign_keys=root.leaf_id, single_parent=True, **OWNED
        )
        with pytest.raises(BadModel, match="leaves: it deletes what it refers to"):
            register(relation)

    def test_what_only_refers_to_a_row_is_none(self, register, root, leaf):
        target = register(relationship(leaf, foreign_keys=root.leaf_id))
        assert list(target.tables) == ["root_"]


def test_what_is_only_looked_at_is_no_part(register, root, leaf):
    joined = sa.and_(root.id == leaf.root_id, leaf.number > 1)
    target = register(relationship(leaf, primaryjoin=joined, viewonly=True))
    assert list(target.tables) == ["root_"]


def test_an_alias_is_refused(register, root, leaf):
    other = aliased(leaf)
    joined = root.id == foreign(other.root_id)
    with pytest.raises(BadModel, match="leaves: it leads to an alias"):
        register(relationship(other, primaryjoin=joined, **OWNED))


class TestOneRow:
    def relation(self, root, leaf, **options):
        joined = root.id == leaf.root_id
        return relationship(leaf, primaryjoin=joined, uselist=False, **OWNED)

    def test_that_nothing_keeps_single_is_refused(self, register, root, leaf):
        with pytest.raises(BadModel, match=r"leaves: .* make \(root_id\) unique"):
            register(self.relation(root, leaf))

    @pytest.mark.parametrize(
        "key", [sa.UniqueConstraint("root_id"), sa.Index("u", "root_id", unique=True)]
    )
    def test_that_a_key_keeps_single_is_carried(self, register, root, leaf, key):
        if isinstance(key, sa.Index):
            key = sa.Index("u", leaf.__table__.c.root_id, unique=True)
        else:
            leaf.__table__.append_constraint(sa.UniqueConstraint("root_id"))
        assert "leaf" in register(self.relation(root, leaf)).tables


def test_a_join_to_another_column_than_the_key_is_refused(base):
    kind = model(base, "code", name=mapped_column(sa.String(9)), code=key(sort_order=9))
    leaf = model(base, "sheet", code=mapped_column(sa.Integer))
    joined = kind.code == foreign(leaf.code)
    kind.sheets = relationship(leaf, primaryjoin=joined, **OWNED)
    with pytest.raises(BadModel, match=r"Code\.sheets: a part of code must point"):
        Drafts(base.metadata).target(kind, label=kind.name)


def test_keys_of_several_columns_are_carried_and_may_overlap(base):
    kind = model(base, "pair", name=mapped_column(sa.String(9)), other=key())
    model(base, "far", id=key(), other=key())
    leaf = model(
        base,
        "sheet",
        **{n: mapped_column(sa.Integer) for n in ("pair_id", "other", "far_id")},
        __table_args__=(
            sa.ForeignKeyConstraint(["pair_id", "other"], ["pair.id", "pair.other"]),
            sa.ForeignKeyConstraint(["far_id", "other"], ["far.id", "far.other"]),
            sa.Index("ix", "pair_id", "other"),
        ),
    )
    kind.sheets = relationship(leaf, **OWNED)
    target = Drafts(base.metadata).target(kind, label=kind.name)
    fields = target.tables["sheet"].parent_fields
    assert dict(zip(target.root.key, fields, strict=True)) == {
        "id": "pair_id",
        "other": "other",
    }
