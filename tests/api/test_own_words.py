"""What a student writes for the own person alone: the way in is the key of the enrolment, which must be one's own."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.applications.models import Placement
from apps.reporting.models import GeneralReport
from tests.clients import signed_in
from tests.factories.logbook import WeeklyReportFactory
from tests.factories.world import build_world

pytestmark = pytest.mark.django_db


def found_place(enrolment, **changes):
    start = timezone.localdate()
    return {
        "enrolment": enrolment.pk,
        "company_name": "Kilimo Works",
        "address": "Plot 4, Dodoma",
        "supervisor_name": "Neema Mushi",
        "supervisor_email": "neema@kilimo.example",
        "start": start.isoformat(),
        "end": (start + dt.timedelta(days=30)).isoformat(),
        "task": "Repair of pumps",
        **changes,
    }


def draft(enrolment, weeks):
    return {"enrolment": enrolment.pk, "weeks": [week.pk for week in weeks]}


def ask(person, path, body):
    answer = signed_in(person).post(path, body, content_type="application/json")
    return answer.status_code, answer.json()


def test_a_place_that_is_proposed_waits_and_names_nobody_a_supervisor():
    enrolment = build_world().foreign_student.enrolments.get()
    status, made = ask(enrolment.student, "/api/v1/placements/propose/", found_place(enrolment))
    assert (status, made["state"], made["origin"], made["company_name"]) == (
        201,
        "proposed",
        "self_found",
        "Kilimo Works",
    )
    place = Placement.objects.get(pk=made["id"])
    assert (place.enrolment, place.supervisor_email) == (enrolment, "neema@kilimo.example")
    assert place.supervisors.count() == 0


@pytest.mark.parametrize(
    ("persona", "changes", "status", "code", "fields"),
    [
        ("fellow_student", {}, 400, "invalid", ["enrolment"]),
        ("representative", {}, 400, "invalid", ["enrolment"]),
        ("foreign_coordinator", {}, 403, "not_allowed", []),
        ("foreign_student", {"state": "confirmed"}, 400, "invalid", ["state"]),
        ("foreign_student", {"end": "2001-01-01"}, 400, "dates_wrong", ["end"]),
        ("foreign_student", {"supervisor_email": "nobody"}, 400, "invalid", ["supervisor_email"]),
    ],
)
def test_nobody_proposes_a_place_for_another_or_one_that_is_settled(persona, changes, status, code, fields):
    world = build_world()
    enrolment, before = world.foreign_student.enrolments.get(), Placement.objects.count()
    found, said = ask(getattr(world, persona), "/api/v1/placements/propose/", found_place(enrolment, **changes))
    assert (found, said["code"], [error["field"] for error in said.get("errors", [])]) == (status, code, fields)
    assert Placement.objects.count() == before


def test_a_report_is_drafted_from_own_weeks_and_leaves_own_words():
    world = build_world()
    mine = WeeklyReportFactory.create(placement=world.placement, summary="Shafts for the mill.")
    other = WeeklyReportFactory.create(summary="A secret of another company.")
    kept = {"enrolment": world.enrolment.pk, "introduction": "My own words."}
    assert ask(world.student, "/api/v1/reports/", kept)[0] == 201
    status, made = ask(world.student, "/api/v1/reports/draft/", draft(world.enrolment, [mine, other]))
    assert (status, made["state"], made["introduction"]) == (200, "draft", "My own words.")
    assert ("Shafts for the mill." in made["achievements"], "secret" in str(made)) == (True, False)
    assert list(GeneralReport.objects.get().compiled_from.all()) == [mine]


@pytest.mark.parametrize(
    ("persona", "own", "status", "code"),
    [
        ("student", False, 400, "no_weeks"),
        ("fellow_student", True, 400, "invalid"),
        ("representative", True, 400, "invalid"),
        ("coordinator", True, 403, "not_allowed"),
    ],
)
def test_nobody_drafts_the_report_of_another_or_from_anothers_weeks(persona, own, status, code):
    world = build_world()
    weeks = [WeeklyReportFactory.create(**({"placement": world.placement} if own else {}))]
    found, said = ask(getattr(world, persona), "/api/v1/reports/draft/", draft(world.enrolment, weeks))
    assert (found, said["code"], GeneralReport.objects.count()) == (status, code, 0)
