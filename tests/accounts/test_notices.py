import datetime as dt
import smtplib
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone, translation

from apps.accounts.models import AccessLink, Notice, OutboxTask, User
from apps.accounts.services import notices
from apps.accounts.services.links import Target
from apps.accounts.services.notices import (
    LinkWish,
    NoticeKind,
    declare_notice,
    mark_read,
    notice_kinds,
    send_digests,
    send_notices,
    sentence_of,
    tell,
    unsubscribe,
)
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import LinkPurpose, NoticeFrequency, NoticeState, OutboxState
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

NOW = NoticeKind("tests.now", "%(who)s waits", "%(who)s waits for you.", "Open", "You supervise %(who)s.", urgent=True)
LATER = NoticeKind("tests.later", "%(who)s wrote", "%(who)s wrote something.", "Read", "You asked for it.")


@pytest.fixture(autouse=True)
def known_notices() -> Iterator[None]:
    known = dict(notices._kinds)
    declare_notice(NOW)
    declare_notice(LATER)
    yield
    notices._kinds.clear()
    notices._kinds.update(known)


@pytest.fixture
def asha() -> User:
    return UserFactory.create(first_name="Asha", last_name="Moshi", email="asha@uni.example")


def test_notice_kinds_are_listed_by_name():
    names = [kind.kind for kind in notice_kinds()]
    assert names == sorted(names)
    assert {"tests.now", "tests.later"} <= set(names)


def test_an_urgent_notice_goes_out_at_once(asha, settings):
    tell(asha, NOW, facts={"who": "Said Ali"}, url="/notices/")
    assert run_due_tasks() == 1
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["asha@uni.example"], "Said Ali waits")
    assert "Said Ali waits for you." in letter.body
    assert f"{settings.SITE_URL}/notices/" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Notice.objects.get().state == NoticeState.SENT
    assert Notice.objects.get().sent_at is not None


def test_what_can_wait_waits_for_the_digest(asha):
    tell(asha, LATER, facts={"who": "Said Ali"})
    tell(asha, LATER, facts={"who": "Neema John"})
    assert (run_due_tasks(), mail.outbox) == (0, [])
    Notice.objects.update(due_at=timezone.now())
    assert send_digests() == 1
    assert send_digests() == 1
    assert run_due_tasks() == 1
    [letter] = mail.outbox
    assert letter.subject == "Said Ali wrote and one more thing"
    assert "Neema John wrote something." in letter.body


@pytest.mark.parametrize(
    ("frequency", "now", "due"),
    [
        (NoticeFrequency.DAILY, "2026-07-14 09:00", "2026-07-14 17:00"),
        (NoticeFrequency.DAILY, "2026-07-14 17:00", "2026-07-15 17:00"),
        (NoticeFrequency.WEEKLY, "2026-07-14 09:00", "2026-07-17 17:00"),
        (NoticeFrequency.WEEKLY, "2026-07-17 18:00", "2026-07-24 17:00"),
        (NoticeFrequency.AT_ONCE, "2026-07-14 09:00", "2026-07-14 09:00"),
    ],
)
def test_the_digest_comes_when_the_person_wants_it(asha, monkeypatch, frequency, now, due):
    moment = timezone.make_aware(dt.datetime.fromisoformat(now))
    monkeypatch.setattr(timezone, "localtime", lambda: moment)
    asha.notice_frequency = frequency
    assert notices._due(asha, LATER) == timezone.make_aware(dt.datetime.fromisoformat(due))


def test_a_known_key_tells_nothing_twice(asha):
    tell(asha, LATER, facts={"who": "A"}, dedupe_key="week:1")
    tell(asha, LATER, facts={"who": "B"}, dedupe_key="week:1")
    assert Notice.objects.get().facts == {"who": "A"}


def test_a_mail_is_in_the_recipients_language(asha):
    asha.language = "ar"
    asha.save()
    with translation.override("en"):
        tell(asha, NOW, facts={"who": "Said Ali"})
        run_due_tasks()
    assert 'lang="ar"' in str(mail.outbox[0].alternatives[0].content)


def test_the_secret_of_a_link_is_made_with_the_mail(asha, settings):
    wish = LinkWish(LinkPurpose.VERIFY_WEEK, Target("applications.Placement", 7, {"week": "2026-07-06"}))
    tell(asha, NOW, facts={"who": "Said Ali"}, link=wish)
    assert AccessLink.objects.count() == 0
    run_due_tasks()
    link = AccessLink.objects.get()
    assert (link.user, link.target_id, link.scope) == (asha, 7, {"week": "2026-07-06"})
    assert f"{settings.SITE_URL}/l/" in mail.outbox[0].body


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_a_person_who_cannot_be_reached_is_skipped(asha, change):
    User.objects.filter(pk=asha.pk).update(**change)
    tell(asha, NOW, facts={"who": "Said Ali"})
    run_due_tasks()
    assert (Notice.objects.get().state, mail.outbox) == (NoticeState.SKIPPED, [])


def test_send_notices_without_anything_due_sends_nothing(asha):
    send_notices(asha.pk)
    assert mail.outbox == []


def refuse(code: int) -> object:
    def send_messages(_self: EmailBackend, _messages: object) -> int:
        raise smtplib.SMTPRecipientsRefused({"asha@uni.example": (code, b"no")})

    return send_messages


def test_a_refused_address_is_marked_failed(asha, monkeypatch):
    monkeypatch.setattr(EmailBackend, "send_messages", refuse(550))
    tell(asha, NOW, facts={"who": "Said Ali"})
    run_due_tasks()
    assert (Notice.objects.get().state, Notice.objects.get().reason) == (NoticeState.FAILED, "[550]")


def test_a_mail_server_that_says_later_is_tried_again_with_the_same_message_id(asha, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", refuse(450))
        tell(asha, NOW, facts={"who": "Said Ali"})
        run_due_tasks()
    first = Notice.objects.get()
    assert (first.state, OutboxTask.objects.get().state) == (NoticeState.QUEUED, OutboxState.WAITING)
    OutboxTask.objects.update(not_before=timezone.now())
    run_due_tasks()
    assert Notice.objects.get().state == NoticeState.SENT
    assert mail.outbox[0].extra_headers["Message-ID"] == first.message_id


def test_a_line_break_in_a_fact_makes_no_header(asha):
    tell(asha, NOW, facts={"who": "Said\r\nBcc: everybody@uni.example"})
    run_due_tasks()
    assert mail.outbox[0].subject == "Said Bcc: everybody@uni.example waits"
    assert mail.outbox[0].recipients() == ["asha@uni.example"]


def test_sentence_of_a_kind_that_is_gone_is_its_name(asha):
    assert sentence_of(Notice(kind="old.kind")) == "old.kind"
    assert sentence_of(Notice(kind="tests.now", facts={"who": "Said Ali"})) == "Said Ali waits for you."


def test_mark_read_marks_only_ones_own(asha):
    tell(asha, LATER, facts={"who": "A"})
    own = list(Notice.objects.all())
    assert mark_read(own, actor=UserFactory.create()) == 0
    assert mark_read(own, actor=asha) == 1
    assert mark_read(own, actor=asha) == 0


def test_one_click_unsubscribe_slows_the_mail_down(asha):
    tell(asha, NOW, facts={"who": "Said Ali"})
    run_due_tasks()
    token = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>").rstrip("/").rsplit("/", 1)[-1]
    person = unsubscribe(token)
    assert person == asha
    assert person.notice_frequency == NoticeFrequency.WEEKLY
    assert unsubscribe(token + "x") is None
