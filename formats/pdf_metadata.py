"""What a PDF says about itself: title, language, origin, and which PDF/A it claims to be."""

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from formats.programs import MEGABYTE

LARGEST_XMP = 4 * MEGABYTE
NAMESPACE = "urn:luutru:record:1#"
_PROPERTIES = {
    "OriginalSHA256": "SHA-256 of the file from which this copy was made, as it was received",
    "OriginalName": "Name of the file from which this copy was made, as it was received",
}


@dataclass(frozen=True)
class Description:
    """What an archival copy is told to say about itself.

    Attributes:
        title: shown by readers in the place of the file name.
        language: of the text, as in BCP 47.
        creators: organs or people that made the document.
        subject: what it is about.
        created: when the document was made.
        moment: when this copy was made; the same moment makes the same bytes.
        original_sha256: digest of the received file.
        original_name: its name at reception.
    """

    title: str
    language: str = "vi"
    creators: tuple[str, ...] = ()
    subject: str = ""
    created: datetime | None = None
    moment: datetime | None = None
    original_sha256: str | None = None
    original_name: str | None = None


def describe(pdf: Pdf, description: Description) -> None:
    """Write the description into a document whose PDF/A metadata is prepared already."""
    moment = description.moment or datetime.now(UTC)
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as metadata:
        metadata["dc:title"] = description.title
        metadata["dc:language"] = {description.language}
        if description.creators:
            metadata["dc:creator"] = list(description.creators)
        if description.subject:
            metadata["dc:description"] = description.subject
        if description.created:
            metadata["xmp:CreateDate"] = _instant(description.created)
        metadata["xmp:ModifyDate"] = _instant(moment)
        metadata["xmp:MetadataDate"] = _instant(moment)
    _add_origin(pdf, description)
    pdf.Root[Name.Lang] = String(description.language)
    preferences = pdf.Root.get(Name.ViewerPreferences)
    if not isinstance(preferences, Dictionary):
        preferences = Dictionary()
    preferences[Name.DisplayDocTitle] = True
    pdf.Root[Name.ViewerPreferences] = preferences


def pdf_date(moment: datetime) -> str:
    """The instant in the form that PDF dates have."""
    return moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")


def claimed_flavour(pdf: Pdf) -> str | None:
    """The PDF/A flavour that the metadata claims, such as "2b"; None when it claims none."""
    metadata = pdf.Root.get(Name.Metadata)
    if not isinstance(metadata, Stream) or read_at_most(metadata, LARGEST_XMP) is None:
        return None
    said = pdf.open_metadata().pdfa_status
    return said.lower() or None


def read_at_most(stream: Stream, limit: int) -> bytes | None:
    """What a plain or deflated stream holds, or None when that is more than the limit."""
    packed = stream.read_raw_bytes()
    filters = stream.get(Name.Filter)
    if filters is None:
        return packed if len(packed) <= limit else None
    only = filters[0] if isinstance(filters, Array) and len(filters) == 1 else filters
    if only != Name.FlateDecode or Name.DecodeParms in stream:
        return None
    unpacked = zlib.decompressobj()
    try:
        plain = unpacked.decompress(packed, limit)
    except zlib.error:
        return None
    return None if unpacked.unconsumed_tail else plain


def _add_origin(pdf: Pdf, description: Description) -> None:
    """Name the received file, in a namespace of our own that is declared as PDF/A wants it."""
    values = {
        "OriginalSHA256": description.original_sha256,
        "OriginalName": description.original_name,
    }
    said = "".join(
        f"<luutru:{name}>{_plain(value)}</luutru:{name}>" for name, value in values.items() if value
    )
    if not said:
        return
    declared = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{meaning}</pdfaProperty:description></rdf:li>"
        for name, meaning in _PROPERTIES.items()
    )
    added = (
        f'<rdf:Description xmlns:luutru="{NAMESPACE}" rdf:about="">{said}</rdf:Description>'
        '<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
        ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
        ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">'
        '<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Origin of an archived record</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>luutru</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{declared}</rdf:Seq></pdfaSchema:property>"
        "</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
    )
    packet = pdf.Root[Name.Metadata].read_bytes()
    head, end, tail = packet.rpartition(b"</rdf:RDF>")
    metadata = Stream(pdf, head + added.encode() + end + tail)
    metadata[Name.Type], metadata[Name.Subtype] = Name.Metadata, Name.XML
    pdf.Root[Name.Metadata] = metadata


def _plain(value: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in value)
    return escape(printable)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0).isoformat()
