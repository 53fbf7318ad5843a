import datetime as dt

import pytest
from django.core import mail
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AccessLink, Notice, User
from apps.accounts.notifications import COMPANY_APPROVED
from apps.accounts.services.digests import send_notices
from apps.accounts.services.notices import tell
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import NoticeState, Role
from apps.applications.models import Placement
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import Reminder, ReminderRule
from apps.logbook.notifications import send_reminders
from apps.logbook.selectors import look_at, undone
from apps.logbook.services.reminders import copy_rules, save_rules
from apps.logbook.states import AssessmentKind, ChainState, ReminderKind, ReminderLevel
from apps.logbook.tasks import remind
from apps.reporting.models import GeneralReport
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import CohortFactory, EnrolmentFactory, HolidayFactory, UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import (
    AbsenceFactory,
    ArrivalNoteFactory,
    AssessmentFactory,
    DailyLogFactory,
    ReminderRuleFactory,
    RubricFactory,
    WeeklyReportFactory,
)
from tests.factories.world import build_world
from tests.logbook.reminding import FIRST, MONDAY, at, day, sent, stop_the_clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory.create(start=FIRST, end=dt.date(2026, 9, 30))


@pytest.fixture
def placement(cohort) -> Placement:
    """Active since Monday; with a supervisor on either side and a coordinator."""
    found: Placement = PlacementFactory.create(
        enrolment=EnrolmentFactory.create(cohort=cohort),
        state=PlacementState.ACTIVE,
        start=MONDAY,
        end=dt.date(2026, 9, 5),
        arrived_on=MONDAY,
    )
    PlacementSupervisorFactory.create(placement=found)
    PlacementSupervisorFactory.create(placement=found, kind=SupervisorKind.UNIVERSITY)
    return found


@pytest.fixture
def logged(placement: Placement) -> Placement:
    """Closed and verified up to Saturday, so that nothing waits in the week after."""
    for number in range(6):
        DailyLogFactory.create(placement=placement, day=day(number), state=ChainState.VERIFIED_INDUSTRY)
    WeeklyReportFactory.create(placement=placement, week_start=MONDAY, state=ChainState.VERIFIED_INDUSTRY)
    return placement


# -- when -----------------------------------------------------------------------------------------------------------


def test_a_missing_log_is_said_after_two_days_of_work_again_every_two_and_thrice_at_most(logged):
    for number in range(7, 22):
        send_reminders(at(day(number)))
    mine = [on for kind, level, on in sent() if (kind, level) == ("log", "in_charge")]
    # Monday 7 and Tuesday 8 pass without a log: Wednesday, Friday, then Monday, for Sunday is no day of work.
    assert mine == [day(9), day(11), day(14)]


def test_nothing_is_said_twice_a_day_nor_before_the_first_hour(logged):
    assert send_reminders(at(day(9), 5)) == 0
    assert [send_reminders(at(day(9), hour)) for hour in (6, 7, 23)] == [1, 0, 0]
    assert (Notice.objects.count(), Reminder.objects.count()) == (1, 1)


def test_after_a_day_on_which_it_did_not_run_it_says_it_once(logged):
    send_reminders(at(day(10)))
    send_reminders(at(day(11)))
    assert [on for _kind, _level, on in sent()] == [day(10)]


def test_a_log_ends_it_and_begins_it_anew(logged):
    send_reminders(at(day(9)))
    DailyLogFactory.create(placement=logged, day=day(9), state=ChainState.VERIFIED_INDUSTRY)
    WeeklyReportFactory.create(placement=logged, week_start=day(7), state=ChainState.VERIFIED_INDUSTRY)
    for number in (10, 11):
        send_reminders(at(day(number)))
    assert [on for _kind, _level, on in sent()] == [day(9)]
    send_reminders(at(day(12)))
    assert [on for _kind, _level, on in sent()] == [day(9), day(12)]


@pytest.mark.parametrize("state", [ChainState.DRAFT, ChainState.SUBMITTED])
def test_a_draft_is_no_log(logged, state):
    DailyLogFactory.create(placement=logged, day=day(8), state=state)
    assert send_reminders(at(day(9))) == (1 if state == ChainState.DRAFT else 0)


def test_an_absence_is_a_word_too(logged):
    AbsenceFactory.create(placement=logged, day=day(8))
    assert send_reminders(at(day(9))) == 0


def test_days_are_those_of_the_hosts_country_and_of_the_cohort(cohort, placement):
    # 7 July is a public holiday of Tanzania, the company's country; the cohort has a free day of its own.
    HolidayFactory.create(cohort=cohort, day=dt.date(2026, 7, 8))
    Placement.objects.update(start=dt.date(2026, 7, 6), arrived_on=dt.date(2026, 7, 6))
    for date in (7, 8, 9):
        assert send_reminders(at(dt.date(2026, 7, date))) == 0
    assert send_reminders(at(dt.date(2026, 7, 10))) == 1
    placement.company.country = "DE"
    placement.company.save()
    Reminder.objects.all().delete()
    assert send_reminders(at(dt.date(2026, 7, 9))) == 1


def test_nobody_is_reminded_on_a_free_day(logged):
    assert send_reminders(at(day(13))) == 0
    HolidayFactory.create(cohort=logged.enrolment.cohort, day=day(9))
    assert send_reminders(at(day(9))) == 0


@pytest.mark.parametrize(("spring", "zone"), [("2026-03-28", "Europe/Berlin"), ("2026-10-24", "Europe/Berlin")])
def test_the_change_of_the_clocks_moves_no_day(cohort, spring, zone):
    saturday = dt.date.fromisoformat(spring)
    PlacementFactory.create(
        enrolment=EnrolmentFactory.create(cohort=cohort),
        state=PlacementState.ACTIVE,
        start=saturday,
        arrived_on=saturday,
        end=saturday + dt.timedelta(days=40),
    )
    with timezone.override(zone):
        # Saturday and Monday are missing; Sunday, whose night has 23 or 25 hours, is free.
        counts = [send_reminders(at(saturday + dt.timedelta(days=number))) for number in range(1, 5)]
    assert counts == [0, 0, 1, 0]


@pytest.mark.parametrize(
    "change",
    [
        {"state": PlacementState.CANCELLED},
        {"state": PlacementState.ENDED_EARLY},
        {"end": day(7)},
    ],
)
def test_a_place_that_is_over_needs_no_log(logged, change):
    Placement.objects.update(**change)
    assert [kind for kind, _level, _on in sent() if kind == "log"] == []
    send_reminders(at(day(9)))
    assert [kind for kind, _level, _on in sent() if kind == "log"] == []


def test_who_left_is_not_reminded(logged):
    User.objects.filter(pk=logged.enrolment.student_id).update(is_active=False)
    assert send_reminders(at(day(9))) == 0


# -- rules ----------------------------------------------------------------------------------------------------------


def test_a_cohort_has_its_own_rules(logged):
    rule = ReminderRuleFactory.create(cohort=logged.enrolment.cohort)
    for number in range(8, 12):
        send_reminders(at(day(number)))
    assert [on for _kind, _level, on in sent()] == [day(8), day(9)]
    rule.is_on = False
    rule.save()
    Reminder.objects.all().delete()
    assert send_reminders(at(day(12))) == 0


def test_rules_are_saved_by_who_may_change_the_cohort_and_copied_with_it():
    world = build_world()
    rule = ReminderRule(kind=ReminderKind.WEEK, after_days=4, every_days=1, times=1)
    with pytest.raises(NotAllowed):
        save_rules(world.cohort, [rule], [], actor=world.foreign_coordinator)
    save_rules(world.cohort, [rule], [], actor=world.coordinator)
    passed_on = ReminderRule(kind=ReminderKind.UNVERIFIED, after_days=4, coordinator_after=9)
    with pytest.raises(RuleViolation, match="passed on"):
        save_rules(world.cohort, [passed_on], [], actor=world.coordinator)
    next_year = CohortFactory.create(department=world.department)
    copy_rules(world.cohort, next_year)
    assert ReminderRule.objects.get(cohort=next_year).after_days == 4
    save_rules(world.cohort, [], [rule], actor=world.coordinator)
    assert not ReminderRule.objects.filter(cohort=world.cohort).exists()


def test_the_page_of_a_cohort_shows_the_usual_rules_and_stores_only_what_was_changed(client):
    world = build_world()
    client.force_login(world.coordinator)
    address = reverse("admin:accounts_cohort_change", args=[world.cohort.pk])
    page = client.get(address)
    forms = {inline.formset.prefix: inline.formset for inline in page.context["inline_admin_formsets"]}
    shown = [(form["kind"].value(), form["after_days"].value()) for form in forms["reminder_rules"]]
    assert shown == [("log", 2), ("unverified", 3), ("week", 2), ("arrival", 2), ("report", 3), ("assessment", 5)]
    form = {}
    for formset in forms.values():
        for one in [formset.management_form, *formset.forms]:
            form |= {one.add_prefix(name): one[name].value() for name in one.fields}
    main = page.context["adminform"].form
    form |= {name: main[name].value() for name in main.fields}
    form = {name: value for name, value in form.items() if value is not None and value is not False}
    form |= {"reminder_rules-0-after_days": "7", "country": "TZ", "_version": page.context["version_token"]}
    answer = client.post(address, form)
    assert answer.status_code == 302, [
        answer.context["adminform"].form.errors,
        *(inline.formset.errors for inline in answer.context["inline_admin_formsets"]),
    ]
    assert list(ReminderRule.objects.values_list("kind", "after_days", "supervisor_after")) == [("log", 7, 5)]


# -- the other kinds --------------------------------------------------------------------------------------------------


def test_days_that_wait_for_the_company_are_asked_for_with_the_link(logged):
    DailyLogFactory.create(
        placement=logged, day=day(7), state=ChainState.SUBMITTED, submitted_at=at(day(7)), week_start=day(7)
    )
    DailyLogFactory.create(
        placement=logged, day=day(8), state=ChainState.SUBMITTED, submitted_at=at(day(8)), week_start=day(7)
    )
    assert [send_reminders(at(day(number))) for number in (9, 10)] == [0, 0]
    send_reminders(at(day(11)))
    told = Notice.objects.get(kind="logbook.week_unverified")
    assert told.recipient == logged.supervisors.get(kind=SupervisorKind.INDUSTRIAL).user
    assert told.link == {
        "purpose": "verify_week",
        "label": "applications.Placement",
        "pk": logged.pk,
        "scope": {"week": day(7).isoformat()},
    }
    # While that mail waits no second link is made, which would revoke the first.
    Reminder.objects.all().delete()
    send_reminders(at(day(11)))
    assert Notice.objects.filter(kind="logbook.week_unverified").count() == 1


def test_a_week_that_is_not_closed(logged):
    logged.weeklyreports.update(state=ChainState.DRAFT)
    for number in (7, 8):
        DailyLogFactory.create(placement=logged, day=day(number), state=ChainState.VERIFIED_INDUSTRY)
    assert send_reminders(at(day(8))) == 0
    assert send_reminders(at(day(9))) == 1
    told = Notice.objects.get()
    assert (told.kind, told.url) == ("logbook.week_not_closed", reverse("week_edit", args=[MONDAY]))
    assert told.facts["number"] == 1


@pytest.mark.parametrize(("state", "told"), [(None, 1), ("submitted", 0), ("confirmed", 0), ("disputed", 1)])
def test_an_arrival_that_was_not_reported(placement, state, told):
    Placement.objects.update(state=PlacementState.CONFIRMED, arrived_on=None)
    if state:
        ArrivalNoteFactory.create(placement=placement, state=state)
    assert send_reminders(at(day(1))) == 0
    assert send_reminders(at(day(2))) == told
    assert [row.url for row in Notice.objects.all()] == [reverse("arrival_report", args=[placement.pk])] * told


@pytest.mark.parametrize(("state", "told"), [(None, 1), ("draft", 1), ("submitted", 0), ("approved", 0)])
def test_a_report_that_is_due(logged, state, told):
    Placement.objects.update(end=day(5), state=PlacementState.COMPLETED)
    if state:
        GeneralReport.objects.create(enrolment=logged.enrolment, state=state)
    assert send_reminders(at(day(8))) == 0
    assert send_reminders(at(day(9))) == told
    assert [row.url for row in Notice.objects.all()] == [reverse("documents")] * told


def test_an_assessment_that_is_due_is_asked_of_the_side_that_fills_it_in(logged):
    Placement.objects.update(end=day(20))
    for number in range(6, 20):
        DailyLogFactory.create(placement=logged, day=day(number), state=ChainState.VERIFIED_INDUSTRY)
    WeeklyReportFactory.create(placement=logged, week_start=day(7), state=ChainState.VERIFIED_INDUSTRY)
    for kind in (AssessmentKind.INDUSTRY, AssessmentKind.ACADEMIC):
        rubric = RubricFactory.create(cohort=logged.enrolment.cohort, kind=kind, days_before_end=14, title=kind.label)
        AssessmentFactory.create(placement=logged, rubric=rubric)
    # Asked on day 6, a Sunday: five days of work are Monday to Friday.
    assert send_reminders(at(day(11))) == 0
    assert send_reminders(at(day(12))) == 2
    found = {row.recipient_id: (row.link or {}).get("purpose") for row in Notice.objects.all()}
    industrial, university = (logged.supervisors.get(kind=kind).user_id for kind in SupervisorKind)
    assert found == {industrial: "assess", university: None}


def test_a_form_is_not_asked_for_before_its_days_and_not_after_the_placement_was_given_up(logged):
    rubric = RubricFactory.create(cohort=logged.enrolment.cohort, days_before_end=1)
    AssessmentFactory.create(placement=logged, rubric=rubric)
    seen = []
    for end, state in ((40, PlacementState.ACTIVE), (1, PlacementState.ACTIVE), (1, PlacementState.COMPLETED)):
        Placement.objects.update(end=day(end), state=state)
        sight = look_at(Q(pk=logged.pk), day(14))
        seen.append(len(list(undone(sight, {ReminderKind.ASSESSMENT}))))
    assert seen == [0, 1, 0]


# -- escalation -------------------------------------------------------------------------------------------------------


def test_silence_is_told_once_to_the_university_supervisor_and_then_to_the_coordinator():
    world = build_world()
    Placement.objects.filter(pk=world.placement.pk).update(start=MONDAY, arrived_on=MONDAY, end=dt.date(2026, 9, 5))
    Placement.objects.exclude(pk=world.placement.pk).update(state=PlacementState.CANCELLED)
    for number in range(30):
        send_reminders(at(day(number)))
    told = list(Reminder.objects.exclude(level="in_charge").order_by("on").values_list("level", "person", "on"))
    assert told == [
        (ReminderLevel.SUPERVISOR, world.university_supervisor.pk, day(5)),
        (ReminderLevel.COORDINATOR, world.coordinator.pk, day(11)),
    ]
    pages = dict(Notice.objects.filter(kind="logbook.escalated_log").values_list("recipient", "url"))
    assert pages == {
        world.university_supervisor.pk: reverse("validate_weeks"),
        world.coordinator.pk: reverse("admin:applications_placement_change", args=[world.placement.pk]),
    }


def test_a_form_that_waits_for_the_company_goes_to_coordinators_with_its_silence_and_not_twice(logged):
    Placement.objects.update(end=day(20))
    rubric = RubricFactory.create(cohort=logged.enrolment.cohort, kind=AssessmentKind.INDUSTRY, days_before_end=14)
    AssessmentFactory.create(placement=logged, rubric=rubric)
    coordinator = UserFactory.create(roles=[Role.COORDINATOR])
    grant(coordinator, logged.enrolment.cohort, actor=SYSTEM)
    for number in range(7, 27):
        send_reminders(at(day(number)))
    assert {level for kind, level, _on in sent() if kind == "assessment"} == {"in_charge", "supervisor"}


def test_what_waits_for_the_university_supervisor_is_not_told_to_the_same_person_as_a_complaint(logged):
    Placement.objects.update(end=day(20))
    rubric = RubricFactory.create(cohort=logged.enrolment.cohort, kind=AssessmentKind.ACADEMIC, days_before_end=14)
    AssessmentFactory.create(placement=logged, rubric=rubric)
    for number in range(7, 20):
        DailyLogFactory.create(placement=logged, day=day(number), state=ChainState.VERIFIED_INDUSTRY)
        send_reminders(at(day(number)))
    assert {level for kind, level, _on in sent() if kind == "assessment"} == {"in_charge"}


# -- the mail ---------------------------------------------------------------------------------------------------------


def test_several_reminders_are_one_mail_a_day(logged, monkeypatch):
    student = logged.enrolment.student
    User.objects.filter(pk=student.pk).update(notice_frequency="at_once")
    logged.weeklyreports.update(state=ChainState.DRAFT)
    stop_the_clock(monkeypatch, day(9))
    assert send_reminders(at(day(9))) == 2
    assert run_due_tasks() == 1
    [letter] = mail.outbox
    assert letter.to == [student.email]
    for address in (reverse("student_today"), reverse("week_edit", args=[MONDAY])):
        assert address in letter.body


def test_what_is_done_before_the_digest_goes_out_is_not_in_it(logged, monkeypatch):
    student = logged.enrolment.student
    stop_the_clock(monkeypatch, day(9))
    send_reminders(at(day(9)))
    DailyLogFactory.create(placement=logged, day=day(9), state=ChainState.SUBMITTED)
    tell(student, COMPANY_APPROVED, facts={"company": "Njia Works"})
    Notice.objects.update(due_at=timezone.now())
    send_notices(student.pk)
    assert [letter.subject for letter in mail.outbox] == ["Njia Works is approved"]
    assert Notice.objects.get(kind="logbook.log_missing").state == NoticeState.SKIPPED


def test_the_link_of_a_reminder_is_made_with_its_mail(logged, monkeypatch):
    stop_the_clock(monkeypatch, day(11))
    User.objects.update(notice_frequency="at_once")
    DailyLogFactory.create(placement=logged, day=day(7), state=ChainState.SUBMITTED, submitted_at=at(day(7)))
    send_reminders(at(day(11)))
    run_due_tasks()
    asked = [letter for letter in mail.outbox if "still waits for you" in letter.subject]
    assert len(asked) == 1
    assert "/l/" in asked[0].body
    assert AccessLink.objects.count() == 1


# -- the beat, and what coordinators see ------------------------------------------------------------------------------


def test_the_beat_reminds(logged, monkeypatch):
    monkeypatch.setattr(timezone, "localtime", lambda: at(day(9)))
    remind()
    assert sent() == [("log", "in_charge", day(9))]
