"""What stands around a page of a long list, and what it asks the database."""

import datetime as dt

import pytest
from django.contrib.admin import site
from django.urls import reverse
from django.utils.html import escape

from apps.accounts.services.people import grant
from apps.logbook.models import DailyLog
from portal.kernel.access import SYSTEM
from portal.kernel.admin import long_lists
from portal.kernel.admin.long_lists import AtLeast, BoundedPaginator
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import DailyLogFactory, monday_of

LIST = "admin:logbook_dailylog_changelist"


def days(*found: dt.date):
    """Sent days of one student; the placement is returned."""
    placement = PlacementFactory.create(state="active", start=min(found), end=max(found))
    for day in found:
        DailyLogFactory.create(placement=placement, day=day, week_start=monday_of(day), state="submitted")
    return placement


@pytest.fixture
def listed(client):
    """Open the list as the coordinator of a placement; return the choices of dates as the page says them."""

    def opened(placement, **query):
        person = UserFactory.create(is_staff=True)
        grant(person, placement.enrolment.cohort.department, actor=SYSTEM)
        client.force_login(person)
        answer = client.get(reverse(LIST), query)
        assert answer.status_code == 200
        shown = long_lists.date_choices(answer.context["cl"])
        for choice in shown.get("choices", []):
            assert escape(choice["title"]) in answer.content.decode()
        back = shown.get("back")
        return back and back["title"], [(c["title"], c.get("link", "")) for c in shown["choices"]]

    return opened


@pytest.mark.django_db
def test_a_list_of_many_is_counted_up_to_a_bound(monkeypatch):
    days(dt.date(2026, 3, 2), dt.date(2026, 3, 3), dt.date(2026, 3, 4))
    rows = DailyLog.objects.order_by("pk")
    assert str(BoundedPaginator(rows, 2).count) == "3"
    monkeypatch.setattr(long_lists, "COUNTED", 2)
    many = BoundedPaginator(rows, 1)
    assert (str(many.count), many.count, many.num_pages, list(many.page(1))) == ("2+", 2, 2, [rows[0]])


@pytest.mark.django_db
def test_a_page_says_that_there_are_more(client, monkeypatch):
    monkeypatch.setattr(long_lists, "COUNTED", 2)
    placement = days(dt.date(2026, 3, 2), dt.date(2026, 3, 3), dt.date(2026, 3, 4))
    person = UserFactory.create(is_staff=True)
    grant(person, placement.enrolment.cohort.department, actor=SYSTEM)
    client.force_login(person)
    assert "2+" in client.get(reverse(LIST)).content.decode().split()
    assert isinstance(
        site.get_model_admin(DailyLog).get_paginator(None, DailyLog.objects.order_by("pk"), 1).count, AtLeast
    )


@pytest.mark.django_db
def test_years_months_and_days_stand_between_the_first_and_the_last_row(listed):
    placement = days(dt.date(2025, 11, 28), dt.date(2026, 1, 30), dt.date(2026, 3, 2), dt.date(2026, 3, 4))
    assert listed(placement) == (None, [("2025", "?day__year=2025"), ("2026", "?day__year=2026")])
    names = ("January", "February", "March")
    months = [(f"{name} 2026", f"?day__month={n}&day__year=2026") for n, name in enumerate(names, 1)]
    assert listed(placement, day__year=2026) == ("All dates", months)
    march = [(f"{n} March", f"?day__day={n}&day__month=3&day__year=2026") for n in (2, 3, 4)]
    assert listed(placement, day__year=2026, day__month=3) == ("2026", march)
    assert listed(placement, day__year=2026, day__month=3, day__day=4) == ("March 2026", [("4 March", "")])
    assert listed(placement, day__year=2026, day__month=7) == ("All dates", [])


@pytest.mark.django_db
def test_where_all_rows_share_a_month_its_days_are_offered_at_once(listed):
    placement = days(dt.date(2026, 3, 2), dt.date(2026, 3, 3))
    assert [title for title, _link in listed(placement)[1]] == ["2 March", "3 March"]
