"""Agencies: the first organ and person of an installation, and further organs."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from archive import audit, clock, people
from archive.errors import Conflict, Invalid, NotFound
from archive.models import Fonds, Organ, OrganCode, Person, SealCertificate
from archive.roles import ensure_roles
from formats.vietnamese import nfc

LONGEST_CODE = 35  # QĐ 20/2020/QĐ-TTg


def found(session: Session, code: str, name: str) -> Organ:
    """Take up an organ with its code, valid from today, and its fonds.

    Raises:
        Invalid: `bad_organ_code`.
        Conflict: `organ_code_taken`.
    """
    code = nfc(code).strip()
    if not 1 <= len(code) <= LONGEST_CODE or not all(_fits_code(one) for one in code):
        raise Invalid("bad_organ_code", organ=code)
    if session.scalar(select(Organ.id).where(Organ.code == code)) is not None:
        raise Conflict("organ_code_taken", organ=code)
    organ = Organ(code=code, name=nfc(name).strip(), zone="Asia/Ho_Chi_Minh")
    organ.opened_on = clock.today(organ)
    session.add(organ)
    session.flush()
    session.add(OrganCode(organ_id=organ.id, code=code, valid_from=organ.opened_on))
    fonds = Fonds(organ_id=organ.id, code=code, name=organ.name, opened_on=organ.opened_on)
    session.add(fonds)
    session.flush()
    audit.record(session, "organ.found", organ, also=(fonds,), name=organ.name)
    return organ


def set_up(
    session: Session,
    code: str,
    name: str,
    user_name: str = "quantri",
    first: people.OneTime | None = None,
) -> tuple[Organ, Person, str]:
    """The first organ and the first person, who is administrator and archivist (R9).

    Args:
        session: the transaction's session.
        code: of the organ.
        name: of the organ.
        user_name: of the person.
        first: the person's one-time password, made beforehand as for `people.add`.

    Raises:
        Conflict: `already_set_up`.
    """
    if session.scalar(select(Organ.id).limit(1)) is not None:
        raise Conflict("already_set_up")
    roles = ensure_roles(session)
    organ = found(session, code, name)
    audit.record(session, "role.found", roles[0], also=tuple(roles[1:]))
    person, one_time = people.add(
        session, organ, user_name, "Quản trị hệ thống", ["administrator", "archivist"], first
    )
    return organ, person, one_time


def by_code(session: Session, code: str) -> Organ:
    """The organ with this code.

    Raises:
        NotFound: `no_such_organ`.
    """
    organ = session.scalar(select(Organ).where(Organ.code == nfc(code).strip()))
    if organ is None:
        raise NotFound("no_such_organ", organ=code)
    return organ


def pin_seal(session: Session, organ: Organ, fingerprint: str, pem: str, is_trial: bool) -> None:
    """Write down a certificate that the organ's seals carry; it stays for ever."""
    if fingerprint in pinned(session, organ.id):
        return
    session.add(
        SealCertificate(
            organ_id=organ.id,
            fingerprint=fingerprint,
            pem=pem,
            is_trial=is_trial,
            first_used_at=clock.now(),
        )
    )
    audit.record(session, "organ.pin_seal", organ, facts={"certificate": fingerprint})


def pinned(session: Session, organ_id: int) -> set[str]:
    """Fingerprints of all certificates that the organ's seals ever carried."""
    found = select(SealCertificate.fingerprint).where(SealCertificate.organ_id == organ_id)
    return set(session.scalars(found))


def _fits_code(letter: str) -> bool:
    """Plain letters and digits in groups parted by dots or hyphens."""
    return (letter.isascii() and letter.isalnum()) or letter in ".-"
