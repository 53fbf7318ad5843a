import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import Notice
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState
from apps.applications.models import Placement, PlacementAmendment, PlacementSupervisor
from apps.applications.services.amendments import Person, change_host, change_placement, delete_placement, hand_over
from apps.applications.services.supervisors import name_supervisor
from apps.applications.states import ApplicationState, PlacementState, SupervisorKind
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import CompanyFactory, CompanyMemberFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import ApplicationFactory, PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import ArrivalNoteFactory, DailyLogFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db

WHY = "The machine came late."


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create()


@pytest.fixture
def coordinator(enrolment):
    person = UserFactory.create()
    grant(person, enrolment.cohort.department, actor=SYSTEM)
    return person


@pytest.fixture
def placement(enrolment):
    return PlacementFactory.create(enrolment=enrolment, start=in_days(-10), end=in_days(10))


def in_days(days):
    return timezone.localdate() + dt.timedelta(days=days)


def versions(placement):
    rows = PlacementAmendment.objects.filter(placement=placement).order_by("number")
    return [(row.number, row.kind, row.state) for row in rows]


def refusal_of(service, *args, **kwargs):
    with pytest.raises(RuleViolation) as refused:
        service(*args, **kwargs)
    return refused.value.code, refused.value.field


# -- days ---------------------------------------------------------------------------------------------------------


def test_each_change_of_a_settled_place_is_a_version_and_the_last_of_its_kind_counts(placement, coordinator):
    first = placement.end
    for days in (20, 30):
        change_placement(placement, {"end": in_days(days)}, actor=coordinator, reason=WHY)
    change_placement(placement, {"share": 50, "end": in_days(25), "task": ""}, actor=coordinator, reason=WHY)
    assert versions(placement) == [
        (1, "extension", "superseded"),
        (2, "extension", "in_force"),
        (3, "terms", "in_force"),
    ]
    amendment = placement.amendments.get(number=1)
    assert (amendment.before, amendment.after) == ({"end": first.isoformat()}, {"end": in_days(20).isoformat()})
    assert (amendment.made_by, amendment.reason) == (coordinator, WHY)
    last = placement.amendments.get(number=3)
    assert [(line.before, line.after) for line in last.lines][1:2] == [("100", "50")]
    assert str(last) == "3 · Days, share or task"


@pytest.mark.parametrize(("state", "count"), [(PlacementState.PROPOSED, 0), (PlacementState.CONFIRMED, 1)])
def test_what_is_only_proposed_changes_without_a_version(enrolment, coordinator, state, count):
    placement = PlacementFactory.create(enrolment=enrolment, state=state)
    change_placement(placement, {"task": "Pumps"}, actor=coordinator, reason=WHY)
    assert (placement.task, len(versions(placement))) == ("Pumps", count)


def test_a_settled_place_does_not_change_without_a_reason(placement, coordinator):
    found = refusal_of(change_placement, placement, {"share": 50}, actor=coordinator, reason="  ")
    placement.refresh_from_db()
    assert (found, placement.share, versions(placement)) == (("reason_needed", "reason"), 100, [])


def test_saving_without_a_difference_is_no_version(placement, coordinator):
    change_placement(placement, {"share": 100}, actor=coordinator)
    assert versions(placement) == []


def test_student_and_company_are_told_what_changed(placement, coordinator):
    host = CompanyMemberFactory.create(company=placement.company).user
    change_placement(placement, {"share": 50}, actor=coordinator, reason=WHY)
    run_due_tasks()
    told = Notice.objects.filter(kind__endswith="amended").order_by("kind").values_list("recipient", "facts__change")
    assert list(told) == [(placement.enrolment.student_id, "share in per cent: 50"), (host.pk, "share in per cent: 50")]


# -- the host -----------------------------------------------------------------------------------------------------


def test_the_first_host_keeps_its_days_and_the_new_one_gets_the_rest(placement, coordinator):
    lecturer = PlacementSupervisorFactory.create(placement=placement, kind=SupervisorKind.UNIVERSITY).user
    deputy = PlacementSupervisorFactory.create(placement=placement, kind=SupervisorKind.UNIVERSITY, is_deputy=True).user
    PlacementSupervisorFactory.create(placement=placement)
    company = CompanyFactory.create()
    new = change_host(placement, company, first_day=in_days(3), actor=coordinator, reason=WHY)
    assert (placement.state, placement.end) == (PlacementState.ACTIVE, in_days(2))
    assert (new.company, new.start, new.end, new.state) == (company, in_days(3), in_days(10), PlacementState.CONFIRMED)
    named = new.supervisors.order_by("is_deputy").values_list("user", "is_deputy")
    assert list(named) == [(lecturer.pk, False), (deputy.pk, True)]
    amendment = placement.amendments.get()
    assert (amendment.successor, amendment.after["end"]) == (new, in_days(2).isoformat())
    assert amendment.before == {"company": placement.company.name, "end": in_days(10).isoformat()}


@pytest.mark.parametrize("state", [PlacementState.PROPOSED, PlacementState.CONFIRMED])
def test_before_the_arrival_the_first_place_is_cancelled_and_its_seat_free(enrolment, coordinator, state):
    vacancy = VacancyFactory.create(places_taken=1)
    application = ApplicationFactory.create(vacancy=vacancy, enrolment=enrolment, state=ApplicationState.ACCEPTED)
    placement = PlacementFactory.create(enrolment=enrolment, state=state, application=application)
    new = change_host(placement, CompanyFactory.create(), first_day=placement.start, actor=coordinator, reason=WHY)
    vacancy.refresh_from_db()
    assert (placement.state, new.state, vacancy.places_taken) == (PlacementState.CANCELLED, state, 0)
    assert placement.amendments.get().before == {"company": placement.company.name}


@pytest.mark.parametrize(("days", "state"), [(-10, PlacementState.ACTIVE), (11, PlacementState.CONFIRMED)])
def test_the_day_of_the_change_lies_within_the_placement(enrolment, coordinator, days, state):
    placement = PlacementFactory.create(enrolment=enrolment, start=in_days(-10), end=in_days(10), state=state)
    company = CompanyFactory.create()
    found = refusal_of(change_host, placement, company, first_day=in_days(days), actor=coordinator, reason=WHY)
    assert (found, Placement.objects.count()) == (("day_outside", "first_day"), 1)


def test_the_new_host_is_another_approved_company_and_the_reason_is_said(placement, coordinator):
    waiting, other = CompanyFactory.create(state=CompanyState.PROPOSED), CompanyFactory.create()
    codes = [
        refusal_of(change_host, placement, company, first_day=in_days(1), actor=coordinator, reason=reason)
        for company, reason in ((placement.company, WHY), (waiting, WHY), (other, ""))
    ]
    assert codes == [("same_host", "company"), ("company_not_approved", "company"), ("reason_needed", "reason")]
    placement.refresh_from_db()
    assert (placement.end, versions(placement)) == (in_days(10), [])


def test_who_does_not_coordinate_changes_no_host(placement):
    with pytest.raises(NotAllowed):
        change_host(
            placement,
            CompanyFactory.create(),
            first_day=in_days(1),
            actor=placement.enrolment.student,
            reason=WHY,
        )


# -- supervisors --------------------------------------------------------------------------------------------------


def test_who_takes_over_gets_what_waits_and_the_earlier_one_nothing_more(placement, coordinator):
    row = PlacementSupervisorFactory.create(placement=placement)
    elsewhere = PlacementFactory.create(company=placement.company)
    DailyLogFactory.create(placement=placement, state="submitted", day=in_days(-1))
    DailyLogFactory.create(placement=placement, state="verified_industry", day=in_days(-2), verified_by=row.user)
    ArrivalNoteFactory.create(placement=placement, state="submitted")
    new = hand_over(row, Person("new@host.example", "Neema New"), actor=coordinator, reason=WHY)
    name_supervisor(elsewhere, name="", email="new@host.example", kind=SupervisorKind.INDUSTRIAL, actor=SYSTEM)
    DailyLogFactory.create(placement=elsewhere, state="submitted", day=in_days(-1))
    row.refresh_from_db()
    assert (new.is_deputy, new.is_active, row.is_active) == (False, True, False)
    run_due_tasks()
    waits = Notice.objects.filter(recipient=new.user, kind__startswith="logbook").order_by("kind")
    assert [notice.kind for notice in waits] == ["logbook.arrival_reported", "logbook.week_waits"]
    assert waits[1].link["pk"] == placement.pk
    amendment = placement.amendments.get()
    assert (amendment.before, amendment.after) == ({"industrial": str(row.user)}, {"industrial": "Neema New"})
    assert Notice.objects.filter(recipient=row.user).count() == 0


def test_a_second_handover_does_not_supersede_the_first(placement, coordinator):
    for number in (1, 2):
        row = PlacementSupervisorFactory.create(placement=placement, is_deputy=True)
        hand_over(row, Person(f"p{number}@host.example", "P"), actor=coordinator, reason=WHY)
    assert [state for _number, _kind, state in versions(placement)] == ["in_force", "in_force"]


def test_a_handover_needs_somebody_else_and_a_reason(placement, coordinator):
    row = PlacementSupervisorFactory.create(placement=placement)
    same = refusal_of(hand_over, row, Person(row.user.email), actor=coordinator, reason=WHY)
    silent = refusal_of(hand_over, row, Person("x@host.example", "X"), actor=coordinator, reason="")
    row.refresh_from_db()
    assert (same, silent, row.is_active) == (("same_person", "email"), ("reason_needed", "reason"), True)
    assert PlacementSupervisor.objects.count() == 1


def test_nobody_supervises_one_student_on_both_sides_even_at_two_places(placement, coordinator):
    lecturer = PlacementSupervisorFactory.create(placement=placement, kind=SupervisorKind.UNIVERSITY).user
    second = PlacementFactory.create(enrolment=placement.enrolment, share=1)
    named = {"name": "", "email": lecturer.email, "actor": coordinator}
    found = refusal_of(name_supervisor, second, kind=SupervisorKind.INDUSTRIAL, **named)
    PlacementSupervisor.objects.update(is_active=False)
    made = name_supervisor(second, kind=SupervisorKind.INDUSTRIAL, **named)
    assert (found, made.user) == (("both_sides", "email"), lecturer)


# -- away with it -------------------------------------------------------------------------------------------------


def test_a_place_entered_by_mistake_is_deleted(enrolment, coordinator):
    placement = PlacementFactory.create(enrolment=enrolment, state=PlacementState.CONFIRMED)
    PlacementSupervisorFactory.create(placement=placement)
    delete_placement(placement, actor=coordinator)
    assert Placement.objects.count() == 0


def test_what_something_hangs_on_is_cancelled_instead(enrolment, coordinator):
    application = ApplicationFactory.create(enrolment=enrolment, state=ApplicationState.ACCEPTED)
    offered, written, active = (
        PlacementFactory.create(enrolment=enrolment, **values)
        for values in (
            {"application": application, "state": PlacementState.PROPOSED},
            {"state": PlacementState.CONFIRMED},
            {"state": PlacementState.ACTIVE},
        )
    )
    ArrivalNoteFactory.create(placement=written)
    codes = [refusal_of(delete_placement, row, actor=coordinator)[0] for row in (offered, written)]
    assert codes == ["came_from_application", "something_hangs_on_it"]
    with pytest.raises(NotAllowed):
        delete_placement(active, actor=coordinator)
    assert Placement.objects.count() == 3
