"""Whether a certificate is a person's or an organ's, by the signs that certificates here show."""

import pytest
from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from formats.signers import read_signer

_KEY = keys.PublicKeyInfo.load(
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
)


def certificate(**subject: str) -> x509.Certificate:
    name = x509.Name.build(subject)
    return x509.Certificate(
        {"tbs_certificate": {"subject": name, "issuer": name, "subject_public_key_info": _KEY}}
    )


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ({"common_name": "Nguyễn Văn An", "organization_name": "Sở Tài chính"}, "person"),
        ({"common_name": "TRẦN THỊ BÌNH"}, "person"),
        ({"common_name": "NGUYEN VAN AN"}, "person"),
        ({"common_name": "Kpă Klơng", "user_id": "CCCD:064080000001"}, "person"),
        ({"common_name": "An", "surname": "Nguyễn"}, "person"),
        ({"common_name": "Sở Tài chính", "organization_name": "UBND tỉnh"}, "organ"),
        ({"common_name": "Ủy ban nhân dân tỉnh"}, "organ"),
        ({"common_name": "UY BAN NHAN DAN TINH"}, "organ"),
        ({"common_name": "Alpha", "organization_name": "Alpha"}, "organ"),
        ({"common_name": "Alpha", "user_id": "MST:0100000001"}, "organ"),
        ({"common_name": "Alpha", "organization_name": "Beta"}, "unknown"),
        ({"organization_name": "Beta"}, "organ"),
        ({"country_name": "VN"}, "unknown"),
    ],
)
def test_the_kind_of_signer_is_read_from_the_subject(subject: dict[str, str], kind: str) -> None:
    assert read_signer(certificate(**subject)).kind == kind


def test_names_are_normalised() -> None:
    signer = read_signer(certificate(common_name="Nguyễn Văn An"))
    assert signer.name == "Nguyễn Văn An"
