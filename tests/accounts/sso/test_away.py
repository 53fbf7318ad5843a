"""A provider that is down, slow to answer sense, or whose secret is lost: a clear page, and work goes on."""

import time

import pytest
from django.core.cache import cache

from apps.accounts.models import SignOnEvent
from apps.accounts.sso.saml.keys import make_own_keys
from portal.kernel.access import SYSTEM
from tests.accounts.sso.oidc_peer import begin, claims_for, come_back, signed
from tests.accounts.sso.saml_peer import build, encoded, planned, post
from tests.accounts.sso.test_oidc import imported_student, signs_in, who

CONFIGURATION = "/.well-known/openid-configuration"
NUMBER = "2024-04-00001"
# What the server answers while it is down, is being moved, or is another program by now.
DOWN = [(500, b""), (301, b""), (204, b""), (200, b"<html>"), (200, b"[]"), (200, b"{}")]


def assert_away(client, response):
    assert (response.status_code, SignOnEvent.objects.latest("id").code) == (503, "unreachable")
    assert "does not answer at the moment" in response.content.decode()


@pytest.mark.parametrize("answer", DOWN)
def test_a_provider_that_is_away_is_said_and_sessions_go_on(client, peer, provider, answer):
    student = imported_student()
    signs_in(client, peer, reg_no=NUMBER)
    cache.clear()
    peer.answers[CONFIGURATION] = answer
    assert client.get("/profile/").status_code == 200
    assert_away(client, client.post("/accounts/oidc/uni/login/"))
    assert who(client) == student
    assert client.get("/accounts/login/").status_code in {200, 302}


def test_what_was_known_of_it_is_used_for_a_day(client, peer, provider, monkeypatch):
    student = imported_student()
    signs_in(client, peer, reg_no=NUMBER)
    client.logout()
    peer.answers[CONFIGURATION] = peer.answers["/keys"] = (500, b"")
    real = time.time
    monkeypatch.setattr("apps.accounts.sso.oidc.discovery.time.time", lambda: real() + 3600)
    signs_in(client, peer)
    assert who(client) == student
    assert CONFIGURATION in peer.asked


def test_a_secret_that_cannot_be_opened_is_no_error_page(client, peer, provider):
    sent = begin(client, "uni")
    provider.client_secret = "sealed by another key"
    provider.save()
    peer.id_token = signed(claims_for(peer, sent, reg_no=NUMBER))
    response = come_back(client, "uni", sent)
    assert (response.status_code, SignOnEvent.objects.latest("id").code) == (403, "answer")
    assert "another SECRET_KEY" in SignOnEvent.objects.latest("id").detail


def test_a_key_of_ours_that_cannot_be_opened_is_no_error_page(client, campus):
    make_own_keys(campus, actor=SYSTEM)
    answer = encoded(build(planned(client)))
    campus.private_key = "sealed by another key"
    campus.save()
    for response in (client.post("/accounts/saml/campus/login/"), post(client, answer)):
        assert_away(client, response)
