"""Mails to many, templates, figures, the search, and what the superuser keeps, through /api/v1/."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.models import Erasure, KeptAnswer, MassMail, Notice, OutboxTask, ServiceToken
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.tokens import token_of
from apps.reporting.builders import docx
from apps.reporting.models import DocumentTemplate
from tests.api.test_further_doors import problems
from tests.api.test_lists import client_for
from tests.factories.accounts import WebhookFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

HOOK = {"name": "Registry", "url": "https://registry.uni.example/hook", "events": ["placement.begun"]}


@pytest.fixture
def world() -> World:
    return build_world()


# -- mails to many ----------------------------------------------------------------------------------------------------


def test_a_mail_is_begun_looked_at_sent_and_stopped(world):
    client = client_for(world.coordinator)
    body = {"audience": "accounts.students", "ids": [world.enrolment.pk], "subject": "Meeting"}
    made = client.post("/api/v1/mass-mails/", {**body, "text": "Dear {first_name}"}, format="json")
    address = made.headers["Location"]
    assert (made.status_code, made.json()["state"]) == (201, "draft")
    sample = client.get(f"{address}preview/").json()
    assert (sample["total"], sample["counts"]) == (1, {"not_sent": 1})
    assert sample["samples"][0]["text"] == f"Dear {world.student.first_name}"
    stale = client.patch(address, {"subject": "Noon"}, format="json", headers={"If-Match": '"99.x"'})
    assert stale.status_code == 412
    assert client.patch(address, {"subject": "Noon"}, format="json").json()["subject"] == "Noon"
    assert client_for(world.superuser).post(f"{address}send/").status_code == 403
    assert client.post(f"{address}send/").json()["state"] == "sending"
    assert client.patch(address, {"subject": "Late"}, format="json").status_code == 400
    run_due_tasks()
    assert Notice.objects.get(kind="accounts.mass_mail").recipient == world.student
    assert client.post("/api/v1/mass-mails/bulk/stop/", {"ids": [made.json()["id"]]}, format="json").json()[
        "moved"
    ] == [made.json()["id"]]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "Dear {password}"}, "text"),
        ({"subject": "Two\nlines"}, "subject"),
        ({"audience": "everybody"}, "audience"),
        ({"ids": []}, "ids"),
    ],
)
def test_what_is_no_mail_names_the_field(world, body, field):
    usual = {"audience": "accounts.students", "ids": [world.enrolment.pk], "subject": "Meeting", "text": "Come."}
    answer = client_for(world.coordinator).post("/api/v1/mass-mails/", {**usual, **body}, format="json")
    assert (problems(answer), MassMail.objects.exists()) == ((400, [field]), False)


def test_nobody_is_written_to_beyond_the_own_cohorts(world):
    body = {"audience": "accounts.students", "ids": [world.enrolment.pk], "subject": "Meeting", "text": "Come."}
    stranger = client_for(world.foreign_coordinator).post("/api/v1/mass-mails/", body, format="json")
    assert (stranger.status_code, stranger.json()["code"]) == (400, "nobody")
    assert client_for(world.student).post("/api/v1/mass-mails/", body, format="json").status_code == 403
    assert client_for(world.student).get("/api/v1/mass-mails/audiences/").status_code == 403
    audiences = client_for(world.coordinator).get("/api/v1/mass-mails/audiences/").json()
    assert "first_name" in next(row for row in audiences if row["audience"] == "accounts.students")["places"]


# -- templates --------------------------------------------------------------------------------------------------------


def word_file(name="week.docx"):
    return SimpleUploadedFile(name, docx.layout("week"))


def test_a_mail_is_written_in_other_languages_too_and_a_change_keeps_them(world):
    client = client_for(world.coordinator)
    swahili = {"sw": {"subject": "Mkutano", "text": "Habari {first_name}"}}
    body = {
        "audience": "accounts.students",
        "ids": [world.enrolment.pk],
        "subject": "Meeting",
        "text": "Dear all",
        "translations": swahili,
    }
    made = client.post("/api/v1/mass-mails/", body, format="json").json()
    assert made["translations"] == swahili
    address = f"/api/v1/mass-mails/{made['id']}/"
    changed = client.patch(address, {"subject": "Another"}, format="json").json()
    assert (changed["subject"], changed["translations"]) == ("Another", swahili)
    assert client.patch(address, {"translations": {}}, format="json").json()["translations"] == {}
    for wrong in ({"xx": swahili["sw"]}, {"sw": {"subject": "Mkutano"}}, {"sw": {"subject": "a", "text": "{nobody}"}}):
        assert client.patch(address, {"translations": wrong}, format="json").status_code == 400


def test_a_template_is_uploaded_tried_published_and_the_one_before_retired(world):
    client, of = client_for(world.coordinator), {"kind": "week", "department": world.department.pk}
    addresses = []
    for name in ("First", "Second"):
        made = client.post("/api/v1/templates/", {**of, "name": name, "file": word_file()})
        addresses.append(made.headers["Location"])
        assert (made.status_code, made.json()["state"]) == (201, "draft")
    assert client.post(f"{addresses[0]}publish/").json()["code"] == "not_tried"
    for address in addresses:
        tried = client.post(f"{address}try/?format=docx", {"placement": world.placement.pk}, format="json")
        assert tried.content.startswith(b"PK")
    foreign = client.post(f"{addresses[0]}try/?format=docx", {"placement": 10**9}, format="json")
    assert foreign.status_code == 404
    assert client.post(f"{addresses[0]}publish/").json()["state"] == "published"
    second = DocumentTemplate.objects.get(name="Second")
    many = client.post("/api/v1/templates/bulk/publish/", {"ids": [second.pk]}, format="json")
    assert many.json()["moved"] == [second.pk]
    assert client.get(addresses[0]).json()["state"] == "retired"
    assert client.delete(addresses[1]).status_code == 409


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "magic"}, "kind"),
        ({"file": SimpleUploadedFile("a.docx", b"PK")}, "file"),
        ({"layout": "letter"}, "layout"),
        ({"department": "", "layout": "week"}, "department"),
        ({}, "file"),
    ],
)
def test_what_is_no_template_names_the_field(world, body, field):
    usual = {"kind": "week", "name": "Sheet", "department": world.department.pk}
    status, fields = problems(client_for(world.coordinator).post("/api/v1/templates/", {**usual, **body}))
    assert (status, field in fields, DocumentTemplate.objects.exists()) == (400, True, False), fields


def test_the_dictionary_names_places_and_our_layouts(world):
    client = client_for(world.coordinator)
    found = client.get("/api/v1/template-fields/?kind=week").json()
    assert "cohort_name" in {place["path"] for place in found["places"]}
    made = client.post(
        "/api/v1/templates/",
        {"kind": "week", "name": "Ours", "department": world.department.pk, "layout": found["layouts"][0]["layout"]},
        format="json",
    )
    assert made.status_code == 201
    assert problems(client.get("/api/v1/template-fields/")) == (400, ["kind"])
    assert client_for(world.student).get("/api/v1/template-fields/?kind=week").status_code == 403


# -- figures and search -----------------------------------------------------------------------------------------------


def test_figures_are_those_of_the_page(world):
    client = client_for(world.coordinator)
    answer = client.get("/api/v1/analytics/figures/", {"cohort": str(world.cohort.pk), "by": "sector"})
    found = {row["measure"]: row for row in answer.json()["measures"]}
    page = client.get("/api/v1/analytics/figures/csv/", {"cohort": str(world.cohort.pk), "by": "sector"})
    assert len(page.content.decode("utf-8-sig").splitlines()) - 1 == sum(
        len(line["figures"]) for row in found.values() for line in (*row["lines"], *row["skills"])
    )
    behind = client.get(f"/api/v1/analytics/placements/{next(iter(found))}/")
    assert behind.json()["count"] == len(behind.json()["placements"])


def test_the_rest_of_the_university_is_told_only_of_five_students_and_more(world):
    lines = client_for(world.coordinator).get("/api/v1/analytics/figures/").json()["measures"][0]["lines"]
    rest = [line for line in lines if line["count"] is None]
    assert [(cell["value"], cell["hidden"]) for line in rest for cell in line["figures"]] == [(None, True)] * len(
        rest[0]["figures"]
    )


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start=2026-02-30", "start"),
        ("start=2026-05-01&end=2026-01-01", "end"),
        ("sector=MAGIC", "sector"),
        ("by=student", "by"),
        ("password=x", "password"),
    ],
)
def test_what_figures_cannot_be_asked_is_named(world, query, field):
    assert problems(client_for(world.coordinator).get(f"/api/v1/analytics/figures/?{query}")) == (400, [field])
    foreign = client_for(world.coordinator).get(f"/api/v1/analytics/figures/?cohort={world.other_cohort.pk}")
    assert problems(foreign) == (400, ["cohort"])
    assert client_for(world.student).get("/api/v1/analytics/figures/").status_code == 403


def test_everybody_finds_the_own_rows(world):
    def urls(person, words):
        found = client_for(person).get("/api/v1/find/", {"q": words}).json()["groups"]
        return [row["url"] for group in found for row in group["rows"] if "/change/" in row["url"]]

    words = world.student.student_profile.reg_no
    assert any(f"/enrolment/{world.enrolment.pk}/" in url for url in urls(world.coordinator, words))
    assert urls(world.foreign_coordinator, words) == urls(world.student, words) == []
    assert problems(client_for(world.student).get("/api/v1/find/?name=x")) == (400, ["name"])


# -- what the superuser keeps -----------------------------------------------------------------------------------------


def test_an_erasure_is_asked_for_held_and_withdrawn(world):
    client = client_for(world.superuser)
    made = client.post("/api/v1/erasures/", {"person": world.student.pk}, format="json")
    assert (made.status_code, made.json()["state"]) == (201, "waiting")
    address = made.headers["Location"]
    assert (
        client.post("/api/v1/erasures/", {"person": world.student.pk}, format="json").json()["code"] == "asked_already"
    )
    assert client.post(f"{address}hold/").status_code == 400
    held = client.post(f"{address}hold/", {"reason": "A dispute."}, format="json").json()
    assert (held["state"], held["hold_reason"]) == ("held", "A dispute.")
    assert client.post(f"{address}release/").json()["state"] == "waiting"
    assert client.post(f"{address}withdraw/").json()["state"] == "withdrawn"
    other = client_for(world.coordinator).post("/api/v1/erasures/", {"person": world.student.pk}, format="json")
    assert (other.status_code, Erasure.objects.count()) == (403, 1)


def test_a_secret_is_told_once_and_kept_nowhere(world):
    client, until = client_for(world.superuser), (timezone.now() + dt.timedelta(days=30)).isoformat()
    body = {"name": "Registry", "scopes": ["api_read"], "expires_at": until}
    made = client.post("/api/v1/service-tokens/", body, format="json", headers={"Idempotency-Key": "once"})
    token, address = ServiceToken.objects.get(), f"/api/v1/service-tokens/{made.json()['id']}/"
    assert (made.status_code, token_of(made.json()["secret"])) == (201, token)
    assert "secret" not in client.get(address).json()
    assert not KeptAnswer.objects.exists()
    again = client.post("/api/v1/service-tokens/", body, format="json", headers={"Idempotency-Key": "once"})
    assert problems(again) == (400, ["name"])
    assert client.post(f"{address}revoke/").json()["revoked_at"] is not None
    assert client.post(f"{address}revoke/").json()["code"] == "revoked_already"
    assert problems(client.post("/api/v1/service-tokens/", {**body, "scopes": ["all"]}, format="json"))[1] == [
        "scopes.0"
    ]
    assert client_for(world.coordinator).post("/api/v1/service-tokens/", body, format="json").status_code == 403


def test_a_webhook_is_entered_paused_and_resumed(world):
    client = client_for(world.superuser)
    made = client.post("/api/v1/webhooks/", HOOK, format="json")
    assert (made.status_code, made.json()["key"][:4]) == (201, "whk_")
    address = f"/api/v1/webhooks/{made.json()['id']}/"
    assert client.post(f"{address}pause/").json()["is_active"] is False
    assert client.post(f"{address}resume/").json()["is_active"] is True
    for body, field in (
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["person.erased"]}, "events.0"),
        ({"name": "Registry"}, "name"),
    ):
        assert problems(client.post("/api/v1/webhooks/", {**HOOK, "name": "Other", **body}, format="json")) == (
            400,
            [field],
        )
    assert client_for(world.coordinator).get(address).status_code == 404
    assert client_for(world.coordinator).post("/api/v1/webhooks/", HOOK, format="json").status_code == 403


def test_a_task_that_was_given_up_is_tried_again(world):
    dead = OutboxTask.objects.create(kind="tests.nothing", state="dead")
    client, address = client_for(world.superuser), f"/api/v1/tasks/{dead.pk}/"
    assert client.post(f"{address}try-again/").json()["state"] == "waiting"
    assert client.post(f"{address}try-again/").status_code == 409
    assert client_for(world.coordinator).get(address).status_code == 404
    assert WebhookFactory.create().is_active
