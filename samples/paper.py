"""Administrative papers, laid out as Decree 30/2020 asks, from the plain words in `words/`.

A text in `words/` starts with fields (`number: 212/QĐ-VP`; `|` parts lines), then an empty line,
then paragraphs: `# ` a centred heading, `~ ` a centred note, `[signature]` the signer's block,
`[page]` a new page.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import weasyprint

WORDS = Path(__file__).parent / "words"

STYLE = """
@page {
  size: A4; margin: 20mm 18mm 20mm 30mm;
  @top-center { content: counter(page); font-family: 'Liberation Serif'; font-size: 13pt }
}
@page :first { @top-center { content: none } }
html { font: 13pt/1.3 'Liberation Serif'; color: #111 }
p { margin: 0 0 5pt; text-align: justify; text-indent: 10mm }
table { width: 100%; border-collapse: collapse }
td { vertical-align: top; padding: 0; text-align: center }
.head td:first-child { width: 41% }
.head div { line-height: 1.2 }
.above { font-size: 12pt }
.organ { font-size: 12pt; font-weight: bold }
.state { font-size: 12pt; font-weight: bold }
.motto { font-size: 13pt; font-weight: bold }
.rule { border-top: .7pt solid #111; margin: 2pt auto 7pt; height: 0 }
.place { font-style: italic }
.about { font-size: 12pt; margin-top: 4pt }
.kind { text-align: center; font-weight: bold; font-size: 14pt; margin: 16pt 0 0 }
.subject { text-align: center; font-weight: bold; margin: 0 6mm; line-height: 1.2 }
.authority { text-align: center; font-weight: bold; margin: 4pt 0 8pt }
.to { text-align: center; margin: 14pt 0 12pt }
.heading { text-align: center; font-weight: bold; text-indent: 0; margin: 8pt 0 6pt }
.note { text-align: center; font-style: italic; text-indent: 0; margin: 0 6mm 10pt }
.ground { font-style: italic }
.sign { margin-top: 12pt; break-inside: avoid }
.sign td { width: 50% }
.sign .know { text-align: left; font-size: 11pt; line-height: 1.2 }
.sign .know b { font-size: 12pt; font-style: italic }
.sign .title { font-weight: bold; font-size: 13pt; line-height: 1.25 }
.sign .name { font-weight: bold; margin-top: 27mm }
.break { break-before: page }
"""


@dataclass(frozen=True)
class Paper:
    """The words of one document: the fields of its letterhead and its paragraphs."""

    fields: dict[str, str]
    paragraphs: tuple[str, ...]

    def lines(self, field: str) -> list[str]:
        """A field's lines; none when it is not there."""
        return self.fields[field].split("|") if field in self.fields else []


def read_paper(name: str) -> Paper:
    """The words kept under this name, in NFC."""
    text = unicodedata.normalize("NFC", (WORDS / f"{name}.txt").read_text("utf-8"))
    head, _, body = text.partition("\n\n") if re.match(r"\w+: ", text) else ("", "", text)
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return Paper(fields, tuple(line for line in body.splitlines() if line.strip()))


def print_paper(paper: Paper, to: Path, *, pdfa: bool = False) -> None:
    """A born-digital PDF of the paper, its fonts embedded; as PDF/A-2b when asked."""
    subject = " ".join(paper.lines("subject") or paper.lines("about"))
    html = (
        f"<html lang=vi><head><title>{escape(subject)}</title>"
        f"<style>{STYLE}</style></head><body>{''.join(_body(paper))}</body></html>"
    )
    variant = {"pdf_variant": "pdf/a-2b"} if pdfa else {}
    weasyprint.HTML(string=html).write_pdf(to, **variant)


def _body(paper: Paper) -> Iterator[str]:
    if "number" in paper.fields:
        yield _letterhead(paper)
    if "kind" in paper.fields:
        yield f"<div class=kind>{escape(paper.fields['kind'])}</div>"
        yield f"<div class=subject>{_joined(paper.lines('subject'))}</div>"
        yield "<div class=rule style='width:45mm;margin-top:4pt;margin-bottom:10pt'></div>"
    for field in ("authority", "to"):
        if field in paper.fields:
            start = "Kính gửi: " if field == "to" else ""
            yield f"<div class={field}>{start}{_joined(paper.lines(field))}</div>"
    for paragraph in paper.paragraphs:
        yield _paragraph(paragraph, paper)


def _letterhead(paper: Paper) -> str:
    about = f"<div class=about>{_joined(paper.lines('about'))}</div>"
    return (
        "<table class=head><tr><td>"
        f"<div class=above>{_joined(paper.lines('above'))}</div>"
        f"<div class=organ>{_joined(paper.lines('organ'))}</div>"
        "<div class=rule style='width:22mm'></div>"
        f"<div>Số: {escape(paper.fields['number'])}</div>{about if 'about' in paper.fields else ''}"
        "</td><td><div class=state>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</div>"
        "<div class=motto>Độc lập - Tự do - Hạnh phúc</div>"
        "<div class=rule style='width:56mm'></div>"
        f"<div class=place>{escape(paper.fields['place'])}, {escape(paper.fields['date'])}</div>"
        "</td></tr></table>"
    )


def _paragraph(text: str, paper: Paper) -> str:
    if text == "[signature]":
        return _signature(paper)
    if text == "[page]":
        return "<div class=break></div>"
    if text.startswith("# "):
        return f"<p class=heading>{escape(text[2:])}</p>"
    if text.startswith("~ "):
        return f"<p class=note>{escape(text[2:])}</p>"
    if text.startswith(("Căn cứ ", "Xét đề nghị", "Theo đề nghị")) and text[-1] in ";,":
        return f"<p class=ground>{escape(text)}</p>"
    article = re.match(r"Điều \d+\. ?", text)
    if article is None:
        return f"<p>{escape(text)}</p>"
    bold = article.end() if text[-1] in ".;:/" or len(text) > 90 else len(text)
    return f"<p><b>{escape(text[:bold])}</b>{escape(text[bold:])}</p>"


def _signature(paper: Paper) -> str:
    return (
        "<table class=sign><tr><td class=know><b>Nơi nhận:</b><br>"
        f"{_joined(paper.lines('to_know'))}</td><td>"
        f"<div class=title>{_joined(paper.lines('title'))}</div>"
        f"<div class=name>{escape(paper.fields['signer'])}</div></td></tr></table>"
    )


def _joined(lines: list[str]) -> str:
    return "<br>".join(escape(line) for line in lines)
