from typing import Any

import pytest
from django.contrib import admin
from django.http import Http404
from django.test import RequestFactory

from apps.accounts.models import (
    Cohort,
    Company,
    Programme,
)
from portal.kernel.admin import Column, Panel, extend_admin, list_extensions
from tests.factories.accounts import (
    CohortFactory,
    UserFactory,
)
from tests.kernel.admin.pages import address

pytestmark = pytest.mark.django_db


@pytest.fixture
def no_additions(monkeypatch):
    monkeypatch.setattr("portal.kernel.admin.extensions._additions", {})


def test_upper_apps_add_columns_panels_and_filters(no_additions, signed_in, department):
    CohortFactory.create(department=department, name="Group one")
    extend_admin(
        Cohort,
        columns=[
            Column(
                "weeks",
                "Weeks",
                lambda row: f"{row.length} weeks",
                prepare=lambda rows: rows.extra(select={"length": "8"}),
                order_by="start",
            ),
            Column("plain", "Plain", lambda _row: "as it is"),
        ],
        panels=[
            Panel("here", "Shown", "admin/accounts/look_alikes.html", lambda row, _r: {"rows": [(row.name, "/x")]}),
            Panel("not", "Hidden", "admin/accounts/look_alikes.html", lambda _row, _r: None),
        ],
        filters=["phase"],
    )
    page = signed_in.get(address(Cohort, "changelist"), {"phase__exact": "PT2"})
    assert ("8 weeks" in page.text, "as it is" in page.text) == (True, True)
    cohort = Cohort.objects.get()
    shown = signed_in.get(address(Cohort, "change", cohort.pk))
    assert [(panel["title"], panel["context"]) for panel in shown.context["panels"]] == [
        ("Shown", {"rows": [("Group one", "/x")]})
    ]
    assert list_extensions() == [
        ("accounts.Cohort", "column", "plain"),
        ("accounts.Cohort", "column", "weeks"),
        ("accounts.Cohort", "filter", "phase"),
        ("accounts.Cohort", "panel", "here"),
        ("accounts.Cohort", "panel", "not"),
    ]


def test_the_history_page_shows_our_entries_and_not_djangos(signed_in, company, coordinator):
    signed_in.post(address(Company, "move", company.pk, "approve"))
    page = signed_in.get(address(Company, "history", company.pk))
    assert [(e.who, e.what) for e in page.context["timeline"]] == [(str(coordinator), "Approve → Approved")]


def test_an_empty_list_says_what_to_do_first(signed_in, department):
    page = signed_in.get(address(Programme, "changelist"))
    assert "There is no programme yet. Students are imported into programmes." in page.text


def test_a_page_whose_model_has_no_version_is_saved_without_one(client, superuser):
    person = UserFactory.create(first_name="Asha")
    client.force_login(superuser)
    client.post(
        f"/admin/accounts/user/{person.pk}/change/",
        {
            "first_name": "Aisha",
            "last_name": "Moshi",
            "email": person.email,
            "phone": "",
            "language": "",
            "notice_frequency": "daily",
            "is_active": "on",
        },
    )
    person.refresh_from_db()
    assert person.first_name == "Aisha"


def test_the_page_itself_answers_404_for_rows_of_others(coordinator):
    page: Any = admin.site.get_model_admin(Cohort)
    request = RequestFactory().get("/")
    request.user = coordinator
    with pytest.raises(Http404):
        page.object_or_404(request, "1")
