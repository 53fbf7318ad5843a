"""Is this process fit to answer? One small check for each thing that it needs; no secret and no version is told."""

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import redis
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger(__name__)

OK, DEGRADED, DOWN = "ok", "degraded", "down"
MIN_FREE_BYTES: Final = 200 * 1024 * 1024
REDIS_TIMEOUT_S: Final = 2


class _Memory:
    """Migrations were complete once: this process never runs with fewer, so the plan is not made again."""

    migrated = False


def check_database() -> str:
    """Ask the database the smallest question."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return OK


def check_migrations() -> str:
    """Say whether the tables are those that this code expects."""
    if not _Memory.migrated:
        executor = MigrationExecutor(connection)
        _Memory.migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return OK if _Memory.migrated else DOWN


def check_storage() -> str:
    """Say whether files can be kept: the folder may be written to, or the bucket answers."""
    if isinstance(default_storage, FileSystemStorage):
        folder = Path(default_storage.location)
        while not folder.exists():
            folder = folder.parent
        return OK if os.access(folder, os.W_OK | os.X_OK) else DOWN
    default_storage.exists("health-check")
    return OK


def check_redis() -> str:
    """Say whether Redis answers; without it mails and jobs wait in the database, so it only degrades us."""
    addresses = {str(settings.CACHES["default"].get("LOCATION", "")), str(settings.CELERY_BROKER_URL)}
    for address in sorted(a for a in addresses if a.startswith(("redis://", "rediss://"))):
        client = redis.Redis.from_url(
            address, socket_timeout=REDIS_TIMEOUT_S, socket_connect_timeout=REDIS_TIMEOUT_S, retry=None
        )
        try:
            client.ping()
        except redis.RedisError:
            logger.warning("health: redis does not answer")
            return DEGRADED
        finally:
            client.close()
    return OK


def check_disk() -> str:
    """Say whether there is room for uploads and documents."""
    folder = Path(settings.DATA_DIR)
    while not folder.exists():
        folder = folder.parent
    return OK if shutil.disk_usage(folder).free >= MIN_FREE_BYTES else DOWN


CHECKS: Final[dict[str, Callable[[], str]]] = {
    "database": check_database,
    "migrations": check_migrations,
    "storage": check_storage,
    "redis": check_redis,
    "disk": check_disk,
}


def readiness() -> tuple[str, dict[str, str]]:
    """Return the state of the whole (``ok``, ``degraded`` or ``down``) and of each part."""
    parts: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            parts[name] = check()
        except Exception:
            # Whatever a broken part raises, the answer is the same colour; the log has the reason.
            logger.exception("health: %s", name)
            parts[name] = DOWN
    if DOWN in parts.values():
        return DOWN, parts
    return (DEGRADED if DEGRADED in parts.values() else OK), parts
