"""SeaweedFS, the S3 server of the tests: it checks signatures (moto takes forged ones)."""

import random
import shutil
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

PARTS: Final = ("s3", "master", "volume", "filer", "admin")
# Each part listens on a second port that much above its own.
ABOVE: Final = 10_000
# Both below the ports that the machine gives to whoever connects or asks for any port.
PORTS: Final = range(18_000, 22_700)


def program() -> Path | None:
    """Return the server's program, None where it is not installed."""
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    return Path(found) if found else None


def free_ports() -> dict[str, int]:
    """Return a port for each part on which nothing listens, nor on its second one."""
    found: dict[str, int] = {}
    for port in random.sample(PORTS, len(PORTS)):
        if len(found) == len(PARTS):
            break
        if _is_free(port) and _is_free(port + ABOVE):
            found[PARTS[len(found)]] = port
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def command(folder: Path, ports: dict[str, int]) -> Sequence[str]:
    """Return the line that starts the server on these ports with its files in a folder."""
    said = [f"-{part}.port={port}" for part, port in ports.items()]
    unused = ["-admin.ui=false", "-webdav=false", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    return [str(program()), "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *said, *unused]
