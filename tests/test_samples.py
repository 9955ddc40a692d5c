"""The samples are what their table says: static facts, asked of the files themselves."""

import asyncio
import hashlib
import json
import logging
import re
import unicodedata
import zipfile
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default as mail_policy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import olefile
import pikepdf
import pypdfium2
import pytest
from asn1crypto import crl, pem, x509
from openpyxl import load_workbook
from PIL import Image, ImageStat
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from samples import office
from samples.bad_input import HOSTILE_NAMES, pdf_with_many_objects, pdf_with_many_pages
from samples.make_samples import BAD, SAMPLES, unmarked
from samples.paper import WORDS, read_paper

FOLDER = Path(__file__).parent.parent / "samples"
EXPECTED = json.loads((FOLDER / "expected.json").read_text("utf-8"))
GOOD: list[dict[str, Any]] = EXPECTED["samples"]
HOSTILE: list[dict[str, Any]] = EXPECTED["bad"]
EVERY = [*GOOD, *HOSTILE]


def path_of(sample: dict[str, Any]) -> Path:
    return FOLDER / str(sample["file"])


def holding(fact: str, value: Any = ...) -> list[Any]:
    """The samples that hold this fact, with this value if one is given."""
    return [
        pytest.param(sample, id=sample["file"])
        for sample in EVERY
        if fact in sample["holds"] and value in (..., sample["holds"][fact])
    ]


def named(part: str) -> Path:
    return path_of(next(sample for sample in EVERY if part in sample["file"]))


def text_of(path: Path) -> list[str]:
    """The words of each page's text layer, in one line a page."""
    with pypdfium2.PdfDocument(path) as pdf:
        texts = [page.get_textpage().get_text_bounded() for page in pdf]
    return [" ".join(unicodedata.normalize("NFC", text).split()) for text in texts]


# --- the list --------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", EVERY, ids=lambda sample: sample["file"])
def test_every_listed_file_is_there_byte_for_byte(sample: dict[str, Any]) -> None:
    data = path_of(sample).read_bytes()
    assert hashlib.sha256(data).hexdigest() == sample["sha256"]
    assert len(data) == sample["size"]


def test_every_file_beside_the_script_is_listed() -> None:
    made = {
        str(path.relative_to(FOLDER))
        for path in [*FOLDER.glob("[0-9][0-9]-*"), *(FOLDER / "bad").iterdir()]
    }
    assert made == {sample["file"] for sample in EVERY}


def test_the_list_says_what_the_script_says() -> None:
    told = [(each["file"], each["state"], each["reason"], each["archival"]) for each in EVERY]
    known = [*(sample for sample, _ in SAMPLES), *BAD]
    assert told == [(each.file, each.state, each.reason, each.archival) for each in known]


def test_the_table_names_every_file() -> None:
    table = (FOLDER / "README.md").read_text("utf-8")
    assert not [sample["file"] for sample in EVERY if f"`{sample['file']}`" not in table]


def test_the_samples_stay_small() -> None:
    assert sum(sample["size"] for sample in EVERY) < 4_500_000


def test_every_fate_is_one_that_a_file_can_have() -> None:
    for sample in EVERY:
        assert sample["state"] in {"shelved", "waiting", "refused"}
        assert (sample["state"] == "shelved") or sample["reason"]
        assert (sample["archival"] == "none") == (
            sample["state"] != "shelved" or sample["reason"] == "no_archival_copy"
        )


def test_the_words_are_composed_letters() -> None:
    for path in WORDS.iterdir():
        assert unicodedata.is_normalized("NFC", path.read_text("utf-8"))


def test_each_phrase_stands_in_one_text_alone() -> None:
    texts = [" ".join(path.read_text("utf-8").split()) for path in sorted(WORDS.iterdir())]
    for sample in GOOD:
        if sample["phrase"]:
            assert sum(sample["phrase"] in text for text in texts) == 1, sample["file"]
            assert sample["phrase_without_marks"] == unmarked(sample["phrase"])
            assert sample["phrase_without_marks"].isascii()


def test_no_private_key_is_kept() -> None:
    for path in FOLDER.rglob("*"):
        if path.is_file() and path.suffix != ".py":
            assert b"PRIVATE KEY" not in path.read_bytes(), path
            assert path.suffix not in {".p12", ".pfx", ".key"}


# --- scans and pictures -----------------------------------------------------------------------


@pytest.mark.parametrize("sample", holding("has_text", False))
def test_a_scan_is_pictures_alone(sample: dict[str, Any]) -> None:
    assert not any(text_of(path_of(sample)))
    with pikepdf.open(path_of(sample)) as pdf:
        assert len(pdf.pages) == (sample["pages"] or 1)
        for page in pdf.pages:
            (picture,) = page.get_images().values()
            assert picture.Filter == pikepdf.Name.DCTDecode
            assert picture.ColorSpace == pikepdf.Name.DeviceRGB
            dots = int(picture.Width) / (float(page.mediabox[2]) / 72)
            assert abs(dots - sample["holds"]["dpi"]) < 2


@pytest.mark.parametrize("sample", holding("wide_pages"))
def test_the_turned_page_lies_sideways_in_the_picture(sample: dict[str, Any]) -> None:
    with pikepdf.open(path_of(sample)) as pdf:
        wide = [n for n, page in enumerate(pdf.pages, 1) if page.mediabox[2] > page.mediabox[3]]
        assert not any("/Rotate" in page for page in pdf.pages)
    assert wide == sample["holds"]["wide_pages"]


def test_the_hard_scan_is_harder_than_the_light_one() -> None:
    def grain(path: Path) -> float:
        """How much the grey levels spread in a corner where nothing is printed."""
        with pypdfium2.PdfDocument(path) as pdf:
            page = pdf[0].render(scale=200 / 72).to_pil().convert("L").crop((20, 20, 180, 180))
        return float(ImageStat.Stat(page).stddev[0])

    assert grain(named("02-scan-kho")) > 4 * grain(named("01-scan-sach"))


def test_the_seal_is_red_and_lets_the_text_shine_through() -> None:
    with pypdfium2.PdfDocument(named("03-scan-dau-do")) as pdf:
        page = pdf[0].render(scale=1).to_pil().convert("RGB")
    pixels = list(zip(*[iter(page.tobytes())] * 3, strict=True))
    reds = sum(1 for red, green, blue in pixels if red > green + 60 and red > blue + 50)
    assert 400 < reds < len(pixels) / 20


def test_the_mark_of_secrecy_is_in_the_picture_and_nowhere_else() -> None:
    sample = next(each for each in GOOD if each["reason"] == "suspected_secret")
    assert "mat" not in unmarked(sample["file"]).lower().replace("-", " ").split()
    with pikepdf.open(path_of(sample)) as pdf:
        assert "MẬT" not in str(dict(pdf.docinfo))
    with pypdfium2.PdfDocument(path_of(sample)) as pdf:
        page = pdf[0].render(scale=1).to_pil().convert("RGB")
    corner = page.crop((100, 115, 300, 185))  # below the number, at the left
    pixels = list(zip(*[iter(corner.tobytes())] * 3, strict=True))
    assert sum(1 for red, green, _ in pixels if red > green + 60) > 100


@pytest.mark.parametrize("sample", holding("compressions"))
def test_the_tiff_packs_each_page_in_its_own_way(sample: dict[str, Any]) -> None:
    found = []
    with Image.open(path_of(sample)) as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            found.append(picture.info["compression"])
            assert picture.info["dpi"] == (sample["holds"]["dpi"],) * 2
            picture.load()
    assert found == sample["holds"]["compressions"]
    assert len(found) == sample["pages"]


@pytest.mark.parametrize("sample", holding("picture"))
def test_a_picture_is_as_large_as_it_says(sample: dict[str, Any]) -> None:
    data = path_of(sample).read_bytes()
    if data.startswith(b"\x89PNG"):
        size = [int.from_bytes(data[at : at + 4]) for at in (16, 20)]
    else:
        with Image.open(path_of(sample)) as picture:
            size = list(picture.size)
    assert size == sample["holds"]["picture"]


# --- born-digital and signed -----------------------------------------------------------------


@pytest.mark.parametrize("sample", holding("has_text", True))
def test_a_phrase_stands_on_the_page_that_the_list_names(sample: dict[str, Any]) -> None:
    pages = text_of(path_of(sample))
    assert len(pages) == sample["pages"]
    found = [
        n
        for n, text in enumerate(pages, 1)
        if sample["phrase"] in unicodedata.normalize("NFC", text)
    ]
    assert found == [sample["phrase_page"]]


@pytest.mark.parametrize("sample", holding("fonts_embedded", True))
def test_fonts_travel_with_the_file(sample: dict[str, Any]) -> None:
    with pikepdf.open(path_of(sample)) as pdf:
        fonts = [
            font.DescendantFonts[0] if "/DescendantFonts" in font else font
            for page in pdf.pages
            for font in page.resources.Font.values()
        ]
        assert fonts
        for font in fonts:
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys())


@pytest.mark.parametrize("sample", holding("pdfa"))
def test_the_signed_pdfa_says_so(sample: dict[str, Any]) -> None:
    with pikepdf.open(path_of(sample)) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == sample["holds"]["pdfa"]


def test_only_the_samples_listed_as_signed_carry_signatures() -> None:
    for sample in GOOD:
        if sample["file"].endswith(".pdf"):
            marks = path_of(sample).read_bytes().count(b"/ByteRange")
            assert marks == len(sample["signatures"]), sample["file"]


def trial_context(moment: datetime) -> ValidationContext:
    trust = FOLDER / EXPECTED["trust"]
    _, _, root = pem.unarmor((trust / "ca-thu-nghiem.crt").read_bytes())
    return ValidationContext(
        trust_roots=[x509.Certificate.load(root)],
        crls=[crl.CertificateList.load((trust / "crls/ca-thu-nghiem.crl").read_bytes())],
        moment=moment,
        allow_fetching=False,
        revocation_mode="require",
    )


@pytest.mark.parametrize("years", [0, 25])
@pytest.mark.parametrize(
    "sample", [each for each in GOOD if each["signatures"]], ids=lambda sample: sample["file"]
)
def test_a_signature_is_worth_what_the_list_says(sample: dict[str, Any], years: int) -> None:
    """Asked of the library alone, today and in many years; our verdicts have tests of their own."""
    logging.getLogger("pyhanko_certvalidator").addHandler(logging.NullHandler())
    now = datetime.now(UTC) + timedelta(days=365 * years)
    with path_of(sample).open("rb") as stream:
        reader = PdfFileReader(stream)
        found = reader.embedded_signatures
        assert len(found) == len(sample["signatures"])
        for signature, wanted in zip(found, sample["signatures"], strict=True):
            status = asyncio.run(async_validate_pdf_signature(signature, trial_context(now)))
            assert status.signing_cert.subject.native["common_name"] == wanted["signer"]
            assert status.intact and status.valid
            assert status.bottom_line == (wanted["indication"] == "TOTAL-PASSED")
            assert status.trusted == (wanted["reason"] != "certificate_expired")
            assert bool(status.docmdp_ok) == (wanted["reason"] != "changed_after_signing")
            stamped = status.timestamp_validity is not None
            assert stamped == (wanted["level"] == "B-T")
            whole = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
            assert whole == wanted["covers_whole_file"]


def test_the_revocation_list_lasts_thirty_years() -> None:
    listing = crl.CertificateList.load(
        (FOLDER / EXPECTED["trust"] / "crls/ca-thu-nghiem.crl").read_bytes()
    )
    told = listing["tbs_cert_list"]
    assert told["next_update"].native - told["this_update"].native > timedelta(days=365 * 30)


def test_the_change_after_signing_shows_on_the_page() -> None:
    text = text_of(named("07-ky-so-bi-sua"))[0]
    assert "70 ngày làm việc." in text


# --- office, text and mail -------------------------------------------------------------------


def test_the_old_text_is_tcvn3_and_nothing_else() -> None:
    data = named("XULYVBDEN").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode("utf-8")
    text = "\r\n".join(read_paper("xu-ly-van-ban-den").paragraphs) + "\r\n"
    assert data == office.to_tcvn3(text)
    assert re.search(rb"V\xa8n th\xad: C\xe3 nhi\xd6m v\xf4", data)


def test_the_word_document_says_its_phrase() -> None:
    sample = next(each for each in GOOD if each["file"].endswith(".docx"))
    with zipfile.ZipFile(path_of(sample)) as parts:
        body = ElementTree.fromstring(parts.read("word/document.xml"))
    text = "".join(str(piece) for piece in body.itertext())
    assert sample["phrase"] in text
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text


def test_the_workbook_is_a_register_with_formulas() -> None:
    sample = next(each for each in GOOD if each["file"].endswith(".xlsx"))
    register, counts = load_workbook(path_of(sample)).worksheets
    assert any(sample["phrase"] in str(cell.value) for row in register for cell in row)
    assert str(counts["B2"].value).startswith("=COUNTIF(")


@pytest.mark.parametrize(
    "ending, inside", [(".odt", "content.xml"), (".pptx", "ppt/slides/slide2.xml")]
)
def test_other_office_files_say_their_phrase(ending: str, inside: str) -> None:
    sample = next(each for each in GOOD if each["file"].endswith(ending))
    with zipfile.ZipFile(path_of(sample)) as parts:
        assert sample["phrase"] in "".join(ElementTree.fromstring(parts.read(inside)).itertext())


def test_the_old_word_document_is_a_compound_file() -> None:
    sample = next(each for each in GOOD if each["file"].endswith(".doc"))
    with olefile.OleFileIO(path_of(sample)) as parts:
        assert parts.exists("WordDocument")
        words = parts.openstream("WordDocument").read()
    assert sample["phrase"].encode("utf-16-le") in words


@pytest.mark.parametrize("sample", holding("attachments"))
def test_the_letter_carries_what_it_lists(sample: dict[str, Any]) -> None:
    mail = message_from_bytes(path_of(sample).read_bytes(), policy=mail_policy)
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert names == sample["holds"]["attachments"]
    body = mail.get_body()
    assert body is not None
    assert sample["phrase"] in body.get_content()


# --- what should not pass --------------------------------------------------------------------


@pytest.mark.parametrize("sample", holding("needs_password"))
def test_a_locked_pdf_opens_with_its_password_alone(sample: dict[str, Any]) -> None:
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(path_of(sample))
    password = EXPECTED["password_of_the_locked_sample"]
    with pikepdf.open(path_of(sample), password=password) as pdf:
        assert pdf.encryption.R == 6


@pytest.mark.parametrize("sample", holding("unreadable"))
def test_a_damaged_pdf_is_beyond_repair(sample: dict[str, Any]) -> None:
    assert path_of(sample).read_bytes().startswith(b"%PDF-")
    with pytest.raises(pikepdf.PdfError):
        pikepdf.open(path_of(sample))
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(path_of(sample))


@pytest.mark.parametrize("sample", holding("repairable"))
def test_a_pdf_without_its_end_can_be_repaired(sample: dict[str, Any]) -> None:
    assert b"startxref" not in path_of(sample).read_bytes()
    with pikepdf.open(path_of(sample)) as pdf:
        assert len(pdf.pages) == 1


@pytest.mark.parametrize("sample", holding("encrypted"))
def test_a_pdf_locked_for_its_owner_opens_without_a_password(sample: dict[str, Any]) -> None:
    with pikepdf.open(path_of(sample)) as pdf:
        assert pdf.is_encrypted
        assert not pdf.allow.extract


def test_the_virus_test_file_is_the_known_one() -> None:
    known = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
    assert hashlib.sha256(named("eicar").read_bytes()).hexdigest() == known


def test_the_scripted_pdf_would_run_start_and_send() -> None:
    with pikepdf.open(named("javascript")) as pdf:
        page = pdf.pages[0]
        assert pikepdf.Name.JavaScript == pdf.Root.OpenAction.S
        assert pikepdf.Name.Launch == page.AA.O.S
        assert {str(link.A.S) for link in page.Annots} == {"/Launch", "/SubmitForm"}


def test_the_macro_is_a_project_that_a_reader_finds() -> None:
    with zipfile.ZipFile(named("co-macro")) as parts:
        project = parts.read("word/vbaProject.bin")
        assert b"vbaProject.bin" in parts.read("word/_rels/document.xml.rels")
    with olefile.OleFileIO(project) as streams:
        assert not streams.parsing_issues
        assert b"AutoOpen" in streams.openstream("VBA/ThisDocument").read()


def test_the_remote_template_points_at_a_closed_port_of_this_machine() -> None:
    with zipfile.ZipFile(named("mau-tu-xa")) as parts:
        relations = parts.read("word/_rels/settings.xml.rels").decode()
        assert "attachedTemplate" in parts.read("word/settings.xml").decode()
    assert 'TargetMode="External" Target="http://127.0.0.1:9/' in relations


def test_the_swelling_document_declares_how_far_it_swells() -> None:
    sample = next(each for each in HOSTILE if each["file"].endswith("bom-zip.docx"))
    with zipfile.ZipFile(path_of(sample)) as parts:
        unfolded = parts.getinfo("word/document.xml").file_size
    assert unfolded > sample["holds"]["unfolds_to"]
    assert sample["size"] < 200_000


def test_the_swelling_pdf_swells_in_two_steps() -> None:
    sample = next(each for each in HOSTILE if each["file"].endswith("bom-nen.pdf"))
    with pikepdf.open(path_of(sample)) as pdf:
        content = pdf.pages[0].Contents
        assert list(content.Filter) == [pikepdf.Name.FlateDecode] * 2
        assert len(content.read_raw_bytes()) < 20_000
    assert sample["holds"]["unfolds_to"] == 4 << 30


def test_the_renamed_archive_is_an_archive() -> None:
    assert zipfile.is_zipfile(named("zip-doi-ten"))


def test_the_entities_would_unfold_ten_billion_times() -> None:
    text = named("thuc-the-lap").read_text("utf-8")
    assert len(re.findall(r"<!ENTITY a\d+ ", text)) == 11
    assert text.count("&a9;") == 10
    assert 'SYSTEM "file:///' in text


def test_hostile_names_hold_every_trick_that_the_desk_must_know() -> None:
    names = "|".join(HOSTILE_NAMES)
    assert "\n" in names and "../" in names and "\x00" in names
    assert any(len(name) > 255 for name in HOSTILE_NAMES)
    assert any(not unicodedata.is_normalized("NFC", name) for name in HOSTILE_NAMES)


def test_large_files_are_made_when_they_are_needed(tmp_path: Path) -> None:
    pdf_with_many_objects(tmp_path / "objects.pdf", 5_000)
    pdf_with_many_objects(tmp_path / "chain.pdf", 5_000, chained=True)
    pdf_with_many_pages(tmp_path / "pages.pdf", 300)
    for name in ("objects.pdf", "chain.pdf"):
        with pikepdf.open(tmp_path / name) as many:
            assert len(many.objects) == 5_000
    with pikepdf.open(tmp_path / "pages.pdf") as long:
        assert len(long.pages) == 300
