"""The only reader of the environment: every setting of an installation, typed and checked.

``load()`` reads everything at once and raises one ``ImproperlyConfigured`` with one line per mistake. A line names
the variable and what is wrong with it, never the value of a secret.
"""

import io
import os
import re
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

from portal.settings.ai import AiSettings, read_ai
from portal.settings.reader import Reader, unreadable_lines

ROOT = Path(__file__).resolve().parents[2]

# Stands in for both keys where nothing is protected yet; production takes no key of these words.
DEVELOPMENT_KEY: Final = "development-only-key-that-production-refuses"
MOST_OF_LOCAL: Final = 24
MAIL_PORTS: Final = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class Environment:
    """An installation's settings, as read."""

    debug: bool
    demo: bool
    secret_key: str
    audit_key: str
    site_url: str
    allowed_hosts: list[str]
    database: dict[str, Any]
    broker_url: str
    redis_url: str
    data_dir: Path
    static_root: Path
    time_zone: str
    language: str
    university_name: str
    trusted_proxies: int
    s3: dict[str, str]
    incoming: dict[str, str]
    email: dict[str, Any]
    email_from: str
    bounce_address: str
    mails_a_minute: int
    digest_hour: int
    allow_student_registration: bool
    allow_company_registration: bool
    cors_origins: list[str]
    identity_private_hosts: list[str]
    soffice: str
    log_level: str
    ai: AiSettings


def load(source: Mapping[str, str] | None = None, *, production: bool = False) -> Environment:
    """Read and check the environment; production demands what the embedded default can do without."""
    reader = Reader(os.environ if source is None else source)
    if source is None:
        _read_env_file(reader)
    env = _read(reader, production=production)
    _check_together(reader, env, production=production)
    if reader.found:
        raise ImproperlyConfigured("\n".join(["The settings have mistakes:", *reader.mistakes]))
    return env


def _read_env_file(reader: Reader) -> None:
    """Put the lines of .env into the environment, where it does not hold the variable already."""
    path = ROOT / ".env"
    if not path.is_file():
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        reader.wrong(".env", "is not UTF-8")
        return
    wrong = unreadable_lines(text)
    if wrong:
        reader.wrong(".env", f"line {wrong[0]} is not NAME=value")
        return
    environ.Env.read_env(io.StringIO(text))


def _read(reader: Reader, *, production: bool) -> Environment:
    data_dir = reader.folder("DATA_DIR", ROOT / "var")
    s3 = _s3(reader)
    return Environment(
        debug=reader.flag("DEBUG", default=False),
        demo=reader.flag("DEMO", default=False),
        secret_key=reader.secret("SECRET_KEY", needed=production, fallback=DEVELOPMENT_KEY),
        audit_key=reader.secret("AUDIT_KEY", needed=production, fallback=DEVELOPMENT_KEY),
        site_url=reader.url("SITE_URL", "http://127.0.0.1:8000", schemes=("http", "https")),
        allowed_hosts=reader.hosts("ALLOWED_HOSTS"),
        database=_database(reader, data_dir),
        broker_url=_broker(reader),
        redis_url=reader.url("REDIS_URL", "", schemes=("redis", "rediss")),
        data_dir=data_dir,
        static_root=Path(reader.text("STATIC_ROOT", str(data_dir / "static"))).absolute(),
        time_zone=_time_zone(reader),
        language=reader.one_of("LANGUAGE_CODE", "en", choices=("en", "sw", "ar")),
        university_name=reader.text("UNIVERSITY_NAME", "Practicum University"),
        trusted_proxies=reader.number("TRUSTED_PROXIES", 0, low=0, high=5),
        s3=s3,
        incoming=_incoming(reader, data_dir, s3),
        email=_email(reader),
        email_from=_sender(reader),
        bounce_address=_bounce_address(reader),
        mails_a_minute=reader.number("MAILS_A_MINUTE", 120, low=1, high=10_000),
        digest_hour=reader.number("DIGEST_HOUR", 17, low=0, high=23),
        allow_student_registration=reader.flag("ALLOW_STUDENT_REGISTRATION", default=True),
        allow_company_registration=reader.flag("ALLOW_COMPANY_REGISTRATION", default=True),
        cors_origins=reader.origins("CORS_ORIGINS"),
        identity_private_hosts=reader.hosts("IDENTITY_PRIVATE_HOSTS"),
        soffice=reader.text("SOFFICE", "soffice"),
        log_level=_log_level(reader),
        ai=read_ai(reader, production=production),
    )


def _database(reader: Reader, data_dir: Path) -> dict[str, Any]:
    value = reader.text("DATABASE_URL", f"sqlite:///{data_dir}/practicum.sqlite3")
    if value.startswith("sqlite:"):
        # IMMEDIATE: a read that turns into a write cannot wait for the lock (59 % of writes failed with DEFERRED).
        # No mmap_size: with it, runs under load ended in disk I/O errors.
        return {
            **environ.Env.db_url_config(value),
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    parts = reader.parts("DATABASE_URL", schemes=("postgresql", "postgres"))
    if parts is None or not parts.path.strip("/"):
        reader.wrong("DATABASE_URL", "must be sqlite:///path or postgresql://user:password@host:port/name")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
    return {**environ.Env.db_url_config(value), "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}


def _broker(reader: Reader) -> str:
    local = ("filesystem://", "memory://")
    value = reader.text("BROKER_URL", local[0])
    return value if value in local else reader.url("BROKER_URL", "", schemes=("redis", "rediss"))


def _time_zone(reader: Reader) -> str:
    value = reader.text("TIME_ZONE", "Africa/Dar_es_Salaam")
    if value not in zoneinfo.available_timezones():
        reader.wrong("TIME_ZONE", "is not the name of a time zone (such as Africa/Dar_es_Salaam)")
        return "UTC"
    return value


def _log_level(reader: Reader) -> str:
    value = reader.text("LOG_LEVEL", "INFO").upper()
    if value not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        reader.wrong("LOG_LEVEL", "must be DEBUG, INFO, WARNING or ERROR")
        return "INFO"
    return value


def _s3(reader: Reader) -> dict[str, str]:
    bucket = reader.text("S3_BUCKET")
    if not bucket:
        return {}
    if not _BUCKET.fullmatch(bucket):
        reader.wrong("S3_BUCKET", "must be 3 to 63 small letters, digits, dots or hyphens")
    settings = {
        "bucket_name": bucket,
        "endpoint_url": reader.url("S3_ENDPOINT", "", schemes=("http", "https")),
        "region_name": reader.text("S3_REGION", "us-east-1"),
        "access_key": reader.text("S3_ACCESS_KEY"),
        "secret_key": reader.text("S3_SECRET_KEY"),
    }
    for name in ("access_key", "secret_key"):
        if not settings[name]:
            reader.wrong(f"S3_{name.upper()}", "is missing, but S3_BUCKET is set")
    return settings


def _incoming(reader: Reader, data_dir: Path, s3: dict[str, str]) -> dict[str, str]:
    """Return where other programs lay tables for scheduled imports: a folder, or a bucket and a prefix."""
    value = reader.text("IMPORT_FOLDER")
    if not value:
        own = {"bucket_name": s3["bucket_name"], "location": "incoming"} if s3 else None
        return own or {"location": str(data_dir / "incoming")}
    if not value.startswith("s3://"):
        if not Path(value).is_absolute():
            reader.wrong("IMPORT_FOLDER", "must be a whole path, or s3://bucket/prefix")
        return {"location": value}
    bucket, _slash, prefix = value.removeprefix("s3://").partition("/")
    if not s3:
        reader.wrong("IMPORT_FOLDER", "names a bucket, but S3_BUCKET and its keys are not set")
    elif not _BUCKET.fullmatch(bucket):
        reader.wrong("IMPORT_FOLDER", "names a bucket that is not 3 to 63 small letters, digits, dots or hyphens")
    return {"bucket_name": bucket, "location": prefix.strip("/")}


def _email(reader: Reader) -> dict[str, Any]:
    if not reader.text("EMAIL_URL"):
        return {}
    parts = reader.parts("EMAIL_URL", schemes=tuple(MAIL_PORTS))
    if parts is None or not parts.hostname:
        schemes = " or ".join(f"{scheme}://" for scheme in MAIL_PORTS)
        reader.wrong("EMAIL_URL", f"must start with {schemes} and name a host; in a password write @ as %40, # as %23")
        return {}
    return {
        "host": parts.hostname,
        "port": parts.port or MAIL_PORTS[parts.scheme],
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": parts.scheme == "smtp+tls",
        "ssl": parts.scheme == "smtp+ssl",
    }


def _sender(reader: Reader) -> str:
    value = reader.text("EMAIL_FROM", "Practicum <practicum@localhost>")
    name, at, host = parseaddr(value)[1].rpartition("@")
    if not (name and at and host):
        reader.wrong("EMAIL_FROM", "must be an address, such as Practicum <practicum@university.example>")
    return value


def _bounce_address(reader: Reader) -> str:
    value = reader.text("BOUNCE_ADDRESS")
    local, _at, domain = value.rpartition("@")
    # RFC 5321 gives the part before the @ 64 characters, and ours adds up to 40.
    if value and not (local and domain and len(local) <= MOST_OF_LOCAL and parseaddr(value)[1] == value):
        reader.wrong("BOUNCE_ADDRESS", "must be an address alone, such as bounces@university.example")
        return ""
    return value


def _check_together(reader: Reader, env: Environment, *, production: bool) -> None:
    if not production:
        return
    if env.audit_key == env.secret_key:
        reader.wrong("AUDIT_KEY", "must be another key than SECRET_KEY: it outlives it")
    if env.debug:
        reader.wrong("DEBUG", "must be off in production, its error pages show settings")
    if env.demo:
        reader.wrong("DEMO", "must be off in production, it switches second factors off")
    if not env.allowed_hosts:
        reader.wrong("ALLOWED_HOSTS", "is missing; name the hosts of SITE_URL")
    if not env.site_url.startswith("https://"):
        reader.wrong("SITE_URL", "must start with https:// in production")
    if not env.broker_url.startswith("redis"):
        reader.wrong("BROKER_URL", "filesystem:// and memory:// serve one machine or process; name a redis:// address")
