"""Many tries at once: on PostgreSQL exactly as many pass as may."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from apps.accounts.models import LimitCount
from apps.accounts.services.limits import Limit, take
from portal.kernel.errors import TooManyTries
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

AT_ONCE = 50


@pytest.fixture(autouse=True)
def on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time anyway")


def all_at_once(attempt):
    def alone(number: int):
        try:
            return attempt(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(alone, range(AT_ONCE)))


def test_of_fifty_tries_at_once_as_many_pass_as_may():
    limit = Limit("fifty", 5, 3600)

    def attempt(_number: int) -> bool:
        try:
            take(limit, "asha")
        except TooManyTries:
            return False
        return True

    assert sum(all_at_once(attempt)) == 5
    assert LimitCount.objects.get().count == 5


def test_of_fifty_wrong_passwords_at_once_five_are_looked_at():
    UserFactory.create(username="asha")

    def attempt(_number: int) -> int:
        return Client().post(reverse("account_login"), {"login": "asha", "password": "wrong"}).status_code

    answers = all_at_once(attempt)
    assert (answers.count(200), answers.count(429)) == (5, 45)
