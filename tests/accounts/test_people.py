from typing import Any

import pytest
from allauth.account.models import EmailAddress

from apps.accounts.models import CohortGrant, CompanyGrant, CompanyMember, DepartmentGrant, User
from apps.accounts.services.people import (
    add_member,
    create_person,
    ensure_roles,
    ensure_supervisor,
    free_email,
    give_role,
    grant,
    keep_known_address,
    normal_name,
    withdraw_grant,
)
from apps.accounts.states import MemberKind, Role
from portal.kernel.access import SYSTEM, Scope, scope_of
from portal.kernel.errors import RuleViolation
from tests.factories.accounts import CohortFactory, CompanyFactory, DepartmentFactory, StudentFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_ensure_roles_can_run_again():
    ensure_roles()
    ensure_roles()


def test_create_person_gives_roles_and_no_usable_password():
    person = create_person(
        actor=SYSTEM, email=" Juma.Mushi@Host.example ", full_name="Juma A. Mushi", roles=[Role.INDUSTRIAL_SUPERVISOR]
    )
    assert (person.email, person.first_name, person.last_name) == ("juma.mushi@host.example", "Juma", "A. Mushi")
    assert person.has_usable_password() is False
    assert scope_of(person).roles == {Role.INDUSTRIAL_SUPERVISOR}


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"email": "ASHA@uni.example"}, "email_taken", "email"),
        ({"username": "asha"}, "username_taken", "username"),
    ],
)
def test_create_person_refuses_what_is_taken(given, code, field):
    UserFactory.create(username="asha", email="asha@uni.example")
    with pytest.raises(RuleViolation) as refused:
        create_person(actor=SYSTEM, full_name="Asha Moshi", **given)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("factory", "table", "field"),
    [
        (DepartmentFactory, DepartmentGrant, "departments"),
        (CohortFactory, CohortGrant, "cohorts"),
        (CompanyFactory, CompanyGrant, "coordinated_companies"),
    ],
)
def test_a_grant_counts_at_once_and_so_does_its_withdrawal(factory, table, field):
    person, anchor = UserFactory.create(), factory.create()
    factory.create()
    grant(person, anchor, actor=SYSTEM)
    held: dict[str, Any] = {field: frozenset({anchor.pk})}
    if field == "cohorts":
        held["cohort_departments"] = frozenset({anchor.department_id})
    assert scope_of(person) == Scope(roles=frozenset({Role.COORDINATOR}), **held)
    assert table.objects.count() == 1
    withdraw_grant(person, anchor, actor=SYSTEM)
    assert scope_of(person) == Scope(roles=frozenset({Role.COORDINATOR}))


def test_add_member_again_is_no_error_and_renews():
    company, person = CompanyFactory.create(), UserFactory.create()
    first = add_member(company, person, MemberKind.REPRESENTATIVE, actor=SYSTEM)
    CompanyMember.objects.update(is_active=False)
    again = add_member(company, person, MemberKind.REPRESENTATIVE, actor=SYSTEM, title="Head of workshop")
    assert (again.pk, again.is_active, again.title) == (first.pk, True, "Head of workshop")
    assert scope_of(person).companies == {company.pk}


def test_ensure_supervisor_creates_once_and_finds_again():
    company = CompanyFactory.create()
    first = ensure_supervisor(
        company, name="Juma Mushi", email="juma@host.example", actor=SYSTEM, phone="+255712000000"
    )
    again = ensure_supervisor(company, name="J. Mushi", email="JUMA@host.example", actor=SYSTEM)
    assert (again, again.get_full_name(), first.phone) == (first, "Juma Mushi", "+255712000000")
    assert scope_of(again).memberships == {company.pk}
    assert scope_of(again).companies == frozenset()


def test_ensure_supervisor_without_an_address_makes_a_new_person():
    company = CompanyFactory.create()
    first = ensure_supervisor(company, name="Juma Mushi", email="", actor=SYSTEM)
    assert ensure_supervisor(company, name="Juma Mushi", email="", actor=SYSTEM) != first


def test_a_students_own_address_cannot_be_the_supervisors():
    student = StudentFactory.create()
    with pytest.raises(RuleViolation) as refused:
        ensure_supervisor(CompanyFactory.create(), name="Me", email=student.email.upper(), actor=SYSTEM)
    assert refused.value.code == "supervisor_is_student"
    assert CompanyMember.objects.count() == 0


def test_roles_of_a_deactivated_person_give_nothing():
    person = UserFactory.create(is_active=False)
    give_role(person, Role.COORDINATOR, actor=SYSTEM)
    assert scope_of(person) == Scope()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kilimo Works Ltd.", "kilimo works"),
        ("KILIMO  works, LIMITED", "kilimo works"),
        ("The Kilimo-Works Co", "kilimo works"),
        ("شركة النور", "شركة النور"),
    ],
)
def test_normal_name_finds_look_alikes(name, expected):
    assert normal_name(name) == expected


def test_a_person_without_an_address_has_none_for_the_sign_in_either():
    person = UserFactory.create(email="")
    keep_known_address(person)
    assert not EmailAddress.objects.filter(user=person).exists()


def test_an_address_is_free_unless_somebody_else_has_it_or_one_that_looks_the_same():
    own = UserFactory.create(email="ali1@uni.example")
    assert [free_email(" "), free_email("Asha@uni.example"), free_email("alil@uni.example", of=own)] == [
        "",
        "asha@uni.example",
        "alil@uni.example",
    ]
    codes = []
    for email in ("ali1@uni.example", "alil@uni.example"):
        with pytest.raises(RuleViolation) as refused:
            free_email(email)
        codes.append((refused.value.code, refused.value.field))
    assert codes == [("email_taken", "email"), ("email_looks_like", "email")]
