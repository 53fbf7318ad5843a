"""Registering alone, as a student or as a company."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.signing import TimestampSigner
from django.urls import reverse

from apps.accounts.models import Company, CompanyMember, OutboxTask, SiteSettings, User
from apps.accounts.selectors import site_settings
from apps.accounts.services import registration
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.registration import Door, Newcomer, register, send_registration_letter
from apps.accounts.states import CompanyState
from apps.vacancies.models import Vacancy
from portal.kernel.access import scope_of
from portal.kernel.errors import RuleViolation
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "three dull lamps"
PERSON = {"first_name": "Asha", "last_name": "Moshi", "password": PASSWORD}


def begin(client, email: str, door: str = "account_signup"):
    return client.post(reverse(door), {"email": email})


def link_in_mail() -> str:
    (letter,) = mail.outbox
    return re.search(r"http://127\.0\.0\.1:8000(\S+)", str(letter.body))[1]


def test_a_student_registers_by_the_link_and_is_asked_what_the_student_studies(client):
    answer = begin(client, " Asha@Uni.example ")
    assert answer.url == reverse("register_sent")
    assert "sent you a mail" in client.get(answer.url).text
    assert User.objects.count() == 0
    run_due_tasks()
    assert (mail.outbox[0].to, mail.outbox[0].subject) == (["asha@uni.example"], "Go on with your registration")
    address = link_in_mail()
    assert client.get(address).status_code == 200
    assert client.post(address, PERSON, follow=True).redirect_chain[-1][0] == reverse("welcome")
    person = User.objects.get()
    assert (str(person), person.email, sorted(scope_of(person).roles)) == (
        "Asha Moshi",
        "asha@uni.example",
        ["student"],
    )
    assert person.check_password(PASSWORD)
    assert [(row.email, row.verified, row.primary) for row in EmailAddress.objects.all()] == [
        ("asha@uni.example", True, True)
    ]


def test_a_link_works_once_and_for_one_day(client, monkeypatch):
    send_registration_letter("asha@uni.example", "student")
    address = link_in_mail()
    client.post(address, PERSON)
    client.logout()
    again = client.get(address)
    assert (again.status_code, "used up" in again.text) == (404, True)
    User.objects.all().delete()
    assert client.get(address).status_code == 200
    monkeypatch.setattr(registration, "VALID_S", -1)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: t[1:], lambda _t: "x"])
def test_an_altered_link_is_none(client, change):
    send_registration_letter("asha@uni.example", "student")
    head, token = link_in_mail().rstrip("/").rsplit("/", 1)
    assert client.get(f"{head}/{change(token)}/").status_code == 404


@pytest.mark.parametrize("held", ["asha@uni.example", "asha+first@uni.example"])
def test_known_and_unknown_addresses_get_the_same_answer_for_the_same_work(client, held, django_assert_num_queries):
    UserFactory.create(email=held)
    site_settings()
    texts = []
    for email in ("asha@uni.example", "nobody@uni.example"):
        with django_assert_num_queries(11):
            answer = begin(client, email)
        texts.append(
            (answer.status_code, answer.url, re.sub(r'(value|nonce)="[^"]*"', "", client.get(answer.url).text))
        )
    assert texts[0] == texts[1]
    assert OutboxTask.objects.filter(kind="accounts.send_registration_letter").count() == 2
    run_due_tasks()
    assert {letter.to[0]: letter.subject for letter in mail.outbox} == {
        "asha@uni.example": "You have an account already",
        "nobody@uni.example": "Go on with your registration",
    }


def test_a_company_registers_and_waits(client):
    begin(client, "hr@kilimo.example", "register_company")
    run_due_tasks()
    form = PERSON | {"name": "Kilimo Works", "industry_type": "ENERGY", "region": "Arusha", "phone": "+255 712 345 678"}
    answer = client.post(link_in_mail(), form, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("company_home")
    company, member = Company.objects.get(), CompanyMember.objects.get()
    assert (company.state, company.phone, company.contact_person) == (
        *(CompanyState.PROPOSED, "+255712345678"),
        "Asha Moshi",
    )
    assert (member.company, member.user.email, company.proposed_by) == (company, "hr@kilimo.example", member.user)
    assert Vacancy.objects.count() == 0


def test_two_companies_of_one_name_are_refused_at_the_field_and_nobody_is_created(client):
    Company.objects.create(name="Kilimo Works", normal_name="kilimo works")
    send_registration_letter("hr@kilimo.example", "company")
    form = PERSON | {"name": "Kilimo works", "industry_type": "ENERGY"}
    page = client.post(link_in_mail(), form)
    assert "name" in page.context["form"].errors
    assert User.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "passwordpassword"}, "password"),
        ({"password": ""}, "password"),
        ({"first_name": ""}, "first_name"),
        ({"first_name": "A\0"}, "first_name"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, changes, field):
    send_registration_letter("asha@uni.example", "student")
    page = client.post(link_in_mail(), PERSON | changes)
    assert list(page.context["form"].errors) == [field]
    assert User.objects.count() == 0


def test_a_telephone_without_country_is_refused(client):
    send_registration_letter("hr@kilimo.example", "company")
    page = client.post(link_in_mail(), PERSON | {"name": "K", "industry_type": "OTHER", "phone": "0712"})
    assert list(page.context["form"].errors) == ["phone"]


def test_what_is_no_address_is_refused(client):
    page = begin(client, "asha@localhost")
    assert page.context["form"].errors["email"] == ["This is no e-mail address. Write it as asha@university.example."]
    assert OutboxTask.objects.count() == 0


@pytest.mark.parametrize(
    ("switch", "door", "name"),
    [
        ("student_registration", Door.STUDENT, "account_signup"),
        ("company_registration", Door.COMPANY, "register_company"),
    ],
)
def test_a_closed_door_takes_nobody(client, switch, door, name):
    send_registration_letter("asha@uni.example", door.value)
    SiteSettings.objects.update(**{switch: False})
    page = client.get(reverse(name))
    assert (page.status_code, begin(client, "asha@uni.example", name).status_code) == (403, 403)
    assert client.get(link_in_mail()).status_code == 404
    assert reverse(name) + '"' not in client.get(reverse("account_login")).text
    with pytest.raises(RuleViolation) as caught:
        register(door, Newcomer("asha@uni.example", "A", "M", PASSWORD))
    assert (caught.value.code, User.objects.count()) == ("closed", 0)


def test_the_open_doors_stand_on_the_sign_in_page(client):
    page = client.get(reverse("account_login")).text
    assert (reverse("account_signup") in page, reverse("register_company") in page) == (True, True)


def test_who_is_signed_in_does_not_register(client):
    client.force_login(UserFactory.create())
    assert client.get(reverse("account_signup")).url == reverse("home")


def test_registrations_from_one_network_are_counted(client):
    SiteSettings.objects.update(registrations_an_hour=2)
    statuses = [begin(client, f"person{n}@uni.example").status_code for n in range(3)]
    answer = begin(client, "person9@uni.example")
    assert (statuses, answer.status_code) == ([302, 302, 429], 429)
    assert 3500 <= int(answer.headers["Retry-After"]) <= 3600
    assert OutboxTask.objects.count() == 2


def test_one_address_is_not_written_to_without_end(client):
    SiteSettings.objects.update(registrations_an_hour=100)
    statuses = [begin(client, f"asha+{n}@uni.example").status_code for n in range(6)]
    assert statuses == [302] * 5 + [429]


def test_a_link_of_another_purpose_registers_nobody(client):
    token = TimestampSigner(salt="other").sign_object(["asha@uni.example", "student"])
    assert client.get(reverse("register_go_on", args=[token])).status_code == 404
