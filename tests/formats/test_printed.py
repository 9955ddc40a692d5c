import http.server
import threading
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from formats import pictures
from formats.errors import ProgramFailed, Unreadable
from formats.printed import Sheet, to_pdfa
from formats.verapdf import validate

PHOTO = "21-anh-chup-thu-moi-12-TM-UBND.jpg"
LETTERS = "Đặc điểm: ẵ ễ ộ ử ỹ Ơ Ư, CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"


def text_of(path: Path, page: int = 0) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return str(document[page].get_textpage().get_text_range())


@pytest.mark.tools
def test_a_form_is_pdfa_with_vietnamese_letters_and_fonts_inside(tmp_path: Path) -> None:
    out = tmp_path / "form.pdf"
    body = f"<h1>Sổ</h1><p>{LETTERS} <b>đậm</b> <i>nghiêng</i></p>"
    assert to_pdfa(body, out, title="Sổ đăng ký", sheet=Sheet(mark='Trích xuất "thử" \\ <b>')) == 1
    verdict = validate([out])[out]
    assert verdict.is_valid, verdict.failed_rules
    assert verdict.flavour == "2a"
    assert LETTERS in text_of(out)
    assert 'Trích xuất "thử" \\ <b>' in text_of(out)
    with pikepdf.open(out) as pdf:
        assert pdf.open_metadata()["dc:title"] == "Sổ đăng ký"
        assert str(pdf.Root.Lang) == "vi"
        assert [float(one) for one in pdf.pages[0].mediabox][2:] == pytest.approx(
            [595.3, 841.9], abs=0.5
        )


def test_a_form_fetches_nothing_from_the_network_or_the_disk(tmp_path: Path) -> None:
    asked: list[str] = []

    class Listening(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_said: object) -> None:
            pass

    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text y="20">BIMAT</text></svg>')
    with http.server.HTTPServer(("127.0.0.1", 0), Listening) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for number, address in enumerate(
            (f"http://127.0.0.1:{server.server_port}/a.png", secret.as_uri())
        ):
            out = tmp_path / f"{number}.pdf"
            try:
                to_pdfa(f'<p>a</p><img src="{address}">', out, title="t")
            except ProgramFailed:
                continue
            except Exception as refused:
                assert "forms fetch nothing" in str(refused)
                continue
            assert "BIMAT" not in text_of(out)
        server.shutdown()
    assert asked == []


def test_pages_are_numbered_at_the_top_from_the_second_on(tmp_path: Path) -> None:
    out = tmp_path / "form.pdf"
    body = "<p>một</p>" + "<p style='break-before: page'>trang sau</p>" * 2
    assert to_pdfa(body, out, title="t") == 3
    assert [text_of(out, page).split() for page in range(3)] == [
        ["một"],
        ["trang", "sau", "2"],
        ["trang", "sau", "3"],
    ]


def test_a_child_that_has_printed_still_refuses_half_a_picture(tmp_path: Path) -> None:
    to_pdfa("<p>Một</p>", tmp_path / "form.pdf", title="Một")  # WeasyPrint is loaded in the child
    half = tmp_path / "half.jpg"
    whole = (Path(__file__).parents[2] / "samples" / PHOTO).read_bytes()
    half.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Unreadable):
        pictures.to_pdf(half, tmp_path / "half.pdf")
