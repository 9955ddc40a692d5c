"""What a child that seals asks of its parent: a signature by the key, a stamp by the time server.

PDFs are taken apart in the child (`formats.confined`); the key, or the one session with its
token, never leaves the parent, and neither does the connection to the time server.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import pkcs11
from asn1crypto import tsp, x509
from asn1crypto.algos import SignedDigestAlgorithm
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from formats.confined import ask
from formats.errors import ProgramFailed
from formats.seal_keys import SealKey

_SECONDS = 15


@dataclass(frozen=True)
class PublicKey:
    """What may be known of a key by those who do not have it."""

    certificate: bytes
    chain: tuple[bytes, ...]
    mechanism: bytes | None
    fingerprint: str
    name: str
    valid_until: datetime
    is_trial: bool

    @classmethod
    def of(cls, key: SealKey) -> "PublicKey":
        """The public side of an opened key."""
        mechanism = key.signer.signature_mechanism
        return cls(
            certificate=key.certificate.dump(),
            chain=tuple(each.dump() for each in key.signer.cert_registry),
            mechanism=mechanism.dump() if mechanism else None,
            fingerprint=key.fingerprint,
            name=key.name,
            valid_until=key.valid_until,
            is_trial=key.is_trial,
        )

    def asking(self) -> SealKey:
        """A key for use in a child, which asks the parent for each signature."""
        certificate = x509.Certificate.load(self.certificate)
        signer = _AskingSigner(certificate, self.chain, self.mechanism)
        told = (self.fingerprint, self.name, self.valid_until, self.is_trial)
        return SealKey(signer, certificate, *told)


# ── in the child ─────────────────────────────────────────────────────────────────────────────


class _AskingSigner(Signer):
    """Has a certificate, and asks the parent to sign."""

    def __init__(
        self, certificate: x509.Certificate, chain: tuple[bytes, ...], mechanism: bytes | None
    ) -> None:
        store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        store.register_multiple(x509.Certificate.load(each) for each in chain)
        super().__init__(
            signing_cert=certificate,
            cert_registry=store,
            signature_mechanism=SignedDigestAlgorithm.load(mechanism) if mechanism else None,
        )

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        return bytes(ask(("sign", bytes(data), digest_algorithm, dry_run)))


class _AskingStamper(TimeStamper):
    """Makes requests for stamps, and asks the parent to send them."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(ask(("stamp", req.dump())))


@lru_cache(maxsize=8)
def asking_stamper(url: str) -> TimeStamper:
    """Give the one client of a server: each new one costs a request just to learn its size."""
    return _AskingStamper()  # type: ignore[no-untyped-call]


# ── in the parent ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Answers:
    """Answers a sealing child with this key and this time server.

    Raises:
        ProgramFailed: `timestamp_unreachable`, `seal_token_failed`; it ends the child's call.
    """

    key: SealKey
    timestamp_url: str | None

    def __call__(self, question: tuple[Any, ...]) -> bytes:
        """The bytes that were asked for."""
        match question:
            case ("sign", bytes(data), str(algorithm), bool(dry_run)):
                return self._signed(data, algorithm, dry_run)
            case ("stamp", bytes(request)):
                return self._stamped(request)
        raise ValueError("a question that no seal asks")

    def _signed(self, data: bytes, digest_algorithm: str, dry_run: bool) -> bytes:
        try:
            return asyncio.run(self.key.signer.async_sign_raw(data, digest_algorithm, dry_run))
        except pkcs11.PKCS11Error as refused:
            raise ProgramFailed("seal_token_failed", said=type(refused).__name__) from refused

    def _stamped(self, request: bytes) -> bytes:
        client = stamper(self.timestamp_url or "")
        wanted = tsp.TimeStampReq.load(request)
        try:
            return bytes(asyncio.run(client.async_request_tsa_response(wanted)).dump())
        except TimestampRequestError as silent:
            host = urlsplit(self.timestamp_url or "").hostname
            raise ProgramFailed("timestamp_unreachable", host=host) from silent


@lru_cache(maxsize=8)
def stamper(url: str) -> TimeStamper:
    """The one client of a server in this process."""
    return RequestsHTTPTimeStamper(url, timeout=_SECONDS)  # type: ignore[no-untyped-call]
