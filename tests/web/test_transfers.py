"""Transfers to the historical archive: the folder that needs none of our software; the pages."""

import csv
import hashlib
import io
import shutil
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from archive import alarms, audit, clock, documents, freezes
from archive.errors import StoreFailed
from archive.models import EventRow, Organ
from tests.factories import a_case_file, writing
from tests.web.conftest import House
from tests.web.transferring import (
    RECEIVER,
    an_accepted_file,
    exported,
    registered,
    the_file,
    the_transfer,
)
from web import transfer_making
from web.transfer_making import place_of

LATER = clock.now() + timedelta(days=400)


def stage_of(house: House, code: str) -> str:
    with house.services.db.reading() as rows:
        return the_file(rows, code).stage


# The folder ---------------------------------------------------------------------------------------


def test_the_folder_is_checked_by_sha256sum_alone_and_read_by_nothing_of_ours(
    house: House,
) -> None:
    one = an_accepted_file(house, "Quy hoạch sử dụng đất", documents=2)
    other = an_accepted_file(house, "=Đất đai; “xã”, thôn", documents=1)
    code = registered(house, one, other)
    folder = exported(house, code)
    checked = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    listed = {line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == listed | {"SHA256SUMS"}
    assert all(name.isascii() and " " not in name for name in there)
    manifest = hashlib.sha256((folder / "SHA256SUMS").read_bytes()).hexdigest()
    assert the_transfer(house, code).manifest == manifest
    files_hold(folder, one, other)
    the_readme_says_how(folder, code)


def files_hold(folder: Path, *codes: str) -> None:
    """The lists as CSV and XML, read with the standard library."""
    with (folder / "muc-luc-ho-so.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Mã hồ sơ"] for row in rows] == list(codes)
    assert rows[0]["Thời hạn bảo quản"] == "Vĩnh viễn" and rows[0]["Số văn bản"] == "2"
    assert rows[1]["Tiêu đề hồ sơ"] == "'=Đất đai; “xã”, thôn"  # nothing runs when it is opened
    listed = ElementTree.parse(folder / "muc-luc-ho-so.xml").getroot()
    assert listed.attrib["receiver"] == RECEIVER
    spaces = {"t": "urn:luutru:transfer:1", "c": "urn:luutru:case-file:1"}
    assert [one.attrib["code"] for one in listed.iterfind("t:CaseFile", spaces)] == list(codes)
    for row in rows:
        place = folder / row["Thư mục"]
        data = ElementTree.parse(place / "ho-so.xml").getroot()
        assert data.attrib["code"] == row["Mã hồ sơ"]
        digests = {one.attrib["sha256"] for one in data.iterfind(".//c:Form", spaces)}
        with (place / "muc-luc-van-ban.csv").open(encoding="utf-8-sig", newline="") as file:
            inside = list(csv.DictReader(file))
        assert len(inside) == 3 * int(row["Số văn bản"])  # original, archival copy, seal
        for each in inside:
            found = hashlib.sha256((place / each["Tệp"]).read_bytes()).hexdigest()
            assert found == each["SHA-256"] and found in digests
        names = sorted(path.name for path in place.iterdir())
        assert names[:3] == [
            "0001_01-QD-UBND_con-dau.p7s",
            "0001_01-QD-UBND_goc.doc",
            "0001_01-QD-UBND_luu-tru.pdf",
        ]


def the_readme_says_how(folder: Path, code: str) -> None:
    said = (folder / "README.txt").read_text(encoding="utf-8")
    assert code in said and RECEIVER in said
    assert "sha256sum -c --quiet SHA256SUMS" in said
    assert "CÁCH KIỂM TRA" in said and "HOW TO CHECK IT" in said


def test_a_changed_byte_does_not_pass(house: House) -> None:
    folder = exported(house, registered(house, an_accepted_file(house)))
    next(folder.rglob("*_goc.doc")).write_bytes(b"khac")
    checked = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=folder, capture_output=True, check=False
    )
    assert checked.returncode == 1


def test_an_original_that_is_archival_stands_there_once(house: House) -> None:
    code = an_accepted_file(house)
    with writing(house.services.db) as rows:
        part = the_file(rows, code).placements[0].document.parts[0]
        forms = {one.role: one for one in part.renditions}
        forms["archival"].digest = forms["original"].digest
        rows.flush()
        audit.record(rows, "document.mended", part.document)
    folder = exported(house, registered(house, code))
    names = [path.name for path in folder.rglob("0001_01*")]
    assert sorted(names) == ["0001_01-QD-UBND_con-dau.p7s", "0001_01-QD-UBND_goc-luu-tru.doc"]


def test_what_a_killed_worker_was_at_is_made_from_its_beginning(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = registered(house, an_accepted_file(house, documents=3))
    house.post(house.as_("lan"), f"/retention/transfers/{code}/export")
    fetched, whole = [], house.services.files.fetch

    def dies(digest: str, target: Path) -> None:
        whole(digest, target)
        fetched.append(digest)
        if len(fetched) == 4:
            raise KeyboardInterrupt  # what ends a process is no error that anybody handles

    monkeypatch.setattr(house.services.files, "fetch", dies)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    with pytest.raises(KeyboardInterrupt):
        transfer_making.make_one(house.services)
    monkeypatch.undo()
    found = the_transfer(house, code)
    place = place_of(house.services.settings, found.id)
    assert (found.export_state, found.stage, place.exists()) == ("making", "registered", False)
    assert list(place.parent.glob("*.part"))
    transfer_making.begin_again(house.services)
    assert not list(place.parent.glob("*.part"))
    assert transfer_making.make_one(house.services)
    assert the_transfer(house, code).stage == "exported"
    assert len(list(place.rglob("*_goc.doc"))) == 3


def test_a_worker_that_is_to_end_leaves_it_for_the_next(house: House) -> None:
    code = registered(house, an_accepted_file(house))
    house.post(house.as_("lan"), f"/retention/transfers/{code}/export")
    assert not transfer_making.make_one(house.services, lambda: True)
    assert the_transfer(house, code).export_state == "waiting"
    assert transfer_making.make_one(house.services)


@pytest.mark.parametrize(
    ("failed", "said"),
    [
        (StoreFailed("file_damaged", digest="a" * 64), "Không lập được"),
        (OSError(28, "No space left on device"), "không còn chỗ"),
    ],
)
def test_what_could_not_be_made_says_why_and_leaves_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, failed: Exception, said: str
) -> None:
    code = registered(house, an_accepted_file(house))
    house.post(house.as_("lan"), f"/retention/transfers/{code}/export")

    def fetch(_digest: str, _target: Path) -> None:
        raise failed

    monkeypatch.setattr(house.services.files, "fetch", fetch)
    assert transfer_making.make_one(house.services)
    found = the_transfer(house, code)
    assert (found.export_state, found.stage) == ("failed", "registered")
    assert not list(house.services.settings.path("transfers").iterdir())
    assert said in house.as_("lan").get(f"/retention/transfers/{code}").text


def test_something_frozen_while_it_was_made_is_not_exported(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = an_accepted_file(house)
    code = registered(house, one)
    house.post(house.as_("lan"), f"/retention/transfers/{code}/export")
    whole = house.services.files.fetch

    def freezes_meanwhile(digest: str, target: Path) -> None:
        whole(digest, target)
        monkeypatch.setattr(house.services.files, "fetch", whole)
        freeze(house, one)

    monkeypatch.setattr(house.services.files, "fetch", freezes_meanwhile)
    assert transfer_making.make_one(house.services)
    found = the_transfer(house, code)
    assert (found.export_state, found.export_reason, found.stage) == (
        "failed", "frozen", "registered",
    )  # fmt: skip
    assert not place_of(house.services.settings, found.id).exists()


def freeze(house: House, code: str) -> None:
    with writing(house.services.db) as rows:
        found = the_file(rows, code)
        by = house.person("quan")
        freezes.freeze(
            rows, rows.get_one(Organ, found.organ_id), [found], by=by, number="9/QĐ-TT",
            ordered_on=clock.now().date(), reason="Thanh tra",
        )  # fmt: skip


def test_it_is_fetched_as_one_file_and_told_of_each_document(house: House) -> None:
    one = an_accepted_file(house, documents=2)
    code = registered(house, one)
    exported(house, code)
    assert house.events("transfer.take_out") == []
    answer = house.as_("lan").get(f"/retention/transfers/{code}/folder.zip")
    assert answer.status_code == 200 and answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.testzip() is None
        sums = packed.read(f"{code}/SHA256SUMS")
        assert hashlib.sha256(sums).hexdigest() == the_transfer(house, code).manifest
        for line in sums.decode().splitlines():
            digest, name = line.split("  ", 1)
            assert hashlib.sha256(packed.read(f"{code}/{name}")).hexdigest() == digest
    (told,) = house.events("transfer.take_out")
    with house.services.db.reading() as rows:
        named = rows.scalars(
            select(EventRow.row_id).where(EventRow.event_id == told.id, EventRow.kind == "document")
        )
        inside = {place.document_id for place in the_file(rows, one).placements}
        assert set(named) == inside


@pytest.mark.parametrize("user_name", ["binh", "minh", "thu", "quan", "hoa"])
def test_only_who_hands_over_fetches_it(house: House, user_name: str) -> None:
    code = registered(house, an_accepted_file(house))
    exported(house, code)
    answer = house.as_(user_name).get(f"/retention/transfers/{code}/folder.zip")
    assert answer.status_code == (404 if user_name == "hoa" else 403)
    assert house.events("transfer.take_out") == []


def test_a_folder_of_what_changed_since_is_given_to_nobody(house: House) -> None:
    one = an_accepted_file(house)
    code = registered(house, one)
    exported(house, code)
    with writing(house.services.db) as rows:
        document = the_file(rows, one).placements[0].document
        documents.correct(rows, document, {"subject": "Trích yếu khác"}, "Nhầm")
    lan = house.as_("lan")
    assert lan.get(f"/retention/transfers/{code}/folder.zip").status_code == 302
    assert "đã thay đổi" in lan.get(f"/retention/transfers/{code}").text
    assert house.events("transfer.take_out") == []


def test_a_folder_with_a_document_that_is_suspected_since_goes_at_once(house: House) -> None:
    one = an_accepted_file(house)
    code = registered(house, one)
    folder = exported(house, code)
    transfer_making.forget(house.services)
    assert folder.exists()
    with writing(house.services.db) as rows:
        alarms.sound(rows, the_file(rows, one).placements[0].document, alarms.SUSPECTED)
    transfer_making.forget(house.services)
    assert (folder.exists(), the_transfer(house, code).export_state) == (False, "gone")


def test_a_folder_goes_when_its_transfer_is_over(house: House) -> None:
    code = registered(house, an_accepted_file(house))
    folder = exported(house, code)
    lan = house.as_("lan")
    house.post(lan, f"/retention/transfers/{code}/give-up", reason="Bên nhận chưa sẵn sàng")
    transfer_making.forget(house.services)
    assert not folder.exists()


# The pages ----------------------------------------------------------------------------------------


def test_from_the_list_of_what_is_due_to_the_receivers_confirmation(house: House) -> None:
    one, other = (an_accepted_file(house, f"Đất đai {n}") for n in (1, 2))
    lan = house.as_("lan")
    page = lan.get("/retention/transfers").text
    assert one in page and "31/12/2026" in page
    first = clock.months_after(clock.today(house.organ()), 12)
    answer = house.post(
        lan, "/retention/transfers", case_file=[one, other], receiver=RECEIVER,
        planned_on=f"{first:%d/%m/%Y}",
    )  # fmt: skip
    assert answer.status_code == 302
    code = answer.headers["Location"].rsplit("/", 1)[1]
    assert one not in lan.get("/retention/transfers").text
    house.post(lan, f"/retention/transfers/{code}/leave-out", case_file=other, reason="Còn dùng")
    exported(house, code)
    with clock.standing_at(LATER):
        lan = house.as_("lan")
        answer = house.post(
            lan, f"/retention/transfers/{code}/confirm", number="15/XN-LTLS",
            confirmed_on=f"{LATER:%d/%m/%Y}",
        )  # fmt: skip
        assert (stage_of(house, one), stage_of(house, other)) == ("transferred", "accepted")
        page = lan.get(f"/case-files/{one}").text
    assert "Đã nộp lưu trữ lịch sử" in page and code in page and "15/XN-LTLS" in page
    assert f"{one} đã được nộp vào lưu trữ lịch sử" in page  # why the buttons are grey
    assert one in lan.get("/case-files?stage=transferred").text


def test_a_day_that_is_too_near_is_refused_with_the_first_that_is_not(house: House) -> None:
    one = an_accepted_file(house)
    lan = house.as_("lan")
    first = clock.months_after(clock.today(house.organ()), 12)
    too_soon = first - timedelta(days=1)
    answer = house.post(
        lan, "/retention/transfers", case_file=one, receiver=RECEIVER,
        planned_on=f"{too_soon:%d/%m/%Y}",
    )  # fmt: skip
    assert answer.status_code == 422
    assert f"{first:%d/%m/%Y}" in answer.text and RECEIVER in answer.text
    assert house.events("transfer.register") == []


def test_all_that_are_due_by_a_year_go_together_but_for_what_is_held(house: House) -> None:
    early, held = (an_accepted_file(house, f"Sớm {n}") for n in (1, 2))
    late = an_accepted_file(house, "Muộn", at=clock.now())
    freeze(house, held)
    lan = house.as_("lan")
    first = clock.months_after(clock.today(house.organ()), 12)
    house.post(
        lan, "/retention/transfers", all="1", until_year="2026", receiver=RECEIVER,
        planned_on=f"{first:%d/%m/%Y}",
    )  # fmt: skip
    (told,) = house.events("transfer.register")
    assert told.facts["case_files"] == [early]
    assert late in lan.get("/retention/transfers").text


def test_a_frozen_one_says_so_and_cannot_be_chosen(house: House) -> None:
    one = an_accepted_file(house)
    freeze(house, one)
    page = house.as_("lan").get("/retention/transfers").text
    assert "9/QĐ-TT" in page and "disabled" in page


def test_an_organ_that_is_no_source_keeps_them_and_the_page_says_so(house: House) -> None:
    an_accepted_file(house)
    with writing(house.services.db) as rows:
        organ = rows.get_one(Organ, house.organ().id)
        organ.rules = {**organ.rules, "is_source": False}
        rows.flush()
        audit.record(rows, "organ.set_rules", organ)
    page = house.as_("lan").get("/retention/transfers").text
    assert "không phải là nguồn nộp lưu" in page
    assert "Đăng ký những hồ sơ đã chọn" not in page


def test_titles_of_closed_case_files_are_not_shown(house: House) -> None:
    one = an_accepted_file(house, "Kỷ luật ông Nguyễn Văn X", access_level="assigned")
    code = registered(house, one)
    with writing(house.services.db) as rows:
        found = the_file(rows, one)
        found.holder_id = house.person("lan").id
        rows.flush()
        audit.record(rows, "case_file.reassign", found)
    for path in ("/retention/transfers", f"/retention/transfers/{code}"):
        assert "Nguyễn Văn X" not in house.as_("binh").get(path).text
    assert "Nguyễn Văn X" in house.as_("lan").get(f"/retention/transfers/{code}").text


def test_what_was_handed_over_is_read_and_not_changed(house: House) -> None:
    one = an_accepted_file(house)
    code = registered(house, one)
    exported(house, code)
    with clock.standing_at(LATER):
        lan = house.as_("lan")
        house.post(lan, f"/retention/transfers/{code}/confirm", number="15/XN",
                   confirmed_on=f"{LATER:%d/%m/%Y}")  # fmt: skip
        with house.services.db.reading() as rows:
            document = the_file(rows, one).placements[0].document.code
        assert lan.get(f"/documents/{document}").status_code == 200
        answer = house.post(lan, f"/documents/{document}/correct", subject="Khác", why="Nhầm")
        assert "lưu trữ lịch sử" in answer.text or answer.status_code == 302
        assert house.events("document.correct") == []
        house.post(lan, f"/case-files/correct/{one}", title="Khác", why="Nhầm")
        assert house.events("case_file.correct") == []


@pytest.mark.tools
@pytest.mark.parametrize("what", ["list", "record"])
def test_its_forms_are_printed(house: House, what: str) -> None:
    code = registered(house, an_accepted_file(house))
    answer = house.as_("lan").get(f"/print/transfers/{code}/{what}")
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF-")
    assert house.as_("binh").get(f"/print/transfers/{code}/{what}").status_code == 403
    assert house.as_("hoa").get(f"/print/transfers/{code}/{what}").status_code == 404


def test_the_place_counts_what_waits(house: House) -> None:
    one = an_accepted_file(house)
    a_case_file(house.services.db, house.organ())
    page = house.as_("lan").get("/retention").text
    assert "Bảo quản và hủy" in page and "Hồ sơ cần đăng ký ngay" in page
    registered(house, one)
    assert "Đợt đang nộp" in house.as_("lan").get("/retention").text
    assert house.as_("quan").get("/retention").status_code == 403
