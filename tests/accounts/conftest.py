"""Who works in the workspace of one department."""

import pytest

from apps.accounts.services.people import grant
from portal.kernel.access import SYSTEM
from tests.factories.accounts import CohortFactory, DepartmentFactory, UserFactory


@pytest.fixture
def department():
    return DepartmentFactory.create(name="Mechanical Engineering")


@pytest.fixture
def cohort(department):
    return CohortFactory.create(department=department, name="Mechanical PT2", country="TZ")


@pytest.fixture
def coordinator(department):
    person = UserFactory.create()
    grant(person, department, actor=SYSTEM)
    return person


@pytest.fixture
def superuser():
    return UserFactory.create(is_superuser=True)


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


@pytest.fixture
def root(client, superuser):
    client.force_login(superuser)
    return client
