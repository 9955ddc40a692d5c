"""An Elasticsearch of our own for the tests: the real server, guarded as a grown-up's would be.

One node on a free loopback port, reached through TLS by an account that may do what
docs/elasticsearch.md says and nothing else. It lies in a temporary folder and is gone afterwards.
"""

import base64
import hashlib
import ipaddress
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from archive.settings import CACHE

ZIP = CACHE / "elasticsearch-8.19.0.zip"
MEMORY, ROOM = Path("/dev/shm"), 4 << 30  # bytes that must be free
ACCOUNT, PASSWORD = "archive", "mật khẩu/của@kho"  # percent-encoded in an address
# What docs/elasticsearch.md tells administrators to allow; a test compares the two.
ROLE = """\
luutru:
  cluster: ["monitor"]
  indices:
    - names: ["records*"]
      privileges: ["all"]
"""
ADMINISTRATOR = "administrator"  # of the server itself, with the same password: for the tests
_START = 180  # seconds; on a busy machine two Java programs take their time
_OPTIONS = "-Xms512m -Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto"
_SETTINGS = """\
cluster.name: luutru-tests
node.name: one
discovery.type: single-node
http.host: 127.0.0.1
transport.host: 127.0.0.1
http.port: {port}
transport.port: 0
path.data: {folder}/data
path.logs: {folder}/logs
action.auto_create_index: false
cluster.routing.allocation.disk.threshold_enabled: false
cluster.routing.allocation.same_shard.host: false
xpack.security.enabled: true
xpack.security.enrollment.enabled: false
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: key.pem
xpack.security.http.ssl.certificate: certificate.pem
"""


class Server:
    """A server in a folder; it may be stopped and started again, and keeps what it holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._unpack()
        self._configure()

    @property
    def url(self) -> str:
        """Its address, as `LUUTRU_SEARCH_URL` has it."""
        return self.url_of(ACCOUNT)

    def url_of(self, account: str, index: str = "records") -> str:
        """Its address for that account."""
        password = "".join(f"%{byte:02x}" for byte in PASSWORD.encode())
        place = f"{account}:{password}@127.0.0.1:{self.port}"
        return f"elasticsearchs://{place}/{index}?ca={self.authority}&replicas=0"

    @property
    def authority(self) -> Path:
        """The certificate that vouches for its own."""
        return self.folder / "config" / "certificate.pem"

    def start(self) -> None:
        """Start it, and return when it answers.

        Raises:
            RuntimeError: it ended, or did not answer in time; with what it said.
        """
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                _as_nobody(self.folder / "server/bin/elasticsearch"),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=self._environment(),
                start_new_session=True,  # Ctrl-C is for the tests; the server is stopped below
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """End it at once, and both its programs with it: the launcher and the server."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def hold(self, is_held: bool = True) -> None:
        """Let it stand still, as a machine does that swaps; or let it go on."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGSTOP if is_held else signal.SIGCONT)

    def _unpack(self) -> None:
        if not ZIP.is_file():
            raise FileNotFoundError(f"no {ZIP}: run script/bootstrap")
        with zipfile.ZipFile(ZIP) as packed:
            packed.extractall(self.folder)
        (self.folder / ZIP.stem).rename(self.folder / "server")
        for program in (self.folder / "server/bin").iterdir():
            program.chmod(0o755)

    def _configure(self) -> None:
        config, server = self.folder / "config", self.folder / "server"
        shutil.copytree(server / "config", config)
        (config / "jvm.options").write_text("")  # ours alone, in the environment
        (config / "elasticsearch.yml").write_text(
            _SETTINGS.format(port=self.port, folder=self.folder)
        )
        (config / "roles.yml").write_text(ROLE)
        secret = _hashed(PASSWORD)
        (config / "users").write_text(f"{ACCOUNT}:{secret}\n{ADMINISTRATOR}:{secret}\n")
        (config / "users_roles").write_text(f"luutru:{ACCOUNT}\nsuperuser:{ADMINISTRATOR}\n")
        _certify(config)
        for name in ("data", "logs", "scratch"):
            (self.folder / name).mkdir()
        if os.geteuid() == 0:
            for path in (self.folder, *self.folder.rglob("*")):
                shutil.chown(path, "nobody", "nogroup")

    def _environment(self) -> dict[str, str]:
        java = shutil.which("java")
        assert java is not None
        return {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "scratch"),
            "ES_JAVA_HOME": str(Path(java).resolve().parents[1]),
            "ES_JAVA_OPTS": _OPTIONS,
            "CLI_JAVA_OPTS": "-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto",
        }

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        trust = ssl.create_default_context(cafile=str(self.authority))
        give_up = time.monotonic() + _START
        while self._process.poll() is None and time.monotonic() < give_up:
            try:
                urllib.request.urlopen(
                    f"https://127.0.0.1:{self.port}/_cluster/health", timeout=5, context=trust
                ).close()
            except urllib.error.HTTPError as answered:
                answered.close()
                if answered.code == 401:  # who are you? It is up
                    return
            except OSError:
                pass
            time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"Elasticsearch did not start:\n{(self.folder / 'log').read_text()}")


@contextmanager
def running() -> Iterator[str]:
    """Start a server and give its address; stop it at the end."""
    with a_server() as server:
        yield server.url


@contextmanager
def a_server() -> Iterator[Server]:
    """A running server, for tests that stop it or look into its files."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    folder = Path(
        tempfile.mkdtemp(prefix="luutru-elasticsearch-", dir=MEMORY if has_room else None)
    )
    try:
        server = Server(folder)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _as_nobody(program: Path) -> list[str | Path]:
    """The command line: not as root, which it refuses, and never outliving a killed test run."""
    account = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    command: list[str | Path] = ["setpriv", "--pdeathsig=TERM"]
    command += account if os.geteuid() == 0 else []
    return [*command, program]


def _hashed(password: str) -> str:
    """A password as the server's file of accounts has it."""
    salt = os.urandom(32)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 1000, 32)
    return f"{{PBKDF2}}1000${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def _certify(folder: Path) -> None:
    """A key and a certificate for this machine, which vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "luutru tests")])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
