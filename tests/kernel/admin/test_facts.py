"""What an object's page only shows."""

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from apps.accounts.models import OutboxTask
from portal.kernel.admin.facts import opens
from tests.clients import signed_in
from tests.factories.accounts import UserFactory
from tests.factories.logbook import AssessmentFactory, DailyLogFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def person_page(person) -> str:
    return reverse("admin:accounts_user_change", args=[person.pk])


def test_a_fact_is_a_link_only_where_its_page_opens(world):
    stranger = UserFactory.create(first_name="Rehema", last_name="Mbali")
    row = AssessmentFactory.create(placement=world.placement, state="submitted", submitted_by=stranger)
    url = reverse("admin:logbook_assessment_change", args=[row.pk])
    browser = signed_in(world.coordinator)
    assert browser.get(person_page(stranger)).status_code == 404
    page = browser.get(url).text
    assert (str(stranger) in page, f'href="{person_page(stranger)}"' in page) == (True, False)
    placement = reverse("admin:applications_placement_change", args=[world.placement.pk])
    assert f'href="{placement}" class="text-link"' in page
    assert f'href="{person_page(stranger)}"' in signed_in(world.superuser).get(url).text


def test_a_fact_of_the_own_rows_is_a_link(world):
    row = AssessmentFactory.create(placement=world.placement, state="submitted", submitted_by=world.student)
    page = signed_in(world.coordinator).get(reverse("admin:logbook_assessment_change", args=[row.pk])).text
    assert f'href="{person_page(world.student)}" class="text-link"' in page


def test_what_has_no_page_or_no_page_for_the_reader_does_not_open(world, rf):
    request = rf.get("/")
    request.user = world.coordinator
    row = OutboxTask.objects.create(kind="tests.nothing")
    assert [opens(admin.site, request, one) for one in (ContentType.objects.first(), row)] == [False, False]
    request.user = world.superuser
    assert opens(admin.site, request, row)


def facts_of(answer) -> dict[str, str]:
    lines = [line for fieldset in answer.context["adminform"] for line in fieldset]
    return {shown.field["field"]: str(shown.contents()) for line in lines for shown in line}


def test_a_list_of_words_is_shown_with_commas(world):
    row = DailyLogFactory.create(placement=world.placement, state="submitted", skills=["lathe <b>", "safety"])
    page = signed_in(world.coordinator).get(reverse("admin:logbook_dailylog_change", args=[row.pk])).text
    assert ("lathe &lt;b&gt;, safety" in page, "&quot;safety&quot;" in page) == (True, False)


@pytest.mark.parametrize(("skills", "years", "shown"), [(["CNC"], [2, 3], ("CNC", "2, 3")), ([], [], ("-", "all"))])
def test_a_vacancy_that_cannot_be_changed_shows_its_lists_as_words(world, skills, years, shown):
    row = VacancyFactory.create(state="closed", skills=skills, years=years)
    facts = facts_of(signed_in(world.coordinator).get(reverse("admin:vacancies_vacancy_change", args=[row.pk])))
    assert (facts["skills"], facts["years"]) == shown
