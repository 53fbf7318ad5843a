"""Signing in through an OpenID provider, as it should be."""

from allauth.socialaccount.models import SocialAccount

from apps.accounts.models import SignOnEvent, SignOnSession, User
from apps.accounts.states import Role
from tests.accounts.sso.oidc_peer import CLIENT_ID, SECRET, begin, claims_for, come_back, signed
from tests.factories.accounts import SignOnRuleFactory, StudentProfileFactory, UserFactory


def imported_student(reg_no="2024-04-00001"):
    person = UserFactory.create(roles=[Role.STUDENT], password="!")
    person.set_unusable_password()
    person.save()
    StudentProfileFactory.create(user=person, reg_no=reg_no)
    return person


def signs_in(client, peer, **claims):
    sent = begin(client, "uni")
    peer.id_token = signed(claims_for(peer, sent, **claims))
    return come_back(client, "uni", sent)


def who(client):
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def test_an_imported_student_is_bound_once_and_known_ever_after(client, peer, provider):
    student = imported_student()
    response = signs_in(client, peer, reg_no="2024-04-00001")
    assert (response.status_code, response.url) == (302, "/")
    assert who(client) == student
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid, account.extra_data) == ("uni", "anna", {"issuer": peer.issuer})
    client.logout()
    signs_in(client, peer)
    assert who(client) == student
    assert [event.outcome for event in SignOnEvent.objects.order_by("id")] == ["bound", "signed_in"]


def test_the_request_carries_state_nonce_and_a_challenge_and_only_what_is_configured(client, peer, provider):
    sent = begin(client, "uni", scope="admin", auth_params="prompt=none&nonce=mine")
    assert sorted(sent) == [
        "client_id", "code_challenge", "code_challenge_method", "nonce", "redirect_uri", "response_type", "scope", "state",
    ]  # fmt: skip
    assert (sent["code_challenge_method"], sent["client_id"]) == ("S256", CLIENT_ID)
    assert sorted(sent["scope"].split()) == ["email", "openid", "profile"]
    assert sent["nonce"] != "mine"


def test_the_code_is_exchanged_with_verifier_and_secret(client, peer, provider):
    imported_student()
    signs_in(client, peer, reg_no="2024-04-00001")
    assert peer.posted["client_secret"] == [SECRET]
    assert len(peer.posted["code_verifier"][0]) >= 43
    assert peer.authorized == "Bearer opaque"


def test_a_new_person_gets_what_the_first_fitting_rule_says(client, peer, provider):
    provider.takes_new_people, provider.match_claim, provider.match_field = True, "employee", "staff_no"
    provider.save()
    SignOnRuleFactory.create(provider=provider, position=2, attribute="affiliation", value="*", role=Role.STUDENT)
    rule = SignOnRuleFactory.create(provider=provider, position=1)
    told = {"affiliation": ["member", "staff"], "employee": "S7", "given_name": "Anna Maria", "family_name": "Mushi"}
    signs_in(client, peer, email="anna@uni.example", email_verified=True, **told)
    person = who(client)
    assert (person.first_name, person.last_name, person.email) == ("Anna Maria", "Mushi", "anna@uni.example")
    assert [group.name for group in person.groups.all()] == [Role.UNIVERSITY_SUPERVISOR]
    assert (person.staff_profile.staff_no, person.staff_profile.department) == ("S7", rule.department)
    assert not person.has_usable_password()


def test_the_session_is_known_by_provider_subject_and_sid(client, peer, provider):
    student = imported_student()
    signs_in(client, peer, reg_no="2024-04-00001", sid="at-the-provider")
    row = SignOnSession.objects.get()
    assert (row.user, row.subject, row.sid) == (student, "anna", "at-the-provider")
    assert row.session_key == client.session.session_key
