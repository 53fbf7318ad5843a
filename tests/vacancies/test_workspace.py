"""The list of vacancies in the coordinators' workspace."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.vacancies.models import Vacancy
from apps.vacancies.states import VacancyState
from tests.clients import signed_in
from tests.factories.applications import ApplicationFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

LIST = "admin:vacancies_vacancy_changelist"


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({"todo": "closes"}, ["Closes"]),
        ({"todo": "full"}, ["Full"]),
        ({"todo": "drafts"}, ["Old draft"]),
        ({"todo": "x"}, ["Closes", "Full", "New draft", "Old draft", "World"]),
        ({"applicants": "none"}, ["Closes"]),
        ({"applicants": "waiting"}, ["Full"]),
        ({"applicants": "x"}, ["Closes", "Full", "New draft", "Old draft", "World"]),
        ({"company__industry_type__exact": "ENERGY"}, ["Full"]),
    ],
)
def test_the_list_answers_what_coordinators_ask(world, query, titles):
    Vacancy.objects.update(title="World")
    VacancyFactory.create(title="Closes", deadline=timezone.localdate() + dt.timedelta(days=7))
    full = VacancyFactory.create(title="Full", places=1, places_taken=1, company__industry_type="ENERGY")
    ApplicationFactory.create(vacancy=full)
    for title, days in (("New draft", 13), ("Old draft", 15)):
        draft = VacancyFactory.create(title=title, state=VacancyState.DRAFT)
        Vacancy.objects.filter(pk=draft.pk).update(created_at=timezone.now() - dt.timedelta(days=days))
    page = signed_in(world.coordinator).get(reverse(LIST), query)
    assert sorted(row.title for row in page.context["cl"].queryset) == titles


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions_for_one_and_three(world, count, django_assert_num_queries):
    for row in VacancyFactory.create_batch(count - 1):
        ApplicationFactory.create(vacancy=row)
    client = signed_in(world.coordinator)
    client.get(reverse(LIST))
    with django_assert_num_queries(8):
        client.get(reverse(LIST))
