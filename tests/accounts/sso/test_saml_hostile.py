"""Sixty and more answers that no SAML provider of ours would send: nobody is signed in, and it is written down."""

import base64
import copy
import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.utils import timezone

from apps.accounts.models import SignOnEvent, SpentMessage
from apps.accounts.sso.saml.keys import make_own_keys
from portal.kernel.access import SYSTEM
from tests.accounts.sso.saml_changes import (
    WRAPPINGS,
    comment_in_name,
    doubled,
    empty_reference,
    instruction,
    other_attribute,
    other_subject,
    own_key_in_key_info,
    reference_to_assertion,
    second_assertion_signed_too,
    second_audience,
    second_issuer,
    second_reference,
    signature_value_flipped,
    with_attribute,
    without,
)
from tests.accounts.sso.saml_peer import (
    ACS,
    EXPIRED,
    OTHER,
    PAIR,
    Plan,
    begin,
    build,
    encoded,
    planned,
    post,
    xmlsec,
)
from tests.accounts.sso.test_oidc import imported_student, who

ASSERTION = "//saml:Assertion"
CONFIRMATION = "//saml:SubjectConfirmationData"
PLANS: dict[str, tuple[dict[str, Any], str | None]] = {
    "nothing signed": ({"sign_assertion": False, "sign_message": False}, "message_unsigned"),
    "message not signed": ({"sign_message": False}, "message_unsigned"),
    "assertion not signed": ({"sign_assertion": False}, "assertion_unsigned"),
    "signed by another key": ({"key": OTHER.key}, "signature"),
    "signed by another key, certificate enclosed": ({"key": OTHER.key, "after": own_key_in_key_info}, "signature"),
    "assertion changed after signing": ({"between": other_subject}, "invalid_signature"),
    "attribute changed after signing": ({"between": other_attribute}, "invalid_signature"),
    "whole answer changed after signing": ({"after": other_subject}, "signature"),
    "signature value flipped": ({"after": signature_value_flipped}, "signature"),
    "SHA-1 signature": ({"method_of_signature": xmlsec.Transform.RSA_SHA1}, "algorithm"),
    "SHA-1 digest": ({"digest": xmlsec.Transform.SHA1}, "algorithm"),
    "canonical form with comments": ({"canonical": xmlsec.Transform.EXCL_C14N_COMMENTS}, "algorithm"),
    "comment in the NameID": ({"before": comment_in_name}, "comment"),
    "comment put in later": ({"after": comment_in_name}, "comment"),
    "processing instruction": ({"before": instruction}, "comment"),
    "two assertions": ({"before": doubled(ASSERTION)}, "double_id"),
    "two assertions, both signed": ({"between": second_assertion_signed_too}, "assertions"),
    "no assertion": ({"sign_assertion": False, "before": without(ASSERTION)}, "assertions"),
    "second reference": ({"after": second_reference}, "reference"),
    "reference to the assertion": ({"after": reference_to_assertion}, "reference"),
    "reference to nothing": ({"after": empty_reference}, "reference"),
    "second signature": ({"after": doubled("/samlp:Response/ds:Signature")}, "message_unsigned"),
    "wrong audience": ({"audience": "https://other.example"}, "wrong_audience"),
    "no audience": ({"audience": None}, "audience"),
    "one of two audiences": ({"before": second_audience}, "audience"),
    "wrong destination": ({"destination": "https://other.example/acs"}, "wrong_destination"),
    "destination with more behind": ({"destination": ACS + "x"}, "destination"),
    "no destination": ({"destination": None}, "destination"),
    "empty destination": ({"destination": ""}, "empty_destination"),
    "wrong recipient": ({"recipient": "https://other.example/acs"}, "wrong_subjectconfirmation"),
    "recipient with more before": ({"recipient": "https://x.example/?" + ACS}, "subject_confirmation"),
    "no recipient": ({"recipient": None}, "subject_confirmation"),
    "wrong issuer": ({"issuer": "https://x.example"}, "wrong_issuer"),
    "wrong issuer of the assertion": ({"assertion_issuer": "https://x.example"}, "wrong_issuer"),
    "no issuer of the answer": ({"before": with_attribute("/samlp:Response/saml:Issuer", "Format", "x"), "after": without("/samlp:Response/saml:Issuer")}, "signature"),
    "two issuers of the answer": ({"before": second_issuer}, "invalid_xml_format"),
    "confirmation of another request": ({"confirmed_request": "_other"}, "wrong_subjectconfirmation"),
    "confirmation of no request": ({"confirmed_request": None}, "subject_confirmation"),
    "confirmation not by bearer": ({"method": "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"}, "wrong_subjectconfirmation"),
    "confirmation without an end": ({"confirmed_until": None}, "subject_confirmation"),
    "confirmation is over": ({"confirmed_until": -90}, "wrong_subjectconfirmation"),
    "confirmation with a beginning": ({"before": with_attribute(CONFIRMATION, "NotBefore", "2020-01-01T00:00:00Z")}, "subject_confirmation"),
    "no confirmation": ({"before": without("//saml:SubjectConfirmation")}, "wrong_subjectconfirmation"),
    "expired": ({"not_on_or_after": -62}, "expired"),
    "expired long ago": ({"not_on_or_after": -3600}, "assertion_expired"),
    "no end": ({"not_on_or_after": None}, "expired"),
    "not yet": ({"not_before": 62}, "too_early"),
    "not for a long time": ({"not_before": 3600}, "assertion_too_early"),
    "issued tomorrow": ({"issued": 86_400}, "issue_instant"),
    "issued an hour ago": ({"issued": -3600}, "issue_instant"),
    "session is over": ({"before": with_attribute("//saml:AuthnStatement", "SessionNotOnOrAfter", "2020-01-01T00:00:00Z")}, "session_expired"),
    "no conditions": ({"before": without("//saml:Conditions")}, "missing_conditions"),
    "no statement of authentication": ({"before": without("//saml:AuthnStatement")}, "wrong_number_of_authstatements"),
    "status is a refusal": ({"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"}, "status_code_is_not_success"),
    "another version": ({"before": with_attribute("/samlp:Response", "Version", "1.1")}, "unsupported_saml_version"),
    "transient name": ({"name_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}, "not_persistent"),
    "address as name": ({"name_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"}, "not_persistent"),
    "unspecified name": ({"name_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"}, "not_persistent"),
    "empty name": ({"subject": ""}, "not_persistent"),
    "no subject": ({"before": without("//saml:NameID")}, "not_persistent"),
    "name of 192 letters": ({"subject": "x" * 192}, "subject_long"),
    **{change.__doc__.partition(":")[0]: ({"after": change}, None) for change in WRAPPINGS},
}  # fmt: skip


def assert_refused(client, response, code):
    """Nobody is signed in; the page says so with its code; the superuser finds the same code."""
    event = SignOnEvent.objects.latest("id")
    assert (event.outcome, event.code) == ("refused", code or event.code)
    assert response.status_code == 403
    assert f"<strong>{event.code}</strong>" in response.content.decode()
    assert who(client) is None
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("name", PLANS)
def test_a_hostile_answer_signs_nobody_in(client, campus, name):
    imported_student()
    changes, code = PLANS[name]
    response = post(client, encoded(build(replace(planned(client), **changes))))
    assert_refused(client, response, code)


BODIES = {
    "no base64": ("???", "base64"),
    "no XML": (base64.b64encode(b"<a").decode(), "xml"),
    "nothing": ("", "length"),
    "too long": ("A" * 300_000, "length"),
    "another element": (encoded(b"<a/>"), "root"),
    "document type with an entity that reads a file": (
        encoded(b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>'),
        "doctype",
    ),
    "entity bomb": (
        encoded(
            b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(98, 106))
            + b"]><r>&i;</r>"
        ),
        "xml",
    ),
    "document type alone": (encoded(b"<!DOCTYPE r><r/>"), "doctype"),
    "depth of 100,000": (encoded(b"<a>" * 50_000 + b"</a>" * 50_000)[:262_000], "xml"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_none_signs_nobody_in(client, campus, name):
    body, code = BODIES[name]
    assert_refused(client, post(client, body), code)


def test_an_answer_is_good_once(client, campus):
    imported_student()
    answer = encoded(build(planned(client)))
    post(client, answer)
    client.logout()
    SocialAccount.objects.all().delete()
    assert_refused(client, post(client, answer), "state")


def test_an_assertion_is_good_once_also_under_another_request(client, campus):
    imported_student()
    post(client, encoded(build(planned(client))))
    client.logout()
    SocialAccount.objects.all().delete()
    assert_refused(client, post(client, encoded(build(planned(client)))), "replayed")
    assert SpentMessage.objects.get().expires_at > timezone.now() + dt.timedelta(seconds=300)


@pytest.mark.parametrize(("asked", "code"), [("", "not_asked"), ("_never", "state")])
def test_an_answer_that_nobody_asked_for_signs_nobody_in(client, campus, asked, code):
    imported_student()
    response = post(client, encoded(build(Plan(in_response_to=asked))))
    assert_refused(client, response, code)


def test_an_answer_to_another_browser_signs_nobody_in(client, campus, django_user_model):
    imported_student()
    plan = planned(type(client)())
    assert_refused(client, post(client, encoded(build(plan))), "state")


def test_an_answer_for_another_provider_signs_nobody_in(client, campus):
    other = copy.copy(campus)
    other.pk, other.slug, other.issuer = None, "rival", "https://rival.example"
    other.save()
    imported_student()
    plan = replace(Plan(), in_response_to=begin(client))
    assert_refused(client, post(client, encoded(build(plan)), slug="rival"), "wrong_destination")


@pytest.mark.parametrize("relay", ["https://evil.example/", "//evil.example", "/admin/", "javascript:alert(1)", "x"])
def test_a_relay_state_is_refused(client, campus, relay):
    imported_student()
    answer = encoded(build(planned(client)))
    assert_refused(client, post(client, answer, RelayState=relay), "relay_state")


def test_an_expired_certificate_is_no_certificate(client, campus):
    imported_student()
    plan = replace(planned(client), key=EXPIRED.key)
    campus.certificates = EXPIRED.certificate
    campus.save()
    assert_refused(client, post(client, encoded(build(plan))), "certificate_expired")
    assert_refused(client, client.post("/accounts/saml/campus/login/"), "certificate_expired")


ENCRYPTED: dict[str, tuple[dict[str, Any], str]] = {
    "for another key": ({"encrypt_for": OTHER.certificate}, "unreadable"),
    "with padding 1.5": ({"transport": xmlsec.Transform.RSA_PKCS1}, "algorithm"),
    "with Triple DES": ({"cipher": xmlsec.Transform.DES3}, "algorithm"),
    "unsigned inside": ({"sign_assertion": False}, "no_signed_assertion"),
    "unsigned outside": ({"sign_message": False}, "message_unsigned"),
    "signed outside by another key": ({"after": signature_value_flipped}, "signature"),
    "comment inside": ({"before": comment_in_name}, "comment"),
}


@pytest.mark.parametrize("name", ENCRYPTED)
def test_what_is_hidden_is_looked_at_as_well(client, campus, name):
    make_own_keys(campus, actor=SYSTEM)
    imported_student()
    changes, code = ENCRYPTED[name]
    plan = replace(planned(client), **{"encrypt_for": campus.own_certificate, **changes})
    assert_refused(client, post(client, encoded(build(plan))), code)


def test_without_a_key_of_ours_nothing_is_opened(client, campus):
    imported_student()
    plan = replace(planned(client), encrypt_for=PAIR.certificate)
    assert_refused(client, post(client, encoded(build(plan))), "unreadable")


def test_there_are_sixty_of_them():
    singles = 1 + 1 + 2 + 1 + 1 + 5 + 1 + 1
    assert len(PLANS) + len(BODIES) + len(ENCRYPTED) + singles >= 60
