"""Reviews: several people, weighted criteria; the company's own, never the student's to see."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.applications.models import Application, Criterion, Review, ReviewScore
from apps.applications.permissions import can_review_application, can_view_criterion, can_view_review
from apps.applications.scoring import Score, Verdict, means_of, verdict_of
from apps.applications.selectors import criteria_for, criteria_visible_to, reviews_visible_to, verdicts_of
from apps.applications.services.reviews import review_application, set_criteria
from apps.applications.states import ApplicationState
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import CompanyMemberFactory
from tests.factories.applications import ApplicationFactory, CriterionFactory, ReviewFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return CompanyMemberFactory.create()


@pytest.fixture
def colleague(member):
    return CompanyMemberFactory.create(company=member.company).user


@pytest.fixture
def application(member):
    return ApplicationFactory.create(vacancy__company=member.company)


@pytest.fixture
def criteria(member):
    return set_criteria(member.company, [("Skill", 3), ("Manner", 1)], actor=member.user)


@pytest.fixture
def world() -> World:
    return build_world()


def code_of(refused) -> str:
    return str(refused.value.code)


# -- numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "verdict"),
    [
        ([], None),
        ([(1, 3, 5), (1, 1, 1)], Verdict(4.0, 4.0, 4.0, 1)),
        ([(1, 3, 5), (1, 1, 1), (2, 3, 2), (2, 1, 2)], Verdict(3.0, 2.0, 4.0, 2)),
        # Who fills in one thing counts as much as who fills in three.
        ([(1, 1, 5), (2, 1, 1), (2, 1, 1), (2, 1, 1)], Verdict(3.0, 1.0, 5.0, 2)),
    ],
)
def test_verdict(scores, verdict):
    assert verdict_of(Score(*score) for score in scores) == verdict


def test_verdict_spread():
    assert Verdict(3.0, 2.0, 4.5, 2).spread == 2.5


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 10), st.integers(1, 5)), min_size=1))
def test_verdict_stays_between_the_scores(rows):
    scores = [Score(*row) for row in rows]
    verdict = verdict_of(scores)
    values = [score.value for score in scores]
    slack = 1e-9
    assert min(values) - slack <= verdict.low <= verdict.mean + slack
    assert verdict.mean - slack <= verdict.high <= max(values) + slack
    assert verdict.reviewers == len(means_of(scores)) == len({score.reviewer for score in scores})


# -- criteria -----------------------------------------------------------------------------------------------------


def test_a_vacancy_has_its_own_criteria_or_those_of_the_company(member, criteria):
    other, own = VacancyFactory.create_batch(2, company=member.company)
    set_criteria(member.company, [("Welding", 2)], vacancy=own, actor=member.user)
    CriterionFactory.create(name="SECRET")
    named = [[row.name for row in criteria_for(vacancy)] for vacancy in (other, own, VacancyFactory.create())]
    assert named == [["Skill", "Manner"], ["Welding"], []]


def test_criteria_that_come_back_bring_their_scores_with_them(member, application, criteria):
    skill, manner = criteria
    review_application(application, {skill.pk: 5, manner.pk: 1}, actor=member.user)
    kept = set_criteria(member.company, [("Manner", 2), ("Speed", 1)], actor=member.user)
    assert [(row.name, row.weight) for row in kept] == [("Manner", 2), ("Speed", 1)]
    assert verdicts_of([application], kept) == {application.pk: Verdict(1.0, 1.0, 1.0, 1)}
    again = set_criteria(member.company, [(" SKILL ", 1), ("manner", 1)], actor=member.user)
    assert ([row.pk for row in again], Criterion.objects.count()) == ([skill.pk, manner.pk], 3)
    assert verdicts_of([application], again)[application.pk].mean == 3.0


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([(str(number), 1) for number in range(13)], "too_many_criteria"),
        ([(" ", 1)], "criterion_name"),
        ([("x" * 81, 1)], "criterion_name"),
        ([("Skill", 1), ("skill ", 2)], "criterion_twice"),
        ([("Skill", 0)], "criterion_weight"),
        ([("Skill", 11)], "criterion_weight"),
    ],
)
def test_criteria_that_are_not_kept(member, lines, code):
    with pytest.raises(RuleViolation) as refused:
        set_criteria(member.company, lines, actor=member.user)
    assert (code_of(refused), Criterion.objects.count()) == (code, 0)


@pytest.mark.parametrize(
    "name", ["student", "rival_representative", "industrial_supervisor", "coordinator", "superuser"]
)
def test_only_the_companys_representatives_say_what_it_looks_at(world, name):
    with pytest.raises(NotAllowed):
        set_criteria(world.company, [("Skill", 1)], actor=world.personas()[name])


def test_criteria_are_not_set_for_a_rivals_vacancy(member):
    with pytest.raises(NotAllowed):
        set_criteria(member.company, [("Skill", 1)], vacancy=VacancyFactory.create(), actor=member.user)


# -- scores -------------------------------------------------------------------------------------------------------


def test_several_people_score_and_each_may_change_the_own_review(member, colleague, application, criteria):
    skill, manner = criteria
    review_application(application, {skill.pk: 5, manner.pk: 1}, actor=member.user, comment=" Good hands. ")
    review_application(application, {skill.pk: 1, manner.pk: 1}, actor=colleague)
    review_application(application, {skill.pk: 2, manner.pk: 2}, actor=colleague)
    assert verdicts_of([application], criteria) == {application.pk: Verdict(3.0, 2.0, 4.0, 2)}
    assert list(Review.objects.values_list("comment", flat=True)) == ["Good hands.", ""]
    assert ReviewScore.objects.count() == 4


@pytest.mark.parametrize(
    ("scores", "comment", "code"),
    [
        ([5], "", "criteria_changed"),
        ([5, 5, 5], "", "criteria_changed"),
        ([5, 0], "", "score_range"),
        ([5, 6], "", "score_range"),
        ([5, 5], "x" * 4001, "comment_too_long"),
    ],
)
def test_reviews_that_are_not_kept(member, application, criteria, scores, comment, code):
    keys = [*(row.pk for row in criteria), 0]
    with pytest.raises(RuleViolation) as refused:
        review_application(application, dict(zip(keys, scores, strict=False)), actor=member.user, comment=comment)
    assert (code_of(refused), Review.objects.count()) == (code, 0)


def test_without_criteria_there_is_nothing_to_score(member, application):
    with pytest.raises(RuleViolation) as refused:
        review_application(application, {}, actor=member.user)
    assert code_of(refused) == "criteria_changed"


@pytest.mark.parametrize("state", list(ApplicationState))
def test_only_the_company_reviews_and_only_what_is_open(world, state):
    application = ApplicationFactory.create(vacancy__company=world.company, enrolment=world.enrolment, state=state)
    may = {name for name, person in world.personas().items() if can_review_application(application, person)}
    assert may == ({"representative"} if state in ApplicationState.undecided() else set())


def test_who_is_not_of_the_company_reviews_nothing(world):
    Application.objects.update(state=ApplicationState.PENDING)
    world.application.refresh_from_db()
    for name in ("student", "rival_representative", "coordinator", "superuser"):
        with pytest.raises(NotAllowed):
            review_application(world.application, {}, actor=world.personas()[name])


def test_reviews_and_criteria_are_seen_by_the_company_alone(world):
    reviews = [
        ReviewFactory.create(application__vacancy__company=company, application__state=state)
        for company in (world.company, world.rival)
        for state in ApplicationState
    ]
    rows = [CriterionFactory.create(company=company) for company in (world.company, world.rival)]
    for name, person in world.personas().items():
        listed = set(reviews_visible_to(person))
        assert listed == {review for review in reviews if can_view_review(review, person)}
        assert set(criteria_visible_to(person)) == {row for row in rows if can_view_criterion(row, person)}
        assert bool(listed) is (name in ("representative", "rival_representative"))


@pytest.mark.parametrize("value", [0, 6])
def test_the_table_takes_no_other_score(value):
    review = ReviewFactory.create()
    criterion = CriterionFactory.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        ReviewScore.objects.create(review=review, criterion=criterion, value=value)


# -- on the pages -------------------------------------------------------------------------------------------------


@pytest.fixture
def company(member) -> Client:
    return signed_in(member.user)


def page_of(client: Client, application: Application):
    return client.get(reverse("company_application", args=[application.pk]))


def typed(criteria, *values, comment="") -> dict[str, str]:
    return {f"score-{row.pk}": str(value) for row, value in zip(criteria, values, strict=True)} | {"comment": comment}


def test_a_reviewer_sees_the_others_after_the_own_review(company, colleague, application, criteria):
    address = reverse("company_review", args=[application.pk])
    signed_in(colleague).post(address, typed(criteria, 2, 2, comment="SECRET"))
    before = page_of(company, application)
    assert (before.context["reviews"], before.context["verdict"], before.context["hidden_reviews"]) == ([], None, 1)
    assert ("SECRET" in before.text, "1 colleague has scored" in before.text) == (False, True)
    assert company.post(address, typed(criteria, 5, 1)).headers["Location"] == reverse(
        "company_application", args=[application.pk]
    )
    after = page_of(company, application)
    assert [row["mean"] for row in after.context["reviews"]] == [2.0, 4.0]
    assert (after.context["verdict"], "SECRET" in after.text) == (Verdict(3.0, 2.0, 4.0, 2), True)
    assert after.context["review_form"].initial == {
        "comment": "",
        f"score-{criteria[0].pk}": 5,
        f"score-{criteria[1].pk}": 1,
    }


def test_a_decided_application_shows_its_reviews_and_takes_none(company, colleague, application, criteria):
    review_application(application, {row.pk: 3 for row in criteria}, actor=colleague)
    Application.objects.update(state=ApplicationState.REJECTED)
    page = page_of(company, application)
    assert (page.context["review_form"], len(page.context["reviews"])) == (None, 1)
    assert company.post(reverse("company_review", args=[application.pk]), typed(criteria, 1, 1)).status_code == 403


@pytest.mark.parametrize("values", [("", "1"), ("6", "1"), ("x", "1")])
def test_scores_that_are_none_come_back_with_the_form(company, application, criteria, values):
    answer = company.post(reverse("company_review", args=[application.pk]), typed(criteria, *values))
    assert (answer.status_code, Review.objects.count()) == (200, 0)
    assert list(answer.context["review_form"].errors) == [f"score-{criteria[0].pk}"]


def test_a_review_without_criteria_says_why_it_is_not_kept(company, application):
    answer = company.post(reverse("company_review", args=[application.pk]), {"comment": "x"}, follow=True)
    assert "Score every criterion" in answer.text
    assert "Say what you look at" in answer.text


def test_the_student_and_the_university_never_see_a_review(world):
    criteria = set_criteria(world.company, [("SECRETSKILL", 1)], actor=world.representative)
    Application.objects.filter(pk=world.application.pk).update(state=ApplicationState.PENDING)
    world.application.refresh_from_db()
    review_application(world.application, {criteria[0].pk: 1}, actor=world.representative, comment="SECRETWORDS")
    student, desk = signed_in(world.student), signed_in(world.coordinator)
    texts = [
        student.get(reverse("application_detail", args=[world.application.pk])).text,
        student.get(reverse("application_list")).text,
        student.get(f"/api/v1/applications/{world.application.pk}/").text,
        desk.get(reverse("admin:applications_application_change", args=[world.application.pk])).text,
        desk.get(f"/api/v1/applications/{world.application.pk}/").text,
    ]
    assert ["SECRET" in text for text in texts] == [False] * 5
    assert "SECRETWORDS" in page_of(signed_in(world.representative), world.application).text


def test_criteria_are_set_for_one_vacancy_or_for_all(company, member, application):
    address = reverse("company_criteria", args=[application.vacancy_id])
    company.post(address, {"name-0": "Skill", "weight-0": "3", "name-2": "Manner", "weight-2": "", "for_all": "on"})
    assert [(row.name, row.weight, row.vacancy) for row in criteria_for(application.vacancy)] == [
        ("Skill", 3, None),
        ("Manner", 1, None),
    ]
    assert company.get(address).context["form"].initial["for_all"] is True
    company.post(address, {"name-0": "Welding", "weight-0": "2"})
    assert [row.name for row in criteria_for(application.vacancy)] == ["Welding"]
    page = company.get(address).context["form"]
    assert (page.initial["for_all"], page.initial["name-0"], page.initial["weight-0"]) == (False, "Welding", 2)
    company.post(address, {"name-0": "Speed", "weight-0": "1", "for_all": "on"})
    assert [row.name for row in criteria_for(application.vacancy)] == ["Speed"]


def test_criteria_that_cannot_be_kept_are_said_above_the_form(company, application):
    address = reverse("company_criteria", args=[application.vacancy_id])
    answer = company.post(address, {"name-0": "Skill", "name-1": "skill"})
    assert answer.context["form"].non_field_errors() == ["One criterion stands there twice."]
    assert "weight-0" in company.post(address, {"name-0": "Skill", "weight-0": "11"}).context["form"].errors
    assert signed_in(CompanyMemberFactory.create().user).get(address).status_code == 404
