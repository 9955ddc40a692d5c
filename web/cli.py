"""The `luutru` command, put together. Each command is a door: open, act as somebody, call, print.

Names and forms are a promise to scripts. With `--json` an answer is one object a line on standard
output and nothing else there; messages go to standard error.
"""

import logging

import click

from web.commands import (
    case_files,
    checking,
    freezes,
    issuing,
    mending,
    organ,
    people,
    plans,
    recording,
    register_acts,
    rights,
    setting_up,
    submissions,
)
from web.commands import (
    printing as printing,  # adds to the groups of others
)
from web.words import speak


@click.group()
@click.option("--as", "user_name", envvar="LUUTRU_AS", help="Who acts: a user name.")
@click.option("--for", "principal_name", metavar="USER", help="Act for this person (delegation).")
@click.option(
    "--language",
    envvar="LUUTRU_LANGUAGE",
    type=click.Choice(["vi", "en"]),
    default="vi",
    show_default=True,
    help="Language of what is said.",
)
@click.version_option(package_name="luutru", prog_name="luutru")
@click.pass_context
def main(
    context: click.Context, user_name: str | None, principal_name: str | None, language: str
) -> None:
    """Lưu Trữ: records and archives."""
    del principal_name  # web/commands/door.py asks the context for it
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for library in ("pyhanko", "pyhanko_certvalidator"):  # what they found is in our reports
        logging.getLogger(library).setLevel(logging.CRITICAL)
    speak(language)
    context.obj = user_name


for command in (
    setting_up.setup,
    setting_up.upgrade_command,
    setting_up.serve,
    setting_up.worker,
    people.person,
    organ.unit,
    organ.key,
    organ.organ,
    setting_up.token,
    setting_up.settings,
    setting_up.doctor,
    case_files.case_file,
    freezes.freeze,
    recording.receive,
    recording.show,
    mending.mend,
    recording.export,
    recording.find,
    issuing.issue,
    plans.plan,
    register_acts.register,
    submissions.submission,
    submissions.inbox,
    checking.verify,
    checking.search,
    checking.audit_group,
):
    main.add_command(command)
case_files.case_file.add_command(rights.reassign)
case_files.case_file.add_command(rights.reassign, "assign")
