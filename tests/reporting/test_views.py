import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.logbook.states import AssessmentKind, AssessmentState, ChainState
from apps.reporting.selectors import book_of, general_reports_visible_to, logbooks_visible_to
from apps.reporting.services import documents as making
from apps.reporting.states import GeneralReportState
from apps.reporting.views import documents as views
from portal.kernel.dates import monday_of
from portal.kernel.errors import RuleViolation
from tests.factories.accounts import EnrolmentFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import ArrivalNoteFactory, AssessmentFactory, DailyLogFactory
from tests.factories.reporting import GeneralReportFactory
from tests.factories.world import World, build_world

TAKES = {"student", "university_supervisor", "coordinator"}


@pytest.fixture
def world(db) -> World:
    return build_world()


def download(placement, form="docx") -> str:
    return reverse("logbook_download", args=[placement.pk, form])


def test_the_logbook_is_taken_along_by_exactly_these(world):
    found = {
        name
        for name, person in world.personas().items()
        if logbooks_visible_to(person).filter(pk=world.placement.pk).exists()
    }
    assert found == TAKES


@pytest.mark.parametrize(
    "who",
    [
        "fellow_student",
        "foreign_student",
        "industrial_supervisor",
        "representative",
        "rival_representative",
        "other_university_supervisor",
        "foreign_coordinator",
    ],
)
def test_the_logbook_of_others_is_not_there(client, world, who):
    client.force_login(getattr(world, who))
    assert client.post(download(world.placement)).status_code == 404
    week = reverse("week_download", args=[world.placement.pk, monday_of(timezone.localdate()), "docx"])
    assert client.post(week).status_code == 404


@pytest.mark.parametrize("who", sorted(TAKES))
def test_the_logbook_comes_as_word(client, world, who):
    client.force_login(getattr(world, who))
    answer = client.post(download(world.placement))
    reg_no = world.student.student_profile.reg_no
    assert answer["Content-Disposition"] == f'attachment; filename="{reg_no}-logbook.docx"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()


def test_the_logbook_comes_as_pdf(client, world):
    client.force_login(world.student)
    answer = client.post(download(world.placement, "pdf"))
    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")


@pytest.mark.parametrize(("form", "begins"), [("docx", b"PK"), ("pdf", b"%PDF-")])
def test_a_week_comes_in_both_forms(client, world, form, begins):
    client.force_login(world.student)
    monday = monday_of(timezone.localdate())
    answer = client.post(reverse("week_download", args=[world.placement.pk, monday, form]))
    assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)


def test_a_week_outside_the_training_is_not_there(client, world):
    client.force_login(world.student)
    monday = monday_of(world.placement.start) - dt.timedelta(days=7)
    assert client.post(reverse("week_download", args=[world.placement.pk, monday, "docx"])).status_code == 404


@pytest.mark.parametrize("name", ["make_logbook", "make_week"])
def test_a_refusal_is_said_on_the_list(client, world, monkeypatch, name):
    def refuse(*_args, **_kwargs):
        raise RuleViolation("pdf_unavailable", "There is no PDF here.")

    monkeypatch.setattr(views, name, refuse)
    client.force_login(world.student)
    week = reverse("week_download", args=[world.placement.pk, monday_of(timezone.localdate()), "pdf"])
    answer = client.post(download(world.placement, "pdf") if name == "make_logbook" else week, follow=True)
    assert answer.redirect_chain == [(reverse("documents"), 302)]
    assert "There is no PDF here." in answer.content.decode()


def test_without_pdf_the_list_says_why(client, world, monkeypatch):
    monkeypatch.setattr(making, "weasyprint_available", lambda: False)
    monkeypatch.setattr(making, "why_no_pdf", lambda: "A library is missing.")
    client.force_login(world.student)
    answer = client.get(reverse("documents"))
    assert [book["no_pdf"] for book in answer.context["books"]] == ["A library is missing."]
    assert (b"A library is missing." in answer.content, b".pdf" in answer.content) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(client, world, django_assert_num_queries, rows):
    for enrolment in EnrolmentFactory.create_batch(rows, cohort=world.other_cohort):
        PlacementFactory.create(enrolment=enrolment)
    client.force_login(world.foreign_coordinator)
    client.get(reverse("documents"))
    with django_assert_num_queries(9):
        answer = client.get(reverse("documents"))
    assert len(answer.context["books"]) == rows


def test_a_draft_stands_in_the_students_own_book_alone(world):
    DailyLogFactory.create(placement=world.placement, text="Only mine.")
    DailyLogFactory.create(
        placement=world.placement,
        day=timezone.localdate() - dt.timedelta(days=7),
        text="Sent.",
        state=ChainState.SUBMITTED,
    )

    def texts(user) -> set[str]:
        book = book_of(world.placement, user, language="en")
        return {day.text for week in book.logbook.weeks for day in week.days if day.text}

    assert texts(world.student) == {"Only mine.", "Sent."}
    assert (texts(world.coordinator), texts(world.university_supervisor)) == ({"Sent."}, {"Sent."})


@pytest.mark.parametrize("state", GeneralReportState.values)
def test_who_has_a_general_report(world, state):
    report = GeneralReportFactory.create(enrolment=world.enrolment, state=state)
    found = {n for n, p in world.personas().items() if general_reports_visible_to(p).filter(pk=report.pk).exists()}
    assert found == ({"student"} if state == "draft" else TAKES | {"superuser"})


def test_arrival_notes_and_sent_assessments_can_be_taken_from_the_list(client, world):
    note = ArrivalNoteFactory.create(placement=world.placement)
    sent = AssessmentFactory.create(placement=world.placement, state=AssessmentState.SUBMITTED)
    written = AssessmentFactory.create(placement=world.placement, rubric__kind=AssessmentKind.ACADEMIC)
    client.force_login(world.coordinator)
    text = client.get(reverse("documents")).content.decode()
    shown = [
        reverse(route, args=[row.pk, "docx"]) in text
        for route, row in (("arrival_download", note), ("assessment_download", sent), ("assessment_download", written))
    ]
    assert shown == [True, True, False]
