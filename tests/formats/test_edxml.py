"""Messages of the axis: what is written is read, and what is hostile or torn is told."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats.edxml import (
    NAMESPACE,
    REFUSED,
    REPLACEMENT,
    About,
    Business,
    Correspondent,
    Enclosure,
    Header,
    Message,
    Problem,
    Status,
    Trace,
)
from formats.edxml_reading import read_message
from formats.edxml_writing import status_message, write_message
from formats.errors import Unreadable
from formats.vietnamese import nfc

SENDER = Correspondent("G22", "Văn phòng Chính phủ", email="vt@vpcp.example.vn")
HEADER = Header(
    sender=SENDER,
    receivers=(Correspondent("H29.16", "Sở Nội vụ"), Correspondent("H29.17", "Sở Tài chính")),
    document_id="G22,2026/09/30,7816/VPCP-TTĐT",
    number="7816",
    notation="VPCP-TTĐT",
    place="Hà Nội",
    issued_on=date(2026, 9, 30),
    type_code="1",
    type_name="Công văn",
    subject='Về việc <kết nối> & "liên thông"',
    content="Tóm tắt",
    signer_name="Lê Văn A",
    signer_position="Phó Chủ nhiệm",
    signer_competence="KT. BỘ TRƯỞNG, CHỦ NHIỆM",
    due_on=date(2026, 10, 15),
    to_places=("Như trên", "Lưu: VT"),
    priority=2,
    sphere="Nội bộ",
    drafted_by="nva",
    copies=30,
    pages=4,
    direction="1",
    steering=2,
    appendixes=("Phụ lục 1",),
    response_for=(About("H29.16", "12", "SNV-VP", date(2026, 9, 1), "H29.16,2026/09/01,12/SNV"),),
)
TRACES = (Trace("G22", "2026/09/30 14:05:00"),)


def enclosed(folder: Path, name: str, content: bytes, number: int) -> Enclosure:
    path = folder / f"{number}-{len(content)}"
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return Enclosure(str(number), name, "application/pdf", "Bản chính", path, len(content), digest)


@pytest.fixture
def rooms(tmp_path: Path) -> Callable[[str], Path]:
    def make(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        return folder

    return make


def written(folder: Path, header: Header = HEADER, *contents: bytes) -> Path:
    files = [enclosed(folder, f"tep {n}.pdf", one, n) for n, one in enumerate(contents, 1)]
    write_message(folder / "m.edxml", header, files, traces=TRACES)
    return folder / "m.edxml"


def said(folder: Path, xml: str | bytes) -> Message:
    path = folder / "m.edxml"
    path.write_bytes(xml.encode() if isinstance(xml, str) else xml)
    (folder / "in").mkdir()
    return read_message(path, folder / "in")


def packed(*members: tuple[str, bytes]) -> str:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members:
            package.writestr(name, content)
    return base64.b64encode(whole.getvalue()).decode()


REFERENCE = (
    "<Reference><ContentId>cid:{0}</ContentId><AttachmentName>{1}</AttachmentName></Reference>"
)
ATTACHMENT = (
    "<Attachment><ContentId>{0}</ContentId><AttachmentName>{1}</AttachmentName>"
    "<ContentTransferEncoded>{2}</ContentTransferEncoded></Attachment>"
)


def plain(
    listed: str = "", came: str = "", *, subject: str = "Về việc A", date_said: str = ""
) -> str:
    """A message without namespaces, as some systems write it."""
    return (
        "<edXML><edXMLEnvelope><edXMLHeader><MessageHeader>"
        "<From><OrganId>G22</OrganId><OrganName>VPCP</OrganName></From>"
        f"<PromulgationInfo><PromulgationDate>{date_said}</PromulgationDate></PromulgationInfo>"
        f"<Subject>{subject}</Subject></MessageHeader></edXMLHeader>"
        f"<edXMLBody><edXMLManifest>{listed}</edXMLManifest></edXMLBody></edXMLEnvelope>"
        f"<AttachmentEncoded>{came}</AttachmentEncoded></edXML>"
    )


ONE = REFERENCE.format("a", "a.pdf")


# What is written is read --------------------------------------------------------------------------


def test_a_message_is_read_as_it_was_written(rooms: Callable[[str], Path]) -> None:
    contents = (b"%PDF-1.7 main", b"x" * 300_000)
    path = written(rooms("out"), HEADER, *contents)
    found = read_message(path, rooms("in"))
    assert (found.header, found.traces, found.problems) == (HEADER, TRACES, ())
    assert [one.name for one in found.enclosures] == ["tep 1.pdf", "tep 2.pdf"]
    assert [one.path.read_bytes() for one in found.enclosures] == list(contents)
    assert [one.sha256 for one in found.enclosures] == [
        hashlib.sha256(one).hexdigest() for one in contents
    ]
    assert {one.mime for one in found.enclosures} == {"application/pdf"}


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(subject=WORDS, name=WORDS, content=st.binary(min_size=1, max_size=4000))
def test_whatever_it_says_comes_back(
    tmp_path_factory: pytest.TempPathFactory, subject: str, name: str, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("edxml")
    header = replace(HEADER, subject=subject, sender=replace(SENDER, name=name))
    found = said(folder, written(folder, header, content).read_bytes())
    kept = "".join(one for one in subject if one not in "\ufffe\uffff")
    assert found.header.subject == nfc(kept).strip()
    assert [one.path.read_bytes() for one in found.enclosures] == [content]


def test_a_replacement_names_what_it_replaces(rooms: Callable[[str], Path]) -> None:
    folder = rooms("out")
    business = Business(REPLACEMENT, "Sai ngày", ("G22,2026/09/29,7815/VPCP",))
    files = [enclosed(folder, "a.pdf", b"a", 1)]
    write_message(folder / "m.edxml", HEADER, files, traces=TRACES, business=business)
    assert read_message(folder / "m.edxml", rooms("in")).business == business


def test_a_status_message_is_read_as_it_was_written(tmp_path: Path) -> None:
    status = Status(REFUSED, HEADER.response_for[0], "Sai thể thức", "2026/11/22 08:00:00")
    found = said(tmp_path, status_message(status, SENDER))
    assert (found.status, found.enclosures, found.problems) == (status, (), ())
    assert found.header.sender == SENDER


@pytest.mark.parametrize("namespace", [NAMESPACE, "http://www.go.vn/eDoc", ""])
def test_both_namespaces_and_none_are_read(tmp_path: Path, namespace: str) -> None:
    came = ATTACHMENT.format("a", "a.pdf", packed(("x/a.pdf", b"%PDF")))
    xml = plain(ONE, came).replace("<edXML>", f'<edXML xmlns="{namespace}">')
    found = said(tmp_path, xml)
    assert (found.header.sender.name, found.problems) == ("VPCP", ())
    assert found.enclosures[0].path.read_bytes() == b"%PDF"


def test_utf_16_and_decomposed_letters_are_read(tmp_path: Path) -> None:
    xml = '<?xml version="1.0" encoding="utf-16"?>' + plain(subject="Quye\u0302\u0301t đi\u0323nh")
    assert said(tmp_path, xml.encode("utf-16")).header.subject == "Quyết định"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026/09/30", date(2026, 9, 30)),
        ("2026-9-3", date(2026, 9, 3)),
        ("30/09/2026", date(2026, 9, 30)),
        ("2026/09/30 14:00:00", date(2026, 9, 30)),
    ],
)
def test_dates_are_read_with_any_stroke(tmp_path: Path, typed: str, meant: date) -> None:
    assert said(tmp_path, plain(date_said=typed)).header.issued_on == meant


def test_a_day_that_is_none_is_told(tmp_path: Path) -> None:
    found = said(tmp_path, plain(date_said="31/02/2026"))
    assert found.header.issued_on is None
    assert Problem("bad_date", "31/02/2026") in found.problems


def test_elements_that_the_standard_does_not_name_are_passed_over(tmp_path: Path) -> None:
    foreign = '<x:Subject xmlns:x="urn:other">giả<Subject>giả</Subject></x:Subject>'
    found = said(tmp_path, plain().replace("<Subject>", foreign + "<Subject>"))
    assert found.header.subject == "Về việc A"


def test_a_signature_over_the_envelope_is_seen(tmp_path: Path) -> None:
    signature = '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo/></Signature>'
    assert said(tmp_path, plain().replace("</edXMLHeader>", signature + "</edXMLHeader>")).is_signed


# Its files ----------------------------------------------------------------------------------------


def problems(found: Message) -> set[tuple[str, str]]:
    return {(one.code, one.about) for one in found.problems}


GOOD = packed(("a.pdf", b"%PDF"))
FILES: dict[str, tuple[str, str, str]] = {
    "attachment_missing": (ONE, "", "a.pdf"),
    "attachment_unlisted": ("", ATTACHMENT.format("b", "b.pdf", GOOD), "b.pdf"),
    "attachment_twice": (ONE, ATTACHMENT.format("a", "a.pdf", GOOD) * 2, "a.pdf"),
    "attachment_broken": (ONE, ATTACHMENT.format("a", "a.pdf", "@@@" + GOOD), "a.pdf"),
    "attachment_empty": (ONE, ATTACHMENT.format("a", "a.pdf", ""), "a.pdf"),
    "attachment_members": (
        ONE,
        ATTACHMENT.format("a", "a.pdf", packed(("a.pdf", b"1"), ("b.pdf", b"2"))),
        "a.pdf",
    ),
    "no_attachment": ("", "", ""),
}


@pytest.mark.parametrize("code", FILES)
def test_what_is_wrong_with_a_file_is_told_beside_the_envelope(tmp_path: Path, code: str) -> None:
    listed, came, about = FILES[code]
    found = said(tmp_path, plain(listed, came))
    assert (code, about) in problems(found)
    assert found.header.sender.name == "VPCP"


@pytest.mark.parametrize("cut", [1, 2, 3, 40])
def test_a_file_cut_short_or_altered_is_broken(tmp_path: Path, cut: int) -> None:
    found = said(tmp_path, plain(ONE, ATTACHMENT.format("a", "a.pdf", GOOD[:-cut])))
    assert problems(found) == {("attachment_broken", "a.pdf")}
    assert found.enclosures == ()


def test_a_flipped_byte_in_the_packed_file_is_noticed(tmp_path: Path) -> None:
    whole = bytearray(base64.b64decode(packed(("a.pdf", bytes(range(256)) * 20))))
    whole[60] ^= 0xFF
    came = ATTACHMENT.format("a", "a.pdf", base64.b64encode(whole).decode())
    assert problems(said(tmp_path, plain(ONE, came))) == {("attachment_broken", "a.pdf")}


def test_a_locked_file_is_told(tmp_path: Path) -> None:
    whole = bytearray(base64.b64decode(GOOD))
    whole[6] |= 1  # of the local header
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    came = ATTACHMENT.format("a", "a.pdf", base64.b64encode(whole).decode())
    assert problems(said(tmp_path, plain(ONE, came))) == {("attachment_locked", "a.pdf")}


def test_names_of_members_lead_nowhere(tmp_path: Path) -> None:
    came = ATTACHMENT.format("a", "", packed(("../../../etc/xong.pdf", b"%PDF")))
    found = said(tmp_path, plain(REFERENCE.format("a", ""), came))
    (one,) = found.enclosures
    assert one.path.parent == tmp_path / "in"
    assert one.name == "xong.pdf"


def test_a_file_that_was_not_packed_and_an_office_file_are_taken_as_they_are(
    tmp_path: Path,
) -> None:
    docx = packed(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"))
    bare = base64.b64encode(b"%PDF-1.4").decode()
    came = ATTACHMENT.format("a", "a.docx", docx) + ATTACHMENT.format("b", "b.pdf", bare)
    found = said(tmp_path, plain(ONE + REFERENCE.format("b", "b.pdf"), came))
    assert found.problems == ()
    assert [one.path.read_bytes() for one in found.enclosures] == [
        base64.b64decode(docx),
        b"%PDF-1.4",
    ]


# Hostile messages ---------------------------------------------------------------------------------

BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
HOSTILE = {
    "an entity": ("xml_entities", BOMB + plain(subject="&b;")),
    "a document type": ("xml_entities", '<!DOCTYPE edXML SYSTEM "file:///etc/passwd">' + plain()),
    "torn": ("damaged", plain()[:200]),
    "no XML": ("damaged", "%PDF-1.7"),
    "nothing": ("damaged", ""),
    "another root": ("not_edxml", "<html/>"),
    "no header": ("not_edxml", "<edXML><edXMLEnvelope/></edXML>"),
    "deep": ("message_too_much", "<edXML>" * 5000),
    "wide": ("message_too_much", "<edXML>" + "<a/>" * 30_000),
    "wordy": ("message_too_much", plain(subject="a" * 2_100_000)),
    "an encoding that is none": ("damaged", '<?xml version="1.0" encoding="x-none"?><edXML/>'),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_message_is_refused_with_its_reason(tmp_path: Path, name: str) -> None:
    code, xml = HOSTILE[name]
    with pytest.raises(Unreadable) as refused:
        said(tmp_path, xml)
    assert refused.value.code == code


def test_a_file_that_unpacks_without_end_is_stopped(rooms: Callable[[str], Path]) -> None:
    came = ATTACHMENT.format("a", "a.pdf", packed(("a.pdf", bytes(3_000_000))))
    path = rooms("out") / "m.edxml"
    path.write_text(plain(ONE, came))
    with pytest.raises(Unreadable) as refused:
        read_message(path, rooms("in"), largest=1_000_000)
    assert refused.value.code == "message_too_large"


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    came = "".join(ATTACHMENT.format(n, f"{n}.pdf", "AAAA") for n in range(201))
    with pytest.raises(Unreadable, match="message_too_much"):
        said(tmp_path, plain("", came))
