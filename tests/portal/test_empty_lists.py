"""A list of the workspace without rows says why, and what to do; one with rows asks nothing more."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory

from apps.accounts.models import User
from apps.accounts.services.people import grant
from portal.kernel.access import SYSTEM
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, EnrolmentFactory, UserFactory
from tests.factories.applications import PlacementFactory

pytestmark = pytest.mark.django_db
STUDENTS = "/admin/accounts/enrolment/"
PLACEMENTS = "/admin/applications/placement/"


def desk_of(*anchors) -> Client:
    person = UserFactory.create()
    for anchor in anchors:
        grant(person, anchor, actor=SYSTEM)
    return signed_in(person)


def test_every_list_has_a_sentence_and_steps_that_are_there():
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_active=True, username="root")
    pages: list[Any] = [
        page for model, page in admin.site._registry.items() if model._meta.model_name != "sitesettings"
    ]
    assert [page.label for page in pages if not page.empty_sentence] == []
    for page in pages:
        addresses = [step.url for step in page.next_steps(request)]
        assert len(addresses) == len(set(addresses)), page.label


def test_a_list_without_any_row_says_so_and_what_to_do_whatever_is_searched():
    desk = desk_of(CohortFactory.create().department)
    for query in ("", "?q=asha", "?access=none"):
        page = desk.get(STUDENTS + query)
        empty = page.context["cl"].emptiness
        assert (empty.at_all, empty.clears, empty.leaves) == (True, False, False)
        assert "Nobody is enrolled yet." in page.text
        assert [step.url for step in empty.steps] == [f"{STUDENTS}import/", f"{STUDENTS}add/"]
        assert all(desk.get(step.url).status_code == 200 for step in empty.steps)
        assert 'id="searchbar"' not in page.text


def test_a_search_or_filter_without_a_match_offers_to_clear_it():
    cohort = CohortFactory.create()
    desk = desk_of(cohort.department)
    EnrolmentFactory.create(cohort=cohort)
    searched = desk.get(STUDENTS + "?q=nobody-is-called-so")
    filtered = desk.get(STUDENTS + "?is_active__exact=0")
    both = desk.get(STUDENTS + "?q=nobody-is-called-so&is_active__exact=1")
    assert "Nothing in this list matches “nobody-is-called-so”." in searched.text
    assert "Nothing in this list matches “nobody-is-called-so” and the filters." in both.text
    assert "Nothing in this list matches the filters." in filtered.text
    for page in (searched, filtered, both):
        empty = page.context["cl"].emptiness
        assert (empty.clears, empty.at_all, 'href="?_view="' in page.text) == (True, False, True)
        assert 'name="q"' in page.text
    assert desk.get(STUDENTS + "?_view=").context["cl"].result_count == 1


def test_a_list_that_is_narrowed_says_what_it_is_narrowed_to_and_offers_all():
    full, bare = CohortFactory.create(), CohortFactory.create(name="Bare cohort")
    desk = desk_of(full.department, bare.department)
    PlacementFactory.create(enrolment__cohort=full)
    desk.post("/admin/scope/", {"scope": f"cohort-{bare.pk}"})
    page = desk.get(PLACEMENTS)
    assert "There is nothing of Bare cohort in this list." in page.text
    empty = page.context["cl"].emptiness
    assert (empty.leaves, empty.at_all, [step.url for step in empty.steps][:1]) == (
        True,
        False,
        [f"{PLACEMENTS}place/"],
    )
    EnrolmentFactory.create(cohort=bare)
    searched = desk.get(STUDENTS + "?q=nobody-is-called-so").context["cl"].emptiness
    assert (searched.clears, searched.leaves) == (True, True)
    desk.post("/admin/scope/", {"scope": ""})
    assert desk.get(PLACEMENTS).context["cl"].result_count == 1


def test_a_list_with_rows_has_nothing_to_say():
    cohort = CohortFactory.create()
    EnrolmentFactory.create(cohort=cohort)
    page = desk_of(cohort.department).get(STUDENTS)
    assert not hasattr(page.context["cl"], "emptiness")
