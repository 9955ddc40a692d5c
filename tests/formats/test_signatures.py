"""Signatures of received files, each case judged by the right answer and not by the library's."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper
from pyhanko.sign.validation import DocumentSecurityStore

from formats.confined import confined
from formats.signatures import (
    SignatureCheck,
    SignatureReport,
    check_signatures,
    has_person_and_organ,
    has_signatures,
)
from formats.trust import TrustFolder
from tests.formats.pki import DAY, NOW, YEAR, Pki, paint_over

LATER = NOW + YEAR
Judge = Callable[[bytes, Path, datetime], SignatureReport]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    def check(data: bytes, trust: Path, at: datetime) -> SignatureReport:
        path = tmp_path / "received.pdf"
        path.write_bytes(data)
        return check_signatures(path, TrustFolder(trust), at)

    return check


class Desk:
    """Where people and organs sign."""

    def __init__(self, pki: Pki, unsigned: bytes) -> None:
        self.pki = pki
        self.unsigned = unsigned

    def sign(
        self,
        label: str = "person",
        key: str = "person",
        level: str = "B-B",
        tsa: str = "tsa",
        on: bytes | None = None,
        field: str = "Sig1",
    ) -> bytes:
        lasting = level == "B-LTA"
        meta = PdfSignatureMetadata(
            field_name=field,
            subfilter=SigSeedSubFilter.PADES,
            md_algorithm="sha256",
            embed_validation_info=lasting,
            use_pades_lta=lasting,
            validation_context=self.pki.context([label, tsa]) if lasting else None,
        )
        stamper = self.pki.stamper(tsa) if level != "B-B" else None
        signer = PdfSigner(meta, self.pki.signer(label, key), timestamper=stamper)
        writer = IncrementalPdfFileWriter(BytesIO(on or self.unsigned))
        return bytes(signer.sign_pdf(writer).getvalue())


@pytest.fixture(scope="session")
def desk(pki: Pki, pdfa: Path) -> Desk:
    return Desk(pki, pdfa.read_bytes())


def only(report: SignatureReport) -> SignatureCheck:
    (check,) = report.signatures
    return check


@pytest.mark.rule("HC-14")
@pytest.mark.rule("TN-13")
def test_a_signature_without_a_stamp_passes_while_its_certificate_is_good(
    desk: Desk, judge: Judge, trust_now: Path
) -> None:
    check = only(judge(desk.sign(), trust_now, NOW))
    assert (check.indication, check.sub_indication, check.reason) == ("TOTAL-PASSED", None, "valid")
    assert (check.signer, check.organ, check.unit) == (
        "Nguyễn Văn An",
        "Sở Tài chính",
        "Văn phòng Sở",
    )
    assert (check.level, check.time_source, check.certificate_status) == ("B-B", "claimed", "good")
    assert check.covers_whole_file and check.changes == "NONE"
    assert check.serial and check.issuer and "Issuing CA" in check.issuer


def test_a_stamped_signature_passes_with_the_time_of_its_stamp(
    desk: Desk, judge: Judge, trust_now: Path
) -> None:
    check = only(judge(desk.sign(level="B-T"), trust_now, NOW))
    assert check.passed
    assert (check.level, check.time_source, check.time) == ("B-T", "signature_timestamp", NOW)


def test_a_long_term_signature_passes_with_its_document_stamp(
    desk: Desk, judge: Judge, trust_now: Path
) -> None:
    report = judge(desk.sign(level="B-LTA"), trust_now, NOW)
    assert [(each.kind, each.indication) for each in report.checks] == [
        ("signature", "TOTAL-PASSED"),
        ("document_timestamp", "TOTAL-PASSED"),
    ]
    assert report.checks[0].level == "B-LTA"
    assert report.checks[0].changes == "LTA_UPDATES"


@pytest.mark.rule("HC-68")
def test_a_flipped_byte_fails(desk: Desk, judge: Judge, trust_now: Path) -> None:
    data = bytearray(desk.sign())
    data[data.find(b"stream") + 60] ^= 1
    check = only(judge(bytes(data), trust_now, NOW))
    assert (check.indication, check.sub_indication) == ("TOTAL-FAILED", "HASH_FAILURE")
    assert check.reason == "bytes_changed"


@pytest.mark.rule("HC-68")
@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LTA"])
def test_a_page_changed_by_an_update_does_not_pass(
    level: str, desk: Desk, judge: Judge, trust_now: Path
) -> None:
    check = only(judge(paint_over(desk.sign(level=level)), trust_now, NOW))
    assert check.indication == "TOTAL-FAILED"
    assert (check.reason, check.changes) == ("changed_after_signing", "OTHER")
    assert not check.covers_whole_file


@pytest.mark.rule("TN-13")
def test_an_unstamped_signature_whose_certificate_was_revoked_since_does_not_pass(
    desk: Desk, judge: Judge, trust_later: Path
) -> None:
    check = only(judge(desk.sign("revoked-later"), trust_later, LATER))
    assert (check.indication, check.sub_indication) == ("INDETERMINATE", "REVOKED_NO_POE")
    assert (check.reason, check.certificate_status) == ("certificate_revoked", "revoked")
    assert check.revoked_since == NOW + 60 * DAY


@pytest.mark.parametrize("level", ["B-T", "B-LTA"])
def test_a_revocation_after_the_stamp_does_no_harm(
    level: str, desk: Desk, judge: Judge, trust_later: Path
) -> None:
    assert only(judge(desk.sign("revoked-later", level=level), trust_later, LATER)).passed


@pytest.mark.rule("TN-13")
def test_a_signature_made_after_the_revocation_does_not_pass(
    desk: Desk, judge: Judge, trust_later: Path
) -> None:
    check = only(judge(desk.sign("revoked-before", level="B-T"), trust_later, LATER))
    assert (check.indication, check.sub_indication) == ("INDETERMINATE", "REVOKED_NO_POE")


def test_a_stamp_from_before_the_end_of_the_certificate_lets_it_pass(
    desk: Desk, judge: Judge, trust_later: Path
) -> None:
    assert only(judge(desk.sign("expiring", level="B-T"), trust_later, LATER)).passed


@pytest.mark.rule("TN-13")
def test_a_stamp_from_after_the_end_of_the_certificate_does_not_help(
    desk: Desk, judge: Judge, trust_later: Path
) -> None:
    check = only(judge(desk.sign("expired", level="B-T"), trust_later, LATER))
    assert (check.indication, check.sub_indication) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    assert (check.reason, check.certificate_status) == ("certificate_expired", "expired")


def test_a_list_made_after_the_end_of_a_certificate_does_not_speak_for_it(
    desk: Desk, judge: Judge, pki: Pki, tmp_path: Path
) -> None:
    only_new_lists = pki.trust_folder(tmp_path / "trust", LATER)
    check = only(judge(desk.sign("expiring", level="B-T"), only_new_lists, LATER))
    assert not check.passed
    assert check.reason == "status_unknown"


@pytest.mark.rule("KT-07")
@pytest.mark.parametrize("level", ["B-B", "B-T"])
def test_a_signer_from_an_unknown_authority_is_not_believed(
    level: str, desk: Desk, judge: Judge, trust_now: Path
) -> None:
    check = only(judge(desk.sign("stranger", "stranger", level=level), trust_now, NOW))
    assert check.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"
    assert (check.indication, check.reason) == ("INDETERMINATE", "authority_unknown")


@pytest.mark.rule("KT-07")
def test_only_authorities_in_the_trust_folder_are_believed(
    desk: Desk, judge: Judge, pki: Pki, tmp_path: Path
) -> None:
    other = pki.trust_folder(tmp_path / "trust", NOW, root="other-root")
    assert only(judge(desk.sign(), other, NOW)).reason == "authority_unknown"


def test_without_a_trust_folder_nothing_is_believed(
    desk: Desk, judge: Judge, tmp_path: Path
) -> None:
    check = only(judge(desk.sign(level="B-LTA"), tmp_path / "nowhere", NOW))
    assert (check.indication, check.sub_indication) == (
        "INDETERMINATE",
        "NO_CERTIFICATE_CHAIN_FOUND",
    )


def test_without_revocation_data_the_status_is_unknown(
    desk: Desk, judge: Judge, pki: Pki, tmp_path: Path
) -> None:
    check = only(judge(desk.sign(), pki.trust_folder(tmp_path / "trust"), NOW))
    assert (check.indication, check.reason) == ("INDETERMINATE", "status_unknown")


def test_a_document_stamp_that_ran_out_unrenewed_proves_nothing(
    desk: Desk, judge: Judge, trust_later: Path
) -> None:
    report = judge(desk.sign(level="B-LTA", tsa="tsa-short"), trust_later, LATER)
    signature, stamp = report.checks
    assert (stamp.indication, stamp.sub_indication) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")
    # The signer's certificate is still good in itself, so the signature stands on that alone.
    assert (signature.passed, signature.time_source) == (True, "claimed")
    assert (signature.stamp_reason, signature.judged_at) == ("certificate_expired", LATER)


def test_a_broken_chain_leaves_a_revoked_signer_without_proof(
    desk: Desk, judge: Judge, trust_later: Path
) -> None:
    data = desk.sign("revoked-later", level="B-LTA", tsa="tsa-short")
    assert only(judge(data, trust_later, LATER)).reason == "certificate_revoked"


def test_a_document_stamp_renewed_in_time_still_proves(
    desk: Desk, judge: Judge, trust_later: Path, pki: Pki
) -> None:
    renewal = NOW + 150 * DAY
    sealed = desk.sign("revoked-later", level="B-LTA", tsa="tsa-short")
    context = pki.context(["tsa-short", "tsa"], renewal)
    renewed = PdfTimeStamper(pki.stamper("tsa", renewal)).update_archival_timestamp_chain(
        PdfFileReader(BytesIO(sealed)), context, in_place=False, output=BytesIO()
    )
    report = judge(renewed.getvalue(), trust_later, LATER)
    assert [each.indication for each in report.checks] == ["TOTAL-PASSED"] * 3


def test_a_stamp_from_after_the_receipt_is_not_believed(
    desk: Desk, judge: Judge, trust_now: Path
) -> None:
    check = only(judge(desk.sign(level="B-T"), trust_now, NOW - DAY))
    assert check.stamp_reason == "stamp_from_the_future"
    assert check.time_source == "claimed"


@pytest.mark.rule("TN-13")
def test_data_inside_the_file_cannot_hide_a_revocation_that_the_folder_knows(
    desk: Desk, judge: Judge, pki: Pki, tmp_path: Path
) -> None:
    revoked = NOW + 60 * DAY
    signed = BytesIO(desk.sign("revoked-later"))
    fresh_answer = pki.ocsp(["revoked-later"], revoked - DAY / 2)  # says good, for one day
    DocumentSecurityStore.add_dss(
        signed, None, ocsps=fresh_answer, certs=[pki.certificate("interm")], crls=pki.crls(NOW)[:1]
    )
    received = revoked + DAY / 4
    unknowing = pki.trust_folder(tmp_path / "unknowing")
    (unknowing / "crls" / "root.crl").write_bytes(pki.crls(received)[0].dump())
    assert only(judge(signed.getvalue(), unknowing, received)).passed
    knowing = pki.trust_folder(tmp_path / "knowing", revoked + 15 * DAY)
    assert only(judge(signed.getvalue(), knowing, received)).reason == "certificate_revoked"


@pytest.mark.rule("TN-05")
def test_a_person_and_the_organ_have_both_signed(desk: Desk, judge: Judge, trust_now: Path) -> None:
    by_person = desk.sign(level="B-T")
    report = judge(
        desk.sign("organ", "organ", level="B-LTA", on=by_person, field="Organ"), trust_now, NOW
    )
    person, organ = report.signatures
    assert (person.signer_kind, person.changes) == ("person", "FORM_FILLING")
    assert (organ.signer_kind, organ.changes) == ("organ", "LTA_UPDATES")
    both = has_person_and_organ(report)
    assert both.complete and both.reason == "both_valid"


@pytest.mark.rule("TN-05")
def test_one_signature_alone_or_one_that_fails_is_not_both(
    desk: Desk, judge: Judge, trust_now: Path
) -> None:
    alone = has_person_and_organ(judge(desk.sign(), trust_now, NOW))
    assert (alone.complete, alone.reason) == (False, "organ_missing")
    stranger = desk.sign("expired", on=desk.sign("organ", "organ", field="Organ"))
    report = judge(stranger, trust_now, NOW)
    assert has_person_and_organ(report).reason == "person_not_valid"


def test_a_report_survives_storing_and_another_process(
    desk: Desk, judge: Judge, trust_now: Path
) -> None:
    report = judge(desk.sign(level="B-LTA"), trust_now, NOW)
    assert SignatureReport.from_json(report.to_json()) == report
    assert pickle.loads(pickle.dumps(report)) == report
    assert report.indication == "TOTAL-PASSED"


def test_signatures_can_be_judged_in_a_confined_child(
    desk: Desk, trust_now: Path, tmp_path: Path
) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(desk.sign(level="B-T"))
    report = confined(check_signatures, path, TrustFolder(trust_now), NOW, seconds=60)
    assert only(report).passed
    assert confined(has_signatures, path, seconds=60) == 1


def test_an_unsigned_file_has_no_signatures(judge: Judge, pdfa: Path, trust_now: Path) -> None:
    assert has_signatures(pdfa) == 0
    report = judge(pdfa.read_bytes(), trust_now, NOW)
    assert (report.checks, report.indication, report.problem) == ((), None, None)


def test_signatures_are_counted_without_judging(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(desk.sign("stranger", "stranger", level="B-T"))
    assert has_signatures(path) == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/Contents <30", b"/Contents <00"),
        (b"/ByteRange [0", b"/ByteRange [9"),
        (b"/ByteRange [", b"/ByteRango ["),
        (b"/Contents <30", b"/Cantents <30"),
    ],
)
def test_a_damaged_signature_is_a_line_and_not_an_exception(
    old: bytes, new: bytes, desk: Desk, judge: Judge, trust_now: Path
) -> None:
    data = desk.sign()
    assert old in data
    check = only(judge(data.replace(old, new), trust_now, NOW))
    assert check.indication == "TOTAL-FAILED"


def test_a_truncated_signed_file_is_reported(desk: Desk, judge: Judge, trust_now: Path) -> None:
    data = desk.sign()
    report = judge(data[: len(data) - 600], trust_now, NOW)
    assert all(not each.passed for each in report.signatures)


@pytest.mark.parametrize("data", [b"", b"not a PDF", b"%PDF-1.7\n" + b"\0" * 5000])
def test_what_is_no_pdf_is_said_to_be_unreadable(
    data: bytes, judge: Judge, trust_now: Path
) -> None:
    report = judge(data, trust_now, NOW)
    assert (report.problem, report.checks) == ("pdf_unreadable", ())


def test_a_locked_file_is_said_to_be_locked(
    judge: Judge, trust_now: Path, pdfa: Path, tmp_path: Path
) -> None:
    path = tmp_path / "locked.pdf"
    with pikepdf.open(pdfa) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="a", user="b"))
    report = judge(path.read_bytes(), trust_now, NOW)
    assert (report.problem, report.checks) == ("pdf_encrypted", ())


def test_a_file_that_opens_without_a_password_is_read_through(
    desk: Desk, judge: Judge, trust_now: Path, tmp_path: Path
) -> None:
    path = tmp_path / "restricted.pdf"
    path.write_bytes(desk.unsigned)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(encryption=pikepdf.Encryption(owner="a", user=""))
    report = judge(path.read_bytes(), trust_now, NOW)
    assert (report.problem, report.checks) == (None, ())


def test_a_signature_of_a_kind_that_is_not_supported_is_doubtful(
    desk: Desk, judge: Judge, trust_now: Path
) -> None:
    data = desk.sign().replace(
        b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.pkcs7.sha1    "
    )
    check = only(judge(data, trust_now, NOW))
    assert (check.indication, check.reason) == ("INDETERMINATE", "kind_not_supported")


def test_a_file_with_hundreds_of_signature_fields_is_cut_short(
    desk: Desk, judge: Judge, trust_now: Path, tmp_path: Path
) -> None:
    path = tmp_path / "many.pdf"
    path.write_bytes(desk.unsigned)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        value = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Sig,
                SubFilter=pikepdf.Name("/ETSI.CAdES.detached"),
                ByteRange=[0, 1, 2, 3],
                Contents=pikepdf.String(b"0" * 64),
            )
        )
        fields = [
            pdf.make_indirect(
                pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String(f"f{number}"), V=value)
            )
            for number in range(300)
        ]
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=fields, SigFlags=3)
        pdf.save()
    report = judge(path.read_bytes(), trust_now, NOW)
    assert (report.problem, len(report.checks)) == ("too_many_signatures", 100)
    assert not any(each.passed for each in report.checks)


def test_a_damaged_file_in_the_trust_folder_is_named_and_the_rest_counts(
    desk: Desk, judge: Judge, pki: Pki, tmp_path: Path
) -> None:
    trust = pki.trust_folder(tmp_path / "trust", NOW)
    (trust / "crls" / "broken.crl").write_bytes(b"nonsense")
    (trust / "broken.crt").write_bytes(b"")
    report = judge(desk.sign(), trust, NOW)
    assert only(report).passed
    assert set(report.trust_problems) == {"crls/broken.crl", "trust/broken.crt"}


def test_a_report_with_values_unknown_to_us_can_still_be_read(
    desk: Desk, judge: Judge, trust_now: Path
) -> None:
    report = judge(desk.sign(), trust_now, NOW)
    newer = report.to_json().replace('"field"', '"from_tomorrow": 1,\n"field"')
    assert SignatureReport.from_json(newer) == replace(report)
