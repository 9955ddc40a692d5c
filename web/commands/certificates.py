"""Commands for certificates of destruction: checking one anywhere, showing one from here."""

import sys
from pathlib import Path

import click

from archive import access
from archive.access import Action
from archive.errors import NotFound
from retention import certificates, disposals
from web.certificate_check import check
from web.commands.door import acting, answer, door, here, json_option, tell, the_archive
from web.words import say, say_code


@click.group()
def certificate() -> None:
    """Certificates of what was destroyed."""


@certificate.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--fingerprint", default="", help="The seal's certificate must be this one (SHA-256)."
)
@json_option
@door
def verify(file: Path, fingerprint: str, as_json: bool) -> None:
    """Check a certificate: its seal, digests, list and place in the chain. Needs no archive."""
    found = check(file, fingerprint)
    told, seal = found.told, found.seal
    lines = [one for one in told.get("lines", ()) if isinstance(one, dict)]
    if as_json:
        answer(
            {
                "holds": found.holds,
                "disposal": told.get("disposal", ""),
                "organ": told.get("organ", {}),
                "lines": len(lines),
                "root": told.get("root", ""),
                "fingerprint": found.fingerprint,
                "is_seal_known": bool(fingerprint),
                "is_trial": bool(seal and seal.state == "valid_trial"),
                "faults": [{"code": one.code, "where": one.where} for one in found.faults],
            }
        )
    else:
        for one in found.faults:
            tell(f"✗ {say_code(one.code, where=one.where)}")
        if found.holds:
            click.echo(say("certificate_holds", disposal=told["disposal"], count=len(lines)))
            sealed = "certificate_sealed_by" if fingerprint else "certificate_sealed"
            click.echo(say(sealed, fingerprint=found.fingerprint))
    sys.exit(0 if found.holds else 1)


@certificate.command()
@click.argument("disposal")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the sealed PDF here."
)
@json_option
@click.pass_obj
@door
def show(actor: str | None, disposal: str, out: Path | None, as_json: bool) -> None:
    """Show what the certificate of a disposal says; with --out, write the PDF."""
    from web.executing import journal_of  # only this needs the archive

    with the_archive() as services, acting(services, actor) as who:
        with services.db.reading() as session:
            organ = here(session, who)
            access.require(session, who, Action.SEE_DISPOSALS, organ)
            found = disposals.by_code(session, who, organ, disposal)
            stem, digest = certificates.file_stem(found.code), found.certificate
        place = journal_of(services).certificates
        plain, printed = place / f"{stem}.json", place / f"{stem}.pdf"
        if not digest or not plain.is_file():
            raise NotFound("no_such_certificate", disposal=disposal)
        if out is not None:
            out.write_bytes(printed.read_bytes())
        told = certificates.read(plain.read_bytes())
    if as_json:
        answer(told)
    else:
        gone = sum(1 for one in told["lines"] if one["outcome"] == "destroyed")
        click.echo(
            say("certificate_says", disposal=told["disposal"], count=gone, root=told["root"])
        )
