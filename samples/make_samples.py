"""Make every sample, the table that describes them and the fates they should have.

Run it from the project's folder as `python -m samples.make_samples`. The signatures come from a
certificate authority that lives only as long as the run, so all files are made together.
"""

import hashlib
import json
import tempfile
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from samples import bad_input, makers, scanner, trial_signatures
from samples.bad_input import HOSTILE_NAMES, pdf_with_many_objects, pdf_with_many_pages
from samples.makers import DPI, PASSWORD, Desk, Maker

__all__ = [
    "BAD",
    "HOSTILE_NAMES",
    "SAMPLES",
    "Sample",
    "make_all",
    "pdf_with_many_objects",
    "pdf_with_many_pages",
    "unmarked",
]

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """A file, what it is, and the fate that the road should give it.

    Attributes:
        file: its name below `samples/`.
        what: one plain sentence.
        state: where it ends: `shelved`, `waiting` or `refused`.
        reason: the code said with it, if any.
        archival: `converted` (PDF/A-2b), `carrier` (PDF/A-3b around the signed original),
            `original` (its own bytes are PDF/A) or `none`.
        pages: how many its archival copy shows.
        phrase: words that stand on one page of this sample alone.
        phrase_page: on which page they stand.
        findable: whether a search should find the phrase.
        signatures: what is to be said of each signature, in the order of signing.
        variants: other fates, by circumstance.
        holds: facts about the file that a test can check.
    """

    file: str
    what: str
    state: str = "shelved"
    reason: str | None = None
    archival: str = "converted"
    pages: int | None = None
    phrase: str | None = None
    phrase_page: int | None = None
    findable: bool = True
    signatures: tuple[dict[str, Any], ...] = ()
    variants: dict[str, dict[str, str | None]] = field(default_factory=dict)
    holds: dict[str, Any] = field(default_factory=dict)


def make_all(out: Path) -> None:
    """Write every file, `expected.json`, the trust folder and the table in `README.md`."""
    with tempfile.TemporaryDirectory() as scratch:
        desk = Desk(Path(scratch), out, trial_signatures.found_authority())
        trial_signatures.write_trust(desk.authority, out / "trust")
        for sample, make in SAMPLES:
            make(desk, out / sample.file)
        bad_input.write_bad_input(
            out / "bad", desk.printed("12-tm-ubnd"), out / _named("to-trinh-19").file
        )
    described = {
        "trust": "trust",
        "password_of_the_locked_sample": PASSWORD,
        "samples": [_described(out, sample) for sample, _ in SAMPLES],
        "bad": [_described(out, sample) for sample in BAD],
    }
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (out / "expected.json").write_text(text + "\n", "utf-8")
    (out / "README.md").write_text(_table(out), "utf-8")


def _named(part: str) -> Sample:
    return next(sample for sample, _ in SAMPLES if part in sample.file)


def unmarked(text: str) -> str:
    """The words as someone types them without Vietnamese marks."""
    parted = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in parted if not unicodedata.combining(letter))


def _described(out: Path, sample: Sample) -> dict[str, Any]:
    data = (out / sample.file).read_bytes()
    known = asdict(sample)
    known["sha256"], known["size"] = hashlib.sha256(data).hexdigest(), len(data)
    known["phrase_without_marks"] = unmarked(sample.phrase) if sample.phrase else None
    return known


# --- the list ------------------------------------------------------------------------------

_PASSED = {"indication": "TOTAL-PASSED", "sub_indication": None, "reason": "valid"}


def _passed(signer: str, kind: str, level: str, *, whole: bool) -> dict[str, Any]:
    return {
        "signer": signer,
        "signer_kind": kind,
        "level": level,
        "covers_whole_file": whole,
    } | _PASSED


SAMPLES: tuple[tuple[Sample, Maker], ...] = (
    (Sample("01-scan-sach-quyet-dinh-212-QD-VP.pdf",
            "A light colour scan of two pages, 200 dpi, signed and stamped by hand.",
            pages=2, phrase="Chữ ký số của Văn phòng được ký ở phía trên", phrase_page=2,
            holds={"has_text": False, "dpi": DPI}),
     makers.scanned("212-qd-vp", scanner.CLEAN, 1)),
    (Sample("02-scan-kho-quy-che-114-QD-STC.pdf",
            "Two pages badly scanned: turned by 1.6 degrees, noisy, unevenly lit, JPEG quality 40.",
            pages=2, phrase="giao diện xử lý công việc trên trình duyệt web", phrase_page=2,
            holds={"has_text": False, "dpi": DPI}),
     makers.scanned("114-qd-stc", scanner.HARD, 2)),
    (Sample("03-scan-dau-do-quyet-dinh-04-2017-QD-UBND.pdf",
            "A scan with a two-column letterhead and a round red seal over signature and text.",
            pages=1, phrase="ý kiến thẩm định của phòng Tư pháp thành phố", phrase_page=1,
            holds={"has_text": False, "dpi": DPI}),
     makers.scanned("04-2017-qd-ubnd", scanner.CLEAN, 3)),
    (Sample("04-scan-trang-xoay-quyet-dinh-530-QD-SXD.pdf",
            "A scan whose second page lay on the glass sideways (turned in the picture itself).",
            pages=2, phrase="Tự bảo vệ mật khẩu đăng nhập để người khác không thể sử dụng",
            phrase_page=2, holds={"has_text": False, "dpi": DPI, "wide_pages": [2]}),
     makers.scan_with_turned_page),
    (Sample("05-ban-goc-dien-tu-quyet-dinh-03-2014-QD-UBND.pdf",
            "A born-digital PDF with embedded fonts and a good text layer; unsigned.",
            pages=3, phrase="tin học hoá các quy trình hoạt động tác nghiệp", phrase_page=2,
            holds={"has_text": True, "fonts_embedded": True}),
     makers.printed("03-2014-qd-ubnd")),
    (Sample("06-ky-so-hop-le-thong-bao-45-TB-VP.pdf",
            "A PDF (not PDF/A) with one valid PAdES signature of a person, no time stamp.",
            archival="carrier", pages=1,
            phrase="Phải trực tiếp ký số của Văn phòng vào văn bản", phrase_page=1,
            signatures=(_passed(trial_signatures.PERSON, "person", "B-B", whole=True),),
            holds={"has_text": True}),
     makers.signed("45-tb-vp", makers.by_person, "2025-03-14T10:21:00+07:00", 6)),
    (Sample("07-ky-so-bi-sua-cong-van-128-VP-HC.pdf",
            "A signed PDF whose page was changed afterwards by an increment: 7 days became 70.",
            archival="carrier", pages=1,
            phrase="luân chuyển đến nơi đang thụ lý để đảm bảo tính liên tục", phrase_page=1,
            signatures=({"signer": trial_signatures.PERSON, "signer_kind": "person",
                         "level": "B-B", "covers_whole_file": False,
                         "indication": "TOTAL-FAILED", "sub_indication": "FORMAT_FAILURE",
                         "reason": "changed_after_signing"},),
            holds={"has_text": True}),
     makers.changed_after_signing),
    (Sample("08-ky-so-chung-thu-het-han-cong-van-37-STC-VP.pdf",
            "A PDF signed in 2022 without a time stamp; the certificate ran out on 1 January 2023.",
            archival="carrier", pages=1,
            phrase="thiết lập lịch cá nhân để quản lý công việc", phrase_page=1,
            signatures=({"signer": trial_signatures.EXPIRED, "signer_kind": "person",
                         "level": "B-B", "covers_whole_file": True,
                         "indication": "INDETERMINATE",
                         "sub_indication": "OUT_OF_BOUNDS_NO_POE",
                         "reason": "certificate_expired"},),
            holds={"has_text": True}),
     makers.signed("37-cv-stc", makers.by_expired, "2022-06-09T14:02:00+07:00", 8)),
    (Sample("09-ky-so-PDFA-bao-cao-52-BC-VP.pdf",
            "A PDF/A-2b with two valid signatures, person then organ, each with a time stamp.",
            archival="original", pages=2,
            phrase="thông báo hồ sơ hết thời hạn bảo quản trước 30 ngày", phrase_page=1,
            signatures=(_passed(trial_signatures.PERSON, "person", "B-T", whole=False),
                        _passed(trial_signatures.ORGAN, "organ", "B-T", whole=True)),
            holds={"has_text": True, "fonts_embedded": True, "pdfa": "2B"}),
     makers.signed_pdfa),
    (Sample("10-to-trinh-19-TTr-VP.docx", "A Word document with the letterhead as a table.",
            pages=1, phrase="phương thức trao đổi thông tin bắt buộc trong chế độ làm việc",
            phrase_page=1),
     makers.docx),
    (Sample("11-so-dang-ky-van-ban-den-2019.xlsx",
            "An arrival register as a workbook of two sheets, one with formulas.",
            phrase="ban hành Quy chế làm việc của Ủy ban nhân dân thành phố", phrase_page=1),
     makers.register),
    # The capital ending keeps this one, which is not UTF-8, out of checks on the project's texts.
    (Sample("12-XULYVBDEN.TXT", "Plain text in TCVN3 (ABC), as written before Unicode.",
            pages=1, phrase="hồ sơ dự án sẽ lưu tại bộ phận một cửa", phrase_page=1,
            holds={"encoding": "TCVN3"}),
     makers.old_text),
    (Sample("13-nhieu-trang-bao-cao-77-BC-SXD.tif",
            "A TIFF of three pages: Group 4 black and white, JPEG colour, Group 4 again.",
            pages=3, phrase="Là chứng thư số chưa hết hạn, không bị tạm dừng", phrase_page=2,
            holds={"compressions": ["group4", "jpeg", "group4"], "dpi": DPI}),
     makers.tiff),
    (Sample("14-co-mat-khau-huong-dan-40-HD-STC.pdf",
            "A PDF that needs a password (AES-256) to be opened.",
            state="waiting", reason="encrypted", archival="none",
            holds={"needs_password": True}),
     makers.locked),
    (Sample("15-hong-huong-dan-40-HD-STC.pdf",
            "A PDF without its end, and with a blank where its page tree was: beyond repair.",
            state="waiting", reason="damaged", archival="none", holds={"unreadable": True}),
     makers.damaged),
    (Sample("16-eicar.com.txt", "The EICAR test file: harmless, and known to every virus scanner.",
            state="refused", reason="infected", archival="none",
            variants={"without_scanner": {"state": "shelved", "reason": None,
                                          "virus_check": "not_checked"}},
            holds={"size": 68}),
     makers.virus_test),
    (Sample("17-du-lieu-phan-mem-van-ban-2003.bin",
            "Records of a forgotten program, in a format that nobody knows.",
            reason="no_archival_copy", archival="none"),
     makers.unknown_format),
    (Sample("18-thu-dien-tu-nop-luu.eml",
            "A letter by e-mail with a PDF and a CSV attached, with accented file names.",
            pages=1, phrase="đưa hồ sơ về chế độ quản lý", phrase_page=1,
            holds={"attachments": ["Quyết định 212-QĐ-VP.pdf", "Mục lục văn bản.csv"]}),
     makers.mail),
    (Sample("19-trinh-chieu-chuc-nang-he-thong.pptx", "A presentation of three slides.",
            pages=3, phrase="Phân quyền truy cập đối với từng hồ sơ", phrase_page=2),
     makers.slides),
    (Sample("20-scan-thong-bao-81-TB-UBND.pdf",
            "A scan that carries the red stamp MẬT below its number, and nowhere else.",
            state="waiting", reason="suspected_secret", archival="none",
            phrase="cập nhật vào hệ thống hàng ngày để nắm bắt thông tin kịp thời", phrase_page=1,
            findable=False, holds={"has_text": False, "dpi": DPI}),
     makers.scan_with_mark),
    (Sample("21-anh-chup-thu-moi-12-TM-UBND.jpg",
            "A page on a desk, photographed by a telephone from not quite above.",
            pages=1, phrase="từ bản giấy đã được ký và đóng dấu đỏ", phrase_page=1,
            holds={"picture": [1500, 2000]}),
     makers.photo),
    (Sample("22-cong-van-95-UBND-VP.odt", "An OpenDocument text.",
            pages=1, phrase="có phương án nâng cấp, duy trì hệ thống", phrase_page=1),
     makers.from_docx("95-cv-ubnd")),
    (Sample("23-huong-dan-40-HD-STC.doc", "A Word document of 1997, still the commonest of all.",
            pages=1, phrase="Lịch công tác hàng tuần của Ban Giám đốc Sở Tài chính", phrase_page=1),
     makers.from_docx("40-hd-stc")),
)  # fmt: skip

BAD: tuple[Sample, ...] = (
    Sample("bad/rong.pdf", "An empty file.", "refused", "empty_file", "none", holds={"size": 0}),
    Sample("bad/bi-cat-cut.pdf", "A PDF of which a little more than half arrived.",
           "waiting", "damaged", "none", holds={"unreadable": True}),
    Sample("bad/mat-phan-cuoi.pdf", "A PDF that lost its last lines; readers repair it.",
           pages=1, holds={"repairable": True}),
    Sample("bad/mat-phong-chu.pdf",
           "Half a PDF that some repair without its fonts, so that the page comes out blank.",
           "waiting", "damaged", "none", holds={"repairable": True}),
    Sample("bad/javascript-va-lenh-mo.pdf",
           "A PDF with a script, two launch actions and a form that would be sent away.",
           pages=1, holds={"dropped": {"action": 3, "script": 2}}),
    Sample("bad/chi-khoa-quyen-in.pdf",
           "A PDF that opens without a password but forbids printing and copying.", pages=1,
           holds={"encrypted": True, "dropped": {"usage_restrictions": 1}}),
    Sample("bad/bom-nen.pdf", "A PDF of 10 KB whose page unfolds to 4 GB.",
           "waiting", "beyond_limits", "none", holds={"unfolds_to": 4 << 30}),
    Sample("bad/co-macro.docx", "A DOCX that carries a macro which would run when opened.",
           pages=1, holds={"warnings": ["macros"]}),
    Sample("bad/mau-tu-xa.docx", "A DOCX that would fetch its template from a server.",
           pages=1, holds={"warnings": ["remote_template"]}),
    Sample("bad/bom-zip.docx", "A DOCX of 170 KB whose text unfolds to 128 MB.",
           "waiting", "decompression_bomb", "none", holds={"unfolds_to": 128 << 20}),
    Sample("bad/zip-doi-ten.pdf", "A ZIP archive that calls itself a PDF.",
           reason="no_archival_copy", archival="none"),
    Sample("bad/thuc-the-lap.xml",
           "An XML of entities within entities, one of them a file of the machine.",
           pages=1, phrase="<so>212/QĐ-VP</so>", phrase_page=1, findable=False,
           holds={"must_not_hold": "root:"}),
    Sample("bad/anh-30000x30000.png", "A whole PNG of 30,000 by 30,000 pixels in 150 KB.",
           "waiting", "too_many_pixels", "none", holds={"picture": [30_000, 30_000]}),
)  # fmt: skip


def _table(out: Path) -> str:
    return README.format(samples="\n".join(_rows(out, [s for s, _ in SAMPLES])),
                         bad="\n".join(_rows(out, list(BAD))))  # fmt: skip


def _rows(out: Path, samples: list[Sample]) -> Iterator[str]:
    for sample in samples:
        fate = sample.state + (f", `{sample.reason}`" if sample.reason else "")
        if sample.archival in _COPIES:
            fate += f"; {_COPIES[sample.archival]}"
        fate += "".join(f"; {x['signer']}: {x['indication']}" for x in sample.signatures)
        fate += "".join(
            f"; {name.replace('_', ' ')}: {fate['state']}" for name, fate in sample.variants.items()
        )
        yield f"| `{sample.file}` | {sample.what} | {fate} |"


_COPIES = {
    "converted": "PDF/A-2b",
    "carrier": "PDF/A-3b around the signed original",
    "original": "its own bytes are the archival copy",
}

README = """# Samples

Small documents of our own: what lies in agencies' cupboards and mailboxes, and what should never
have got there. They are made from the words of five public regulations (`words/`), laid out as
Decree 30/2020 asks. Signers are invented; every seal and every certificate says that it is a
specimen.

`python -m samples.make_samples` makes all of them anew. Signatures come from a trial authority
that lives only as long as that run: its root certificate and revocation list stay in `trust/`,
no private key is kept. `expected.json` says the same as this table to programs, with digests, a
phrase to search for and the verdict on each signature.

Read in this order: `paper.py` (layout), `scanner.py` (scans, seals, photos),
`trial_signatures.py`, `office.py`, `bad_input.py`, `make_samples.py`.

| file | what it is | what should become of it |
|---|---|---|
{samples}

## Bad input

Small files that ask for much, or mean harm. What is too large to keep is made when it is needed:
`bad_input.pdf_with_many_objects`, `bad_input.pdf_with_many_pages`; names that mean harm are in
`bad_input.HOSTILE_NAMES`.

| file | what it is | what should become of it |
|---|---|---|
{bad}
"""

if __name__ == "__main__":
    make_all(FOLDER)
