import json
import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from apps.accounts.states import Role
from portal.kernel import screens
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_set_language_keeps_it_in_a_cookie_and_goes_back(client) -> None:
    response = client.post(reverse("set_language"), {"language": "sw", "next": "/offline/?a=1"})
    assert (response.status_code, response.headers["Location"]) == (302, "/offline/?a=1")
    cookie = response.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("sw", True, "Lax")
    assert client.get(reverse("offline")).headers["Content-Language"] == "sw"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "\nhttp://x"]
)
def test_set_language_never_leaves_the_site(client, target: str) -> None:
    assert client.post(reverse("set_language"), {"language": "sw", "next": target}).headers["Location"] == "/"


@pytest.mark.parametrize("code", ["", "xx", "../en", "en\r\nSet-Cookie: a=b"])
def test_set_language_refuses_what_we_do_not_speak(client, code: str) -> None:
    response = client.post(reverse("set_language"), {"language": code})
    assert (response.status_code, settings.LANGUAGE_COOKIE_NAME in response.cookies) == (400, False)


def test_set_language_by_get_changes_nothing(client) -> None:
    response = client.get(reverse("set_language"), {"language": "sw"})
    assert (response.status_code, settings.LANGUAGE_COOKIE_NAME in response.cookies) == (405, False)


def test_the_address_of_a_form_answers_a_reload_with_a_page(client) -> None:
    response = client.get(reverse("set_language"))
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "Nothing was changed. Open the page again and use its button." in response.content.decode()
    assert client.head(reverse("set_language")).content == b""


def test_set_language_is_kept_in_the_account(client, monkeypatch) -> None:
    kept = []
    monkeypatch.setattr(screens._registry, "keep_language", lambda user, code: kept.append((user.pk, code)))
    user = UserFactory.create()
    client.force_login(user)
    client.post(reverse("set_language"), {"language": "ar"})
    assert kept == [(user.pk, "ar")]


def test_set_language_overrides_the_session(client) -> None:
    session = client.session
    session["language"] = "ar"
    session.save()
    client.post(reverse("set_language"), {"language": "sw"})
    assert client.get(reverse("offline")).headers["Content-Language"] == "sw"


def test_old_form_gets_a_page_that_says_what_to_do() -> None:
    response = Client(enforce_csrf_checks=True).post(reverse("set_language"), {"language": "sw"})
    assert response.status_code == 403
    assert b"<h1>This page was open for too long</h1>" in response.content


def test_manifest_describes_the_portal(client) -> None:
    response = client.get(reverse("manifest"))
    body = json.loads(response.content)
    assert response.headers["Content-Type"] == "application/manifest+json"
    assert (body["short_name"], body["start_url"], body["scope"]) == ("Practicum", "/", "/")


def test_worker_keeps_only_what_is_the_same_for_everybody(client) -> None:
    response = client.get(reverse("worker"))
    text = response.content.decode()
    kept = text.partition("const FILES = [")[2].partition("]")[0].split(",")
    assert response.headers["Content-Type"] == "text/javascript"
    assert 'const OFFLINE = "/offline/";' in text
    assert [line.strip() for line in kept if line.strip()] == [
        "OFFLINE",
        '"/static/portal/tokens.css"',
        '"/static/portal/portal.css"',
        '"/static/portal/portal.js"',
        '"/static/portal/kept.js"',
        '"/static/portal/day.js"',
        '"/static/portal/logo.svg"',
    ]


def test_offline_page_is_the_same_for_everybody(client) -> None:
    def words() -> str:
        return re.sub(r'nonce="[^"]+"', "", client.get(reverse("offline")).content.decode())

    stranger = words()
    client.force_login(UserFactory.create(first_name="Zuhura", roles=[Role.STUDENT]))
    assert words() == stranger


@pytest.mark.parametrize(
    ("template", "heading"),
    [
        ("403.html", "You may see this, but not change it"),
        ("404.html", "There is nothing here for you"),
        ("429.html", "That was too often"),
        ("500.html", "Something broke on our side"),
    ],
)
def test_error_page_needs_no_context(template: str, heading: str) -> None:
    assert f"<h1>{heading}</h1>" in render_to_string(template)


def test_missing_page_is_ours(client) -> None:
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert b"<h1>There is nothing here for you</h1>" in response.content


@pytest.mark.parametrize("address", ["/api/v1/nothing/", "/api/v1/analytics/figures/doc/", "/api/nothing"])
def test_an_address_that_the_api_does_not_have_is_answered_in_its_format(client, address):
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not found",
        "status": 404,
        "code": "not_found",
        "detail": "There is nothing here.",
    }


def test_people_who_miss_an_address_get_a_page(client):
    answer = client.get("/nothing/")
    assert (answer.status_code, "Nothing here" in answer.text) == (404, True)
