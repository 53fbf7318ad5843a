"""Tables of every kind: who uploads and sees them, and what is remembered of their columns."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts import permissions, selectors
from apps.accounts.models import (
    ImportBatch,
    ImportMapping,
    User,
)
from apps.accounts.services import imports
from apps.accounts.services.import_kinds import import_kind, import_kinds
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import ImportState, RowStatus
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.accounts.tables import COMPANIES, ENROLMENTS, STAFF, STAFF_HEAD, SUPERVISORS, file_of, staged
from tests.clients import signed_in
from tests.factories.accounts import (
    CohortFactory,
    CompanyMemberFactory,
    DepartmentFactory,
    StaffProfileFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def department():
    return DepartmentFactory.create(code="mech", name="Mechanical Engineering")


@pytest.fixture
def coordinator(department) -> User:
    person = UserFactory.create()
    grant(person, department, actor=SYSTEM)
    return person


# -- any kind -----------------------------------------------------------------------------------------------------


def test_a_kind_of_a_cohort_needs_one(coordinator):
    with pytest.raises(RuleViolation) as refusal:
        imports.upload_table(ENROLMENTS, None, file_of("reg_no"), actor=coordinator)
    assert refusal.value.code == "cohort_missing"


@pytest.mark.parametrize("kind", [STAFF, COMPANIES, SUPERVISORS])
def test_who_coordinates_nothing_uploads_nothing(kind):
    with pytest.raises(NotAllowed):
        imports.upload_table(kind, None, file_of("x"), actor=CompanyMemberFactory.create().user)
    assert ImportBatch.objects.count() == 0


def test_a_table_of_no_cohort_is_its_owners_while_he_coordinates(coordinator, department):
    batch = staged(STAFF, coordinator, STAFF_HEAD, "1,A,B,,mech,")
    other, root = UserFactory.create(), UserFactory.create(is_superuser=True)
    grant(other, department, actor=SYSTEM)

    def seen(person: User) -> list[bool]:
        person = User.objects.get(pk=person.pk)
        return [
            permissions.can_view_import(batch, person),
            selectors.imports_visible_to(person).filter(pk=batch.pk).exists(),
            permissions.can_confirm_import(batch, person),
        ]

    assert [seen(person) for person in (coordinator, other, root)] == [[True] * 3, [False] * 3, [True, True, False]]
    department.grants.filter(user=coordinator).delete()
    assert seen(coordinator) == [False] * 3


def test_staff_are_their_departments(coordinator, department):
    own, foreign = StaffProfileFactory.create(department=department), StaffProfileFactory.create()
    for person, expected in ((coordinator, [own]), (UserFactory.create(is_superuser=True), [own, foreign])):
        assert list(selectors.staff_managed_by(person).order_by("pk")) == expected
        assert [p for p in (own, foreign) if permissions.can_view_staff(p, person)] == expected
    assert list(selectors.staff_managed_by(own.user)) == []


# -- pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind.kind for kind in import_kinds()])
def test_every_kind_is_uploaded_on_a_page_of_its_own(coordinator, department, kind):
    browser = signed_in(coordinator)
    address = reverse("admin:accounts_importbatch_upload", args=[kind])
    assert (
        browser.get(address).status_code,
        browser.get(reverse("admin:accounts_importbatch_changelist")).status_code,
    ) == (200, 200)
    form: dict[str, Any] = {"file": file_of("Nothing,known", "1,2")}
    if import_kind(kind).into_cohort:
        form["cohort"] = CohortFactory.create(department=department).pk
    assert browser.post(address, form).status_code == 302
    run_due_tasks()
    batch = ImportBatch.objects.get()
    page = browser.get(reverse("admin:accounts_importbatch_change", args=[batch.pk]))
    assert (batch.kind, batch.refusal_code, "header-1" in page.text) == (kind, "columns_missing", True)
    answer = browser.post(reverse("admin:accounts_importbatch_export", args=[kind]) + "?format=csv")
    assert answer.status_code == 302


def test_pages_of_no_kind_and_of_nobody_are_not_there(coordinator):
    for name in ("upload", "export"):
        address = reverse(f"admin:accounts_importbatch_{name}", args=["accounts.nothing"])
        assert signed_in(coordinator).post(address).status_code == 404
    representative = signed_in(CompanyMemberFactory.create().user)
    assert representative.get(reverse("admin:accounts_importbatch_upload", args=[STAFF])).status_code == 404
    format_unknown = reverse("admin:accounts_importbatch_export", args=[STAFF]) + "?format=pdf"
    assert signed_in(coordinator).post(format_unknown).status_code == 404


def test_what_a_person_says_of_the_columns_is_remembered_for_the_next_table(coordinator):
    browser = signed_in(coordinator)
    lines = ("Kennzahl,Vorname,Surname,Department,Email", "7,Neema,Mushi,mech,secret")
    batch = staged(STAFF, coordinator, *lines)
    assert (batch.state, batch.refusal_code) == (ImportState.REFUSED, "columns_missing")
    said = {"header-0": "staff_no", "header-1": "first_name", "header-2": "last_name", "header-3": "department"}
    browser.post(
        reverse("admin:accounts_importbatch_columns", args=[batch.pk]), said | {"header-4": "", "header-9": "x"}
    )
    run_due_tasks()
    batch.refresh_from_db()
    assert (batch.state, batch.rows.get().values) == (
        ImportState.STAGED,
        {"staff_no": "7", "first_name": "Neema", "last_name": "Mushi", "department": "mech"},
    )
    page = browser.get(reverse("admin:accounts_importbatch_change", args=[batch.pk]))
    assert [[name for name, _label, chosen in h["choices"] if chosen] for h in page.context["headers"]] == [
        ["staff_no"],
        ["first_name"],
        ["last_name"],
        ["department"],
        [],
    ]
    assert staged(STAFF, coordinator, *lines).counts["new"] == 1
    other = UserFactory.create()
    grant(other, coordinator.departmentgrant_set.get().content_object, actor=SYSTEM)
    assert staged(STAFF, other, *lines).state == ImportState.REFUSED
    assert ImportMapping.objects.get().owner == coordinator


def test_columns_that_are_none_of_ours_are_passed_over(coordinator):
    batch = staged(STAFF, coordinator, "staff_no,Hobby", "7,chess")
    imports.choose_columns(batch, {"Hobby": "password", "staff_no": "staff_no", "No such": "email"}, actor=coordinator)
    assert ImportMapping.objects.get().columns == {"staffno": "staff_no"}


def test_columns_of_a_file_that_is_gone_cannot_be_said(coordinator):
    batch = staged(STAFF, coordinator, "staff_no")
    answer = signed_in(coordinator).post(
        reverse("admin:accounts_importbatch_columns", args=[batch.pk]), {"header-0": "staff_no"}, follow=True
    )
    assert "The file is not kept any more." in answer.text
    assert ImportMapping.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_staff_costs_the_same_queries(coordinator, department, django_assert_num_queries, count):
    StaffProfileFactory.create_batch(count, department=department)
    browser = signed_in(coordinator)
    address = reverse("admin:accounts_staffprofile_changelist")
    browser.get(address)
    with django_assert_num_queries(8):
        assert browser.get(address).context["cl"].result_count == count


def test_staff_are_invited_from_their_list(coordinator, department):
    profile = StaffProfileFactory.create(department=department)
    profile.user.set_unusable_password()
    profile.user.save()
    browser = signed_in(coordinator)
    address = reverse("admin:accounts_staffprofile_changelist")
    answer = browser.post(address, {"action": "invite", "_selected_action": [profile.pk]}, follow=True)
    assert "1 person is invited." in answer.text
    assert profile.user.email in browser.get(reverse("admin:accounts_staffprofile_change", args=[profile.pk])).text
    assert RowStatus.NEW in staged(STAFF, coordinator, STAFF_HEAD, "1,A,B,,mech,").counts
