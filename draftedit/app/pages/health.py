"""Health checks for monitors and proxies: liveness and readiness."""

from pyramid.request import Request
from pyramid.response import Response
from pyramid.security import NO_PERMISSION_REQUIRED
from pyramid.view import view_config
from sqlalchemy.exc import SQLAlchemyError

from draftedit.app.models import migration

RETRY_SECONDS = "5"


@view_config(route_name="draftedit_app.healthz", permission=NO_PERMISSION_REQUIRED)
def lives(_request: Request) -> Response:
    """Answer 200 without checking anything else."""
    return _answer("The process lives.")


@view_config(route_name="draftedit_app.readyz", permission=NO_PERMISSION_REQUIRED)
def is_ready(request: Request) -> Response:
    """Answer 503 until the database answers and all its migrations have run."""
    try:
        current = migration.is_current(request.dbsession.connection())
    except SQLAlchemyError:
        return _answer("The database does not answer.", 503)
    if not current:
        return _answer("The database is not migrated.", 503)
    return _answer("Ready.")


def _answer(text: str, status: int = 200) -> Response:
    response = Response(
        f"{text}\n", status=status, content_type="text/plain", charset="utf-8"
    )
    response.cache_control = "no-store"
    if status == 503:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response
