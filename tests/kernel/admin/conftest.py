"""A coordinator of one department, signed in."""

import pytest

from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState
from portal.kernel.access import SYSTEM
from tests.factories.accounts import CompanyFactory, DepartmentFactory, UserFactory


@pytest.fixture
def department():
    return DepartmentFactory.create(name="Mechanical Engineering")


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
def company(department):
    return CompanyFactory.create(name="Machine Works", state=CompanyState.PROPOSED, proposed_for=department)
