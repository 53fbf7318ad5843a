"""Strict mode: a code before a link opens anything."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AccessLink, LinkCode, SiteSettings
from apps.accounts.services import link_codes
from apps.accounts.services.link_codes import MOST_TRIES, check_code, send_code
from apps.accounts.services.links import Target, issue_link
from apps.accounts.services.site import change_site_settings
from apps.accounts.states import LinkPurpose
from apps.applications.states import SupervisorKind
from apps.logbook.selectors import week_of
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.dates import monday_of
from portal.kernel.errors import RuleViolation, TooManyTries
from portal.kernel.mail import AddressRefusedError
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory

pytestmark = pytest.mark.django_db

MONDAY = monday_of(timezone.localdate()) - dt.timedelta(days=7)


@pytest.fixture
def strict():
    row = SiteSettings.objects.get()
    change_site_settings(row, {"link_codes": True}, actor=UserFactory.create(is_superuser=True))


@pytest.fixture
def supervision():
    return PlacementSupervisorFactory.create(user__email="juma.mushi@host.example")


@pytest.fixture
def address(supervision) -> str:
    target = Target("applications.Placement", supervision.placement_id, {"week": MONDAY.isoformat()})
    full = issue_link(supervision.user, LinkPurpose.VERIFY_WEEK, target, actor=SYSTEM)
    return full.partition("8000")[2]


@pytest.fixture
def log(supervision):
    return DailyLogFactory.create(placement=supervision.placement, day=MONDAY, state="submitted")


def mailed_code() -> str:
    (code,) = re.findall(r"^\d{6}$", str(mail.outbox[-1].body), re.MULTILINE)
    return str(code)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


# -- the page -----------------------------------------------------------------------------------------------------


def test_a_link_opens_nothing_before_the_code_and_acts_after_it(strict, supervision, address, log):
    browser = Client()
    link = AccessLink.objects.get()
    clean, asks = reverse("link_week", args=[link.pk]), reverse("link_code", args=[link.pk])
    page = browser.get(address, follow=True)
    assert page.redirect_chain == [(clean, 302), (asks, 302)]
    assert (log.text in page.content.decode(), "j…@h….example" in page.content.decode()) == (False, True)
    assert (page["Cache-Control"], mail.outbox, LinkCode.objects.count()) == ("no-store, private", [], 0)
    form = {
        "seen": str(week_of(supervision.placement, MONDAY).waiting(SupervisorKind.INDUSTRIAL).seen),
        "decision": "approve",
    }
    assert browser.post(clean, form)["Location"] == asks
    assert browser.post(asks, {"send": "1"})["Location"] == asks
    assert ([letter.to for letter in mail.outbox], "Mail me a new code" in browser.get(asks).content.decode()) == (
        [["juma.mushi@host.example"]],
        True,
    )
    refused = browser.post(asks, {"code": wrong(mailed_code())})
    errors = {"code": ["This is not the code. You can try 4 more times."]}
    assert (refused.status_code, refused.context["form"].errors) == (400, errors)
    assert browser.post(asks, {"code": f" {mailed_code()[:3]} {mailed_code()[3:]} "})["Location"] == clean
    assert browser.get(asks)["Location"] == clean
    assert browser.post(clean, form)["Location"] == reverse("link_done")
    log.refresh_from_db()
    assert log.state == ChainState.VERIFIED_INDUSTRY
    assert browser.get(asks).status_code == 404


def test_the_code_of_one_browser_opens_nothing_in_another(strict, address, log):
    link = AccessLink.objects.get()
    first, second = Client(), Client()
    for browser in (first, second):
        browser.get(address)
    asks = reverse("link_code", args=[link.pk])
    first.post(asks, {"send": "1"})
    assert first.post(asks, {"code": mailed_code()}).status_code == 302
    assert second.get(reverse("link_week", args=[link.pk]))["Location"] == asks
    assert second.post(asks, {"code": mailed_code()}).status_code == 400
    assert Client().get(asks).status_code == 404


def test_an_empty_code_is_asked_for_again(strict, address):
    browser = Client()
    browser.get(address)
    answer = browser.post(reverse("link_code", args=[AccessLink.objects.get().pk]), {"code": ""})
    assert (answer.status_code, set(answer.context["form"].errors)) == (400, {"code"})


def test_without_the_switch_there_is_no_code(address, log):
    browser = Client()
    page = browser.get(address, follow=True)
    assert log.text in page.content.decode()
    asks = reverse("link_code", args=[AccessLink.objects.get().pk])
    assert browser.get(asks)["Location"] == reverse("link_week", args=[AccessLink.objects.get().pk])


def test_a_mail_server_that_takes_nothing_is_said(strict, address, monkeypatch):
    browser = Client()
    browser.get(address)

    def refuse(_letter):
        raise AddressRefusedError

    monkeypatch.setattr(link_codes, "send_letter", refuse)
    answer = browser.post(reverse("link_code", args=[AccessLink.objects.get().pk]), {"send": "1"}, follow=True)
    words = ["The code cannot be mailed now. Try again in a few minutes."]
    assert [str(message) for message in answer.context["messages"]] == words


# -- the rules ----------------------------------------------------------------------------------------------------


@pytest.fixture
def link(address) -> AccessLink:
    return AccessLink.objects.select_related("user").get()


def refusal(link, code: str) -> str:
    with pytest.raises(RuleViolation) as refused:
        check_code(link, code)
    assert refused.value.field == "code"
    return refused.value.code


def test_a_code_is_good_once(link):
    send_code(link, address="10.0.0.1")
    check_code(link, mailed_code())
    assert refusal(link, mailed_code()) == "code_gone"


def test_a_code_is_kept_as_a_keyed_digest_only(link):
    send_code(link, address="10.0.0.1")
    row = LinkCode.objects.get()
    assert (len(row.code_hash), mailed_code() in row.code_hash, str(row)) == (64, False, str(link))


def test_a_code_is_tried_five_times(link):
    send_code(link, address="10.0.0.1")
    code = mailed_code()
    assert [refusal(link, wrong(code)) for _ in range(MOST_TRIES)] == ["code_wrong"] * 4 + ["code_gone"]
    assert refusal(link, code) == "code_gone"


def test_a_newer_code_ends_the_one_before_and_ten_minutes_end_both(link):
    send_code(link, address="10.0.0.1")
    first = mailed_code()
    older = LinkCode.objects.get()
    send_code(link, address="10.0.0.1")
    older.refresh_from_db()
    assert (older.expires_at <= timezone.now(), len(mail.outbox)) == (True, 2)
    if first != mailed_code():
        assert refusal(link, first) == "code_wrong"
    newest = LinkCode.objects.latest("pk")
    assert newest.expires_at - newest.created_at > dt.timedelta(minutes=9)
    LinkCode.objects.update(expires_at=timezone.now())
    assert refusal(link, mailed_code()) == "code_gone"


def test_digits_of_other_writings_are_digits(link):
    send_code(link, address="10.0.0.1")
    check_code(link, mailed_code().translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))


def test_codes_of_one_link_and_from_one_address_are_limited(link):
    for _ in range(5):
        send_code(link, address="10.0.0.1")
    with pytest.raises(TooManyTries):
        send_code(link, address="10.0.0.2")
    assert len(mail.outbox) == 5


def test_a_code_of_another_link_is_no_code(link, supervision):
    other = PlacementSupervisorFactory.create()
    target = Target("applications.Placement", other.placement_id, {"week": MONDAY.isoformat()})
    issue_link(other.user, LinkPurpose.VERIFY_WEEK, target, actor=SYSTEM)
    send_code(AccessLink.objects.get(user=other.user), address="10.0.0.1")
    assert refusal(link, mailed_code()) == "code_gone"
