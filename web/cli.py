"""The `luutru` command, put together. Each command is a door: open, act as somebody, call, print.

Names and forms are a promise to scripts. With `--json` an answer is one object a line on standard
output and nothing else there; messages go to standard error.
"""

import logging

import click

from web.commands import checking, recording, setting_up


@click.group()
@click.option("--as", "user_name", envvar="LUUTRU_AS", help="Who acts: a user name.")
@click.version_option(package_name="luutru", prog_name="luutru")
@click.pass_context
def main(context: click.Context, user_name: str | None) -> None:
    """Lưu Trữ: records and archives."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    context.obj = user_name


for command in (
    setting_up.setup,
    setting_up.upgrade_command,
    setting_up.serve,
    setting_up.worker,
    setting_up.person,
    setting_up.token,
    setting_up.settings,
    setting_up.doctor,
    recording.case_file,
    recording.receive,
    recording.show,
    recording.export,
    recording.find,
    checking.verify,
    checking.search,
    checking.audit_group,
):
    main.add_command(command)
