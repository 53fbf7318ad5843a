"""A run that is published: on its day, with placements, reasons for everybody, and a waiting list."""

import pytest
from django.urls import reverse

from apps.accounts.models import Notice
from apps.accounts.services.jobs import run_job
from apps.applications.models import AllocationRun, Placement
from apps.applications.selectors import allotments_visible_to, runs_visible_to
from apps.applications.services import publication
from apps.applications.services.allocation_runs import change_allotment
from apps.applications.services.publication import place_from_waiting, publish_due, publish_run
from apps.applications.states import AllocationState, PlacementOrigin, PlacementState
from apps.applications.tasks import tell_allotted
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, WrongState
from portal.kernel.fsm import perform
from tests.applications.allocation.steps import days, solved, wishing
from tests.clients import signed_in
from tests.factories.applications import (
    AllocationOfferFactory,
    AllotmentFactory,
)
from tests.factories.vacancies import VacancyFactory
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


# -- publication --------------------------------------------------------------------------------------------------


def test_nothing_is_seen_before_the_publication(found, students, coordinator):
    one, _first, _silent = students
    run = solved(found, coordinator)
    client = signed_in(one.student)
    assert client.get(reverse("allotted_place"))["Location"] == reverse("my_placement")
    assert (list(runs_visible_to(one.student)), list(allotments_visible_to(one.student))) == ([], [])
    assert (Placement.objects.count(), Notice.objects.filter(recipient=one.student).count()) == (0, 0)
    publish_run(run, days(3), actor=coordinator)
    publish_due()
    run.refresh_from_db()
    assert (run.state, Placement.objects.count()) == (AllocationState.SOLVED, 0)


def published(run, coordinator):
    publish_run(run, None, actor=coordinator)
    run.refresh_from_db()
    run_job(run.job_id)
    tell_allotted(list(run.allotments.values_list("pk", flat=True)))
    return run


def test_publication_makes_placements_and_tells_everybody_why(found, offers, students, coordinator):
    one, first, silent = students
    run = published(solved(found, coordinator), coordinator)
    places = Placement.objects.values_list("enrolment", "company", "origin", "state")
    assert set(places) == {
        (first.pk, offers[0].company_id, PlacementOrigin.ALLOCATED, PlacementState.PROPOSED),
        (one.pk, offers[1].company_id, PlacementOrigin.ALLOCATED, PlacementState.PROPOSED),
    }
    kinds = dict(Notice.objects.filter(kind__contains="allotted").values_list("recipient", "kind"))
    assert kinds == {
        one.student_id: "applications.place_allotted",
        first.student_id: "applications.place_allotted",
        silent.student_id: "applications.no_place_allotted",
    }
    page = signed_in(one.student).get(reverse("allotted_place")).text
    assert ("It is wish 2 of 2." in page, str(offers[1].company) in page) == (True, True)
    assert "You are number 1 of the waiting list" in signed_in(silent.student).get(reverse("allotted_place")).text
    run_job(run.job_id)
    publish_due()
    assert Placement.objects.count() == 2


def test_places_are_settled_at_once_where_the_round_says_so(found, students, coordinator):
    found.students_confirm = False
    found.save()
    published(solved(found, coordinator), coordinator)
    assert set(Placement.objects.values_list("state", flat=True)) == {PlacementState.CONFIRMED}


def test_on_its_day_the_portal_publishes_by_itself_and_ends_what_was_begun(found, students, coordinator):
    run = solved(found, coordinator)
    publish_run(run, days(2), actor=coordinator)
    AllocationRun.objects.filter(pk=run.pk).update(publish_on=days(0))
    publish_due()
    run.refresh_from_db()
    assert (run.state, run.approved_by) == (AllocationState.PUBLISHED, coordinator)
    # The worker died, and the job was given up: the next look starts it again.
    perform(run.job, "fail", actor=SYSTEM, reason="died")
    publish_due()
    again = AllocationRun.objects.get(pk=run.pk).job_id
    assert again != run.job_id
    run_job(again)
    assert Placement.objects.count() == 2


def test_what_cannot_be_published_says_why(found, offers, students, coordinator):
    run, other = solved(found, coordinator), solved(found, coordinator)
    with pytest.raises(NotAllowed):
        publish_run(run, None, actor=students[0].student)
    found.closes_on = days(1)
    found.save()
    assert refusal(publish_run, run, None, actor=coordinator) == "wishes_open"
    assert refusal(publish_run, run, days(1), actor=coordinator) == "wishes_open"
    found.closes_on, found.publish_on = days(-1), days(5)
    found.save()
    assert refusal(publish_run, run, days(4), actor=coordinator) == "too_early"
    found.publish_on = None
    found.save()
    AllocationRun.objects.filter(pk=other.pk).update(publish_on=days(0), approved_by=coordinator)
    publish_run(run, None, actor=coordinator)
    assert refusal(publish_run, other, None, actor=coordinator) == "published_already"
    publish_due()
    other.refresh_from_db()
    assert other.state == AllocationState.SOLVED
    with pytest.raises(WrongState):
        publish_run(run, days(9), actor=coordinator)


def test_what_stands_in_the_way_of_one_place_hinders_no_other(found, offers, students, coordinator):
    run = solved(found, coordinator)
    company = offers[0].company
    type(company).objects.filter(pk=company.pk).update(state="archived")
    published(run, coordinator)
    stuck = run.allotments.get(offer=offers[0])
    assert (stuck.problem, stuck.placement_id) == ("The company is not approved.", None)
    assert Placement.objects.count() == 1
    assert "being looked at" in signed_in(stuck.enrolment.student).get(reverse("allotted_place")).text


def test_seats_of_vacancies_are_taken_and_given_back(found, coordinator):
    vacancy = VacancyFactory.create(places=1)
    offer = AllocationOfferFactory.create(round=found, vacancy=vacancy, company=vacancy.company)
    enrolment = wishing(found, offer)
    run = published(solved(found, coordinator), coordinator)
    vacancy.refresh_from_db()
    assert vacancy.places_taken == 1
    placement = run.allotments.get(enrolment=enrolment).placement
    assert placement.site_address == vacancy.location
    perform(placement, "cancel", actor=coordinator, reason="ill")
    vacancy.refresh_from_db()
    assert vacancy.places_taken == 0


def test_a_vacancy_that_is_full_meanwhile_gives_nothing(found, coordinator):
    vacancy = VacancyFactory.create(places=1)
    offer = AllocationOfferFactory.create(round=found, vacancy=vacancy, company=vacancy.company)
    wishing(found, offer)
    run = solved(found, coordinator)
    type(vacancy).objects.update(places_taken=1)
    published(run, coordinator)
    assert run.allotments.get().problem == "All places of this vacancy are taken."


def test_who_waits_gets_what_becomes_free(found, offers, students, coordinator):
    _one, _first, silent = students
    run = published(solved(found, coordinator), coordinator)
    spare = AllocationOfferFactory.create(round=found)
    row = change_allotment(run.allotments.get(enrolment=silent), spare, actor=coordinator)
    with pytest.raises(NotAllowed):
        place_from_waiting(row, actor=silent.student)
    place_from_waiting(row, actor=coordinator)
    assert (row.placement.company, row.waiting) == (spare.company, None)
    with pytest.raises(NotAllowed):
        change_allotment(row, None, actor=coordinator)


def test_a_place_without_offer_is_none(found):
    row = AllotmentFactory.create(run__cohort=found.cohort, run__round=found, offer=None)
    publication._make(row, row.enrolment.student)
    assert row.placement is None


# -- the workspace ------------------------------------------------------------------------------------------------


def test_a_run_is_published_from_its_page(desk, found, students, coordinator):
    run = solved(found, coordinator)
    page = reverse("admin:applications_allocationrun_change", args=[run.pk])
    url = reverse("admin:applications_allocationrun_publish", args=[run.pk])
    assert "Publish on this day" in desk.get(page).text
    for day, said in (
        ("nonsense", "Enter a valid date."),
        (days(4).isoformat(), "It is published by itself on that day."),
        ("", "It is published."),
        ("", "not possible any more"),
    ):
        answer = desk.post(url, {"day": day}, follow=True)
        assert said in " ".join(str(message) for message in answer.context["messages"])


def test_somebody_who_waits_is_placed_from_the_page(desk, found, offers, students, coordinator):
    run = published(solved(found, coordinator), coordinator)
    spare = AllocationOfferFactory.create(round=found)
    row = run.allotments.get(enrolment=students[2])
    url = reverse("admin:applications_allotment_change", args=[row.pk])
    page = desk.get(url)
    version = page.text.partition('name="_version" value="')[2].partition('"')[0]
    choices = {str(key) for key, _label in page.context["adminform"].form.fields["offer"].choices if key}
    assert choices == {str(offer.pk) for offer in (*offers, spare)}
    assert desk.post(url, {"offer": spare.pk, "why": "asked", "_version": version}).status_code == 302
    row.refresh_from_db()
    assert row.placement.company == spare.company
