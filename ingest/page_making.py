"""A received file's pages as PDF, whatever kind of file it is; everything later works on these."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from formats import mail, office, pictures, plain_text, text_pages
from formats.kinds import Family
from ingest.workspace import Workspace


def pages_pdf(work: Workspace, scratch: Path) -> tuple[Path, dict[str, Any]]:
    """The file's pages as PDF, and what should be known about how they were made."""
    original, out = work.file("original"), scratch / "made-pages.pdf"
    most = work.workshop.settings.page_limit
    match family_of(work):
        case Family.PDF:
            return original, {}
        case Family.PICTURE:
            pictures.to_pdf(original, out, most_pages=most)
            return out, {}
        case Family.TEXT:
            told = plain_text.read_text_file(original)
            text_pages.to_pdf(told.text, out, title=work.name, most_pages=most)
            return out, {"encoding": told.encoding, "encoding_guessed": told.guessed}
        case Family.EMAIL:
            letter = mail.read_mail(original)
            title = letter.subject or work.name
            text_pages.to_pdf(_as_letter(letter), out, title=title, most_pages=most)
            return out, {"attachments": [asdict(one) for one in letter.attachments]}
        case family:
            extension = work.facts["identify"]["extension"]
            return office.to_pdf(original, family, extension, scratch / "office"), {}


def _as_letter(letter: mail.Mail) -> str:
    """An e-mail as it is read: who, to whom, when, what about, what it says, what hangs on it."""
    day = letter.date.isoformat(sep=" ", timespec="minutes") if letter.date else ""
    heads = [
        ("Từ", letter.sender),
        ("Đến", ", ".join(letter.to)),
        ("Ngày", day),
        ("Tiêu đề", letter.subject),
        *(("Đính kèm", f"{one.name} ({one.size} B)") for one in letter.attachments),
    ]
    return "\n".join(f"{name}: {said}" for name, said in heads if said) + "\n\n" + letter.text


def made_with(work: Workspace) -> dict[str, str]:
    """The program that made the pages, where it was not the sender's."""
    if family_of(work) in (Family.WRITING, Family.TABLE, Family.SLIDES):
        return {"libreoffice": office.version()}
    return {}


def family_of(work: Workspace) -> Family:
    """What can be done with the file, as `identify` found."""
    return Family(work.facts["identify"]["family"])
