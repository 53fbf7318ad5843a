"""Marks entered and changed by a table: what was given on paper, and nothing that somebody has filled in or seen."""

from decimal import Decimal

import pytest
from django.urls import reverse

from apps.accounts.models import HistoryEntry, Notice
from apps.accounts.services.people import grant
from apps.accounts.states import RowStatus
from apps.applications.states import PlacementState
from apps.logbook.models import Assessment
from apps.logbook.resources import MarkWidget
from apps.logbook.selectors import marks_of
from apps.logbook.services.assessments import enter_mark, send_assessment, take_back_mark
from apps.logbook.services.mark_tables import MARKS, judge_marks
from apps.logbook.states import AssessmentKind, MarkStatus
from apps.reporting.selectors import assessment_sheet
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import perform
from portal.kernel.imports import CellRefusedError, Line
from tests.accounts.tables import applied, exported, judged, staged
from tests.factories.accounts import EnrolmentFactory, UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import AssessmentFactory, RubricFactory

pytestmark = pytest.mark.django_db
HEAD = "Reg no,Company,Host mark,Report of the training"


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk(place):
    coordinator = UserFactory.create()
    grant(coordinator, place.enrolment.cohort.department, actor=SYSTEM)
    return coordinator


@pytest.fixture
def cohort(place):
    return place.enrolment.cohort


@pytest.fixture
def form(place) -> Assessment:
    return AssessmentFactory.create(placement=place.placement, rubric__weight=60)


@pytest.fixture
def report(place, cohort) -> Assessment:
    rubric = RubricFactory.create(
        cohort=cohort, kind=AssessmentKind.REPORT, title="Report of the training", weight=40, questions=[]
    )
    return AssessmentFactory.create(placement=place.placement, rubric=rubric)


@pytest.fixture
def number(place) -> str:
    return str(place.student.student_profile.reg_no)


def now(*forms: Assessment) -> list[tuple[str, str]]:
    rows = [Assessment.objects.get(pk=form.pk) for form in forms]
    return [(row.state, "" if row.mark is None else str(row.mark)) for row in rows]


def test_a_table_enters_marks_that_count_and_are_not_released(place, desk, cohort, form, report, number):
    batch = applied(MARKS, desk, HEAD, f'{number},,"72,5",66.666', cohort=cohort)
    assert now(form, report) == [("submitted", "72.50"), ("submitted", "66.67")]
    form.refresh_from_db()
    assert (form.submitted_by, form.is_entered, batch.rows.get().target) == (desk, True, place.placement.pk)
    (marks,) = marks_of([place.enrolment])
    assert (marks.final.mark, marks.final.status) == (Decimal("70.17"), MarkStatus.FINAL)
    (only,) = marks_of([place.enrolment], released_only=True)
    assert only.final.status == MarkStatus.INCOMPLETE
    moved = HistoryEntry.objects.filter(target_label="logbook.Assessment", target_id=form.pk, action="enter_mark")
    assert [(entry.actor, entry.via) for entry in moved] == [(desk, "import")]
    by = assessment_sheet(form, language="en").content.as_plain()["by"]
    assert "Coordinator of practical training" in by.values()


def test_the_same_again_changes_nothing_and_another_mark_replaces_the_entered_one(desk, cohort, form, report, number):
    applied(MARKS, desk, HEAD, f"{number},,70,", cohort=cohort)
    again = staged(MARKS, desk, HEAD, f"{number},,70%,", cohort=cohort)
    assert (again.counts["unchanged"], again.counts["error"]) == (1, 0)
    batch = applied(MARKS, desk, HEAD, f"{number},,75,50", cohort=cohort)
    assert batch.rows.get().changes == {"industry": ["70.00", "75.00"], "report": ["", "50.00"]}
    assert now(form, report) == [("submitted", "75.00"), ("submitted", "50.00")]
    # Nobody is asked to change a form that was on paper.
    assert not Notice.objects.filter(kind="logbook.assessment_reopened").exists()


def test_what_somebody_filled_in_or_has_seen_stays(place, desk, cohort, form, report, number):
    answers = {str(one.pk): "5" for one in form.rubric.criteria.all()}
    Assessment.objects.filter(pk=form.pk).update(answers=dict(list(answers.items())[:1]))
    line = f"{number},,72,50"

    def problems() -> list[tuple[str, str]]:
        return judged(staged(MARKS, desk, HEAD, line, cohort=cohort))[0][1]

    assert problems() == [("industry", "begun")]
    send_assessment(form, answers, "", actor=place.supervisor)
    assert problems() == [("industry", "counted")]
    enter_mark(report, Decimal(49), actor=desk)
    for row in (form, report):
        perform(Assessment.objects.get(pk=row.pk), "release", actor=desk)
    assert problems() == [("industry", "released"), ("report", "released")]
    # What says the same hinders nothing.
    same = staged(MARKS, desk, HEAD, f"{number},,100,49.0", cohort=cohort)
    assert same.counts["unchanged"] == 1
    assert now(form, report) == [("released", "100.00"), ("released", "49.00")]


def test_a_mark_needs_a_form_and_a_place_and_a_number(place, desk, cohort, form, number):
    other = EnrolmentFactory.create(cohort=cohort).student.student_profile.reg_no
    stranger = EnrolmentFactory.create().student.student_profile.reg_no
    head = "Reg no,Company,industry,academic"
    lines = [
        f"{other},,50,",
        f"{stranger},,50,",
        f"{number},Other Works,50,",
        f"{number},,101,",
        f"{number},{place.placement.company},,40",
    ]
    batch = staged(MARKS, desk, head, *lines, cohort=cohort)
    assert [problems for _status, problems in judged(batch)] == [
        [("reg_no", "no_form_open")],
        [("reg_no", "student_unknown")],
        [("reg_no", "no_form_open")],
        [("industry", "mark_wrong")],
        [("academic", "no_form")],
    ]
    RubricFactory.create(cohort=cohort, kind=AssessmentKind.ACADEMIC)
    assert judged(staged(MARKS, desk, head, lines[-1], cohort=cohort))[0][1] == [("academic", "no_form_open")]
    assert now(form) == [("open", "")]


def test_of_several_places_the_company_says_which(place, desk, cohort, form, number):
    second = PlacementFactory.create(enrolment=place.enrolment, state=PlacementState.COMPLETED)
    there = AssessmentFactory.create(placement=second, rubric=form.rubric)
    batch = staged(MARKS, desk, HEAD, f"{number},,50,", cohort=cohort)
    assert judged(batch)[0] == (RowStatus.ERROR, [("company", "which_place")])
    applied(MARKS, desk, HEAD, f"{number},{second.company},50,", cohort=cohort)
    assert now(form, there) == [("open", ""), ("submitted", "50.00")]
    rows = exported(MARKS, desk, cohort=cohort)
    assert [(row["company"], row["industry"]) for row in rows] == [
        (place.placement.company.name, ""),
        (second.company.name, "50.00"),
    ]


def test_the_export_holds_the_marks_of_ones_own_cohorts_alone(client, desk, cohort, form, number):
    enter_mark(AssessmentFactory.create(), Decimal(60), actor=_desk_of(Assessment.objects.latest("pk")))
    enter_mark(form, Decimal("61.5"), actor=desk)
    assert [(row["reg_no"], row["industry"]) for row in exported(MARKS, desk)] == [(number, "61.50")]
    client.force_login(desk)
    shown = client.get(reverse("admin:logbook_assessment_changelist"))
    assert reverse("admin:accounts_importbatch_upload", args=[MARKS]) in shown.text


def _desk_of(form: Assessment):
    person = UserFactory.create()
    grant(person, form.rubric.cohort, actor=SYSTEM)
    return person


def test_only_who_coordinates_the_cohort_enters_marks(place, desk, cohort, form, number):
    for person in (place.supervisor, place.academic, UserFactory.create(is_superuser=True)):
        with pytest.raises(NotAllowed):
            enter_mark(form, Decimal(50), actor=person)
        (found,) = judge_marks(cohort, [Line(2, {"reg_no": number, "industry": "50"})], actor=person)
        assert (found.status, [p.code for p in found.line.problems]) == (RowStatus.ERROR, ["not_in_scope"])
    assert now(form) == [("open", "")]


def test_an_entered_mark_is_taken_back_until_it_is_released(place, desk, form):
    enter_mark(form, Decimal(50), actor=desk)
    with pytest.raises(WrongState):
        enter_mark(form, Decimal(60), actor=desk)
    take_back_mark(form, actor=desk)
    assert now(form) == [("open", "")]
    send_assessment(form, {str(one.pk): "5" for one in form.rubric.criteria.all()}, "", actor=place.supervisor)
    with pytest.raises(RuleViolation) as refusal:
        take_back_mark(form, actor=desk)
    assert refusal.value.code == "counted"


@pytest.mark.parametrize("text", ["x", "-1", "100.01", "1e1", "٥٠", "5 0", "1000"])
def test_what_is_no_mark_is_refused(text):
    with pytest.raises(CellRefusedError):
        MarkWidget().clean(text)


@pytest.mark.parametrize(("text", "mark"), [("", None), ("0", "0.00"), ("100", "100.00"), ("49.995", "50.00")])
def test_marks_are_rounded_as_a_gradebook_does(text, mark):
    assert MarkWidget().render(MarkWidget().clean(text)) == (mark or "")
