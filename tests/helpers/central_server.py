"""A really started `mdt-central serve`, and a certificate of its own making for it."""

import ipaddress
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parents[2]
_COMMAND = (sys.executable, "-m", "mdt_desktop.cli.central_main")


class Server:
    """A running server: its address, and what it said on stderr once it has ended."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process, self.address, self.said = process, address, ""

    def stop(self) -> int:
        """Ask it to end as a machine that shuts down does; its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=60)
        self.said += out + err
        return self.process.returncode


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one `mdt-central` command to its end."""
    return subprocess.run(
        [*_COMMAND, *arguments], env=_environment(), capture_output=True, text=True, check=False, timeout=120
    )


@contextmanager
def serving(*where: str) -> Iterator[Server]:
    """Start a server on a free port and wait until it says its address; killed at the end if it still runs."""
    process = subprocess.Popen(
        [*_COMMAND, "serve", *where, "--port", "0"],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        said, found = "", None
        while found is None and (line := process.stderr.readline()):
            said += line
            found = re.search(r"https?://\S+:\d+\.", line)
        assert found, said
        server = Server(process, found[0].rstrip("."))
        server.said = said
        yield server
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A self-signed certificate for 127.0.0.1 and its key, as PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "central.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files
