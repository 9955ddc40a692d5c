"""The red picture of the organ's seal: set by administrators only, written anew, shown."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from formats.errors import Unreadable
from formats.seal_pictures import MOST, clean_picture
from ingest import seal_pictures
from tests.web.conftest import House

RED = (200, 20, 20, 255)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{inside}'
    '<circle cx="50" cy="50" r="40" fill="none" stroke="#c81414" stroke-width="4"/></svg>'
)


def a_seal(width: int = 400, ground: tuple[int, int, int, int] = (0, 0, 0, 0)) -> bytes:
    """A ring with a margin around it, and words hidden in the file."""
    picture = Image.new("RGBA", (width, width), ground)
    edge = width // 8
    ImageDraw.Draw(picture).ellipse((edge, edge, width - edge, width - edge), outline=RED, width=9)
    told, packed = PngInfo(), io.BytesIO()
    told.add_text("Comment", "mật danh")
    picture.save(packed, "PNG", pnginfo=told)
    return packed.getvalue()


def written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "given"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", [a_seal(), SVG.format(inside="").encode()], ids=["png", "svg"])
def test_only_the_seal_itself_is_kept(tmp_path: Path, content: bytes) -> None:
    made = clean_picture(written(tmp_path, content), tmp_path / "seal.png")
    with Image.open(tmp_path / "seal.png") as kept:
        assert kept.mode == "RGBA" and kept.size == (made.width, made.height)
        assert kept.getpixel((0, 0))[3] == 0  # type: ignore[index]
        assert abs(kept.width - kept.height) < 4 and kept.width <= MOST
        assert not kept.info.get("Comment")
        strong = [pixel for pixel in kept.get_flattened_data() if pixel[3] > 250]  # type: ignore[index]
        assert strong and all(red > 150 > green for red, green, *_ in strong)  # type: ignore[misc]
    assert "mật danh".encode() not in (tmp_path / "seal.png").read_bytes()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (a_seal(100), "seal_picture_small"),
        (a_seal(ground=(255, 255, 255, 255)), "seal_picture_opaque"),
        (b"no picture", "seal_picture_unreadable"),
        (a_seal()[:300], "seal_picture_unreadable"),
        (b"x" * (1024 * 1024 + 1), "seal_picture_heavy"),
        (b'<!DOCTYPE svg [<!ENTITY a "aa">]>' + SVG.format(inside="&a;").encode(),
         "seal_picture_unreadable"),
        (b"<html><body>no</body></html>", "seal_picture_unreadable"),
    ],
)  # fmt: skip
def test_what_would_not_do_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, code: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        clean_picture(written(tmp_path, content), tmp_path / "seal.png")
    assert refused.value.code == code
    assert not (tmp_path / "seal.png").exists()


def test_a_drawing_that_wants_something_of_this_machine_is_not_taken(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    Image.new("RGBA", (300, 300), (0, 0, 255, 255)).save(secret)
    inside = f'<image href="{secret.as_uri()}" width="100" height="100"/>'
    with pytest.raises(Unreadable) as refused:
        clean_picture(written(tmp_path, SVG.format(inside=inside).encode()), tmp_path / "seal.png")
    assert refused.value.code == "seal_picture_unreadable"


def send(house: House, user_name: str, content: bytes, why: str = "QĐ 12/QĐ-TTLT") -> Any:
    client = house.as_(user_name)
    return house.post(
        client, "/administration/seal", picture=(io.BytesIO(content), "dau.png"), why=why
    )


def test_an_administrator_sets_replaces_and_takes_it_away(house: House) -> None:
    quan = house.as_("quan")
    assert "Chưa có hình con dấu" in quan.get("/administration/seal").text
    assert quan.get("/administration/seal/picture.png").status_code == 404
    assert send(house, "quan", a_seal()).status_code == 302
    page = quan.get("/administration/seal").text
    assert "/administration/seal/picture.png" in page and "QĐ 12/QĐ-TTLT" in page
    first = quan.get("/administration/seal/picture.png")
    assert first.mimetype == "image/png"
    place = seal_pictures.picture_of(house.services.settings, house.organ())
    assert place is not None and place.read_bytes() == first.data
    assert send(house, "quan", SVG.format(inside="").encode(), "Đổi mẫu").status_code == 302
    assert quan.get("/administration/seal/picture.png").data != first.data
    told = house.events("organ.set_seal_picture")
    assert told[1].facts["before"] == told[0].facts["sha256"]
    house.post(quan, "/administration/seal/remove", why="Cơ quan đổi tên")
    assert seal_pictures.picture_of(house.services.settings, house.organ()) is None
    assert len(house.events("organ.remove_seal_picture")) == 1


def test_a_bad_picture_or_no_reason_changes_nothing(house: House) -> None:
    send(house, "quan", a_seal())
    before = house.as_("quan").get("/administration/seal/picture.png").data
    refused = send(house, "quan", a_seal(ground=(255, 255, 255, 255)))
    assert refused.status_code == 422 and "nền trong suốt" in refused.text
    assert send(house, "quan", a_seal(500), why=" ").status_code == 422
    assert house.as_("quan").get("/administration/seal/picture.png").data == before
    assert len(house.events("organ.set_seal_picture")) == 1


def test_nobody_else_sets_it(house: House) -> None:
    for name in ("lan", "minh", "binh", "thu"):
        assert send(house, name, a_seal()).status_code == 403
        assert house.as_(name).get("/administration/seal").status_code == 403
    assert not house.events("organ.set_seal_picture")
