import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from apps.accounts.models import (
    Cohort,
    Company,
    CompanyMember,
    Department,
    HistoryEntry,
    Holiday,
    Programme,
)
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.admin import (
    PortalModelAdmin,
    version_token,
)
from portal.kernel.errors import RuleViolation
from tests.factories.accounts import (
    CohortFactory,
    CompanyMemberFactory,
    EnrolmentFactory,
    HolidayFactory,
    ProgrammeFactory,
    UserFactory,
)
from tests.kernel.admin.pages import address, company_form

pytestmark = pytest.mark.django_db


def test_saving_goes_through_the_service_and_is_kept_in_history(signed_in, coordinator, department):
    signed_in.post(address(Programme, "add"), {"department": department.pk, "code": "BSC-ME", "name": "Mechanics"})
    programme = Programme.objects.get()
    change = {"department": department.pk, "code": "BSC-ME", "name": "Machines", "_version": version_token(programme)}
    answer = signed_in.post(address(Programme, "change", programme.pk), change)
    programme.refresh_from_db()
    assert (answer.status_code, programme.name) == (302, "Machines")
    entries = HistoryEntry.objects.filter(target_label="accounts.Programme").order_by("id")
    assert [(e.action, e.actor, e.department, e.reason) for e in entries] == [
        ("create", coordinator, department, ""),
        ("change", coordinator, department, "name"),
    ]
    assert LogEntry.objects.count() == 0


def test_saving_without_a_change_writes_nothing(signed_in, company):
    signed_in.post(address(Company, "change", company.pk), company_form(company))
    company.refresh_from_db()
    assert company.version == 0


def test_an_older_version_is_told_and_the_second_try_wins(signed_in, company):
    old = company_form(company, region="Moshi")
    signed_in.post(address(Company, "change", company.pk), company_form(company, region="Arusha"))
    answer = signed_in.post(address(Company, "change", company.pk), old)
    company.refresh_from_db()
    assert (answer.status_code, company.region) == (200, "Arusha")
    assert answer.context["adminform"].form.non_field_errors() == [
        "Somebody changed this while you were writing. Compare, then save once more to keep yours."
    ]
    assert answer.context["version_token"] == "1"
    signed_in.post(address(Company, "change", company.pk), old | {"_version": "1"})
    company.refresh_from_db()
    assert company.region == "Moshi"


def test_a_form_without_a_version_is_told_too(signed_in, company):
    form = company_form(company, region="Moshi")
    del form["_version"]
    signed_in.post(address(Company, "change", company.pk), form)
    company.refresh_from_db()
    assert company.region == ""


def test_a_rule_that_refuses_is_shown_at_its_field_and_nothing_is_stored(signed_in, company, department):
    form = company_form(company, name="Machine  works", proposed_for=str(department.pk))
    answer = signed_in.post(address(Company, "add"), form)
    assert answer.context["adminform"].form.errors["name"] == [
        "There is a company of this name already. Choose it from the list."
    ]
    assert Company.objects.count() == 1


def test_a_rule_without_a_field_of_the_form_is_shown_above_it(signed_in, company, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise RuleViolation("no", "Not today.", field="weather")

    monkeypatch.setattr(type(admin.site.get_model_admin(Company)), "change_with", staticmethod(refuse))
    answer = signed_in.post(address(Company, "change", company.pk), company_form(company, region="Moshi"))
    assert answer.context["adminform"].form.non_field_errors() == ["Not today."]
    assert 'value="Moshi"' in answer.text


class Bare(PortalModelAdmin):
    """A page that names no service."""


@pytest.mark.parametrize(
    "write",
    [
        lambda page, request: page.add_object({}, actor=request.user),
        lambda page, request: page.change_object(Department(), {}, actor=request.user),
        lambda page, request: page.delete_model(request, Department()),
    ],
)
def test_a_page_without_a_service_says_so_to_the_programmer(write, coordinator):
    request = RequestFactory().post("/")
    request.user = coordinator
    with pytest.raises(ImproperlyConfigured):
        write(Bare(Department, admin.site), request)


def test_deleting_goes_through_the_service(signed_in, department):
    programme = ProgrammeFactory.create(department=department)
    answer = signed_in.post(address(Programme, "delete", programme.pk), {"post": "yes"})
    assert (answer.status_code, Programme.objects.count()) == (302, 0)
    assert HistoryEntry.objects.filter(target_label="accounts.Programme").get().action == "delete"


def test_a_rule_that_refuses_to_delete_is_shown_on_the_objects_page(signed_in, department, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise RuleViolation("in_use", "It is in use and stays: something belongs to it.")

    programme = ProgrammeFactory.create(department=department)
    monkeypatch.setattr(type(admin.site.get_model_admin(Programme)), "delete_with", staticmethod(refuse))
    page = signed_in.post(address(Programme, "delete", programme.pk), {"post": "yes"}, follow=True)
    assert page.redirect_chain == [(address(Programme, "change", programme.pk), 302)]
    assert [str(message) for message in page.context["messages"]] == [
        "It is in use and stays: something belongs to it."
    ]


def test_no_list_deletes_many_at_once(signed_in, department):
    kept = ProgrammeFactory.create(department=department)
    signed_in.post(
        address(Programme, "changelist"), {"action": "delete_selected", "_selected_action": [kept.pk], "index": "0"}
    )
    assert list(Programme.objects.all()) == [kept]


def cohort_form(cohort: Cohort, *days: dict[str, str]) -> dict[str, object]:
    old = [day for day in days if "id" in day]
    form: dict[str, object] = {
        "_version": version_token(cohort),
        "department": cohort.department_id,
        "name": cohort.name,
        "phase": cohort.phase,
        "start": cohort.start.isoformat(),
        "end": cohort.end.isoformat(),
        "working_days": ["0", "1", "2", "3", "4", "5"],
        "country": "tz",
        "required_hours": "320",
        "latest_day_back": "14",
        "deputy_after_days": "3",
        "coordinator_after_days": "6",
        "min_hours": "0.5",
        "max_hours": "12",
        "is_open": "on",
        "self_found_allowed": "on",
        "one_place_closes_others": "on",
        "reminder_rules-TOTAL_FORMS": "0",
        "reminder_rules-INITIAL_FORMS": "0",
        "holidays-TOTAL_FORMS": str(len(days)),
        "holidays-INITIAL_FORMS": str(len(old)),
    }
    for number, day in enumerate(days):
        form |= {f"holidays-{number}-{name}": value for name, value in day.items()}
        form[f"holidays-{number}-cohort"] = cohort.pk
    return form


def test_inline_rows_are_written_by_their_service(signed_in, department):
    cohort = CohortFactory.create(department=department, country="TZ")
    kept, gone = (
        HolidayFactory.create(cohort=cohort, day="2026-07-01"),
        HolidayFactory.create(cohort=cohort, day="2026-07-02"),
    )
    form = cohort_form(
        cohort,
        {"id": str(kept.pk), "day": "2026-07-03", "name": "Moved"},
        {"id": str(gone.pk), "day": "2026-07-02", "name": "x", "DELETE": "on"},
        {"day": "2026-07-04", "name": "New"},
    )
    answer = signed_in.post(address(Cohort, "change", cohort.pk), form)
    assert answer.status_code == 302
    assert [(str(day.day), day.name) for day in Holiday.objects.order_by("day")] == [
        ("2026-07-03", "Moved"),
        ("2026-07-04", "New"),
    ]


def test_inline_rows_of_a_parent_that_may_not_be_changed_are_not_written(client, department):
    cohort = CohortFactory.create(department=department)
    EnrolmentFactory.create(cohort=cohort, student=(person := UserFactory.create(roles=[Role.STUDENT])))
    grant(person, CohortFactory.create(), actor=SYSTEM)
    client.force_login(person)
    assert client.get(address(Cohort, "change", cohort.pk)).status_code == 200
    answer = client.post(
        address(Cohort, "change", cohort.pk), cohort_form(cohort, {"day": "2026-07-04", "name": "New"})
    )
    assert (answer.status_code, Holiday.objects.count()) == (403, 0)


def test_an_inline_without_a_service_only_shows(signed_in, company):
    member = CompanyMemberFactory.create(company=company, title="Director")
    page = signed_in.get(address(Company, "change", company.pk))
    assert "Director" in page.text
    form = company_form(company) | {
        "members-TOTAL_FORMS": "1",
        "members-INITIAL_FORMS": "1",
        "members-0-id": str(member.pk),
        "members-0-company": str(company.pk),
        "members-0-title": "Owner",
        "members-0-DELETE": "on",
    }
    signed_in.post(address(Company, "change", company.pk), form)
    assert CompanyMember.objects.get().title == "Director"
