"""What cannot be drafted is refused when it is registered, by name."""

import re
import warnings

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.orm import declarative_base, mapped_column, relationship

from draftedit import Drafts, OrderKey
from draftedit.engine.base.errors import BadModel, Unknown
from draftedit.engine.schema.model_checks import KeysGivenAgain, MissingIndex
from draftedit.engine.schema.shadow_tables import OWN_COLUMNS
from draftedit.engine.schema.unique_keys import model_keys, plain_keys
from tests.hosts import quirks, shop

OWNED = "all, delete-orphan"
MADE = []  # declarative_base() itself forgets classes that nobody refers to


@pytest.fixture
def base():
    return declarative_base()


def key(**options):
    return mapped_column(sa.Integer, primary_key=True, **options)


def reference(column, **options):
    return mapped_column(sa.ForeignKey(column), index=True, **options)


def model(base, table, /, **attributes):
    """Map a class of that name, with an integer key unless it is given one."""
    attributes = {"id": key(), **attributes}
    kind = type(table.title(), (base,), {"__tablename__": table, **attributes})
    MADE.append(kind)
    return kind


def root(base, /, *parts, **attributes):
    """Map a root that owns the parts."""
    owned = {part: relationship(part.title(), cascade=OWNED) for part in parts}
    return model(base, "root_", name=mapped_column(sa.String(9)), **owned, **attributes)


def refused(base, kind, message, **options):
    with pytest.raises(BadModel, match=message):
        Drafts(base.metadata).target(kind, label=kind.name, **options)


def test_joined_inheritance(base):
    class Animal(base):
        __tablename__ = "animal"
        id, name = key(), mapped_column(sa.Text)

    class Dog(Animal):
        __tablename__ = "dog"
        id = mapped_column(sa.ForeignKey("animal.id"), primary_key=True)

    refused(base, Animal, "Animal: inheritance")
    refused(base, Dog, "Dog: inheritance")


def test_a_class_that_is_mapped_to_no_table(base):
    joined = sa.join(
        model(base, "a", name=mapped_column(sa.Text)).__table__,
        model(base, "b", a=reference("a.id")).__table__,
    )
    columns = {"id": [joined.c.a_id, joined.c.b_a], "b_id": joined.c.b_id}
    options = {"properties": columns}
    kind = type("Both", (base,), {"__table__": joined, "__mapper_args__": options})
    drafts = Drafts(base.metadata)
    with pytest.raises(BadModel, match="Both"):
        drafts.target(kind, label=kind.name)
    with pytest.raises(BadModel, match="Both is not mapped to a table"):
        drafts.find_target(kind)


def test_a_part_that_is_owned_twice(base):
    model(base, "leaf", root_id=reference("root_.id"), twig=reference("twig.id"))
    twig = {"leaves": relationship("Leaf", cascade=OWNED)}
    model(base, "twig", root_id=reference("root_.id"), **twig)
    refused(base, root(base, "twig", "leaf"), "leaf is owned twice.* by twig")


def test_a_table_that_is_part_of_two_targets(base):
    model(base, "leaf", root_id=reference("root_.id"), name=mapped_column(sa.Text))
    kind = root(base, "leaf")
    drafts = Drafts(base.metadata)
    drafts.target(kind, label=kind.name)
    [leaf] = [m.class_ for m in base.registry.mappers if m.class_ is not kind]
    with pytest.raises(BadModel, match=r"leaf .*root_"):
        drafts.target(leaf, label=leaf.name)


class TestATargetThatIsRefused:
    """Leaves nothing behind, so that a migration makes no table of it."""

    @pytest.fixture
    def leaf(self, base):
        parent = reference("root_.id")
        return model(base, "leaf", root_id=parent, name=mapped_column(sa.String(9)))

    def is_registered_once_mended(self, drafts, before, kind, **options):
        assert set(drafts.metadata.tables) == before
        assert drafts.targets == {}
        drafts.target(kind, label=kind.name, **options)
        made = {"root__draft", "root__history", "leaf_draft", "leaf_history"}
        assert set(drafts.metadata.tables) == before | made
        keys = drafts.metadata.tables["leaf_draft"].foreign_keys
        assert [key.column.table for key in keys] == [drafts.tables.draft]

    def test_for_its_label(self, base, leaf):
        kind = root(base, "leaf")
        drafts = Drafts(base.metadata)
        before = set(drafts.metadata.tables)
        with pytest.raises(BadModel, match="label"):
            drafts.target(kind, label=leaf.root_id)
        self.is_registered_once_mended(drafts, before, kind)

    def test_for_a_part_behind_the_first(self, base, leaf):
        kind = root(base, "leaf")
        leaf.__table__.append_column(sa.Column("bad", sa.PickleType))
        drafts = Drafts(base.metadata)
        before = set(drafts.metadata.tables)
        with pytest.raises(BadModel, match=r"leaf\.bad"):
            drafts.target(kind, label=kind.name)
        leaf.__table__._columns.remove(leaf.__table__.c.bad)
        self.is_registered_once_mended(drafts, before, kind)

    def test_for_a_table_of_the_host_that_is_called_like_ours(self, base, leaf):
        kind = root(base, "leaf")
        table = sa.Table("leaf_history", base.metadata, sa.Column("id", sa.Integer))
        drafts = Drafts(base.metadata)
        before = set(drafts.metadata.tables)
        with pytest.raises(BadModel, match="leaf_history"):
            drafts.target(kind, label=kind.name)
        base.metadata.remove(table)
        self.is_registered_once_mended(drafts, before, kind)


def test_a_cycle_of_references_that_may_not_be_null(base):
    parent = reference("root_.id")
    model(base, "hen", root_id=parent, egg=reference("egg.id", nullable=False))
    other = reference("root_.id")
    model(base, "egg", root_id=other, hen=reference("hen.id", nullable=False))
    refused(base, root(base, "hen", "egg"), r"cycle .* NULL: (hen|egg) → ")


@pytest.mark.parametrize(
    "column",
    [
        lambda: mapped_column(sa.Integer),
        lambda: mapped_column(sa.String(64), nullable=False),
        lambda: mapped_column(OrderKey(), nullable=True),
    ],
)
def test_a_bad_order_column(base, column):
    leaf = model(base, "leaf", root_id=reference("root_.id"), place=column())
    kind = root(base, "leaf")
    refused(base, kind, "leaf.place must be an OrderKey", order={leaf: leaf.place})


def test_an_order_of_what_is_no_part(base):
    other = model(base, "other", place=mapped_column(OrderKey(), nullable=False))
    refused(base, root(base), "other", order={other: other.place})


@pytest.mark.parametrize("name", sorted(OWN_COLUMNS))
def test_a_column_called_like_one_of_ours(base, name):
    kind = root(base, **{name: mapped_column(sa.Integer)})
    refused(base, kind, f"root_.{name}")


def test_a_column_type_without_a_json_form(base):
    kind = root(base, stuff=mapped_column(sa.PickleType))
    refused(base, kind, "root_.stuff: the column type PickleType.* cannot be drafted")


WORDS = {
    "an enum": sa.Enum("low", "high", name="level"),
    "an enum of PostgreSQL": sa.String(9).with_variant(
        postgresql.ENUM("low", "high", name="level"), "postgresql"
    ),
    "a set": mysql.SET("low", "high"),
}


@pytest.mark.parametrize("kind", WORDS.values(), ids=WORDS)
def test_law_4_a_key_that_a_database_orders_as_it_is_declared(base, kind):
    level = mapped_column(kind, primary_key=True)
    refused(base, root(base, id=level), r"root_.id: a key column .*native_enum=False")


def test_a_key_of_a_few_words_may_be_a_text(base):
    level = sa.Enum("low", "high", native_enum=False)
    kind = root(
        base,
        id=mapped_column(level, primary_key=True),
        other=mapped_column(sa.Enum("a", "b", name="other")),
    )

    target = Drafts(base.metadata).target(kind, label=kind.name)

    assert target.root.key == ("id",)


def test_a_key_that_the_database_makes_in_a_way_of_its_own(base):
    made = mapped_column(sa.String(9), primary_key=True, server_default="x")
    refused(base, root(base, id=made), "root_.id: a key that the database makes")


def test_a_part_that_points_to_something_else_than_the_key(base):
    kind = root(base, code=mapped_column(sa.Integer, unique=True))
    leaf = model(base, "leaf", root_id=reference("root_.code"))
    kind.leaves = relationship(leaf, cascade=OWNED)
    refused(base, kind, "root_.* primary key")


def test_a_label_that_is_no_column_of_the_root(base):
    other = model(base, "other", words=mapped_column(sa.Text))
    with pytest.raises(BadModel, match="label= names words"):
        Drafts(base.metadata).target(root(base), label=other.words)


@pytest.mark.parametrize(
    "name", ["draftedit_draft", "draftedit_object", "root__draft", "root__history"]
)
def test_a_host_s_table_called_like_one_of_ours(base, name):
    sa.Table(name, base.metadata, sa.Column("id", sa.Integer, primary_key=True))
    refused(base, root(base), f"{name} is a table of the host")


@pytest.mark.parametrize("prefix", ["root__", None, 5])
def test_a_prefix_that_cannot_be(base, prefix):
    """`root__` would make `root__draft`, which stands beside `root_`."""
    kind = root(base)
    with pytest.raises(BadModel, match="prefix="):
        Drafts(base.metadata, prefix=prefix).target(kind, label=kind.name)


def test_another_prefix_leaves_a_name_to_the_host(base):
    for name in ("draftedit_draft", "request"):
        sa.Table(name, base.metadata, sa.Column("id", sa.Integer, primary_key=True))
    drafts = Drafts(base.metadata, prefix="our_")

    kind = root(base)
    drafts.target(kind, label=kind.name)

    shared = set(drafts.metadata.tables) - {"root__draft", "root__history"}
    assert {name.partition("_")[0] for name in shared} == {"our"}
    assert "ix_our_draft_owner" in {index.name for index in drafts.tables.draft.indexes}


@pytest.mark.parametrize("prefix", ["1x", "a-b", "ä_", "x" * 19, " ", "a;b"])
def test_a_prefix_that_no_name_can_begin_with(base, prefix):
    with pytest.raises(BadModel, match="prefix="):
        Drafts(base.metadata, prefix=prefix)


def test_the_longest_prefix_makes_no_name_that_is_cut(base):
    drafts = Drafts(base.metadata, prefix="x" * 18)
    ddl = [str(sa.schema.CreateTable(one)) for one in drafts.metadata.sorted_tables]
    names = re.findall(r"CONSTRAINT (\w+)", " ".join(ddl))
    for one in drafts.metadata.sorted_tables:
        names += [index.name for index in one.indexes]
    assert max(map(len, names)) <= 63


def test_a_part_without_an_index_on_its_parent_is_warned_of(base):
    model(base, "leaf", root_id=mapped_column(sa.ForeignKey("root_.id")))
    kind = root(base, "leaf")
    with pytest.warns(MissingIndex, match=r"leaf has no index .*\(root_id\)"):
        Drafts(base.metadata).target(kind, label=kind.name)


def test_a_warning_points_to_the_line_that_registers(base):
    model(base, "leaf", root_id=mapped_column(sa.ForeignKey("root_.id")))
    kind = root(base, "leaf")
    with pytest.warns(MissingIndex) as warned:
        Drafts(base.metadata).target(kind, label=kind.name)
    assert {one.filename for one in warned} == {__file__}


def test_an_index_by_a_key_or_a_unique_constraint_will_do(base):
    parent = mapped_column(sa.ForeignKey("root_.id"))
    unique = (sa.UniqueConstraint("root_id", "id"),)
    model(base, "leaf", root_id=parent, __table_args__=unique)
    keyed = mapped_column(sa.ForeignKey("root_.id"), primary_key=True, sort_order=-1)
    model(base, "note", root_id=keyed)
    kind = root(base, "leaf", "note")
    with warnings.catch_warnings():
        warnings.simplefilter("error", MissingIndex)
        Drafts(base.metadata).target(kind, label=kind.name)


@pytest.mark.parametrize(
    "column",
    [
        key(),
        mapped_column(
            sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True
        ),
    ],
)
def test_keys_that_sqlite_gives_again_are_warned_of(base, column):
    kind = root(base, id=column)
    with pytest.warns(KeysGivenAgain, match=r"^root_ has keys .*sqlite_autoincrement"):
        Drafts(base.metadata).target(kind, label=kind.name)


@pytest.mark.parametrize(
    "attributes",
    [
        {"__table_args__": ({"sqlite_autoincrement": True},)},
        {"id": key(autoincrement=False)},
        {"id": key(default=5)},
        {"id": mapped_column(sa.String(9), primary_key=True)},
        {"id": mapped_column(sa.BigInteger, primary_key=True)},
        {"number": key(autoincrement=True, default=None), "id": key(default="x")},
    ],
)
def test_other_keys_are_not(base, attributes):
    kind = root(base, **attributes)
    with warnings.catch_warnings():
        warnings.simplefilter("error", KeysGivenAgain)
        Drafts(base.metadata).target(kind, label=kind.name)


def test_two_relationships_over_one_association_table_are_one_part(base):
    sa.Table(
        "link",
        base.metadata,
        sa.Column("root_id", sa.ForeignKey("root_.id"), primary_key=True),
        sa.Column("tag_id", sa.ForeignKey("tag.id"), primary_key=True),
    )
    model(base, "tag")
    kind = root(
        base,
        tags=relationship("Tag", "link"),
        same_tags=relationship("Tag", "link", overlaps="tags"),
        seen_tags=relationship("Tag", "link", viewonly=True),
        plain=relationship("Other"),
    )
    model(base, "other", root_id=reference("root_.id"))
    target = Drafts(base.metadata).target(kind, label=kind.name)
    assert list(target.tables) == ["root_", "link"]
    assert target.tables["link"].is_link
    assert not target.root.is_link


def test_an_association_table_without_a_key_has_all_its_columns_for_one(base):
    sa.Table(
        "link",
        base.metadata,
        sa.Column("root_id", sa.ForeignKey("root_.id"), index=True),
        sa.Column("tag_id", sa.ForeignKey("tag.id")),
    )
    model(base, "tag")
    kind = root(base, tags=relationship("Tag", "link"))
    target = Drafts(base.metadata).target(kind, label=kind.name)
    assert target.tables["link"].key == ("root_id", "tag_id")


def test_links_that_lie_in_no_table(base):
    model(base, "middle", root_id=reference("root_.id"), tag=reference("tag.id"))
    model(base, "tag")
    middle = base.metadata.tables["middle"].alias("aliased")
    kind = root(base, tags=relationship("Tag", middle))
    refused(base, kind, "its secondary is no table")


def test_an_association_table_that_counts_its_rows(base):
    sa.Table(
        "middle",
        base.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("root_id", sa.ForeignKey("root_.id")),
        sa.Column("tag_id", sa.ForeignKey("tag.id")),
    )
    model(base, "tag")
    kind = root(base, tags=relationship("Tag", "middle"))
    refused(base, kind, "middle has a key of its own")


def test_a_table_without_a_primary_key(base):
    columns = [sa.Column("id", sa.Integer), sa.Column("name", sa.Text)]
    table = sa.Table("bare", base.metadata, *columns)
    options = {"primary_key": [table.c.id]}
    kind = type("Bare", (base,), {"__table__": table, "__mapper_args__": options})
    refused(base, kind, "bare has no primary key")


def test_unique_keys_are_found_in_constraints_and_indexes(base):
    code = mapped_column(sa.Integer, unique=True)
    kind = root(base, code=code, __table_args__=(sa.Index("u", "name", unique=True),))
    target = Drafts(base.metadata).target(kind, label=kind.name)
    assert set(target.root.uniques) == {("code",), ("name",)}


class TestTwins:
    def test_bring_nothing_along_that_a_draft_may_break(self):
        for target in (*shop.drafts.targets.values(), *quirks.drafts.targets.values()):
            for part in target.tables.values():
                for twin in (part.draft, part.history):
                    unique = [
                        one
                        for one in (*twin.constraints, *twin.indexes)
                        if getattr(one, "unique", False)
                        or isinstance(one, sa.UniqueConstraint | sa.CheckConstraint)
                    ]
                    assert not unique
                    assert {c.parent.name for c in twin.foreign_keys} <= {"draft"}
                    for name in part.fields:
                        column = twin.c[name]
                        assert column.default is column.server_default is None
                        assert column.onupdate is column.computed is None
                        assert column.nullable == (name not in part.key)

    def test_have_wide_integers_and_an_index_in_the_order_of_a_page(self):
        line = shop.drafts.targets["purchase"].tables["line"]
        assert isinstance(line.draft.c.id.type, sa.BigInteger)
        [index] = line.draft.indexes
        assert [c.name for c in index.columns] == ["draft", "order_id", "place", "id"]
        assert line.draft.dialect_options["postgresql"]["with"] == {"fillfactor": "70"}

    def test_need_no_index_where_the_key_serves(self):
        note = shop.drafts.targets["purchase"].tables["note"]
        assert note.draft.indexes == set()

    def test_live_tables_are_not_altered(self):
        assert set(shop.Base.metadata.tables) == {
            "purchase",
            "line",
            "note",
            "label",
            "line_label",
        }


class TestTargets:
    def test_are_found_by_class_and_by_name(self):
        found = shop.drafts.find_target(shop.Order)
        assert found is shop.drafts.find_target("purchase")
        for wrong in ("x", shop.Label):
            with pytest.raises(Unknown):
                shop.drafts.find_target(wrong)

    def test_tell_what_their_fields_are(self):
        line = shop.drafts.targets["purchase"].tables["line"]
        roles = {name: field.role for name, field in line.fields.items()}
        assert roles == {
            "id": "key",
            "order_id": "parent",
            "place": "order",
            "product": "value",
            "amount": "value",
        }
        assert (line.parent, line.order) == ("purchase", "place")
        assert (line.generated_key, line.listing_index) == ("id", "ix_line")
        assert line.children == ("line_label",)
        assert line.fields["product"].length == 40
        assert not line.fields["amount"].required
        note = shop.drafts.targets["purchase"].tables["note"]
        assert note.fields["topic"].required
        assert note.fields["topic"].insertable
        assert not note.fields["topic"].settable
        assert (note.generated_key, note.listing_index) == (None, None)

    def test_have_a_fingerprint_of_their_columns(self):
        def fingerprint(**columns):
            base = declarative_base()
            kind = root(base, **columns)
            return Drafts(base.metadata).target(kind, label=kind.name).fingerprint

        assert fingerprint() == fingerprint()
        prints = {
            fingerprint(),
            fingerprint(a=mapped_column(sa.String(5))),
            fingerprint(a=mapped_column(sa.String(6))),
            fingerprint(a=mapped_column(sa.String(5), nullable=False)),
            fingerprint(b=mapped_column(sa.String(5))),
        }
        assert len(prints) == 5


def test_a_unique_index_with_a_direction_compares_its_column(base):
    table = sa.Table(
        "sorted",
        base.metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer),
    )
    sa.Index("ux_sorted", table.c.number.desc(), unique=True)
    assert list(plain_keys(table)) == [("number",)]


@pytest.mark.parametrize("action", ["SET NULL", "cascade", "SET DEFAULT"])
def test_references_to_a_part_s_value_by_which_a_new_value_changes_rows(base, action):
    model(base, "code", root_id=reference("root_.id"), word=text(unique=True))
    what = mapped_column(sa.ForeignKey("code.word", onupdate=action), index=True)
    model(base, "use", root_id=reference("root_.id"), what=what)
    refused(base, root(base, "code", "use"), r"use\.what: ON UPDATE .* code\.word")


def test_references_to_values_and_keys_that_change_no_rows_are_drafted(base):
    model(base, "code", root_id=reference("root_.id"), word=text(unique=True))
    what = mapped_column(sa.ForeignKey("code.word", onupdate="RESTRICT"), index=True)
    one = mapped_column(sa.ForeignKey("code.id", onupdate="CASCADE"), index=True)
    model(base, "city", word=text(unique=True))
    city = mapped_column(sa.ForeignKey("city.word", onupdate="CASCADE"), index=True)
    model(base, "use", root_id=reference("root_.id"), what=what, one=one, city=city)
    kind = root(base, "code", "use")
    assert {"code", "use"} < set(
        Drafts(base.metadata).target(kind, label=kind.name).tables
    )


@pytest.mark.parametrize("clause", ["REPLACE", "ignore"])
@pytest.mark.parametrize(
    "table_args",
    [
        lambda clause: sa.UniqueConstraint("word", sqlite_on_conflict=clause),
        lambda clause: sa.CheckConstraint("word > ''", sqlite_on_conflict=clause),
    ],
    ids=["unique", "check"],
)
def test_constraints_by_which_rows_go_without_an_error(base, clause, table_args):
    rules = (table_args(clause),)
    model(
        base, "code", root_id=reference("root_.id"), word=text(), __table_args__=rules
    )
    refused(base, root(base, "code"), "code: ON CONFLICT")


def test_columns_by_which_rows_go_without_an_error(base):
    word = text(nullable=False, sqlite_on_conflict_not_null="REPLACE")
    model(base, "code", root_id=reference("root_.id"), word=word)
    refused(base, root(base, "code"), "code: ON CONFLICT of word")


def test_a_unique_index_is_a_key_where_it_is_made(base):
    table = sa.Table("sheet", base.metadata, sa.Column("number", sa.Integer))
    index = sa.Index("ux_sheet", table.c.number, unique=True)
    index.ddl_if(dialect="postgresql")
    assert [key.name for key in model_keys(table, "postgresql")] == ["ux_sheet"]
    assert list(model_keys(table, "sqlite")) == []


def test_a_key_of_the_mapper_that_is_not_the_table_s(base):
    arguments = {"primary_key": ["word"]}
    model(
        base, "code", root_id=reference("root_.id"), word=text(),
        __mapper_args__=arguments,
    )  # fmt: skip
    refused(base, root(base, "code"), r"Code: its primary key \(word\) .* \(id\)")


def test_a_column_with_another_key_in_its_table(base):
    model(base, "code", root_id=reference("root_.id"), word=text(key="name"))
    refused(base, root(base, "code"), r"code\.word: it has the key 'name'")


class Hashed(sa.TypeDecorator):
    impl, cache_ok = sa.String(30), True

    def bind_expression(self, bindparam):
        return sa.func.upper(bindparam)


class Inner(sa.TypeDecorator):
    impl, cache_ok = Hashed, True


@pytest.mark.parametrize(
    "kind",
    [Hashed(), Inner(), sa.String(30).with_variant(Hashed(), "sqlite")],
    ids=["plain", "inside of another", "on one database"],
)
def test_a_type_that_changes_values_by_sql(base, kind):
    model(base, "code", root_id=reference("root_.id"), word=mapped_column(kind))
    refused(base, root(base, "code"), r"code\.word: .* \(bind_expression\)")


def test_a_truth_value_in_the_key_of_a_root(base):
    flag = mapped_column(sa.Boolean, primary_key=True)
    refused(base, root(base, flag=flag), r"root_\.flag: a truth value")


def text(**options):
    return mapped_column(sa.String(9), **options)
