import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.states import CompanyState
from apps.vacancies.models import Vacancy
from apps.vacancies.services.vacancies import (
    LONGEST_DESCRIPTION,
    LONGEST_SKILL,
    MOST_SKILLS,
    change_vacancy,
    close_expired_vacancies,
    close_vacancies_of,
    create_vacancy,
    delete_vacancy,
    reopen_vacancy,
)
from apps.vacancies.states import VacancyState, WorkMode
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from portal.kernel.fsm import perform
from tests.factories.accounts import CompanyFactory, CompanyMemberFactory, ProgrammeFactory, UserFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


def details(**changes):
    later = timezone.localdate() + dt.timedelta(days=10)
    whole = {"title": "Trainee", "description": "Help in the workshop.", "location": "Dodoma", "deadline": later}
    return {**whole, **changes}


@pytest.fixture
def member():
    return CompanyMemberFactory.create()


@pytest.fixture
def vacancy(member):
    return VacancyFactory.create(company=member.company)


def yesterday():
    return timezone.localdate() - dt.timedelta(days=1)


def test_a_representative_drafts_a_vacancy(member):
    programme = ProgrammeFactory.create()
    wishes = {"skills": [" CAD ", "cad", "Hand  tools", ""], "years": [3, 2, 3], "places": 4, "programmes": [programme]}
    made = create_vacancy(member.company, details(**wishes), actor=member.user)
    made.refresh_from_db()
    assert (made.state, made.posted_by, made.company) == (VacancyState.DRAFT, member.user, member.company)
    assert (made.skills, made.years, made.places) == (["CAD", "Hand tools"], [2, 3], 4)
    assert list(made.programmes.all()) == [programme]


def test_the_portal_itself_drafts_one_that_nobody_posted():
    made = create_vacancy(CompanyFactory.create(), details(), actor=SYSTEM)
    assert (made.posted_by, made.programmes.count()) == (None, 0)


def test_a_company_that_waits_drafts_already():
    waiting = CompanyMemberFactory.create(company__state=CompanyState.PROPOSED)
    assert create_vacancy(waiting.company, details(), actor=waiting.user).state == VacancyState.DRAFT


def test_a_stranger_drafts_nothing(member):
    with pytest.raises(NotAllowed):
        create_vacancy(CompanyFactory.create(), details(), actor=member.user)
    assert Vacancy.objects.count() == 0


@pytest.mark.parametrize("state", [CompanyState.REJECTED, CompanyState.ARCHIVED])
def test_a_company_that_was_sent_away_offers_nothing(state):
    closed = CompanyMemberFactory.create(company__state=state)
    with pytest.raises(RuleViolation) as refused:
        create_vacancy(closed.company, details(), actor=closed.user)
    assert (refused.value.code, refused.value.field) == ("company_closed", "company")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 161),
        ("description", "x" * (LONGEST_DESCRIPTION + 1)),
        ("work_mode", "on the moon"),
        ("deadline", None),
        ("places", 0),
        ("places", -1),
        ("skills", ["x" * (LONGEST_SKILL + 1)]),
        ("skills", [f"skill {number}" for number in range(MOST_SKILLS + 1)]),
        ("years", [0]),
        ("years", [2, 9]),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_its_field(member, field, value):
    with pytest.raises(RuleViolation) as refused:
        create_vacancy(member.company, details(**{field: value}), actor=member.user)
    assert (refused.value.code, refused.value.field) == ("invalid", field)
    assert Vacancy.objects.count() == 0


def test_the_most_skills_and_the_longest_one_are_taken(member):
    skills = [f"{number:02d}".ljust(LONGEST_SKILL, "x") for number in range(MOST_SKILLS)]
    assert create_vacancy(member.company, details(skills=skills), actor=member.user).skills == skills


@pytest.mark.parametrize("name", ["state", "places_taken", "company", "posted_by", "version"])
def test_fields_that_are_not_a_callers_are_refused(member, name):
    with pytest.raises(TypeError, match=name):
        create_vacancy(member.company, details(**{name: 1}), actor=member.user)


def test_a_change_counts_the_version_and_keeps_what_it_does_not_name(member, vacancy):
    vacancy.programmes.add(programme := ProgrammeFactory.create())
    changed = change_vacancy(vacancy, {"work_mode": WorkMode.REMOTE}, actor=member.user, expected_version=0)
    assert (changed.work_mode, changed.version, changed.location) == (WorkMode.REMOTE, 1, "Dodoma")
    assert list(changed.programmes.all()) == [programme]
    assert list(change_vacancy(vacancy, {"programmes": []}, actor=member.user).programmes.all()) == []


def test_a_stranger_changes_nothing(vacancy):
    with pytest.raises(NotAllowed):
        change_vacancy(vacancy, {"title": "Mine"}, actor=CompanyMemberFactory.create().user)
    vacancy.refresh_from_db()
    assert vacancy.version == 0


def test_a_closed_vacancy_is_not_changed(member):
    closed = VacancyFactory.create(company=member.company, state=VacancyState.CLOSED)
    with pytest.raises(WrongState) as refused:
        change_vacancy(closed, {"title": "Other"}, actor=member.user)
    assert refused.value.code == "wrong_state"


def test_a_change_of_what_somebody_else_changed_is_refused(member, vacancy):
    change_vacancy(vacancy, {"title": "First"}, actor=member.user)
    with pytest.raises(Stale) as refused:
        change_vacancy(vacancy, {"title": "Second"}, actor=member.user, expected_version=0)
    vacancy.refresh_from_db()
    assert (refused.value.code, vacancy.title) == ("stale", "First")


def test_places_do_not_fall_below_the_students_accepted(member):
    full = VacancyFactory.create(company=member.company, places=3, places_taken=2)
    with pytest.raises(RuleViolation) as refused:
        change_vacancy(full, {"places": 1}, actor=member.user)
    assert (refused.value.code, refused.value.field) == ("places_taken", "places")
    assert change_vacancy(full, {"places": 2}, actor=member.user).places_left == 0


def test_a_draft_is_thrown_away(member):
    delete_vacancy(VacancyFactory.create(company=member.company, state=VacancyState.DRAFT), actor=member.user)
    assert Vacancy.objects.count() == 0


def test_a_stranger_throws_nothing_away(vacancy):
    with pytest.raises(NotAllowed):
        delete_vacancy(vacancy, actor=UserFactory.create())
    assert Vacancy.objects.count() == 1


@pytest.mark.parametrize("state", [VacancyState.ACTIVE, VacancyState.CLOSED])
def test_what_was_published_stays(member, state):
    published = VacancyFactory.create(company=member.company, state=state)
    with pytest.raises(WrongState):
        delete_vacancy(published, actor=member.user)
    assert Vacancy.objects.count() == 1


def test_what_is_over_closes_by_itself_and_only_once():
    over = VacancyFactory.create(deadline=yesterday())
    last_day = VacancyFactory.create(deadline=timezone.localdate())
    draft = VacancyFactory.create(deadline=yesterday(), state=VacancyState.DRAFT)
    assert [close_expired_vacancies(), close_expired_vacancies()] == [1, 0]
    states = [Vacancy.objects.get(pk=row.pk).state for row in (over, last_day, draft)]
    assert states == [VacancyState.CLOSED, VacancyState.ACTIVE, VacancyState.DRAFT]
    assert Vacancy.objects.get(pk=over.pk).closed_at is not None


def test_active_vacancies_of_given_companies_close():
    mine, draft = VacancyFactory.create(), VacancyFactory.create(state=VacancyState.DRAFT)
    other = VacancyFactory.create()
    assert close_vacancies_of([mine.company_id, draft.company_id]) == 1
    states = [Vacancy.objects.get(pk=row.pk).state for row in (mine, draft, other)]
    assert states == [VacancyState.CLOSED, VacancyState.DRAFT, VacancyState.ACTIVE]


def test_a_vacancy_is_published_closed_and_reopened(member):
    draft = create_vacancy(member.company, details(), actor=member.user)
    states = [perform(draft, name, actor=member.user).state for name in ("publish", "close", "reopen")]
    assert states == [VacancyState.ACTIVE, VacancyState.CLOSED, VacancyState.ACTIVE]
    assert draft.version == 3


@pytest.mark.parametrize(("move", "state"), [("publish", VacancyState.DRAFT), ("reopen", VacancyState.CLOSED)])
@pytest.mark.parametrize(
    ("company", "days", "code"),
    [(CompanyState.PROPOSED, 5, "company_not_approved"), (CompanyState.APPROVED, -1, "deadline_passed")],
)
def test_what_nobody_could_apply_for_is_not_published(move, state, company, days, code):
    member = CompanyMemberFactory.create(company__state=company)
    deadline = timezone.localdate() + dt.timedelta(days=days)
    vacancy = VacancyFactory.create(company=member.company, state=state, deadline=deadline)
    with pytest.raises(RuleViolation) as refused:
        perform(vacancy, move, actor=member.user)
    vacancy.refresh_from_db()
    assert (refused.value.code, vacancy.state) == (code, state)


def test_a_closed_vacancy_is_reopened_until_another_day(member):
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    vacancy = VacancyFactory.create(company=member.company, state=VacancyState.CLOSED, deadline=yesterday, version=3)
    later = timezone.localdate() + dt.timedelta(days=5)
    reopened = reopen_vacancy(vacancy, deadline=later, actor=member.user)
    assert (reopened.state, reopened.deadline, reopened.version) == (VacancyState.ACTIVE, later, 5)


@pytest.mark.parametrize(
    ("state", "days", "error"),
    [(VacancyState.CLOSED, -1, "deadline_passed"), (VacancyState.ACTIVE, 5, "wrong_state")],
)
def test_what_is_not_reopened_keeps_its_deadline(member, state, days, error):
    vacancy = VacancyFactory.create(company=member.company, state=state)
    before = vacancy.deadline
    with pytest.raises(RuleViolation) as refused:
        reopen_vacancy(vacancy, deadline=timezone.localdate() + dt.timedelta(days=days), actor=member.user)
    vacancy.refresh_from_db()
    assert (refused.value.code, vacancy.deadline, vacancy.version) == (error, before, 0)


def test_strangers_reopen_nothing():
    vacancy = VacancyFactory.create(state=VacancyState.CLOSED)
    with pytest.raises(NotAllowed):
        reopen_vacancy(vacancy, deadline=vacancy.deadline, actor=CompanyMemberFactory.create().user)


def test_a_vacancy_does_not_expire_before_its_deadline(vacancy):
    with pytest.raises(RuleViolation) as refused:
        perform(vacancy, "expire", actor=SYSTEM)
    assert refused.value.code == "deadline_ahead"
