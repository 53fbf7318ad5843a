import datetime as dt

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from apps.accounts.models import Company, User
from apps.accounts.selectors import companies_moderated_by, grants_reaching
from apps.accounts.services.organisations import propose_company
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.services.amendments import change_placement
from apps.applications.services.placements import (
    FoundPlace,
    allocate_placement,
    place_students,
    propose_self_found_placement,
)
from apps.applications.services.terms import Terms
from apps.applications.states import ApplicationState, PlacementOrigin, PlacementState, SupervisorKind
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale
from portal.kernel.fsm import may, perform
from tests.factories.accounts import CompanyFactory, EnrolmentFactory, StudentFactory, UserFactory
from tests.factories.applications import ApplicationFactory, PlacementFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create()


@pytest.fixture
def coordinator(enrolment):
    person = UserFactory.create()
    grant(person, enrolment.cohort.department, actor=SYSTEM)
    return person


@pytest.fixture
def company():
    return CompanyFactory.create()


def in_days(days):
    return timezone.localdate() + dt.timedelta(days=days)


def found(**changes):
    whole = {
        "company_name": "Kilimo Works Ltd",
        "address": "Plot 4, Dodoma",
        "supervisor_name": "Neema Mushi",
        "supervisor_email": " Neema@Kilimo.example ",
        "supervisor_phone": "+255700000001",
        "start": in_days(-7),
        "end": in_days(7),
        "task": "Repair of pumps",
    }
    return FoundPlace(**{**whole, **changes})


def state_of(row):
    return type(row)._default_manager.get(pk=row.pk).state


# -- allocating ---------------------------------------------------------------------------------------------------


def test_a_coordinator_gives_a_place_over_the_whole_cohort(enrolment, coordinator, company):
    made = allocate_placement(enrolment, company, actor=coordinator)
    cohort = enrolment.cohort
    assert (made.enrolment, made.company, made.start, made.end) == (enrolment, company, cohort.start, cohort.end)
    assert (made.origin, made.state, made.share) == (PlacementOrigin.ALLOCATED, PlacementState.PROPOSED, 100)


def test_terms_and_way_in_are_kept(enrolment, company):
    terms = Terms(in_days(1), in_days(2), 40, "Site B", "Welding")
    made = allocate_placement(enrolment, company, actor=SYSTEM, terms=terms, origin=PlacementOrigin.MATCHED)
    kept = (made.start, made.end, made.share, made.site_address, made.task)
    assert (kept, made.origin) == ((in_days(1), in_days(2), 40, "Site B", "Welding"), PlacementOrigin.MATCHED)


def test_who_does_not_coordinate_places_nobody(enrolment, company):
    with pytest.raises(NotAllowed):
        allocate_placement(enrolment, company, actor=enrolment.student)


@pytest.mark.parametrize("state", [CompanyState.PROPOSED, CompanyState.REJECTED, CompanyState.ARCHIVED])
def test_a_company_that_is_not_approved_gets_nobody(enrolment, state):
    with pytest.raises(RuleViolation) as refused:
        allocate_placement(enrolment, CompanyFactory.create(state=state), actor=SYSTEM)
    assert (refused.value.code, refused.value.field) == ("company_not_approved", "company")


@pytest.mark.parametrize(
    ("terms", "code", "field"),
    [
        (Terms(start=in_days(2), end=in_days(1)), "dates_wrong", "end"),
        (Terms(share=0), "share_wrong", "share"),
        (Terms(share=101), "share_wrong", "share"),
    ],
)
def test_terms_that_make_no_sense_are_refused(enrolment, company, terms, code, field):
    with pytest.raises(RuleViolation) as refused:
        allocate_placement(enrolment, company, actor=SYSTEM, terms=terms)
    assert (refused.value.code, refused.value.field, Placement.objects.count()) == (code, field, 0)


@pytest.mark.parametrize("state", list(PlacementState))
def test_nobody_is_placed_twice_at_one_company_in_the_same_days(enrolment, company, state):
    PlacementFactory.create(enrolment=enrolment, company=company, state=state, share=10)
    codes = []
    try:
        allocate_placement(enrolment, company, actor=SYSTEM, terms=Terms(share=10))
    except RuleViolation as error:
        codes.append(error.code)
    assert codes == ["placed_there_already"] * (state in PlacementState.alive())


@pytest.mark.parametrize(
    ("state", "shares", "start", "codes"),
    [
        (PlacementState.ACTIVE, (60, 40), 0, []),
        (PlacementState.ACTIVE, (60, 41), 0, ["no_time_left"]),
        (PlacementState.COMPLETED, (60, 41), 5, ["no_time_left"]),
        (PlacementState.CONFIRMED, (100, 100), 6, []),
        (PlacementState.PROPOSED, (100, 100), 0, []),
        (PlacementState.CANCELLED, (100, 100), 0, []),
    ],
)
def test_settled_places_in_the_same_days_fill_at_most_the_week(enrolment, company, state, shares, start, codes):
    taken, share = shares
    PlacementFactory.create(enrolment=enrolment, state=state, share=taken, start=in_days(0), end=in_days(5))
    seen = []
    try:
        allocate_placement(enrolment, company, actor=SYSTEM, terms=Terms(in_days(start), in_days(9), share))
    except RuleViolation as error:
        seen.append(error.code)
    assert seen == codes


@pytest.mark.parametrize(
    ("student_confirms", "state"), [(False, PlacementState.CONFIRMED), (True, PlacementState.PROPOSED)]
)
def test_many_are_placed_each_on_its_own(enrolment, coordinator, company, student_confirms, state):
    fellow, foreign = EnrolmentFactory.create(cohort=enrolment.cohort), EnrolmentFactory.create()
    PlacementFactory.create(enrolment=fellow)
    result = place_students([foreign, fellow, enrolment], company, actor=coordinator, student_confirms=student_confirms)
    assert [(row.enrolment, row.state) for row in result.made] == [(enrolment, state)]
    assert [(row, str(why)) for row, why in result.refused] == [
        (foreign, "You do not coordinate this student."),
        (
            fellow,
            (
                f"On {date_format(fellow.cohort.start, 'j F Y')} other places take 100 % of the student's week;"
                " with 100 % more it is over 100 %. Lower the shares, or change the days."
            ),
        ),
    ]


# -- self-found ---------------------------------------------------------------------------------------------------


def test_a_student_proposes_a_place_at_a_company_nobody_knows(enrolment):
    made = propose_self_found_placement(enrolment, found(), actor=enrolment.student)
    company = Company.objects.get()
    assert (made.origin, made.state, made.company) == (PlacementOrigin.SELF_FOUND, PlacementState.PROPOSED, company)
    assert (made.supervisor_email, made.supervisor_phone) == ("neema@kilimo.example", "+255700000001")
    assert (made.site_address, made.task, made.start) == ("Plot 4, Dodoma", "Repair of pumps", in_days(-7))
    assert (company.state, company.proposed_by) == (CompanyState.PROPOSED, enrolment.student)
    assert (company.proposed_for, company.contact_person) == (enrolment.cohort.department, "Neema Mushi")
    assert PlacementSupervisor.objects.count() == 0


def test_a_known_company_is_taken_and_an_approved_one_first(enrolment):
    CompanyFactory.create(name="KILIMO WORKS", state=CompanyState.PROPOSED)
    approved = CompanyFactory.create(name="Kilimo Works Limited")
    assert propose_self_found_placement(enrolment, found(), actor=enrolment.student).company == approved


@pytest.mark.parametrize("state", [CompanyState.REJECTED, CompanyState.ARCHIVED])
def test_a_company_that_was_sent_away_is_no_host(enrolment, state):
    CompanyFactory.create(name="Kilimo Works", state=state)
    with pytest.raises(RuleViolation) as refused:
        propose_self_found_placement(enrolment, found(), actor=enrolment.student)
    assert (refused.value.code, refused.value.field) == ("company_closed", "company_name")


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"company_name": "  "}, "name_missing", "company_name"),
        ({"end": in_days(-8)}, "dates_wrong", "end"),
        ({"supervisor_email": "Student@uni.example"}, "supervisor_is_student", "supervisor_email"),
    ],
)
def test_a_proposal_that_cannot_be_leaves_nothing(enrolment, changes, code, field):
    StudentFactory.create(email="student@uni.example")
    with pytest.raises(RuleViolation) as refused:
        propose_self_found_placement(enrolment, found(**changes), actor=enrolment.student)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert (Placement.objects.count(), Company.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("switch", "earlier", "codes"),
    [
        ({"self_found_allowed": False}, {}, ["self_found_not_allowed"]),
        ({}, {"state": PlacementState.CONFIRMED}, ["already_placed"]),
        ({"one_place_closes_others": False}, {"state": PlacementState.CONFIRMED}, []),
        ({}, {"state": PlacementState.PROPOSED, "origin": PlacementOrigin.SELF_FOUND}, ["already_proposed"]),
        ({}, {"state": PlacementState.PROPOSED}, []),
        ({}, {"state": PlacementState.CANCELLED, "origin": PlacementOrigin.SELF_FOUND}, []),
    ],
)
def test_the_cohort_and_earlier_places_decide_about_proposals(switch, earlier, codes):
    enrolment = EnrolmentFactory.create(**{f"cohort__{name}": value for name, value in switch.items()})
    if earlier:
        PlacementFactory.create(enrolment=enrolment, **earlier)
    seen = []
    try:
        propose_self_found_placement(enrolment, found(), actor=enrolment.student)
    except RuleViolation as error:
        seen.append(error.code)
    assert seen == codes


def test_nobody_proposes_for_another_student(enrolment, coordinator):
    for person in (coordinator, StudentFactory.create()):
        with pytest.raises(NotAllowed):
            propose_self_found_placement(enrolment, found(), actor=person)


# -- changing -----------------------------------------------------------------------------------------------------


def test_places_that_follow_each_other_may_both_lie_beside_a_longer_one(enrolment, company):
    for first, last in ((0, 2), (3, 5)):
        PlacementFactory.create(enrolment=enrolment, share=60, start=in_days(first), end=in_days(last))
    made = allocate_placement(enrolment, company, actor=SYSTEM, terms=Terms(in_days(1), in_days(9), 40))
    assert made.share == 40


def test_a_coordinator_changes_days_share_and_task(enrolment, coordinator):
    placement = PlacementFactory.create(enrolment=enrolment, state=PlacementState.PROPOSED)
    changes = {"start": in_days(0), "end": in_days(3), "share": 50, "site_address": "Site B", "task": "Pumps"}
    changed = change_placement(placement, changes, actor=coordinator, expected_version=0)
    assert ({name: getattr(changed, name) for name in changes}, changed.version) == (changes, 1)


@pytest.mark.parametrize("name", ["state", "company", "arrived_on"])
def test_other_fields_of_a_placement_are_not_changed(enrolment, coordinator, name):
    with pytest.raises(TypeError, match=name):
        change_placement(PlacementFactory.create(enrolment=enrolment), {name: "x"}, actor=coordinator)


def test_a_stale_change_and_a_strangers_are_refused(enrolment, coordinator):
    placement = PlacementFactory.create(enrolment=enrolment)
    with pytest.raises(Stale):
        change_placement(placement, {"task": "x"}, actor=coordinator, expected_version=3)
    with pytest.raises(NotAllowed):
        change_placement(placement, {"task": "x"}, actor=enrolment.student)
    placement.refresh_from_db()
    assert (placement.task, placement.version) == ("", 0)


# -- confirming ---------------------------------------------------------------------------------------------------


def test_confirming_a_found_place_lets_in_its_company_and_supervisor(enrolment, coordinator):
    placement = propose_self_found_placement(enrolment, found(), actor=enrolment.student)
    perform(placement, "confirm", actor=coordinator)
    named = PlacementSupervisor.objects.get()
    assert (placement.state, state_of(placement.company)) == (PlacementState.CONFIRMED, CompanyState.APPROVED)
    assert (named.placement, named.kind, named.is_deputy) == (placement, SupervisorKind.INDUSTRIAL, False)
    assert named.user == User.objects.get(email="neema@kilimo.example")


def test_a_found_place_without_an_address_is_confirmed_without_a_supervisor(enrolment, coordinator, company):
    nobody = found(company_name=company.name, supervisor_email="")
    placement = propose_self_found_placement(enrolment, nobody, actor=enrolment.student)
    perform(placement, "confirm", actor=coordinator)
    assert (placement.state, PlacementSupervisor.objects.count()) == (PlacementState.CONFIRMED, 0)


def test_a_company_that_others_look_after_is_not_let_in(enrolment, coordinator):
    propose_company(name="Kilimo Works", actor=SYSTEM, department=EnrolmentFactory.create().cohort.department)
    placement = propose_self_found_placement(enrolment, found(), actor=enrolment.student)
    with pytest.raises(RuleViolation) as refused:
        perform(placement, "confirm", actor=coordinator)
    assert (refused.value.code, state_of(placement)) == ("company_not_approved", PlacementState.PROPOSED)


def test_who_coordinates_only_the_cohort_lets_in_the_company_of_its_students(enrolment):
    person, stranger = UserFactory.create(), UserFactory.create()
    grant(person, enrolment.cohort, actor=SYSTEM)
    grant(stranger, EnrolmentFactory.create(cohort__department=enrolment.cohort.department).cohort, actor=SYSTEM)
    placement = propose_self_found_placement(enrolment, found(), actor=enrolment.student)
    assert (may(placement.company, "approve", stranger), may(placement.company, "approve", person)) == (False, True)
    assert list(companies_moderated_by(stranger)) == []
    assert list(companies_moderated_by(person)) == [placement.company]
    assert [held.user for held in grants_reaching(placement.company)] == [person]
    perform(placement, "confirm", actor=person)
    placement.company.refresh_from_db()
    assert (state_of(placement), placement.company.state) == (PlacementState.CONFIRMED, CompanyState.APPROVED)


def test_a_place_for_which_no_time_is_left_is_not_confirmed(enrolment, coordinator):
    offered = PlacementFactory.create(enrolment=enrolment, state=PlacementState.PROPOSED)
    PlacementFactory.create(enrolment=enrolment)
    with pytest.raises(RuleViolation) as refused:
        perform(offered, "confirm", actor=coordinator)
    assert refused.value.code == "no_time_left"


@pytest.mark.parametrize("closes", [True, False])
def test_one_place_closes_the_others_if_the_cohort_says_so(enrolment, coordinator, closes):
    enrolment.cohort.one_place_closes_others = closes
    enrolment.cohort.save()
    waiting = ApplicationFactory.create(enrolment=enrolment, state=ApplicationState.SHORTLISTED)
    accepted = ApplicationFactory.create(enrolment=enrolment)
    perform(accepted, "accept", actor=coordinator)
    proposal = propose_self_found_placement(enrolment, found(), actor=enrolment.student)
    allocated = PlacementFactory.create(enrolment=enrolment, state=PlacementState.PROPOSED)
    settled = allocate_placement(enrolment, CompanyFactory.create(), actor=coordinator)
    perform(settled, "confirm", actor=enrolment.student)
    rows = (waiting, accepted, accepted.placement, proposal, allocated)
    closed = ["withdrawn", "withdrawn", "cancelled", "cancelled", "proposed"]
    assert [state_of(row) for row in rows] == (
        closed if closes else ["shortlisted", "accepted", "proposed", "proposed", "proposed"]
    )
    accepted.vacancy.refresh_from_db()
    assert accepted.vacancy.places_taken == int(not closes)


# -- cancelling ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [PlacementState.PROPOSED, PlacementState.CONFIRMED])
def test_cancelling_an_accepted_place_gives_the_seat_back(enrolment, coordinator, state):
    vacancy = VacancyFactory.create(places_taken=1)
    application = ApplicationFactory.create(vacancy=vacancy, enrolment=enrolment, state=ApplicationState.ACCEPTED)
    placement = PlacementFactory.create(enrolment=enrolment, application=application, state=state)
    perform(placement, "cancel", actor=coordinator, reason="The company has moved.")
    application.refresh_from_db()
    vacancy.refresh_from_db()
    assert (application.state, application.reason) == (ApplicationState.WITHDRAWN, "The company has moved.")
    assert (vacancy.places_taken, placement.state) == (0, PlacementState.CANCELLED)


def test_a_student_takes_the_own_proposal_back(enrolment):
    placement = propose_self_found_placement(enrolment, found(), actor=enrolment.student)
    perform(placement, "cancel", actor=enrolment.student, reason="It was a mistake.")
    assert (placement.state, placement.reason) == (PlacementState.CANCELLED, "It was a mistake.")
