"""What no company answers goes to the deputies and then to the coordinators, each told once."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Cohort, Notice
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from apps.logbook.models import DailyLog
from apps.logbook.selectors import unanswered
from apps.logbook.states import AssessmentKind, AssessmentState, ChainState
from apps.logbook.tasks import pass_on_unanswered, tell_waiting_again
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import perform
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import ArrivalNoteFactory, AssessmentFactory, DailyLogFactory, RubricFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deputy(place):
    return PlacementSupervisorFactory.create(placement=place.placement, is_deputy=True).user


@pytest.fixture
def coordinator(place):
    person = UserFactory.create(roles=[Role.COORDINATOR])
    grant(person, place.enrolment.cohort, actor=SYSTEM)
    return person


def sent(place, days_ago: int, offset: int = 0) -> DailyLog:
    moment = timezone.now() - dt.timedelta(days=days_ago)
    log: DailyLog = place.log(offset, submitted_at=moment)
    return log


def told() -> list[tuple[str, int]]:
    pass_on_unanswered()
    return sorted(Notice.objects.values_list("kind", "recipient"))


WEEK, SILENT = "logbook.week_passed_on", "logbook.week_unanswered"
LATE, COMPLAINT = "logbook.assessment_passed_on", "logbook.assessment_unanswered"


@pytest.fixture
def desk(place, deputy, coordinator):
    return place, deputy, coordinator


@pytest.mark.parametrize(("days_ago", "deputies", "coordinators"), [(3, 0, 0), (4, 1, 0), (6, 1, 0), (7, 1, 1)])
def test_days_without_an_answer_are_whole_days_of_work(place, deputy, coordinator, days_ago, deputies, coordinators):
    # The cohort works all seven days: three whole days lie between the fourth day back and today.
    sent(place, days_ago)
    assert told() == [(WEEK, deputy.pk)] * deputies + [(SILENT, coordinator.pk)] * coordinators


def test_what_was_sent_yesterday_or_today_has_not_waited_yet(place, deputy):
    Cohort.objects.filter(pk=place.enrolment.cohort_id).update(deputy_after_days=1)
    sent(place, 1)
    sent(place, 0, 1)
    assert told() == []


def test_a_free_day_is_not_counted(place, deputy):
    log = sent(place, 4)
    place.enrolment.cohort.holidays.create(day=timezone.localdate(log.submitted_at) + dt.timedelta(days=1), name="Rest")
    assert told() == []


def test_a_holiday_of_the_hosts_country_is_not_counted(place, deputy):
    Cohort.objects.filter(pk=place.enrolment.cohort_id).update(country="TZ")
    log = sent(place, 4)
    with_holiday = dt.datetime(
        2026, 7, 6, 9, tzinfo=dt.UTC
    )  # Saba Saba, the 7th, is free in Tanzania and not in Kenya.
    DailyLog.objects.filter(pk=log.pk).update(submitted_at=with_holiday)
    found = []
    for country in ("TZ", "KE"):
        type(place.placement.company).objects.update(country=country)
        found.append([one.days for one in unanswered(dt.date(2026, 7, 11))])
    assert found == [[3], [4]]


@pytest.mark.parametrize(
    ("kind", "days_over", "passed_on", "complained"),
    [
        (AssessmentKind.INDUSTRY, 0, 0, 0),
        (AssessmentKind.INDUSTRY, 3, 0, 0),
        (AssessmentKind.INDUSTRY, 4, 1, 0),
        (AssessmentKind.INDUSTRY, 7, 1, 1),
        (AssessmentKind.INDUSTRY, 61, 0, 0),
        (AssessmentKind.ACADEMIC, 7, 0, 0),
    ],
)
def test_a_form_of_the_company_is_passed_on_when_the_time_is_over(desk, kind, days_over, passed_on, complained):
    place, deputy, coordinator = desk
    rubric = RubricFactory.create(cohort=place.enrolment.cohort, kind=kind)
    form = AssessmentFactory.create(placement=place.placement, rubric=rubric)
    type(form).objects.update(created_at=timezone.now() - dt.timedelta(days=120))
    end = timezone.localdate() - dt.timedelta(days=days_over)
    type(place.placement).objects.update(start=end - dt.timedelta(days=60), end=end)
    first = told()
    assert first == [(LATE, deputy.pk)] * passed_on + [(COMPLAINT, coordinator.pk)] * complained
    assert told() == first
    links = Notice.objects.filter(kind=LATE).values_list("link__purpose", "link__pk")
    assert list(links) == [("assess", form.pk)] * passed_on
    pages = Notice.objects.filter(kind=COMPLAINT).values_list("url", flat=True)
    assert list(pages) == [reverse("admin:applications_placement_change", args=[place.placement.pk])] * complained


def test_a_form_that_was_made_late_or_is_sent_is_not_passed_on(place, deputy):
    form = AssessmentFactory.create(placement=place.placement)
    type(place.placement).objects.update(end=timezone.localdate() - dt.timedelta(days=20))
    assert told() == []
    type(form).objects.update(created_at=timezone.now() - dt.timedelta(days=30), state=AssessmentState.SUBMITTED)
    assert told() == []


def test_nobody_is_told_twice_and_the_same_days_sent_anew_are_a_new_thing(place, deputy, coordinator):
    log, _other = sent(place, 9), sent(place, 8, 1)
    first = told()
    assert (first, told()) == ([(WEEK, deputy.pk), (SILENT, coordinator.pk)], first)
    perform(log, "request_revision", actor=place.supervisor, reason="Which lathe?")
    perform(_other, "verify", actor=place.supervisor)
    assert told() == first
    again = timezone.now() - dt.timedelta(days=5)
    DailyLog.objects.filter(pk=log.pk).update(state=ChainState.SUBMITTED, submitted_at=again)
    assert told() == sorted([*first, (WEEK, deputy.pk)])


def test_the_link_in_the_deputys_mail_opens_the_week(place, deputy):
    sent(place, 5)
    pass_on_unanswered()
    notice = Notice.objects.get()
    scope = {"week": place.monday.isoformat()}
    link = {"purpose": "verify_week", "label": "applications.Placement", "pk": place.placement.pk, "scope": scope}
    assert (notice.link, notice.urgent) == (link, True)


def test_rules_of_the_cohort_are_switched_off_by_zero(place, deputy, coordinator):
    sent(place, 30)
    Cohort.objects.filter(pk=place.enrolment.cohort_id).update(deputy_after_days=0, coordinator_after_days=0)
    assert (unanswered(timezone.localdate()), told()) == ([], [])


def test_deputies_without_anybody_before_them_were_asked_themselves(place, deputy, coordinator):
    place.placement.supervisors.filter(user=place.supervisor).update(is_active=False)
    sent(place, 9)
    assert told() == [(SILENT, coordinator.pk)]


def test_a_report_waits_like_a_day_since_the_earlier_of_both(place, deputy):
    place.report(submitted_at=timezone.now() - dt.timedelta(days=5))
    sent(place, 1)
    (one,) = unanswered(timezone.localdate())
    assert (one.monday, one.days) == (place.monday, 4)
    assert told() == [(WEEK, deputy.pk)]


def test_an_arrival_is_passed_on_too_unless_its_address_waits_for_the_coordinator(place, deputy, coordinator):
    note = ArrivalNoteFactory.create(placement=place.placement)
    type(note).objects.update(updated_at=timezone.now() - dt.timedelta(days=8), address_waits=True)
    assert told() == []
    type(note).objects.update(address_waits=False)
    kinds = [("logbook.arrival_passed_on", deputy.pk), ("logbook.arrival_unanswered", coordinator.pk)]
    assert told() == kinds


@pytest.mark.parametrize("rows", [1, 3])
def test_what_waits_is_read_with_the_same_queries_for_any_number(place, rows, django_assert_num_queries):
    rubric = RubricFactory.create(cohort=place.enrolment.cohort)
    for _ in range(rows):
        placement = PlacementFactory.create(enrolment__cohort=place.enrolment.cohort)
        PlacementSupervisorFactory.create(placement=placement)
        DailyLogFactory.create(
            placement=placement, state=ChainState.SUBMITTED, submitted_at=timezone.now() - dt.timedelta(days=9)
        )
        note = ArrivalNoteFactory.create(placement=placement)
        type(note).objects.update(updated_at=timezone.now() - dt.timedelta(days=9))
        form = AssessmentFactory.create(placement=placement, rubric=rubric)
        type(form).objects.update(created_at=timezone.now() - dt.timedelta(days=30))
        type(placement).objects.filter(pk=placement.pk).update(end=timezone.localdate() - dt.timedelta(days=9))
    with django_assert_num_queries(8):
        assert len(unanswered(timezone.localdate())) == 3 * rows


def test_a_lost_link_to_a_form_of_assessment_is_sent_again_when_it_is_due(place):
    form = AssessmentFactory.create(placement=place.placement)
    type(place.placement).objects.update(end=timezone.localdate() + dt.timedelta(days=200))
    tell_waiting_again(place.supervisor.pk)
    assert Notice.objects.count() == 0
    type(place.placement).objects.update(end=timezone.localdate())
    AssessmentFactory.create()
    tell_waiting_again(place.supervisor.pk)
    notice = Notice.objects.get()
    assert (notice.kind, notice.recipient, notice.link["pk"]) == (
        "logbook.assessment_waits",
        place.supervisor,
        form.pk,
    )
