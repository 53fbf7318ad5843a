"""Signing in and out through real identity providers, in a real browser."""

import os
import re
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Page, expect

from apps.accounts.models import IdentityProvider
from apps.accounts.sso.saml.keys import make_own_keys
from apps.accounts.states import ProviderKind
from portal.kernel.access import SYSTEM
from portal.kernel.sealing import seal
from tests.accounts.sso.saml_peer import PAIR
from tests.accounts.sso.test_oidc import imported_student
from tests.factories.accounts import IdentityProviderFactory
from tests.services.identity.programs import free_port, node, oidc_provider_mock, simplesamlphp

# How long a page takes says how busy the machine is.
expect.set_options(timeout=30_000)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.one_database,
    pytest.mark.django_db(transaction=True),
]

NUMBER = "2024-04-00001"
SECRET = "a secret for the test alone"
# Where somebody wants to see the pages: a folder for pictures of them.
PICTURES = os.environ.get("PICTURES", "")


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"))


@pytest.fixture
def student():
    """Somebody on the list whom the provider knows as anna."""
    student = imported_student(NUMBER)
    student.first_name, student.last_name = "Anna", "Mushi"
    student.save()
    return student


def press(page: Page, server, provider: str) -> None:
    """Open the sign-in page and choose the provider."""
    page.goto(f"{server.url}/accounts/login/")
    picture(page, f"{provider}-1-choice")
    page.get_by_role("button", name=f"Sign in with {provider}").click()


def expect_signed_in(page: Page, server, name: str) -> None:
    """Be back, as Anna."""
    expect(page).to_have_url(re.compile(re.escape(server.url)))
    page.goto(f"{server.url}/profile/")
    expect(page.locator("#id_first_name")).to_have_value("Anna")
    picture(page, f"{name}-3-signed-in")


def expect_signed_out(page: Page, server) -> None:
    page.goto(f"{server.url}/profile/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def oidc_row(port: int) -> IdentityProvider:
    return IdentityProviderFactory.create(
        slug="uni", name="Ardhi", issuer=f"http://127.0.0.1:{port}", client_secret=seal(SECRET)
    )


def test_the_mock_of_pypi_signs_somebody_in(student, live_server, tmp_path, request):
    port = free_port()
    oidc_row(port)
    with oidc_provider_mock(port, {"sub": "anna", "reg_no": NUMBER}, log=tmp_path / "log"):
        page = request.getfixturevalue("phone").new_page()
        press(page, live_server, "Ardhi")
        picture(page, "mock-2-provider")
        page.locator("input[name=sub]").fill("anna")
        page.get_by_role("button", name="Authorize", exact=True).click()
        expect_signed_in(page, live_server, "mock")


def test_a_certified_provider_signs_somebody_in_and_out_of_both(student, live_server, tmp_path, request):
    port = free_port()
    row = oidc_row(port)
    settings = {
        "port": port,
        "issuer": row.issuer,
        "client_id": row.client_id,
        "client_secret": SECRET,
        "redirect_uri": f"{live_server.url}/accounts/oidc/uni/login/callback/",
        "signed_out_uri": f"{live_server.url}/accounts/login/",
        # By number: the provider may ask the other kind of address first where the server has a name.
        "logout_uri": f"{live_server.url.replace('localhost', '127.0.0.1')}/accounts/oidc/uni/backchannel-logout/",
        "claims": {"reg_no": NUMBER, "given_name": "Anna", "family_name": "Mushi"},
    }
    with node("openid.mjs", settings, log=tmp_path / "log"):
        context = request.getfixturevalue("phone")
        page = context.new_page()
        press(page, live_server, "Ardhi")
        picture(page, "certified-2-provider")
        page.locator("input[name=login]").fill("anna")
        page.locator("input[name=password]").fill("any")
        page.get_by_role("button", name="Sign-in").click()
        page.get_by_role("button", name="Continue").click()
        expect_signed_in(page, live_server, "certified")
        # The provider's own session ends, and with it ours: it tells us behind the browser's back.
        page.goto(f"{row.issuer}/session/end")
        page.get_by_role("button", name="Yes").click()
        expect(page.get_by_text("Sign-out Success")).to_be_visible()
        expect_signed_out(page, live_server)
        # Once more, and out from here: the provider is told by the browser.
        press(page, live_server, "Ardhi")
        page.locator("input[name=login]").fill("anna")
        page.locator("input[name=password]").fill("any")
        page.get_by_role("button", name="Sign-in").click()
        page.wait_for_url(re.compile(re.escape(live_server.url) + "|consent|interaction"))
        if "/interaction/" in page.url:
            page.get_by_role("button", name="Continue").click()
        expect_signed_in(page, live_server, "certified-again")
        page.goto(f"{live_server.url}/accounts/logout/")
        page.get_by_role("main").get_by_role("button", name="Sign out").click()
        picture(page, "certified-4-signed-out")
        page.wait_for_url(re.compile(re.escape(row.issuer)))
        page.get_by_role("button", name="Yes").click()
        expect(page).to_have_url(re.compile(re.escape(live_server.url) + "/accounts/login/"))


def saml_row(issuer: str, sso_url: str) -> IdentityProvider:
    row = IdentityProviderFactory.create(
        kind=ProviderKind.SAML,
        slug="campus",
        name="Campus",
        issuer=issuer,
        client_id="",
        client_secret="",
        sso_url=sso_url,
        certificates=PAIR.certificate,
    )
    make_own_keys(row, actor=SYSTEM)
    return row


@pytest.mark.parametrize("encrypted", [False, True])
def test_samlp_signs_somebody_in(student, live_server, tmp_path, request, encrypted):
    port = free_port()
    row = saml_row("urn:campus:idp", f"http://127.0.0.1:{port}/sso")
    key = x509.load_pem_x509_certificate(row.own_certificate.encode()).public_key()
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    settings = {
        "port": port,
        "issuer": row.issuer,
        "acs": f"{live_server.url}/accounts/saml/campus/acs/",
        "certificate": PAIR.certificate,
        "key": PAIR.key.decode(),
        "subject": "anna-for-us-alone",
        "claims": {"reg_no": NUMBER},
        "encrypt_for": {"certificate": row.own_certificate, "public_key": pem} if encrypted else None,
    }
    with node("saml.mjs", settings, log=tmp_path / "log"):
        page = request.getfixturevalue("phone").new_page()
        press(page, live_server, "Campus")
        expect_signed_in(page, live_server, "samlp")


def test_simplesamlphp_signs_somebody_in_and_out_of_both(student, live_server, tmp_path, request):
    """With an encrypted assertion; logout begun here and begun there, each message signed and checked."""
    port = free_port()
    idp = f"http://127.0.0.1:{port}/saml2/idp"
    row = saml_row("urn:campus:idp", f"{idp}/SSOService.php")
    row.slo_url = f"{idp}/SingleLogoutService.php"
    row.save()
    settings = {
        "issuer": row.issuer,
        "acs": f"{live_server.url}/accounts/saml/campus/acs/",
        "sls": f"{live_server.url}/accounts/saml/campus/sls/",
        "entity": f"{live_server.url}/accounts/saml/campus/metadata/",
        "our_certificate": row.own_certificate,
        "certificate": PAIR.certificate,
        "key": PAIR.key,
    }
    with simplesamlphp(port, tmp_path / "php", settings):
        page = request.getfixturevalue("phone").new_page()
        enter_at_simplesamlphp(page, live_server)
        page.goto(f"{live_server.url}/accounts/logout/")
        page.get_by_role("main").get_by_role("button", name="Sign out").click()
        picture(page, "simplesamlphp-4-signed-out")
        expect(page.get_by_text("You are signed out of Campus as well.")).to_be_visible()
        # The provider asks for the password again: its own session has ended too.
        enter_at_simplesamlphp(page, live_server)
        home = idp.partition("/saml2")[0] + "/"
        page.goto(f"{idp}/initSLO.php?RelayState={home}")
        page.wait_for_url(re.compile(f"^{re.escape(home)}"))
        expect_signed_out(page, live_server)


def enter_at_simplesamlphp(page: Page, server) -> None:
    press(page, server, "Campus")
    picture(page, "simplesamlphp-2-provider")
    page.locator("input[name=username]").fill("anna")
    page.locator("input[name=password]").fill("pw")
    page.locator("button[type=submit], input[type=submit], #submit_button").first.click()
    expect_signed_in(page, server, "simplesamlphp")
