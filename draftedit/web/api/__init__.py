"""The JSON API for programs, under `/api/v1`: the same verbs as the pages."""

from pyramid.config import Configurator
from pyramid.security import NO_PERMISSION_REQUIRED

from draftedit.web.api import (
    draft_actions,
    drafts,
    objects,
    openapi,
    rebase,
    stats,
    targets,
    task_results,
)
from draftedit.web.api.csrf import csrf_checked
from draftedit.web.api.endpoint import Endpoint
from draftedit.web.resources import API_PREFIX

ENDPOINTS: tuple[Endpoint, ...] = openapi.with_description(
    (
        *targets.ENDPOINTS,
        *objects.ENDPOINTS,
        *task_results.ENDPOINTS,
        *drafts.ENDPOINTS,
        *draft_actions.ENDPOINTS,
        *rebase.ENDPOINTS,
        *stats.ENDPOINTS,
    )
)


def includeme(config: Configurator) -> None:
    """Add the views of all endpoints."""
    for endpoint in ENDPOINTS:
        config.add_view(
            endpoint.view,
            route_name=API_PREFIX + endpoint.route,
            request_method=endpoint.method,
            permission=endpoint.permission or NO_PERMISSION_REQUIRED,
            # We check CSRF ourselves, as the host's check may read forms and know no
            # tokens.
            require_csrf=False,
            decorator=csrf_checked,
        )
