import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail
from django.utils import translation

from apps.accounts.models import Notice
from apps.accounts.services.cohorts import copy_cohort
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.applications.states import PlacementState
from apps.logbook import tasks
from apps.logbook.models import Assessment, Criterion, MarkRule, Rubric
from apps.logbook.selectors import assessments_awaiting, assessments_due, marks_of
from apps.logbook.services import rubrics
from apps.logbook.services.assessments import open_assessments, save_answers, send_assessment
from apps.logbook.states import AssessmentKind, AssessmentState, CriterionKind, MarkStatus
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from portal.kernel.fsm import perform
from tests.factories.accounts import CohortFactory, UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import (
    AssessmentFactory,
    CriterionFactory,
    DailyLogFactory,
    MarkRuleFactory,
    RubricFactory,
    VisitFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(place) -> Assessment:
    """The host's form of the place: two questions of five points, the second counts three times."""
    return AssessmentFactory.create(placement=place.placement)


@pytest.fixture
def desk(place):
    coordinator = UserFactory.create()
    grant(coordinator, place.enrolment.cohort.department, actor=SYSTEM)
    return coordinator


def keys(row) -> list[str]:
    return [str(one.pk) for one in row.rubric.criteria.all()]


def filled(row, *answers) -> dict[str, str]:
    return dict(zip(keys(row), answers, strict=True))


# -- opening ------------------------------------------------------------------------------------------------------


def test_forms_open_for_active_placements_once(place):
    RubricFactory.create(cohort=place.enrolment.cohort)
    RubricFactory.create(cohort=place.enrolment.cohort, kind=AssessmentKind.REPORT)
    RubricFactory.create()  # another cohort's
    waiting = PlacementFactory.create(enrolment=place.enrolment, state=PlacementState.CONFIRMED)
    assert open_assessments([place.placement, waiting]) == 2
    assert open_assessments([place.placement, waiting]) == 0
    assert {row.rubric.kind for row in place.placement.assessments.all()} == {"industry", "report"}
    assert not waiting.assessments.exists()


def test_forms_open_when_the_student_arrives(place):
    RubricFactory.create(cohort=place.enrolment.cohort)
    placement = PlacementFactory.create(
        enrolment=place.enrolment, state=PlacementState.CONFIRMED, start=place.enrolment.cohort.start
    )
    perform(placement, "activate", actor=SYSTEM)
    run_due_tasks()
    assert [row.state for row in placement.assessments.all()] == ["open"]


def test_new_form_opens_for_those_who_are_there(place, desk):
    values = {"cohort": place.enrolment.cohort, "kind": AssessmentKind.ACADEMIC, "title": "By the university"}
    rubric = rubrics.enter_rubric(values, actor=desk)
    assert [row.placement for row in rubric.assessments.all()] == [place.placement]


# -- filling in ---------------------------------------------------------------------------------------------------


def test_half_filled_form_is_kept_and_not_sent(place, form):
    first, _second = keys(form)
    row = save_answers(form, {first: "4.5", "999": "1"}, " Good. ", actor=place.supervisor, expected_version=0)
    assert (row.answers, row.comment, row.version, row.state) == ({first: "4.5"}, "Good.", 1, "open")
    with pytest.raises(RuleViolation) as caught:
        send_assessment(row, row.answers, "", actor=place.supervisor)
    assert caught.value.code == "answers_missing"
    assert Assessment.objects.get(pk=form.pk).version == 1


def test_sent_form_has_its_mark(place, form):
    send_assessment(form, filled(form, "5", "2.5"), "", actor=place.supervisor, via="link:7")
    row = Assessment.objects.get(pk=form.pk)
    assert (row.state, row.mark, row.submitted_by) == ("submitted", Decimal("62.50"), place.supervisor)


@pytest.mark.parametrize("answer", ["6", "-1", "4.3", "x", "1e1", "٣"])
def test_answer_outside_the_scale_names_its_question(place, form, answer):
    with pytest.raises(RuleViolation) as caught:
        save_answers(form, filled(form, "1", answer), "", actor=place.supervisor, expected_version=None)
    assert (caught.value.code, caught.value.field) == ("answer_out_of_range", f"answer-{keys(form)[1]}")
    assert str(caught.value.message) == "Question 2: choose from 0 to 5."


def test_scale_and_words(place):
    rubric = RubricFactory.create(cohort=place.enrolment.cohort, questions=[])
    scale = CriterionFactory.create(rubric=rubric, number=1, kind=CriterionKind.SCALE, options="Poor\n\nFair\n Good ")
    words = CriterionFactory.create(rubric=rubric, number=2, kind=CriterionKind.TEXT, is_required=False)
    form = AssessmentFactory.create(placement=place.placement, rubric=rubric)
    assert scale.steps == ["Poor", "Fair", "Good"]
    answers = {str(scale.pk): "1", str(words.pk): "Careful worker"}
    send_assessment(form, answers, "", actor=place.supervisor)
    form.refresh_from_db()
    assert (form.mark, form.answers) == (Decimal("50.00"), answers)


def test_half_a_step_is_none(place):
    rubric = RubricFactory.create(cohort=place.enrolment.cohort, questions=[])
    scale = CriterionFactory.create(rubric=rubric, kind=CriterionKind.SCALE, options="Poor\nGood")
    form = AssessmentFactory.create(placement=place.placement, rubric=rubric)
    with pytest.raises(RuleViolation, match="choose from 0 to 1"):
        save_answers(form, {str(scale.pk): "0.5"}, "", actor=place.supervisor, expected_version=None)


def test_only_its_own_side_fills_it_in(place, form):
    for person in (place.academic, place.student, UserFactory.create()):
        with pytest.raises(NotAllowed):
            save_answers(form, {}, "", actor=person, expected_version=None)
    report = AssessmentFactory.create(
        placement=place.placement, rubric__cohort=place.enrolment.cohort, rubric__kind=AssessmentKind.REPORT
    )
    assert list(assessments_awaiting(place.supervisor)) == [form]
    assert list(assessments_awaiting(place.academic)) == [report]


def test_old_sight_and_sent_form_are_refused(place, form):
    save_answers(form, {}, "first", actor=place.supervisor, expected_version=0)
    with pytest.raises(Stale):
        save_answers(form, {}, "second", actor=place.supervisor, expected_version=0)
    send_assessment(form, filled(form, "5", "5"), "", actor=place.supervisor)
    with pytest.raises(WrongState):
        save_answers(form, {}, "third", actor=place.supervisor, expected_version=None)


def test_release_and_reopening_are_told(place, form, desk):
    send_assessment(form, filled(form, "5", "5"), "", actor=place.supervisor)
    perform(form, "release", actor=desk)
    run_due_tasks()
    told = Notice.objects.get(recipient=place.student, kind="logbook.mark_released")
    assert told.facts == {"title": form.rubric.title, "mark": "100.0"}
    perform(form, "reopen", actor=desk, reason="Wrong student")
    run_due_tasks()
    again = Notice.objects.get(kind="logbook.assessment_reopened")
    assert (again.recipient, again.facts["reason"], again.link["purpose"]) == (
        place.supervisor,
        "Wrong student",
        "assess",
    )
    assert "Wrong student" in mail.outbox[-1].body


# -- asking -------------------------------------------------------------------------------------------------------


def test_forms_are_asked_for_once_when_the_end_is_near(place, form, today):
    form.placement.end = today + dt.timedelta(days=15)
    form.placement.save()
    assert list(assessments_due(today)) == []
    assert list(assessments_due(today + dt.timedelta(days=1))) == [form]
    form.rubric.days_before_end = 15
    form.rubric.save()
    tasks.ask_for_assessments()
    tasks.ask_for_assessments()
    asked = Notice.objects.get(kind="logbook.assessment_waits")
    assert (asked.recipient, asked.link["label"], asked.link["pk"]) == (place.supervisor, "logbook.Assessment", form.pk)


def test_university_is_asked_without_a_link(place, today):
    form = AssessmentFactory.create(
        placement=place.placement, rubric__cohort=place.enrolment.cohort, rubric__kind=AssessmentKind.LOGBOOK
    )
    form.placement.end = today
    form.placement.save()
    tasks.ask_for_assessments()
    asked = Notice.objects.get(kind="logbook.assessment_waits")
    assert (asked.recipient, asked.link, asked.url) == (place.academic, None, f"/assessments/{form.pk}/")


# -- configuring --------------------------------------------------------------------------------------------------


def test_question_is_asked_in_the_language_of_the_page():
    one = CriterionFactory.build(rubric=None, label="Skill", label_sw="Ustadi", label_ar="")
    found = {}
    for language in ("en", "sw", "ar"):
        with translation.override(language):
            found[language] = one.question
    assert found == {"en": "Skill", "sw": "Ustadi", "ar": "Skill"}


def test_questions_stay_once_somebody_was_assessed(place, form, desk):
    rubrics.save_criteria(form.rubric, [], [form.rubric.criteria.first()], actor=desk)
    assert form.rubric.criteria.count() == 1
    send_assessment(form, dict.fromkeys(keys(form), "5"), "", actor=place.supervisor)
    with pytest.raises(RuleViolation) as caught:
        rubrics.save_criteria(form.rubric, [], list(form.rubric.criteria.all()), actor=desk)
    assert caught.value.code == "in_use"
    with pytest.raises(RuleViolation) as caught:
        rubrics.delete_rubric(form.rubric, actor=desk)
    assert caught.value.code == "in_use"


def test_scale_needs_two_steps(place, form, desk):
    one = Criterion(number=3, kind=CriterionKind.SCALE, label="How?", options="Good")
    with pytest.raises(RuleViolation) as caught:
        rubrics.save_criteria(form.rubric, [one], [], actor=desk)
    assert caught.value.code == "too_few_steps"


def test_untouched_form_goes_with_its_rubric(form, desk):
    rubrics.delete_rubric(form.rubric, actor=desk)
    assert not Assessment.objects.exists()
    assert not Rubric.objects.exists()


def test_kind_and_cohort_of_a_form_stay(form, desk):
    rubrics.change_rubric(form.rubric, {"weight": 40}, actor=desk)
    with pytest.raises(RuleViolation) as caught:
        rubrics.change_rubric(form.rubric, {"kind": AssessmentKind.REPORT}, actor=desk)
    assert (caught.value.code, Rubric.objects.get().weight) == ("kind_stays", 40)


def test_rules_are_entered_changed_and_taken_away(place, desk):
    cohort = place.enrolment.cohort
    row = rubrics.enter_mark_rule({"cohort": cohort, "kind": "zero_hours", "limit": Decimal(50)}, actor=desk)
    with pytest.raises(RuleViolation) as caught:
        rubrics.enter_mark_rule({"cohort": cohort, "kind": "zero_hours", "limit": Decimal(70)}, actor=desk)
    assert (caught.value.code, caught.value.field) == ("kind_there", "kind")
    rubrics.change_mark_rule(row, {"limit": Decimal(60)}, actor=desk)
    with pytest.raises(NotAllowed):
        rubrics.change_mark_rule(row, {"cohort": CohortFactory.create()}, actor=desk)
    assert str(MarkRule.objects.get()) == "Zero if fewer hours are verified than, in per cent of the required ones 60"
    rubrics.delete_mark_rule(row, actor=desk)
    assert not MarkRule.objects.exists()


def test_foreign_coordinator_configures_nothing(form):
    stranger = UserFactory.create()
    grant(stranger, CohortFactory.create().department, actor=SYSTEM)
    cohort, rule = form.rubric.cohort, MarkRuleFactory.create(cohort=form.rubric.cohort)
    refused = [
        lambda: rubrics.enter_rubric({"cohort": cohort, "kind": "report", "title": "x"}, actor=stranger),
        lambda: rubrics.change_rubric(form.rubric, {"weight": 1}, actor=stranger),
        lambda: rubrics.save_criteria(form.rubric, [], [], actor=stranger),
        lambda: rubrics.delete_rubric(form.rubric, actor=stranger),
        lambda: rubrics.enter_mark_rule({"cohort": cohort, "kind": "zero_hours", "limit": 1}, actor=stranger),
        lambda: rubrics.change_mark_rule(rule, {"limit": 1}, actor=stranger),
        lambda: rubrics.delete_mark_rule(rule, actor=stranger),
    ]
    for act in refused:
        with pytest.raises(NotAllowed):
            act()


def test_copied_cohort_has_the_same_forms_and_rules(form, desk):
    MarkRuleFactory.create(cohort=form.rubric.cohort)
    copy = copy_cohort(form.rubric.cohort, actor=desk)
    rubric = copy.rubrics.get()
    assert (rubric.title, rubric.weight) == (form.rubric.title, form.rubric.weight)
    assert [one.label for one in rubric.criteria.all()] == [one.label for one in form.rubric.criteria.all()]
    assert [(row.kind, row.limit) for row in copy.mark_rules.all()] == [("incomplete_hours", Decimal(80))]
    assert not rubric.assessments.exists()


# -- final marks --------------------------------------------------------------------------------------------------


def test_marks_count_what_was_given_verified_and_visited(place, form):
    form.rubric.weight = 60
    form.rubric.save()
    report = RubricFactory.create(cohort=place.enrolment.cohort, kind=AssessmentKind.REPORT, weight=40)
    AssessmentFactory.create(placement=place.placement, rubric=report, state="released", mark=50)
    second = PlacementFactory.create(enrolment=place.enrolment)
    for placement, mark in ((place.placement, 80), (second, 60)):
        Assessment.objects.update_or_create(
            placement=placement,
            rubric=form.rubric,
            defaults={"mark": mark, "version": 1},
            create_defaults={"mark": mark},
        )
    Assessment.objects.filter(rubric=form.rubric).update(state=AssessmentState.SUBMITTED)
    place.log(0, "verified_industry", hours=8)
    place.log(1, "verified_academic", hours=7)
    place.log(2, "submitted", hours=6)
    VisitFactory.create(placement=place.placement, done_on=place.monday)
    VisitFactory.create(placement=place.placement)
    [found] = marks_of([place.enrolment])
    assert [(part.title, part.mark) for part in found.parts] == [
        (form.rubric.title, Decimal(70)),
        (report.title, Decimal(50)),
    ]
    assert (found.work.hours, found.work.visits, found.work.open_days) == (Decimal(15), 1, 2)
    assert (found.final.mark, found.final.status) == (Decimal("62.00"), MarkStatus.FINAL)
    [seen] = marks_of([place.enrolment], released_only=True)
    assert ([part.mark for part in seen.parts], seen.final.status) == ([None, Decimal(50)], MarkStatus.INCOMPLETE)


@pytest.mark.parametrize("students", [1, 3])
def test_marks_of_many_cost_the_same(place, students, django_assert_num_queries):
    enrolments = [place.enrolment]
    for _ in range(students - 1):
        other = PlacementFactory.create(enrolment__cohort=place.enrolment.cohort)
        DailyLogFactory.create(placement=other, state="verified_industry")
        enrolments.append(other.enrolment)
    with django_assert_num_queries(5):
        assert len(marks_of(enrolments)) == students
