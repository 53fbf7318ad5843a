"""Makefile, workflow, image, compose files and the beat table say the same as the code."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.celery import BEAT, app
from portal.kernel.tasks import function_of
from portal.settings import env

ROOT = Path(__file__).parents[2]
COMPOSE = ["docker/compose.yml", "docker/compose.production.yml"]
# For the entrypoint, Django, the compose file itself and the S3 server; not read by env.py.
NOT_SETTINGS = {"DJANGO_SETTINGS_MODULE", "MIGRATE", "POSTGRES_PASSWORD", "PRACTICUM_VERSION"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets() -> set[str]:
    """Return the Makefile's targets that are meant to be called."""
    return set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))


def variables() -> set[str]:
    """Return the names that the settings read, by reading them from a mapping that notes what it is asked for."""
    asked = set()

    class Noting(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            asked.add(key)
            return super().get(key, default)

    env.load(Noting(S3_BUCKET="files", S3_ACCESS_KEY="a", S3_SECRET_KEY="b"))
    return asked


def example() -> dict[str, str]:
    """Return name and value of every line of .env.example, those behind a comment sign too."""
    return dict(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=(.*)$", read(".env.example"), re.MULTILINE))


@pytest.mark.parametrize("name", [".ci/run", ".github/workflows/ci.yml"])
def test_ci_calls_the_make_targets(name):
    called = re.findall(r"^\s*(?:- run: )?make (?:--no-print-directory )?([a-z-]+)", read(name), re.MULTILINE)
    assert called == ["check", "test"]
    assert set(called) <= targets()


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md"])
def test_make_targets_in_the_documentation_exist(name):
    named = set(
        re.findall(
            r"\bmake ([a-z-]+)(?=[\s`)\]]|$)", "\n".join(re.findall(r"`[^`]*`|^ *make .*$", read(name), re.MULTILINE))
        )
    )
    assert sorted(named - targets()) == []
    assert "run" in named


def test_env_example_names_every_setting():
    assert sorted(example()) == sorted(variables() | {"POSTGRES_PASSWORD"})


def test_env_example_as_it_is_lacks_only_the_secrets():
    values = dict(re.findall(r"^([A-Z0-9_]+)='?(.*?)'?$", read(".env.example"), re.MULTILINE))
    with pytest.raises(ImproperlyConfigured) as caught:
        env.load(values, production=True)
    assert [line.partition(":")[0] for line in str(caught.value).splitlines()[1:]] == ["SECRET_KEY", "AUDIT_KEY"]


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_sets_only_what_is_read(name):
    services = yaml.safe_load(read(name))["services"]
    ours = {key: part for key, part in services.items() if str(part.get("image", "")).startswith("practicum")}
    named = {variable for part in ours.values() for variable in part["environment"]}
    assert sorted(named - variables() - NOT_SETTINGS) == []
    assert {"web", "worker", "beat"} <= set(ours)


@pytest.mark.parametrize("name", COMPOSE)
def test_compose_pins_every_image_and_opens_ports_on_this_machine_only(name):
    services = yaml.safe_load(read(name))["services"]
    images = [part["image"] for part in services.values() if not part["image"].startswith("practicum")]
    assert [image for image in images if not re.search(r":v?\d", image)] == []
    ports = [port for part in services.values() for port in part.get("ports", [])]
    assert [port for port in ports if not port.startswith("127.0.0.1:")] == []


def test_compose_health_is_asked_at_ready():
    assert yaml.safe_load(read(COMPOSE[1]))["services"]["web"]["healthcheck"]["test"][-1] == "health"
    assert "/health/ready" in read("docker/entrypoint.sh")


def test_image_runs_without_root_and_without_secrets():
    lines = read("docker/Dockerfile").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]
    assert [line for line in lines if re.search(r"(SECRET|AUDIT)_KEY|PASSWORD", line)] == []
    assert [line for line in lines if line.startswith("COPY . ")] == []


def test_beat_table_names_known_work_only():
    assert {kind: function_of(kind) is not None for kind in BEAT} == dict.fromkeys(BEAT, True)


def test_beat_ticks_expire_before_the_next():
    assert {
        name: (entry["task"], entry["args"], entry["schedule"], entry["options"])
        for name, entry in app.conf.beat_schedule.items()
    } == {kind: ("portal.run_periodic", (kind,), seconds, {"expires": seconds}) for kind, seconds in BEAT.items()}


def test_celery_has_two_tasks_and_takes_json_only():
    ours = sorted(name for name in app.tasks if not name.startswith("celery."))
    assert ours == ["portal.run_outbox", "portal.run_periodic"]
    assert (app.conf.accept_content, app.conf.task_serializer, app.conf.task_ignore_result) == (["json"], "json", True)
    assert settings.CELERY_TASK_ACKS_LATE is True


def test_python_is_the_same_everywhere():
    version = read(".python-version").strip()
    assert version == "3.13"
    assert re.findall(r"^FROM python:(\S+?)-slim", read("docker/Dockerfile"), re.MULTILINE) == [version, version]
    assert "python-version-file: .python-version" in read(".github/workflows/ci.yml")
