"""Many students are given a place at once."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.applications.models import Placement
from apps.applications.states import PlacementOrigin, PlacementState
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    EnrolmentFactory,
    UserFactory,
)
from tests.factories.applications import ApplicationFactory, PlacementFactory

pytestmark = pytest.mark.django_db

PLACEMENTS = "/admin/applications/placement/"
PLACE = "/admin/applications/placement/place/"


def test_many_are_placed_at_once_and_who_cannot_be_is_named(desk, cohort):
    first, second = EnrolmentFactory.create_batch(2, cohort=cohort)
    company = CompanyFactory.create(name="Gearbox Works")
    page = desk.get(PLACE)
    assert list(page.context["page"]) == [first, second]
    response = desk.post(PLACE, {"enrolment": [first.pk, second.pk], "company": company.pk}, follow=True)
    assert [str(message) for message in response.context["messages"]] == ["2 students placed at Gearbox Works."]
    assert set(Placement.objects.values_list("enrolment", "state", "start")) == {
        (first.pk, PlacementState.CONFIRMED, cohort.start),
        (second.pk, PlacementState.CONFIRMED, cohort.start),
    }
    assert "has a place" in response.text


def test_students_may_be_asked_first_and_other_days_given(desk, cohort):
    enrolment, company = EnrolmentFactory.create(cohort=cohort), CompanyFactory.create()
    typed = {"enrolment": enrolment.pk, "company": company.pk, "student_confirms": "on", "start": "2026-07-06"}
    desk.post(PLACE, {**typed, "end": "2026-08-28"})
    placement = Placement.objects.get()
    assert (placement.state, placement.start) == (PlacementState.PROPOSED, dt.date(2026, 7, 6))
    assert desk.post(PLACE, {**typed, "end": "2026-01-01"}).status_code == 302


def test_reasons_are_told_and_the_rest_is_counted(desk, cohort):
    enrolments = EnrolmentFactory.create_batch(7, cohort=cohort)
    typed = {"company": CompanyFactory.create().pk, "start": "2026-07-06", "end": "2026-07-01"}
    response = desk.post(PLACE, {"enrolment": [e.pk for e in enrolments], **typed}, follow=True)
    told = [str(message) for message in response.context["messages"]]
    assert (len(told), told[-1]) == (6, "2 more could not be done.")
    assert Placement.objects.count() == 0


def test_nobody_is_placed_without_ticks_or_company(desk, cohort):
    enrolment, company = EnrolmentFactory.create(cohort=cohort), CompanyFactory.create()
    unapproved = CompanyFactory.create(state="proposed")
    for typed in ({"company": company.pk}, {"enrolment": enrolment.pk}, {"enrolment": "x", "company": unapproved.pk}):
        response = desk.post(PLACE, typed)
        assert (response.status_code, response.context["form"].is_valid()) == (200, False)
    assert Placement.objects.count() == 0


def test_foreign_students_cannot_be_placed(desk, cohort):
    EnrolmentFactory.create(cohort=cohort)
    foreign = EnrolmentFactory.create()
    desk.post(PLACE, {"enrolment": foreign.pk, "company": CompanyFactory.create().pk})
    assert Placement.objects.count() == 0


def test_each_cohort_has_its_tab_and_the_first_to_begin_comes_first(desk, cohort):
    later = CohortFactory.create(department=cohort.department, start=cohort.start + dt.timedelta(days=9))
    over = CohortFactory.create(department=cohort.department, start=dt.date(2020, 1, 1), end=dt.date(2020, 2, 1))
    for one in (later, cohort, over):
        EnrolmentFactory.create(cohort=one)
    page = desk.get(PLACE)
    assert [(tab["label"], tab["current"]) for tab in page.context["tabs"]] == [
        (str(cohort), True),
        (str(later), False),
    ]
    assert desk.get(PLACE, {"cohort": later.pk}).context["cohort"] == later
    assert desk.get(PLACE, {"cohort": over.pk}).context["cohort"] == cohort


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_placing_asks_the_same_number_of_questions(desk, cohort, count, django_assert_num_queries):
    for enrolment in EnrolmentFactory.create_batch(count, cohort=cohort):
        ApplicationFactory.create_batch(2, enrolment=enrolment)
    # session, person, scope, cohorts, count, page
    with django_assert_num_queries(6):
        desk.get(PLACE)


def test_a_superuser_places_nobody():
    client = Client()
    client.force_login(UserFactory.create(is_superuser=True))
    assert client.get(PLACE).status_code == 403
    assert PLACE not in client.get(PLACEMENTS).text
    EnrolmentFactory.create()
    assert reverse("admin:accounts_enrolment_changelist") + "?place=none" in client.get("/admin/").text


def test_the_first_page_counts_who_has_no_place_and_what_is_to_confirm(desk, cohort):
    free = EnrolmentFactory.create(cohort=cohort)
    found = PlacementFactory.create(
        enrolment__cohort=cohort, state=PlacementState.PROPOSED, origin=PlacementOrigin.SELF_FOUND
    )
    EnrolmentFactory.create()
    cards = {str(card.title): card for card in desk.get("/admin/").context["home_cards"]}
    without, confirm = cards["Without a place"], cards["Self-found places to confirm"]
    assert (without.count, without.url, [text for text, _url in without.rows]) == (1, PLACE, [str(free)])
    assert (confirm.count, [text for text, _url in confirm.rows]) == (1, [str(found)])


def test_the_list_of_who_has_no_place_has_the_rows_that_the_first_page_counts(desk, cohort):
    free, placed = EnrolmentFactory.create_batch(2, cohort=cohort)
    PlacementFactory.create(enrolment=placed)
    EnrolmentFactory.create(cohort=cohort, is_active=False)
    over = CohortFactory.create(
        department=cohort.department,
        start=timezone.localdate() - dt.timedelta(days=60),
        end=timezone.localdate() - dt.timedelta(days=1),
    )
    EnrolmentFactory.create(cohort=over)
    [line] = [
        line
        for trend in desk.get("/admin/").context["home_trends"]
        for line in trend.lines
        if str(line.label) == "Without a place"
    ]
    [part] = line.parts
    assert (part.count, list(desk.get(part.url).context["cl"].result_list)) == (1, [free])
    listed = desk.get(reverse("admin:accounts_enrolment_changelist") + "?place=some")
    assert list(listed.context["cl"].result_list) == [placed]
