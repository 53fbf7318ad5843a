"""Deadlines are judged by the clock of the database, at the moment of posting."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.applications.models import Application, Resume
from apps.applications.services.applications import apply_for_vacancy
from apps.applications.services.resumes import store_resume
from apps.applications.views import student as student_pages
from apps.vacancies.models import Vacancy
from apps.vacancies.states import VacancyState
from portal.kernel.errors import RuleViolation
from tests.clients import resume_file, signed_in
from tests.factories.accounts import EnrolmentFactory
from tests.factories.applications import ResumeFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
A_DAY = dt.timedelta(days=1)


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create()


@pytest.fixture
def resume(enrolment) -> Resume:
    return ResumeFactory.create(owner=enrolment.student)


def set_our_clock(monkeypatch: pytest.MonkeyPatch, off: dt.timedelta) -> None:
    """Let the clock of the web server go wrong; the database has its own."""
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + off)
    assert timezone.localdate() == TODAY + off


@pytest.mark.parametrize("off", [-2 * A_DAY, A_DAY * 0, 2 * A_DAY])
@pytest.mark.parametrize(("deadline", "code"), [(TODAY - A_DAY, "deadline_passed"), (TODAY, ""), (TODAY + A_DAY, "")])
def test_a_wrong_clock_of_ours_moves_no_deadline(enrolment, resume, monkeypatch, off, deadline, code):
    vacancy = VacancyFactory.create(deadline=deadline)
    set_our_clock(monkeypatch, off)
    refused = ""
    try:
        apply_for_vacancy(vacancy, actor=enrolment.student, resume=resume)
    except RuleViolation as error:
        refused = error.code
    assert (refused, Application.objects.count()) == (code, 0 if code else 1)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deadline": TODAY - A_DAY}, "The deadline of this vacancy has passed."),
        ({"state": VacancyState.CLOSED}, "This vacancy takes no applications."),
    ],
)
def test_what_ends_while_the_form_is_posted_is_over_and_the_letter_is_kept(enrolment, monkeypatch, change, words):
    vacancy = VacancyFactory.create()
    store = store_resume

    def slowly(*args, **kwargs):
        stored = store(*args, **kwargs)
        Vacancy.objects.filter(pk=vacancy.pk).update(**change)
        return stored

    monkeypatch.setattr(student_pages, "store_resume", slowly)
    client: Client = signed_in(enrolment.student)
    typed = {"file": resume_file(), "cover_letter": "I want to."}
    answer = client.post(reverse("vacancy_apply", args=[vacancy.pk]), typed)
    assert (answer.status_code, answer.context["form"].non_field_errors()) == (200, [words])
    assert (answer.context["form"]["cover_letter"].value(), Application.objects.count()) == ("I want to.", 0)
    assert Resume.objects.count() == 1
