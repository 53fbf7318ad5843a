import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import AccessLink, Job
from apps.accounts.services.links import Target, issue_link
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import LinkPurpose
from apps.applications.states import SupervisorKind
from apps.logbook.models import Assessment, Criterion, Rubric, Visit
from apps.logbook.services.marks import export_marks
from apps.logbook.states import AssessmentKind
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed
from portal.kernel.sheets import read_sheet
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import AssessmentFactory, CriterionFactory, MarkRuleFactory, RubricFactory, VisitFactory

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def form(place) -> Assessment:
    return AssessmentFactory.create(placement=place.placement)


@pytest.fixture
def coordinator(place):
    person = UserFactory.create()
    grant(person, place.enrolment.cohort.department, actor=SYSTEM)
    return person


def typed(form, *answers, **more) -> dict[str, str]:
    fields = [f"answer-{one.pk}" for one in form.rubric.criteria.all()]
    return dict(zip(fields, answers, strict=True)) | {"comment": "", "version": str(form.version)} | more


def stored(form) -> Assessment:
    return Assessment.objects.get(pk=form.pk)


# -- signed in ----------------------------------------------------------------------------------------------------


def test_supervisor_finds_keeps_and_sends_a_form(place, form):
    browser, page = signed_in(place.supervisor), reverse("assessment_edit", args=[form.pk])
    assert page in browser.get(reverse("supervise")).text
    browser.post(page, typed(form, "4", ""))
    assert (stored(form).state, len(stored(form).answers)) == ("open", 1)
    answer = browser.post(page, typed(stored(form), "4", "5", move="submit"), follow=True)
    assert (stored(form).state, str(stored(form).mark)) == ("submitted", "95.00")
    assert "95.0 per cent" in answer.text


def test_only_what_may_stay_empty_is_called_optional(place, form):
    CriterionFactory.create(rubric=form.rubric, number=3, label="Anything else?", is_required=False)
    browser, page = signed_in(place.supervisor), reverse("assessment_edit", args=[form.pk])
    # The last question and the comment, before and after something was refused.
    assert browser.get(page).text.count('<span class="optional">') == 2
    refused = browser.post(page, typed(form, "4", "", "", move="submit"))
    assert (refused.status_code, refused.text.count('<span class="optional">')) == (400, 2)


def test_form_that_lacks_an_answer_says_so_and_keeps_what_was_typed(place, form):
    browser, page = signed_in(place.supervisor), reverse("assessment_edit", args=[form.pk])
    answer = browser.post(page, typed(form, "4", "", move="submit", comment="Careful"))
    assert (answer.status_code, stored(form).state) == (400, "open")
    assert "Answer every question before you send it." in answer.text
    assert "Careful" in answer.text


def test_answer_that_is_no_choice_is_shown_at_its_question(place, form):
    answer = signed_in(place.supervisor).post(reverse("assessment_edit", args=[form.pk]), typed(form, "99", "1"))
    assert (answer.status_code, stored(form).version) == (400, 0)
    assert 'aria-invalid="true"' in answer.text


def test_typing_is_saved_by_script(place, form):
    browser, page = signed_in(place.supervisor), reverse("assessment_edit", args=[form.pk])
    answer = browser.post(page, typed(form, "4", ""), headers=JSON)
    assert (answer.json()["version"], stored(form).version) == (1, 1)
    stale = browser.post(page, typed(form, "5", ""), headers=JSON)
    assert (stale.status_code, list(stale.json()["errors"])) == (400, ["__all__"])
    wrong = browser.post(page, typed(stored(form), "x", ""), headers=JSON)
    assert (wrong.status_code, stored(form).version) == (400, 1)


def test_open_form_is_the_fillers_alone(place, form):
    page = reverse("assessment_edit", args=[form.pk])
    people = [place.student, place.academic, UserFactory.create()]
    assert [signed_in(person).get(page).status_code for person in people] == [404, 404, 404]


def test_student_sees_what_was_released(place, form):
    browser = signed_in(place.student)
    Assessment.objects.filter(pk=form.pk).update(state="submitted", mark=71)
    assert "Nothing is released yet" in browser.get(reverse("student_marks")).text
    Assessment.objects.filter(pk=form.pk).update(state="released")
    page = browser.get(reverse("student_marks")).text
    assert "71.0 per cent" in page
    assert browser.get(reverse("assessment_edit", args=[form.pk])).status_code == 200


# -- behind a link ------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(place, form):
    """A browser without an account that has opened the link, and the clean address."""
    target = Target("logbook.Assessment", form.pk, {})
    address = issue_link(place.supervisor, LinkPurpose.ASSESS, target, actor=SYSTEM)
    browser = Client()
    clean = browser.get(address.replace("http://127.0.0.1:8000", ""))["Location"]
    return browser, clean


def test_link_shows_and_keeps_without_being_used(form, opened):
    browser, page = opened
    assert browser.get(page).status_code == 200
    assert stored(form).version == 0
    answer = browser.post(page, typed(form, "3", ""), headers=JSON)
    assert (answer.json()["version"], AccessLink.objects.get().used_at) == (1, None)


def test_link_sends_once(form, opened):
    browser, page = opened
    answer = browser.post(page, typed(form, "4", "5", move="submit"))
    assert (answer["Location"], stored(form).state) == (reverse("link_done"), "submitted")
    assert AccessLink.objects.get().used_at is not None
    assert browser.post(page, typed(stored(form), "1", "1", move="submit")).status_code == 404
    assert str(stored(form).mark) == "95.00"


def test_link_that_sends_too_little_stays_good_and_what_was_typed_is_kept(form, opened):
    browser, page = opened
    answer = browser.post(page, typed(form, "4", "", move="submit", comment="Careful"))
    assert (answer.status_code, stored(form).version, AccessLink.objects.get().used_at) == (400, 1, None)
    assert 'name="version" value="1"' in answer.text
    shown = answer.context["form"]
    assert [field.value() for field in shown if field.name != "version"] == ["4", "", "Careful"]
    assert browser.post(page, typed(stored(form), "4", "5", move="submit"))["Location"] == reverse("link_done")


def test_link_with_an_old_sight_says_so(form, opened):
    browser, page = opened
    browser.post(page, typed(form, "4", ""), headers=JSON)
    answer = browser.post(page, typed(form, "1", "1", move="submit"))
    assert (answer.status_code, stored(form).state) == (400, "open")
    assert "This was changed meanwhile" in answer.text


def test_link_of_who_does_not_supervise_any_more_shows_nothing(place, opened):
    browser, page = opened
    place.placement.supervisors.filter(user=place.supervisor).update(is_active=False)
    assert browser.get(page).status_code == 404


# -- visits -------------------------------------------------------------------------------------------------------


def test_visits_are_planned_by_town_and_reported(place, today):
    browser, page = signed_in(place.academic), reverse("visit_list")
    foreign = PlacementFactory.create()
    assert str(place.student) in browser.get(page).text
    day = today + dt.timedelta(days=3)
    browser.post(page, {"placement": [place.placement.pk, foreign.pk, "x"], "planned_on": day.isoformat()})
    visit = Visit.objects.get()
    assert (visit.placement, visit.visitor, visit.planned_on) == (place.placement, place.academic, day)
    run_due_tasks()
    assert place.student.notices.get().facts["visitor"] == str(place.academic)
    report = reverse("visit_report", args=[visit.pk])
    answer = browser.post(report, {"done_on": day.isoformat(), "report": "All well."})
    assert (answer.status_code, "This day has not come yet." in answer.text) == (400, True)
    browser.post(report, {"done_on": today.isoformat(), "report": "All well."})
    visit.refresh_from_db()
    assert (visit.done_on, visit.report) == (today, "All well.")
    assert "All well." in browser.get(report).text
    assert browser.post(reverse("visit_cancel", args=[visit.pk])).status_code == 403


@pytest.mark.parametrize(
    ("offset", "placements", "message"),
    [
        (3, [], "Choose at least one student."),
        (-1, None, "Plan a visit for today"),
        (90, None, "is not at work that day"),
    ],
)
def test_plan_that_cannot_be_says_why(place, today, offset, placements, message):
    chosen = [place.placement.pk] if placements is None else placements
    day = (today + dt.timedelta(days=offset)).isoformat()
    answer = signed_in(place.academic).post(reverse("visit_list"), {"placement": chosen, "planned_on": day})
    assert (answer.status_code, Visit.objects.count()) == (400, 0)
    assert message in answer.text


def test_visit_is_taken_from_the_plan(place):
    visit = VisitFactory.create(placement=place.placement, visitor=place.academic)
    assert signed_in(UserFactory.create()).post(reverse("visit_cancel", args=[visit.pk])).status_code == 403
    signed_in(place.academic).post(reverse("visit_cancel", args=[visit.pk]))
    assert not Visit.objects.exists()


@pytest.mark.parametrize("students", [1, 3])
def test_visit_list_costs_the_same_for_many(place, students, django_assert_num_queries):
    for _ in range(students - 1):
        row = PlacementSupervisorFactory.create(user=place.academic, kind=SupervisorKind.UNIVERSITY)
        VisitFactory.create(placement=row.placement, visitor=place.academic)
    VisitFactory.create(placement=place.placement, visitor=place.academic)
    browser = signed_in(place.academic)
    with django_assert_num_queries(8):
        assert browser.get(reverse("visit_list")).status_code == 200


# -- the workspace ------------------------------------------------------------------------------------------------


def test_coordinator_enters_a_form_with_questions(place, coordinator):
    values = {
        "cohort": place.enrolment.cohort.pk,
        "kind": AssessmentKind.ACADEMIC,
        "title": "By the university",
        "weight": 40,
        "is_required": "on",
        "days_before_end": 14,
        "criteria-TOTAL_FORMS": 1,
        "criteria-INITIAL_FORMS": 0,
        "criteria-0-number": 1,
        "criteria-0-kind": "points",
        "criteria-0-label": "Report",
        "criteria-0-most": 10,
        "criteria-0-weight": 1,
    }
    browser = signed_in(coordinator)
    answer = browser.post(reverse("admin:logbook_rubric_add"), values)
    assert answer.status_code == 302, answer.context["errors"]
    rubric = Rubric.objects.get()
    assert (rubric.title, [one.label for one in rubric.criteria.all()]) == ("By the university", ["Report"])
    assert [row.placement for row in rubric.assessments.all()] == [place.placement]
    assert browser.get(reverse("admin:logbook_rubric_change", args=[rubric.pk])).status_code == 200


def test_questions_of_a_used_form_are_refused_with_the_reason(form, coordinator):
    Assessment.objects.filter(pk=form.pk).update(state="submitted")
    one = Criterion.objects.first()
    rubric = form.rubric
    values = {
        "title": rubric.title,
        "weight": rubric.weight,
        "is_required": "on",
        "days_before_end": 14,
        "_version": rubric.updated_at.isoformat(),
        "criteria-TOTAL_FORMS": 1,
        "criteria-INITIAL_FORMS": 1,
        "criteria-0-id": one.pk,
        "criteria-0-rubric": rubric.pk,
        "criteria-0-number": 1,
        "criteria-0-kind": "points",
        "criteria-0-label": "Other words",
        "criteria-0-most": 5,
        "criteria-0-weight": 1,
    }
    answer = signed_in(coordinator).post(reverse("admin:logbook_rubric_change", args=[rubric.pk]), values)
    assert (answer.status_code, Criterion.objects.get(pk=one.pk).label) == (200, one.label)
    assert "Somebody was assessed by this form already" in answer.text


def test_visit_is_planned_moved_and_taken_away_in_the_workspace(place, coordinator, today):
    browser, day = signed_in(coordinator), today + dt.timedelta(days=2)
    values = {"placement": place.placement.pk, "visitor": place.academic.pk, "planned_on": day.isoformat()}
    answer = browser.post(reverse("admin:logbook_visit_add"), values)
    assert answer.status_code == 302, answer.context["errors"]
    visit = Visit.objects.get()
    change = reverse("admin:logbook_visit_change", args=[visit.pk])
    later = {"visitor": place.academic.pk, "planned_on": today.isoformat(), "_version": visit.updated_at.isoformat()}
    assert browser.post(change, later).status_code == 302
    past = later | {"planned_on": (today - dt.timedelta(days=1)).isoformat()}
    visit.refresh_from_db()
    answer = browser.post(change, past | {"_version": visit.updated_at.isoformat()})
    assert "Plan a visit for today or a later day." in answer.text
    assert visit.planned_on == today
    stranger = {
        "visitor": UserFactory.create().pk,
        "planned_on": day.isoformat(),
        "_version": visit.updated_at.isoformat(),
    }
    assert browser.post(change, stranger).status_code == 200
    browser.post(reverse("admin:logbook_visit_delete", args=[visit.pk]), {"post": "yes"})
    assert not Visit.objects.exists()


def test_marks_come_as_csv_too_and_only_to_who_coordinates(place, form, coordinator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Assessment.objects.filter(pk=form.pk).update(state="submitted", mark=71)
    with pytest.raises(NotAllowed):
        export_marks(place.enrolment.cohort, "csv", actor=place.academic)
    export_marks(place.enrolment.cohort, "csv", actor=coordinator)
    run_due_tasks()
    job = Job.objects.get()
    with job.result.open("rb") as opened:
        sheet = read_sheet(opened.read(), job.result_name)
    assert (job.result_name[-4:], [list(row.values)[4] for row in sheet.rows]) == (".csv", ["71.00"])


def test_final_marks_are_shown_and_exported(place, form, coordinator, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    MarkRuleFactory.create(cohort=place.enrolment.cohort)
    Assessment.objects.filter(pk=form.pk).update(state="submitted", mark=71)
    browser = signed_in(coordinator)
    page = browser.get(reverse("admin:logbook_assessment_marks")).text
    assert "too few hours" in page
    assert "71.0" in page
    cohort = place.enrolment.cohort
    answer = browser.post(reverse("admin:logbook_assessment_marks_export", args=[cohort.pk, "xlsx"]))
    run_due_tasks()
    job = Job.objects.get()
    assert (answer["Location"], job.state) == (reverse("job_detail", args=[job.pk]), "done")
    with job.result.open("rb") as opened:
        sheet = read_sheet(opened.read(), job.result_name)
    [row] = [list(line.values) for line in sheet.rows]
    assert row[4:] == [
        "71",
        "0",
        "0",
        "0",
        "",
        "Incomplete",
        "too few hours",
    ]


def test_marks_of_a_foreign_cohort_are_not_there(place, coordinator):
    foreign = CohortFactory.create()
    browser = signed_in(coordinator)
    assert browser.get(reverse("admin:logbook_assessment_marks") + f"?cohort={foreign.pk}").status_code == 404
    answer = browser.post(reverse("admin:logbook_assessment_marks_export", args=[foreign.pk, "csv"]))
    assert (answer.status_code, Job.objects.count()) == (404, 0)
    assert signed_in(place.student).get(reverse("admin:logbook_assessment_marks")).status_code in (302, 403, 404)
    unknown = browser.post(reverse("admin:logbook_assessment_marks_export", args=[place.enrolment.cohort.pk, "pdf"]))
    assert (unknown.status_code, Job.objects.count()) == (302, 0)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("rubric", 7), ("markrule", 7), ("assessment", 7), ("visit", 9)])
def test_lists_cost_the_same_for_many(place, coordinator, name, queries, rows, django_assert_num_queries):
    cohort = place.enrolment.cohort
    kinds = list(AssessmentKind)[:rows]
    for kind, rule in zip(kinds, ("zero_hours", "incomplete_hours", "incomplete_visits"), strict=False):
        rubric = RubricFactory.create(cohort=cohort, kind=kind)
        CriterionFactory.create(rubric=rubric, number=7)
        MarkRuleFactory.create(cohort=cohort, kind=rule)
        AssessmentFactory.create(placement=place.placement, rubric=rubric, state="submitted", mark=50)
        VisitFactory.create(placement=PlacementFactory.create(enrolment__cohort=cohort))
    browser = signed_in(coordinator)
    with django_assert_num_queries(queries):
        assert browser.get(reverse(f"admin:logbook_{name}_changelist")).status_code == 200
