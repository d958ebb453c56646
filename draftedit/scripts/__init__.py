"""The `draftedit` program: what an operator, a cron job and `make run` call."""

import click

from draftedit.scripts import (
    exporting,
    importing,
    inis,
    init,
    purge,
    stats,
    token,
    user,
    worker,
)
from draftedit.scripts.program import Program

COMMANDS = (
    init.init,
    user.user,
    token.token,
    importing.import_,
    exporting.export,
    purge.purge,
    stats.stats,
    worker.worker,
    inis.ini,
)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="draftedit")
def main() -> None:
    """Look after a draftedit application and its database.

    Every command takes the ini file first. DRAFTEDIT_SQLALCHEMY_URL in the environment
    overrides its sqlalchemy.url.
    """


for command in COMMANDS:
    main.add_command(command)
