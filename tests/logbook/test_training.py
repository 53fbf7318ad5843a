"""What the page of a day reads of a training, and what that costs."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.logbook.selectors import LogLine, day_of, day_within, last_written_before, training_of
from apps.logbook.states import ChainState
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import AbsenceFactory, ArrivalNoteFactory, DailyLogFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def placement() -> Placement:
    return PlacementFactory.create(enrolment__cohort__working_days=[*range(7)])


@pytest.fixture
def page(client: Client, placement: Placement) -> Client:
    client.force_login(placement.enrolment.student)
    return client


def today() -> dt.date:
    return timezone.localdate()


@pytest.mark.parametrize("chosen", [None, "second", "over"])
def test_a_day_read_with_its_training_is_the_day_read_alone(placement, chosen):
    enrolment, span = placement.enrolment, {"start": placement.start, "end": placement.end}
    second = PlacementFactory.create(enrolment=enrolment, state=PlacementState.CONFIRMED, **span)
    over = PlacementFactory.create(enrolment=enrolment, state=PlacementState.COMPLETED, **span)
    PlacementFactory.create(enrolment=enrolment, state=PlacementState.CANCELLED, **span)
    DailyLogFactory.create(placement=None, enrolment=enrolment, text="")
    for place in (over, second):
        DailyLogFactory.create(placement=place)
    for back, text in ((1, ""), (2, "Turned a shaft."), (3, "Swept.")):
        DailyLogFactory.create(placement=placement, day=today() - dt.timedelta(days=back), text=text)
    key = {"second": second.pk, "over": over.pk}.get(chosen)
    read, before = day_within(training_of(enrolment), enrolment, today(), key)
    assert (read == day_of(enrolment, today(), key), before == last_written_before(enrolment, today())) == (True, True)
    assert before is not None
    assert before.text == "Turned a shaft."


def test_a_training_holds_settled_places_the_logs_that_count_and_absences(placement):
    PlacementFactory.create(enrolment=placement.enrolment, state=PlacementState.CANCELLED)
    old = DailyLogFactory.create(placement=placement, state=ChainState.VERIFIED_ACADEMIC, is_current=False)
    new = DailyLogFactory.create(placement=placement, supersedes=old, hours=6)
    absence = AbsenceFactory.create(placement=placement, day=today() - dt.timedelta(days=1))
    elsewhere = PlacementFactory.create(enrolment__student=placement.enrolment.student)
    PlacementFactory.create()
    training = training_of(placement.enrolment)
    assert training.elsewhere == [elsewhere]
    assert (training.placements, training.absences) == ([placement], {absence.day: absence})
    assert training.logs == [LogLine(new.day, new.week_start, Decimal(6), ChainState.DRAFT)]


def test_an_arrival_that_is_due_is_asked_for_whatever_enrolment_it_is_of(page, placement):
    elsewhere = PlacementFactory.create(
        enrolment__student=placement.enrolment.student, state=PlacementState.CONFIRMED, start=today()
    )
    assert page.get(reverse("student_today")).context["arrival_due"] == elsewhere
    ArrivalNoteFactory.create(placement=elsewhere)
    assert page.get(reverse("student_today")).context["arrival_due"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_day_takes_the_same_queries_for_any_number(page, placement, rows, django_assert_num_queries):
    for number in range(rows):
        log = DailyLogFactory.create(placement=placement, day=today() - dt.timedelta(days=number))
        log.attachments.create(file="logs/x.pdf", original_name="x.pdf", content_type="x", size=1, sha256="0")
        AbsenceFactory.create(
            placement=placement, enrolment=placement.enrolment, day=today() - dt.timedelta(days=9 + number)
        )
    # The frame's four (session, person, scope, notices), enrolment, holidays, places, lines of logs, the day with the
    # one before, absences, files, the round that waits.
    with django_assert_num_queries(12):
        assert page.get(reverse("student_today")).status_code == 200


def test_the_day_with_all_that_it_loads_stays_below_150_kilobytes(page, placement):
    """A first visit: the page, its styles and scripts, what the browser keeps of the portal; nothing compressed."""
    DailyLogFactory.create(placement=placement)
    answer = page.get(reverse("student_today"))
    files = re.findall(r'"/static/(portal/[^"]+)"', answer.text)
    kept = [page.get(reverse(name)) for name in ("manifest", "worker")]
    loaded = [Path(str(finders.find(name))).read_bytes() for name in files]
    # Pictures and fonts that a style fetches would come on top.
    assert [name for name, data in zip(files, loaded, strict=True) if name.endswith(".css") and b"url(" in data] == []
    assert len(files) == len(set(files)) == 9
    assert sum(map(len, [*loaded, answer.content, *(one.content for one in kept)])) < 150_000
