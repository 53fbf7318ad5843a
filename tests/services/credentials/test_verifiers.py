"""What others make of our credentials: openbadgeslib of PyPI, and jose with a status list library of npm."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from apps.applications.states import PlacementState
from apps.reporting.models import SigningKey
from apps.reporting.services.credentials import (
    issue_credential,
    published_did,
    published_status,
    revoke_credential,
    rotate_key,
)
from portal.kernel.access import SYSTEM
from tests.factories.world import build_world
from tests.services.conftest import needed

pytestmark = pytest.mark.django_db
PEERS = Path(__file__).parent / "peers"
PACKAGES = settings.ROOT / "var" / "test" / "credentials"
OPENBADGES = "openbadgeslib==4.6.3"


def once(name: str, wanted: str, make: Any) -> Path:
    """Fill a folder once, although the tests run in several processes; it is kept under var/."""
    folder = PACKAGES / name
    folder.mkdir(parents=True, exist_ok=True)
    with (PACKAGES / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done, digest = folder / "done", hashlib.sha256(wanted.encode()).hexdigest()
        if not done.is_file() or done.read_text() != digest:
            make(folder)
            done.write_text(digest)
    return folder


def in_python(given: dict[str, Any]) -> Any:
    """Ask openbadgeslib."""

    def make(folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True, timeout=600)
        pip = [str(folder / "venv" / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", OPENBADGES]
        if subprocess.run(pip, check=False, timeout=900).returncode:
            needed("openbadgeslib")

    folder = once("python", OPENBADGES, make)
    return asked([str(folder / "venv" / "bin" / "python"), str(PEERS / "verify.py")], given)


def in_javascript(given: dict[str, Any]) -> dict[str, Any]:
    """Ask jose."""
    if shutil.which("npm") is None:
        needed("npm")

    def make(folder: Path) -> None:
        shutil.copy(PEERS / "package.json", folder)
        install = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--silent"]
        subprocess.run(install, cwd=folder, check=True, timeout=900)

    folder = once("node", (PEERS / "package.json").read_text(), make)
    shutil.copy(PEERS / "verify.mjs", folder)
    return asked([shutil.which("node") or "node", str(folder / "verify.mjs")], given)


def asked(command: list[str], given: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a verifier."""
    environment = {"PATH": os.environ["PATH"], "PEER": json.dumps(given)}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture
def world(settings):
    settings.SITE_URL = "https://portal.university.example"
    world = build_world()
    type(world.placement).objects.filter(pk=world.placement.pk).update(state=PlacementState.COMPLETED)
    world.placement.refresh_from_db()
    return world


@pytest.mark.parametrize("ask", [in_python, in_javascript])
def test_a_verifier_accepts_what_is_good_and_refuses_the_rest(world, ask: Any):
    row = issue_credential(world.placement, actor=SYSTEM)

    def answer(**changed: Any) -> Any:
        return ask({"token": row.token, "did": published_did(), "status": published_status()} | changed)

    good = answer()
    assert (good["valid"], good["why"]) == (True, "")
    rotate_key(actor=SYSTEM)
    assert answer()["valid"] is True
    head, body, signature = row.token.split(".")
    forged = body[:40] + ("A" if body[40] != "A" else "B") + body[41:]
    assert answer(token=f"{head}.{forged}.{signature}")["valid"] is False
    stranger = published_did()
    stranger["verificationMethod"] = stranger["verificationMethod"][:1]
    assert answer(did=stranger)["valid"] is False
    listed = published_status()
    revoke_credential(row, actor=world.coordinator, reason="Marks were wrong.")
    assert answer(status=listed)["valid"] is True
    assert answer()["valid"] is False
    rotate_key(actor=SYSTEM, compromised=True)
    assert SigningKey.objects.filter(withdrawn_at__isnull=True).count() == 2
