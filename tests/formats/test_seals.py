"""The archive's seals: what level a file really carries, and what becomes of it when touched."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from formats import confined
from formats.errors import ProgramFailed, Unreadable
from formats.seal_keys import SealKey, make_trial_key, open_key
from formats.seals import check_detached, check_seal, seal, seal_detached
from formats.signatures import check_signatures
from formats.stamps import Stamp
from formats.trust import TrustFolder
from formats.verapdf import validate
from tests.formats.hostile import tangled_form
from tests.formats.pki import DAY, NOW, Pki, paint_over

PIN = "4321"
SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.fixture(scope="session")
def fonts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


def test_a_trial_key_says_that_it_is_one(tmp_path: Path) -> None:
    path = make_trial_key(tmp_path, "T01", "Sở Nội vụ", "secret")
    key = open_key(f"file://{path}", "secret")
    assert key.is_trial
    assert key.name == "KHÓA THỬ NGHIỆM – Sở Nội vụ"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.with_suffix(".crt").read_bytes() == key.certificate_pem
    assert key.certificate.key_usage_value is not None
    assert set(key.certificate.key_usage_value.native) == {"digital_signature", "non_repudiation"}


def test_a_trial_key_is_made_once(tmp_path: Path) -> None:
    path = make_trial_key(tmp_path, "T/01", "Sở Nội vụ", "secret")
    before = path.read_bytes()
    assert make_trial_key(tmp_path, "T/01", "Sở Nội vụ", "secret").read_bytes() == before


def test_a_long_organ_name_is_cut_in_the_certificate(tmp_path: Path) -> None:
    path = make_trial_key(tmp_path, "T01", "Ban quản lý " + "dự án đầu tư " * 12, "secret")
    assert open_key(f"file://{path}", "secret").name.startswith("KHÓA THỬ NGHIỆM – Ban quản lý")


def test_a_wrong_passphrase_is_refused_and_not_repeated(tmp_path: Path) -> None:
    path = make_trial_key(tmp_path, "T01", "Sở Nội vụ", "secret")
    with pytest.raises(Unreadable) as refused:
        open_key(f"pkcs12://{path}", "wrong-secret")
    assert refused.value.code == "seal_key_unreadable"
    assert "wrong-secret" not in str(refused.value)


@pytest.mark.parametrize("url", ["https://x/y", "pkcs11:///lib.so", "seal.p12"])
def test_a_url_that_names_no_key_is_refused(url: str) -> None:
    with pytest.raises(Unreadable, match="seal_url_not_understood"):
        open_key(url, "secret")


def test_nothing_secret_shows_in_a_key(trial_key: SealKey) -> None:
    assert "secret" not in repr(trial_key)
    assert "PrivateKey" not in repr(trial_key)


@pytest.mark.rule("HC-08")
def test_a_sealed_file_holds_and_the_original_is_untouched(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    before = pdfa.read_bytes()
    sealed = tmp_path / "sealed.pdf"
    result = seal(pdfa, sealed, trial_key, reason="Lưu trữ")
    assert (result.level, result.reason, result.is_trial) == ("B-B", None, True)
    assert pdfa.read_bytes() == before
    assert sealed.read_bytes().startswith(before)
    verdict = check_seal(sealed, {trial_key.fingerprint})
    assert (verdict.state, verdict.holds) == ("valid_trial", True)
    assert verdict.check is not None and verdict.check.time == result.sealed_at
    assert list(tmp_path.glob("*.part")) == []


def test_the_library_itself_finds_a_trial_seal_valid_when_told_to_trust_its_certificate(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    sealed = tmp_path / "sealed.pdf"
    seal(pdfa, sealed, trial_key)
    with sealed.open("rb") as stream:
        (signature,) = PdfFileReader(stream).embedded_signatures
        context = ValidationContext(trust_roots=[trial_key.certificate], allow_fetching=False)
        status = validate_pdf_signature(signature, context)
    assert status.bottom_line


@pytest.mark.tools
def test_the_pyhanko_command_finds_a_trial_seal_valid(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    command = Path(sys.executable).with_name("pyhanko")
    sealed, certificate = tmp_path / "sealed.pdf", tmp_path / "seal.crt"
    seal(pdfa, sealed, trial_key)
    certificate.write_bytes(trial_key.certificate_pem)
    arguments = ["sign", "validate", "--trust", str(certificate), str(sealed)]
    told = subprocess.run([command, *arguments], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr


@pytest.mark.rule("HC-68")
def test_a_sealed_file_that_was_changed_does_not_hold(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    sealed = tmp_path / "sealed.pdf"
    seal(pdfa, sealed, trial_key)
    data = bytearray(sealed.read_bytes())
    data[data.find(b"stream") + 40] ^= 1
    sealed.write_bytes(bytes(data))
    verdict = check_seal(sealed, {trial_key.fingerprint})
    assert (verdict.state, verdict.reason) == ("invalid", "bytes_changed")


@pytest.mark.rule("HC-68")
def test_a_sealed_file_with_an_update_behind_its_end_does_not_hold(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    sealed = tmp_path / "sealed.pdf"
    seal(pdfa, sealed, trial_key)
    sealed.write_bytes(paint_over(sealed.read_bytes()))
    verdict = check_seal(sealed, {trial_key.fingerprint})
    assert (verdict.state, verdict.reason) == ("invalid", "changed_after_signing")


def test_a_seal_of_another_key_is_not_ours(
    pdfa: Path, trial_key: SealKey, organ_key: SealKey, tmp_path: Path
) -> None:
    sealed = tmp_path / "sealed.pdf"
    seal(pdfa, sealed, organ_key)
    verdict = check_seal(sealed, {trial_key.fingerprint})
    assert (verdict.state, verdict.reason) == ("missing", "not_sealed_by_us")
    assert check_seal(pdfa, {trial_key.fingerprint}).state == "missing"


def test_a_pinned_seal_holds_after_its_certificate_has_ended(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    sealed = tmp_path / "sealed.pdf"
    seal(pdfa, sealed, trial_key)
    long_after = trial_key.valid_until + timedelta(days=1000)
    assert check_seal(sealed, {trial_key.fingerprint}, at=long_after).holds


def test_an_ended_certificate_seals_nothing_more(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    with pytest.raises(ProgramFailed, match="seal_certificate_expired"):
        seal(pdfa, tmp_path / "x.pdf", trial_key, at=trial_key.valid_until + DAY)


@pytest.mark.tools
def test_a_stamped_seal_carries_the_servers_time(
    pdfa: Path, trial_key: SealKey, tmp_path: Path, pki_server: Pki, trust_now: Path
) -> None:
    sealed = tmp_path / "sealed.pdf"
    url = pki_server.service_url("tsa", "tsa")
    result = seal(pdfa, sealed, trial_key, level="B-T", timestamp_url=url)
    assert (result.level, result.time_source) == ("B-T", "timestamp")
    verdict = check_seal(sealed, {trial_key.fingerprint}, TrustFolder(trust_now))
    assert verdict.holds
    assert verdict.check is not None and verdict.check.time_source == "signature_timestamp"


@pytest.mark.tools
@pytest.mark.rule("HC-08")
def test_a_long_term_seal_carries_all_that_later_readers_need(
    pdfa: Path, organ_key: SealKey, tmp_path: Path, pki_server: Pki, trust_now: Path, fonts: Path
) -> None:
    sealed = tmp_path / "sealed.pdf"
    result = seal(
        pdfa,
        sealed,
        organ_key,
        level="B-LTA",
        timestamp_url=pki_server.service_url("tsa", "tsa"),
        trust=TrustFolder(trust_now),
        visible=Stamp("Sở Tài chính", fonts),
    )
    assert (result.level, result.reason, result.is_trial) == ("B-LTA", None, False)
    assert check_seal(sealed, {organ_key.fingerprint}, TrustFolder(trust_now)).state == "valid"
    report = check_signatures(sealed, TrustFolder(trust_now), NOW + DAY)
    assert [(each.kind, each.passed) for each in report.checks] == [
        ("signature", True),
        ("document_timestamp", True),
    ]


@pytest.mark.tools
def test_a_long_term_seal_that_would_not_last_is_recorded_as_stamped_only(
    pdfa: Path, trial_key: SealKey, tmp_path: Path, pki_server: Pki, trust_now: Path
) -> None:
    result = seal(
        pdfa,
        tmp_path / "sealed.pdf",
        trial_key,  # its certificate ends in ten years, and nobody can say that it was good then
        level="B-LTA",
        timestamp_url=pki_server.service_url("tsa", "tsa"),
        trust=TrustFolder(trust_now),
    )
    assert (result.level, result.reason) == ("B-T", "long_term_data_incomplete")


@pytest.mark.tools
def test_without_anchors_a_long_term_seal_becomes_a_stamped_one(
    pdfa: Path, organ_key: SealKey, tmp_path: Path, pki_server: Pki
) -> None:
    sealed = tmp_path / "sealed.pdf"
    url = pki_server.service_url("tsa", "tsa")
    result = seal(pdfa, sealed, organ_key, level="B-LTA", timestamp_url=url)
    assert (result.level, result.reason) == ("B-T", "long_term_data_missing")
    assert check_seal(sealed, {organ_key.fingerprint}).holds


@pytest.mark.tools
def test_a_revoked_key_makes_no_long_term_seal(
    pdfa: Path, tmp_path: Path, pki_server: Pki, trust_now: Path
) -> None:
    path = tmp_path / "revoked.p12"
    path.write_bytes(pki_server.pkcs12("revoked-before", b"secret"))
    with pytest.raises(ProgramFailed, match="seal_certificate_revoked"):
        seal(
            pdfa,
            tmp_path / "sealed.pdf",
            open_key(f"pkcs12://{path}", "secret"),
            level="B-LTA",
            timestamp_url=pki_server.service_url("tsa", "tsa"),
            trust=TrustFolder(trust_now),
        )
    assert not (tmp_path / "sealed.pdf").exists()


def test_a_silent_time_stamp_server_is_worth_another_try(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    url = "http://user:pass@127.0.0.1:9/tsa"
    with pytest.raises(ProgramFailed) as silent:
        seal(pdfa, tmp_path / "sealed.pdf", trial_key, level="B-T", timestamp_url=url)
    assert silent.value.code == "timestamp_unreachable"
    assert silent.value.details == {"host": "127.0.0.1"}
    with pytest.raises(ProgramFailed, match="timestamp_unreachable"):
        seal_detached(pdfa, trial_key, timestamp_url=url)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_pdf_cannot_be_sealed_inside(trial_key: SealKey, tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Kinh gui")
    with pytest.raises(Unreadable, match="pdf_unreadable"):
        seal(path, tmp_path / "sealed.pdf", trial_key)


def test_a_form_without_end_is_given_up_in_time(
    trial_key: SealKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "_LEAST_SECONDS", 3)
    with pytest.raises(ProgramFailed, match="program_timeout"):
        seal(tangled_form(tmp_path / "form.pdf"), tmp_path / "sealed.pdf", trial_key)
    assert not (tmp_path / "sealed.pdf").exists()


def test_a_file_that_brings_the_sealing_down_is_beyond_limits(
    pdfa: Path, trial_key: SealKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confined, "_LEAST_MEGABYTES", 0)
    confined.end_children()
    with pytest.raises(Unreadable, match="beyond_limits"):
        seal(pdfa, tmp_path / "sealed.pdf", trial_key)


def test_an_encrypted_file_cannot_be_sealed_inside(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    path = tmp_path / "locked.pdf"
    with pikepdf.open(pdfa) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(Unreadable):
        seal(path, tmp_path / "sealed.pdf", trial_key)


@pytest.mark.rule("HC-68")
def test_a_seal_beside_a_file_fits_its_bytes_and_no_others(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(pdfa.read_bytes())
    detached = seal_detached(path, trial_key)
    assert path.read_bytes() == pdfa.read_bytes()
    assert (detached.result.level, detached.result.field) == ("B-B", None)
    ours = {trial_key.fingerprint}
    assert check_detached(path, detached.signature, ours).state == "valid_trial"
    path.write_bytes(path.read_bytes() + b"\n")
    assert check_detached(path, detached.signature, ours).reason == "bytes_changed"
    assert check_detached(path, b"nonsense", ours).reason == "damaged_signature"
    assert check_detached(path, detached.signature, {"0" * 64}).state == "missing"


@pytest.mark.tools
def test_a_seal_beside_a_file_can_be_stamped(
    pdfa: Path, organ_key: SealKey, pki_server: Pki, trust_now: Path
) -> None:
    url = pki_server.service_url("tsa", "tsa")
    detached = seal_detached(pdfa, organ_key, timestamp_url=url)
    assert (detached.result.level, detached.result.time_source) == ("B-T", "timestamp")
    verdict = check_detached(
        pdfa, detached.signature, {organ_key.fingerprint}, TrustFolder(trust_now)
    )
    assert verdict.state == "valid"


@pytest.mark.tools
def test_openssl_agrees_about_a_seal_beside_a_file(
    pdfa: Path, trial_key: SealKey, tmp_path: Path
) -> None:
    signature, certificate = tmp_path / "seal.p7s", tmp_path / "seal.crt"
    signature.write_bytes(seal_detached(pdfa, trial_key).signature)
    certificate.write_bytes(trial_key.certificate_pem)
    told = subprocess.run(
        [
            *("openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", signature),
            *("-content", pdfa, "-CAfile", certificate, "-purpose", "any", "-out", os.devnull),
        ],
        capture_output=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr


@pytest.mark.tools
def test_sealing_keeps_pdf_a(
    pdfa: Path,
    trial_key: SealKey,
    organ_key: SealKey,
    pki_server: Pki,
    trust_now: Path,
    fonts: Path,
    tmp_path: Path,
) -> None:
    mark = Stamp("Trung tâm Lưu trữ lịch sử tỉnh", fonts)
    seal(pdfa, tmp_path / "plain.pdf", trial_key)
    seal(pdfa, tmp_path / "marked.pdf", trial_key, visible=mark)
    seal(
        pdfa,
        tmp_path / "lasting.pdf",
        organ_key,
        level="B-LTA",
        timestamp_url=pki_server.service_url("tsa", "tsa"),
        trust=TrustFolder(trust_now),
        visible=mark,
    )
    verdicts = validate(sorted(tmp_path.glob("*.pdf")), "2b")
    assert [each.is_valid for each in verdicts.values()] == [True] * 3, verdicts


def test_two_threads_may_seal_with_one_key(pdfa: Path, trial_key: SealKey, tmp_path: Path) -> None:
    def work(name: str) -> None:
        for number in range(3):
            seal(pdfa, tmp_path / f"{name}{number}.pdf", trial_key)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealed = sorted(tmp_path.glob("*.pdf"))
    assert len(sealed) == 6
    assert all(check_seal(each, {trial_key.fingerprint}).holds for each in sealed)


@pytest.mark.tools
def test_a_large_scan_is_sealed_without_being_held_in_memory(
    trial_key: SealKey, pdfa: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.pdf"
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        pixels = b"\x80" * 4096 * 1024
        for number in range(15):
            page.obj[f"/Spare{number}"] = pdf.make_indirect(pikepdf.Stream(pdf, pixels))
        pdf.save(large, compress_streams=False)
    assert large.stat().st_size > 60_000_000
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from formats.confined import confined\n"
        "from formats.seal_keys import open_key\n"
        "from formats.seals import check_seal, seal, seal_detached\n"
        "key = open_key('file://' + sys.argv[3], 'secret')\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "there = lambda: tuple(confined(resource.getrusage, 0, seconds=9))[2]\n"
        "source, target = Path(sys.argv[1]), Path(sys.argv[2])\n"
        "seal(Path(sys.argv[4]), target, key)\n"
        "before = peak(), there()\n"
        "seal(source, target, key)\n"
        "after = peak(), there()\n"
        "assert check_seal(target, {key.fingerprint}).holds\n"
        "seal_detached(source, key)\n"
        "print(max(peak() - before[0], after[1] - before[1]))\n"
    )
    path = make_trial_key(tmp_path, "T01", "Sở Nội vụ", "secret")
    arguments = [
        sys.executable,
        "-c",
        program,
        str(large),
        str(tmp_path / "sealed.pdf"),
        str(path),
        str(pdfa),
    ]
    told = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert int(told.stdout) < 30_000  # kilobytes, for a file of 60 megabytes


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A SoftHSM token with an RSA key and an elliptic one, as a URL without its key."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)  # read when the library is loaded
    said = ["--free", "--label", "seals", "--pin", PIN, "--so-pin", PIN]
    subprocess.run(["softhsm2-util", "--init-token", *said], check=True, capture_output=True)
    _fill(folder)
    yield f"pkcs11://{SOFTHSM}?token=seals"


def _fill(folder: Path) -> None:
    """Put keys and certificates on the token, from a process of its own."""
    keys: dict[str, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey] = {
        "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "curve": ec.generate_private_key(ec.SECP256R1()),
    }
    for number, (label, key) in enumerate(keys.items()):
        pem = folder / f"{label}.pem"
        pem.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        subprocess.run(
            [
                *("softhsm2-util", "--import", pem, "--token", "seals", "--label", label),
                *("--id", f"0{number + 1}", "--pin", PIN),
            ],
            check=True,
            capture_output=True,
        )
        (folder / f"{label}.der").write_bytes(_self_signed(key, label))
    program = (
        "import sys, pkcs11\n"
        "token = pkcs11.lib(sys.argv[1]).get_token(token_label='seals')\n"
        "with token.open(rw=True, user_pin=sys.argv[2]) as session:\n"
        "    for path in sys.argv[3:]:\n"
        "        data = open(path, 'rb').read()\n"
        "        label = path.rsplit('/', 1)[1][:-4]\n"
        "        from pkcs11 import Attribute, ObjectClass, CertificateType\n"
        "        from pkcs11.util.x509 import decode_x509_certificate\n"
        "        told = decode_x509_certificate(data)\n"
        "        told |= {Attribute.TOKEN: True, Attribute.LABEL: label}\n"
        "        session.create_object(told)\n"
    )
    files = [str(folder / f"{label}.der") for label in keys]
    arguments = [sys.executable, "-W", "ignore", "-c", program, str(SOFTHSM), PIN, *files]
    subprocess.run(arguments, check=True)


def _self_signed(key: "rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey", name: str) -> bytes:
    subject = certificates.Name.from_rfc4514_string(f"CN={name},O=Sở Nội vụ")
    made = (
        certificates.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(certificates.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + 400 * DAY)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


@pytest.mark.tools
@pytest.mark.parametrize("label", ["rsa", "curve"])
def test_a_key_on_a_token_seals(label: str, token: str, pdfa: Path, tmp_path: Path) -> None:
    key = open_key(f"{token}&key={label}", PIN)
    result = seal(pdfa, tmp_path / "sealed.pdf", key)
    assert (result.level, result.is_trial) == ("B-B", False)
    assert check_seal(tmp_path / "sealed.pdf", {key.fingerprint}).state == "valid"
    detached = seal_detached(pdfa, key)
    assert check_detached(pdfa, detached.signature, {key.fingerprint}).state == "valid"


@pytest.mark.tools
def test_a_token_is_opened_once_and_used_by_many(token: str, pdfa: Path, tmp_path: Path) -> None:
    keys = [open_key(f"{token}&key=rsa", PIN) for _ in range(3)]
    threads = [
        threading.Thread(target=seal, args=(pdfa, tmp_path / f"{number}.pdf", key))
        for number, key in enumerate(keys)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(check_seal(each, {keys[0].fingerprint}).holds for each in tmp_path.glob("*.pdf"))
    assert len(list(tmp_path.glob("*.pdf"))) == 3


@pytest.mark.tools
def test_a_token_that_was_taken_out_is_opened_anew(token: str, pdfa: Path, tmp_path: Path) -> None:
    key = open_key(f"{token}&key=rsa", PIN)
    key.signer.pkcs11_session.close()  # type: ignore[attr-defined]
    with pytest.raises(ProgramFailed, match="seal_token_failed"):
        seal(pdfa, tmp_path / "sealed.pdf", key)
    assert key.is_lost
    again = open_key(f"{token}&key=rsa", PIN)
    seal(pdfa, tmp_path / "sealed.pdf", again)
    assert check_seal(tmp_path / "sealed.pdf", {again.fingerprint}).holds
    assert not again.is_lost


@pytest.mark.tools
def test_a_key_that_is_not_on_the_token_is_said_to_be_missing(token: str) -> None:
    with pytest.raises(ProgramFailed, match="seal_token_failed") as refused:
        open_key(f"{token}&key=nobody", PIN)
    assert PIN not in str(refused.value)


def test_an_elliptic_key_from_a_file_seals(pdfa: Path, tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP384R1())
    certificate = certificates.load_der_x509_certificate(_self_signed(private, "curve"))
    packed = pkcs12.serialize_key_and_certificates(
        b"curve", private, certificate, None, serialization.BestAvailableEncryption(b"secret")
    )
    (tmp_path / "curve.p12").write_bytes(packed)
    key = open_key(f"pkcs12://{tmp_path}/curve.p12", "secret")
    seal(pdfa, tmp_path / "sealed.pdf", key)
    assert check_seal(tmp_path / "sealed.pdf", {key.fingerprint}).holds
