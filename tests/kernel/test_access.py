import pytest
from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import Company
from portal.kernel import access
from portal.kernel.access import SYSTEM, Scope, forget_scope, scope_of
from tests.factories.accounts import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("user", [AnonymousUser(), SYSTEM])
def test_who_is_nobody_has_an_empty_scope(user):
    assert scope_of(user) == Scope()


def test_the_scope_is_read_once_an_instance(django_assert_num_queries):
    person = UserFactory.create()
    with django_assert_num_queries(1):
        scope_of(person)
        scope_of(person)
    forget_scope(person)
    with django_assert_num_queries(1):
        scope_of(person)


def test_without_a_reader_everybody_is_nobody():
    assert access._ScopeReader().read(UserFactory.create()) == Scope()


def test_nothing_is_empty():
    CompanyFactory.create()
    assert list(access.nothing(Company.objects.all())) == []


def test_the_system_says_its_name():
    assert str(SYSTEM) == "system"
