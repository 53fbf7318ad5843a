"""The headers of addresses that are no matter of rights; those of all others are looked at with each cell."""

from typing import Any, Final

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.clients import signed_in
from tests.factories.accounts import UserFactory
from tests.matrix import mapping
from tests.matrix.headers import YEAR_S, header_problem

pytestmark = [pytest.mark.django_db, pytest.mark.matrix]

# As in the settings of production, where the portal is reached by TLS alone.
OVER_TLS: Final = {
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": YEAR_S,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}
# Nothing of these exists: what is said of a missing page is said with the same headers.
INVENTED: Final[tuple[tuple[Any, ...], ...]] = ((), (1,), ("x",), (1, 1), ("1", "x-y"), ("x", "y"))


def address_of(name: str) -> str:
    if name.startswith("None "):
        return f"/{name.removeprefix('None ')}"
    for args in INVENTED:
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    message = f"{name} takes other arguments"
    raise AssertionError(message)


@pytest.fixture
def over_tls(settings):
    for name, value in OVER_TLS.items():
        setattr(settings, name, value)


@pytest.mark.parametrize("who", ["nobody", "student", "superuser"])
def test_public_addresses_have_the_headers_of_every_page(over_tls, who: str):
    person = None if who == "nobody" else UserFactory.create(is_superuser=who == "superuser", is_staff=True)
    wrong = []
    for name in mapping.public():
        browser = Client() if person is None else signed_in(person)
        browser.raise_request_exception = False
        answer = browser.get(address_of(name), secure=True)
        private = person is not None and answer.status_code == 200
        problem = header_problem(answer, name, workspace=name.startswith("admin:"), private=private, tls=True)
        wrong += [f"{name} ({answer.status_code}): {problem}"] if problem or answer.status_code >= 500 else []
    assert wrong == []


def test_plain_http_is_led_to_tls(over_tls):
    answer = Client().get(reverse("account_login"))
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://testserver{reverse('account_login')}")


def test_a_page_without_its_headers_is_noticed():
    answer = Client().get(reverse("account_login"))
    assert header_problem(answer, "account_login") == ""
    assert header_problem(answer, "account_login", tls=True).startswith("Strict-Transport-Security")
    answer.headers["Content-Security-Policy"] = answer.headers["Content-Security-Policy"].replace(
        "style-src 'self'", "style-src 'self' 'unsafe-inline'"
    )
    del answer.headers["X-Content-Type-Options"]
    answer.cookies["seen"] = "1"
    problem = header_problem(answer, "account_login", private=True)
    assert problem.split("; ") == [
        "X-Content-Type-Options: None",
        "policy [('style-src', \"'self'\"), ('style-src', \"'self' 'unsafe-inline'\")]",
        "a script can read the cookie seen",
        "other sites send the cookie seen",
        *(["may be stored"] if "no-store" not in answer.headers["Cache-Control"] else []),
    ]
