import hashlib
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from formats.errors import Unreadable
from formats.mail import extract_attachment, read_mail

PDF = b"%PDF-1.7\nrubbish\n%%EOF"


def stored(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "stored"
    path.write_bytes(data)
    return path


@pytest.fixture
def letter() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = (
        "V/v gửi Quyết định số 04/2017/QĐ-UBND của Ủy ban nhân dân thành phố Kon Tum"
    )
    message["From"] = "Văn thư Sở Nội vụ <vanthu@snv.vn>"
    message["To"] = "Trung tâm Lưu trữ <luutru@tinh.vn>, an@tinh.vn"
    message["Date"] = "Mon, 06 Feb 2017 08:30:00 +0700"
    message.set_content("Kính gửi Trung tâm,\n\nGửi kèm quyết định.\n")
    return message


def test_an_email_is_read_with_its_attachments(tmp_path: Path, letter: EmailMessage) -> None:
    letter.add_alternative("<p>Kính gửi <b>Trung tâm</b></p>", subtype="html")
    letter.add_attachment(PDF, maintype="application", subtype="pdf", filename="Quyết định.pdf")
    path = stored(tmp_path, letter.as_bytes())
    mail = read_mail(path)
    assert mail.subject.startswith("V/v gửi Quyết định số 04/2017/QĐ-UBND")
    assert mail.sender == "Văn thư Sở Nội vụ <vanthu@snv.vn>"
    assert mail.to == ("Trung tâm Lưu trữ <luutru@tinh.vn>", "an@tinh.vn")
    assert mail.date == datetime(2017, 2, 6, 1, 30, tzinfo=UTC)
    assert mail.text == "Kính gửi Trung tâm,\n\nGửi kèm quyết định."
    [attached] = mail.attachments
    assert (attached.name, attached.mime) == ("Quyết định.pdf", "application/pdf")
    assert (attached.size, attached.sha256) == (len(PDF), hashlib.sha256(PDF).hexdigest())
    assert extract_attachment(path, 0) == PDF


def test_an_email_of_html_alone_says_its_words_and_no_script(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"] = "a@b.vn"
    message.set_content(
        "<html><head><style>p{}</style></head><body><script>alert(1)</script>"
        "<p>Kính gửi&nbsp;ông</p><p>Trân trọng</p></body></html>",
        subtype="html",
    )
    mail = read_mail(stored(tmp_path, message.as_bytes()))
    assert mail.text == "Kính gửi ông\nTrân trọng"
    assert mail.attachments == ()


def test_a_forwarded_email_is_an_attachment(tmp_path: Path, letter: EmailMessage) -> None:
    outer = EmailMessage()
    outer["From"] = "a@b.vn"
    outer.set_content("xem thư kèm")
    outer.add_attachment(letter)
    path = stored(tmp_path, outer.as_bytes())
    mail = read_mail(path)
    assert [attached.mime for attached in mail.attachments] == ["message/rfc822"]
    assert b"vanthu@snv.vn" in extract_attachment(path, 0)


def test_headers_and_words_that_break_the_rules_are_still_read(tmp_path: Path) -> None:
    raw = (
        "From: Văn thư <a@b.vn>\r\nSubject: Quyết định\r\n mới\r\nDate: hôm qua\r\n"
        "Content-Type: text/plain; charset=nonsense\r\n\r\nKính gửi\r\n"
    ).encode()
    mail = read_mail(stored(tmp_path, raw))
    assert mail.sender == "Văn thư <a@b.vn>"
    assert (mail.subject, mail.date, mail.text) == ("Quyết định mới", None, "Kính gửi")


def test_a_missing_attachment_is_told(tmp_path: Path, letter: EmailMessage) -> None:
    with pytest.raises(Unreadable, match="no_such_attachment"):
        extract_attachment(stored(tmp_path, letter.as_bytes()), 0)


@pytest.mark.parametrize("depth", [60, 5000])
def test_an_email_nested_too_deep_is_refused(tmp_path: Path, depth: int) -> None:
    raw = "From: a@b.vn\r\n" + "".join(
        f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(depth)
    )
    with pytest.raises(Unreadable, match="mail_too_deep"):
        read_mail(stored(tmp_path, raw.encode()))


def test_an_email_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    raw = (
        'From: a@b.vn\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        + "--b\r\n\r\na\r\n" * 1500
    )
    with pytest.raises(Unreadable, match="mail_too_many_parts"):
        read_mail(stored(tmp_path, raw.encode()))


def test_an_empty_email_has_nothing_to_say(tmp_path: Path) -> None:
    mail = read_mail(stored(tmp_path, b"Subject:\r\n\r\n"))
    assert (mail.subject, mail.sender, mail.to, mail.date, mail.text) == ("", "", (), None, "")
