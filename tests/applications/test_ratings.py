"""When a placement is over: the student's word about the host, the host's word about the next time."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from apps.accounts.models import AccessLink, HistoryEntry, Notice
from apps.accounts.services.links import Target, issue_link
from apps.accounts.states import LinkPurpose
from apps.applications import notifications
from apps.applications.models import HostFeedback, HostRating, Placement
from apps.applications.permissions import can_answer_as_host, can_rate_host
from apps.applications.selectors import placements_to_answer, placements_to_rate
from apps.applications.services.ratings import answer_as_host, rate_host
from apps.applications.states import PlacementState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import perform
from tests.clients import signed_in
from tests.factories.accounts import UserFactory
from tests.factories.applications import HostFeedbackFactory, HostRatingFactory, PlacementFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    built = build_world()
    Placement.objects.filter(pk=built.placement.pk).update(state=PlacementState.COMPLETED)
    built.placement.refresh_from_db()
    return built


@pytest.mark.parametrize("state", PlacementState)
def test_who_may_say_something_is_who_was_there_and_only_afterwards(world, state):
    Placement.objects.filter(pk=world.placement.pk).update(state=state)
    rows = list(Placement.objects.all())
    over = state in (PlacementState.COMPLETED, PlacementState.ENDED_EARLY)
    rating, answering = [], []
    for name, person in world.personas().items():
        assert list(placements_to_rate(person)) == [row for row in rows if can_rate_host(row, person)], name
        assert list(placements_to_answer(person)) == [row for row in rows if can_answer_as_host(row, person)], name
        rating += [name] * placements_to_rate(person).count()
        answering += [name] * placements_to_answer(person).count()
    assert (rating, sorted(answering)) == (
        (["student"], ["industrial_supervisor", "representative"]) if over else ([], [])
    )


def test_a_student_rates_the_host_and_changes_the_word(world):
    client, address = signed_in(world.student), reverse("host_rate", args=[world.placement.pk])
    assert address.encode() in client.get(reverse("my_placement")).content
    assert client.get(address).status_code == 200
    client.post(address, {"stars": "2", "comment": " Noisy. "})
    client.post(address, {"stars": "5", "would_recommend": "on"})
    row = HostRating.objects.get()
    assert (row.stars, row.would_recommend, row.comment, str(row)) == (5, True, "", f"{world.placement}: 5")
    assert b'value="5"' in client.get(address).content


@pytest.mark.parametrize("stars", ["", "0", "6", "x"])
def test_no_other_number_of_stars_is_taken(world, stars):
    page = signed_in(world.student).post(reverse("host_rate", args=[world.placement.pk]), {"stars": stars})
    assert (list(page.context["form"].errors), HostRating.objects.count()) == (["stars"], 0)


@pytest.mark.parametrize(
    ("values", "field"),
    [({"stars": 6}, "stars"), ({"comment": "x" * 2001}, "comment"), ({"comment": "a\x00"}, "comment")],
)
def test_the_service_refuses_what_no_form_has_checked(world, values, field):
    with pytest.raises(RuleViolation) as refused:
        rate_host(world.placement, actor=world.student, **{"stars": 3, "would_recommend": True, **values})
    assert refused.value.field == field


def test_the_host_answers_signed_in(world):
    client, address = signed_in(world.representative), reverse("host_feedback", args=[world.placement.pk])
    assert address.encode() in client.get(reverse("company_trainees")).content
    assert client.get(address).status_code == 200
    client.post(address, {"again": "yes", "places": "3", "comment": "More CAD, please."})
    row = HostFeedback.objects.get()
    assert (row.again, row.places, row.comment, row.answered_by) == (True, 3, "More CAD, please.", world.representative)
    assert b'value="3"' in client.get(address).content
    client.post(address, {"again": "no", "places": "3"})
    row.refresh_from_db()
    assert (row.again, row.places, str(row)) == (False, None, f"{world.placement}: no")
    page = client.post(address, {"again": "yes", "places": "1001"})
    assert list(page.context["form"].errors) == ["places"]
    with pytest.raises(RuleViolation):
        answer_as_host(world.placement, again=True, places=-1, actor=world.representative)


def test_a_refusal_of_a_service_is_shown_in_the_form(world, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise RuleViolation("invalid", "Not like that.", field="comment")

    monkeypatch.setattr("apps.applications.views.ratings.rate_host", refuse)
    monkeypatch.setattr("apps.applications.views.ratings.answer_as_host", refuse)
    for person, name, values in (
        (world.student, "host_rate", {"stars": "3"}),
        (world.representative, "host_feedback", {"again": "yes"}),
    ):
        page = signed_in(person).post(reverse(name, args=[world.placement.pk]), values)
        assert page.context["form"].errors == {"comment": ["Not like that."]}


@pytest.mark.parametrize("name", ["host_rate", "host_feedback"])
def test_others_do_not_find_the_pages(world, name):
    for person in (world.fellow_student, world.rival_representative, world.coordinator, world.university_supervisor):
        response = signed_in(person).post(reverse(name, args=[world.placement.pk]), {"stars": "1", "again": "no"})
        assert response.status_code == 404
    with pytest.raises(NotAllowed):
        rate_host(world.placement, stars=1, would_recommend=False, actor=world.representative)
    with pytest.raises(NotAllowed):
        answer_as_host(world.placement, again=True, actor=world.student)
    assert (HostRating.objects.count(), HostFeedback.objects.count()) == (0, 0)


# -- asking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("move", ["complete", "end_early"])
def test_both_sides_are_asked_once_when_it_is_over(world, move, django_capture_on_commit_callbacks):
    cohort = world.cohort
    cohort.end = cohort.start
    cohort.save()
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.ACTIVE, end=cohort.start)
    placement = Placement.objects.get(pk=world.placement.pk)
    with django_capture_on_commit_callbacks(execute=True):
        perform(placement, move, actor=world.coordinator, reason="the works have closed")
    notifications.ask_how_it_was(placement)
    kinds = ("applications.host_to_rate", "applications.host_asked_again")
    told = [(n.kind, n.recipient, n.url) for n in Notice.objects.filter(kind__in=kinds).order_by("pk")]
    assert told == [
        (kinds[0], world.student, reverse("host_rate", args=[placement.pk])),
        (kinds[1], world.industrial_supervisor, reverse("host_feedback", args=[placement.pk])),
    ]


def test_where_nobody_was_named_the_representatives_are_asked(world):
    world.placement.supervisors.all().delete()
    notifications.ask_how_it_was(world.placement)
    asked = Notice.objects.get(kind="applications.host_asked_again")
    assert (asked.recipient, len(mail.outbox)) == (world.representative, 0)


def opened(world: World, person: Any) -> tuple[Client, str]:
    """Return a browser that has opened a link for this person, and the page that it leads to."""
    target = Target("applications.Placement", world.placement.pk, {})
    address = issue_link(person, LinkPurpose.HOST_FEEDBACK, target, actor=SYSTEM)
    client = Client()
    response = client.get(address[address.index("/l/") :])
    return client, response.headers["Location"]


def test_the_host_answers_by_link_once(world):
    client, address = opened(world, world.industrial_supervisor)
    assert (client.get(address).status_code, HostFeedback.objects.count()) == (200, 0)
    wrong = client.post(address, {"again": "perhaps"})
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (400, ["again"])
    assert client.post(address, {"again": "yes", "places": "4"}).headers["Location"] == reverse("link_done")
    row, link = HostFeedback.objects.get(), AccessLink.objects.get()
    assert (row.places, row.answered_by, link.used_at is not None) == (4, world.industrial_supervisor, True)
    assert HistoryEntry.objects.get(action="answer").via == f"link:{link.pk}"
    assert client.post(address, {"again": "no"}).status_code == 404


def test_the_link_of_who_was_not_there_or_for_what_is_not_over_opens_nothing(world):
    client, address = opened(world, UserFactory.create())
    assert client.get(address).status_code == 404
    client, address = opened(world, world.industrial_supervisor)
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.ACTIVE)
    assert client.post(address, {"again": "yes"}).status_code == 404
    AccessLink.objects.update(target_id=10**9)
    assert (client.get(address).status_code, HostFeedback.objects.count()) == (404, 0)


def test_a_rule_that_refuses_leaves_the_link_good(world, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise RuleViolation("invalid", "Not like that.")

    monkeypatch.setattr("apps.applications.views.ratings.answer_as_host", refuse)
    client, address = opened(world, world.industrial_supervisor)
    page = client.post(address, {"again": "yes"})
    assert (page.status_code, b"Not like that." in page.content) == (400, True)
    assert AccessLink.objects.get().used_at is None


# -- the workspace ------------------------------------------------------------------------------------------------


def test_coordinators_read_what_was_said_on_the_companys_page_and_the_host_does_not(world):
    HostRatingFactory.create(placement=world.placement, stars=2, comment="Noisy <b>hall</b>.")
    HostFeedbackFactory.create(placement=world.placement, places=3, answered_by=world.representative)
    elsewhere = PlacementFactory.create(
        company=world.company, enrolment__cohort=world.other_cohort, state=PlacementState.COMPLETED
    )
    HostRatingFactory.create(placement=elsewhere, stars=5, comment="SECRET")
    page = signed_in(world.coordinator).get(reverse("admin:accounts_company_change", args=[world.company.pk]))
    panel = next(p["context"] for p in page.context["panels"] if "ratings" in p["context"])
    assert (panel["ratings"], panel["answers"]) == (
        {"n": 1, "stars": 2.0, "recommend": 1},
        {"n": 1, "yes": 1, "places": 3},
    )
    assert (b"Noisy &lt;b&gt;hall&lt;/b&gt;." in page.content, b"SECRET" in page.content) == (True, False)
    for name in ("company_home", "company_trainees", "own_companies"):
        page = signed_in(world.representative).get(reverse(name), follow=True)
        assert b"Noisy" not in page.content


def test_without_a_word_there_is_no_panel(world):
    page = signed_in(world.coordinator).get(reverse("admin:accounts_company_change", args=[world.company.pk]))
    assert [p for p in page.context["panels"] if "ratings" in p["context"]] == []
