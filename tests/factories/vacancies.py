"""What companies offer."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from apps.vacancies.models import Vacancy
from apps.vacancies.states import VacancyState
from tests.factories.accounts import CompanyFactory


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
