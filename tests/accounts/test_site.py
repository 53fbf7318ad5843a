"""The switches of the installation."""

import pytest
from django.urls import reverse

from apps.accounts.models import HistoryEntry, SiteSettings
from apps.accounts.selectors import site_settings
from apps.accounts.services.people import grant
from apps.accounts.services.site import change_site_settings, ensure_site_settings
from portal.kernel.access import SYSTEM
from portal.kernel.admin import version_token
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser():
    return UserFactory.create(is_superuser=True)


def test_a_new_installation_begins_with_what_its_environment_says(settings):
    SiteSettings.objects.all().delete()
    settings.ALLOW_STUDENT_REGISTRATION = False
    ensure_site_settings()
    settings.ALLOW_STUDENT_REGISTRATION = True
    ensure_site_settings()
    row = SiteSettings.objects.get()
    assert (row.student_registration, row.company_registration) == (False, True)


def test_the_switches_are_read_once(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert [site_settings().years_of_study for _ in range(3)] == [4, 4, 4]


def test_a_changed_switch_counts_at_once(superuser):
    assert site_settings().student_registration is True
    change_site_settings(SiteSettings.objects.get(), {"student_registration": False}, actor=superuser)
    assert site_settings().student_registration is False
    entry = HistoryEntry.objects.get()
    assert (entry.target_label, entry.action, entry.reason) == (
        "accounts.SiteSettings",
        "change",
        "student_registration",
    )


def test_only_the_superuser_changes_them(superuser):
    row = SiteSettings.objects.get()
    with pytest.raises(NotAllowed):
        change_site_settings(row, {"student_registration": False}, actor=UserFactory.create())
    with pytest.raises(RuleViolation) as caught:
        change_site_settings(row, {"phases": " , "}, actor=superuser)
    assert (caught.value.code, caught.value.field) == ("phases_missing", "phases")


def test_phases_are_words_between_commas():
    assert SiteSettings(phases="PT1, Field work ,,PT3").phase_names() == ["PT1", "Field work", "PT3"]


def test_the_list_is_the_one_page_and_saves(superuser):
    browser, row, cohort = signed_in(superuser), SiteSettings.objects.get(), CohortFactory.create()
    address = reverse("admin:accounts_sitesettings_change", args=[1])
    page = browser.get(reverse("admin:accounts_sitesettings_changelist"), follow=True)
    assert (page.status_code, page.redirect_chain) == (200, [(address, 302)])
    form = {
        "company_registration": "on",
        "registrations_an_hour": "60",
        "default_cohort": str(cohort.pk),
        "phases": "PT1, PT2",
        "years_of_study": "5",
        "_version": version_token(row),
    }
    assert browser.post(address, form).status_code == 302
    row.refresh_from_db()
    assert (row.student_registration, row.registrations_an_hour, row.default_cohort, row.years_of_study) == (
        *(False, 60),
        *(cohort, 5),
    )
    assert str(row) == "settings of the portal"


@pytest.mark.parametrize("name", ["changelist", "change"])
def test_coordinators_do_not_see_them(name):
    coordinator = UserFactory.create()
    grant(coordinator, DepartmentFactory.create(), actor=SYSTEM)
    args = [1] if name == "change" else []
    address = reverse(f"admin:accounts_sitesettings_{name}", args=args)
    assert signed_in(coordinator).get(address).status_code == 404
