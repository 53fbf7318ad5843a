"""Supervisors shared out evenly, one town to one person; shown before anybody is named."""

from collections import Counter
from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.models import Job, StaffProfile, User
from apps.accounts.services import bulk_acts
from apps.accounts.services.jobs import run_job
from apps.accounts.states import JobState, MemberKind, Role
from apps.applications.matching.balance import Supervisor, Trainee, share_out
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.services.supervisor_plan import name_for_many, propose_supervisors, start_plan
from apps.applications.states import PlacementState, SupervisorKind
from portal.kernel.errors import RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import CompanyMemberFactory, StaffProfileFactory, UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.world import World, build_world

LIST = "/admin/applications/placement/"


def trainees(**towns: int) -> list[Trainee]:
    names = [town for town, count in towns.items() for _number in range(count)]
    return [Trainee(key, town, 1) for key, town in enumerate(names, start=1)]


@pytest.mark.parametrize(
    ("towns", "staff", "counts"),
    [
        ({"arusha": 4, "moshi": 2}, [Supervisor(10, 1), Supervisor(11, 1)], {10: 3, 11: 3}),
        ({"arusha": 2, "moshi": 2}, [Supervisor(10, 1), Supervisor(11, 1)], {10: 2, 11: 2}),
        # Who has more than the ceiling gets nobody; the others fill up.
        ({"arusha": 4}, [Supervisor(10, 1, load=9), Supervisor(11, 1), Supervisor(12, 1)], {11: 2, 12: 2}),
        ({"arusha": 3}, [Supervisor(10, 1, load=1), Supervisor(11, 1)], {10: 1, 11: 2}),
        # Of another department, or nobody at all.
        ({"arusha": 3}, [Supervisor(10, 2)], {}),
        ({}, [Supervisor(10, 1)], {}),
    ],
)
def test_shares_are_even(towns, staff, counts):
    assert Counter(share_out(trainees(**towns), staff).values()) == counts


def test_a_town_goes_to_who_is_there_already_then_a_programme():
    there = Supervisor(11, 1, towns=frozenset({"moshi"}))
    of_programme = Supervisor(12, 1, programmes=frozenset({7}))
    rows = [Trainee(1, "moshi", 1), Trainee(2, "tanga", 1, programme=7), Trainee(3, "", 1)]
    assert share_out(rows, [Supervisor(10, 1), there, of_programme]) == {1: 11, 2: 12, 3: 10}


def test_five_hundred_among_forty_stay_within_one():
    staff = [Supervisor(key, 1, load=key % 3) for key in range(40)]
    found = share_out(trainees(**{f"t{number}": number for number in range(1, 32)}), staff)
    totals = Counter(found.values())
    loads = [person.load + totals[person.key] for person in staff]
    assert (sum(totals.values()), max(loads) - min(loads) <= 1) == (496, True)


@pytest.fixture
def world(db) -> World:
    return build_world()


def staff_of(world: World, count: int) -> list[User]:
    people = [UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR]) for _number in range(count)]
    for person in people:
        StaffProfileFactory.create(user=person, department=world.department)
    return people


def placed(world: World, town: str) -> Placement:
    return PlacementFactory.create(enrolment__cohort=world.cohort, company__region=town, state=PlacementState.CONFIRMED)


def test_the_plan_is_shown_changed_and_then_applied_by_a_job(world):
    people = staff_of(world, 2)
    rows = [placed(world, town) for town in ("Arusha", "Arusha", "Moshi", "Moshi")]
    chosen = {"action": "plan_supervisors", "_selected_action": [row.pk for row in [*rows, world.placement]]}
    browser = signed_in(world.coordinator)
    page = browser.post(LIST, chosen)
    assert (page.context["count"], PlacementSupervisor.objects.filter(user__in=people).count()) == (4, 0)
    given = {share.person: share.towns for share, _part in page.context["shares"] if share.placements}
    assert sorted(given.values()) == [["Arusha"], ["Moshi"]]
    one = {"offered": [person.pk for person in people], "with": [people[0].pk]}
    page = browser.post(LIST, {**chosen, **one})
    assert {share.person.pk: len(share.placements) for share, _part in page.context["shares"]} == {
        people[0].pk: 4,
        people[1].pk: 0,
    }
    answer = browser.post(LIST, {**chosen, "confirmed": "1", "plan": page.context["pairs"]}, follow=True)
    job = Job.objects.get()
    assert (job.state, job.message) == (JobState.DONE, "4 named.")
    assert reverse("bulk_result", args=[job.pk]) in answer.text
    named = PlacementSupervisor.objects.filter(user=people[0], kind=SupervisorKind.UNIVERSITY, is_active=True)
    assert set(named.values_list("placement", flat=True)) == {row.pk for row in rows}
    assert propose_supervisors(Placement.objects.filter(pk__in=[row.pk for row in rows])).pairs == {}


def test_a_plan_names_nobody_for_the_students_of_others(world, monkeypatch):
    monkeypatch.setattr(bulk_acts, "AT_ONCE", 0)
    [person] = staff_of(world, 1)
    foreign = PlacementFactory.create(enrolment__cohort=world.other_cohort)
    pairs = {foreign.pk: person.pk, placed(world, "Arusha").pk: 0}
    job = start_plan(pairs, Placement.objects.all(), actor=world.coordinator)
    assert len(job.payload["keys"]) == 1
    job.payload["keys"].append(foreign.pk)
    job.save()
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.message, PlacementSupervisor.objects.filter(user=person).count()) == ("0 named, 2 not.", 0)
    answer = signed_in(world.coordinator).post(
        LIST,
        {"action": "plan_supervisors", "_selected_action": [world.placement.pk], "confirmed": "1", "plan": "x,1:y"},
        follow=True,
    )
    assert "Nobody is to be named." in answer.text
    with pytest.raises(RuleViolation):
        start_plan(pairs, Placement.objects.all(), actor=world.superuser)


def test_supervisors_of_a_company_share_its_students(world):
    [rows, members] = [], []
    for _number in range(2):
        members.append(CompanyMemberFactory.create(company=world.company, kind=MemberKind.SUPERVISOR).user)
        rows.append(PlacementFactory.create(enrolment__cohort=world.cohort, company=world.company))
    elsewhere = PlacementFactory.create(enrolment__cohort=world.cohort)
    chosen = {"action": "plan_supervisors", "_selected_action": [row.pk for row in [*rows, elsewhere]]}
    browser = signed_in(world.coordinator)
    page = browser.post(LIST, {**chosen, "to_side": "industrial"})
    assert (page.context["count"], page.context["plan"].left) == (2, [elsewhere])
    assert {share.person for share in page.context["plan"].shares if share.placements} == set(members)
    browser.post(LIST, {**chosen, "side": "industrial", "confirmed": "1", "plan": page.context["pairs"]})
    named = PlacementSupervisor.objects.filter(placement__in=rows, kind=SupervisorKind.INDUSTRIAL, is_active=True)
    assert {row.user for row in named} == set(members)


def test_names_are_taken_back_but_for_what_has_changed_since(world):
    person, earlier, later = staff_of(world, 3)
    alone, after, changed = (placed(world, "Arusha") for _number in range(3))
    first = PlacementSupervisorFactory.create(placement=after, user=earlier, kind=SupervisorKind.UNIVERSITY)
    rows = Placement.objects.filter(pk__in=[alone.pk, after.pk, changed.pk])
    job = name_for_many(rows, email=person.email, kind=SupervisorKind.UNIVERSITY, actor=world.coordinator)
    assert (job.message, PlacementSupervisor.objects.get(pk=first.pk).is_deputy) == ("3 named.", True)
    name_for_many(
        rows.filter(pk=changed.pk), email=later.email, kind=SupervisorKind.UNIVERSITY, actor=world.coordinator
    )
    browser = signed_in(world.coordinator)
    result = browser.post(reverse("bulk_undo", args=[job.pk]), follow=True)
    [(reason, count, shown)] = result.context["reasons"]
    assert (result.context["moved"], reason, count) == (2, "Somebody has changed who supervises this student since.", 1)
    assert [url for _text, url in shown] == [f"{LIST}{changed.pk}/change/"]
    active = PlacementSupervisor.objects.filter(placement__in=rows, is_active=True, is_deputy=False)
    assert dict(active.values_list("placement", "user")) == {after.pk: earlier.pk, changed.pk: later.pk}
    again = browser.post(reverse("bulk_undo", args=[job.pk]), follow=True)
    assert "0 taken back, 3 not: Somebody has changed" in again.text
    nothing = browser.post(reverse("bulk_undo", args=[Job.objects.latest("pk").pk]), follow=True)
    assert "There is nothing that could be taken back." in nothing.text
    stranger = signed_in(world.foreign_coordinator)
    assert stranger.post(reverse("bulk_undo", args=[job.pk])).status_code == 404


def test_one_person_is_named_for_many_each_on_its_own(world):
    [lecturer] = staff_of(world, 1)
    both, free = placed(world, "Moshi"), placed(world, "Moshi")
    PlacementSupervisorFactory.create(placement=both, user=lecturer)
    foreign = PlacementFactory.create(enrolment__cohort=world.other_cohort)
    rows = Placement.objects.filter(pk__in=[both.pk, free.pk, foreign.pk])
    job = name_for_many(rows, email=lecturer.email, kind=SupervisorKind.UNIVERSITY, actor=world.coordinator)
    other_side = "This person supervises the student on the other side already. It must be somebody else."
    gone = "It is not there any more, or not yours."
    assert (job.outcome["moved"], job.outcome["refused"]) == ([free.pk], {other_side: [both.pk], gone: [foreign.pk]})
    answer: Any = signed_in(world.coordinator).get(reverse("bulk_result_file", args=[job.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[:2] == ["Row,Result,Reason,Details", f"{free},Named,,{lecturer}"]


def test_who_is_not_known_yet_is_named_at_once_and_not_kept(world, monkeypatch):
    row = placed(world, "Moshi")
    rows = Placement.objects.filter(pk=row.pk)
    named = {
        "email": "new@host.example",
        "name": "Neema",
        "kind": SupervisorKind.INDUSTRIAL,
        "actor": world.coordinator,
    }
    with monkeypatch.context() as patch:
        patch.setattr(bulk_acts, "AT_ONCE", 0)
        with pytest.raises(RuleViolation, match="Tick fewer"):
            name_for_many(rows, **named)
    job = name_for_many(rows, **named)
    assert (job.message, "new@host.example" in str(job.payload)) == ("1 named.", False)
    assert row.supervisors.get().user.email == "new@host.example"


@pytest.mark.parametrize("count", [1, 3])
def test_a_plan_asks_the_same_number_of_questions(world, count, django_assert_num_queries):
    StaffProfile.objects.all().delete()
    for person in staff_of(world, count):
        PlacementSupervisorFactory.create(user=person, kind=SupervisorKind.UNIVERSITY)
    keys = [placed(world, "Arusha").pk for _number in range(count)]
    with django_assert_num_queries(3):
        assert len(propose_supervisors(Placement.objects.filter(pk__in=keys)).pairs) == count
