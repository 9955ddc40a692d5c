"""The `luutru` command, put together. Each command is a door: open, act as somebody, call, print.

Names and forms are a promise to scripts. With `--json` an answer is one object a line on standard
output and nothing else there; messages go to standard error.
"""

import logging
from importlib import import_module
from typing import Any

import click

from web.words import speak

# A command is loaded when it is asked for: few need all that the archive can do. After the command
# stand the modules that add to its group.
COMMANDS: dict[str, tuple[str, ...]] = {
    "setup": ("setting_up.setup",),
    "upgrade": ("setting_up.upgrade_command",),
    "serve": ("setting_up.serve",),
    "worker": ("setting_up.worker",),
    "settings": ("setting_up.settings",),
    "doctor": ("setting_up.doctor",),
    "token": ("setting_up.token",),
    "person": ("people.person", "rights"),
    "organ": ("organ.organ", "seal_pictures"),
    "unit": ("organ.unit",),
    "key": ("organ.key",),
    "plan": ("plans.plan", "printing"),
    "appraisal": ("appraisals.appraisal",),
    "retention": ("terms.retention", "appraisals"),
    "case-file": ("case_files.case_file", "rights", "printing"),
    "certificate": ("certificates.certificate",),
    "tombstone": ("tombstones.tombstone",),
    "disposal": ("disposals.disposal",),
    "freeze": ("freezes.freeze",),
    "loan": ("loans.loan", "printing"),
    "receive": ("receiving.receive",),
    "show": ("recording.show",),
    "find": ("finding.find",),
    "export": ("recording.export",),
    "mend": ("mending.mend",),
    "suspicion": ("suspicion.suspicion",),
    "issue": ("issuing.issue", "drafts"),
    "register": ("registers.register", "register_acts", "printing"),
    "submission": ("submissions.submission", "printing"),
    "transfer": ("transfers.transfer",),
    "notices": ("inbox.inbox",),
    "my-file": ("personal_file.my_file",),
    "verify": ("checking.verify",),
    "search": ("finding.search",),
    "audit": ("checking.audit_group",),
}


class Commands(click.Group):
    """A group whose commands are loaded by their names."""

    def list_commands(self, context: click.Context) -> list[str]:
        """All that there are, as they stand in the table."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of this name, with what other modules add to it."""
        if name not in COMMANDS:
            return None
        place, *additions = COMMANDS[name]
        for module in additions:
            import_module(f"web.commands.{module}")
        module, attribute = place.split(".")
        found: Any = getattr(import_module(f"web.commands.{module}"), attribute)
        return found if isinstance(found, click.Command) else None


@click.group(cls=Commands)
@click.option("--as", "user_name", envvar="LUUTRU_AS", help="Who acts: a user name.")
@click.option("--for", "principal_name", metavar="USER", help="Act for this person (delegation).")
@click.option("--at", "organ_code", metavar="ORGAN", help="Act at this organ; else at one's own.")
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
    context: click.Context,
    user_name: str | None,
    principal_name: str | None,
    organ_code: str | None,
    language: str,
) -> None:
    """Lưu Trữ: records and archives."""
    del principal_name, organ_code  # web/commands/door.py asks the context for them
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    for library in ("pyhanko", "pyhanko_certvalidator"):  # what they found is in our reports
        logging.getLogger(library).setLevel(logging.CRITICAL)
    speak(language)
    context.obj = user_name
