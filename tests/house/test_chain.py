"""Who may import and refer to whom: import-linter sees the imports, these tests also the model graph."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Field

from portal.kernel.access import AnchorGrant

ROOT = Path(__file__).parents[2]
CHAIN = ["accounts", "ai", "vacancies", "applications", "logbook", "reporting"]
# Tables of Django and of libraries lie below everything of ours.
BELOW = {"auth", "contenttypes", "sessions", "admin", "guardian", "account", "socialaccount", "mfa"}


def relations() -> list[tuple[str, str, str]]:
    """Return (app, app it points to, field) for every relation of every model of ours."""
    found = []
    for label in CHAIN:
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                if isinstance(field, Field) and field.remote_field is not None:
                    target = field.remote_field.model._meta.app_label
                    found.append((label, target, f"{model._meta.label}.{field.name}"))
    return found


def test_relations_point_down_the_chain():
    upward = [
        name for app, target, name in relations() if target not in BELOW and CHAIN.index(target) > CHAIN.index(app)
    ]
    assert upward == []


def test_every_app_of_ours_is_in_the_chain():
    ours = [config.label for config in apps.get_app_configs() if config.name.startswith("apps.")]
    assert sorted(ours) == sorted(CHAIN)


def test_grants_lie_on_three_anchors_only():
    tables: list[Any] = [model for model in apps.get_models() if issubclass(model, AnchorGrant)]
    anchors = sorted(model._meta.get_field("content_object").remote_field.model._meta.label for model in tables)
    assert anchors == ["accounts.Cohort", "accounts.Company", "accounts.Department"]


def test_imports_follow_the_chain_and_the_layers():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["django-fsm", "django-fsm-log", "viewflow"])
def test_no_second_state_machine_lies_beside_ours(name):
    pins = (ROOT / "requirements-dev.txt").read_text().splitlines()
    assert [line for line in pins if line.startswith(f"{name}==")] == []
