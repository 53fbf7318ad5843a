import datetime as dt
import re
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Notice, NoticeChoice, User
from apps.accounts.notifications import COMPANY_APPROVED, MEMBER_INVITED, SIGN_IN_CHANGED
from apps.accounts.services.choices import DIGEST, UNSUBSCRIBE_SALT, choose, read_token, unsubscribe_token
from apps.accounts.services.links import Target
from apps.accounts.services.notices import LinkWish, tell
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import LinkPurpose, NoticeFrequency, NoticeState, Role
from portal.kernel.errors import RuleViolation
from tests.factories.accounts import StudentFactory, UserFactory

pytestmark = pytest.mark.django_db

APPROVED = COMPANY_APPROVED.kind
FACTS = {"company": "Njia Works"}


@pytest.fixture
def asha() -> User:
    return StudentFactory.create(email="asha@uni.example")


def mailed() -> EmailMessage:
    [letter] = mail.outbox
    return letter.message()


# -- choosing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "state", "mails"),
    [
        ("", NoticeState.QUEUED, 0),
        (NoticeFrequency.AT_ONCE, NoticeState.SENT, 1),
        (NoticeFrequency.NEVER, NoticeState.SKIPPED, 0),
        (NoticeFrequency.WEEKLY, NoticeState.QUEUED, 0),
    ],
)
def test_a_kind_comes_as_its_reader_chose(asha, wish, state, mails):
    choose(asha, asha.notice_frequency, {APPROVED: wish}, actor=asha)
    tell(asha, COMPANY_APPROVED, facts=FACTS)
    run_due_tasks()
    assert (Notice.objects.get().state, len(mail.outbox)) == (state, mails)


def test_an_urgent_kind_may_be_put_into_the_digest(asha):
    choose(asha, asha.notice_frequency, {MEMBER_INVITED.kind: NoticeFrequency.DAILY}, actor=asha)
    tell(asha, MEMBER_INVITED, facts={**FACTS, "inviter": "X", "university": "Y"})
    run_due_tasks()
    assert (Notice.objects.get().state, mail.outbox) == (NoticeState.QUEUED, [])


def test_what_waits_goes_by_the_new_choice(asha):
    tell(asha, COMPANY_APPROVED, facts=FACTS)
    tell(asha, COMPANY_APPROVED, facts=FACTS)
    Notice.objects.filter(pk=Notice.objects.first().pk).update(kind="old.kind")
    choose(asha, NoticeFrequency.AT_ONCE, {}, actor=asha)
    due = dict(Notice.objects.values_list("kind", "due_at"))
    assert due[APPROVED] <= timezone.now() < due["old.kind"]
    choose(asha, NoticeFrequency.DAILY, {}, actor=asha)
    Notice.objects.update(due_at=timezone.now() + dt.timedelta(days=1))
    choose(asha, NoticeFrequency.NEVER, {}, actor=asha)
    assert dict(Notice.objects.values_list("kind", "state")) == {APPROVED: "skipped", "old.kind": "queued"}


def test_a_choice_taken_back_leaves_no_row(asha):
    choose(asha, asha.notice_frequency, {APPROVED: NoticeFrequency.NEVER}, actor=asha)
    choose(asha, asha.notice_frequency, {APPROVED: NoticeFrequency.DAILY}, actor=asha)
    assert NoticeChoice.objects.get().frequency == NoticeFrequency.DAILY
    choose(asha, asha.notice_frequency, {APPROVED: ""}, actor=asha)
    assert not NoticeChoice.objects.exists()


@pytest.mark.parametrize(
    ("usual", "wishes", "code"),
    [
        ("daily", {APPROVED: "hourly"}, "no_such_pace"),
        ("hourly", {}, "no_such_pace"),
        ("daily", {SIGN_IN_CHANGED.kind: "never"}, "binding_kind"),
        ("daily", {"no.kind": "never"}, "binding_kind"),
    ],
)
def test_a_choice_that_is_not_offered_is_refused(asha, usual, wishes, code):
    with pytest.raises(RuleViolation) as refused:
        choose(asha, usual, wishes, actor=asha)
    assert refused.value.code == code
    assert (NoticeChoice.objects.count(), User.objects.get(pk=asha.pk).notice_frequency) == (0, "daily")


def test_nobody_chooses_for_others(asha):
    with pytest.raises(RuleViolation, match="oneself"):
        choose(asha, "never", {}, actor=UserFactory.create(is_superuser=True))


# -- the page -------------------------------------------------------------------------------------------------------


def test_the_page_offers_the_kinds_of_the_persons_roles_and_names_what_always_comes(asha, client):
    client.force_login(asha)
    page = client.get(reverse("mail_choices")).content.decode()
    assert "The answer to your application" in page
    assert "Something in a logbook is flagged" not in page
    assert f'name="kind:{SIGN_IN_CHANGED.kind}"' not in page
    assert "<li>How you sign in was changed</li>" in page


def test_the_page_saves(asha, client):
    client.force_login(asha)
    form = {"usual": "weekly", f"kind:{APPROVED}": "never"}
    assert client.post(reverse("mail_choices"), form).status_code == 302
    assert User.objects.get(pk=asha.pk).notice_frequency == "weekly"
    assert [(row.kind, row.frequency) for row in NoticeChoice.objects.all()] == [(APPROVED, "never")]
    assert client.post(reverse("mail_choices"), {"usual": "hourly"}).status_code == 200


@pytest.mark.parametrize(
    "roles", [[Role.COMPANY_REPRESENTATIVE], [Role.COMPANY_REPRESENTATIVE, Role.INDUSTRIAL_SUPERVISOR]]
)
def test_the_page_asks_the_same_of_the_database_for_few_and_many_kinds(client, roles, django_assert_num_queries):
    client.force_login(UserFactory.create(roles=roles))
    with django_assert_num_queries(5):  # session, person, scope, choices, bell
        client.get(reverse("mail_choices"))


# -- RFC 8058 -------------------------------------------------------------------------------------------------------


def one_click(message: EmailMessage) -> str:
    """Do what a mail program does: take the address out of the header; it looks at nothing else."""
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [address] = re.fullmatch(r"<(https?://[^<>\s]+)>", message["List-Unsubscribe"]).groups()
    return address.partition("//")[2].partition("/")[2]


def test_one_click_stops_this_kind_without_session_cookie_or_csrf(asha):
    choose(asha, "at_once", {}, actor=asha)
    tell(asha, COMPANY_APPROVED, facts=FACTS)
    run_due_tasks()
    program = Client(enforce_csrf_checks=True)
    answer = program.post("/" + one_click(mailed()), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, "sessionid" in answer.cookies) == (200, False)
    assert [(row.user, row.kind, row.frequency) for row in NoticeChoice.objects.all()] == [(asha, APPROVED, "never")]
    tell(asha, COMPANY_APPROVED, facts=FACTS)
    run_due_tasks()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_the_address_changes_nothing(asha, client, method):
    address = reverse("unsubscribe", args=[unsubscribe_token(asha, [APPROVED])])
    for _time in range(5):
        assert getattr(client, method)(address).status_code == 200
    assert not NoticeChoice.objects.exists()
    assert "A company of yours was approved" in client.get(address).content.decode()


def test_one_click_in_a_digest_stops_what_can_wait_and_leaves_what_is_urgent(asha, client):
    choose(asha, "daily", {APPROVED: "weekly", MEMBER_INVITED.kind: "at_once"}, actor=asha)
    token = unsubscribe_token(asha, [APPROVED, "accounts.company_rejected"])
    assert read_token(token) == (asha, None)
    assert client.post(reverse("unsubscribe", args=[token])).status_code == 200
    assert User.objects.get(pk=asha.pk).notice_frequency == "never"
    assert [(row.kind, row.frequency) for row in NoticeChoice.objects.all()] == [(MEMBER_INVITED.kind, "at_once")]


def test_a_supervisor_without_an_account_stops_link_mails_and_chooses_anew(client):
    juma = UserFactory.create(roles=[Role.INDUSTRIAL_SUPERVISOR], email="juma@host.example", notice_frequency="at_once")
    juma.set_unusable_password()
    juma.save()
    wish = LinkWish(LinkPurpose.JOIN, Target("accounts.CompanyMember", 7, {}))
    facts = {**FACTS, "inviter": "X", "university": "Y"}
    tell(juma, MEMBER_INVITED, facts=facts, link=wish)
    run_due_tasks()
    message = mailed()
    assert "/l/" in mail.outbox[0].body
    assert client.post("/" + one_click(message)).status_code == 200
    tell(juma, MEMBER_INVITED, facts=facts, link=wish)
    run_due_tasks()
    assert len(mail.outbox) == 1
    page = "/" + one_click(message) + "choices/"
    assert "juma@host.example" not in client.get(page).content.decode()
    assert client.post(page, {"usual": "weekly", f"kind:{MEMBER_INVITED.kind}": ""}).status_code == 302
    tell(juma, MEMBER_INVITED, facts=facts, link=wish)
    run_due_tasks()
    assert len(mail.outbox) == 2


def test_a_mail_about_the_safety_of_the_account_offers_no_way_out(asha):
    tell(asha, SIGN_IN_CHANGED, facts={})
    run_due_tasks()
    message = mailed()
    assert (message["List-Unsubscribe"], message["List-Unsubscribe-Post"]) == (None, None)
    assert "/unsubscribe/" not in mail.outbox[0].body
    assert parseaddr(message["To"])[1] == "asha@uni.example"


def tokens(person: User) -> list[str]:
    good = unsubscribe_token(person, [APPROVED])
    return [
        good + "x",
        good[:-1],
        good.swapcase(),
        signing.dumps([person.pk, APPROVED], salt="other"),
        signing.dumps([10**6, APPROVED], salt=UNSUBSCRIBE_SALT),
        signing.dumps([person.pk, SIGN_IN_CHANGED.kind], salt=UNSUBSCRIBE_SALT),
    ]


@pytest.mark.parametrize("number", range(6))
def test_an_address_that_is_not_ours_is_not_there(asha, client, number):
    token = tokens(asha)[number]
    for name in ("unsubscribe", "mail_choices_by_token"):
        assert client.get(reverse(name, args=[token])).status_code == 404
        assert client.post(reverse(name, args=[token]), {"usual": "never"}).status_code == 404
    assert (NoticeChoice.objects.count(), User.objects.get(pk=asha.pk).notice_frequency) == (0, "daily")


def test_a_mail_of_an_earlier_version_still_stops_the_digest(asha):
    assert read_token(signing.dumps(asha.pk, salt=UNSUBSCRIBE_SALT)) == (asha, None)
    assert unsubscribe_token(asha, [DIGEST]) != ""
