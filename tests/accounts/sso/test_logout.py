"""Signing out: here, at the provider, and from the provider."""

import time
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from apps.accounts.models import SignOnEvent, SignOnSession
from tests.accounts.sso.oidc_peer import CLIENT_ID, OTHER_KEY, begin, claims_for, come_back, signed
from tests.accounts.sso.test_oidc import imported_student, signs_in, who
from tests.clients import signed_in
from tests.factories.accounts import UserFactory

EVENT = "http://schemas.openid.net/event/backchannel-logout"
NUMBER = "2024-04-00001"


def logout_claims(peer, **changes):
    claims = {
        "iss": peer.issuer,
        "aud": CLIENT_ID,
        "iat": int(time.time()),
        "jti": uuid.uuid4().hex,
        "events": {EVENT: {}},
        "sub": "anna",
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def tell(token):
    return Client().post("/accounts/oidc/uni/backchannel-logout/", {"logout_token": token})


def test_the_provider_ends_every_session_of_the_person(client, peer, provider):
    imported_student()
    signs_in(client, peer, reg_no=NUMBER)
    second = Client()
    signs_in(second, peer)
    other = signed_in(UserFactory.create())
    response = tell(signed(logout_claims(peer), typ="logout+jwt"))
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")
    assert [who(each) for each in (client, second)] == [None, None]
    assert who(other) is not None
    assert not SignOnSession.objects.exists()
    assert SignOnEvent.objects.latest("id").outcome == "signed_out"


def test_the_provider_ends_one_session_by_its_sid(client, peer, provider):
    student = imported_student()
    signs_in(client, peer, reg_no=NUMBER, sid="a")
    second = Client()
    signs_in(second, peer, sid="b")
    assert tell(signed(logout_claims(peer, sub=None, sid="a"))).status_code == 200
    assert (who(client), who(second)) == (None, student)


def test_a_sid_and_a_subject_that_do_not_belong_together_end_nothing(client, peer, provider):
    student = imported_student()
    signs_in(client, peer, reg_no=NUMBER, sid="a")
    assert tell(signed(logout_claims(peer, sub="eve", sid="a"))).status_code == 200
    assert who(client) == student


BAD: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no event": ({"events": None}, {}),
    "another event": ({"events": {"x": {}}}, {}),
    "event is a list": ({"events": [EVENT]}, {}),
    "with a nonce": ({"nonce": "x"}, {}),
    "nobody": ({"sub": None}, {}),
    "subject is a list": ({"sub": ["anna"]}, {}),
    "no ID": ({"jti": None}, {}),
    "another audience": ({"aud": "other"}, {}),
    "another issuer": ({"iss": "https://evil.example"}, {}),
    "an hour old": ({"iat": int(time.time()) - 3600}, {}),
    "no time": ({"iat": None}, {}),
    "expired": ({"exp": int(time.time()) - 100}, {}),
    "another key": ({}, {"key": OTHER_KEY}),
    "an ID token's type": ({}, {"typ": "at+jwt"}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_logout_token_that_is_none_ends_nothing(client, peer, provider, name):
    student = imported_student()
    signs_in(client, peer, reg_no=NUMBER)
    claims, how = BAD[name]
    assert tell(signed(logout_claims(peer, **claims), **how)).status_code == 400
    assert who(client) == student
    assert SignOnEvent.objects.latest("id").outcome == "refused"


def test_an_id_token_is_no_logout_token(client, peer, provider):
    student = imported_student()
    sent = begin(client, "uni")
    peer.id_token = signed(claims_for(peer, sent, reg_no=NUMBER))
    come_back(client, "uni", sent)
    assert tell(peer.id_token).status_code == 400
    assert who(client) == student


def test_a_logout_token_is_good_once(client, peer, provider):
    imported_student()
    token = signed(logout_claims(peer))
    assert [tell(token).status_code, tell(token).status_code] == [200, 400]
    assert SignOnEvent.objects.latest("id").code == "replayed"


def test_when_its_keys_cannot_be_had_no_logout_is_believed(client, peer, provider):
    peer.answers["/.well-known/openid-configuration"] = (500, b"")
    assert tell(signed(logout_claims(peer))).status_code == 400


@pytest.mark.parametrize("address", ["/accounts/logout/", "/admin/logout/"])
def test_who_signs_out_here_signs_out_there(client, peer, provider, address):
    imported_student()
    signs_in(client, peer, reg_no=NUMBER)
    person = who(client)
    person.is_superuser = address == "/admin/logout/"
    person.save()
    response = client.post(address)
    assert response.url == "/accounts/oidc/signed-out/"
    page = client.get(response.url)
    there = urlsplit(page.context["address"])
    query = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{peer.issuer}/end"
    assert query == {
        "client_id": CLIENT_ID,
        "id_token_hint": peer.id_token,
        "post_logout_redirect_uri": "http://testserver/accounts/login/",
    }
    assert who(client) is None
    assert not SignOnSession.objects.exists()
    assert client.get("/accounts/oidc/signed-out/").url == "/accounts/login/"


@pytest.mark.parametrize("end", ["away", "none"])
def test_where_there_is_nothing_to_sign_out_of_the_sign_in_page_comes(client, peer, provider, end):
    imported_student()
    signs_in(client, peer, reg_no=NUMBER)
    cache.clear()
    if end == "away":
        peer.answers["/.well-known/openid-configuration"] = (500, b"")
    else:
        peer.more_configuration = {"end_session_endpoint": ""}
    assert client.get(client.post("/accounts/logout/").headers["Location"]).url == "/accounts/login/"


@pytest.mark.django_db
def test_who_signed_in_locally_signs_out_locally():
    browser = signed_in(UserFactory.create())
    assert browser.post("/accounts/logout/").headers["Location"] == "/accounts/login/"
