"""Whom we believe, and what we know about their certificates: a folder that an operator keeps.

    trust/*.crt *.cer *.pem      the anchors: roots that are believed without further proof
    trust/intermediates/*        certificates that lead from a signer to an anchor
    trust/crls/*                 revocation lists; keep the older ones, they speak for the past
    trust/ocsp/*                 answers about single certificates

Nothing is ever fetched: what the folder does not say is unknown.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from asn1crypto import crl, ocsp, pem, x509
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import (
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from formats.programs import MEGABYTE

_LARGEST = 64 * MEGABYTE
_CERTIFICATES = {".crt", ".cer", ".pem", ".der"}
_MOST_FILES = 10_000

T = TypeVar("T")


@dataclass(frozen=True)
class Evidence:
    """Certificates and revocation data, from a folder or from inside a document."""

    certificates: tuple[x509.Certificate, ...] = ()
    crls: tuple[crl.CertificateList, ...] = ()
    ocsps: tuple[ocsp.OCSPResponse, ...] = ()

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(
            self.certificates + other.certificates,
            self.crls + other.crls,
            self.ocsps + other.ocsps,
        )

    def speaking_for(self, certificates: Iterable[x509.Certificate]) -> "Evidence":
        """Leave out lists that stay silent about an expired certificate because it has expired.

        An authority may drop expired certificates from its lists, so a list made after the end
        of a certificate proves nothing about it, unless it names it or says that it keeps all.
        """
        held = tuple(certificates)
        return replace(self, crls=tuple(each for each in self.crls if _speaks(each, held)))


@dataclass(frozen=True)
class Trust:
    """What a trust folder holds; `problems` names the files in it that could not be read."""

    anchors: tuple[x509.Certificate, ...] = ()
    evidence: Evidence = Evidence()
    problems: tuple[str, ...] = ()
    pinned: frozenset[str] = frozenset()
    """Fingerprints of single certificates that are believed for themselves: our own seals."""

    def believed(self, held: Iterable[x509.Certificate]) -> list[x509.Certificate]:
        """The anchors, and those of the certificates at hand that are pinned."""
        return [*self.anchors, *(each for each in held if each.sha256.hex() in self.pinned)]


@dataclass(frozen=True)
class TrustFolder:
    """Where anchors and revocation data lie; a folder that is not there trusts nobody."""

    path: Path | None = None

    def load(self) -> Trust:
        """Read the folder as it is now; a damaged file is named, and the others still count."""
        problems: list[str] = []
        if self.path is None or not self.path.is_dir():
            return Trust()
        anchors = _read(self.path, _certificates, problems, only=_CERTIFICATES)
        intermediates = _read(self.path / "intermediates", _certificates, problems)
        crls = _read(self.path / "crls", _crls, problems)
        ocsps = _read(self.path / "ocsp", _ocsps, problems)
        return Trust(anchors, Evidence(intermediates, crls, ocsps), tuple(problems))


def offline_rules(
    anchors: Iterable[x509.Certificate],
    evidence: Evidence,
    revocation: RevocationCheckingPolicy = REQUIRE_REVINFO,
) -> SignatureValidationSpec:
    """Rules for judging a signature with these anchors and this evidence, without a network.

    A later list or answer may speak for an earlier moment (`retroactive_revinfo`): the moments
    that we judge are proved by time stamps, and the data is often gathered afterwards. This is
    wrong for an authority that lifts suspensions again; then the earlier list must be kept.
    """
    containers = [each for one in evidence.ocsps for each in OCSPContainer.load_multi(one)]
    responders = [each for one in evidence.ocsps for each in _responders(one)]
    return SignatureValidationSpec(
        cert_validation_policy=CertValidationPolicySpec(
            trust_manager=SimpleTrustManager.build(trust_roots=list(anchors)),
            revinfo_policy=CertRevTrustPolicy(revocation, retroactive_revinfo=True),
        ),
        revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        local_knowledge=LocalKnowledge(
            known_ocsps=containers,
            known_crls=[CRLContainer(each) for each in evidence.crls],
            known_certs=[*evidence.certificates, *responders],
        ),
        # Certificates for official use carry one or the other; either is made for signing.
        key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}),
    )


def _read(
    folder: Path,
    parse: Callable[[bytes], Iterator[T]],
    problems: list[str],
    only: set[str] | None = None,
) -> tuple[T, ...]:
    found: list[T] = []
    files = sorted(each for each in folder.glob("*") if each.is_file())[:_MOST_FILES]
    for file in files:
        if only is not None and file.suffix.lower() not in only:
            continue
        try:
            if file.stat().st_size > _LARGEST:
                raise ValueError("larger than any list")
            found.extend(parse(file.read_bytes()))
        except (OSError, ValueError, TypeError, KeyError):
            problems.append(f"{folder.name}/{file.name}")
    return tuple(found)


def _der(data: bytes) -> Iterator[bytes]:
    if pem.detect(data):
        yield from (der for _, _, der in pem.unarmor(data, multiple=True))
    else:
        yield data


def _certificates(data: bytes) -> Iterator[x509.Certificate]:
    for der in _der(data):
        certificate = x509.Certificate.load(der)
        _ = certificate.not_valid_after  # asn1crypto parses late; a damaged file must show here
        yield certificate


def _crls(data: bytes) -> Iterator[crl.CertificateList]:
    for der in _der(data):
        listing = crl.CertificateList.load(der)
        _ = listing["tbs_cert_list"]["this_update"].native
        yield listing


def _ocsps(data: bytes) -> Iterator[ocsp.OCSPResponse]:
    for der in _der(data):
        answer = ocsp.OCSPResponse.load(der)
        _ = answer["response_status"].native
        yield answer


def _responders(answer: ocsp.OCSPResponse) -> Iterator[x509.Certificate]:
    if answer["response_status"].native == "successful":
        yield from answer.basic_ocsp_response["certs"] or ()


def _speaks(listing: crl.CertificateList, held: tuple[x509.Certificate, ...]) -> bool:
    made = listing["tbs_cert_list"]["this_update"].native
    silent = [
        each for each in held if each.issuer == listing.issuer and made > each.not_valid_after
    ]
    if not silent or _keeps_expired(listing):
        return True
    return _names_one_of(listing, {each.serial_number for each in silent})


def _keeps_expired(listing: crl.CertificateList) -> bool:
    extensions = listing["tbs_cert_list"]["crl_extensions"]
    return any(each["extn_id"].dotted == "2.5.29.60" for each in extensions or ())


def _names_one_of(listing: crl.CertificateList, serials: set[int]) -> bool:
    revoked = listing["tbs_cert_list"]["revoked_certificates"]
    return any(each["user_certificate"].native in serials for each in revoked or ())
