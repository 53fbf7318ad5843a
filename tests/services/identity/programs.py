"""Real identity providers as programs of this machine: started for one test, stopped by their process group."""

import fcntl
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PEERS = Path(__file__).parent / "peers"
ROOT = Path(__file__).parents[3]
PACKAGES = ROOT / "var" / "identity-peers"
SIMPLESAML = Path("/usr/share/simplesamlphp")
PATIENCE = 180


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def needed(found: object, what: str) -> None:
    """Skip without a program, or fail where every service has to be there."""
    if found:
        return
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{what} is missing, and REQUIRE_SERVICES=1")
    pytest.skip(f"{what} is missing")


@contextmanager
def running(command: list[str], port: int, *, log: Path, **environment: str) -> Iterator[None]:
    """Run a program until it listens, and end it with all its children."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, start_new_session=True, env={**os.environ, **environment}
        )
    try:
        _wait(process, port, log)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(log.read_text(errors="replace")[-2000:])


def node_packages() -> Path:
    """Return the folder with the npm packages of ``peers/package.json``; it is filled once and kept under var/."""
    needed(shutil.which("npm"), "npm")
    digest = hashlib.sha256((PEERS / "package.json").read_bytes()).hexdigest()
    PACKAGES.mkdir(parents=True, exist_ok=True)
    with (PACKAGES / "lock").open("w") as lock:
        # The tests run in several processes.
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = PACKAGES / "done"
        if not done.is_file() or done.read_text() != digest:
            shutil.copy(PEERS / "package.json", PACKAGES)
            subprocess.run(
                ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--silent"],
                cwd=PACKAGES,
                check=True,
                timeout=300,
            )
            done.write_text(digest)
    for script in PEERS.glob("*.mjs"):
        shutil.copy(script, PACKAGES)
    return PACKAGES


@contextmanager
def node(script: str, settings: Mapping[str, Any], *, log: Path) -> Iterator[None]:
    """Run one of ``peers/*.mjs``."""
    folder = node_packages()
    program = shutil.which("node") or "node"
    with running([program, str(folder / script)], settings["port"], log=log, PEER=json.dumps(settings)):
        yield


@contextmanager
def oidc_provider_mock(port: int, claims: Mapping[str, Any], *, log: Path) -> Iterator[None]:
    """Run the mock of PyPI."""
    program = Path(sys.executable).parent / "oidc-provider-mock"
    command = [str(program), "-p", str(port), "--user-claims", json.dumps(claims)]
    with running(command, port, log=log):
        yield


@contextmanager
def simplesamlphp(port: int, folder: Path, settings: Mapping[str, Any]) -> Iterator[None]:
    """Run Debian's SimpleSAMLphp as an identity provider with one user, ``anna`` with the password ``pw``."""
    if 'VERSION_ID="12"' in Path("/etc/os-release").read_text():
        needed(SIMPLESAML.is_dir() and shutil.which("php"), "simplesamlphp")
    elif not SIMPLESAML.is_dir():
        pytest.skip("this system offers no simplesamlphp; Debian 12 does")
    _write_simplesamlphp(folder, port, settings)
    command = ["php", "-d", "display_errors=0", "-S", f"127.0.0.1:{port}", "-t", str(SIMPLESAML / "www")]
    environment = {"SIMPLESAMLPHP_CONFIG_DIR": str(folder), "PHP_CLI_SERVER_WORKERS": "4"}
    with running(command, port, log=folder / "log", **environment):
        yield


def _write_simplesamlphp(folder: Path, port: int, settings: Mapping[str, Any]) -> None:
    for name in ("data", "scratch", "metadata", "cert", "sessions"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "cert" / "idp.key").write_bytes(settings["key"])
    (folder / "cert" / "idp.crt").write_text(settings["certificate"])
    base = {
        "baseurlpath": f"http://127.0.0.1:{port}/",
        "certdir": f"{folder}/cert/",
        "loggingdir": f"{folder}/",
        "datadir": f"{folder}/data/",
        "tempdir": f"{folder}/scratch",
        "metadatadir": f"{folder}/metadata",
        "secretsalt": "only a test",
        "auth.adminpassword": "only a test too",
        "technicalcontact_name": "x",
        "technicalcontact_email": "x@uni.example",
        "timezone": "UTC",
        "logging.handler": "file",
        "enable.saml20-idp": True,
        "store.type": "sql",
        "store.sql.dsn": f"sqlite:{folder}/store.sqlite",
        "store.sql.prefix": "s",
        "session.cookie.secure": False,
        "module.enable": {"exampleauth": True, "core": True, "saml": True},
        "metadata.sources": [{"type": "flatfile"}],
        "language.default": "en",
        "language.available": ["en"],
        "theme.use": "default",
    }
    user = {"uid": ["anna"], "reg_no": ["2024-04-00001"], "givenName": ["Anna"], "sn": ["Mushi"]}
    _php(folder / "config.php", "$config", base)
    _php(folder / "authsources.php", "$config", {"people": {"0": "exampleauth:UserPass", "anna:pw": user}})
    hosted = {
        "host": "__DEFAULT__",
        "privatekey": "idp.key",
        "certificate": "idp.crt",
        "auth": "people",
        "saml20.sign.response": True,
        "saml20.sign.assertion": True,
        "sign.logout": True,
        "validate.logout": True,
        "NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "authproc": {"3": {"class": "saml:PersistentNameID", "attribute": "uid", "identifyingAttribute": "uid"}},
    }
    _php(folder / "metadata" / "saml20-idp-hosted.php", f"$metadata['{settings['issuer']}']", hosted)
    remote = {
        "AssertionConsumerService": settings["acs"],
        "NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "SingleLogoutService": settings["sls"],
        "sign.logout": True,
        "validate.logout": True,
        "assertion.encryption": True,
        "certData": "".join(settings["our_certificate"].splitlines()[1:-1]),
    }
    _php(folder / "metadata" / "saml20-sp-remote.php", f"$metadata['{settings['entity']}']", remote)


def _php(path: Path, name: str, value: Any) -> None:
    path.write_text(
        f"<?php\n{name} = json_decode({json.dumps(json.dumps(value)).replace('$', chr(92) + '$')}, true);\n"
    )
