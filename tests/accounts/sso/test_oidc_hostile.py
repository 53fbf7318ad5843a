"""Forty and more answers that no OpenID provider of ours would send: nobody is signed in, and it is written down."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache

from apps.accounts.models import SignOnEvent
from tests.accounts.sso.oidc_peer import (
    CLIENT_ID,
    CURVE_KEY,
    KEY,
    OTHER_KEY,
    begin,
    claims_for,
    come_back,
    public_jwk,
    signed,
)
from tests.accounts.sso.test_oidc import imported_student, signs_in, who
from tests.factories.accounts import IdentityProviderFactory

NUMBER = "2024-04-00001"


def assert_refused(client, response, code, status=403):
    """Nobody is signed in; the page says so with its code; the superuser finds the same code."""
    event = SignOnEvent.objects.latest("id")
    assert (event.outcome, event.code) == ("refused", code)
    assert response.status_code == status
    assert f"<strong>{code}</strong>" in response.content.decode()
    assert who(client) is None
    assert not SocialAccount.objects.exists()


def in_time(seconds):
    return int(time.time()) + seconds


CLAIMS: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "nonce of another attempt": (lambda: {"nonce": "other"}, "nonce"),
    "no nonce": (lambda: {"nonce": None}, "nonce"),
    "nonce is a list": (lambda: {"nonce": ["a"]}, "nonce"),
    "another audience": (lambda: {"aud": "other"}, "audience"),
    "no audience": (lambda: {"aud": None}, "audience"),
    "audiences without us": (lambda: {"aud": ["a", "b"]}, "audience"),
    "audience is an object": (lambda: {"aud": {CLIENT_ID: 1}}, "audience"),
    "several audiences, nobody authorized": (lambda: {"aud": [CLIENT_ID, "other"]}, "authorized_party"),
    "another is authorized": (lambda: {"aud": [CLIENT_ID, "other"], "azp": "other"}, "authorized_party"),
    "another is authorized, one audience": (lambda: {"azp": "other"}, "authorized_party"),
    "another issuer": (lambda: {"iss": "https://evil.example"}, "issuer"),
    "issuer with a slash more": (lambda: {"iss": "http://127.0.0.1/"}, "issuer"),
    "no issuer": (lambda: {"iss": None}, "issuer"),
    "expired by more than a minute": (lambda: {"exp": in_time(-61)}, "expired"),
    "no end": (lambda: {"exp": None}, "time"),
    "end is a text": (lambda: {"exp": str(in_time(300))}, "time"),
    "end is true": (lambda: {"exp": True}, "time"),
    "end in a billion years": (lambda: {"exp": 10**18}, "time"),
    "issued in more than a minute": (lambda: {"iat": in_time(62)}, "too_early"),
    "not yet valid": (lambda: {"nbf": in_time(62)}, "too_early"),
    "issued an hour ago": (lambda: {"iat": in_time(-3600)}, "too_old"),
    "never issued": (lambda: {"iat": None}, "time"),
    "no subject": (lambda: {"sub": None}, "subject_missing"),
    "empty subject": (lambda: {"sub": ""}, "subject_missing"),
    "blank subject": (lambda: {"sub": "  "}, "subject_missing"),
    "subject of 192 letters": (lambda: {"sub": "x" * 192}, "userinfo_subject"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_token_that_says_something_else_signs_nobody_in(client, peer, provider, name):
    imported_student()
    make, code = CLAIMS[name]
    assert_refused(client, signs_in(client, peer, reg_no=NUMBER, **make()), code)


def flipped(token):
    head, body, signature = token.split(".")
    return f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def other_body(token):
    head, _body, signature = token.split(".")
    other = jwt.encode({"sub": "eve"}, KEY, algorithm="RS256").split(".")[1]
    return f"{head}.{other}.{signature}"


def as_public_pem():
    return b"the public key, which everybody knows"


TOKENS = {
    "no algorithm": (lambda c: jwt.encode(c, None, algorithm="none"), "algorithm"),
    "HMAC with a key that everybody knows": (
        lambda c: jwt.encode(c, as_public_pem(), algorithm="HS256", headers={"kid": "one"}),
        "algorithm",
    ),
    "signed by another key": (lambda c: signed(c, key=OTHER_KEY), "signature"),
    "key unknown": (lambda c: signed(c, key=OTHER_KEY, kid="two"), "key_unknown"),
    "key of another family": (lambda c: signed(c, key=CURVE_KEY, algorithm="ES256"), "key_unknown"),
    "algorithm that the key is not for": (lambda c: signed(c, algorithm="RS512"), "key_unknown"),
    "brings its key along": (
        lambda c: signed(c, key=OTHER_KEY, jwk=public_jwk(OTHER_KEY, "one")),
        "foreign_key",
    ),
    "says where its key lies": (lambda c: signed(c, jku="https://evil.example/keys"), "foreign_key"),
    "says where its certificate lies": (lambda c: signed(c, x5u="https://evil.example/cert"), "foreign_key"),
    "critical header": (lambda c: signed(c, crit=["x"], x=1), "signature"),
    "another type": (lambda c: signed(c, typ="at+jwt"), "type"),
    "a logout token": (lambda c: signed(c, typ="logout+jwt"), "type"),
    "signature changed": (lambda c: flipped(signed(c)), "signature"),
    "body changed": (lambda c: other_body(signed(c)), "signature"),
    "no token": (lambda _c: "", "token_missing"),
    "no text": (lambda _c: ["x"], "token_missing"),
    "not a token": (lambda _c: "a.b", "signature"),
    "body is no object": (lambda _c: jwt.api_jws.encode(b"[1]", KEY, "RS256", {"kid": "one"}), "signature"),
    "too long": (lambda c: signed({**c, "x": "y" * 70_000}), "token_missing"),
}


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_of_another_making_signs_nobody_in(client, peer, provider, name):
    imported_student()
    make, code = TOKENS[name]
    sent = begin(client, "uni")
    peer.id_token = make(claims_for(peer, sent, reg_no=NUMBER))
    assert_refused(client, come_back(client, "uni", sent), code)


ANSWERS = {
    "token endpoint says no": ("/token", (400, b'{"error": "invalid_grant"}'), "answer", 403),
    "token endpoint sends a page": ("/token", (200, b"<html>"), "unreachable", 503),
    "token endpoint sends a list": ("/token", (200, b"[]"), "answer", 403),
    "token endpoint breaks": ("/token", (500, b""), "answer", 403),
    "userinfo of another person": ("/me", (200, b'{"sub": "eve", "reg_no": "x"}'), "userinfo_subject", 403),
    "userinfo without a person": ("/me", (200, b'{"reg_no": "2024-04-00001"}'), "userinfo_subject", 403),
    "userinfo is a list": ("/me", (200, b"[]"), "userinfo_subject", 403),
    "userinfo is no JSON": ("/me", (200, b"<html>"), "unreachable", 503),
    "userinfo says no": ("/me", (401, b""), "userinfo", 403),
    "keys are gone": ("/keys", (404, b""), "unreachable", 503),
    "keys are no keys": ("/keys", (200, b'{"keys": "x"}'), "unreachable", 503),
    "keys are rubbish": ("/keys", (200, b'{"keys": [1, {"kid": "one"}, {"kty": "RSA", "kid": "one"}]}'), "signature", 403),
    "answer of 2 MiB": ("/me", (200, b'"' + b"x" * 2_097_152 + b'"'), "unreachable", 503),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_none_signs_nobody_in(client, peer, provider, name):
    imported_student()
    path, answer, code, status = ANSWERS[name]
    sent = begin(client, "uni")
    peer.id_token = signed(claims_for(peer, sent, reg_no=NUMBER))
    cache.clear()
    peer.answers[path] = answer
    assert_refused(client, come_back(client, "uni", sent), code, status)


CONFIGURATIONS = {
    "another issuer": {"issuer": "https://evil.example"},
    "tokens over http": {"token_endpoint": "http://evil.example/token"},
    "keys inside the network": {"jwks_uri": "https://10.0.0.1/keys"},
    "no keys": {"jwks_uri": ""},
    "password in the address": {"authorization_endpoint": "https://user:pw@evil.example/auth"},
    "no address": {"userinfo_endpoint": "https://[/"},
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration_that_leads_elsewhere_is_none(client, peer, provider, name):
    peer.more_configuration = CONFIGURATIONS[name]
    assert_refused(client, client.post("/accounts/oidc/uni/login/"), "unreachable", 503)


def test_a_state_that_is_missing_is_none(client, peer, provider):
    begin(client, "uni")
    assert_refused(client, client.get("/accounts/oidc/uni/login/callback/", {"code": "good"}), "state")


def test_a_state_of_another_session_is_none(client, peer, provider):
    sent = begin(type(client)(), "uni")
    assert_refused(client, come_back(client, "uni", sent), "state")


def test_a_state_of_another_provider_is_none(client, peer, provider):
    IdentityProviderFactory.create(slug="other", issuer=peer.issuer + "/other")
    sent = begin(client, "uni")
    assert_refused(client, come_back(client, "other", sent), "state")


def test_a_state_is_good_once(client, peer, provider):
    imported_student()
    sent = begin(client, "uni")
    peer.id_token = signed(claims_for(peer, sent, reg_no=NUMBER))
    come_back(client, "uni", sent)
    client.logout()
    SocialAccount.objects.all().delete()
    assert_refused(client, come_back(client, "uni", sent), "state")


@pytest.mark.parametrize("iss", ["https://evil.example", ""])
def test_an_answer_of_another_provider_is_a_mix_up(client, peer, provider, iss):
    imported_student()
    sent = begin(client, "uni")
    peer.id_token = signed(claims_for(peer, sent, reg_no=NUMBER))
    assert_refused(client, come_back(client, "uni", sent, iss=iss), "issuer")


def test_a_provider_that_names_itself_must_always_do_so(client, peer, provider):
    imported_student()
    peer.more_configuration = {"authorization_response_iss_parameter_supported": True}
    assert_refused(client, signs_in(client, peer, reg_no=NUMBER), "issuer")


def test_an_error_of_the_provider_is_said(client, peer, provider):
    sent = begin(client, "uni")
    query = {"error": "server_error", "state": sent["state"]}
    assert_refused(client, client.get("/accounts/oidc/uni/login/callback/", query), "state")


def test_who_gives_up_there_is_back_at_the_beginning(client, peer, provider):
    sent = begin(client, "uni")
    query = {"error": "access_denied", "state": sent["state"]}
    response = client.get("/accounts/oidc/uni/login/callback/", query)
    assert (response.status_code, response.url) == (302, "/accounts/login/")


def test_a_key_that_is_new_is_looked_for_once_a_minute(client, peer, provider):
    imported_student()
    signs_in(client, peer, reg_no=NUMBER)
    client.logout()
    peer.keys = [public_jwk(OTHER_KEY, "two")]
    peer.asked.clear()
    sent = begin(client, "uni")
    peer.id_token = signed(claims_for(peer, sent), key=OTHER_KEY, kid="two")
    assert come_back(client, "uni", sent).status_code == 403
    assert peer.asked.count("/keys") == 0


def test_a_key_that_is_new_is_found_after_a_minute(client, peer, provider, monkeypatch):
    student = imported_student()
    signs_in(client, peer, reg_no=NUMBER)
    client.logout()
    peer.keys = [public_jwk(OTHER_KEY, "two")]
    sent = begin(client, "uni")
    peer.id_token = signed(claims_for(peer, sent), key=OTHER_KEY, kid="two")
    real = time.time
    monkeypatch.setattr("apps.accounts.sso.oidc.discovery.time.time", lambda: real() + 61)
    come_back(client, "uni", sent)
    assert who(client) == student


def test_there_are_forty_of_them():
    singles = 4 + 2 + 1 + 1
    assert len(CLAIMS) + len(TOKENS) + len(ANSWERS) + len(CONFIGURATIONS) + singles >= 40
