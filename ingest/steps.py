"""The steps of the road. Each reads its workspace, does one thing, and says what it found.

Facts are plain values: they are kept with the record and shown on its page.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from archive import clock
from archive.errors import Refused, Waits
from archive.fields import given_value
from formats import kinds, pdfa, reading, verapdf
from formats.confined import confined
from formats.errors import ProgramFailed
from formats.kinds import Family
from formats.pdf_pages import page_count
from formats.seals import SealResult, seal_detached
from formats.seals import seal as seal_inside
from formats.signature_reports import SignatureReport, has_person_and_organ
from formats.signatures import check_signatures as judge_signatures
from formats.signatures import has_signatures
from formats.stamps import Stamp
from formats.text import read_pages
from formats.trust import TrustFolder
from ingest import admission
from ingest.page_making import family_of, made_with, pages_pdf
from ingest.workspace import Outcome, Workspace

FAMILIES_WITH_PAGES = frozenset(set(Family) - {Family.OTHER})
METHODS = tuple(str(one) for one in pdfa.Method)
SUSPICIOUS = "suspected_secret"
SECONDS_TO_FIND, SECONDS_TO_JUDGE = 60, 180
Answer = Outcome | Exception


@dataclass(frozen=True)
class Step:
    """A named step; done singly, or for many files at once."""

    name: str
    run: Callable[[Workspace], Outcome]
    run_together: Callable[[Sequence[Workspace]], list[Answer]] = lambda works: []
    is_together: bool = False


def step(run: Callable[[Workspace], Outcome]) -> Step:
    """A step that is done for one file at a time, named like its function."""
    return Step(run.__name__, run)


def together(run: Callable[[Sequence[Workspace]], list[Answer]]) -> Step:
    """A step that is done for many files at once."""

    def singly(work: Workspace) -> Outcome:
        answer = run([work])[0]
        if isinstance(answer, Outcome):
            return answer
        raise answer

    return Step(run.__name__, singly, run, is_together=True)


@step
def identify(work: Workspace) -> Outcome:
    """What kind of file is this, really?"""
    kind = kinds.identify(work.file("original"), work.name)
    return Outcome({**asdict(kind), "family": str(kind.family), "warnings": list(kind.warnings)})


@step
def check_for_viruses(work: Workspace) -> Outcome:
    """Ask the scanner, if there is one; a scanner that cannot be trusted reads "not checked"."""
    result = work.workshop.scanner.scan(work.file("original"))
    if result.found:
        raise Refused("infected", found=result.found)
    if not result.clean:  # it was not looked at whole: a person decides
        raise Waits(result.why or "not_scanned")
    return Outcome(
        {
            "status": "clean" if result.is_trustworthy else "not_checked",
            "engine": result.engine,
            "signatures_on": result.signatures_on.isoformat() if result.signatures_on else None,
            "why": result.why,
        }
    )


@step
def check_signatures(work: Workspace) -> Outcome:
    """Judge every signature at the moment of receipt, offline; a bad one is recorded.

    What is shelved already keeps the judgement of its receipt, and is refused no more.
    """
    shelved: dict[str, Any] | None = work.facts.get("at_receipt")
    if shelved:
        return Outcome(shelved)
    report = _signature_report(work) if family_of(work) is Family.PDF else None
    if report is None:
        return Outcome({"count": 0})
    may_refuse = work.organ.refuse_bad_signatures and shelved is None
    if may_refuse and report.indication != "TOTAL-PASSED":
        raise Refused("bad_signature", indication=report.indication or report.problem or "")
    place = work.scratch("check_signatures") / "report.json"
    place.write_text(report.to_json(), encoding="utf-8")
    facts = {
        "count": len(report.signatures),
        "indication": report.indication,
        "problem": report.problem,
        "person_and_organ": asdict(has_person_and_organ(report)),
        "signatures": [_told(asdict(one)) for one in report.checks],
    }
    return Outcome(facts, {"signature_report": place})


def _signature_report(work: Workspace) -> SignatureReport | None:
    """What is found about the signatures; None where there are none.

    A file that no reader gets through in time would not be got through later either: it waits.
    """
    original, trust = work.file("original"), TrustFolder(work.workshop.settings.trust)
    try:
        if not confined(has_signatures, original, seconds=SECONDS_TO_FIND, megabytes=2048):
            return None
        return confined(
            judge_signatures, original, trust, clock.now(), seconds=SECONDS_TO_JUDGE, megabytes=2048
        )
    except ProgramFailed as failed:
        raise Waits("signatures_unreadable", said=failed.code) from failed


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Plain values of a signature check."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in values.items()
    }


@step
def read_text(work: Workspace) -> Outcome:
    """The text layer, or OCR: words with boxes for every page, and a layer for the read ones."""
    if family_of(work) not in FAMILIES_WITH_PAGES:
        return Outcome({"pages": None, "skipped": "no_archival_copy"})
    if reason := _kept_as_received(work):
        return Outcome({"pages": None, "skipped": reason})
    settings = work.workshop.settings
    scratch = work.scratch("read_text")
    pages, notes = pages_pdf(work, scratch)
    found = reading.read_pages_of(
        pages,
        scratch / "pages",
        cores=os.cpu_count() or 1,
        limits=reading.Limits(pages=settings.page_limit),
        stop=_turning_pages(work, pages, scratch / "pages"),
    )
    if isinstance(found, reading.Unfinished):
        return Outcome(is_finished=False)
    files = {"pages_pdf": pages, "words": found.words, "text": found.text}
    if found.layer is not None:
        files["layer"] = found.layer
    return Outcome({**_read_facts(found), **notes}, _copied(files, work, scratch))


def _turning_pages(work: Workspace, pdf: Path, finished: Path) -> Callable[[], bool]:
    """Asked before each page: tells the progress, and lets others go first when it is time."""
    total = page_count(pdf)

    def stop() -> bool:
        work.beat(lambda: sum(1 for _ in finished.glob("page-*.json.gz")), total)
        return work.should_pause()

    return stop


def _read_facts(found: reading.Read) -> dict[str, Any]:
    return {
        "pages": found.pages,
        "how": found.how,
        "confidence": found.confidence,
        "blank": list(found.blank),
        "unread": {str(number): why for number, why in found.unread.items()},
    }


def _copied(files: dict[str, Path], work: Workspace, scratch: Path) -> dict[str, Path]:
    """Part results under paths of their own: the original itself is never renamed."""
    original = work.file("original")
    if files["pages_pdf"] == original:
        link = scratch / "pages.pdf"
        link.unlink(missing_ok=True)
        link.hardlink_to(original)
        files = {**files, "pages_pdf": link}
    return files


@step
def admit(work: Workspace) -> Outcome:
    """May this be here at all? A suspicion that only the text reveals goes to a person (R15)."""
    if not work.has("words") or work.facts.get("decided", {}).get("not_secret"):
        return Outcome({"checked": work.has("words")})
    suspicion = admission.suspicion(read_pages(work.file("words")))
    if suspicion is not None:
        raise Waits(SUSPICIOUS, mark=suspicion.mark, page=suspicion.page)
    return Outcome({"checked": True})


@step
def make_pdfa(work: Workspace) -> Outcome:
    """The archival copy, by the gentlest method that veraPDF has not turned down yet."""
    if reason := _kept_as_received(work):
        return Outcome({"case": "none", "why": reason})
    if not work.has("pages_pdf"):
        return Outcome({"case": "none", "why": work.facts["read_text"]["skipped"]})
    tried = work.facts.get("validate", {}).get("tried", [])
    is_signed = work.facts["check_signatures"]["count"] > 0
    if is_signed and "original" not in tried and _claims_pdfa(work):
        return Outcome({"case": "archival_is_original", "archival_is_original": True})
    worn = max((METHODS.index(one) + 1 for one in tried if one in METHODS), default=0)
    method = next(iter(METHODS[worn:]), None)  # more forceful than all that were turned down
    if method is None:
        return Outcome({"case": "none", "why": "not_valid_pdfa"})
    return _convert(work, pdfa.Method(method) if tried else None, is_signed=is_signed)


def _claims_pdfa(work: Workspace) -> bool:
    return pdfa.claims_pdfa(work.file("original")) is not None


def _convert(work: Workspace, method: pdfa.Method | None, *, is_signed: bool) -> Outcome:
    scratch = work.scratch("make_pdfa")
    out, layer = scratch / "unsealed.pdf", work.file("layer") if work.has("layer") else None
    description = pdfa.Description(
        title=given_value(work.fields, "Subject") or work.name,
        creators=tuple(filter(None, [given_value(work.fields, "OrganName")])),
        original_name=work.name,
        original_sha256=work.original,
        moment=clock.now(),
    )
    if is_signed:
        report = pdfa.carrier(
            work.file("original"),
            work.file("pages_pdf"),
            out,
            description=description,
            signature_report=work.file("signature_report"),
            layer=layer,
            method=method,
        )
    else:
        report = pdfa.to_pdfa(
            work.file("pages_pdf"),
            out,
            description=description,
            layer=layer,
            method=method,
            made_with=made_with(work),
        )
    place = scratch / "conversion.json"
    report.write(place)
    facts = {
        "case": "carrier" if is_signed else "converted",
        "method": report.method,
        "flavour": report.flavour,
        "dropped": [asdict(one) for one in report.dropped],
        "notes": list(report.notes),
        "letters_lost": report.letters_lost,
    }
    return Outcome(facts, {"unsealed": out, "conversion_report": place})


@step
def seal(work: Workspace) -> Outcome:
    """Sign the copy with the organ's key; a signed PDF/A gets a seal beside it (R20)."""
    case = work.facts["make_pdfa"]["case"]
    if case == "none":
        return Outcome({"kind": "none"})
    key = work.workshop.key_of(work.organ.id)
    server = work.workshop.settings.timestamp_url or None
    if case == "archival_is_original":
        place = work.scratch("seal") / "seal.p7s"
        beside = seal_detached(work.file("original"), key, timestamp_url=server)
        place.write_bytes(beside.signature)
        return Outcome(_of_seal("detached", beside.result), {"seal": place})
    place = work.scratch("seal") / "sealed.pdf"
    result = seal_inside(
        work.file("unsealed"),
        place,
        key,
        level="B-LTA" if server else "B-B",
        timestamp_url=server,
        trust=TrustFolder(work.workshop.settings.trust),
        visible=_mark_for_scans(work),
        name=work.organ.name,
    )
    return Outcome(_of_seal("inside", result), {"archival": place})


def _of_seal(kind: str, result: SealResult) -> dict[str, Any]:
    """The level that the file really carries, and by which key."""
    return {"kind": kind, **_told(asdict(result))}


def _mark_for_scans(work: Workspace) -> Stamp | None:
    """A scan that the organ digitised carries its visible mark (R21)."""
    how = work.facts["read_text"].get("how", {})
    read = how.get("ocr", 0) + how.get("ocr_cleaned", 0)
    is_scan = read > 0 and not how.get("layer")
    if not is_scan or work.facts["make_pdfa"]["case"] != "converted":
        return None
    return Stamp(organ=work.organ.name, font_folder=work.workshop.settings.path("fonts"))


@together
def validate(works: Sequence[Workspace]) -> list[Answer]:
    """Ask veraPDF about all of them in one run. No verdict means not valid; then see R3."""
    asked: dict[int, Path] = {}
    answers: dict[int, Answer] = {}
    for number, work in enumerate(works):
        try:
            if (path := _to_validate(work)) is not None:
                asked[number] = path
        except Exception as error:
            answers[number] = error
    jar = Path(works[0].workshop.settings.verapdf_jar)
    verdicts = verapdf.validate(list(asked.values()), jar=jar) if asked else {}
    for number, work in enumerate(works):
        if number not in answers:
            verdict = verdicts[asked[number]] if number in asked else None
            answers[number] = _concluded(work, verdict)
    return [answers[number] for number in range(len(works))]


def _concluded(work: Workspace, verdict: verapdf.Verdict | None) -> Answer:
    try:
        return _conclude(work, verdict)
    except Exception as error:  # this file's alone
        return error


def _to_validate(work: Workspace) -> Path | None:
    case = work.facts["make_pdfa"]["case"]
    if case == "none":
        return None
    return work.file("original" if case == "archival_is_original" else "archival")


def _conclude(work: Workspace, verdict: verapdf.Verdict | None) -> Outcome:
    """Valid; or the next method; or shelved without a valid copy, and with the reason why."""
    made = work.facts["make_pdfa"]
    if verdict is None:
        return Outcome({"is_valid": False, "mending": made["why"]})
    wanted = made.get("flavour")
    is_valid = verdict.is_valid and wanted in (None, verdict.flavour)
    facts: dict[str, Any] = {
        "is_valid": is_valid,
        "flavour": verdict.flavour,
        "version": verdict.version,
        "problem": verdict.problem,
        "failed_rules": [asdict(one) for one in verdict.failed_rules],
        "tried": work.facts.get("validate", {}).get("tried", []),
    }
    place = work.scratch("validate") / "verapdf.json"
    place.write_text(json.dumps(verdict.report, ensure_ascii=False, indent=1), encoding="utf-8")
    if is_valid:
        return Outcome(facts, {"verapdf_report": place})
    used = made.get("method", "original")
    facts["tried"] = [*facts["tried"], used]
    return Outcome(facts, {"verapdf_report": place}, go_to="make_pdfa")


def _kept_as_received(work: Workspace) -> str | None:
    """Why a person decided to keep it without an archival copy."""
    reason: str | None = work.facts.get("decided", {}).get("as_received")
    return reason
