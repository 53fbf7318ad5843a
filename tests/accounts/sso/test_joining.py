"""Who comes in, and as what: the decision, its carrying out, and the way in for staff."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError

from apps.accounts.models import HistoryEntry, IdentityProvider, StaffProfile, StudentProfile, User
from apps.accounts.permissions import coordinates_department
from apps.accounts.services import joining
from apps.accounts.services.joining import Facts, admit, bind_identity, must_use_provider, outlook
from apps.accounts.states import MatchField, Role, SignOnOutcome
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation
from tests.accounts.sso.test_oidc import imported_student
from tests.clients import signed_in
from tests.factories.accounts import (
    DepartmentFactory,
    IdentityProviderFactory,
    ProgrammeFactory,
    SignOnRuleFactory,
    StaffProfileFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

NUMBER = "2024-04-00001"


def provider_with(**values):
    return IdentityProviderFactory.create(slug="uni", **values)


def facts(subject="anna", *, email_verified=False, **claims):
    told = {name: value if isinstance(value, list) else [value] for name, value in claims.items()}
    return Facts(subject, told, email_verified=email_verified)


@pytest.mark.parametrize(
    ("values", "told", "code"),
    [
        ({}, facts(""), "subject_missing"),
        ({}, facts("x" * 192), "subject_long"),
        ({}, facts(), "claim_missing"),
        ({}, facts(reg_no=" "), "claim_missing"),
        ({}, facts(reg_no="nobody"), "unknown"),
        ({"match_claim": "", "match_field": ""}, facts(), "unknown"),
        ({"takes_new_people": True}, facts(), "no_rule"),
        ({"match_scope": "uni.example"}, facts(reg_no=NUMBER), "scope"),
        ({"match_scope": "uni.example"}, facts(reg_no=f"{NUMBER}@x.example"), "scope"),
    ],
)
def test_who_is_not_meant_is_refused_with_a_reason(values, told, code):
    found = outlook(provider_with(**values), told)
    assert (found.outcome, found.code, found.person) == (SignOnOutcome.REFUSED, code, None)
    assert str(found.reason)
    with pytest.raises(RuleViolation) as caught:
        admit(IdentityProvider.objects.get(), told, actor=SYSTEM)
    assert caught.value.code == code


@pytest.mark.parametrize("field", MatchField)
def test_each_number_of_ours_names_an_imported_person(field):
    student = imported_student("S1" if field == MatchField.REG_NO else "other")
    staff = UserFactory.create(username="S1" if field == MatchField.USERNAME else "somebody")
    StaffProfileFactory.create(user=staff, staff_no="S1" if field == MatchField.STAFF_NO else "other")
    staff.set_unusable_password()
    staff.save()
    found = admit(provider_with(match_field=field), facts(reg_no=" S1 "), actor=SYSTEM)
    assert found.person == (student if field == MatchField.REG_NO else staff)
    assert (found.outcome, found.code) == (SignOnOutcome.BOUND, "matched")
    assert HistoryEntry.objects.get(action="bind_identity").target_id == found.person.pk


def test_a_scope_is_checked_and_left_out_whatever_its_case():
    student = imported_student()
    found = outlook(provider_with(match_scope="uni.example"), facts(reg_no=f"{NUMBER}@Uni.Example"))
    assert (found.person, found.number) == (student, NUMBER)


def test_the_first_rule_that_fits_decides():
    provider = provider_with(takes_new_people=True)
    rules = [
        SignOnRuleFactory.create(provider=provider, position=3, attribute="unit", value="*"),
        SignOnRuleFactory.create(provider=provider, position=2, attribute="unit", value="mech"),
        SignOnRuleFactory.create(provider=provider, position=1, attribute="unit", value="civil"),
    ]
    assert outlook(provider, facts(unit=["x", " mech "])).rule == rules[1]
    assert outlook(provider, facts(unit=["anything"])).rule == rules[0]
    assert outlook(provider, facts(unit=["Civil"])).rule == rules[0]
    assert outlook(provider, facts(unit=[""])).code == "no_rule"
    assert not User.objects.exists()


def test_a_new_student_with_number_and_programme_gets_a_profile():
    provider = provider_with(takes_new_people=True)
    programme = ProgrammeFactory.create()
    SignOnRuleFactory.create(
        provider=provider, value="*", role=Role.STUDENT, department=programme.department, programme=programme
    )
    person = admit(provider, facts(affiliation="student", reg_no=NUMBER), actor=SYSTEM).person
    assert (person.student_profile.reg_no, person.student_profile.programme) == (NUMBER, programme)


@pytest.mark.parametrize("number", ["", NUMBER])
def test_a_new_student_without_a_programme_says_it_in_the_portal(number):
    provider = provider_with(takes_new_people=True)
    SignOnRuleFactory.create(provider=provider, value="*", role=Role.STUDENT)
    person = admit(provider, facts(affiliation="student", reg_no=number), actor=SYSTEM).person
    assert [group.name for group in person.groups.all()] == [Role.STUDENT]
    assert not StudentProfile.objects.exists()


@pytest.mark.parametrize(("number", "profiles"), [("", 0), ("S9", 1)])
def test_a_new_coordinator_coordinates_the_department_of_the_rule(number, profiles):
    provider = provider_with(takes_new_people=True, match_field=MatchField.STAFF_NO)
    rule = SignOnRuleFactory.create(provider=provider, value="*", role=Role.COORDINATOR)
    person = admit(provider, facts(affiliation="x", reg_no=number), actor=SYSTEM).person
    person = User.objects.get(pk=person.pk)
    assert coordinates_department(rule.department_id, person)
    assert not coordinates_department(DepartmentFactory.create().pk, person)
    assert StaffProfile.objects.count() == profiles


@pytest.mark.parametrize(
    ("trusts", "verified", "email", "kept"),
    [
        (False, True, "Anna@Uni.Example", "anna@uni.example"),
        (True, False, "anna@uni.example", "anna@uni.example"),
        (False, False, "anna@uni.example", ""),
        (True, True, "taken@uni.example", ""),
        (True, True, "x" * 250 + "@uni.example", ""),
        (True, True, "", ""),
    ],
)
def test_an_address_is_kept_if_it_is_verified_and_free(trusts, verified, email, kept):
    UserFactory.create(email="taken@uni.example")
    provider = provider_with(takes_new_people=True, match_claim="", match_field="", trusts_email=trusts)
    SignOnRuleFactory.create(provider=provider, value="*", role=Role.STUDENT)
    found = admit(provider, facts(affiliation="x", email=email, email_verified=verified), actor=SYSTEM)
    assert found.person.email == kept


def test_a_new_member_of_staff_cannot_take_a_number(monkeypatch):
    provider = provider_with(takes_new_people=True, match_field=MatchField.USERNAME)
    SignOnRuleFactory.create(provider=provider, value="*")
    StaffProfileFactory.create(staff_no="S1")
    assert outlook(provider, facts(affiliation="x", reg_no="S1")).code == "number_taken"
    rule = provider.rules.get()
    rule.role = Role.STUDENT
    rule.save()
    imported_student()
    assert outlook(provider, facts(affiliation="x", reg_no=NUMBER)).code == "number_taken"


def test_of_two_first_sign_ins_at_once_the_second_finds_the_account_of_the_first(monkeypatch):
    provider = provider_with()
    student = imported_student()
    real = joining.bind_identity

    def late(row, person, subject, *, actor):
        monkeypatch.setattr(joining, "bind_identity", real)
        SocialAccount.objects.create(provider=row.slug, uid=subject, user=person)
        raise IntegrityError

    def outside(*args, **kwargs):
        # The other browser's transaction is committed, ours is rolled back.
        try:
            late(*args, **kwargs)
        finally:
            monkeypatch.setattr(joining, "outlook", lambda *_a: known)

    known = joining.Outlook(SignOnOutcome.SIGNED_IN, "known", "", person=student)
    monkeypatch.setattr(joining, "bind_identity", outside)
    assert admit(provider, facts(reg_no=NUMBER), actor=SYSTEM) == known


def test_of_two_who_take_one_number_at_once_the_second_is_refused(monkeypatch):
    provider = provider_with()
    imported_student()

    def late(*_args, **_kwargs):
        raise IntegrityError

    monkeypatch.setattr(joining, "bind_identity", late)
    with pytest.raises(RuleViolation) as caught:
        admit(provider, facts(reg_no=NUMBER), actor=SYSTEM)
    assert caught.value.code == "number_taken"


def test_a_person_is_bound_to_one_subject_at_a_provider():
    provider = provider_with()
    person = UserFactory.create()
    bind_identity(provider, person, "one", actor=SYSTEM)
    with pytest.raises(RuleViolation) as caught:
        bind_identity(provider, person, "two", actor=SYSTEM)
    assert caught.value.code == "bound"


# -- staff ----------------------------------------------------------------------------------------------------------


def staff(*roles, **values):
    return UserFactory.create(roles=list(roles), **values)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("superuser", [False, True])
def test_staff_must_use_the_provider_and_nobody_else(role, superuser):
    provider = provider_with(required_for_staff=True)
    wanted = role in {Role.COORDINATOR, Role.UNIVERSITY_SUPERVISOR, Role.DEAN} and not superuser
    assert must_use_provider(staff(role, is_superuser=superuser)) == (provider if wanted else None)


@pytest.mark.parametrize("values", [{"required_for_staff": False}, {"is_active": False}])
def test_a_provider_that_is_off_or_optional_is_no_must(values):
    provider_with(**{"required_for_staff": True, **values})
    assert must_use_provider(staff(Role.COORDINATOR)) is None


def test_a_right_password_leads_staff_to_the_provider_and_a_superuser_in(client):
    provider = provider_with(required_for_staff=True)
    person = staff(Role.COORDINATOR)
    response = client.post("/accounts/login/", {"login": person.username, "password": "pw"})
    assert response.status_code == 403
    assert f'action="/accounts/oidc/{provider.slug}/login/?process=login"' in response.content.decode()
    assert "_auth_user_id" not in client.session
    wrong = client.post("/accounts/login/", {"login": person.username, "password": "wrong"})
    assert wrong.status_code == 200
    root = staff(Role.COORDINATOR, is_superuser=True)
    assert client.post("/accounts/login/", {"login": root.username, "password": "pw"}).status_code == 302
    assert client.session["_auth_user_id"] == str(root.pk)


def test_a_password_opens_the_api_for_staff_neither(client):
    provider_with(required_for_staff=True)
    person = staff(Role.UNIVERSITY_SUPERVISOR)
    data = {"username": person.username, "password": "pw"}
    answers = [client.post("/api/v1/auth/login/", data, content_type="application/json").status_code]
    IdentityProvider.objects.update(required_for_staff=False)
    answers.append(client.post("/api/v1/auth/login/", data, content_type="application/json").status_code)
    assert answers == [401, 200]


def test_the_sign_in_page_offers_the_providers_that_are_in_use(client):
    provider_with(name="Ardhi University")
    IdentityProviderFactory.create(name="Switched Off", is_active=False)
    page = client.get("/accounts/login/").content.decode()
    assert "Sign in with Ardhi University" in page
    assert "Switched Off" not in page


def test_a_provider_that_is_off_answers_nowhere(client):
    IdentityProviderFactory.create(slug="off", is_active=False)
    IdentityProviderFactory.create(slug="gone", kind="saml", is_active=False)
    answers = [
        client.post("/accounts/oidc/off/login/"),
        client.get("/accounts/oidc/off/login/callback/"),
        client.post("/accounts/oidc/off/backchannel-logout/"),
        client.post("/accounts/saml/gone/login/"),
        client.post("/accounts/saml/gone/acs/"),
        client.get("/accounts/saml/gone/acs/finish/"),
        client.get("/accounts/saml/gone/metadata/"),
        client.post("/accounts/saml/off/login/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 8


def test_an_identity_of_a_provider_that_is_off_can_be_taken_away(client):
    person = UserFactory.create()
    provider = provider_with(is_active=False)
    SocialAccount.objects.create(user=person, provider=provider.slug, uid="anna")
    client.post("/accounts/login/", {"login": person.username, "password": "pw"})
    account = SocialAccount.objects.get()
    assert provider.name in client.get("/accounts/3rdparty/").content.decode()
    asked = client.post("/accounts/3rdparty/", {"account": account.pk})
    assert asked.headers["Location"].startswith("/accounts/reauthenticate/")
    client.post(asked.headers["Location"], {"password": "pw"})
    assert not SocialAccount.objects.exists()


def test_an_address_alone_signs_nobody_in():
    provider_with()
    page = signed_in(UserFactory.create()).get("/accounts/oidc/uni/login/?process=connect")
    assert page.status_code == 200
    assert "form-action 'self' https:" in page.headers["Content-Security-Policy"]
