"""A certificate authority to test with: made by certomancer, its dates counted from today.

Nothing here turns the clock: files are signed now and judged at a later `at`, with the lists
that the authority would have published by then.
"""

import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from asn1crypto import crl, ocsp, tsp, x509
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, KeyLabel, ServiceLabel
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime.now(UTC).replace(microsecond=0)
YEAR = timedelta(days=365)
DAY = timedelta(days=1)
KEYS = (
    "root",
    "interm",
    "responder",
    "tsa",
    "tsa-short",
    "person",
    "organ",
    "stranger",
    "other-root",
)


@dataclass(frozen=True)
class Pki:
    """One authority: a root, an intermediate that issues to people, organs and time stampers."""

    config: Path
    port: int

    @property
    def _architecture(self) -> Any:
        return _loaded(self.config)

    def certificate(self, label: str) -> x509.Certificate:
        return self._architecture.get_cert(CertLabel(label))

    def signer(self, label: str, key: str) -> SimpleSigner:
        store = SimpleCertificateStore()
        store.register_multiple(
            [self.certificate(name) for name in ("interm", "root", "other-root")]
        )
        return SimpleSigner(
            self.certificate(label),
            self._architecture.key_set.get_private_key(KeyLabel(key)),
            store,
        )

    def pkcs12(self, label: str, passphrase: bytes) -> bytes:
        return bytes(self._architecture.package_pkcs12(CertLabel(label), password=passphrase))

    def crls(self, at: datetime) -> list[crl.CertificateList]:
        services = self._architecture.service_registry
        return [services.get_crl(ServiceLabel(name), at_time=at) for name in ("root", "interm")]

    def ocsp(self, labels: Iterable[str], at: datetime) -> list[ocsp.OCSPResponse]:
        responder = self._architecture.service_registry.summon_responder(
            ServiceLabel("interm"), at_time=at
        )
        issuer = self.certificate("interm")
        return [
            responder.build_ocsp_response(_question(self.certificate(label), issuer))
            for label in labels
        ]

    def stamper(self, label: str = "tsa", at: datetime | None = None) -> TimeStamper:
        service = self._architecture.service_registry.summon_timestamper(
            ServiceLabel(label), at_time=at or NOW
        )
        return _Stamper(service)

    def context(self, labels: Iterable[str], at: datetime = NOW) -> ValidationContext:
        """What a signer who asks for long-term data would have gathered at that moment."""
        return ValidationContext(
            trust_roots=[self.certificate("root")],
            other_certs=[self.certificate("interm")],
            crls=self.crls(at)[:1],
            ocsps=self.ocsp(labels, at),
            moment=at,
            revocation_mode="require",
        )

    def trust_folder(self, folder: Path, *moments: datetime, root: str = "root") -> Path:
        """A folder as an operator would keep it, with the lists of each moment."""
        for name in ("crls", "ocsp", "intermediates"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / f"{root}.crt").write_bytes(self.certificate(root).dump())
        (folder / "intermediates" / "interm.cer").write_bytes(self.certificate("interm").dump())
        for moment in moments:
            for number, published in enumerate(self.crls(moment)):
                name = f"{moment:%Y%m%d}-{number}.crl"
                (folder / "crls" / name).write_bytes(published.dump())
        return folder

    def service_url(self, kind: str, label: str) -> str:
        return f"http://127.0.0.1:{self.port}/trial/{kind}/{label}"


def serving(pki: Pki) -> Iterator[None]:
    """Run certomancer's server while the caller holds on, and stop that very process."""
    program = Path(sys.executable).with_name("certomancer")
    port = ("--port", str(pki.port))
    command = [str(program), "--config", str(pki.config), "animate", *port, "--no-web-ui"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(pki.port, server)
        yield
    finally:
        server.terminate()
        server.wait(timeout=10)


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the trial authority's server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class _Stamper(TimeStamper):
    """Stamps with certomancer's own service, without a network between."""

    def __init__(self, service: Any) -> None:
        super().__init__()
        self._service = service

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return self._service.request_tsa_response(req)


_LOADED: dict[Path, Any] = {}


def _loaded(config: Path) -> Any:
    if config not in _LOADED:
        _LOADED[config] = CertomancerConfig.from_file(str(config)).get_pki_arch(ArchLabel("trial"))
    return _LOADED[config]


def _question(certificate: x509.Certificate, issuer: x509.Certificate) -> ocsp.OCSPRequest:
    name = {
        "hash_algorithm": {"algorithm": "sha1"},
        "issuer_name_hash": certificate.issuer.sha1,
        "issuer_key_hash": issuer.public_key.sha1,
        "serial_number": certificate.serial_number,
    }
    return ocsp.OCSPRequest({"tbs_request": {"request_list": [{"req_cert": name}]}})


def make_pki(folder: Path, port: int) -> Pki:
    """Keys and configuration of the authority; `port` is where its services will listen."""
    for name in KEYS:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        (folder / f"{name}.pem").write_bytes(pem)
    config = folder / "certomancer.yml"
    config.write_text(yaml.safe_dump(_configuration(port), allow_unicode=True), encoding="utf-8")
    return Pki(config, port)


def _configuration(port: int) -> dict[str, Any]:
    return {
        "external-url-prefix": f"http://127.0.0.1:{port}",
        "keysets": {"trial": {"keys": {name: {"path": f"{name}.pem"} for name in KEYS}}},
        "pki-architectures": {
            "trial": {
                "keyset": "trial",
                "entity-defaults": {"country-name": "VN"},
                "entities": _ENTITIES,
                "certs": _certificates(),
                "services": _SERVICES,
            }
        },
    }


_ENTITIES = {
    "root": {"common-name": "Root CA", "organization-name": "Cơ quan chứng thực thử nghiệm"},
    "interm": {"common-name": "Issuing CA", "organization-name": "Cơ quan chứng thực thử nghiệm"},
    "responder": {"common-name": "OCSP responder"},
    "tsa": {"common-name": "Time stamping authority"},
    "tsa-short": {"common-name": "Short-lived time stamping authority"},
    "person": {
        "common-name": "Nguyễn Văn An",
        "organization-name": "Sở Tài chính",
        "organizational-unit-name": "Văn phòng Sở",
        "user-id": "CCCD:001080000001",
    },
    "organ": {
        "common-name": "Sở Tài chính",
        "organization-name": "Ủy ban nhân dân tỉnh",
        "user-id": "MST:0100000001",
    },
    "stranger": {"common-name": "Trần Thị Lạ"},
    "other-root": {"common-name": "Unknown root"},
}

_SERVICES = {
    "ocsp": {
        "interm": {
            "for-issuer": "interm",
            "responder-cert": "responder",
            "signing-key": "responder",
            "validity-period": {"days": 1},
        }
    },
    "crl-repo": {
        "root": {"for-issuer": "root", "signing-key": "root", "simulated-update-schedule": "P30D"},
        "interm": {
            "for-issuer": "interm",
            "signing-key": "interm",
            "simulated-update-schedule": "P10D",
        },
    },
    "time-stamping": {
        "tsa": {"signing-key": "tsa", "signing-cert": "tsa"},
        "tsa-short": {"signing-key": "tsa-short", "signing-cert": "tsa-short"},
    },
}


def _certificates() -> dict[str, Any]:
    usage = _usage("digital_signature", "non_repudiation")
    leaf = {"issuer": "interm", "extensions": [usage, *_REVOCATION]}
    stamping = _leaf("digital_signature", "time_stamping", *_REVOCATION)
    responding = _leaf("digital_signature", "ocsp_signing", {"id": "ocsp_no_check"})
    revoked = {"reason": "key_compromise"}
    return {
        "root": {"subject": "root", "issuer": "root", "extensions": _authority()} | _valid(-10, 40),
        "interm": {"issuer": "root", "extensions": [*_authority(), _crl("root")]} | _valid(-8, 30),
        "responder": responding | _valid(-5, 20),
        "tsa": stamping | _valid(-5, 20),
        "tsa-short": stamping | _valid(-5, 0.5),
        "person": {"subject": "person", "subject-key": "person"} | leaf | _valid(-2, 2),
        "organ": {"subject": "organ", "subject-key": "organ"} | leaf | _valid(-2, 5),
        "revoked-later": {"subject": "person", "subject-key": "person"}
        | leaf
        | _valid(-2, 4)
        | {"revocation": revoked | {"revoked-since": (NOW + 60 * DAY).isoformat()}},
        "revoked-before": {"subject": "person", "subject-key": "person"}
        | leaf
        | _valid(-2, 4)
        | {"revocation": revoked | {"revoked-since": (NOW - 30 * DAY).isoformat()}},
        "expiring": {"subject": "person", "subject-key": "person"} | leaf | _valid(-2, 0.25),
        "expired": {"subject": "person", "subject-key": "person"} | leaf | _valid(-2, -0.1),
        "other-root": {"subject": "other-root", "issuer": "other-root", "extensions": _authority()}
        | _valid(-5, 10),
        "stranger": {"subject": "stranger", "extensions": [_usage("non_repudiation")]}
        | {"subject-key": "stranger", "issuer": "other-root", "authority-key": "other-root"}
        | _valid(-2, 5),
    }


def _valid(start: float, end: float) -> dict[str, Any]:
    period = {
        "valid-from": (NOW + start * YEAR).isoformat(),
        "valid-to": (NOW + end * YEAR).isoformat(),
    }
    return {"validity": period}


def _usage(*names: str) -> dict[str, Any]:
    value = {"schema": "key-usage", "params": list(names)}
    return {"id": "key_usage", "critical": True, "smart-value": value}


def _crl(name: str) -> dict[str, Any]:
    value = {"schema": "crl-dist-url", "params": {"crl-repo-names": [name]}}
    return {"id": "crl_distribution_points", "smart-value": value}


def _authority() -> list[dict[str, Any]]:
    return [
        {"id": "basic_constraints", "critical": True, "value": {"ca": True}},
        _usage("digital_signature", "key_cert_sign", "crl_sign"),
    ]


def _leaf(usage: str, purpose: str, *more: dict[str, Any]) -> dict[str, Any]:
    extended = {"id": "extended_key_usage", "critical": True, "value": [purpose]}
    return {"issuer": "interm", "extensions": [_usage(usage), extended, *more]}


_REVOCATION = [
    _crl("interm"),
    {
        "id": "authority_information_access",
        "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": ["interm"]}},
    },
]


def paint_over(data: bytes) -> bytes:
    """Cover part of the first page by an update behind the end."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    cover = generic.StreamObject(stream_data=b"0 0 200 200 re f")
    writer.add_stream_to_page(0, writer.add_object(cover))
    changed = BytesIO()
    writer.write(changed)
    return changed.getvalue()
