"""Imports, forms, marks, visits, what one keeps, and papers through /api/v1/: bad input and one way through each."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.models import ImportBatch
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.students import STUDENTS
from apps.logbook.models import Visit
from apps.reporting.models import Portfolio
from tests.api.test_lists import client_for
from tests.factories.accounts import CohortFactory
from tests.factories.logbook import AssessmentFactory, RubricFactory, VisitFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def problems(answer) -> tuple[int, list[str]]:
    return answer.status_code, [error["field"] for error in answer.json().get("errors", [])]


def test_a_table_is_uploaded_looked_at_and_thrown_away(world):
    client = client_for(world.coordinator)
    table = SimpleUploadedFile("new.csv", b"reg_no,first_name,last_name,programme_code\n2021-04-1,Asha,Moshi,X\n")
    body = {"kind": STUDENTS, "cohort": world.cohort.pk, "file": table}
    made = client.post("/api/v1/imports/", body)
    assert (made.status_code, made.json()["state"]) == (201, "uploaded")
    run_due_tasks()
    address, batch = made.headers["Location"], ImportBatch.objects.get()
    rows = client.get("/api/v1/import-rows/", {"import": str(batch.pk), "status": "error"}).json()["results"]
    assert [(row["line"], row["values"]["first_name"], len(row["problems"]) > 0) for row in rows] == [(2, "Asha", True)]
    assert "Asha" in client.get(f"{address}errors/").text
    assert client.post(f"{address}confirm/").status_code == 400
    assert client_for(world.superuser).post(f"{address}cancel/").status_code == 403
    assert client.post(f"{address}cancel/").json()["state"] == "discarded"
    assert client.post(f"{address}confirm/").status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("imports", {"kind": "secrets"}, "kind"),
        ("saved-searches", {"sector": "MAGIC"}, "sector"),
        ("rubrics", {"kind": "magic", "title": "x"}, "kind"),
        ("mark-rules", {"kind": "magic", "limit": "x"}, "limit"),
        ("visits", {"placement": 0, "planned_on": "2026-02-30"}, "planned_on"),
        ("snippets", {"text": ""}, "text"),
        ("batches", {"formats": ["exe"]}, "formats.0"),
        ("marks/export", {"cohort": 10**12}, "cohort"),
        ("enrolments/invite", {"ids": []}, "ids"),
    ],
)
def test_what_is_none_names_the_field(world, path, body, field):
    client = client_for(world.coordinator)
    form = "multipart" if path == "imports" else "json"
    status, fields = problems(client.post(f"/api/v1/{path}/", body, format=form))
    assert (status, field in fields) == (400, True), fields


def test_a_form_is_entered_once_asked_and_counted(world):
    cohort = CohortFactory.create(department=world.department)
    client = client_for(world.coordinator)
    body = {"cohort": cohort.pk, "kind": "industry", "title": "By the host"}
    made = client.post("/api/v1/rubrics/", body, format="json")
    assert (made.status_code, problems(client.post("/api/v1/rubrics/", body, format="json"))) == (201, (400, ["kind"]))
    scale = {"label": "Draws", "kind": "scale", "steps": ["never", "always"]}
    put = client.put(f"{made.headers['Location']}questions/", {"questions": [{"label": "Comes"}, scale]}, format="json")
    assert [(q["number"], q["question"], q["best"]) for q in put.json()["questions"]] == [
        (1, "Comes", 5),
        (2, "Draws", 1),
    ]
    less = client.put(f"{made.headers['Location']}questions/", {"questions": [scale]}, format="json").json()
    assert [(q["number"], q["steps"]) for q in less["questions"]] == [(1, ["never", "always"])]


def test_who_fills_in_a_form_reads_its_questions(world):
    rubric = RubricFactory.create(cohort=world.cohort, kind="industry")
    found = AssessmentFactory.create(placement=world.placement, rubric=rubric)
    address = f"/api/v1/assessments/{found.pk}/questions/"
    asked = client_for(world.industrial_supervisor).get(address)
    assert [row["id"] for row in asked.json()] == list(rubric.criteria.order_by("number").values_list("pk", flat=True))
    assert client_for(world.foreign_student).get(address).status_code == 404


def test_students_see_marks_that_are_released(world):
    rubric = RubricFactory.create(cohort=world.cohort, kind="industry")
    AssessmentFactory.create(placement=world.placement, rubric=rubric, state="submitted", mark=80)
    address = f"/api/v1/marks/{world.enrolment.pk}/"
    for person, mark in ((world.coordinator, 80.0), (world.student, None)):
        assert client_for(person).get(address).json()["parts"][0]["mark"] == mark
    listed = client_for(world.coordinator).get("/api/v1/marks/", {"cohort": world.cohort.pk, "fields": "id,mark"})
    assert {"id", "mark"} == set(listed.json()["results"][0])


def test_a_visit_is_planned_moved_and_not_planned_twice(world):
    client, day = client_for(world.university_supervisor), timezone.localdate() + dt.timedelta(days=1)
    made = client.post(
        "/api/v1/visits/", {"placement": world.placement.pk, "planned_on": day.isoformat()}, format="json"
    )
    assert (made.status_code, Visit.objects.get().visitor) == (201, world.university_supervisor)
    other = VisitFactory.create(
        placement=world.placement, visitor=world.university_supervisor, planned_on=day + dt.timedelta(days=1)
    )
    moved = client.patch(f"/api/v1/visits/{other.pk}/", {"planned_on": day.isoformat()}, format="json")
    assert problems(moved) == (400, ["planned_on"])
    past = client.patch(f"/api/v1/visits/{other.pk}/", {"planned_on": "2020-01-01"}, format="json")
    assert problems(past) == (400, ["planned_on"])
    assert client.delete(made.headers["Location"]).status_code == 204


def test_mail_is_chosen_by_kind(world):
    client = client_for(world.student)
    shown = client.get("/api/v1/me/notice-choices/").json()["kinds"]
    free = next(row["kind"] for row in shown if not row["binding"])
    chosen = client.patch("/api/v1/me/notice-choices/", {"usual": "weekly", "kinds": {free: "never"}}, format="json")
    assert (chosen.json()["usual"], {row["kind"]: row["frequency"] for row in chosen.json()["kinds"]}[free]) == (
        "weekly",
        "never",
    )
    wrong = client.patch("/api/v1/me/notice-choices/", {"kinds": {"no.such": "never"}}, format="json")
    assert problems(wrong) == (400, ["no.such"])


def test_a_portfolio_is_composed_and_shared(world):
    client = client_for(world.student)
    body = {"enrolment": world.enrolment.pk, "title": "My year", "weeks": [10**9]}
    made = client.post("/api/v1/portfolios/", body, format="json")
    assert (made.json()["title"], made.json()["weeks"], Portfolio.objects.count()) == ("My year", [], 1)
    link = client.post(f"{made.headers['Location']}share/", {"days": 30}, format="json")
    assert "/p/" in link.json()["address"]
    assert problems(client.post(f"{made.headers['Location']}share/", {"days": 8}, format="json")) == (400, ["days"])
