"""Pages and API over HTTP, for the application of any host."""

from pyramid.config import Configurator

from draftedit.settings import refuse_bad
from draftedit.settings.table import OURS


def includeme(config: Configurator) -> None:
    """Add everything that a host gets by including `draftedit`.

    Raises BadSettings for `draftedit.*` settings that are unknown or wrong; the host's
    `sqlalchemy.*` are its own.
    """
    refuse_bad(config.get_settings(), prefixes=(OURS,))
    config.include(".served_drafts")
    config.include(".retry")
    config.include(".headers")
    config.include(".limits")
    config.include(".routes")
    config.include(".pages")
    config.include(".pages.error_views")
    config.include(".api")
