"""A round of allocation: what is offered, what students wish, who comes first."""

import datetime as dt
import re
from operator import attrgetter

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import HistoryEntry, Notice
from apps.accounts.states import CompanyState
from apps.applications.models import AllocationOffer, AllocationRun, PriorityCase, Ranking
from apps.applications.selectors import offers_open_to
from apps.applications.services import rankings, rounds
from apps.applications.states import AllocationState, PlacementState, PriorityState
from apps.applications.tasks import call_for_wishes, tell_wishes_confirmed
from apps.vacancies.states import VacancyState
from portal.kernel.errors import NotAllowed
from tests.clients import signed_in
from tests.factories.accounts import CompanyCapacityFactory, CompanyFactory, EnrolmentFactory
from tests.factories.applications import (
    AllocationOfferFactory,
    AllocationRoundFactory,
    AllocationRunFactory,
    AllotmentFactory,
    PlacementFactory,
    PriorityCaseFactory,
    RankingFactory,
)
from tests.factories.vacancies import VacancyFactory
from tests.refusals import refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(cohort):
    return AllocationRoundFactory.create(cohort=cohort, most_wishes=2)


@pytest.fixture
def student(cohort):
    return EnrolmentFactory.create(cohort=cohort).student


@pytest.fixture
def offers(found):
    return AllocationOfferFactory.create_batch(3, round=found)


# -- the round and its offers -------------------------------------------------------------------------------------


def test_a_round_is_its_coordinators(cohort, coordinator, student):
    today = timezone.localdate()
    values = {"cohort": cohort, "title": "Summer", "opens_on": today, "closes_on": today}
    made = rounds.enter_round(values, actor=coordinator)
    assert rounds.change_round(made, {"most_wishes": 7}, actor=coordinator).most_wishes == 7
    assert refusal(rounds.change_round, made, {"cohort": cohort}, actor=coordinator) == "cohort_stays"
    assert refusal(rounds.change_round, made, {"most_wishes": 0}, actor=coordinator) == "wishes_wrong"
    made.refresh_from_db()
    yesterday = {"closes_on": today - dt.timedelta(days=1)}
    assert refusal(rounds.change_round, made, yesterday, actor=coordinator) == "dates_wrong"
    with pytest.raises(NotAllowed):
        rounds.enter_round(values, actor=student)
    with pytest.raises(NotAllowed):
        rounds.change_round(made, {}, actor=student)
    for service in (rounds.delete_round, rounds.take_capacities, rounds.take_vacancies):
        with pytest.raises(NotAllowed):
            service(made, actor=student)


def test_a_round_vanishes_with_all_but_what_was_published(found, coordinator):
    AllotmentFactory.create(run=AllocationRunFactory.create(round=found, cohort=found.cohort))
    rounds.delete_round(found, actor=coordinator)
    assert AllocationOffer.objects.count() == 0
    published = AllocationRunFactory.create(cohort=found.cohort, state=AllocationState.PUBLISHED)
    assert refusal(rounds.delete_round, published.round, actor=coordinator) == "published_already"


def test_the_companies_places_are_offered_once_and_without_who_is_placed(found, coordinator):
    capacity = CompanyCapacityFactory.create(cohort=found.cohort, places=3)
    full = CompanyCapacityFactory.create(cohort=found.cohort, places=1)
    CompanyCapacityFactory.create(cohort=found.cohort, company__state=CompanyState.PROPOSED)
    CompanyCapacityFactory.create(places=4)
    for company, state in (
        (capacity.company, PlacementState.CONFIRMED),
        (capacity.company, PlacementState.CANCELLED),
        (full.company, PlacementState.PROPOSED),
    ):
        PlacementFactory.create(enrolment__cohort=found.cohort, company=company, state=state)
    assert [rounds.take_capacities(found, actor=coordinator) for _time in range(2)] == [1, 0]
    assert list(found.offers.values_list("company", "places")) == [(capacity.company_id, 2)]


def test_what_is_left_of_vacancies_is_offered_once(found, coordinator):
    vacancy = VacancyFactory.create(places=3, places_taken=1, phase=found.cohort.phase)
    VacancyFactory.create(places=1, places_taken=1)
    VacancyFactory.create(phase="another phase")
    VacancyFactory.create(state=VacancyState.CLOSED)
    assert [rounds.take_vacancies(found, actor=coordinator) for _time in range(2)] == [1, 0]
    assert list(found.offers.values_list("vacancy", "places")) == [(vacancy.pk, 2)]


def test_an_offer_is_entered_changed_and_taken_back(found, coordinator, student):
    vacancy = VacancyFactory.create()
    values = {"round": found, "company": vacancy.company, "vacancy": vacancy, "places": 2}
    offer = rounds.enter_offer(values, actor=coordinator)
    assert str(offer) == f"{vacancy.company} · {vacancy}"
    assert rounds.change_offer(offer, {"places": 1}, actor=coordinator).places == 1
    assert refusal(rounds.enter_offer, values, actor=coordinator) == "offered_already"
    other = values | {"company": CompanyFactory.create()}
    assert refusal(rounds.enter_offer, other, actor=coordinator) == "other_company"
    for service, args in ((rounds.enter_offer, [values]), (rounds.delete_offer, [offer])):
        with pytest.raises(NotAllowed):
            service(*args, actor=student)
    given = AllotmentFactory.create(run__round=found, run__cohort=found.cohort, offer=offer)
    assert refusal(rounds.delete_offer, offer, actor=coordinator) == "in_use"
    given.delete()
    rounds.delete_offer(offer, actor=coordinator)
    assert not found.offers.exists()


# -- wishes -------------------------------------------------------------------------------------------------------


def keys(offers):
    return [offer.pk for offer in offers]


def test_wishes_are_chosen_ordered_and_confirmed(found, student, offers):
    one, two, three = keys(offers)
    assert rankings.choose_wishes(found, [one], shown=[one, two], actor=student).draft == [one]
    # Another page of the list: what was ticked on the first one stays.
    assert rankings.choose_wishes(found, [three], shown=[three], actor=student).draft == [one, three]
    assert rankings.choose_wishes(found, [one], shown=[one, three], actor=student).draft == [one]
    rankings.choose_wishes(found, [one, two], shown=[one, two], actor=student)
    moved = [
        rankings.order_wish(found, key, step, actor=student).draft for key, step in ((two, -1), (two, -1), (two, 1))
    ]
    assert moved == [[two, one], [two, one], [one, two]]
    assert rankings.order_wish(found, three, -1, actor=student).draft == [one, two]
    ranking = rankings.confirm_wishes(found, "  Dodoma  Urban ", actor=student)
    assert (ranking.wishes, ranking.region, ranking.has_changes) == ([one, two], "Dodoma Urban", False)
    assert rankings.order_wish(found, one, 0, actor=student).has_changes
    assert Ranking.objects.get().wishes == [one, two]


def test_the_receipt_names_what_counts_once_for_each_confirmation(found, student, offers):
    one, two, _three = keys(offers)
    ranking = RankingFactory.create(
        round=found, enrolment=student.enrolments.get(), wishes=[two, one], draft=[two, one]
    )
    for _time in range(2):
        tell_wishes_confirmed(ranking.pk)
    receipt = Notice.objects.get(recipient=student)
    assert receipt.facts["wishes"] == f"1. {offers[1]}; 2. {offers[0]}"
    ranking.confirmed_at += dt.timedelta(seconds=1)
    ranking.save()
    tell_wishes_confirmed(ranking.pk)
    assert Notice.objects.filter(recipient=student).count() == 2


def test_no_more_than_allowed_and_only_what_is_offered(found, student, offers):
    strange = AllocationOfferFactory.create().pk
    everything = keys(offers)
    assert refusal(rankings.choose_wishes, found, everything, shown=everything, actor=student) == "too_many"
    assert refusal(rankings.choose_wishes, found, [strange], shown=[], actor=student) == "not_offered"
    assert rankings.choose_wishes(found, [strange, everything[0]], shown=[], actor=student).draft == [everything[0]]
    AllocationOffer.objects.all().delete()
    assert refusal(rankings.confirm_wishes, found, "", actor=student) == "not_offered"
    rankings.order_wish(found, everything[0], 0, actor=student)
    assert refusal(rankings.confirm_wishes, found, "", actor=student) == "nothing_chosen"


def test_a_vacancy_is_offered_to_whom_it_is_open(found, student):
    programme = student.student_profile.programme
    mine, other = VacancyFactory.create_batch(2)
    mine.programmes.set([programme])
    other.programmes.set([EnrolmentFactory.create().student.student_profile.programme])
    fitting = AllocationOfferFactory.create(round=found, vacancy=mine, company=mine.company)
    AllocationOfferFactory.create(round=found, vacancy=other, company=other.company)
    AllocationOfferFactory.create(round=found, places=0)
    assert list(offers_open_to(student, found)) == [fitting]


@pytest.mark.parametrize(("days", "active"), [((1, 2), True), ((-2, -1), True), ((-1, 1), False)])
def test_nobody_chooses_before_or_after_the_days_or_without_enrolment(found, student, offers, days, active):
    found.opens_on, found.closes_on = (timezone.localdate() + dt.timedelta(days=day) for day in days)
    found.save()
    student.enrolments.update(is_active=active)
    with pytest.raises(NotAllowed):
        rankings.choose_wishes(found, keys(offers)[:1], shown=[], actor=student)


# -- coming first -------------------------------------------------------------------------------------------------


def test_a_reason_is_asked_with_and_answered(found, student, coordinator):
    case = rankings.ask_priority(found, "care", " Two children. ", actor=student)
    assert (case.reason, case.state) == ("Two children.", PriorityState.ASKED)
    assert rankings.ask_priority(found, "need", "Rent.", actor=student).pk == case.pk
    for kind, reason in (("envy", "x"), ("need", "  ")):
        assert refusal(rankings.ask_priority, found, kind, reason, actor=student) == "reason_needed"
    with pytest.raises(NotAllowed):
        rankings.answer_priority(case, PriorityState.GRANTED, actor=student)
    answered = rankings.answer_priority(case, PriorityState.REFUSED, actor=coordinator)
    assert (answered.state, answered.answered_by) == ("refused", coordinator)
    assert refusal(rankings.ask_priority, found, "need", "Again.", actor=student) == "answered_already"


def test_coordinators_enter_what_they_know(found, student, coordinator):
    values = {"round": found, "enrolment": student.enrolments.get(), "kind": "disability", "reason": "Wheelchair."}
    assert rankings.enter_priority(values, actor=coordinator).state == PriorityState.GRANTED
    assert refusal(rankings.enter_priority, values, actor=coordinator) == "asked_already"
    stranger = values | {"enrolment": EnrolmentFactory.create()}
    assert refusal(rankings.enter_priority, stranger, actor=coordinator) == "other_cohort"
    with pytest.raises(NotAllowed):
        rankings.enter_priority(values, actor=student)
    assert set(HistoryEntry.objects.filter(target_label=PriorityCase._meta.label).values_list("reason", flat=True)) == {
        ""
    }


# -- calls for wishes ---------------------------------------------------------------------------------------------


def test_students_are_called_once_and_reminded_before_the_end_if_they_were_silent(cohort):
    today = timezone.localdate()
    found = AllocationOfferFactory.create(
        round__cohort=cohort, round__opens_on=today, round__closes_on=today + dt.timedelta(days=9)
    ).round
    AllocationRoundFactory.create(cohort=cohort, opens_on=today)  # offers nothing
    silent, chose, placed, gone = EnrolmentFactory.create_batch(4, cohort=cohort)
    EnrolmentFactory.create()
    PlacementFactory.create(enrolment=placed, state=PlacementState.CONFIRMED)
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)

    def told():
        call_for_wishes()
        return list(Notice.objects.order_by("pk").values_list("recipient", "kind"))

    first = [(person.student_id, "applications.wishes_open") for person in (silent, chose)]
    assert [told() for _time in range(2)] == [first, first]
    RankingFactory.create(round=found, enrolment=chose)
    type(found).objects.filter(pk=found.pk).update(closes_on=today + dt.timedelta(days=2))
    assert told() == first  # it has opened only today
    type(found).objects.filter(pk=found.pk).update(opens_on=today - dt.timedelta(days=7))
    last = [*first, (silent.student_id, "applications.wishes_closing")]
    assert [told() for _time in range(2)] == [last, last]


# -- pages --------------------------------------------------------------------------------------------------------


def test_three_steps_through_the_pages(found, student, offers):
    client = signed_in(student)
    one, two, _three = keys(offers)
    page = client.get(reverse("wish_choose")).text
    assert [str(offer.company) in page for offer in offers] == [True] * 3
    sent = client.post(reverse("wish_choose"), {"offer": [one, two, "x", "9" * 40], "shown": [one, two]})
    assert sent["Location"] == reverse("wish_order")
    client.post(reverse("wish_order"), {"move": f"down:{one}"})
    for nonsense in ("", "up:", "sideways:1", f"up:{'9' * 30}"):
        assert client.post(reverse("wish_order"), {"move": nonsense})["Location"] == reverse("wish_order")
    assert client.post(reverse("wish_confirm"), {"region": "Dodoma"})["Location"] == reverse("wish_confirm")
    assert Ranking.objects.get().wishes == [two, one]
    assert "You can change them until" in client.get(reverse("wish_confirm")).text
    client.post(reverse("wish_order"), {"move": f"out:{one}"})
    assert "It counts when you confirm again" in client.get(reverse("wish_confirm")).text


def test_a_search_narrows_the_list(found, student, offers):
    page = signed_in(student).get(reverse("wish_choose"), {"words": offers[1].company.name}).text
    assert [str(offer.company) in page for offer in offers] == [False, True, False]


def test_too_many_places_stay_ticked_and_are_counted(found, student, offers):
    kept = AllocationOfferFactory.create(round=found)
    ranking = RankingFactory.create(round=found, enrolment=student.enrolments.get(), draft=[kept.pk])
    sent = signed_in(student).post(reverse("wish_choose"), {"offer": keys(offers), "shown": keys([*offers, kept])})
    assert sent.status_code == 400
    assert "You can choose 2 places, and you have chosen 3." in sent.text
    ticked = re.findall(r'name="offer" value="(\d+)" checked', sent.text)
    assert sorted(map(int, ticked)) == sorted(keys(offers))
    ranking.refresh_from_db()
    assert ranking.draft == [kept.pk]


def test_refusals_are_said_on_the_pages(found, student, offers):
    client = signed_in(student)
    assert "Choose at least one place first." in client.post(reverse("wish_confirm"), follow=True).text
    assert client.post(reverse("wish_priority"), {"kind": "need"}).context["priority"].errors.keys() == {"reason"}
    client.post(reverse("wish_priority"), {"kind": "need", "reason": "Rent."})
    case = PriorityCase.objects.get()
    case.state = PriorityState.GRANTED
    case.save()
    assert (
        "has answered already"
        in client.post(reverse("wish_priority"), {"kind": "need", "reason": "x"}, follow=True).text
    )


def test_when_the_days_are_over_the_page_only_shows(found, student, offers):
    ranking = RankingFactory.create(round=found, enrolment=student.enrolments.get(), wishes=keys(offers)[:1])
    found.closes_on = found.opens_on
    found.save()
    client = signed_in(student)
    for name in ("wish_choose", "wish_order"):
        assert client.get(reverse(name))["Location"] == reverse("wish_confirm")
    page = client.get(reverse("wish_confirm")).text
    assert (str(offers[0].company) in page, "Confirm my wishes" in page) == (True, False)
    for name in ("wish_confirm", "wish_priority"):
        assert client.post(reverse(name), {"region": ""}).status_code == 403
    assert list(map(attrgetter("wishes"), Ranking.objects.all())) == [ranking.wishes]


@pytest.mark.parametrize("name", ["wish_choose", "wish_order", "wish_confirm", "allotted_place"])
def test_without_a_round_the_pages_say_so(student, name):
    assert signed_in(student).get(reverse(name))["Location"] == reverse("my_placement")


def test_without_a_round_no_reason_is_taken(student):
    assert signed_in(student).post(reverse("wish_priority"))["Location"] == reverse("my_placement")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("factory", "queries"),
    [
        pytest.param(AllocationRoundFactory, 7, id="rounds"),
        pytest.param(AllocationOfferFactory, 7, id="offers"),
        pytest.param(RankingFactory, 7, id="wishes"),
        pytest.param(PriorityCaseFactory, 7, id="priority cases"),
        pytest.param(AllocationRunFactory, 7, id="runs"),
    ],
)
def test_each_list_of_the_workspace_asks_as_often_for_three_as_for_one(
    desk, found, factory, queries, count, django_assert_num_queries
):
    model = factory._meta.model
    of_round = {} if model is type(found) else {"round": found}
    of_cohort = {"cohort": found.cohort} if model in {type(found), AllocationRun} else {}
    # The round itself is one of the rounds.
    factory.create_batch(count - (model is type(found)), **of_round, **of_cohort)
    url = reverse(f"admin:applications_{model._meta.model_name}_changelist")
    desk.get(url)
    with django_assert_num_queries(queries):
        assert desk.get(url).context["cl"].result_count == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_places_asks_as_often_for_three_as_for_one(found, student, count, django_assert_num_queries):
    AllocationOfferFactory.create_batch(count, round=found)
    client = signed_in(student)
    client.get(reverse("wish_choose"))
    with django_assert_num_queries(10):
        client.get(reverse("wish_choose"))


def test_priority_cases_are_answered_many_at_once(desk, found, student):
    case = PriorityCaseFactory.create(round=found, enrolment=student.enrolments.get())
    url = reverse("admin:applications_prioritycase_changelist")
    desk.post(url, {"action": "grant", "_selected_action": [case.pk]})
    case.refresh_from_db()
    assert case.state == PriorityState.GRANTED
