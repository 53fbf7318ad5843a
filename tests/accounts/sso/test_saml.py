"""Signing in through a SAML provider, as it should be."""

from dataclasses import replace

import pytest
from allauth.socialaccount.models import SocialAccount
from lxml import etree

from apps.accounts.models import SpentMessage
from apps.accounts.sso.saml.keys import make_own_keys
from portal.kernel.access import SYSTEM
from tests.accounts.sso.saml_peer import ACS, ENTITY, ISSUER, OTHER, PAIR, Plan, build, encoded, planned, post, xmlsec
from tests.accounts.sso.test_oidc import imported_student, who


def test_an_imported_student_is_bound_once_and_known_ever_after(client, campus):
    student = imported_student()
    response = post(client, encoded(build(planned(client))))
    assert (response.status_code, response.url) == (302, "/")
    assert who(client) == student
    account = SocialAccount.objects.get()
    assert (account.provider, account.uid, account.extra_data) == ("campus", "anna-persistent", {"issuer": ISSUER})
    client.logout()
    plan = planned(client, Plan(attributes=(("other", "x"),), assertion_id="_second"))
    post(client, encoded(build(plan)))
    assert who(client) == student
    assert SpentMessage.objects.count() == 2


@pytest.mark.parametrize("cipher", [xmlsec.Transform.AES128, xmlsec.Transform.AES256, xmlsec.Transform.AES256_GCM])
def test_an_encrypted_assertion_is_opened(client, campus, cipher):
    make_own_keys(campus, actor=SYSTEM)
    student = imported_student()
    plan = replace(planned(client), encrypt_for=campus.own_certificate, cipher=cipher)
    post(client, encoded(build(plan)))
    assert who(client) == student


def test_while_the_provider_changes_its_key_both_are_good(client, campus):
    campus.certificates = OTHER.certificate + PAIR.certificate
    campus.save()
    student = imported_student()
    post(client, encoded(build(planned(client))))
    assert who(client) == student


@pytest.mark.parametrize(
    "clock",
    [{"not_before": 50}, {"not_on_or_after": -50}, {"issued": 50}, {"issued": -300}, {"issued": 50, "not_before": 50}],
)
def test_clocks_may_differ_by_a_minute(client, campus, clock):
    student = imported_student()
    post(client, encoded(build(replace(planned(client), **clock))))
    assert who(client) == student


def test_the_identity_may_stand_in_an_attribute(client, campus):
    campus.subject_attribute = "urn:oasis:names:tc:SAML:attribute:subject-id"
    campus.save()
    imported_student()
    told = (("reg_no", "2024-04-00001"), (campus.subject_attribute, "a1b2@uni.example"))
    plan = replace(planned(client), name_format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient", attributes=told)
    post(client, encoded(build(plan)))
    assert SocialAccount.objects.get().uid == "a1b2@uni.example"


def test_the_metadata_names_our_addresses_and_demands_signatures(client, campus):
    make_own_keys(campus, actor=SYSTEM)
    root = etree.fromstring(client.get("/accounts/saml/campus/metadata/").content)
    names = {"md": "urn:oasis:names:tc:SAML:2.0:metadata"}
    assert root.get("entityID") == ENTITY
    assert root.xpath("//md:AssertionConsumerService/@Location", namespaces=names) == [ACS]
    assert root.xpath("//md:SPSSODescriptor/@WantAssertionsSigned", namespaces=names) == ["true"]
    assert root.xpath("//md:KeyDescriptor/@use", namespaces=names) == ["signing", "encryption"]
    assert "PRIVATE" not in etree.tostring(root).decode()
