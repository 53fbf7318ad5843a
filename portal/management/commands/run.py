"""``manage.py run``: web, worker and beat of a demonstration in one command, on this machine only.

The command is a small supervisor. Gunicorn serves the pages, one Celery worker with the beat inside does the work;
both get the broker of the file system, so nothing else has to be installed. A child that dies is started again; a
signal ends all of them within seconds. Everything that is written stands under ``var/``.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand, CommandParser

PATIENCE_S: Final = 60
STOP_S: Final = 8
TICK_S: Final = 0.25
# A child that lives this long was healthy; one that does not, this many times in a row, never will be.
HEALTHY_S: Final = 10
MAX_SHORT_LIVES: Final = 5


@dataclass
class Child:
    """A process of ours: how it is started, and how often in a row it ended at once."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    short_lives: int = field(default=0)

    def start(self) -> None:
        """Start the process in a session of its own: a terminal's Ctrl-C reaches only the supervisor."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 - our own programs

    def signal(self, number: int) -> None:
        """Send a signal to the process and all that it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            self.process.poll()

    def ended(self) -> bool:
        """Say whether the process is gone."""
        return self.process is None or self.process.poll() is not None


class Command(BaseCommand):
    help = "Run the demonstration: migrates, fills an empty database, then serves pages and works until stopped."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port of the web server (8000)")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1: this machine only)")

    def handle(self, *_args: Any, **options: Any) -> None:
        host, port = options["host"], options["port"]
        _become_demo(f"http://{host}:{port}")
        _refuse_taken_port(host, port)
        self._prepare()
        stopping = _catch_signals()
        children = [Child("web", _web(host, port)), Child("worker", _worker())]
        try:
            for child in children:
                child.start()
            if not self._wait_for_web(f"http://{host}:{port}", children[0], stopping):
                return
            self._greet(f"http://{host}:{port}")
            self._watch(children, stopping)
        finally:
            _stop(children)
            self.stdout.write("Stopped.")

    def _prepare(self) -> None:
        for name in ("queue", "queue-control", "mail", "media", "static"):
            (settings.DATA_DIR / name).mkdir(parents=True, exist_ok=True)
        for message in run_checks():
            if not message.is_silenced():
                self.stdout.write(str(message.msg))
        self._compile_catalogues()
        call_command("migrate", verbosity=0, interactive=False)
        if not get_user_model()._default_manager.exists():
            self.stdout.write("The database is empty; filling it with a made-up university ...")
            call_command("seed_demo")

    def _compile_catalogues(self) -> None:
        sources = [source for folder in settings.LOCALE_PATHS for source in Path(folder).glob("*/LC_MESSAGES/*.po")]
        if all(_is_compiled(source) for source in sources):
            return
        if shutil.which("msgfmt") is None:
            self.stdout.write("Pages are in English only: msgfmt is missing (apt-get install gettext).")
            return
        call_command("compilemessages", verbosity=0, ignore_patterns=[".venv", "var"])

    def _wait_for_web(self, address: str, web: Child, stopping: list[int]) -> bool:
        give_up = time.monotonic() + PATIENCE_S
        while not stopping:
            if _answers(f"{address}/health/live"):
                return True
            if web.ended() or time.monotonic() > give_up:
                message = f"The web server did not start within {PATIENCE_S} s; its last lines above say why."
                raise CommandError(message)
            time.sleep(TICK_S)
        return False

    def _greet(self, address: str) -> None:
        self.stdout.write(self.style.SUCCESS(f"\nPracticum runs at {address}/   (Ctrl-C ends it)"))
        logins = _demo_logins(settings.DATA_DIR / "demo-logins.json")
        if logins:
            self.stdout.write(f"Sign in as (password of all: {logins[0]['password']})")
        width = max((len(login["username"]) for login in logins), default=0)
        for login in logins:
            self.stdout.write(f"  {login['username']:<{width}}  {login['role'].replace('_', ' ')}: {login['sees']}")
        self.stdout.flush()

    def _watch(self, children: list[Child], stopping: list[int]) -> None:
        while not stopping:
            for child in children:
                if child.ended():
                    self._start_again(child)
            time.sleep(TICK_S)

    def _start_again(self, child: Child) -> None:
        lived = time.monotonic() - child.started
        child.short_lives = child.short_lives + 1 if lived < HEALTHY_S else 0
        if child.short_lives >= MAX_SHORT_LIVES:
            message = f"The {child.name} ended {child.short_lives} times at once; its last lines above say why."
            raise CommandError(message)
        child.signal(signal.SIGKILL)  # what it left behind would hold the port
        self.stderr.write(f"The {child.name} ended after {lived:.0f} s; starting it again.")
        child.start()


def _become_demo(address: str) -> None:
    """Start this command anew with the demo's environment, unless it is there: settings are read only once."""
    wanted = {
        "DEMO": "1",
        "SITE_URL": address,
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
    }
    missing = {name: value for name, value in wanted.items() if name not in os.environ}
    if missing:
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | missing)  # noqa: S606 - ourselves again


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"Port {port} is taken; choose another: make run PORT={port + 1}"
            raise CommandError(message) from error


def _is_compiled(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.is_file() and compiled.stat().st_mtime >= source.stat().st_mtime


def _catch_signals() -> list[int]:
    """Return a list that gets the number of a signal to stop; the loop looks at it."""
    caught: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, note)
    return caught


def _web(host: str, port: int) -> list[str]:
    """No access log: paths of links carry secrets. No control socket: it would open in the user's home."""
    return [
        *(sys.executable, "-m", "gunicorn", "portal.wsgi:application"),
        *("--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--no-control-socket", "--graceful-timeout", "5", "--log-level", "warning"),
    ]


def _worker() -> list[str]:
    """One task at a time with the beat inside; long jobs queue, which a demonstration may."""
    return [
        # Who runs a demonstration as root knows it; the sandbox takes hostile bytes out of this process anyway.
        *(sys.executable, "-W", "ignore:You're running the worker", "-m", "celery"),
        *("--app", "portal", "--workdir", str(settings.ROOT), "--quiet"),
        *("worker", "--beat", "--pool", "solo", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"),
        *("--schedule", str(settings.DATA_DIR / "celerybeat-schedule")),
    ]


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's word for well
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def _demo_logins(path: Path) -> list[dict[str, str]]:
    """Return one person for each role, as ``seed_demo`` wrote them down; empty where no demo was seeded."""
    if not path.is_file():
        return []
    logins: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return logins


def _stop(children: list[Child]) -> None:
    """Ask all children to finish, and end those that do not within ``STOP_S`` seconds."""
    for child in children:
        child.signal(signal.SIGTERM)
    give_up = time.monotonic() + STOP_S
    while not all(child.ended() for child in children) and time.monotonic() < give_up:
        time.sleep(TICK_S)
    for child in children:
        child.signal(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
