import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Notice
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import CompanyState
from apps.vacancies import receivers
from apps.vacancies.models import Vacancy
from apps.vacancies.services.vacancies import close_expired_vacancies
from apps.vacancies.states import VacancyState
from portal.kernel.fsm import Event, perform
from portal.kernel.tasks import function_of
from tests.factories.accounts import CompanyFactory, CompanyMemberFactory, UserFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


def test_a_company_that_is_archived_closes_its_vacancies():
    mine, other = VacancyFactory.create(), VacancyFactory.create()
    draft = VacancyFactory.create(company=mine.company, state=VacancyState.DRAFT)
    perform(mine.company, "archive", actor=UserFactory.create(is_superuser=True), reason="It has moved away.")
    run_due_tasks()
    states = [Vacancy.objects.get(pk=row.pk).state for row in (mine, draft, other)]
    assert states == [VacancyState.CLOSED, VacancyState.DRAFT, VacancyState.ACTIVE]


def test_a_company_that_came_back_meanwhile_keeps_its_vacancies():
    vacancy = VacancyFactory.create(company=CompanyFactory.create(state=CompanyState.APPROVED))
    event = Event("accounts.Company", [vacancy.company_id], "archive", CompanyState.ARCHIVED, None, "", "b1")
    receivers.close_its_vacancies(event)
    vacancy.refresh_from_db()
    assert vacancy.state == VacancyState.ACTIVE


def test_representatives_learn_that_a_deadline_has_passed():
    member = CompanyMemberFactory.create()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    vacancy = VacancyFactory.create(company=member.company, title="Welder", deadline=yesterday)
    assert function_of("vacancies.close_expired") is close_expired_vacancies
    close_expired_vacancies()
    run_due_tasks()
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind) == (member.user, "vacancies.vacancy_closed")
    assert notice.facts == {"vacancy": "Welder", "company": member.company.name}
    assert notice.url == reverse("company_applicants", args=[vacancy.pk])


def test_the_same_closing_is_told_once_and_the_next_one_again():
    vacancy = VacancyFactory.create(company=CompanyMemberFactory.create().company)
    for batch, count in (("b1", 1), ("b1", 1), ("b2", 2)):
        event = Event("vacancies.Vacancy", [vacancy.pk], "expire", VacancyState.CLOSED, None, "", batch)
        receivers.tell_that_the_deadline_passed(event)
        assert Notice.objects.count() == count


def test_who_closes_by_hand_is_told_nothing():
    member = CompanyMemberFactory.create()
    perform(VacancyFactory.create(company=member.company), "close", actor=member.user)
    run_due_tasks()
    assert Notice.objects.count() == 0
