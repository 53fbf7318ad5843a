"""Addresses that only take a form and may answer with it: who loads them again is led back to the form's page."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PAGES = [
    ("company_review", [7], "company_application"),
    ("company_interview", [7], "company_application"),
    ("member_invite", [7], "company_profile"),
    ("company_vacancy_help", [7], "company_vacancy_edit"),
    ("company_supervisor", [7], "company_trainees"),
    ("snippet_change", [7], "snippet_list"),
    ("wish_priority", [], "wish_confirm"),
    ("calendar_make", [], "profile"),
    ("portfolio_share", [], "portfolio"),
]


@pytest.mark.parametrize(("name", "keys", "page"), PAGES)
def test_the_address_of_a_form_leads_back_to_its_page(client: Client, name, keys, page):
    address = reverse(name, args=keys)
    assert client.get(address).headers["Location"].startswith(reverse("account_login"))
    client.force_login(UserFactory.create())
    wanted = reverse(page, args=keys if "edit" in page or page in {"company_application", "company_profile"} else [])
    for answer in (client.get(address), client.head(address)):
        assert (answer.status_code, answer.headers["Location"]) == (302, wanted)
    assert client.put(address).status_code == 405
