"""The university's own Word templates: uploaded, tried, published, and used for documents."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.applications.states import PlacementState
from apps.logbook.states import AssessmentKind, AssessmentState
from apps.reporting.builders import docx
from apps.reporting.dictionary import asked_by, entries_of
from apps.reporting.models import DocumentTemplate
from apps.reporting.selectors import assessment_sheet, published_template
from apps.reporting.services import documents
from apps.reporting.services.documents import make_logbook, make_week
from apps.reporting.services.sheets import make_certificate
from apps.reporting.services.templates import (
    add_template,
    discard_template,
    note_trial,
    publish_template,
    shipped_layouts,
    upload_template,
)
from apps.reporting.services.trials import placements_to_try, try_template
from apps.reporting.states import TemplateKind, TemplateState
from portal.kernel.dates import monday_of
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from tests.clients import signed_in
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import ArrivalNoteFactory, AssessmentFactory, CriterionFactory, RubricFactory
from tests.factories.reporting import DocumentTemplateFactory, GeneralReportFactory
from tests.factories.world import World, build_world
from tests.kernel.word_files import with_relation, word

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def world(settings, tmp_path) -> World:
    settings.MEDIA_ROOT = tmp_path
    return build_world()


def stored(world, **values) -> DocumentTemplate:
    own = {"department": world.department, "file": ContentFile(docx.layout("week"), name="week.docx")}
    return DocumentTemplateFactory.create(**{**own, **values})


def refusal(call, *args, **kwargs) -> tuple[str, str | None]:
    with pytest.raises(RuleViolation) as caught:
        call(*args, **kwargs)
    return caught.value.code, caught.value.field


# -- upload -------------------------------------------------------------------------------------------------------


def test_an_upload_keeps_its_fields_and_counts_versions(world):
    content = word("{{ student.full_name }} {{ student.fulname }} {{ nonsense_of_mine }}")
    first, second = (
        upload_template(TemplateKind.WEEK, "Sheet", content, actor=world.coordinator, department=world.department)
        for _ in range(2)
    )
    assert (first.number, second.number) == (1, 2)
    asked = [(field.path, field.is_known, field.instead) for field in asked_by(first)]
    assert asked == [
        ("nonsense_of_mine", False, ""),
        ("student.fulname", False, "student.full_name"),
        ("student.full_name", True, ""),
    ]


def test_what_is_wrong_with_a_file_is_said_at_the_field(world):
    hostile = with_relation(word("x"), "attachedTemplate", "https://elsewhere.example/t.dotm")
    scope = {"actor": world.coordinator, "department": world.department}
    assert refusal(upload_template, TemplateKind.WEEK, "x", hostile, **scope) == ("template_refused", "file")
    assert refusal(upload_template, TemplateKind.WEEK, "x", b"0" * (11 << 20), **scope) == ("too_large", "file")
    assert DocumentTemplate.objects.count() == 0


def test_a_template_belongs_to_what_one_coordinates(world):
    content, kind = word("{{ title }}"), TemplateKind.WEEK
    both = {"department": world.department, "cohort": world.cohort}
    assert refusal(upload_template, kind, "x", content, actor=world.coordinator, **both) == ("one_scope", "cohort")
    assert refusal(upload_template, kind, "x", content, actor=world.coordinator) == ("scope_needed", "department")
    with pytest.raises(NotAllowed):
        upload_template(kind, "x", content, actor=world.coordinator, cohort=world.other_cohort)
    made = upload_template(kind, "x", content, actor=world.superuser)
    assert (made.anchor_department_id, made.scope) == (None, "The whole installation")
    of_cohort = upload_template(kind, "x", content, actor=world.coordinator, cohort=world.cohort)
    assert of_cohort.anchor_department_id == world.department.pk


def test_one_of_our_layouts_is_taken_where_no_file_is_chosen(world):
    values = {"kind": "week", "name": "Sheet", "department": world.department}
    made = add_template({**values, "layout": "week_european"}, actor=world.coordinator)
    with made.file.open("rb") as stored:
        assert stored.read() == docx.layout("week_european")
    assert refusal(add_template, values, actor=world.coordinator) == ("file_missing", "file")
    wrong = {**values, "layout": "report"}
    assert refusal(add_template, wrong, actor=world.coordinator) == ("layout_of_other_kind", "layout")
    large = SimpleUploadedFile("x.docx", b"0" * (11 << 20))
    assert refusal(add_template, {**values, "file": large}, actor=world.coordinator) == ("too_large", "file")


@pytest.mark.parametrize("kind", list(TemplateKind))
def test_every_shipped_layout_is_there_and_every_field_has_a_meaning(kind):
    assert [docx.layout(name)[:2] for name in shipped_layouts(kind)] == [b"PK"] * len(shipped_layouts(kind))
    entries = entries_of(kind)
    assert [entry.path for entry in entries if not entry.meaning and not entry.path.startswith("labels.")] == []
    assert len(entries) > 20


# -- trial and publication ----------------------------------------------------------------------------------------


def test_nothing_is_published_untried_and_the_version_before_is_retired(world):
    old, new = stored(world, state=TemplateState.PUBLISHED), stored(world)
    assert refusal(publish_template, new, actor=world.coordinator) == ("not_tried", None)
    old.refresh_from_db()
    assert old.state == TemplateState.PUBLISHED
    note_trial(new, actor=world.coordinator)
    publish_template(new, actor=world.coordinator)
    old.refresh_from_db()
    assert (old.state, new.state) == (TemplateState.RETIRED, TemplateState.PUBLISHED)
    with pytest.raises(NotAllowed):
        note_trial(new, actor=world.foreign_coordinator)


@pytest.mark.parametrize("scope", ["department", "cohort", "all"])
def test_the_database_lets_one_be_published(world, scope):
    owner = {
        "department": {"department": world.department},
        "cohort": {"department": None, "cohort": world.cohort},
        "all": {"department": None},
    }[scope]
    stored(world, state=TemplateState.PUBLISHED, **owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        stored(world, state=TemplateState.PUBLISHED, **owner)
    assert published_template(TemplateKind.WEEK, world.cohort) is not None


def test_the_nearest_template_is_used(world):
    scopes = ({"department": None}, {"department": world.department}, {"department": None, "cohort": world.cohort})
    for scope in scopes:
        made = stored(world, state=TemplateState.PUBLISHED, **scope)
        assert published_template(TemplateKind.WEEK, world.cohort) == made


def test_only_a_draft_is_thrown_away(world, django_capture_on_commit_callbacks):
    draft, used = stored(world), stored(world, state=TemplateState.RETIRED)
    with pytest.raises(NotAllowed):
        discard_template(draft, actor=world.foreign_coordinator)
    with pytest.raises(WrongState):
        discard_template(used, actor=world.coordinator)
    name, storage = draft.file.name, draft.file.storage
    with django_capture_on_commit_callbacks(execute=True):
        discard_template(draft, actor=world.coordinator)
    assert (storage.exists(name), DocumentTemplate.objects.count()) == (False, 1)


@pytest.mark.parametrize("kind", list(TemplateKind))
def test_every_kind_is_tried_with_a_real_student(world, kind):
    ArrivalNoteFactory.create(placement=world.placement, state="confirmed")
    GeneralReportFactory.create(enrolment=world.enrolment, state="submitted")
    rubric = RubricFactory.create(cohort=world.cohort, kind=AssessmentKind.INDUSTRY)
    AssessmentFactory.create(placement=world.placement, rubric=rubric, state=AssessmentState.SUBMITTED)
    name = next(iter(shipped_layouts(kind)))
    template = stored(world, kind=kind, file=ContentFile(docx.layout(name), name="x.docx"))
    made = try_template(template, world.placement, "docx", actor=world.coordinator, language="en")
    with zipfile.ZipFile(io.BytesIO(made.content)) as package:
        assert world.student.get_full_name() in package.read("word/document.xml").decode()
    assert template.tried_at is not None


@pytest.mark.parametrize("kind", [TemplateKind.REPORT, TemplateKind.ARRIVAL, TemplateKind.ASSESSMENT])
def test_a_student_without_such_a_document_is_no_trial(world, kind):
    template = stored(world, kind=kind)
    found = refusal(try_template, template, world.placement, "docx", actor=world.coordinator, language="en")
    assert (found, template.tried_at) == (("nothing_to_try", None), None)


# -- in the workspace ---------------------------------------------------------------------------------------------


def test_a_coordinator_uploads_tries_and_publishes(world):
    desk = signed_in(world.coordinator)
    file = SimpleUploadedFile("week.docx", docx.layout("week"))
    posted = {"kind": "week", "name": "Sheet", "department": world.department.pk, "file": file}
    desk.post("/admin/reporting/documenttemplate/add/", posted)
    template = DocumentTemplate.objects.get()
    page = f"/admin/reporting/documenttemplate/{template.pk}/change/"
    assert "student.full_name" in desk.get(page).text
    trial = reverse("admin:reporting_documenttemplate_try", args=[template.pk])
    assert desk.post(trial, {"placement": "x"})["Location"] == page
    answer = desk.post(trial, {"placement": world.placement.pk})
    assert answer["Content-Disposition"].endswith('-week-trial.docx"')
    desk.post(reverse("admin:reporting_documenttemplate_move", args=[template.pk, "publish"]))
    template.refresh_from_db()
    assert template.state == TemplateState.PUBLISHED
    desk.post(reverse("admin:reporting_documenttemplate_move", args=[template.pk, "retire"]))
    template.refresh_from_db()
    assert template.state == TemplateState.RETIRED


def test_a_trial_that_fails_says_why_and_an_unknown_field_is_named(world):
    template = stored(world, file=ContentFile(word("{{ student.fulname }}"), name="x.docx"), fields=["student.fulname"])
    desk = signed_in(world.coordinator)
    trial = reverse("admin:reporting_documenttemplate_try", args=[template.pk])
    answer = desk.post(trial, {"placement": world.placement.pk, "form": "docx"}, follow=True)
    assert ("fulname” , which" in answer.text or "fulname" in answer.text, "Did you mean" in answer.text) == (
        True,
        True,
    )
    template.refresh_from_db()
    assert template.tried_at is None


def test_a_hostile_file_is_refused_in_the_form(world):
    file = SimpleUploadedFile("x.docx", with_relation(word("x"), "image", "https://elsewhere.example/x.png"))
    posted = {"kind": "week", "name": "Sheet", "department": world.department.pk, "file": file}
    answer = signed_in(world.coordinator).post("/admin/reporting/documenttemplate/add/", posted)
    assert (answer.status_code, "elsewhere.example" in answer.text) == (200, True)
    assert DocumentTemplate.objects.count() == 0


def test_the_dictionary_shows_every_kind_and_our_files_can_be_taken(world):
    desk = signed_in(world.coordinator)
    address = reverse("admin:reporting_documenttemplate_fields")
    assert "{{ certificate.sentence }}" in desk.get(f"{address}?kind=certificate").text
    assert "{%tr for day in week.days %}" in desk.get(f"{address}?kind=nonsense").text
    ours = reverse("admin:reporting_documenttemplate_shipped", args=["logbook_malaysian_saudi_rtl"])
    assert desk.get(ours).content == docx.layout("logbook_malaysian_saudi_rtl")
    assert desk.get(reverse("admin:reporting_documenttemplate_shipped", args=["nonsense"])).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_any_number(world, rows, django_assert_num_queries):
    for _ in range(rows):
        stored(world)
    desk = signed_in(world.coordinator)
    desk.get("/admin/reporting/documenttemplate/")
    with django_assert_num_queries(8):
        assert desk.get("/admin/reporting/documenttemplate/").status_code == 200


# -- the two ways to PDF ------------------------------------------------------------------------------------------


def test_the_pdf_is_made_of_the_published_word_template(world, monkeypatch):
    stored(world, state=TemplateState.PUBLISHED, tried_at=timezone.now())
    monkeypatch.setattr(documents, "docx_to_pdf", lambda files: [b"%PDF-of " + files[0][:2]])
    monkeypatch.setattr(documents, "why_no_conversion", lambda: "")
    monday = monday_of(timezone.localdate())
    made = make_week(world.placement, monday, "pdf", actor=world.student, language="en")
    assert made.content == b"%PDF-of PK"
    assert make_logbook(world.placement, "pdf", actor=world.student, language="en").content[:7] == b"%PDF-1."


def test_without_libreoffice_the_page_says_so_and_nothing_else_is_made(world, monkeypatch):
    stored(world, kind=TemplateKind.LOGBOOK, state=TemplateState.PUBLISHED)
    monkeypatch.setattr(documents, "why_no_conversion", lambda: "LibreOffice is not here.")
    found = refusal(make_logbook, world.placement, "pdf", actor=world.student, language="en")
    assert found == ("pdf_unavailable", None)
    page = signed_in(world.student).get(reverse("documents")).text
    download = reverse("logbook_download", args=[world.placement.pk, "pdf"])
    assert ("LibreOffice is not here." in page, download in page) == (True, False)


# -- single sheets ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "begins"), [("docx", b"PK"), ("pdf", b"%PDF-")])
def test_the_single_sheets_come_in_both_forms(world, form, begins):
    note = ArrivalNoteFactory.create(placement=world.placement, state="confirmed", decided_at=timezone.now())
    rubric = RubricFactory.create(cohort=world.cohort, kind=AssessmentKind.INDUSTRY)
    answers = {str(one.pk): "1" for one in rubric.criteria.all()}
    sent = AssessmentFactory.create(
        placement=world.placement,
        rubric=rubric,
        state=AssessmentState.RELEASED,
        answers=answers,
        mark=80,
        submitted_by=world.industrial_supervisor,
        submitted_at=timezone.now(),
    )
    assert refusal(make_certificate, world.placement, form, actor=world.student, language="en")[0] == "not_completed"
    type(world.placement).objects.filter(pk=world.placement.pk).update(state=PlacementState.COMPLETED)
    desk = signed_in(world.student)
    for name, key in (
        ("arrival_download", note.pk),
        ("assessment_download", sent.pk),
        ("certificate_download", world.placement.pk),
    ):
        answer = desk.post(reverse(name, args=[key, form]))
        assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
    assert signed_in(world.fellow_student).post(reverse("arrival_download", args=[note.pk, form])).status_code == 404


def test_a_sheet_that_cannot_be_made_says_why(world, monkeypatch):
    note = ArrivalNoteFactory.create(placement=world.placement)
    stored(world, kind=TemplateKind.ARRIVAL, state=TemplateState.PUBLISHED)
    monkeypatch.setattr(documents, "why_no_conversion", lambda: "LibreOffice is not here.")
    answer = signed_in(world.student).post(reverse("arrival_download", args=[note.pk, "pdf"]), follow=True)
    assert "LibreOffice is not here." in answer.text


@pytest.mark.parametrize(
    ("kind", "given", "answer"),
    [
        ("points", "4", {"answer": "", "points": "4", "most": "5"}),
        ("scale", "1", {"answer": "Well", "points": "1", "most": "1"}),
        ("scale", "", {"answer": "", "points": "", "most": "1"}),
        ("text", "Careful.", {"answer": "Careful.", "points": "", "most": ""}),
    ],
)
def test_an_answer_of_each_kind_stands_in_the_sheet(world, kind, given, answer):
    rubric = RubricFactory.create(cohort=world.cohort, questions=[])
    question = CriterionFactory.create(rubric=rubric, kind=kind, most=5, options="Badly\nWell")
    form = AssessmentFactory.create(placement=world.placement, rubric=rubric, answers={str(question.pk): given})
    content: Any = assessment_sheet(form, language="en").content
    (found,) = content.answers
    assert {name: getattr(found, name) for name in answer} == answer


def test_a_template_is_tried_with_places_of_its_scope(world):
    elsewhere = PlacementFactory.create(enrolment__cohort__department=world.department)
    places = {
        scope: set(placements_to_try(stored(world, **owner), world.coordinator).values_list("pk", flat=True))
        for scope, owner in {
            "cohort": {"department": None, "cohort": world.cohort},
            "department": {"department": world.department},
        }.items()
    }
    assert (world.placement.pk in places["cohort"], elsewhere.pk in places["cohort"]) == (True, False)
    assert places["department"] == places["cohort"] | {elsewhere.pk}
