"""The `draftedit` command line, for operators, cron jobs and `make run`."""

import click

from draftedit.cli import (
    doctor,
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
from draftedit.cli.program import Program

COMMANDS = (
    init.init,
    user.user,
    token.token,
    importing.import_,
    exporting.export,
    purge.purge,
    stats.stats,
    worker.worker,
    doctor.doctor,
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
