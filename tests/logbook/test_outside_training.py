"""What the student's pages show of days and weeks that are no part of the training."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.accounts.models import Cohort
from apps.applications.models import Placement
from tests.factories.accounts import EnrolmentFactory

pytestmark = pytest.mark.django_db


def looks(answer) -> list[str]:
    return [str(cell.look) for cell in answer.context["grid"].rows[0].cells]


@pytest.mark.parametrize("name", ["student_today", "log_edit"])
def test_days_before_the_training_are_not_missing(client, today, name):
    later = {"cohort__start": today + dt.timedelta(days=14), "cohort__end": today + dt.timedelta(days=70)}
    enrolment = EnrolmentFactory.create(cohort__working_days=list(range(7)), **later)
    client.force_login(enrolment.student)
    answer = client.get(reverse(name, args=[] if name == "student_today" else [today - dt.timedelta(days=7)]))
    assert looks(answer) == ["off"] * 7
    assert answer.text.count("Outside of your training") >= 7


def test_a_placement_that_outlasts_its_cohort_is_no_outside(client, place, today):
    Cohort.objects.update(end=today - dt.timedelta(days=8))
    client.force_login(place.student)
    answer = client.get(reverse("log_edit", args=[place.monday + dt.timedelta(days=6)]))
    assert looks(answer) == ["missing"] * 7
    Placement.objects.update(end=today - dt.timedelta(days=8))
    assert looks(client.get(reverse("log_edit", args=[today])))[-1] == "off"


@pytest.mark.parametrize("name", ["log_edit", "week_edit", "student_weeks"])
def test_days_before_a_later_placement_are_not_missing(client, place, name):
    first = place.monday + dt.timedelta(days=3)
    Placement.objects.update(start=first, arrived_on=first)
    client.force_login(place.student)
    answer = client.get(reverse(name, args=[] if name == "student_weeks" else [place.monday]))
    shown = {row.url: [str(cell.look) for cell in row.cells] for row in answer.context["grid"].rows}
    assert shown[reverse("week_edit", args=[place.monday])] == ["off"] * 3 + ["missing"] * 4


@pytest.mark.parametrize(
    ("weeks", "sentence"),
    [
        (-20, "This week is outside of your training."),
        (20, "This week is outside of your training."),
        (2, "This week has not come yet."),
    ],
)
def test_a_week_that_cannot_be_begun_has_no_form(client, place, weeks, sentence):
    client.force_login(place.student)
    url = reverse("week_edit", args=[place.monday + dt.timedelta(weeks=weeks)])
    page = client.get(url)
    refused = client.post(url, {"summary": "Shafts.", "operation": [], "tools": []})
    assert (page.status_code, refused.status_code) == (200, 400)
    assert [sentence in answer.text for answer in (page, refused)] == [True, True]
    assert ["Send the week" in answer.text for answer in (page, refused)] == [False, False]
