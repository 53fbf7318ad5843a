import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.states import PlacementState, SupervisorKind
from tests.factories.accounts import CompanyFactory
from tests.factories.applications import PlacementAmendmentFactory, PlacementFactory, PlacementSupervisorFactory

pytestmark = pytest.mark.django_db

PLACEMENTS = "/admin/applications/placement/"


@pytest.fixture
def placement(cohort):
    return PlacementFactory.create(enrolment__cohort=cohort)


def url(name, *args):
    return reverse(f"admin:applications_placement_{name}", args=args)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_page_shows_versions_and_leads_to_changes(desk, placement):
    PlacementAmendmentFactory.create(placement=placement, successor=PlacementFactory.create(company__name="Pump Works"))
    row = PlacementSupervisorFactory.create(placement=placement)
    page = desk.get(url("change", placement.pk)).text
    links = (url("host", placement.pk), url("hand_over", placement.pk, row.pk))
    assert [text in page for text in (*links, "There is more to do.", "Pump Works")] == [True] * 4


def test_a_student_is_sent_to_another_company(desk, placement):
    day = timezone.localdate()
    values = {"company": CompanyFactory.create().pk, "first_day": day.isoformat(), "reason": ""}
    page = desk.post(url("host", placement.pk), values)
    assert (page.status_code, page.context["form"].errors.as_data().keys()) == (200, {"reason"})
    same = desk.post(url("host", placement.pk), {**values, "company": placement.company_id, "reason": "Closed"})
    assert same.context["form"].errors == {"company": ["The student is at this company already."]}
    done = desk.post(url("host", placement.pk), {**values, "reason": "Closed"})
    new = Placement.objects.exclude(pk=placement.pk).get()
    assert (done.url, new.start, new.company_id) == (url("change", new.pk), day, values["company"])


def test_a_supervisor_hands_over(desk, placement):
    row = PlacementSupervisorFactory.create(placement=placement)
    address = url("hand_over", placement.pk, row.pk)
    assert desk.get(address).status_code == 200
    mine = desk.post(address, {"email": row.user.email, "reason": "Left"})
    assert mine.context["form"].errors == {"email": ["This person supervises the student already."]}
    done = desk.post(address, {"email": "new@host.example", "name": "Neema", "reason": "Left"})
    assert said(done) == ["Neema takes over and is told."]
    assert desk.get(address).status_code == 404


def test_who_only_looks_changes_nothing(desk, placement, coordinator):
    Placement.objects.filter(pk=placement.pk).update(state=PlacementState.COMPLETED)
    row = PlacementSupervisorFactory.create(placement=placement)
    answers = [desk.get(url("host", placement.pk)), desk.get(url("hand_over", placement.pk, row.pk))]
    assert [answer.status_code for answer in answers] == [403, 403]
    assert desk.get(url("host", PlacementFactory.create().pk)).status_code == 404


def test_changing_a_settled_place_on_its_page_asks_for_the_reason(desk, placement):
    first = desk.get(url("change", placement.pk))
    form = first.context["adminform"].form
    typed = {name: form[name].value() or "" for name in form.fields}
    typed |= {"_version": "0", "end": (placement.end + dt.timedelta(days=5)).isoformat()}
    page = desk.post(url("change", placement.pk), typed)
    assert page.context["adminform"].form.errors == {"why": ["Say why: the change is kept with its reason."]}
    assert desk.post(url("change", placement.pk), {**typed, "why": "More to do"}).status_code == 302
    assert desk.post(url("change", placement.pk), {**typed, "_version": "1", "why": "Only words"}).status_code == 302
    assert [row.kind for row in placement.amendments.all()] == ["extension"]


def test_a_planned_place_is_deleted_and_an_active_one_not(desk, placement):
    planned = PlacementFactory.create(enrolment__cohort=placement.enrolment.cohort, state=PlacementState.PROPOSED)
    assert desk.get(url("delete", planned.pk)).status_code == 200
    answers = [desk.post(url("delete", row.pk), {"post": "yes"}).status_code for row in (planned, placement)]
    assert (answers, list(Placement.objects.all())) == ([302, 403], [placement])


def test_one_supervisor_is_named_for_all_that_are_ticked(desk, placement):
    lecturer = PlacementSupervisorFactory.create(kind=SupervisorKind.UNIVERSITY).user
    both = PlacementFactory.create(enrolment__cohort=placement.enrolment.cohort)
    PlacementSupervisorFactory.create(placement=both, user=lecturer)
    ticked = {"action": "assign", "_selected_action": [placement.pk, both.pk], "index": "0"}
    asked = desk.post(PLACEMENTS, ticked)
    assert (asked.status_code, asked.context["count"]) == (200, 2)
    wrong = desk.post(PLACEMENTS, {**ticked, "confirmed": "1", "kind": "university", "email": "no address"})
    assert list(wrong.context["form"].errors) == ["email"]
    done = desk.post(PLACEMENTS, {**ticked, "confirmed": "1", "kind": "university", "email": lecturer.email})
    why = "This person supervises the student on the other side already. It must be somebody else."
    assert [text.split(" <a ")[0] for text in said(done)] == [f"1 named, 1 not: {why} (1)"]
    assert PlacementSupervisor.objects.get(placement=placement).user == lecturer
