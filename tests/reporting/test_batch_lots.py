"""What of a zip is made in lots: one document that fails takes no other with it."""

import pytest

from apps.accounts.services.jobs import run_job
from apps.reporting.builders import typeset
from apps.reporting.services import press
from apps.reporting.services.batches import Wish, start_batch
from portal.kernel.errors import RuleViolation
from tests.factories.applications import PlacementFactory
from tests.factories.world import build_world

pytestmark = pytest.mark.django_db


def test_our_own_pdfs_are_set_in_lots_and_one_that_fails_is_listed(monkeypatch):
    lots = []

    def fail_first(lot, *, between):
        between()
        lots.append([setting.main for setting in lot])
        return [RuleViolation("document_too_long", "Too long."), *[b"%PDF"] * (len(lot) - 1)]

    world = build_world()
    PlacementFactory.create_batch(3, enrolment__cohort=world.cohort)
    monkeypatch.setattr(typeset, "build_each", fail_first)
    monkeypatch.setattr(press, "SET_LOT", 3)
    job = start_batch(Wish(), actor=world.coordinator)
    run_job(job.pk)
    job.refresh_from_db()
    assert lots == [["logbook.typ"] * 3, ["logbook.typ"] * 2]
    assert [line[1:] for line in job.outcome["missing"]] == [["Logbook", "pdf", "Too long."]] * 2
    assert job.outcome["made"] == 3


def test_word_files_are_filled_in_lots_and_one_that_fails_is_listed(monkeypatch):
    lots = []

    def fail_first(lot, *, between):
        between()
        lots.append(len(lot))
        return [RuleViolation("template_layout", "Broken."), *[b"word"] * (len(lot) - 1)]

    world = build_world()
    PlacementFactory.create_batch(3, enrolment__cohort=world.cohort)
    monkeypatch.setattr(press, "fill_each", fail_first)
    monkeypatch.setattr(press, "FILLED_LOT", 3)
    job = start_batch(Wish(formats=["docx"]), actor=world.coordinator)
    run_job(job.pk)
    job.refresh_from_db()
    assert lots == [3, 2]
    assert [line[1:] for line in job.outcome["missing"]] == [["Logbook", "docx", "Broken."]] * 2
    assert job.outcome["made"] == 3
