import os
import shutil
from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from portal import health

pytestmark = pytest.mark.django_db

ALL_OK = dict.fromkeys(("database", "migrations", "storage", "redis", "disk"), "ok")


@pytest.fixture(autouse=True)
def forget_migrations(monkeypatch) -> None:
    monkeypatch.setattr(health._Memory, "migrated", False)


@pytest.fixture
def broken(monkeypatch) -> Callable[[str, str | Exception], None]:
    def install(name: str, answer: str | Exception) -> None:
        def check() -> str:
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setitem(health.CHECKS, name, check)

    return install


def test_live_answers_without_database(client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        response = client.get(reverse("health_live"))
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_ready_when_everything_works(client) -> None:
    response = client.get(reverse("health_ready"))
    assert (response.status_code, response.json()) == (200, {"status": "ok", "checks": ALL_OK})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["database", "migrations", "storage", "disk"])
def test_ready_is_down_when_a_needed_part_is_down(client, broken, name: str) -> None:
    broken(name, health.DOWN)
    response = client.get(reverse("health_ready"))
    assert (response.status_code, response.json()) == (503, {"status": "down", "checks": ALL_OK | {name: "down"}})


def test_ready_is_down_and_tells_no_secret_when_a_check_raises(client, broken) -> None:
    broken("database", OperationalError("password authentication failed for hunter2"))
    response = client.get(reverse("health_ready"))
    assert (response.status_code, response.json()["checks"]["database"]) == (503, "down")
    assert b"hunter2" not in response.content


def test_ready_is_degraded_without_redis(client, settings) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    response = client.get(reverse("health_ready"))
    assert (response.status_code, response.json()) == (
        200,
        {"status": "degraded", "checks": ALL_OK | {"redis": "degraded"}},
    )


def test_ready_is_down_while_migrations_are_missing(monkeypatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda _self, _targets: ["one"])
    assert health.check_migrations() == "down"
    assert health._Memory.migrated is False


def test_migrations_are_planned_once(monkeypatch) -> None:
    assert health.check_migrations() == "ok"
    monkeypatch.setattr(health, "MigrationExecutor", None)
    assert health.check_migrations() == "ok"


def test_ready_is_down_when_the_disk_is_full(monkeypatch) -> None:
    full = shutil._ntuple_diskusage(total=10**12, used=10**12, free=health.MIN_FREE_BYTES - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    assert health.check_disk() == "down"


def test_storage_is_ok_before_its_folder_exists(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"
    assert default_storage.path("x") == str(tmp_path / "not" / "yet" / "x")
    assert health.check_storage() == "ok"


def test_storage_is_down_when_its_folder_is_locked(monkeypatch) -> None:
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    assert health.check_storage() == "down"


def test_storage_asks_a_bucket_for_a_name(monkeypatch) -> None:
    asked = []

    class Bucket:
        def exists(self, name: str) -> bool:
            asked.append(name)
            return False

    monkeypatch.setattr(health, "default_storage", Bucket())
    assert health.check_storage() == "ok"
    assert asked == ["health-check"]


@pytest.mark.parametrize("page", ["health_live", "health_ready"])
def test_health_refuses_posts(client, page: str) -> None:
    assert client.post(reverse(page)).status_code == 405
