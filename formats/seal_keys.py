"""The keys that seal: made for a trial, or opened from a PKCS#12 file or a PKCS#11 token.

A key is opened once and then used for every seal: loading an RSA key costs more than signing with
it, and a token knows only one session a process. The secret is given beside the URL, never in it,
and is not kept.
"""

import contextlib
import hashlib
import os
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import pkcs11
from asn1crypto import keys as asn1_keys
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import Signer, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from formats.errors import ProgramFailed, Unreadable

TRIAL_UNIT = "Không có giá trị pháp lý / trial, no legal value"
_TRIAL_NAME = "KHÓA THỬ NGHIỆM – "
_TRIAL_YEARS = 10
_LONGEST_NAME = 64  # by X.520
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")

_PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class SealKey:
    """An opened key with its certificate; safe to use from several threads."""

    signer: Signer = field(repr=False)
    certificate: asn1_x509.Certificate = field(repr=False)
    fingerprint: str
    """SHA-256 of the certificate, in hexadecimal."""
    name: str
    valid_until: datetime
    is_trial: bool

    @property
    def is_lost(self) -> bool:
        """Whether its token stopped answering: it must be opened anew."""
        return isinstance(self.signer, _TokenSigner) and self.signer.is_lost

    @property
    def certificate_pem(self) -> bytes:
        """The certificate for people and programs that check a seal."""
        return bytes(pem.armor("CERTIFICATE", self.certificate.dump()))


def make_trial_key(folder: Path, organ_code: str, organ_name: str, passphrase: str) -> Path:
    """Make a key that seals but proves nothing in law, and says so in its certificate.

    Gives the PKCS#12 file, readable by its owner alone, with the certificate beside it (`.crt`).
    A key that is there already is kept: what it sealed must stay verifiable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = "".join(each if each.isalnum() else "-" for each in organ_code)
    apart = hashlib.sha256(organ_code.encode()).hexdigest()[:8]  # "A.B" and "A-B" are two organs
    path = folder / f"seal-{stem}-{apart}.p12"
    if path.exists():
        return path
    # RSA, because readers that agencies still use do not know elliptic curves.
    private = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    certificate = _trial_certificate(private, organ_name)
    packed = pkcs12.serialize_key_and_certificates(
        organ_code.encode(),
        private,
        certificate,
        None,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
    path.with_suffix(".crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(packed)
        file.flush()
        os.fsync(file.fileno())
    return path


def open_key(url: str, secret: str) -> SealKey:
    """Open a key by its URL; `secret` is the passphrase of the file or the PIN of the token.

    `pkcs12:///folder/seal.p12` (or `file:///…`), or
    `pkcs11:///usr/lib/softhsm/libsofthsm2.so?token=LABEL&key=LABEL`, where `cert=LABEL` names a
    certificate whose label is not the key's, `chain=/folder/chain.pem` adds the authority's
    certificates, and `raw=0` lets a token that can do so hash for ECDSA by itself.

    Raises:
        Unreadable: `seal_url_not_understood`, `seal_key_unreadable` (or a wrong secret).
        ProgramFailed: `seal_token_failed`: the token is not there or refuses.
    """
    parts = urlsplit(url)
    if parts.scheme in ("pkcs12", "file"):
        return _open_file(Path(unquote(parts.path)), secret)
    if parts.scheme == "pkcs11":
        return _open_token(parts, secret)
    raise Unreadable("seal_url_not_understood", scheme=parts.scheme)


class _KeptSigner(SimpleSigner):
    """Signs with a key that was loaded once; the library's own loads it twice a seal."""

    def __init__(
        self,
        private: _PrivateKey,
        certificate: asn1_x509.Certificate,
        chain: list[asn1_x509.Certificate],
    ) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(chain)
        der = private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        super().__init__(certificate, asn1_keys.PrivateKeyInfo.load(der), store)
        self._private = private

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        if dry_run:  # asked only for how long a signature will be
            return bytes(_signature_length(self._private))
        return self.sign_raw(data, digest_algorithm)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        digest = getattr(hashes, digest_algorithm.upper())()
        if isinstance(self._private, rsa.RSAPrivateKey):
            return self._private.sign(data, padding.PKCS1v15(), digest)
        return self._private.sign(data, ec.ECDSA(digest))


class _TokenSigner(PKCS11Signer):
    """Signs on a token, one signature at a time: a session must not be shared by two at once."""

    def __init__(self, lock: threading.Lock, **settings: Any) -> None:
        super().__init__(**settings)
        self._lock = lock
        self.is_lost = False

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        with self._lock:
            try:
                return await super().async_sign_raw(data, digest_algorithm, dry_run)
            except pkcs11.PKCS11Error:
                self.is_lost = True
                _forget(self.pkcs11_session)
                raise


def _seal_key(signer: Signer, certificate: asn1_x509.Certificate) -> SealKey:
    subject = certificate.subject.native
    return SealKey(
        signer=signer,
        certificate=certificate,
        fingerprint=certificate.sha256.hex(),
        name=str(subject.get("common_name") or certificate.subject.human_friendly),
        valid_until=certificate.not_valid_after,
        is_trial=subject.get("organizational_unit_name") == TRIAL_UNIT,
    )


def _open_file(path: Path, secret: str) -> SealKey:
    try:
        packed = path.read_bytes()
        private, certificate, others = pkcs12.load_key_and_certificates(packed, secret.encode())
    except (OSError, ValueError) as wrong:
        raise Unreadable("seal_key_unreadable", path=str(path)) from wrong
    if certificate is None or not isinstance(private, _PrivateKey):
        raise Unreadable("seal_key_unreadable", path=str(path))
    own = _asn1(certificate)
    return _seal_key(_KeptSigner(private, own, [_asn1(each) for each in others]), own)


def _open_token(parts: SplitResult, pin: str) -> SealKey:
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    library, token, key = unquote(parts.path), asked.get("token"), asked.get("key")
    if not library or not token or not key:
        raise Unreadable("seal_url_not_understood", scheme=parts.scheme)
    try:
        session, lock = _session(library, token, pin)
        with lock:
            signer = _TokenSigner(
                lock,
                pkcs11_session=session,
                key_label=key,
                cert_label=asked.get("cert", key),
                ca_chain=_chain(asked.get("chain")),
                use_raw_mechanism=False,
            )
            certificate = signer.signing_cert
    except (pkcs11.PKCS11Error, RuntimeError) as refused:
        raise ProgramFailed(
            "seal_token_failed", token=token, key=key, said=type(refused).__name__
        ) from refused
    # Few tokens hash for ECDSA by themselves.
    is_curve = certificate.public_key.algorithm == "ec"
    signer.use_raw_mechanism = is_curve and asked.get("raw") != "0"
    return _seal_key(signer, certificate)


_SESSIONS: dict[tuple[int, str, str], tuple[pkcs11.Session, threading.Lock]] = {}
_OPENING = threading.Lock()


def _session(library: str, token: str, pin: str) -> tuple[pkcs11.Session, threading.Lock]:
    """Give this process's one session with a token, opened at the first call.

    Tokens refuse a second log-in, and a session does not survive a fork.
    """
    name = (os.getpid(), library, token)
    with _OPENING:
        if name not in _SESSIONS:
            criteria = TokenCriteria(label=token)
            opened = open_pkcs11_session(library, token_criteria=criteria, user_pin=pin)
            _SESSIONS[name] = (opened, threading.Lock())
        return _SESSIONS[name]


def _forget(lost: pkcs11.Session) -> None:
    """Let go of a session that no longer works; the next key opens one anew."""
    with _OPENING:
        for name, (session, _) in list(_SESSIONS.items()):
            if session is lost:
                del _SESSIONS[name]
                with contextlib.suppress(pkcs11.PKCS11Error):
                    session.close()


def _chain(path: str | None) -> list[asn1_x509.Certificate]:
    if path is None:
        return []
    try:
        data = Path(path).read_bytes()
        return [asn1_x509.Certificate.load(der) for _, _, der in pem.unarmor(data, multiple=True)]
    except (OSError, ValueError) as wrong:
        raise Unreadable("seal_chain_unreadable", path=path) from wrong


def _asn1(certificate: Any) -> asn1_x509.Certificate:  # cryptography's own or its PKCS#12 wrapper
    plain = getattr(certificate, "certificate", certificate)
    return asn1_x509.Certificate.load(plain.public_bytes(serialization.Encoding.DER))


def _signature_length(private: _PrivateKey) -> int:
    length = (private.key_size + 7) // 8
    return length if isinstance(private, rsa.RSAPrivateKey) else 2 * length + 16


def _trial_certificate(private: rsa.RSAPrivateKey, organ_name: str) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(organ_name)),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, TRIAL_UNIT),
            x509.NameAttribute(NameOID.COMMON_NAME, _cut(_TRIAL_NAME + organ_name)),
        ]
    )
    start = datetime.now(UTC) - timedelta(hours=1)  # clocks of other machines may be behind
    public = private.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=_TRIAL_YEARS * 365))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]),
            critical=False,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(private, hashes.SHA256())
    )


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _cut(name: str) -> str:
    """Shorten a name to what a certificate may hold, between letters."""
    while len(name.encode()) > _LONGEST_NAME:
        name = name[:-2].rstrip() + "…"
    return name
