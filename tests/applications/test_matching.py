"""A coordinator matches a student who was interviewed."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.applications.models import Placement
from apps.applications.services.applications import match_student
from apps.applications.states import ApplicationState, PlacementOrigin, PlacementState
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import perform
from tests.factories.accounts import CompanyMemberFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(cohort):
    return ApplicationFactory.create(
        enrolment__cohort=cohort, vacancy__places=1, state=ApplicationState.INTERVIEW_SCHEDULED
    )


def test_the_place_is_settled_at_once_and_takes_a_seat(application, coordinator):
    placement = match_student(application, actor=coordinator)
    application.vacancy.refresh_from_db()
    assert (placement.origin, placement.state) == (PlacementOrigin.MATCHED, PlacementState.CONFIRMED)
    assert (application.state, application.vacancy.places_left) == (ApplicationState.ACCEPTED, 0)


@pytest.mark.parametrize(
    ("state", "met", "by_company", "origin"),
    [
        (ApplicationState.INTERVIEW_SCHEDULED, False, False, PlacementOrigin.MATCHED),
        (ApplicationState.SHORTLISTED, True, False, PlacementOrigin.MATCHED),
        (ApplicationState.SHORTLISTED, False, False, PlacementOrigin.APPLIED),
        (ApplicationState.INTERVIEW_SCHEDULED, True, True, PlacementOrigin.APPLIED),
    ],
)
def test_who_accepts_after_what_decides_the_way_in(cohort, coordinator, state, met, by_company, origin):
    when = timezone.now() - dt.timedelta(days=1) if met else None
    application = ApplicationFactory.create(enrolment__cohort=cohort, state=state, interview_at=when)
    company = CompanyMemberFactory.create(company=application.vacancy.company).user
    perform(application, "accept", actor=company if by_company else coordinator)
    assert Placement.objects.get().origin == origin


def test_nobody_is_matched_unseen_or_by_the_company_or_without_a_seat(cohort, coordinator, application):
    unseen = ApplicationFactory.create(enrolment__cohort=cohort)
    with pytest.raises(RuleViolation) as refused:
        match_student(unseen, actor=coordinator)
    assert refused.value.code == "not_interviewed"
    with pytest.raises(NotAllowed):
        match_student(application, actor=CompanyMemberFactory.create(company=application.vacancy.company).user)
    full = VacancyFactory.create(places=1, places_taken=1)
    late = ApplicationFactory.create(enrolment__cohort=cohort, vacancy=full, state=ApplicationState.INTERVIEW_SCHEDULED)
    with pytest.raises(RuleViolation) as refused:
        match_student(late, actor=coordinator)
    assert (refused.value.code, Placement.objects.count()) == ("no_place_left", 0)


def test_the_button_stands_where_it_can_be_used(desk, cohort, application):
    unseen = ApplicationFactory.create(enrolment__cohort=cohort)
    url = reverse("admin:applications_application_match", args=[application.pk])
    pages = [
        desk.get(reverse("admin:applications_application_change", args=[row.pk])).text for row in (application, unseen)
    ]
    assert [reverse("admin:applications_application_match", args=[application.pk]) in page for page in pages] == [
        True,
        False,
    ]
    done = desk.post(url)
    placement = Placement.objects.get()
    assert done.url == reverse("admin:applications_placement_change", args=[placement.pk])
    assert desk.post(url).url == reverse("admin:applications_application_change", args=[application.pk])
