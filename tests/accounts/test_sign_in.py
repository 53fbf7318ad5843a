"""Signing in, choosing a new password, and who learns what by trying."""

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import MD5PasswordHasher as PlainHasher
from django.core import mail
from django.test import Client, override_settings
from django.urls import reverse

from apps.accounts.models import LimitCount, Notice, OutboxTask, User
from apps.accounts.services.letters import Occasion, send_account_letter, send_reset_letter
from apps.accounts.services.limits import SIGN_IN_IN_A_ROW, take
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import give_role
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.mail import AddressRefusedError
from tests.clients import access_token_for
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

LOGIN = "account_login"
WRONG = "wrong"
NEW = "three dull lamps"


@pytest.fixture
def person():
    return UserFactory.create(username="asha", email="asha@uni.example")


def try_page(client, login: str, password: str = WRONG, **extra):
    return client.post(reverse(LOGIN), {"login": login, "password": password}, **extra)


def try_api(client, login: str, password: str = WRONG, **extra):
    body = {"email" if "@" in login else "username": login, "password": password}
    return client.post(reverse("api-login"), body, content_type="application/json", **extra)


@pytest.mark.parametrize("attempt", [try_page, try_api])
def test_the_sixth_try_within_a_minute_waits(client, person, attempt):
    statuses = [attempt(client, "asha").status_code for _ in range(6)]
    answer = attempt(client, "asha", "pw")
    assert statuses[-1] == 429
    assert 429 not in statuses[:-1]
    assert (answer.status_code, 0 < int(answer.headers["Retry-After"]) <= 60) == (429, True)


def test_page_and_api_and_both_names_are_one_count(client, person):
    for n in range(5):
        attempt = (try_page, try_api)[n % 2]
        attempt(client, ("asha", "ASHA@uni.example")[n % 2])
    assert try_page(client, "asha@uni.example", "pw").status_code == 429


def test_an_unknown_account_waits_like_a_known_one(client):
    assert [try_page(client, "nobody").status_code for _ in range(6)] == [200] * 5 + [429]


def test_one_network_that_guesses_at_many_accounts_waits(client):
    statuses = {try_api(client, f"person{n}").status_code for n in range(30)}
    assert (statuses, try_api(client, "person99").status_code) == ({401}, 429)
    assert try_api(client, "person99", REMOTE_ADDR="192.0.2.9").status_code == 401


def test_a_hundred_wrong_passwords_in_a_row_close_an_account_until_its_password_is_changed(client, person):
    for _ in range(100):
        take(SIGN_IN_IN_A_ROW, f"person:{person.pk}")
    answer = try_page(client, "asha", "pw")
    assert (answer.status_code, int(answer.headers["Retry-After"]) > 80_000) == (429, True)
    send_reset_letter("asha@uni.example")
    address = re.search(r"http://127\.0\.0\.1:8000(\S+)", str(mail.outbox[0].body))[1]
    form = client.get(address, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert try_page(client, "asha", NEW).status_code == 302


def test_who_signs_in_uses_up_no_tries(client, person):
    for _ in range(7):
        assert try_page(Client(), "asha", "pw").status_code == 302
    assert sorted(LimitCount.objects.values_list("count", flat=True)) == [0, 0]


@pytest.mark.parametrize("attempt", [try_page, try_api])
def test_known_and_unknown_accounts_get_the_same_answer_for_the_same_hashing(client, person, monkeypatch, attempt):
    UserFactory.create(username="closed", password="!")
    hashed = []
    original = PlainHasher.encode

    def counted(self, *args, **kwargs):
        hashed.append(args)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(PlainHasher, "encode", counted)
    answers = []
    for login in ("asha", "nobody", "closed", "asha@uni.example", "nobody@uni.example"):
        hashed.clear()
        page = attempt(client, login)
        answers.append((page.status_code, re.sub(r'(value|nonce)="[^"]*"', "", page.text), len(hashed)))
    assert answers == [answers[0]] * 3 + [answers[3]] * 2
    assert {count for _status, _text, count in answers} == {1}


@pytest.mark.parametrize("email", ["asha@uni.example", "nobody@uni.example"])
def test_asking_for_a_new_password_answers_and_works_the_same(client, person, email, django_assert_num_queries):
    with django_assert_num_queries(11):
        answer = client.post(reverse("account_reset_password"), {"email": email})
    assert answer["Location"] == reverse("account_reset_password_done")
    assert OutboxTask.objects.get().payload == {"email": email, "language": "en"}
    run_due_tasks()
    assert [letter.to for letter in mail.outbox] == ([[email]] if email == person.email else [])


def test_the_sixth_link_within_an_hour_waits(client, person):
    address = reverse("account_reset_password")
    statuses = [client.post(address, {"email": "asha@uni.example"}).status_code for _ in range(6)]
    assert statuses == [302] * 5 + [429]


HOSTS = [
    *("evil.example", "evil.example:80", "evil.example:443", "testserver.evil.example", "testserver@evil.example"),
    *("testserver:evil.example", "testserver/evil.example", "evil.example#testserver", "127.0.0.1.evil.example"),
    *("evil.example?x=testserver", "testserver, evil.example", "TESTSERVER.EVIL.EXAMPLE", "[::1]", "192.0.2.1"),
]
HEADERS = (
    [{"HTTP_HOST": host} for host in HOSTS]
    + [{"HTTP_X_FORWARDED_HOST": host} for host in HOSTS[:6]]
    + [
        {"HTTP_X_HOST": "evil.example"},
        {"HTTP_X_FORWARDED_SERVER": "evil.example"},
        {"HTTP_X_ORIGINAL_HOST": "evil.example"},
        {"HTTP_X_HTTP_HOST_OVERRIDE": "evil.example"},
        {"HTTP_FORWARDED": "host=evil.example;proto=https"},
        {"HTTP_X_ORIGINAL_URL": "https://evil.example/"},
        {"HTTP_X_REWRITE_URL": "https://evil.example/"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"SERVER_NAME": "evil.example"},
        {"SERVER_NAME": "testserver", "SERVER_PORT": "8443"},
        {"HTTP_ORIGIN": "https://evil.example"},
    ]
)


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: "-".join(headers.values()))
def test_no_header_changes_the_link_of_a_new_password(person, headers):
    Client().post(reverse("account_reset_password"), {"email": "asha@uni.example"}, **headers)
    run_due_tasks()
    addresses = [a for letter in mail.outbox for a in re.findall(r"https?://[^/\s\"<]+", str(letter.body))]
    assert set(addresses) <= {"http://127.0.0.1:8000"}


def test_there_are_thirty_of_them():
    assert len(HEADERS) >= 30


def test_a_look_alike_gets_no_link(client, person):
    for email in ("asha+x@uni.example", "asha@unі.example"):
        client.post(reverse("account_reset_password"), {"email": email})
    run_due_tasks()
    assert mail.outbox == []


def test_who_is_shut_out_gets_no_link(person):
    User.objects.update(is_active=False)
    send_reset_letter("asha@uni.example")
    assert mail.outbox == []


def test_an_address_that_the_mail_server_refuses_is_no_error(monkeypatch):
    def refuse(_letter):
        raise AddressRefusedError

    monkeypatch.setattr("apps.accounts.services.letters.send_letter", refuse)
    send_account_letter(Occasion.REGISTER, "asha@uni.example", "/", language="")
    assert mail.outbox == []


def test_letters_speak_the_language_of_the_person():
    send_account_letter(Occasion.RESET, "asha@uni.example", "http://127.0.0.1:8000/x", language="ar")
    assert 'dir="rtl"' in str(mail.outbox[0].alternatives[0][0])


# -- a changed password ---------------------------------------------------------------------------------------------


def change_password(client, old: str = "pw", new: str = NEW):
    form = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), form)


def test_a_changed_password_ends_other_sessions_and_tokens_and_is_told(client, person):
    try_page(client, "asha", "pw")
    other, token = Client(), str(access_token_for(person))
    try_page(other, "asha", "pw")
    assert change_password(client).status_code == 302
    assert client.get(reverse("profile")).status_code == 200
    assert other.get(reverse("profile")).status_code == 302
    assert client_with(token).status_code == 401
    assert Notice.objects.get().kind == "accounts.sign_in_changed"


def client_with(token: str):
    return Client().get(reverse("api-me"), HTTP_AUTHORIZATION=f"Bearer {token}")


def test_a_changed_password_keeps_to_the_rules(client, person):
    try_page(client, "asha", "pw")
    page = change_password(client, new="short")
    assert "Use at least 15 characters" in page.context["form"].errors["password1"][0]


def test_the_address_is_changed_by_a_link_and_the_old_one_is_told(client, person):
    try_page(client, "asha", "pw")
    client.post(reverse("account_reauthenticate"), {"password": "pw"})
    client.post(reverse("account_email"), {"email": "asha@new.example", "action_add": ""})
    assert User.objects.get().email == "asha@uni.example"
    address = re.search(r"http://127\.0\.0\.1:8000(\S+)", str(mail.outbox[0].body))[1]
    client.post(address)
    assert User.objects.get().email == "asha@new.example"
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["asha@new.example"], "Confirm your address"),
        (["asha@uni.example"], "Your address was changed"),
    ]


def test_an_address_that_waits_does_not_keep_a_second_factor_away(client, person):
    try_page(client, "asha", "pw")
    client.post(reverse("account_reauthenticate"), {"password": "pw"})
    client.post(reverse("account_email"), {"email": "asha@new.example", "action_add": ""})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_who_has_a_second_factor_may_change_the_address(client, person):
    try_page(client, "asha", "pw")
    client.post(reverse("account_reauthenticate"), {"password": "pw"})
    TOTP.activate(person, generate_totp_secret())
    client.post(reverse("account_email"), {"email": "asha@new.example", "action_add": ""})
    assert [letter.to for letter in mail.outbox] == [["asha@new.example"]]


def test_who_only_holds_the_device_does_not_change_the_address(client, person):
    try_page(client, "asha", "pw")
    answer = client.post(reverse("account_email"), {"email": "asha@new.example", "action_add": ""})
    assert (answer.url.partition("?")[0], mail.outbox) == (reverse("account_reauthenticate"), [])


@pytest.mark.parametrize("email", ["juma+x@uni.example", "asha@localhost"])
def test_a_new_address_is_one_and_nobody_elses_look_alike(client, person, email):
    UserFactory.create(email="juma@uni.example")
    try_page(client, "asha", "pw")
    client.post(reverse("account_reauthenticate"), {"password": "pw"})
    page = client.post(reverse("account_email"), {"email": email, "action_add": ""})
    assert list(page.context["form"].errors) == ["email"]
    assert mail.outbox == []


def test_a_new_role_counts_on_the_next_request(client, person):
    try_page(client, "asha", "pw")
    assert client.get(reverse("admin:index"), follow=True).status_code == 404
    give_role(person, Role.COORDINATOR, actor=SYSTEM)
    assert client.get(reverse("admin:index")).status_code == 200


@override_settings(ALLOWED_HOSTS=["testserver"])
def test_nobody_is_led_to_another_site(client, person):
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        browser = Client()
        answer = browser.post(f"{reverse(LOGIN)}?next={target}", {"login": "asha", "password": "pw", "next": target})
        assert answer["Location"] == reverse("home")
