"""A run from the wishes to its answer: solved as a job, laid side by side, repaired by hand."""

import pytest
from django.urls import reverse

from apps.accounts.models import DepartmentGrant, HistoryEntry, Job
from apps.accounts.services.jobs import Progress, run_job
from apps.accounts.states import JobState
from apps.ai.services.consent import give_consent
from apps.applications.matching import allocate
from apps.applications.matching.words import sentences_of
from apps.applications.models import AllocationRun, Allotment
from apps.applications.services import allocation_input, allocation_runs
from apps.applications.services.allocation_input import read_input
from apps.applications.services.allocation_runs import change_allotment, solve_run, start_run
from apps.applications.states import AllocationState, AllocationWay, PlacementState
from portal.kernel.errors import NotAllowed
from tests.applications.allocation.steps import given, solved, wishing
from tests.factories.accounts import ProgrammeFactory
from tests.factories.applications import (
    AllocationOfferFactory,
    AllocationRoundFactory,
    AllocationRunFactory,
    AllotmentFactory,
    PlacementFactory,
    ResumeFactory,
)
from tests.factories.vacancies import VacancyFactory
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

STABLE, FEWEST = AllocationWay.STABLE, AllocationWay.FEWEST_WITHOUT


# -- solving ------------------------------------------------------------------------------------------------------


def test_a_run_gives_places_by_wishes_and_rules(found, offers, students, coordinator):
    one, first, silent = students
    run = solved(found, coordinator)
    assert (run.state, run.job.state, run.job.done_count) == (AllocationState.SOLVED, JobState.DONE, 6)
    assert given(run) == {first.pk: offers[0].pk, one.pk: offers[1].pk, silent.pk: None}
    told = {row.enrolment_id: row.reasons for row in run.allotments.all()}
    assert told[first.pk] == [["wish", "1", "1"], ["first"]]
    assert told[one.pk] == [["wish", "2", "2"], ["full", str(offers[0]), "1", "2"]]
    assert told[silent.pk] == [["no_wishes"]]
    assert sentences_of(told[one.pk])[1].startswith(f"{offers[0]} has 1 place, wished for by 2;")
    waiting = run.allotments.get(enrolment=silent)
    assert (waiting.rank, waiting.waiting) == (None, 1)
    assert (run.result["count"], run.result["unplaced"], run.result["mean_rank"]) == (3, 1, 1.5)


def test_the_same_seed_and_input_give_the_same_answer_and_digest(found, offers, students, coordinator):
    rivals = [wishing(found, offers[1]) for _number in range(6)]
    one, again = (solved(found, coordinator, seed=5) for _time in range(2))
    assert (given(one), one.digest, one.rules) == (given(again), again.digest, again.rules)
    assert one.rules["seed"] == 5
    winners = {given(solved(found, coordinator, seed=seed))[rivals[0].pk] for seed in range(1, 9)}
    assert len({solved(found, coordinator, seed=9).digest, one.digest}) == 2
    assert winners <= {None, offers[1].pk}
    offers[0].places = 2
    offers[0].save()
    assert solved(found, coordinator, seed=5).digest != one.digest


def test_the_other_way_places_who_can_be(found, offers, students, coordinator):
    _one, first, _silent = students
    only = wishing(found, offers[0])
    run = solved(found, coordinator, FEWEST)
    assert (run.result["placed"], run.result["unplaced"]) == (2, 2)
    assert given(run)[first.pk] == offers[0].pk  # who comes first counts more than the other with the same wish
    assert given(run)[only.pk] is None


def test_who_is_placed_or_gone_takes_no_part(found, offers, students, coordinator):
    one, first, silent = students
    PlacementFactory.create(enrolment=one, state=PlacementState.CONFIRMED)
    type(first).objects.filter(pk=first.pk).update(is_active=False)
    assert given(solved(found, coordinator)) == {silent.pk: None}


def test_caps_of_companies_and_departments_and_filling_up(found, coordinator):
    one, two = AllocationOfferFactory.create_batch(2, round=found, places=2)
    two.company = one.company
    two.save()
    found.host_cap, found.fills_up = 1, True
    found.save()
    for _number in range(2):
        wishing(found, one, two)
    spare = AllocationOfferFactory.create(round=found, places=1)
    run = solved(found, coordinator)
    assert sorted(run.allotments.values_list("rank", "offer")) == sorted([(1, one.pk), (0, spare.pk)])
    filled = run.allotments.get(offer=spare)
    assert filled.reasons[0] == ["filled"]
    assert run.result["by_rank"] == {"0": 1, "1": 1}
    found.host_cap, found.fills_up, found.department_cap = None, False, 1
    found.save()
    # The students are of different departments in the factory: the cap refuses nobody then.
    assert solved(found, coordinator).result["placed"] == 2


def test_skills_and_region_decide_before_the_lottery(found, coordinator):
    vacancy = VacancyFactory.create(skills=["CNC", "CAD"], company__region="Mwanza", places=1)
    offer = AllocationOfferFactory.create(round=found, vacancy=vacancy, company=vacancy.company)
    rivals = [wishing(found, offer) for _number in range(4)]
    able = wishing(found, offer, region="mwanza")
    ResumeFactory.create(owner=able.student, facts={"skills": [{"value": "Painting"}]})
    ResumeFactory.create(owner=able.student, own_facts={"skills": ["cad"]})
    run = solved(found, coordinator)
    assert given(run) == {**dict.fromkeys([rival.pk for rival in rivals]), able.pk: offer.pk}
    assert run.allotments.get(enrolment=able).reasons == [["wish", "1", "1"], ["skills", "cad"], ["region"]]


def test_a_vacancy_gives_what_is_left_to_whom_it_is_open(found, coordinator):
    vacancy = VacancyFactory.create(places=2, places_taken=1, years=[3])
    offer = AllocationOfferFactory.create(round=found, vacancy=vacancy, company=vacancy.company, places=2)
    third, third_too, second = (wishing(found, offer) for _number in range(3))
    for enrolment, year in ((third, 3), (third_too, 3), (second, 2)):
        profile = enrolment.student.student_profile
        profile.year_of_study = year
        profile.save()
    got = given(solved(found, coordinator))
    assert (got[second.pk], sorted(filter(None, got.values()))) == (None, [offer.pk])


def test_meaning_is_compared_only_of_those_who_agreed(found, offers, coordinator, monkeypatch):
    asked = []

    def embed(texts):
        asked.append(list(texts))
        return [[1.0, float(number)] for number, _text in enumerate(texts)]

    monkeypatch.setattr(allocation_input, "embed", embed)
    found.uses_meaning = found.cohort.ai_enabled = True
    found.save()
    found.cohort.save()
    agreed, silent = wishing(found, offers[0]), wishing(found, offers[0])
    for enrolment in (agreed, silent):
        ResumeFactory.create(owner=enrolment.student, own_facts={"skills": ["welding"]})
    run = solved(found, coordinator)
    assert asked == []
    give_consent(actor=agreed.student)
    run = solved(found, coordinator)
    assert asked == [["welding", f"{offers[0]}. ", f"{offers[1]}. "]]
    assert run.allotments.get(enrolment=agreed).reasons == [["wish", "1", "1"], ["meaning"]]
    monkeypatch.setattr(allocation_input, "embed", lambda _texts: [])
    assert solved(found, coordinator).state == AllocationState.SOLVED


# -- starting and stopping ----------------------------------------------------------------------------------------


def test_what_cannot_be_run_says_why(found, coordinator, students, monkeypatch):
    with pytest.raises(NotAllowed):
        start_run(found, STABLE, 1, actor=students[0].student)
    empty = AllocationRoundFactory.create(cohort=found.cohort)
    assert refusal(start_run, empty, STABLE, 1, actor=coordinator) == "nothing_offered"
    monkeypatch.setattr(allocate, "LIBRARY", "no_such_library")
    assert refusal(start_run, found, FEWEST, 1, actor=coordinator) == "no_library"


def test_a_run_that_is_stopped_or_takes_too_long_leaves_nothing(found, students, coordinator, monkeypatch):
    run = start_run(found, STABLE, 1, actor=coordinator)
    Job.objects.filter(pk=run.job_id).update(cancel_asked=True)
    run_job(run.job_id)

    def too_long(*_args):
        raise TimeoutError

    monkeypatch.setattr(allocation_runs, "fewest_without", too_long)
    slow = start_run(found, FEWEST, 1, actor=coordinator)
    run_job(slow.job_id)
    states = [AllocationRun.objects.get(pk=row.pk).job.state for row in (run, slow)]
    assert (states, Allotment.objects.count()) == ([JobState.CANCELLED, JobState.FAILED], 0)
    assert set(AllocationRun.objects.values_list("state", flat=True)) == {AllocationState.DRAFT}


def test_a_second_call_of_the_job_changes_nothing_and_lost_rights_stop_it(found, students, coordinator):
    run = solved(found, coordinator)
    before = given(run)
    progress = Progress(run.job)
    solve_run(progress, run.pk)
    assert given(run) == before
    other = start_run(found, STABLE, 1, actor=coordinator)
    DepartmentGrant.objects.filter(user=coordinator).delete()
    run_job(other.job_id)
    other.refresh_from_db()
    assert other.state == AllocationState.DRAFT


# -- by hand ------------------------------------------------------------------------------------------------------


def test_a_result_is_repaired_by_hand(found, offers, students, coordinator):
    one, first, silent = students
    run = solved(found, coordinator)
    row = {key: run.allotments.get(enrolment=key) for key in (one, first, silent)}
    assert refusal(change_allotment, row[silent], offers[1], actor=coordinator) == "no_place_left"
    assert refusal(change_allotment, row[one], AllocationOfferFactory.create(), actor=coordinator) == "other_round"
    out = change_allotment(row[one], None, actor=coordinator, reason="ill")
    assert (out.waiting, out.rank, out.reasons) == (2, None, [["by_hand"]])
    assert change_allotment(row[silent], offers[1], actor=coordinator).rank == 0
    change_allotment(row[first], None, actor=coordinator)
    assert change_allotment(row[one], offers[0], actor=coordinator).rank == 1
    run.refresh_from_db()
    assert (run.result["by_hand"], run.result["unplaced"]) == (3, 1)
    assert HistoryEntry.objects.filter(reason="-: ill").count() == 1
    with pytest.raises(NotAllowed):
        change_allotment(row[one], None, actor=one.student)


# -- the workspace ------------------------------------------------------------------------------------------------


def test_a_run_is_started_watched_and_compared_in_the_workspace(desk, found, students, coordinator):
    url = reverse("admin:applications_allocationround_change", args=[found.pk])
    assert desk.get(url).status_code == 200
    run_url = reverse("admin:applications_allocationround_run", args=[found.pk])
    for way in AllocationWay:
        sent = desk.post(run_url, {"way": way.value, "seed": "3"})
        run = AllocationRun.objects.first()
        assert sent["Location"] == reverse("job_detail", args=[run.job_id]) + "?on=1"
        run_job(run.job_id)
    assert desk.post(run_url, {"way": "magic", "seed": "0"})["Location"] == url
    page = desk.get(reverse("admin:applications_allocationround_compare", args=[found.pk]))
    assert [column.run.way for column in page.context["columns"]] == ["fewest", "stable"]
    assert "Got wish 1" in page.text


def test_the_page_of_a_run_says_its_rules_in_words(desk, found, students, coordinator):
    type(found).objects.update(host_cap=3)
    found.refresh_from_db()
    page = desk.get(reverse("admin:applications_allocationrun_change", args=[solved(found, coordinator).pk])).text
    assert [words in page for words in ("At most at one company: 3", "Fill up places that are left: no")] == [
        True,
        True,
    ]
    assert "host_cap" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_who_gets_what_asks_as_often_for_three_as_for_one(desk, found, count, django_assert_num_queries):
    run = AllocationRunFactory.create(cohort=found.cohort, round=found, state=AllocationState.SOLVED)
    AllotmentFactory.create_batch(count, run=run)
    url = reverse("admin:applications_allotment_changelist")
    desk.get(url)
    with django_assert_num_queries(7):
        desk.get(url)


def test_a_place_that_was_not_wished_for_says_so(desk, found):
    run = AllocationRunFactory.create(cohort=found.cohort, round=found, state=AllocationState.SOLVED)
    rows = [AllotmentFactory.create(run=run, rank=rank) for rank in (2, 0)]
    shown = desk.get(reverse("admin:applications_allotment_changelist")).text
    assert shown.count("not wished for") == 1
    pages = [desk.get(reverse("admin:applications_allotment_change", args=[row.pk])).text for row in rows]
    assert ["not wished for" in page for page in pages] == [False, True]


def test_what_a_vacancy_says_of_its_place_goes_into_the_run(cohort, found, coordinator):
    mine, others = ProgrammeFactory.create_batch(2, department=cohort.department)
    vacancy = VacancyFactory.create(places=3, places_taken=1, skills=["Welding "], years=[2, 3])
    vacancy.programmes.set([mine, others])
    whole = AllocationOfferFactory.create(round=found, company=vacancy.company, vacancy=vacancy, places=5)
    plain = AllocationOfferFactory.create(round=found, places=4)
    places = read_input(AllocationRunFactory.create(round=found)).places
    assert [(p.key, p.seats, p.skills, p.programmes, p.years) for p in places] == [
        (whole.pk, 2, frozenset({"welding"}), frozenset({mine.pk, others.pk}), frozenset({2, 3})),
        (plain.pk, 4, frozenset(), frozenset(), frozenset()),
    ]
