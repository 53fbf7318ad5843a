from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404
from django.test import RequestFactory

from apps.accounts.models import Cohort, Department, Holiday, OutboxTask, Programme, User
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.admin import PortalModelAdmin, PortalTabularInline
from portal.kernel.admin.filters import choices_for
from tests.factories.accounts import CohortFactory, DepartmentFactory, EnrolmentFactory, UserFactory
from tests.kernel.admin.pages import address

pytestmark = pytest.mark.django_db


def test_the_list_shows_the_selectors_rows_only(signed_in, department):
    mine, other = CohortFactory.create(department=department, name="Mine"), CohortFactory.create(name="Elsewhere")
    page = signed_in.get(address(Cohort, "changelist"))
    assert list(page.context["cl"].result_list) == [mine]
    assert other.name not in page.text


@pytest.mark.parametrize("what", ["change", "history", "delete"])
def test_a_foreign_object_and_one_that_is_not_there_are_the_same_404(signed_in, what):
    foreign = CohortFactory.create()
    answers = [signed_in.get(address(Cohort, what, key)) for key in (foreign.pk, 10**9, "x", 10**30)]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]


@pytest.mark.parametrize("what", ["change", "delete"])
def test_a_post_to_a_foreign_object_is_a_404_and_changes_nothing(signed_in, what):
    foreign = CohortFactory.create(name="Elsewhere")
    answer = signed_in.post(address(Cohort, what, foreign.pk), {"name": "Taken", "post": "yes"})
    foreign.refresh_from_db()
    assert (answer.status_code, foreign.name) == (404, "Elsewhere")


def test_a_list_that_is_not_the_users_is_a_404(signed_in):
    assert [
        signed_in.get(f"/admin/accounts/{name}/").status_code for name in ("outboxtask", "notice", "signonevent")
    ] == [
        404,
        404,
        404,
    ]
    assert signed_in.get("/admin/accounts/outboxtask/add/").status_code == 404


@pytest.mark.parametrize(
    "lookup",
    [
        "department__name__startswith",
        "enrolments__student__password__startswith",
        "department__id__in",
        "id",
        "pk__gt",
        "is_open",
        "nonsense__x",
    ],
)
def test_an_address_filters_by_declared_filters_only(signed_in, lookup):
    assert signed_in.get(address(Cohort, "changelist"), {lookup: "a"}).status_code == 400


def test_declared_filters_work_and_offer_the_users_rows_only(signed_in, department):
    mine = CohortFactory.create(department=department, is_open=False)
    CohortFactory.create(department=department)
    foreign = DepartmentFactory.create(name="Foreign Department")
    CohortFactory.create(department=foreign)
    page = signed_in.get(address(Cohort, "changelist"), {"is_open__exact": "0", "department__id__exact": department.pk})
    assert list(page.context["cl"].result_list) == [mine]
    empty = signed_in.get(address(Cohort, "changelist"), {"department__id__exact": foreign.pk})
    assert (list(empty.context["cl"].result_list), foreign.name in empty.text) == ([], False)


def test_related_filters_offer_the_rows_of_the_related_pages_selector(signed_in, department):
    second = DepartmentFactory.create(name="Second of mine")
    grant(signed_in.get("/profile/").wsgi_request.user, second, actor=SYSTEM)
    foreign = DepartmentFactory.create(name="Foreign Department")
    for one in (department, second, foreign):
        CohortFactory.create(department=one)
    page = signed_in.get(address(Cohort, "changelist"))
    offered = [choice for spec in page.context["cl"].filter_specs for choice in getattr(spec, "lookup_choices", ())]
    assert offered == [(str(department.pk), "Mechanical Engineering"), (str(second.pk), "Second of mine")]


def test_filtering_without_a_request_is_refused():
    page: Any = admin.site.get_model_admin(Cohort)
    assert page.lookup_allowed("is_open__exact", "1") is False


def test_choices_of_a_related_field_are_the_users_rows(signed_in, department):
    foreign = DepartmentFactory.create()
    page = signed_in.get(address(Programme, "add"))
    assert list(page.context["adminform"].form.fields["department"].queryset) == [department]
    forged = signed_in.post(address(Programme, "add"), {"department": foreign.pk, "code": "x", "name": "X"})
    assert forged.context["adminform"].form.errors["department"] == [
        "Select a valid choice. That choice is not one of the available choices."
    ]
    assert Programme.objects.count() == 0


def test_autocomplete_goes_through_the_selector(signed_in, department):
    mine = CohortFactory.create(department=department, name="Group one")
    CohortFactory.create(name="Group two")
    student = EnrolmentFactory.create(cohort=mine).student
    EnrolmentFactory.create()
    found = signed_in.get(
        "/admin/autocomplete/",
        {"term": "Group", "app_label": "accounts", "model_name": "enrolment", "field_name": "cohort"},
    )
    assert found.json()["results"] == [{"id": str(mine.pk), "text": "Group one"}]
    people = signed_in.get(
        "/admin/autocomplete/",
        {"term": student.last_name, "app_label": "accounts", "model_name": "enrolment", "field_name": "student"},
    )
    assert people.json()["results"] == [{"id": str(student.pk), "text": str(student)}]


def test_list_editable_is_refused_when_the_page_is_declared():
    class Editing(PortalModelAdmin):
        list_editable = ("name",)

    with pytest.raises(ImproperlyConfigured):
        Editing(Department, admin.site)


def test_rights_come_from_predicates_and_not_from_model_permissions(client, department):
    person = UserFactory.create(is_staff=True)
    grant(person, CohortFactory.create(department=department), actor=SYSTEM)
    person.user_permissions.set(Permission.objects.all())
    client.force_login(person)
    page = client.get(address(Department, "change", department.pk))
    assert (page.status_code, page.context["has_change_permission"]) == (200, False)
    refused = client.post(address(Department, "change", department.pk), {"name": "Mine now", "code": "x"})
    assert refused.status_code == 403
    assert client.get(address(Department, "add")).status_code == 403
    assert client.get(address(Department, "delete", department.pk)).status_code == 403


@pytest.mark.parametrize("role", [Role.STUDENT, Role.COMPANY_REPRESENTATIVE, Role.UNIVERSITY_SUPERVISOR])
def test_other_roles_get_nowhere(client, role):
    client.force_login(UserFactory.create(roles=[role], is_staff=True))
    answer = client.get(address(Cohort, "changelist"), follow=True)
    assert answer.status_code == 404


class Bare(PortalModelAdmin):
    """A page that names no choices of its own."""


class BareInline(PortalTabularInline):
    model = Holiday


def request_of(person):
    request = RequestFactory().get("/")
    request.user = person
    return request


def test_a_related_field_takes_the_choices_of_the_related_page(coordinator, department):
    CohortFactory.create()
    field = Cohort._meta.get_field("department")
    page, inline = Bare(Cohort, admin.site), BareInline(Cohort, admin.site)
    assert [list(p.get_field_queryset(None, field, request_of(coordinator))) for p in (page, inline)] == [
        [department],
        [department],
    ]


def test_a_model_without_a_page_offers_no_choice(coordinator):
    assert list(choices_for(admin.site, Permission, request_of(coordinator))) == []


def test_a_page_that_does_not_open_has_no_object(coordinator):
    page: Any = admin.site.get_model_admin(OutboxTask)
    task = OutboxTask.objects.create(kind="accounts.send_notices")
    with pytest.raises(Http404):
        page.object_or_404(request_of(coordinator), str(task.pk))


def test_a_filter_of_its_own_is_found_by_its_parameter(client):
    client.force_login(UserFactory.create(is_superuser=True))
    student = UserFactory.create(roles=[Role.STUDENT])
    page = client.get(address(User, "changelist"), {"role": Role.STUDENT.value})
    assert list(page.context["cl"].result_list) == [student]
    assert client.get(address(User, "changelist"), {"roles": "x"}).status_code == 400
