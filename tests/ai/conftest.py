"""A student who has agreed, in a cohort that has help switched on."""

from dataclasses import replace

import pytest
from django.conf import settings as django_settings

from apps.accounts.services.outbox import run_due_tasks
from apps.ai.models import AiConsent
from apps.ai.services import drafting
from apps.ai.services.consent import give_consent
from tests.factories.world import build_world


@pytest.fixture
def world(db):
    found = build_world()
    type(found.cohort).objects.filter(pk=found.cohort.pk).update(ai_enabled=True)
    found.cohort.refresh_from_db()
    return found


@pytest.fixture
def student(world):
    give_consent(actor=world.student)
    return world.student


@pytest.fixture
def no_pauses(monkeypatch):
    monkeypatch.setattr(drafting, "pause", lambda _seconds: None)


@pytest.fixture
def ai(settings):
    """Change single settings of AI help: ``ai(calls_person=2)``."""

    def change(**values):
        settings.AI = replace(django_settings.AI, **values)
        return settings.AI

    return change


@pytest.fixture
def run():
    """Let everything that waits be done."""
    return run_due_tasks


@pytest.fixture
def everybody_agreed(world):
    people = (world.industrial_supervisor, world.representative, world.student)
    AiConsent.objects.bulk_create(AiConsent(user=person, given_at=world.cohort.created_at) for person in people)
    return world
