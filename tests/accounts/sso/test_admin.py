"""The superuser's pages of single sign-on."""

import datetime as dt

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import HistoryEntry, IdentityProvider, SignOnEvent, SignOnSession, SpentMessage
from apps.accounts.services import signon
from apps.accounts.states import Role, SignOnOutcome
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.sealing import unseal
from tests.accounts.sso.saml_peer import ISSUER, OTHER, PAIR
from tests.accounts.sso.test_oidc import imported_student
from tests.clients import signed_in
from tests.factories.accounts import (
    DepartmentFactory,
    IdentityProviderFactory,
    ProgrammeFactory,
    SignOnEventFactory,
    SignOnRuleFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

SECRET = "a secret that no page shows"
BASE = "/admin/accounts/identityprovider/"


@pytest.fixture
def root():
    return UserFactory.create(is_superuser=True)


@pytest.fixture
def browser(root):
    return signed_in(root)


def metadata(*certificates, issuer=ISSUER, binding="HTTP-Redirect"):
    keys = "".join(
        '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
        f"<ds:X509Certificate>{''.join(one.splitlines()[1:-1])}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        "</md:KeyDescriptor>"
        for one in certificates
    )
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}">'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f'{keys}<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" '
        'Location="https://idp.uni.example/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>'
    )


def form(**values):
    return {
        "name": "Uni",
        "kind": "oidc",
        "slug": "uni",
        "issuer": "https://login.uni.example",
        "is_active": "on",
        "client_id": "practicum",
        "client_secret": SECRET,
        "scopes": "openid",
        "email_claim": "email",
        "rules-TOTAL_FORMS": "0",
        "rules-INITIAL_FORMS": "0",
        **values,
    }


def changed(row, **values):
    page = signed_in(UserFactory.create(is_superuser=True)).get(f"{BASE}{row.pk}/change/")
    initial = {
        name: value for name, value in page.context["adminform"].form.initial.items() if value not in (None, False)
    }
    return {**form(), **initial, "client_secret": "", "_version": page.context["version_token"], **values}


def test_a_provider_is_entered_and_its_secret_never_shown_again(browser, caplog):
    response = browser.post(BASE + "add/", form())
    assert response.status_code == 302, response.context["errors"]
    row = IdentityProvider.objects.get()
    assert unseal(row.client_secret) == SECRET
    pages = [browser.get(f"{BASE}{row.pk}/{page}").content.decode() for page in ("change/", "history/")]
    pages += [browser.get(BASE).content.decode(), caplog.text]
    assert [SECRET in page or row.client_secret in page for page in pages] == [False] * 4
    assert HistoryEntry.objects.get().action == "create"


def test_an_empty_secret_keeps_the_stored_one_and_another_replaces_it(browser):
    row = IdentityProviderFactory.create()
    assert browser.post(f"{BASE}{row.pk}/change/", changed(row, name="Other")).status_code == 302
    row.refresh_from_db()
    assert (row.name, unseal(row.client_secret)) == ("Other", SECRET)
    browser.post(f"{BASE}{row.pk}/change/", changed(row, client_secret="new"))
    row.refresh_from_db()
    assert unseal(row.client_secret) == "new"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"issuer": "http://login.uni.example"}, "issuer"),
        ({"issuer": "https://10.0.0.1"}, "issuer"),
        ({"issuer": "https://user:pw@login.uni.example"}, "issuer"),
        ({"issuer": "login"}, "issuer"),
        ({"client_id": ""}, "client_id"),
        ({"match_claim": "reg_no"}, "match_field"),
        ({"match_field": "reg_no"}, "match_claim"),
        ({"kind": "saml"}, "sso_url"),
        ({"kind": "saml", "sso_url": "http://idp.example/"}, "sso_url"),
        ({"kind": "saml", "sso_url": "https://idp.example/", "certificates": "x"}, "certificates"),
        ({"kind": "saml", "metadata_url": "https://10.0.0.1/"}, "metadata_url"),
        ({"kind": "saml", "metadata": "<a/>"}, "metadata_url"),
        ({"kind": "saml", "metadata": "<a"}, "metadata_url"),
        ({"kind": "saml", "metadata": metadata()}, "metadata_url"),
        ({"kind": "saml", "issuer": ISSUER, "metadata": metadata()}, "metadata_url"),
        ({"kind": "saml", "issuer": ISSUER, "metadata": metadata(PAIR.certificate, binding="SOAP")}, "metadata_url"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(browser, settings, values, field):
    settings.IDENTITY_LOOPBACK = False
    response = browser.post(BASE + "add/", form(**values))
    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field]
    assert not IdentityProvider.objects.exists()


def test_a_saml_provider_is_entered_by_its_metadata_and_gets_keys_of_ours(browser):
    pasted = metadata(PAIR.certificate, OTHER.certificate)
    response = browser.post(BASE + "add/", form(kind="saml", issuer=ISSUER, client_id="", metadata=pasted))
    assert response.status_code == 302
    row = IdentityProvider.objects.get()
    assert (row.issuer, row.sso_url) == (ISSUER, "https://idp.uni.example/sso")
    assert len(signon.certificates_in(row.certificates)) == 2
    assert unseal(row.private_key).startswith("-----BEGIN PRIVATE KEY-----")
    before = row.own_certificate
    browser.post(f"{BASE}{row.pk}/keys/")
    row.refresh_from_db()
    assert row.own_certificate != before
    page = browser.get(f"{BASE}{row.pk}/change/").content.decode()
    assert "http://testserver/accounts/saml/uni/acs/" in page
    assert "PRIVATE KEY" not in page
    assert row.private_key not in page


def test_metadata_is_read_again_from_its_address(browser, peer):
    row = IdentityProviderFactory.create(
        kind="saml", issuer=ISSUER, sso_url="https://old.example/", metadata_url=peer.issuer + "/metadata"
    )
    peer.answers["/metadata"] = (200, metadata(OTHER.certificate).encode())
    browser.post(f"{BASE}{row.pk}/metadata/")
    row.refresh_from_db()
    assert (row.sso_url, row.certificates) == ("https://idp.uni.example/sso", OTHER.certificate.strip())
    peer.answers["/metadata"] = (500, b"")
    response = browser.post(f"{BASE}{row.pk}/metadata/", follow=True)
    assert "cannot be read" in response.content.decode()


def test_a_metadata_address_fills_in_what_is_missing(browser, peer):
    peer.answers["/metadata"] = (200, metadata(PAIR.certificate).encode())
    values = form(kind="saml", issuer=ISSUER, client_id="", metadata_url=peer.issuer + "/metadata")
    assert browser.post(BASE + "add/", values).status_code == 302
    assert IdentityProvider.objects.get().sso_url == "https://idp.uni.example/sso"


@pytest.mark.parametrize("name", ["issuer", "slug"])
def test_who_people_are_is_not_changed_under_them(browser, name):
    row = IdentityProviderFactory.create()
    SocialAccount.objects.create(user=UserFactory.create(), provider=row.slug, uid="anna")
    values = {"issuer": "https://other.example", "slug": "other"}
    response = browser.post(f"{BASE}{row.pk}/change/", changed(row, **{name: values[name]}))
    assert list(response.context["adminform"].form.errors) == [name]
    browser.post(f"{BASE}{row.pk}/delete/", {"post": "yes"})
    assert IdentityProvider.objects.filter(pk=row.pk, slug=row.slug).exists()


def test_a_provider_that_nobody_uses_goes(browser):
    row = IdentityProviderFactory.create()
    browser.post(f"{BASE}{row.pk}/delete/", {"post": "yes"})
    assert not IdentityProvider.objects.exists()


def rule_form(row, **values):
    return changed(row) | {f"rules-0-{name}": value for name, value in values.items()} | {"rules-TOTAL_FORMS": "1"}


def test_rules_are_written_and_taken_away(browser):
    row, department = IdentityProviderFactory.create(), DepartmentFactory.create()
    values = {
        "position": 1,
        "attribute": "unit",
        "value": "mech",
        "role": Role.COORDINATOR,
        "department": department.pk,
    }
    assert browser.post(f"{BASE}{row.pk}/change/", rule_form(row, **values)).status_code == 302
    rule = row.rules.get()
    assert (rule.attribute, rule.role, rule.department) == ("unit", Role.COORDINATOR, department)
    gone = rule_form(row, **values, id=rule.pk, DELETE="on") | {"rules-INITIAL_FORMS": "1"}
    assert browser.post(f"{BASE}{row.pk}/change/", gone).status_code == 302
    assert not row.rules.exists()


@pytest.mark.parametrize("code", ["no_student", "other_department"])
def test_a_rule_that_contradicts_itself_is_refused(root, code):
    programme = ProgrammeFactory.create()
    role = Role.COORDINATOR if code == "no_student" else Role.STUDENT
    rule = SignOnRuleFactory.build(role=role, programme=programme, department=DepartmentFactory.create())
    with pytest.raises(RuleViolation) as caught:
        signon.write_rule(IdentityProviderFactory.create(), rule, actor=root)
    assert (caught.value.code, caught.value.field) == (code, "programme")


def test_nobody_but_the_superuser_writes():
    person, row = UserFactory.create(), IdentityProviderFactory.create()
    rule = SignOnRuleFactory.build(provider=row)
    with pytest.raises(NotAllowed):
        signon.enter_provider({"name": "x"}, actor=person)
    with pytest.raises(NotAllowed):
        signon.write_rule(row, rule, actor=person)


@pytest.mark.parametrize("page", ["", "add/", "{pk}/change/", "{pk}/trial/", "{pk}/delete/"])
def test_a_coordinator_has_none_of_it(page):
    row = IdentityProviderFactory.create()
    coordinator = signed_in(UserFactory.create(roles=[Role.COORDINATOR]))
    assert coordinator.get(BASE + page.format(pk=row.pk)).status_code in {403, 404}
    assert coordinator.get("/admin/accounts/signonevent/").status_code == 404


# -- what would this person get ------------------------------------------------------------------------------------------


def trial(browser, row, **values):
    before = (SignOnEvent.objects.count(), HistoryEntry.objects.count())
    page = browser.post(f"{BASE}{row.pk}/trial/", {"subject": "anna", **values})
    assert before == (SignOnEvent.objects.count(), HistoryEntry.objects.count())
    assert not SocialAccount.objects.exists()
    return page


def test_the_trial_says_role_department_and_reason(browser):
    row = IdentityProviderFactory.create(takes_new_people=True)
    programme = ProgrammeFactory.create(name="Machines")
    rule = SignOnRuleFactory.create(
        provider=row, value="*", role=Role.STUDENT, department=programme.department, programme=programme
    )
    page = trial(browser, row, attributes="affiliation = student\n\nreg_no=77\naffiliation=member")
    found = page.context["found"]
    assert (found.outcome, found.rule, found.number) == (SignOnOutcome.CREATED, rule, "77")
    text = page.content.decode()
    assert [word in text for word in ("Student", str(rule.department), "Machines", "77")] == [True] * 4


def test_the_trial_finds_an_imported_person_and_says_why_not(browser):
    row = IdentityProviderFactory.create()
    student = imported_student()
    found = trial(browser, row, attributes="reg_no = 2024-04-00001").context["found"]
    assert (found.outcome, found.person) == (SignOnOutcome.BOUND, student)
    page = trial(browser, row, attributes="reg_no = 0")
    assert page.context["found"].code == "unknown"
    assert "not on our list" in page.content.decode()


@pytest.mark.parametrize("attributes", ["just a word", "= value"])
def test_the_trial_says_which_line_it_cannot_read(browser, attributes):
    page = trial(browser, IdentityProviderFactory.create(), attributes="a = b\n" + attributes)
    assert page.context["found"] is None
    assert "Line 2" in page.content.decode()
    assert browser.get(page.request["PATH_INFO"]).context["found"] is None


# -- lists and old rows --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "make"), [(BASE, IdentityProviderFactory), ("/admin/accounts/signonevent/", SignOnEventFactory)]
)
def test_lists_ask_the_same_number_of_questions_for_one_row_and_three(
    browser, address, make, django_assert_num_queries
):

    counts = []
    for more in (1, 2):
        make.create_batch(more)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 10


def test_what_nobody_needs_any_more_is_removed():
    row, person = IdentityProviderFactory.create(), UserFactory.create()
    old = timezone.now() - dt.timedelta(days=91)
    SignOnEventFactory.create(provider=row, at=old)
    kept = SignOnEventFactory.create(provider=row)
    SpentMessage.objects.create(provider=row, digest="a", expires_at=old)
    signon.spend_message(row, "b", until=timezone.now() + dt.timedelta(minutes=1))
    for key in ("gone", "open"):
        signon.keep_session(row, person, subject="anna", signed={}, session_key=key)
    SignOnSession.objects.filter(session_key="gone").update(created_at=old)
    signon.forget_old_signons()
    assert list(SignOnEvent.objects.all()) == [kept]
    assert SpentMessage.objects.count() == 1
    assert SignOnSession.objects.get().session_key == "open"
