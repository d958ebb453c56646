"""Law 3 for JSON's null where a column may not be NULL."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, mapped_column, relationship

from draftedit import Delete, Drafts, Set


class Base(DeclarativeBase):
    pass


class Form(Base):
    __tablename__ = "form"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    name = mapped_column(sa.String(20))
    answers = relationship("Answer", cascade="all, delete-orphan")


class Answer(Base):
    __tablename__ = "answer"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    form_id = mapped_column(sa.ForeignKey("form.id"), nullable=False, index=True)
    data = mapped_column(sa.JSON, nullable=False)


class Remark(Base):
    """Beside the object: a delete of an answer takes it along."""

    __tablename__ = "remark"
    id = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    answer_id = mapped_column(sa.ForeignKey("answer.id", ondelete="CASCADE"))
    data = mapped_column(sa.JSON, nullable=False)


drafts = Drafts(Base.metadata)
drafts.target(Form, label=Form.name)


@pytest.fixture(scope="session")
def database(fresh_database):
    return fresh_database(Base.metadata, drafts.metadata)


@pytest.fixture
def form(dbsession):
    dbsession.add(Form(id=1, name="F", answers=[Answer(id=1, data=None)]))
    dbsession.flush()
    return 1


def test_law_3_a_null_of_json_comes_back(dbsession, form):
    edit = drafts.open(dbsession, Form, form, owner="ada")
    edit.apply(Delete("form", form))
    edit.save()

    drafts.open(dbsession, Form, form, owner="ada", revert_to=0).save()

    assert dbsession.scalars(sa.select(Answer.data)).all() == [None]
    assert (
        dbsession.scalar(sa.select(sa.func.count()).where(Answer.data.is_(None))) == 0
    )


def test_a_value_that_was_set_goes_back_to_a_null_of_json(dbsession, form):
    edit = drafts.open(dbsession, Form, form, owner="ada")
    edit.apply(Set("answer", 1, data={"a": 1}))
    edit.save()

    drafts.open(dbsession, Form, form, owner="ada", revert_to=0).save()

    assert dbsession.scalars(sa.select(Answer.data)).all() == [None]


def test_law_3_a_null_of_json_outside_the_object_comes_back(dbsession, form):
    dbsession.add(Remark(id=1, answer_id=1, data=None))
    dbsession.flush()
    edit = drafts.open(dbsession, Form, form, owner="ada")
    edit.apply(Delete("answer", 1))
    edit.save(accept=edit.check().consent)

    drafts.open(dbsession, Form, form, owner="ada", revert_to=0).save()

    assert dbsession.scalars(sa.select(Remark.data)).all() == [None]
