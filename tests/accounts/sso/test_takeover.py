"""Twelve and more ways by which somebody could become somebody else through a provider; none works."""

import time

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group

from apps.accounts.models import SignOnEvent, User
from apps.accounts.states import MatchField, Role
from tests.accounts.sso.oidc_peer import begin, claims_for, come_back, signed
from tests.accounts.sso.test_oidc import imported_student, signs_in, who
from tests.factories.accounts import (
    SignOnRuleFactory,
    StaffProfileFactory,
    StudentProfileFactory,
    UserFactory,
)

NUMBER = "2024-04-00001"


def last_code():
    return SignOnEvent.objects.latest("id").code


def opened(provider, **values):
    """Let the provider bring new people as students."""
    provider.takes_new_people = True
    for name, value in values.items():
        setattr(provider, name, value)
    provider.save()
    SignOnRuleFactory.create(provider=provider, attribute="sub", value="*", role=Role.STUDENT)


def test_the_address_of_somebody_makes_nobody_that_person(client, peer, provider):
    victim = UserFactory.create(email="anna@uni.example")
    opened(provider, match_claim="", match_field="")
    signs_in(client, peer, email="anna@uni.example", email_verified=True)
    assert who(client) not in (None, victim)
    assert (who(client).email, SocialAccount.objects.filter(user=victim).count()) == ("", 0)


@pytest.mark.parametrize("verified", [False, "true", None, 1])
def test_an_address_that_is_not_verified_is_not_kept(client, peer, provider, verified):
    opened(provider, match_claim="", match_field="")
    signs_in(client, peer, email="anna@uni.example", email_verified=verified)
    assert who(client).email == ""


def test_the_same_address_at_a_second_provider_is_another_person(client, peer, provider):
    opened(provider, match_claim="", match_field="")
    signs_in(client, peer, email="anna@uni.example", email_verified=True)
    first = who(client)
    client.logout()
    SocialAccount.objects.update(provider="elsewhere")
    signs_in(client, peer, email="anna@uni.example", email_verified=True)
    assert who(client) not in (None, first)


def test_a_changed_subject_with_the_same_number_is_refused(client, peer, provider):
    student = imported_student()
    signs_in(client, peer, reg_no=NUMBER)
    client.logout()
    User.objects.filter(pk=student.pk).update(last_login=None)
    peer.userinfo = {"sub": "eve"}
    signs_in(client, peer, sub="eve", reg_no=NUMBER)
    assert (who(client), last_code()) == (None, "bound")


def test_who_registered_first_with_the_number_is_not_bound(client, peer, provider):
    """Pre-hijack: an account with a password waits for the one whose number it bears."""
    StudentProfileFactory.create(user=UserFactory.create(password="theirs"), reg_no=NUMBER)
    signs_in(client, peer, reg_no=NUMBER)
    assert (who(client), last_code()) == (None, "used")


def test_who_has_signed_in_by_another_way_is_not_bound(client, peer, provider):
    student = imported_student()
    client.force_login(student)
    client.logout()
    signs_in(client, peer, reg_no=NUMBER)
    assert (who(client), last_code()) == (None, "used")


def test_a_second_provider_cannot_claim_a_number_that_is_bound_at_the_first(client, peer, provider):
    student = imported_student()
    SocialAccount.objects.create(user=student, provider="first", uid="anna")
    User.objects.filter(pk=student.pk).update(last_login="2026-01-01T00:00:00Z")
    signs_in(client, peer, reg_no=NUMBER)
    assert (who(client), last_code()) == (None, "used")


@pytest.mark.parametrize("number", ["2024-04-0000l", "２０２４-04-00001", "2024-04-00001\u200b", "2024–04–00001"])
def test_a_number_that_only_looks_the_same_is_another(client, peer, provider, number):
    imported_student()
    signs_in(client, peer, reg_no=number)
    assert (who(client), last_code()) == (None, "unknown")


@pytest.mark.parametrize("value", ["2024-04-00001", "2024-04-00001@evil.example", "2024-04-00001@uni.example.evil"])
def test_a_number_of_another_organisation_is_refused(client, peer, provider, value):
    provider.match_scope = "uni.example"
    provider.save()
    imported_student()
    signs_in(client, peer, reg_no=value)
    assert (who(client), last_code()) == (None, "scope")


def test_no_provider_brings_a_superuser(client, peer, provider):
    provider.match_field = MatchField.USERNAME
    provider.save()
    root = UserFactory.create(username="root", is_superuser=True)
    root.set_unusable_password()
    root.save()
    signs_in(client, peer, reg_no="root")
    assert (who(client), last_code()) == (None, "superuser")
    SocialAccount.objects.create(user=root, provider="uni", uid="anna")
    signs_in(client, peer)
    assert (who(client), last_code()) == (None, "superuser")


def test_a_closed_account_stays_closed(client, peer, provider):
    student = imported_student()
    User.objects.filter(pk=student.pk).update(is_active=False)
    signs_in(client, peer, reg_no=NUMBER)
    assert (who(client), last_code()) == (None, "closed")
    SocialAccount.objects.create(user=student, provider="uni", uid="anna")
    signs_in(client, peer)
    assert (who(client), last_code()) == (None, "closed")


def test_a_new_person_cannot_take_a_number_that_is_given(client, peer, provider):
    provider.match_field, provider.match_claim = MatchField.USERNAME, "employee"
    opened(provider)
    StaffProfileFactory.create(staff_no="S1")
    rule = provider.rules.get()
    rule.role = Role.UNIVERSITY_SUPERVISOR
    rule.save()
    signs_in(client, peer, employee="S1")
    assert (who(client), last_code()) == (None, "number_taken")


def test_no_attribute_makes_anybody_a_superuser_or_staff_of_the_admin(client, peer, provider):
    opened(provider, match_claim="", match_field="")
    signs_in(client, peer, is_superuser=True, is_staff="true", groups=["admin", Role.COORDINATOR])
    person = who(client)
    assert (person.is_superuser, person.is_staff) == (False, False)
    assert list(person.groups.all()) == [Group.objects.get(name=Role.STUDENT)]


# -- connecting an identity to an account --------------------------------------------------------------------------------


def connects(client, peer, **claims):
    sent = begin(client, "uni", process="connect")
    peer.id_token = signed(claims_for(peer, sent, **claims))
    return come_back(client, "uni", sent)


def with_fresh_password(client, person, *, at=0.0, method="password"):
    """Sign in as after a password that was entered ``at`` seconds from now."""
    client.post("/accounts/login/", {"login": person.username, "password": "pw"})
    session = client.session
    assert [one["method"] for one in session["account_authentication_methods"]] == ["password"]
    session["account_authentication_methods"] = [{"method": method, "at": time.time() + at}]
    session.save()


def test_whoever_entered_the_password_just_now_connects_an_identity(client, peer, provider):
    person = UserFactory.create()
    with_fresh_password(client, person)
    response = connects(client, peer)
    assert response.url == "/accounts/3rdparty/"
    assert SocialAccount.objects.get().user == person
    page = client.get(response.url).content.decode()
    assert provider.name in page
    assert connects(client, peer).url == "/accounts/3rdparty/"
    assert SocialAccount.objects.count() == 1


@pytest.mark.parametrize(("at", "method"), [(-301, "password"), (0, "socialaccount"), (0, "mfa")])
def test_without_a_fresh_local_sign_in_nothing_is_connected(client, peer, provider, at, method):
    with_fresh_password(client, UserFactory.create(), at=at, method=method)
    response = connects(client, peer)
    assert response.url == "/accounts/reauthenticate/?next=/accounts/3rdparty/"
    assert not SocialAccount.objects.exists()


def test_an_identity_that_belongs_to_somebody_is_not_connected(client, peer, provider):
    owner = UserFactory.create()
    SocialAccount.objects.create(user=owner, provider="uni", uid="anna")
    with_fresh_password(client, UserFactory.create())
    assert connects(client, peer).status_code == 403
    assert (SocialAccount.objects.get().user, last_code()) == (owner, "elsewhere")


def test_a_person_has_one_identity_at_a_provider(client, peer, provider):
    person = UserFactory.create()
    SocialAccount.objects.create(user=person, provider="uni", uid="other")
    with_fresh_password(client, person)
    assert connects(client, peer).status_code == 403
    assert (SocialAccount.objects.count(), last_code()) == (1, "bound")


def test_a_superuser_connects_nothing(client, peer, provider):
    with_fresh_password(client, UserFactory.create(is_superuser=True))
    assert connects(client, peer).status_code == 403
    assert (SocialAccount.objects.count(), last_code()) == (0, "superuser")


def test_who_signed_out_meanwhile_connects_nothing(client, peer, provider):
    with_fresh_password(client, UserFactory.create())
    sent = begin(client, "uni", process="connect")
    session = client.session
    for name in ("_auth_user_id", "_auth_user_backend", "_auth_user_hash"):
        del session[name]
    session.save()
    peer.id_token = signed(claims_for(peer, sent))
    assert come_back(client, "uni", sent).url == "/accounts/login/"
    assert not SocialAccount.objects.exists()


def test_the_anonymous_cannot_ask_to_connect_or_to_be_redirected(client, peer, provider):
    imported_student()
    for process in ("connect", "redirect"):
        sent = begin(client, "uni", process=process, next="/profile/")
        peer.id_token = signed(claims_for(peer, sent, reg_no=NUMBER))
        come_back(client, "uni", sent)
        assert who(client) is not None
        client.logout()


def test_signing_in_as_another_ends_the_session_that_was(client, peer, provider):
    student = imported_student()
    client.force_login(UserFactory.create())
    before = client.session.session_key
    signs_in(client, peer, reg_no=NUMBER)
    assert who(client) == student
    assert client.session.session_key != before
