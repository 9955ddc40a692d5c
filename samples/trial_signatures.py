"""A trial certificate authority, made anew at each run, and what signers do with its certificates.

Private keys live in memory and are gone when the run ends: only the root's certificate and its
revocation list are kept (`trust/`), so that the samples can be checked without any network.
"""

# mypy: disable-error-code="no-untyped-call"
# (the library that writes PDF increments has few types)

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2056, 1, 1, tzinfo=UTC)
ROOT_NAME = "CA THỬ NGHIỆM"
PERSON = "Nguyễn Văn An (THỬ NGHIỆM)"
ORGAN = "VĂN PHÒNG ỦY BAN NHÂN DÂN (THỬ NGHIỆM)"
EXPIRED = "Đỗ Thị Hạnh (THỬ NGHIỆM)"
CLOCK = "Dấu thời gian (THỬ NGHIỆM)"
# "Expired certificates stay on this list": without it a list says nothing of those.
_KEEPS_EXPIRED = x509.UnrecognizedExtension(
    x509.ObjectIdentifier("2.5.29.60"), b"\x18\x0f20200101000000Z"
)


@dataclass(frozen=True)
class Identity:
    """A certificate and the key to it."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


@dataclass(frozen=True)
class TrialAuthority:
    """The root and everyone it vouches for."""

    root: Identity
    person: Identity
    organ: Identity
    expired: Identity
    clock: Identity


def found_authority() -> TrialAuthority:
    """A root and those it vouches for; one of their certificates ran out in 2023."""
    key = rsa.generate_private_key(65537, 2048)
    root = Identity(_certificate(ROOT_NAME, key, None, (BEGINNING, END)), key)
    short = (datetime(2021, 1, 1, tzinfo=UTC), datetime(2023, 1, 1, tzinfo=UTC))
    return TrialAuthority(
        root=root,
        person=_vouched(PERSON, root),
        organ=_vouched(ORGAN, root),
        expired=_vouched(EXPIRED, root, short),
        clock=_vouched(CLOCK, root, stamps_time=True),
    )


def write_trust(authority: TrialAuthority, folder: Path) -> None:
    """The folder that a validator needs: the root, and a revocation list good for thirty years."""
    (folder / "crls").mkdir(parents=True, exist_ok=True)
    root = authority.root
    (folder / "ca-thu-nghiem.crt").write_bytes(
        root.certificate.public_bytes(serialization.Encoding.PEM)
    )
    revoked = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(datetime(2025, 1, 1, tzinfo=UTC))
        .next_update(END - timedelta(days=1))
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(_authority_key(root), critical=False)
        .add_extension(_KEEPS_EXPIRED, critical=False)
        .sign(root.key, hashes.SHA256())
    )
    (folder / "crls" / "ca-thu-nghiem.crl").write_bytes(
        revoked.public_bytes(serialization.Encoding.DER)
    )


def _vouched(
    name: str,
    root: Identity,
    validity: tuple[datetime, datetime] = (BEGINNING, END - timedelta(days=1)),
    *,
    stamps_time: bool = False,
) -> Identity:
    key = rsa.generate_private_key(65537, 2048)
    return Identity(_certificate(name, key, root, validity, stamps_time=stamps_time), key)


def _certificate(
    name: str,
    key: rsa.RSAPrivateKey,
    issuer: Identity | None,
    validity: tuple[datetime, datetime],
    *,
    stamps_time: bool = False,
) -> x509.Certificate:
    subject = _subject(name)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(_usage(is_root=issuer is None, stamps_time=stamps_time), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer is not None:
        builder = builder.add_extension(_authority_key(issuer), critical=False)
    if stamps_time:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    return builder.sign(issuer.key if issuer else key, hashes.SHA256())


def _subject(name: str) -> x509.Name:
    """A name as Vietnamese authorities write it, with an identity number of zeros."""
    parts = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.ORGANIZATION_NAME, ORGAN)]
    if name in {PERSON, EXPIRED}:
        parts.append((NameOID.USER_ID, "CCCD:000000000000"))
    elif name == ORGAN:
        parts.append((NameOID.USER_ID, "MST:0000000000"))
    else:
        parts.pop()
    parts += [
        (NameOID.ORGANIZATIONAL_UNIT_NAME, "Không có giá trị pháp lý"),
        (NameOID.COMMON_NAME, name),
    ]
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def _usage(*, is_root: bool, stamps_time: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root and not stamps_time,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _authority_key(issuer: Identity) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier.value)


@dataclass(frozen=True)
class Mark:
    """What a signature looks like and where: page from 0, box in points from the bottom left."""

    picture: Image.Image
    page: int
    box: tuple[int, int, int, int]


class _DatedSigner(PdfSigner):
    """A signer whose clock stands at the date of the document."""

    at: datetime

    def init_signing_session(self, *arguments: Any, **options: Any) -> PdfSigningSession:
        session = super().init_signing_session(*arguments, **options)
        session.system_time = self.at
        return session


def sign(
    pdf: Path,
    to: Path,
    identity: Identity,
    mark: Mark,
    at: datetime,
    *,
    root: Identity,
    field: str,
    clock: Identity | None = None,
) -> None:
    """Sign as PAdES (B-B, or B-T with a clock), appended to the file, at the moment given."""
    store = SimpleCertificateStore()
    store.register(_asn1(root.certificate))
    signer = _DatedSigner(
        PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            location="Việt Nam (thử nghiệm)",
        ),
        signer=SimpleSigner(_asn1(identity.certificate), _asn1_key(identity.key), store),
        timestamper=_stamper(clock, at, store) if clock else None,
        stamp_style=StaticStampStyle(
            background=PdfImage(mark.picture), border_width=0, background_opacity=1.0
        ),
        new_field_spec=SigFieldSpec(field, on_page=mark.page, box=mark.box),
    )
    signer.at = at
    with pdf.open("rb") as source, to.open("w+b") as output:
        signer.sign_pdf(IncrementalPdfFileWriter(source), output=output)


def change_page(signed: Path, patch: Path, to: Path) -> None:
    """Lay the patch over the first page by an increment: the signed bytes stay, the page lies."""
    with signed.open("rb") as source, to.open("wb") as output:
        writer = IncrementalPdfFileWriter(source)
        page = ImportedPdfPage(str(patch))
        page.set_writer(writer)
        drawn = page.render()
        before = writer.add_object(StreamObject(stream_data=b"q"))  # the page may turn its axes
        after = writer.add_object(StreamObject(stream_data=b"Q q " + drawn + b" Q"))
        writer.add_stream_to_page(0, before, prepend=True)
        writer.add_stream_to_page(0, after, resources=page.resources.as_pdf_object())
        writer.write(output)


def _stamper(clock: Identity, at: datetime, store: SimpleCertificateStore) -> DummyTimeStamper:
    return DummyTimeStamper(
        _asn1(clock.certificate), _asn1_key(clock.key), store, fixed_dt=at + timedelta(seconds=2)
    )


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _asn1_key(key: rsa.RSAPrivateKey) -> keys.PrivateKeyInfo:
    encoded = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return keys.PrivateKeyInfo.load(encoded)
