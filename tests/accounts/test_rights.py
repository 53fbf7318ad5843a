"""People, their roles and their grants: the superuser's pages and the services behind them."""

import pytest
from django.urls import reverse

from apps.accounts.models import CohortGrant, CompanyGrant, DepartmentGrant, User
from apps.accounts.services.people import (
    canonical_phone,
    change_details,
    give_role,
    grant,
    keep_language,
    set_active,
    withdraw_role,
)
from apps.accounts.states import NoticeFrequency, Role
from portal.kernel.access import SYSTEM, scope_of
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import CohortFactory, CompanyFactory, DepartmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def superuser():
    return UserFactory.create(is_superuser=True)


@pytest.fixture
def root(client, superuser):
    client.force_login(superuser)
    return client


@pytest.fixture
def person():
    return UserFactory.create(first_name="Asha", last_name="Moshi", email="asha@uni.example")


def page_of(what: str, person: User) -> str:
    return reverse(f"admin:accounts_user_{what}", args=[person.pk])


# -- services -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "country", "phone"),
    [
        ("", "", ""),
        ("  ", "TZ", ""),
        ("+255 712 345 678", "", "+255712345678"),
        ("0712-345-678", "TZ", "+255712345678"),
        ("+966 50 123 4567", "TZ", "+966501234567"),
    ],
)
def test_a_telephone_number_has_one_form(text, country, phone):
    assert canonical_phone(text, country=country) == phone


@pytest.mark.parametrize(("text", "country"), [("0712345678", ""), ("12", "TZ"), ("call me", "TZ"), ("+1", "")])
def test_what_is_no_telephone_number_is_refused(text, country):
    with pytest.raises(RuleViolation) as caught:
        canonical_phone(text, country=country)
    assert (caught.value.code, caught.value.field) == ("phone_unreadable", "phone")


def test_a_role_is_given_and_taken_away(person):
    give_role(person, Role.UNIVERSITY_SUPERVISOR, actor=SYSTEM)
    assert scope_of(person).roles == {Role.UNIVERSITY_SUPERVISOR}
    withdraw_role(person, Role.UNIVERSITY_SUPERVISOR, actor=SYSTEM)
    assert scope_of(person).roles == frozenset()


def test_people_are_kept_out_and_let_in_and_lose_their_sessions(person, superuser):
    set_active(person, active=False, actor=superuser)
    assert (person.is_active, person.session_version) == (False, 1)
    set_active(person, active=True, actor=superuser)
    assert (person.is_active, person.session_version) == (True, 2)


def test_nobody_shuts_oneself_out(superuser):
    with pytest.raises(RuleViolation) as caught:
        set_active(superuser, active=False, actor=superuser)
    assert caught.value.code == "yourself"
    assert set_active(superuser, active=True, actor=superuser).is_active is True


def test_details_are_changed_in_their_stored_form(person):
    change_details(
        person,
        {"email": " ASHA@New.example ", "phone": "+255 712 345 678", "notice_frequency": NoticeFrequency.WEEKLY},
        actor=person,
    )
    person.refresh_from_db()
    assert (person.email, person.phone, person.notice_frequency) == ("asha@new.example", "+255712345678", "weekly")


def test_an_address_is_emptied_but_never_shared(person):
    UserFactory.create(email="juma@uni.example")
    with pytest.raises(RuleViolation) as caught:
        change_details(person, {"email": "Juma@Uni.example"}, actor=person)
    assert (caught.value.code, caught.value.field) == ("email_taken", "email")
    assert change_details(person, {"email": ""}, actor=person).email == ""


def test_only_named_details_are_changed(person, superuser):
    change_details(person, {"is_superuser": True, "first_name": "Aisha"}, actor=superuser)
    person.refresh_from_db()
    assert (person.is_superuser, person.first_name) == (False, "Aisha")


def test_nobody_changes_the_details_of_somebody_else(person):
    with pytest.raises(NotAllowed):
        change_details(person, {"first_name": "X"}, actor=UserFactory.create())


def test_the_chosen_language_is_kept(person):
    keep_language(person, "sw")
    assert User.objects.get(pk=person.pk).language == "sw"


# -- pages --------------------------------------------------------------------------------------------------------


def test_a_person_is_entered_without_a_password(root):
    form = {"first_name": "Said", "last_name": "Ali", "email": "Said@uni.example", "phone": ""}
    assert root.post(reverse("admin:accounts_user_add"), form).status_code == 302
    person = User.objects.get(email="said@uni.example")
    assert (person.get_full_name(), person.has_usable_password()) == ("Said Ali", False)


def test_there_is_no_field_and_no_page_for_the_password_of_somebody_else(root, person):
    page = root.get(page_of("change", person))
    assert ("password" in page.context["adminform"].form.fields, person.password in page.text) == (False, False)
    assert root.get(f"/admin/accounts/user/{person.pk}/password/", follow=True).status_code == 404


def details(person: User, **changes: str) -> dict[str, str]:
    values = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "phone": person.phone,
        "language": "",
        "notice_frequency": "daily",
        "is_active": "on",
    }
    return values | changes


def test_details_are_changed_and_a_person_is_kept_out(root, person):
    form = details(person, first_name="Aisha")
    del form["is_active"]
    root.post(page_of("change", person), form)
    person.refresh_from_db()
    assert (person.first_name, person.is_active) == ("Aisha", False)


def test_shutting_oneself_out_is_refused_at_the_field(root, superuser):
    form = details(superuser)
    del form["is_active"]
    page = root.post(page_of("change", superuser), form)
    assert page.context["adminform"].form.errors["is_active"] == ["You cannot shut yourself out."]


def test_the_list_names_the_roles(root, person):
    grant(person, DepartmentFactory.create(), actor=SYSTEM)
    assert "Coordinator" in root.get(reverse("admin:accounts_user_changelist")).text


def test_roles_are_given_and_taken_away_on_the_page(root, person):
    assert root.get(page_of("change", person)).context["object_links"][0].url == page_of("rights", person)
    answer = root.post(page_of("role", person), {"role": Role.COORDINATOR.value})
    assert answer.url == page_of("rights", person)
    held = {role.value: has for role, has in root.get(answer.url).context["roles"]}
    assert held[Role.COORDINATOR] is True
    root.post(page_of("role", person), {"role": Role.COORDINATOR.value, "withdraw": "1"})
    root.post(page_of("role", person), {"role": "emperor"})
    assert list(person.groups.all()) == []


@pytest.mark.parametrize(
    ("kind", "make", "model"),
    [
        ("department", DepartmentFactory, DepartmentGrant),
        ("cohort", CohortFactory, CohortGrant),
        ("company", CompanyFactory, CompanyGrant),
    ],
)
def test_grants_are_given_and_withdrawn_on_the_page(root, person, kind, make, model):
    anchor = make.create()
    page = root.post(page_of("grant", person), {kind: anchor.pk}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [f"Asha Moshi coordinates {anchor}."]
    assert [(found["kind"], found["anchor"]) for found in page.context["grants"]] == [(kind, anchor)]
    assert Role.COORDINATOR in scope_of(User.objects.get(pk=person.pk)).roles
    given = model.objects.get()
    root.post(page_of("withdraw", person), {"kind": kind, "grant": given.pk})
    assert model.objects.count() == 0


@pytest.mark.parametrize("chosen", [(), ("department", "cohort")])
def test_a_grant_names_exactly_one_thing(root, person, chosen):
    made = {"department": DepartmentFactory.create().pk, "cohort": CohortFactory.create().pk}
    page = root.post(page_of("grant", person), {kind: made[kind] for kind in chosen})
    assert page.context["form"].non_field_errors() == ["Choose one department, one cohort or one company."]
    assert (DepartmentGrant.objects.count(), CohortGrant.objects.count()) == (0, 0)


def test_a_grant_of_somebody_else_is_not_there(root, person):
    grant(UserFactory.create(), DepartmentFactory.create(), actor=SYSTEM)
    form = {"kind": "nonsense", "grant": DepartmentGrant.objects.get().pk}
    assert root.post(page_of("withdraw", person), form).status_code == 404
    assert DepartmentGrant.objects.count() == 1


@pytest.mark.parametrize("what", ["rights", "role", "grant", "withdraw", "change"])
def test_coordinators_reach_none_of_it(client, person, what):
    coordinator = UserFactory.create()
    grant(coordinator, DepartmentFactory.create(), actor=SYSTEM)
    client.force_login(coordinator)
    answer = client.get(page_of(what, person)) if what in {"rights", "change"} else client.post(page_of(what, person))
    assert answer.status_code == 404


@pytest.mark.parametrize("what", ["role", "grant", "withdraw"])
def test_rights_are_not_changed_by_get(root, person, what):
    assert root.get(page_of(what, person)).status_code == 405
