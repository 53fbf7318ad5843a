"""What companies offer."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.vacancies.models import Bookmark, SavedSearch, Vacancy
from apps.vacancies.services.vacancies import search_text_of
from apps.vacancies.states import VacancyState
from tests.factories.accounts import CompanyFactory, UserFactory


class VacancyFactory(DjangoModelFactory[Vacancy]):
    """An active vacancy with one place, open to everybody for another month."""

    class Meta:
        model = Vacancy

    company = factory.SubFactory(CompanyFactory)
    title = factory.Sequence(lambda n: f"Workshop trainee {n}")
    description = "Help in the workshop."
    location = "Dodoma"
    deadline = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))
    state = VacancyState.ACTIVE
    published_at = factory.LazyAttribute(lambda o: None if o.state == VacancyState.DRAFT else timezone.now())
    short_description = ""
    skills = factory.LazyFunction(list)
    search_text = factory.LazyAttribute(lambda o: search_text_of(o) if o.company else "")


class BookmarkFactory(DjangoModelFactory[Bookmark]):
    class Meta:
        model = Bookmark

    user = factory.SubFactory(UserFactory)
    vacancy = factory.SubFactory(VacancyFactory)


class SavedSearchFactory(DjangoModelFactory[SavedSearch]):
    """A search for welding that has told nothing yet."""

    class Meta:
        model = SavedSearch

    user = factory.SubFactory(UserFactory)
    title = "welding"
    words = "welding"
    seen_until = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=1))
