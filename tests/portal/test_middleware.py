import pytest
from django.conf import settings
from django.urls import reverse

from tests.clients import signed_in
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def policy_of(response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in response.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, _space, sources in parts}


# -- language ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "language"),
    [("sw", "sw"), ("ar-EG,ar;q=0.9", "ar"), ("fr", "en"), ("", "en"), ("x" * 5000, "en"), ("*;q=nan", "en")],
)
def test_language_of_stranger_follows_the_browser(client, header: str, language: str) -> None:
    response = client.get(reverse("offline"), headers={"accept-language": header})
    assert response.headers["Content-Language"] == language


def test_language_cookie_wins_over_browser(client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    response = client.get(reverse("offline"), headers={"accept-language": "sw"})
    assert response.headers["Content-Language"] == "ar"
    assert b'<html lang="ar" dir="rtl">' in response.content


@pytest.mark.parametrize("cookie", ["xx", "../../etc", "en\x00", ""])
def test_language_cookie_of_unknown_language_is_ignored(client, cookie: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    response = client.get(reverse("offline"), headers={"accept-language": "sw"})
    assert response.headers["Content-Language"] == "sw"


def test_language_of_account_wins_over_browser() -> None:
    response = signed_in(UserFactory.create(language="sw")).get(
        reverse("account_change_password"), headers={"accept-language": "ar"}
    )
    assert response.headers["Content-Language"] == "sw"


def test_language_cookie_wins_over_account() -> None:
    client = signed_in(UserFactory.create(language="sw"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    assert client.get(reverse("account_change_password")).headers["Content-Language"] == "ar"


def test_language_of_session_wins_over_cookie(client) -> None:
    session = client.session
    session["language"] = "sw"
    session.save()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    assert client.get(reverse("offline")).headers["Content-Language"] == "sw"


def test_language_varies_by_header_and_cookie(client) -> None:
    varies = {part.strip() for part in client.get(reverse("offline")).headers["Vary"].split(",")}
    assert {"Accept-Language", "Cookie"} <= varies


def test_language_of_stranger_asks_no_database(client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        client.get(reverse("offline"))


# -- private pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["account_change_password", "mfa_index", "offline", "manifest"])
def test_signed_in_answers_are_never_stored(page: str) -> None:
    assert signed_in(UserFactory.create()).get(reverse(page)).headers["Cache-Control"] == "no-store, private"


def test_signed_in_redirects_and_refusals_are_never_stored() -> None:
    client = signed_in(UserFactory.create())
    assert client.get(reverse("account_login")).headers["Cache-Control"] == "no-store, private"
    assert client.get("/nothing-here/").headers["Cache-Control"] == "no-store, private"


def test_page_of_nobody_may_be_stored(client) -> None:
    assert client.get(reverse("offline")).headers["Cache-Control"] == "max-age=3600"


def test_every_answer_limits_the_browser(client) -> None:
    headers = client.get(reverse("offline")).headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


# -- content security policy ---------------------------------------------------------------------------------------


def test_policy_of_portal_allows_nothing_unsafe(client) -> None:
    policy = policy_of(client.get(reverse("offline")))
    assert "unsafe" not in " ".join(policy.values())
    assert policy["default-src"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["script-src"].startswith("'self' 'nonce-")


def test_policy_of_workspace_allows_what_its_pages_need() -> None:
    response = signed_in(UserFactory.create(is_superuser=True)).get(reverse("admin:index"))
    policy = policy_of(response)
    assert response.status_code == 200
    unsafe = {name: sources for name, sources in policy.items() if "unsafe" in sources}
    assert set(unsafe) == {"script-src", "style-src", "style-src-attr"}
    assert "'unsafe-inline'" not in policy["script-src"]
    assert "'unsafe-eval'" in policy["script-src"]
    assert policy["frame-ancestors"] == "'self'"
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_policy_of_missing_page_below_workspace_is_strict() -> None:
    response = signed_in(UserFactory.create(is_superuser=True)).get("/administration/")
    assert response.status_code == 404
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("page", "targets"),
    [("account_login", "'self' https:"), ("account_signup", "'self' https:"), ("account_reset_password", "'self'")],
)
def test_policy_of_sign_in_lets_forms_lead_to_the_university(client, page: str, targets: str) -> None:
    assert policy_of(client.get(reverse(page)))["form-action"] == targets
