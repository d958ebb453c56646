"""An application as Pyramid's cookiecutter makes them, on one page."""

import zope.sqlalchemy
from pyramid.config import Configurator
from pyramid.response import Response
from sqlalchemy import String, engine_from_config, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker


class Base(DeclarativeBase): ...


class Guest(Base):
    __tablename__ = "guest"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)


def sign(request):
    request.dbsession.add(Guest(name=request.params["name"]))
    request.dbsession.flush()
    if request.params["name"] == "nobody":
        raise ValueError("after it was written")
    return Response(str(request.dbsession.scalar(select(func.count(Guest.id)))))


def main(global_config, **settings):
    settings["tm.manager_hook"] = "pyramid_tm.explicit_manager"
    with Configurator(settings=settings) as config:
        config.include("pyramid_tm")
        engine = settings.get("dbengine") or engine_from_config(settings)
        factory = config.registry["dbsession_factory"] = sessionmaker(bind=engine)

        def dbsession(request):
            dbsession = factory(info={"request": request})
            zope.sqlalchemy.register(dbsession, transaction_manager=request.tm)
            return dbsession

        config.add_request_method(dbsession, reify=True)
        config.add_route("sign", "/")
        config.add_view(sign, route_name="sign")
        return config.make_wsgi_app()
