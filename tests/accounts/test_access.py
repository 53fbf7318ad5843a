"""Who may see a department, a cohort or a company, on one page."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import CohortGrant, DepartmentGrant, HistoryEntry, User
from apps.accounts.services.people import grant, withdraw_grant, withdraw_role
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM, scope_of
from portal.kernel.errors import NotAllowed
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, CompanyFactory, DepartmentFactory, EnrolmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return CohortFactory.create(department=DepartmentFactory.create(name="Mechanical"), name="PT2")


@pytest.fixture
def root() -> Client:
    return signed_in(UserFactory.create(is_superuser=True))


def page_of(anchor, name: str = "access") -> str:
    return reverse(f"admin:accounts_{anchor._meta.model_name}_{name}", args=[anchor.pk])


def coordinator_of(anchor, **values) -> User:
    person = UserFactory.create(**values)
    grant(person, anchor, actor=SYSTEM)
    return person


def shown(page) -> list[tuple[str, str, bool, bool]]:
    return [(str(g["person"]), str(g["anchor"]), g["is_whole"], g["counts"]) for g in page.context["grants"]]


def test_the_page_names_everybody_who_sees_a_department_or_a_part_of_it(root, cohort):
    names = [("Asha", "A"), ("Juma", "B"), ("Said", "C"), ("Neema", "D")]
    company = CompanyFactory.create(name="Kilimo", proposed_for=cohort.department)
    anchors = [cohort.department, cohort, company, cohort.department]
    people = [
        coordinator_of(anchor, first_name=first, last_name=last)
        for anchor, (first, last) in zip(anchors, names, strict=True)
    ]
    coordinator_of(CohortFactory.create())
    withdraw_role(people[3], Role.COORDINATOR, actor=SYSTEM)
    assert shown(root.get(page_of(cohort.department))) == [
        ("Asha A", "Mechanical", True, True),
        ("Neema D", "Mechanical", True, False),
        ("Juma B", "PT2", False, True),
        ("Said C", "Kilimo", False, True),
    ]
    assert [row[0] for row in shown(root.get(page_of(cohort)))] == ["Asha A", "Neema D", "Juma B"]
    assert [row[0] for row in shown(root.get(page_of(company)))] == ["Asha A", "Neema D", "Said C"]
    assert root.get(reverse("admin:accounts_department_change", args=[cohort.department.pk])).context["object_links"][
        -1
    ].url == page_of(cohort.department)


def test_rights_are_given_and_withdrawn_on_the_page_and_count_on_the_next_request(root, cohort):
    person, department = UserFactory.create(username="asha"), cohort.department
    student = EnrolmentFactory.create(cohort=cohort)
    workspace = signed_in(person)
    detail = reverse("admin:accounts_enrolment_change", args=[student.pk])
    assert workspace.get(detail).status_code == 404
    answer = root.post(page_of(department), {"person": " ASHA "}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == [f"{person} coordinates Mechanical."]
    assert workspace.get(detail).status_code == 200
    given = f"departmentgrant:{DepartmentGrant.objects.get().pk}"
    root.post(page_of(department, "access-withdraw"), {"grant": given})
    assert workspace.get(detail).status_code == 404
    actions = HistoryEntry.objects.filter(target_label="accounts.Department").values_list("action", "reason")
    assert sorted(actions) == [("grant", str(person)), ("withdraw_grant", str(person))]


def test_a_part_of_a_department_is_given_on_its_page(root, cohort):
    person = UserFactory.create(email="asha@uni.example")
    root.post(page_of(cohort.department), {"person": "asha@uni.example", "part": cohort.pk})
    assert (DepartmentGrant.objects.count(), CohortGrant.objects.get().user) == (0, person)
    assert scope_of(User.objects.get(pk=person.pk)).cohorts == {cohort.pk}


@pytest.mark.parametrize(
    ("form", "field"),
    [({"person": ""}, "person"), ({"person": "nobody"}, "person"), ({"person": "asha", "part": 10**9}, "part")],
)
def test_what_is_wrong_is_said_at_its_field(root, cohort, form, field):
    UserFactory.create(username="asha")
    CohortFactory.create()
    page = root.post(page_of(cohort.department), form)
    assert list(page.context["form"].errors) == [field]
    assert DepartmentGrant.objects.count() == 0


def test_a_grant_of_another_page_is_not_withdrawn_here(root, cohort):
    coordinator_of(other := DepartmentFactory.create())
    given = f"departmentgrant:{DepartmentGrant.objects.get().pk}"
    assert root.post(page_of(cohort.department, "access-withdraw"), {"grant": given}).status_code == 404
    assert DepartmentGrant.objects.get().content_object == other


def test_its_coordinators_look_and_change_nothing(cohort):
    workspace = signed_in(coordinator_of(cohort.department))
    page = workspace.get(page_of(cohort.department))
    assert (page.status_code, page.context["form"]) == (200, None)
    given = f"departmentgrant:{DepartmentGrant.objects.get().pk}"
    UserFactory.create(username="asha")
    assert workspace.post(page_of(cohort.department), {"person": "asha"}).status_code == 403
    assert workspace.post(page_of(cohort.department, "access-withdraw"), {"grant": given}).status_code == 403
    assert DepartmentGrant.objects.count() == 1


def test_who_coordinates_a_part_does_not_see_the_whole_list(cohort):
    workspace = signed_in(coordinator_of(cohort))
    assert [workspace.get(page_of(anchor)).status_code for anchor in (cohort, cohort.department)] == [200, 403]
    company = CompanyFactory.create()
    assert workspace.get(page_of(company)).status_code == 403
    assert signed_in(coordinator_of(company)).get(page_of(company)).status_code == 200


def test_only_the_superuser_gives_and_withdraws_scopes(cohort):
    coordinator = coordinator_of(cohort.department)
    for service in (grant, withdraw_grant):
        with pytest.raises(NotAllowed):
            service(coordinator, CohortFactory.create(), actor=coordinator)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_for_one_and_for_three(root, cohort, rows, django_assert_num_queries):
    for _ in range(rows):
        coordinator_of(cohort.department)
        coordinator_of(cohort)
    with django_assert_num_queries(11):
        page = root.get(page_of(cohort.department))
    assert len(page.context["grants"]) == rows * 2
