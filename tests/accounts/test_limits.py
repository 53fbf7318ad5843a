"""How often something may be tried."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from apps.accounts.models import LimitCount
from apps.accounts.services.limits import Limit, forget, give_back, network_of, sweep_limits, take
from portal.kernel.errors import TooManyTries

pytestmark = pytest.mark.django_db

THREE = Limit("three", 3, 60)


def spend(limit: Limit, subject: str = "asha") -> None:
    for _ in range(limit.most):
        take(limit, subject)


def test_one_more_than_allowed_is_refused_and_says_how_long_to_wait():
    spend(THREE)
    with pytest.raises(TooManyTries) as caught:
        take(THREE, "asha")
    assert 55 <= caught.value.wait_s <= 60
    assert LimitCount.objects.get().count == 3


def test_subjects_and_limits_are_counted_apart():
    spend(THREE)
    take(THREE, "juma")
    take(Limit("other", 3, 60), "asha")
    assert sorted(LimitCount.objects.values_list("count", flat=True)) == [1, 1, 3]


def test_counters_survive_a_flushed_cache():
    spend(THREE)
    cache.clear()
    with pytest.raises(TooManyTries):
        take(THREE, "asha")


def test_a_new_window_begins_anew():
    spend(THREE)
    LimitCount.objects.update(until=timezone.now() - dt.timedelta(seconds=1))
    take(THREE, "asha")
    assert LimitCount.objects.get().count == 1


def test_a_try_is_given_back_and_forgotten():
    spend(THREE)
    give_back(THREE, "asha")
    take(THREE, "asha")
    forget(THREE, "asha")
    give_back(THREE, "asha")
    assert LimitCount.objects.count() == 0


def test_neither_address_nor_name_is_kept():
    take(THREE, "asha@uni.example")
    row = LimitCount.objects.get()
    assert ("asha" in row.key, len(row.key), str(row).startswith("1 since")) == (False, 64, True)


def test_what_is_over_is_swept():
    spend(THREE)
    take(THREE, "juma")
    LimitCount.objects.filter(count=3).update(until=timezone.now() - dt.timedelta(seconds=1))
    assert (sweep_limits(), LimitCount.objects.get().count) == (1, 1)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("unix", "unix"),
    ],
)
def test_a_subscriber_is_one_network(address, network):
    assert network_of(address) == network
