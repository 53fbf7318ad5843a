import base64
import datetime as dt
import json

import pytest
from django.test import RequestFactory
from django.utils import timezone

from apps.vacancies.models import Vacancy
from portal.kernel.keyset import keyset_page
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db

ORDERS = [("-published_at", "-id"), ("deadline", "id"), ("-id",)]


def page(order=ORDERS[0], size=2, **query):
    return keyset_page(RequestFactory().get("/", query), Vacancy.objects.all(), order, size)


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_leafing_there_and_back_shows_every_row_once_even_where_all_are_alike(order):
    same = {"published_at": timezone.now(), "deadline": timezone.localdate()}
    VacancyFactory.create_batch(5, **same)
    wanted = [row.pk for row in Vacancy.objects.order_by(*order)]
    seen, found = [], page(order)
    while True:
        seen += [row.pk for row in found]
        if not found.after:
            break
        found = page(order, after=found.after)
    assert seen == wanted
    back = []
    while found.before:
        found = page(order, before=found.before)
        back = [row.pk for row in found] + back
    assert back == wanted[:4]


def test_moments_are_exact_to_the_microsecond():
    now = timezone.now().replace(microsecond=1)
    for number in range(4):
        VacancyFactory.create(published_at=now + dt.timedelta(microseconds=number))
    first = page()
    assert [row.pk for row in page(after=first.after)] == [row.pk for row in Vacancy.objects.order_by("pk")[:2][::-1]]


def test_an_empty_list_and_a_row_that_is_gone_meanwhile_have_no_neighbours():
    assert (len(page()), page().after, page().before) == (0, "", "")
    rows = VacancyFactory.create_batch(3)
    after = page().after
    rows[0].delete()
    rest = page(after=after)
    assert (len(rest), rest.after, rest.before) == (0, "", "")
    before = page(before=base64.urlsafe_b64encode(json.dumps([str(timezone.now() + dt.timedelta(1)), 9**9]).encode()))
    assert (len(before), before.after, before.before) == (0, "", "")


def key(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "wrong",
    [
        "x",
        "====",
        "\u0660",
        key(5),
        key(None),
        key([]),
        key([1]),
        key(["2026-01-01", "x"]),
        key([None, 1]),
        key([[1], 1]),
        key(["2026-13-01T00:00Z", 1]),
        key(["2026-01-01T00:00Z", 10**30]),
        key("[" * 5000),
    ],
)
@pytest.mark.parametrize("name", ["after", "before"])
def test_a_key_that_was_not_made_here_is_as_good_as_none(name, wrong):
    VacancyFactory.create_batch(3)
    found = page(**{name: wrong})
    assert (len(found), bool(found.after), found.before) == (2, True, "")
