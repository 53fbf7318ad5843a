import pytest
from django.test import Client

from apps.accounts.models import Cohort, User
from apps.accounts.services.people import grant
from portal.kernel.access import SYSTEM
from tests.factories.accounts import CohortFactory, DepartmentFactory, UserFactory


@pytest.fixture
def cohort() -> Cohort:
    return CohortFactory.create(department=DepartmentFactory.create())


@pytest.fixture
def coordinator(cohort) -> User:
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


@pytest.fixture
def desk(coordinator) -> Client:
    client = Client()
    client.force_login(coordinator)
    return client
