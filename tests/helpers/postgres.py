"""A private PostgreSQL for tests: its own cluster in a temporary folder, run by an unprivileged user on loopback."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import psycopg
import pytest

_USERS = ("postgres", "nobody")
_FAST = "-c fsync=off -c full_page_writes=off -c max_connections=200 -c listen_addresses=127.0.0.1"
_NOT_RUN = "not run on PostgreSQL"


SERVING, OWNING = "mdt_serve", "mdt_own"
"""An account that owns nothing, and one that owns what it makes and is no superuser."""


@dataclass
class Cluster:
    """A running cluster; `fresh()` makes an empty place in it. `SERVING` is an account that owns nothing."""

    port: int

    def fresh(self) -> str:
        """The address of a new schema, which is all that whoever goes there sees; a database each would cost 7 MB."""
        name = f"t{uuid.uuid4().hex[:12]}"
        address = f"postgresql://mdt@127.0.0.1:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return f"{address}?options=-csearch_path%3D{name}"


def as_serving(address: str, account: str = SERVING) -> str:
    """The same place for another account."""
    return address.replace("//mdt@", f"//{account}@")


def skip(reason: str) -> NoReturn:
    """Skip a test that needs PostgreSQL; the run's summary counts these."""
    pytest.skip(f"{_NOT_RUN}: {reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly how much was not tried, whichever worker skipped it."""
    skipped = [it for it in terminalreporter.getreports("skipped") if _NOT_RUN in str(it.longrepr)]
    if skipped:
        terminalreporter.section("PostgreSQL is missing", sep="!", red=True)
        terminalreporter.line(f"{len(skipped)} tests of the central store were {_NOT_RUN}.")


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`: on the path, or where Debian keeps them."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def unavailable() -> str | None:
    """Why PostgreSQL cannot be started here; None where it can. In CI it must be there."""
    reason = None
    if programs() is None:
        reason = "PostgreSQL is not installed: apt-get install postgresql"
    elif os.geteuid() == 0 and _unprivileged() is None:
        reason = "PostgreSQL does not run as root and there is no other user"
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    return reason


def _unprivileged() -> str | None:
    for name in _USERS:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make a cluster, start it, and stop and remove it at the end."""
    folder, bin_ = Path(tempfile.mkdtemp(prefix="mdt-pg-")), programs()
    assert bin_ is not None
    user = _unprivileged() if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    data, port = folder / "data", _free_port()

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(bin_ / program), *arguments],
            user=user,
            cwd=folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)},
        )

    try:
        run("initdb", "-D", str(data), "-U", "mdt", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-p {port} -k {folder} {_FAST}"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            with psycopg.connect(f"postgresql://mdt@127.0.0.1:{port}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE ROLE {SERVING} LOGIN".encode())
                connection.execute(f"CREATE ROLE {OWNING} LOGIN".encode())
            yield Cluster(port)
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
