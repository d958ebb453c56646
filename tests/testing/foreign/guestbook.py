"""An application of others, in the shape that Pyramid's cookiecutter gives them."""

import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPConflict, HTTPSeeOther
from pyramid.view import view_config
from sqlalchemy import String, engine_from_config, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker


class Base(DeclarativeBase): ...


class Guest(Base):
    __tablename__ = "guest"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


@view_config(route_name="guests", request_method="GET", renderer="json")
def guests(request):
    return request.dbsession.scalars(select(Guest.name).order_by(Guest.id)).all()


@view_config(route_name="guests", request_method="POST")
def sign(request):
    request.dbsession.add(Guest(name=request.params["name"]))
    if request.dbsession.scalar(select(func.count(Guest.id))) > 2:
        raise HTTPConflict("The page is full.")
    return HTTPSeeOther(request.route_url("guests"))


def dbsession(request):
    dbsession = request.registry["dbsession_factory"]()
    zope.sqlalchemy.register(dbsession, transaction_manager=request.tm)
    return dbsession


def main(global_config, **settings):
    engine = settings.get("dbengine") or engine_from_config(settings)
    config = Configurator(settings=settings)
    config.include("pyramid_tm")
    config.registry["dbsession_factory"] = sessionmaker(bind=engine)
    config.add_request_method(dbsession, reify=True)
    config.add_route("guests", "/")
    config.scan("guestbook")
    return config.make_wsgi_app()
