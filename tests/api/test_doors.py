"""What is done through /api/v1/ by each role: entered, changed, decided, uploaded, downloaded."""

import base64
import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.models import Notice, User
from apps.accounts.services.outbox import run_due_tasks
from apps.applications.models import Application, Placement
from apps.applications.states import PlacementState
from apps.logbook.models import Absence, DailyLog, LogAttachment, PlaceConsent, WeeklyReport
from apps.logbook.states import ChainState
from portal.kernel.dates import monday_of
from tests.api.test_lists import client_for
from tests.clients import RESUMES
from tests.factories.accounts import CompanyMemberFactory, EnrolmentFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import DailyLogFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world
from tests.matrix.logbook import DOT, last_working_day

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def day_before(day: dt.date) -> dt.date:
    before = day - dt.timedelta(days=1)
    return before - dt.timedelta(days=1) if before.weekday() == 6 else before


def kind_of_file(answer) -> str:
    """Read a file to its end, and return what it is said to be."""
    assert (answer.status_code, answer.getvalue() != b"") == (200, True)
    return str(answer.headers["Content-Type"])


def refused(answer) -> str:
    assert answer.status_code >= 400
    return str(answer.json()["code"])


# -- seed shapes ------------------------------------------------------------------------------------------------------


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("shaft.png", base64.b64decode(DOT), content_type="image/png")


def test_a_log_with_file_and_place_is_sent_at_once(world):
    world.cohort.location_hint = True
    world.cohort.save()
    world.company.latitude, world.company.longitude = Decimal("-6.8"), Decimal("39.3")
    world.company.save()
    PlaceConsent.objects.create(enrolment=world.enrolment)
    day = last_working_day()
    answer = client_for(world.student).post(
        "/api/v1/logs/",
        {
            "content": "Turned a shaft.",
            "log_date": day.isoformat(),
            "attachment": picture(),
            "location_data": json.dumps({"lat": -6.8, "lng": 39.3}),
        },
    )
    body, log = answer.json(), DailyLog.objects.get()
    assert (answer.status_code, body["status"], body["state"], body["why_not"]) == (201, "SUBMITTED", "submitted", "")
    assert (log.text, log.day, log.hours, log.location_hint) == ("Turned a shaft.", day, Decimal(8), "near")
    assert LogAttachment.objects.get().original_name == "shaft.png"
    run_due_tasks()
    assert Notice.objects.filter(recipient=world.industrial_supervisor).exists()


@pytest.mark.parametrize(
    "place", ["x", "[]", '{"lat": 1}', '{"lat": "a", "lng": 2}', '{"lat": 91, "lng": 0}', '{"lat": NaN, "lng": 0}']
)
def test_a_place_that_is_none_is_named(world, place):
    answer = client_for(world.student).post("/api/v1/logs/", {"content": "Turned.", "location_data": place})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "location_data")
    assert not DailyLog.objects.exists()


def test_what_cannot_be_sent_is_kept_and_says_why(world):
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.CONFIRMED)
    answer = client_for(world.student).post("/api/v1/logs/", {"content": "Turned."}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (201, "DRAFT")
    assert answer.json()["why_not"] != ""


def test_a_day_is_written_at_the_place_that_is_named(world):
    second = PlacementFactory.create(
        enrolment=world.enrolment,
        state=PlacementState.ACTIVE,
        start=world.placement.start,
        end=world.placement.end,
        share=50,
    )
    client, day = client_for(world.student), last_working_day().isoformat()
    answer = client.post("/api/v1/logs/", {"text": "Turned.", "day": day, "placement": second.pk}, format="json")
    assert (answer.status_code, DailyLog.objects.get().placement) == (201, second)
    Placement.objects.filter(pk=second.pk).update(state=PlacementState.CANCELLED)
    DailyLog.objects.all().delete()
    answer = client.post("/api/v1/logs/", {"text": "Turned.", "day": day, "placement": second.pk}, format="json")
    assert (answer.status_code, refused(answer)) == (400, "placement_not_open")
    assert not DailyLog.objects.exists()


def test_a_log_goes_through_the_chain_by_words(world):
    log = DailyLogFactory.create(placement=world.placement, day=last_working_day(), state=ChainState.SUBMITTED)
    host, university = client_for(world.industrial_supervisor), client_for(world.university_supervisor)
    body = {"status": "approved", "comments": "Well done.", "skills_demonstrated": ["Python"], "extra": 1}
    verified = host.patch(f"/api/v1/logs/{log.pk}/verify-industry", body, format="json")
    assert (verified.status_code, verified.json()["status"]) == (200, "VERIFIED_INDUSTRY")
    assert verified.json()["host_comment"] == "Well done.\nPython"
    assert refused(host.patch(f"/api/v1/logs/{log.pk}/verify", {"status": "verified"}, format="json")) == "not_allowed"
    validated = university.patch(f"/api/v1/logs/{log.pk}/verify", {"status": "verified"}, format="json")
    assert validated.json()["status"] == "VERIFIED_ACADEMIC"
    again = university.patch(f"/api/v1/logs/{log.pk}/verify", {"status": "verified"}, format="json")
    assert again.status_code in (403, 409)


@pytest.mark.parametrize(
    ("state", "who", "target"),
    [
        (ChainState.SUBMITTED, "industrial_supervisor", "REVISION_REQUESTED"),
        (ChainState.VERIFIED_INDUSTRY, "university_supervisor", "FLAGGED"),
    ],
)
def test_a_rejected_log_goes_back_or_to_the_coordinator(world, state, who, target):
    log = DailyLogFactory.create(placement=world.placement, day=last_working_day(), state=state)
    client = client_for(getattr(world, who))
    address = f"/api/v1/logs/{log.pk}/verify/"
    assert refused(client.patch(address, {"status": "rejected"}, format="json")) == "reason_needed"
    answer = client.patch(address, {"status": "rejected", "comments": "Which shaft?"}, format="json")
    assert (answer.status_code, answer.json()["status"], answer.json()["reason"]) == (200, target, "Which shaft?")


@pytest.mark.parametrize("body", [{}, {"status": "draft"}, {"status": ["verified"]}, {"status": None}])
def test_a_word_that_is_none_is_named(world, body):
    log = DailyLogFactory.create(placement=world.placement, state=ChainState.SUBMITTED)
    answer = client_for(world.industrial_supervisor).patch(f"/api/v1/logs/{log.pk}/verify", body, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "status")


def test_the_dashboard_counts_what_one_coordinates(world):
    DailyLogFactory.create(placement=world.placement, state=ChainState.SUBMITTED)
    DailyLogFactory.create(state=ChainState.SUBMITTED)
    client = client_for(world.coordinator)
    body = client.get("/api/v1/analytics/coordinator-dashboard").json()
    assert (body["enrolled"], body["placed"], body["arrived"], body["logs"]["submitted"]) == (2, 2, 0, 1)
    assert {"title", "count", "url"} == set(body["waiting"][0])
    mine = client.get("/api/v1/analytics/coordinator-dashboard/", {"cohort": world.cohort.pk})
    assert mine.json()["enrolled"] == 2
    foreign = client.get("/api/v1/analytics/coordinator-dashboard/", {"cohort": world.other_cohort.pk})
    assert (foreign.status_code, foreign.json()["errors"][0]["field"]) == (400, "cohort")


def test_health_and_descriptions_are_there(client):
    assert [client.get(path).status_code for path in ("/health", "/health/", "/api/v1/health")] == [200, 200, 200]
    for path in ("/docs", "/redoc", "/docs/", "/api/v1/docs"):
        page = client.get(path)
        assert (page.status_code, 'data-schema="/api/v1/schema/"' in page.text or "schema" in page.text) == (200, True)


# -- a student --------------------------------------------------------------------------------------------------------


def test_a_day_is_written_changed_sent_taken_back_and_thrown_away(world):
    client, day = client_for(world.student), last_working_day()
    made = client.post("/api/v1/logs/", {"day": day.isoformat(), "text": "Turned.", "hours": 7.5}, format="json")
    assert (made.status_code, made.json()["state"], made.json()["hours"]) == (201, "draft", 7.5)
    address, tag = made.headers["Location"], made.headers["ETag"]
    again = client.post("/api/v1/logs/", {"day": day.isoformat(), "text": "Other."}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "stale")
    changed = client.patch(address, {"skills": ["lathe"]}, format="json", headers={"If-Match": tag})
    assert (changed.json()["text"], changed.json()["skills"], changed.json()["hours"]) == ("Turned.", ["lathe"], 7.5)
    assert client.patch(address, {"state": "submitted"}, format="json").status_code == 400
    attached = client.post(f"{address}attachments/", {"file": picture()})
    assert attached.status_code == 201
    assert kind_of_file(client.get(f"/api/v1/attachments/{attached.json()['id']}/file/")) == "image/png"
    assert client.post(f"{address}submit/").json()["state"] == "submitted"
    assert [move["name"] for move in client.get(f"{address}moves/").json()] == ["recall"]
    assert client.delete(f"/api/v1/attachments/{attached.json()['id']}/").status_code == 409
    assert client.post(f"{address}recall/").json()["state"] == "draft"
    assert client.delete(address).status_code == 204
    assert not DailyLog.objects.exists()


def test_a_week_is_written_with_its_steps_and_sent_with_its_days(world):
    monday = monday_of(last_working_day())
    log = DailyLogFactory.create(placement=world.placement, day=last_working_day(), week_start=monday)
    client = client_for(world.student)
    body = {"week_start": monday.isoformat(), "summary": "Shafts.", "main_job_title": "Shaft repair"}
    steps = [{"description": "Turning", "tools": "Lathe"}, {"description": "Milling"}]
    made = client.post("/api/v1/weeks/", {**body, "operations": steps}, format="json")
    assert [step["number"] for step in made.json()["operations"]] == [1, 2]
    assert client.post("/api/v1/weeks/", body, format="json").status_code == 409
    address = made.headers["Location"]
    changed = client.patch(address, {"operations": [{"description": "Grinding"}]}, format="json").json()
    assert ([step["description"] for step in changed["operations"]], changed["summary"]) == (["Grinding"], "Shafts.")
    assert client.post(f"{address}submit/").json()["state"] == "submitted"
    log.refresh_from_db()
    assert log.state == ChainState.SUBMITTED
    assert WeeklyReport.objects.get().main_job_title == "Shaft repair"


def test_an_absence_is_told_and_taken_back(world):
    client, day = client_for(world.student), last_working_day()
    made = client.post("/api/v1/absences/", {"day": day.isoformat(), "reason": "sick"}, format="json")
    assert (made.status_code, Absence.objects.get().day) == (201, day)
    assert client.delete(made.headers["Location"]).status_code == 204


def test_a_student_applies_with_an_uploaded_resume_and_withdraws(world):
    client = client_for(world.fellow_student)
    data = (RESUMES / "libreoffice-writer.pdf").read_bytes()
    file = SimpleUploadedFile("cv.pdf", data, content_type="application/pdf")
    resume = client.post("/api/v1/resumes/", {"file": file}).json()
    assert kind_of_file(client.get(f"/api/v1/resumes/{resume['id']}/file/")) == "application/pdf"
    vacancy = VacancyFactory.create()
    Placement.objects.filter(enrolment__student=world.fellow_student).delete()
    body = {"vacancy": vacancy.pk, "resume": resume["id"], "cover_letter": "I turn."}
    made = client.post("/api/v1/applications/", body, format="json")
    assert made.status_code == 201, made.content
    assert refused(client.post("/api/v1/applications/", body, format="json")) == "already_applied"
    changed = client.patch(made.headers["Location"], {"cover_letter": "I mill."}, format="json")
    assert changed.json()["cover_letter"] == "I mill."
    assert client.post(made.headers["Location"] + "withdraw/").json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("applications", {"resume": "theirs", "vacancy": "open"}, "resume"),
        ("placements", {"enrolment": "foreign", "company": "open"}, "enrolment"),
        ("reports", {"enrolment": "foreign"}, "enrolment"),
        ("logs", {"enrolment": "foreign", "text": "Mine."}, "enrolment"),
        ("weeks", {"enrolment": "foreign", "week_start": "2026-07-13"}, "enrolment"),
        ("exports", {"kind": "accounts.students", "format": "csv", "cohort": "foreign"}, None),
    ],
)
def test_a_foreign_key_in_a_body_is_no_key(world, path, body, field):
    foreign = EnrolmentFactory.create()
    keys = {
        "theirs": world.application.resume_id,
        "open": VacancyFactory.create().pk,
        "foreign": foreign.pk,
    }
    given = {name: keys.get(value, value) for name, value in body.items()}
    answer = client_for(world.fellow_student).post(f"/api/v1/{path}/", given, format="json")
    if field is None:
        assert answer.status_code == 403
    else:
        assert answer.status_code == 400
        assert field in [error["field"] for error in answer.json()["errors"]]
    assert Application.objects.count() == 1


@pytest.mark.parametrize("key", [True, [1], {"id": 1}, "x", -1, 2**70, None])
def test_what_is_no_key_is_named(world, key):
    answer = client_for(world.student).post("/api/v1/reports/", {"enrolment": key}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "enrolment")


def test_oneself_is_changed(world):
    client = client_for(world.student)
    answer = client.patch("/api/v1/me", {"phone": "+255 712 345 678", "language": "sw"}, format="json")
    assert (answer.json()["phone"], answer.json()["language"]) == ("+255712345678", "sw")
    assert answer.json()["studies"]["programme"] == world.student.student_profile.programme.name
    assert client.patch("/api/v1/me", {"username": "root"}, format="json").status_code == 400
    assert User.objects.get(pk=world.student.pk).username == world.student.username


# -- a company --------------------------------------------------------------------------------------------------------


def test_a_company_posts_decides_and_reads(world):
    client = client_for(world.representative)
    body = {
        "company": world.company.pk,
        "title": "Fitter",
        "description": "Help.",
        "location": "Dodoma",
        "deadline": (timezone.localdate() + dt.timedelta(days=30)).isoformat(),
        "skills": ["lathe"],
    }
    made = client.post("/api/v1/vacancies/", body, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    address = made.headers["Location"]
    assert client.post(f"{address}publish/").json()["state"] == "active"
    assert client.delete(address).status_code == 409
    assert client.post(f"{address}close/").json()["state"] == "closed"
    later = (timezone.localdate() + dt.timedelta(days=40)).isoformat()
    assert client.post(f"{address}reopen/", {"deadline": later}, format="json").json()["deadline"] == later
    application = f"/api/v1/applications/{world.application.pk}/"
    assert client.put(f"{application}notes/", {"notes": "Early."}, format="json").json() == {"notes": "Early."}
    assert kind_of_file(client.get(f"{application}resume/")) == "application/pdf"
    assert client_for(world.rival_representative).get(f"{application}resume/").status_code == 404
    assert CompanyMemberFactory.create().company.pk != world.company.pk


# -- many -------------------------------------------------------------------------------------------------------------


def test_many_are_moved_and_the_others_say_why(world, django_assert_max_num_queries):
    mine = [
        DailyLogFactory.create(
            placement=world.placement, day=last_working_day() - dt.timedelta(days=n), state=ChainState.SUBMITTED
        ).pk
        for n in range(3)
    ]
    draft = DailyLogFactory.create(
        placement=world.placement, day=last_working_day() - dt.timedelta(days=9), state=ChainState.VERIFIED_ACADEMIC
    )
    foreign = DailyLogFactory.create(state=ChainState.SUBMITTED)
    client = client_for(world.industrial_supervisor)
    with django_assert_max_num_queries(20):
        answer = client.post(
            "/api/v1/logs/bulk/verify/", {"ids": [*mine, draft.pk, foreign.pk, mine[0], 10**12]}, format="json"
        )
    body = answer.json()
    assert (answer.status_code, body["moved"]) == (200, sorted(mine))
    assert [(row["id"], row["code"]) for row in body["refused"]] == [
        (draft.pk, "wrong_state"),
        (foreign.pk, "not_found"),
        (10**12, "not_found"),
    ]


@pytest.mark.parametrize("ids", [[], "1", [0], [-1], ["x"], [2**64], list(range(1, 502))])
def test_keys_of_many_that_are_none_are_named(world, ids):
    answer = client_for(world.student).post("/api/v1/logs/bulk/recall/", {"ids": ids}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"].split(".")[0]) == (400, "ids")
