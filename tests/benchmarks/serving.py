"""A real gunicorn of the portal on a database of its own, and the clients that ask it.

The server is started by the command of ``manage.py run`` with the settings ``tests.benchmarks.served``. Database, files
and queue are its own and go with it. Clients are processes of their own as well: what they cost is not the server's.
"""

import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg

from portal.management.commands.run import _answers, _web
from tests.services.installation import POSTGRES, ROOT, free_port, wait_for

HOST: Final = "127.0.0.1"
STOP_S: Final = 15
# wrk asks in the name of one student after the other.
WRK_SCRIPT: Final = """
local cookies, number = {}, 0
function init(arguments)
  for line in io.lines(arguments[1]) do cookies[#cookies + 1] = line end
end
function request()
  number = number % #cookies + 1
  return wrk.format("GET", nil, {["Cookie"] = cookies[number]})
end
"""


@dataclass
class Server:
    """A portal that runs: ``cookies`` are those of its signed-in students, as a request carries them."""

    folder: Path
    database_url: str
    port: int = field(default_factory=free_port)
    cookies: list[str] = field(default_factory=list)
    broker_url: str = "filesystem://"
    web: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the server's processes get; nothing of the benchmark's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.served",
            "DATABASE_URL": self.database_url,
            "BROKER_URL": self.broker_url,
            "DATA_DIR": str(self.folder),
            "SITE_URL": f"http://{HOST}:{self.port}",
            "LOG_LEVEL": "WARNING",
            "PYTHONPATH": str(ROOT),
        }

    def run(self, module: str, *arguments: str) -> Any:
        """Run a module in the server's place and return the JSON that it prints."""
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def start(self) -> None:
        """Start gunicorn and wait for its first answer."""
        with (self.folder / "web.log").open("ab") as log:
            self.web = subprocess.Popen(
                _web(HOST, self.port), cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        wait_for(lambda: _answers(f"http://{HOST}:{self.port}/health/live"), "the server")

    def stop(self) -> None:
        """End gunicorn and its workers."""
        if self.web is not None:
            stop_process(self.web)

    def complaints(self) -> str:
        """Return what the server has logged: with its level of logging, only what went wrong."""
        return (self.folder / "web.log").read_text(encoding="utf-8", errors="replace")

    def page_s(self, path: str, *, connections: int, for_s: int) -> float:
        """Return the seconds a page costs while so many connections ask for it all the time.

        Raises ``AssertionError`` where an answer is not well.
        """
        script, cookies = self.folder / "students.lua", self.folder / "cookies.txt"
        script.write_text(WRK_SCRIPT, encoding="utf-8")
        cookies.write_text("\n".join(self.cookies), encoding="utf-8")
        load = ["-t1", f"-c{connections}", f"-d{for_s}s", "--timeout", "30s", "-s", str(script)]
        command = ["wrk", *load, f"http://{HOST}:{self.port}{path}", "--", str(cookies)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert "Non-2xx" not in said, said
        assert "Socket errors" not in said, said
        found = re.search(r"Requests/sec:\s+([\d.]+)", said)
        assert found, said
        return 1 / float(found[1])

    def ask_at_once(self, requests: "Sequence[dict[str, Any]]") -> dict[str, Any]:
        """Let as many clients as there are requests ask at the same moment; see ``tests.benchmarks.phones``."""
        plan = json.dumps({"host": HOST, "port": self.port, "requests": list(requests)})
        command = [sys.executable, "-m", "tests.benchmarks.phones"]
        done = subprocess.run(command, cwd=ROOT, input=plan, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """End a process that was started in a session of its own, and what it has started."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def vendors() -> list[str]:
    """Return the databases that this machine has; SQLite is always there."""
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        return ["sqlite"]
    return ["sqlite", "postgresql"]


@contextmanager
def installed(vendor: str) -> Iterator[Server]:
    """Give a portal on an empty database of this vendor, with folders of its own, of which nothing runs yet."""
    folder = Path(tempfile.mkdtemp(prefix="practicum-served-"))
    try:
        with _database(vendor, folder) as address:
            for name in ("queue", "queue-control", "static"):
                (folder / name).mkdir()
            yield Server(folder, address)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(vendor: str, students: int) -> Iterator[Server]:
    """Run a portal with so many students who are signed in."""
    with installed(vendor) as server:
        server.cookies = server.run("tests.benchmarks.sunday", "fill", str(students))
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def _database(vendor: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database, and drop it afterwards."""
    if vendor == "sqlite":
        yield f"sqlite:///{folder}/practicum.sqlite3"
        return
    name = f"practicum_served_{secrets.token_hex(4)}"
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlsplit(POSTGRES)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
