"""`manage.py run` from an empty folder to sign-in and back, with its real processes."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# How long it may take beside the rest of the suite; alone it takes a minute.
START_S, STOP_S = 900, 120


@pytest.fixture
def running(tmp_path):
    """Start the command on a free port with its data in a folder of the test; returns process, address, log."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    log = tmp_path / "run.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--port", str(port)],
            cwd=ROOT,
            env=kept | {"DATA_DIR": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    yield process, f"http://127.0.0.1:{port}", log
    if process.poll() is None:
        process.terminate()
        process.wait(STOP_S)


def wait_for(condition, seconds):
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if condition():
            return True
        time.sleep(0.2)
    return False


def page(address):
    with urllib.request.urlopen(address, timeout=120) as answer:
        return answer.status, answer.read().decode()


def of_this_run(folder):
    """Return the pids of processes that hold the run's folder in their environment."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"DATA_DIR={folder}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def command_line(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for left-over processes in /proc")
def test_run_serves_restarts_its_worker_and_leaves_nothing_behind(running, tmp_path):
    process, address, log = running
    assert wait_for(lambda: "Practicum runs at" in log.read_text() or process.poll() is not None, START_S), (
        log.read_text()
    )
    assert process.poll() is None, log.read_text()

    logins = json.loads((tmp_path / "data" / "demo-logins.json").read_text())
    assert [login["username"] for login in logins if login["username"] not in log.read_text()] == []
    status, body = page(f"{address}/accounts/login/")
    assert (status, bool(re.search(r"<form", body))) == (200, True)
    assert page(f"{address}/health/ready")[0] == 200

    workers = [pid for pid in of_this_run(tmp_path / "data") if "celery" in command_line(pid)]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert wait_for(lambda: "The worker ended after" in log.read_text(), STOP_S), log.read_text()
    assert page(f"{address}/health/live")[0] == 200

    process.send_signal(signal.SIGTERM)
    assert process.wait(STOP_S) == 0
    assert wait_for(lambda: of_this_run(tmp_path / "data") == [], STOP_S)
    assert sorted(path.name for path in (tmp_path / "data").iterdir() if path.suffix == ".sqlite3") == [
        "practicum.sqlite3"
    ]
