"""Today tells a student without a place that wishes can be said."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from tests.clients import signed_in
from tests.factories.accounts import EnrolmentFactory
from tests.factories.applications import AllocationRoundFactory, PlacementFactory, RankingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create(cohort__working_days=list(range(7)))


@pytest.fixture
def found(enrolment):
    return AllocationRoundFactory.create(cohort=enrolment.cohort)


def shows(enrolment, url: str = "/today/") -> bool:
    return f'<a href="{reverse("wish_choose")}">Choose your places</a>' in signed_in(enrolment.student).get(url).text


def test_today_leads_to_an_open_round_and_says_when_it_closes(enrolment, found, today):
    page = signed_in(enrolment.student).get(reverse("student_today")).text
    assert f"Until {date_format(found.closes_on, 'j F Y')} you can choose" in page
    assert shows(enrolment)
    assert not shows(enrolment, reverse("log_edit", args=[today - dt.timedelta(days=1)]))


def test_the_sentence_is_the_one_that_is_translated(enrolment, found):
    enrolment.student.language = "sw"
    enrolment.student.save()
    with translation.override("sw"):
        day = date_format(found.closes_on, "j F Y")
    assert f"Hadi {day} unaweza kuchagua" in signed_in(enrolment.student).get(reverse("student_today")).text


def test_a_round_that_is_over_or_of_others_is_not_told(enrolment, found):
    assert not shows(EnrolmentFactory.create())
    type(found).objects.update(closes_on=timezone.localdate() - dt.timedelta(days=1))
    assert not shows(enrolment)


def test_who_has_a_place_is_not_asked_for_wishes(enrolment, found):
    PlacementFactory.create(enrolment=enrolment)
    assert not shows(enrolment)


def test_who_has_confirmed_wishes_is_not_asked_again(enrolment, found):
    ranking = RankingFactory.create(round=found, enrolment=enrolment)
    assert not shows(enrolment)
    type(ranking).objects.update(confirmed_at=None)
    assert shows(enrolment)
