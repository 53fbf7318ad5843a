"""The second factor: who needs one, and what is closed without."""

import time

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    validate_totp_code,
)
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.accounts.models import Notice, User
from apps.accounts.services.people import give_role, grant, withdraw_role
from apps.accounts.services.second_factor import check_second_factor
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import DepartmentFactory, StudentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def needed(settings):
    settings.SECOND_FACTOR_NEEDED = True


@pytest.fixture
def coordinator():
    person = UserFactory.create(username="asha")
    grant(person, DepartmentFactory.create(), actor=SYSTEM)
    return person


def authenticator_app(person: User) -> str:
    """Switch one on and return its secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def code_of(secret: str, steps: int = 0) -> str:
    """Return the code of now, or of so many half minutes from now."""
    code: str = format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))
    return code


def wrong(secret: str) -> str:
    return f"{(int(code_of(secret)) + 500_000) % 1_000_000:06}"


def with_password(**extra) -> Client:
    browser = Client(**extra)
    browser.post(reverse("account_login"), {"login": "asha", "password": "pw"})
    return browser


CLOSED = ["home", "profile", "notices", "admin:index", "admin:accounts_enrolment_changelist", "usersessions_list"]


@pytest.mark.parametrize("name", CLOSED)
def test_a_coordinator_with_a_password_alone_reaches_only_the_pages_that_set_one_up(coordinator, name):
    browser = with_password()
    assert browser.get(reverse(name))["Location"] == reverse("mfa_index")
    page = browser.get(reverse("mfa_index"))
    assert (page.status_code, "needs one of these before you go on" in page.text) == (200, True)


def test_nothing_is_done_by_post_either(coordinator):
    browser = with_password()
    assert browser.post(reverse("notices_read"))["Location"] == reverse("mfa_index")
    answer = browser.post(reverse("admin:accounts_enrolment_export"))
    assert answer["Location"] == reverse("mfa_index")


def test_a_superuser_needs_one_too():
    browser = signed_in(UserFactory.create(is_superuser=True))
    assert browser.get(reverse("admin:index"))["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("make", [StudentFactory, UserFactory])
def test_others_need_none(make):
    assert signed_in(make.create()).get(reverse("profile")).status_code == 200


def test_the_demonstration_asks_for_none(coordinator, settings):
    settings.SECOND_FACTOR_NEEDED = False
    assert with_password().get(reverse("admin:index")).status_code == 200


def test_the_api_is_closed_as_well(coordinator):
    answer = with_password().get(reverse("api-me"))
    assert (answer.status_code, answer.headers["Content-Type"], answer.json()["code"]) == (
        *(403, "application/problem+json"),
        "second_factor_needed",
    )


def test_the_way_out_stays_open(coordinator):
    browser = with_password()
    assert browser.get(reverse("account_logout")).status_code == 200
    assert browser.get(reverse("account_change_password")).status_code == 200


def test_who_comes_by_the_universitys_sign_in_needs_none(coordinator):
    browser = signed_in(coordinator)
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "socialaccount", "at": time.time()}]
    session["account_authentication_methods_user"] = str(coordinator.pk)
    session.save()
    assert browser.get(reverse("admin:index")).status_code == 200


def test_an_app_is_set_up_and_opens_everything_and_is_told(coordinator, django_capture_on_commit_callbacks):
    browser = with_password()
    address = reverse("mfa_activate_totp")
    page = browser.get(address, follow=True)
    if page.redirect_chain:
        browser.post(reverse("account_reauthenticate"), {"password": "pw"})
        page = browser.get(address)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post(address, {"code": code_of(page.context["form"].secret)})
    assert browser.get(reverse("admin:index")).status_code == 200
    kinds = set(Authenticator.objects.values_list("type", flat=True))
    assert kinds == {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}
    assert set(Notice.objects.values_list("kind", flat=True)) == {"accounts.sign_in_changed"}


def test_signing_in_asks_for_the_code(coordinator):
    secret = authenticator_app(coordinator)
    browser = with_password()
    assert browser.get(reverse("admin:index")).status_code == 302
    browser.post(reverse("mfa_authenticate"), {"code": wrong(secret)})
    assert browser.get(reverse("profile")).status_code == 302
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert browser.get(reverse("admin:index")).status_code == 200


def test_a_code_works_once(coordinator):
    secret = authenticator_app(coordinator)
    one, two, code = with_password(), with_password(), code_of(secret)
    one.post(reverse("mfa_authenticate"), {"code": code})
    two.post(reverse("mfa_authenticate"), {"code": code})
    assert (one.get(reverse("profile")).status_code, two.get(reverse("profile")).status_code) == (200, 302)


def test_a_recovery_code_opens_once(coordinator):
    authenticator_app(coordinator)
    code = RecoveryCodes.activate(coordinator).get_unused_codes()[0]
    for expected in (200, 302):
        browser = with_password()
        browser.post(reverse("mfa_authenticate"), {"code": code})
        assert browser.get(reverse("profile")).status_code == expected


def test_the_sixth_code_within_a_minute_waits_whatever_the_cache_forgets(coordinator):
    secret, browser = authenticator_app(coordinator), with_password()
    statuses = []
    for _ in range(6):
        cache.clear()
        statuses.append(browser.post(reverse("mfa_authenticate"), {"code": wrong(secret)}).status_code)
    answer = browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert (statuses, answer.status_code) == ([200] * 5 + [429], 429)
    assert 0 < int(answer.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(("steps", "right"), [(-3, False), (-1, True), (1, True), (3, False)])
def test_a_clock_that_is_half_a_minute_off_is_borne(steps, right):
    secret = generate_totp_secret()
    assert validate_totp_code(secret, code_of(secret, steps)) is right


def test_a_right_code_lets_count_anew(coordinator):
    secret = authenticator_app(coordinator)
    browser = with_password()
    for _ in range(4):
        browser.post(reverse("mfa_authenticate"), {"code": wrong(secret)})
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    again = with_password()
    statuses = {again.post(reverse("mfa_authenticate"), {"code": wrong(secret)}).status_code for _ in range(4)}
    assert statuses == {200}


def test_a_code_without_a_password_before_it_counts_nothing(client):
    assert client.post(reverse("mfa_authenticate"), {"code": "123456"}).status_code == 302


# -- taking it away -------------------------------------------------------------------------------------------------


def switch_off(browser: Client) -> None:
    browser.post(reverse("mfa_deactivate_totp"))
    browser.post(reverse("account_reauthenticate"), {"password": "pw"})
    browser.post(reverse("mfa_deactivate_totp"))


def through(secret: str) -> Client:
    browser = with_password()
    browser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    return browser


def test_who_needs_one_keeps_the_last_one(coordinator):
    switch_off(through(authenticator_app(coordinator)))
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 1


def test_a_short_password_needs_one_too(coordinator):
    secret = authenticator_app(coordinator)
    withdraw_role(coordinator, Role.COORDINATOR, actor=SYSTEM)
    User.objects.update(has_short_password=True)
    switch_off(through(secret))
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 1


def test_others_take_theirs_away(coordinator):
    secret = authenticator_app(coordinator)
    withdraw_role(coordinator, Role.COORDINATOR, actor=SYSTEM)
    switch_off(through(secret))
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 0


def passkey(person: User) -> Authenticator:
    return Authenticator.objects.create(
        user=person, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": {}}
    )


@pytest.mark.parametrize(("has_app", "left"), [(False, 1), (True, 0)])
def test_the_last_passkey_of_who_needs_one_stays(coordinator, has_app, left):
    key = passkey(coordinator)
    if has_app:
        authenticator_app(coordinator)
    browser = signed_in(coordinator)
    browser.post(reverse("account_reauthenticate"), {"password": "pw"})
    browser.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == left


def test_nobody_removes_the_passkey_of_somebody_else(coordinator):
    key = passkey(UserFactory.create())
    authenticator_app(coordinator)
    assert signed_in(coordinator).post(reverse("mfa_remove_webauthn", args=[key.pk])).status_code == 404


# -- tokens ---------------------------------------------------------------------------------------------------------


def token(code: str = ""):
    body = {"username": "asha", "password": "pw"} | ({"code": code} if code else {})
    return Client().post(reverse("api-login"), body, content_type="application/json")


def test_a_token_needs_the_second_factor_too(coordinator):
    assert (token().status_code, token().json()["code"]) == (400, "second_factor_needed")
    secret = authenticator_app(coordinator)
    assert token().json()["code"] == "second_factor_needed"
    assert token(wrong(secret)).json()["code"] == "code_wrong"


def test_a_token_is_given_for_a_code_or_a_recovery_code(coordinator):
    secret = authenticator_app(coordinator)
    recovery = RecoveryCodes.activate(coordinator).get_unused_codes()[0]
    assert [token(code).status_code for code in (code_of(secret), recovery, recovery)] == [200, 200, 400]


def test_codes_for_tokens_are_counted(coordinator):
    secret = authenticator_app(coordinator)
    assert [token(wrong(secret)).status_code for _ in range(6)] == [400] * 5 + [429]


def test_a_new_coordinator_is_asked_on_the_next_request():
    person = UserFactory.create(username="asha")
    browser = with_password()
    assert browser.get(reverse("profile")).status_code == 200
    give_role(person, Role.COORDINATOR, actor=SYSTEM)
    assert browser.get(reverse("profile"))["Location"] == reverse("mfa_index")


def test_it_is_asked_for_everywhere_but_in_the_demonstration():
    assert django_settings.DEMO is False


def test_who_must_have_a_second_factor_is_not_let_through_without(coordinator):
    with pytest.raises(RuleViolation) as refused:
        check_second_factor(coordinator, "123456")
    assert (refused.value.code, refused.value.field) == ("second_factor_needed", "code")
