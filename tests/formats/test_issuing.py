"""An outgoing document's way: empty fields, the leader's signature, number, date and seal."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from pyhanko.sign.fields import MDPPerm

from formats import issuing
from formats.errors import Unreadable
from formats.issuing import Issuer
from formats.issuing_evidence import add_evidence
from formats.issuing_places import FieldPlace, Found
from formats.seal_keys import SealKey
from formats.signature_reports import has_person_and_organ
from formats.signatures import check_signatures
from formats.stamps import VIETNAM
from formats.text import layer_pages
from formats.trust import TrustFolder
from formats.verapdf import validate
from tests.formats import drafts
from tests.formats.pki import NOW, Pki

DAY = date(2026, 2, 5)


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuing")


@pytest.fixture(scope="session")
def draft(room: Path) -> Path:
    return drafts.draft(room)


@pytest.fixture(scope="session")
def found(draft: Path) -> Found:
    return issuing.find_places(list(layer_pages(draft)), "nd30", "Nguyễn Văn An")


@pytest.fixture(scope="session")
def prepared(room: Path, draft: Path, found: Found) -> Path:
    path = room / "prepared.pdf"
    issuing.add_fields(draft, path, found.places)
    return path


@pytest.fixture(scope="session")
def signed(room: Path, prepared: Path, pki: Pki) -> Path:
    path = room / "signed.pdf"
    path.write_bytes(drafts.signed_by(pki.signer("person", "person"), prepared.read_bytes()))
    return path


@pytest.fixture(scope="session")
def issuer(room: Path, organ_key: SealKey) -> Issuer:
    picture = drafts.seal_picture(room)
    return Issuer("Sở Tài chính tỉnh Tây Ninh", organ_key, room / "fonts", picture)


@pytest.fixture(scope="session")
def issued(room: Path, signed: Path, found: Found, issuer: Issuer) -> Path:
    filled, path = room / "filled.pdf", room / "issued.pdf"
    issuing.fill_in(signed, filled, 7, DAY, found.places)
    issuing.seal_issued(filled, path, issuer, "nd30")
    return path


@pytest.fixture(scope="session")
def trust(room: Path, pki: Pki) -> TrustFolder:
    return TrustFolder(pki.trust_folder(room / "trust", NOW))


def _words(path: Path) -> str:
    """What is read on the first page, fields and marks included."""
    told = subprocess.run(
        ["pdftotext", "-l", "1", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return " ".join(told.stdout.split())


# ── places ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.rule("TN-35")
def test_the_places_are_found_from_the_words_of_the_page(found: Found) -> None:
    assert set(found.places) == {"Number", "Day", "Month", "Person", "Agency"}
    assert found.written == {"Year": 2026}
    number, person, agency = (found.places[one] for one in ("Number", "Person", "Agency"))
    assert number.page == 1 and 30 < number.left < 80 and 25 < number.top < 50
    assert person.page == 2 and agency.page == 2
    assert found.notes == ("number_room_small", "signature_room_small")  # 34 mm, not 40


def test_the_seal_covers_the_left_third_of_the_leaders_signature(found: Found) -> None:
    person, agency = found.places["Person"], found.places["Agency"]
    assert agency.left + agency.width == pytest.approx(person.left + person.width / 3)
    middle = person.top + person.height / 2
    assert agency.top + agency.height / 2 == pytest.approx(middle)


@pytest.mark.parametrize("name", ["Y Ngọc Lan", "TS. Trần Văn Bình", "A Lê"])
def test_names_of_every_people_are_found(tmp_path: Path, name: str) -> None:
    pages = list(layer_pages(drafts.draft(tmp_path, name=name)))
    assert "signer_not_found" not in issuing.find_places(pages, "nd30").notes


@pytest.mark.rule("HC-05")
def test_the_older_layout_puts_the_organ_at_the_top_right_of_the_first_page(draft: Path) -> None:
    found = issuing.find_places(list(layer_pages(draft)), "hcmc2019")
    agency = found.places["Agency"]
    assert (agency.page, agency.top) == (1, 4)
    assert 200 < agency.left + agency.width < 210
    assert found.places["Person"].page == 2


@pytest.mark.parametrize("number", ["Số: ......../STC-VP", "Số: …… /STC-VP", "Số: ____/STC-VP"])
def test_dots_that_a_draft_leaves_are_covered(tmp_path: Path, number: str) -> None:
    pages = list(layer_pages(drafts.draft(tmp_path, number=number)))
    place = issuing.find_places(pages, "nd30").places["Number"]
    assert place.over_dots
    assert 5 < place.width < 30


def test_a_number_or_date_that_is_there_already_gets_no_field(tmp_path: Path) -> None:
    path = drafts.draft(
        tmp_path, number="Số: 15/STC-VP", date="Tây Ninh, ngày 05 tháng 02 năm 2026"
    )
    found = issuing.find_places(list(layer_pages(path)), "nd30")
    assert found.written == {"Number": 15, "Day": 5, "Month": 2, "Year": 2026}
    assert set(found.places) == {"Person", "Agency"}


def test_what_is_not_found_is_offered_and_said(tmp_path: Path) -> None:
    path = drafts.draft(tmp_path, number="", date="", name="ok")
    found = issuing.find_places(list(layer_pages(path)), "nd30")
    assert set(found.notes) >= {"number_not_found", "date_not_found", "signer_not_found"}
    assert {"Number", "Date", "Person", "Agency"} == set(found.places)


def test_a_place_off_its_page_is_refused(draft: Path, tmp_path: Path) -> None:
    for place in (FieldPlace(3, 10, 10, 20, 10), FieldPlace(1, 200, 10, 50, 10)):
        with pytest.raises(Unreadable) as refused:
            issuing.add_fields(draft, tmp_path / "out.pdf", {"Person": place})
        assert refused.value.code == "place_off_page"


def test_places_can_be_given_anew(prepared: Path, tmp_path: Path) -> None:
    moved = tmp_path / "moved.pdf"
    issuing.add_fields(prepared, moved, {"Person": FieldPlace(2, 100, 100, 50, 30)})
    with pikepdf.open(moved) as pdf:
        assert [str(one.T) for one in pdf.Root.AcroForm.Fields] == ["Person"]
        assert "/Annots" not in pdf.pages[0]


# ── signing and issuing ──────────────────────────────────────────────────────────────────────


def test_the_prepared_file_has_empty_fields_with_letters_for_vietnamese(prepared: Path) -> None:
    with pikepdf.open(prepared) as pdf:
        form = pdf.Root.AcroForm
        kinds = {str(one.T): str(one.FT) for one in form.Fields}
        assert kinds == {
            "Number": "/Tx", "Day": "/Tx", "Month": "/Tx", "Person": "/Sig", "Agency": "/Sig"
        }  # fmt: skip
        assert all("/V" not in one for one in form.Fields)
        assert {"/Serif", "/SerifItalic"} == set(form.DR.Font.keys())


def test_a_file_signed_in_the_leaders_field_is_accepted(prepared: Path, signed: Path) -> None:
    assert issuing.difference(prepared, signed) is None


@pytest.mark.rule("TN-05", "HC-34")
def test_the_issued_file_carries_both_signatures_valid(
    issued: Path, signed: Path, trust: TrustFolder
) -> None:
    assert issued.read_bytes().startswith(signed.read_bytes())
    report = check_signatures(issued, trust, NOW)
    assert [one.field for one in report.signatures] == ["Person", "Agency"]
    assert [one.reason for one in report.signatures] == ["valid", "valid"]
    assert report.signatures[0].changes == "FORM_FILLING"
    assert has_person_and_organ(report).complete


@pytest.mark.rule("HC-36")
def test_number_and_date_stand_where_the_draft_left_room(issued: Path) -> None:
    assert issuing.text_values(issued) == {"Number": "07", "Day": "05", "Month": "02"}
    first = _words(issued)
    assert "Số: 07 /STC-VP" in first
    assert "ngày 05 tháng 02 năm 2026" in first


@pytest.mark.tools
@pytest.mark.slow
def test_all_three_states_are_valid_pdfa(prepared: Path, signed: Path, issued: Path) -> None:
    verdicts = validate([prepared, signed, issued])
    assert {path.name: one.failed_rules for path, one in verdicts.items() if not one.is_valid} == {}


@pytest.mark.tools
def test_the_pyhanko_command_finds_both_signatures_valid(
    issued: Path, pki: Pki, tmp_path: Path
) -> None:
    command, root = Path(sys.executable).with_name("pyhanko"), tmp_path / "root.crt"
    root.write_bytes(pki.certificate("root").dump())
    told = subprocess.run(
        [command, "sign", "validate", "--trust", str(root), "--no-revocation-check", str(issued)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.count(":INTACT:TRUSTED,") == 2
    assert "Person" in told.stdout and "ACCEPTABLE_MODIFICATIONS" in told.stdout


@pytest.mark.rule("TN-14")
def test_the_older_layout_shows_seal_organ_and_time(
    room: Path, draft: Path, issuer: Issuer, pki: Pki, trust: TrustFolder
) -> None:
    found = issuing.find_places(list(layer_pages(draft)), "hcmc2019")
    paths = [room / f"older-{name}.pdf" for name in ("prepared", "signed", "filled", "issued")]
    issuing.add_fields(draft, paths[0], found.places)
    paths[1].write_bytes(drafts.signed_by(pki.signer("person", "person"), paths[0].read_bytes()))
    issuing.fill_in(paths[1], paths[2], 123, DAY, found.places)
    result = issuing.seal_issued(paths[2], paths[3], issuer, "hcmc2019")
    told = _words(paths[3])
    assert "Sở Tài chính tỉnh Tây Ninh" in told
    assert result.sealed_at.astimezone(VIETNAM).isoformat(timespec="seconds") in told
    assert has_person_and_organ(check_signatures(paths[3], trust, NOW)).complete


@pytest.mark.tools
def test_with_a_time_stamp_both_signatures_are_proved_for_long(
    signed: Path, found: Found, issuer: Issuer, trust: TrustFolder, tmp_path: Path, pki_server: Pki
) -> None:
    url = pki_server.service_url("tsa", "tsa")
    stamping = replace(issuer, timestamp_url=url, trust=trust)
    filled, out = tmp_path / "filled.pdf", tmp_path / "issued.pdf"
    issuing.fill_in(signed, filled, 8, DAY, found.places)
    assert issuing.seal_issued(filled, out, stamping, "nd30").level == "B-LTA"
    report = check_signatures(out, trust, NOW)
    assert [one.level for one in report.signatures] == ["B-LTA", "B-LTA"]
    assert has_person_and_organ(report).complete
    assert validate([out])[out].is_valid
    empty = TrustFolder(tmp_path / "nobody")
    assert not add_evidence(filled, tmp_path / "none.pdf", empty)
    assert not (tmp_path / "none.pdf").exists()


@pytest.mark.rule("HC-35")
def test_what_the_organ_digitised_carries_words_and_time_alone(
    draft: Path, issuer: Issuer, tmp_path: Path, trust: TrustFolder
) -> None:
    out = tmp_path / "copy.pdf"
    issuing.seal_copy(draft, out, issuer, ("SAO Y", "Sở Tài chính"))
    told = _words(out)
    assert "SAO Y" in told and "+07:00" in told
    (signature,) = check_signatures(out, trust, NOW).signatures
    assert (signature.field, signature.reason) == ("Agency", "valid")
    with pikepdf.open(out) as pdf:
        resources = pdf.Root.AcroForm.Fields[0].AP.N.Resources
        assert "/XObject" not in resources


# ── what comes back ──────────────────────────────────────────────────────────────────────────


def test_the_prepared_file_itself_is_not_signed(prepared: Path) -> None:
    found = issuing.difference(prepared, prepared)
    assert found is not None and found.code == "not_signed_yet"


def test_another_document_is_told_with_the_page_that_differs(
    prepared: Path, tmp_path: Path, pki: Pki
) -> None:
    other = drafts.draft(tmp_path, body="<p>Chuyển năm tỷ đồng.</p>")
    filed, signed = tmp_path / "fields.pdf", tmp_path / "signed.pdf"
    issuing.add_fields(other, filed, {"Person": FieldPlace(2, 100, 100, 50, 30)})
    signed.write_bytes(drafts.signed_by(pki.signer("person", "person"), filed.read_bytes()))
    found = issuing.difference(prepared, signed)
    assert found is not None and found.code == "another_document"
    assert found.details["page"] == 1


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_second_page_that_was_changed_is_told(
    prepared: Path, signed: Path, tmp_path: Path, pki: Pki, when: str
) -> None:
    evil = tmp_path / "evil.pdf"
    if when == "before":
        changed = drafts.with_words_added(prepared.read_bytes(), 1)
        evil.write_bytes(drafts.signed_by(pki.signer("person", "person"), changed))
    else:
        evil.write_bytes(drafts.with_words_added(signed.read_bytes(), 1))
    found = issuing.difference(prepared, evil)
    assert found is not None
    if when == "before":
        assert (found.code, found.details["page"]) == ("page_changed", 2)
    else:
        assert found.code in ("page_changed", "changed_after_signing")


def test_a_file_that_a_program_wrote_anew_is_told(prepared: Path, tmp_path: Path, pki: Pki) -> None:
    anew, path = tmp_path / "anew.pdf", tmp_path / "signed.pdf"
    with pikepdf.open(prepared) as pdf:
        pdf.save(anew)
    path.write_bytes(drafts.signed_by(pki.signer("person", "person"), anew.read_bytes()))
    found = issuing.difference(prepared, path)
    assert found is not None and found.code == "not_the_prepared_file"


def test_a_script_is_told(prepared: Path, tmp_path: Path, pki: Pki) -> None:
    evil = tmp_path / "evil.pdf"
    scripted = drafts.with_script(prepared.read_bytes())
    evil.write_bytes(drafts.signed_by(pki.signer("person", "person"), scripted))
    found = issuing.difference(prepared, evil)
    assert found is not None and found.code == "script_added"


@pytest.mark.rule("HC-42")
def test_the_organ_may_not_have_signed_first(prepared: Path, tmp_path: Path, pki: Pki) -> None:
    evil = tmp_path / "evil.pdf"
    organ = pki.signer("organ", "organ")
    evil.write_bytes(drafts.signed_by(organ, prepared.read_bytes(), field="Agency"))
    found = issuing.difference(prepared, evil)
    assert found is not None and found.code == "agency_signed_first"


def test_a_second_signature_is_told(signed: Path, prepared: Path, tmp_path: Path, pki: Pki) -> None:
    twice = tmp_path / "twice.pdf"
    person = pki.signer("person", "person")
    twice.write_bytes(drafts.signed_by(person, signed.read_bytes(), field="More", picture=False))
    found = issuing.difference(prepared, twice)
    assert found is not None and found.code == "signed_in_another_field"


def test_a_signature_that_forbids_all_changes_cannot_be_issued(
    prepared: Path, tmp_path: Path, pki: Pki
) -> None:
    path = tmp_path / "locked.pdf"
    person = pki.signer("person", "person")
    path.write_bytes(drafts.signed_by(person, prepared.read_bytes(), permitted=MDPPerm.NO_CHANGES))
    found = issuing.difference(prepared, path)
    assert found is not None and found.code == "signature_locks_file"


def test_a_leader_may_certify_as_long_as_forms_may_be_filled_in(
    prepared: Path, found: Found, issuer: Issuer, trust: TrustFolder, tmp_path: Path, pki: Pki
) -> None:
    path, filled, out = (tmp_path / name for name in ("signed.pdf", "filled.pdf", "issued.pdf"))
    person = pki.signer("person", "person")
    path.write_bytes(drafts.signed_by(person, prepared.read_bytes(), permitted=MDPPerm.FILL_FORMS))
    assert issuing.difference(prepared, path) is None
    issuing.fill_in(path, filled, 9, DAY, found.places)
    issuing.seal_issued(filled, out, issuer, "nd30")
    assert has_person_and_organ(check_signatures(out, trust, NOW)).complete


def test_a_number_that_the_leader_filled_in_himself_is_told(
    prepared: Path, found: Found, tmp_path: Path, pki: Pki
) -> None:
    filled, path = tmp_path / "filled.pdf", tmp_path / "signed.pdf"
    issuing.fill_in(prepared, filled, 9, DAY, found.places)
    path.write_bytes(drafts.signed_by(pki.signer("person", "person"), filled.read_bytes()))
    told = issuing.difference(prepared, path)
    assert told is not None and told.code == "filled_in_already"


def test_content_hidden_in_an_update_is_told(prepared: Path, tmp_path: Path, pki: Pki) -> None:
    path = tmp_path / "hidden.pdf"
    hidden = drafts.with_hidden_content(prepared.read_bytes())
    path.write_bytes(drafts.signed_by(pki.signer("person", "person"), hidden))
    found = issuing.difference(prepared, path)
    assert found is not None and found.code == "changed_besides_signing"


def test_rubbish_behind_the_end_is_told(prepared: Path, tmp_path: Path) -> None:
    path = tmp_path / "rubbish.pdf"
    path.write_bytes(prepared.read_bytes() + b"%PDF-1.7 nothing")
    assert issuing.difference(prepared, path) is not None


@pytest.mark.rule("TN-34")
def test_the_file_is_called_by_its_subject_without_marks() -> None:
    name = issuing.file_name("V/v báo cáo tình hình ĐẦU TƯ công năm 2026 (lần 2)")
    assert name == "CKS-V-v-bao-cao-tinh-hinh-DAU-TU-cong-nam-2026-lan-2.pdf"
    assert len(issuing.file_name("rất dài " * 100)) < 140


def test_days_and_months_are_written_as_the_rules_ask() -> None:
    assert issuing.values_for(9, date(2026, 2, 5))["Date"] == "ngày 05 tháng 02 năm 2026"
    assert issuing.values_for(123, date(2026, 3, 12))["Date"] == "ngày 12 tháng 3 năm 2026"
    assert issuing.values_for(9, date(2026, 2, 5))["Number"] == "09"
