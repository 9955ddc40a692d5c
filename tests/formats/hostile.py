"""Files that are small, valid enough to be opened, and meant to hold up whoever opens them."""

from pathlib import Path


def tangled_form(path: Path, *, levels: int = 30, repeated: int = 10) -> Path:
    """A PDF of a few KB whose tree of form fields has `repeated` to the power of `levels` ways."""
    fields = [
        f"<< /T (f{level}) /Kids [{f'{level + 1} 0 R ' * repeated}] >>"
        for level in range(4, 4 + levels)
    ]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] /SigFlags 3 >> >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >> % /ByteRange [0 1 2 3]",
        *fields,
        "<< /T (last) /FT /Sig >>",
    ]
    return written(path, objects)


def page_with_box(path: Path, box: str) -> Path:
    """A PDF with one page of words, whose size is what the box says."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    content = "BT /F 12 Tf 20 20 Td (Cong van) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Contents 4 0 R"
        f" /Resources << /Font << /F {font} >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
    ]
    return written(path, objects)


def written(path: Path, objects: list[str]) -> Path:
    """A PDF of these objects, the first of them its root."""
    body, places = "%PDF-1.7\n", []
    for number, said in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{said}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    path.write_bytes(f"{body}{tail}startxref\n{len(body)}\n%%EOF\n".encode("latin-1"))
    return path
