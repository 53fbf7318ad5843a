from io import StringIO

import pytest
from django.core.management import call_command

from portal.kernel.fsm import perform
from tests.factories.accounts import CompanyFactory, UserFactory


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


@pytest.mark.django_db
def test_a_transition_outside_perform_is_caught():
    company = CompanyFactory.create(state="proposed")
    with pytest.raises(AssertionError, match="outside perform"):
        company.approve()
    perform(company, "approve", actor=UserFactory.create(is_superuser=True))
