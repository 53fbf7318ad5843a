import datetime as dt
import smtplib
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone, translation

from apps.accounts.models import AccessLink, Notice, NoticeChoice, OutboxTask, User
from apps.accounts.services import digests, notice_kinds
from apps.accounts.services.choices import due_at
from apps.accounts.services.digests import send_digests, send_notices
from apps.accounts.services.links import Target
from apps.accounts.services.notices import (
    LinkWish,
    NoticeKind,
    Telling,
    declare_notice,
    mark_read,
    send_again,
    sentence_of,
    tell,
    tell_many,
)
from apps.accounts.services.outbox import LEASE, run_due_tasks
from apps.accounts.states import LinkPurpose, NoticeFrequency, NoticeState, OutboxState
from portal.kernel.errors import NotAllowed
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

NOW = NoticeKind("tests.now", "%(who)s waits", "%(who)s waits for you.", "Open", "You supervise %(who)s.", urgent=True)
LATER = NoticeKind("tests.later", "%(who)s wrote", "%(who)s wrote something.", "Read", "You asked for it.")


@pytest.fixture(autouse=True)
def known_notices() -> Iterator[None]:
    known = dict(notice_kinds._kinds)
    declare_notice(NOW)
    declare_notice(LATER)
    yield
    notice_kinds._kinds.clear()
    notice_kinds._kinds.update(known)


@pytest.fixture
def asha() -> User:
    return UserFactory.create(first_name="Asha", last_name="Moshi", email="asha@uni.example")


def test_notice_kinds_are_listed_by_name():
    names = [kind.kind for kind in notice_kinds.notice_kinds()]
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
def test_the_digest_comes_when_the_person_wants_it(frequency, now, due):
    moment = timezone.make_aware(dt.datetime.fromisoformat(now))
    assert due_at(frequency, moment) == timezone.make_aware(dt.datetime.fromisoformat(due))


def test_no_mail_is_due_for_who_wants_none():
    assert due_at(NoticeFrequency.NEVER, timezone.localtime()) is None


@pytest.mark.parametrize("day", ["2026-03-28", "2026-10-24"])
def test_the_digest_comes_at_its_hour_on_the_day_after_the_clocks_change(settings, day):
    with timezone.override("Europe/Berlin"):
        evening = timezone.make_aware(dt.datetime.fromisoformat(f"{day} 18:00"))
        due = due_at(NoticeFrequency.DAILY, evening)
        assert due is not None
        assert (due.hour, due.date() - evening.date()) == (settings.DIGEST_HOUR, dt.timedelta(days=1))


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
    assert (Notice.objects.get().state, Notice.objects.get().reason) == (NoticeState.FAILED, "550 no")


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


def test_a_refused_notice_is_sent_again_by_the_superuser_alone(asha):
    Notice.objects.create(recipient=asha, kind="tests.now", facts={"who": "A"}, state=NoticeState.FAILED)
    with pytest.raises(NotAllowed):
        send_again(Notice.objects.all(), actor=asha)
    boss = UserFactory.create(is_superuser=True)
    assert (send_again(Notice.objects.all(), actor=boss), send_again(Notice.objects.all(), actor=boss)) == (1, 0)
    assert run_due_tasks() == 1
    assert (Notice.objects.get().state, len(mail.outbox)) == (NoticeState.SENT, 1)


# -- many at once, and two workers at once ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 30])
def test_tell_many_asks_the_database_thrice_however_many(number, django_assert_num_queries):
    people = UserFactory.create_batch(number)
    with django_assert_num_queries(3):  # choices, notices, tasks
        tell_many([Telling(person, NOW, {"who": "Said Ali"}) for person in people])
    assert (Notice.objects.count(), OutboxTask.objects.count()) == (number, number)


def test_tell_many_goes_by_each_persons_choice_and_not_before_the_time_wanted(asha):
    other, third = UserFactory.create(), UserFactory.create()
    NoticeChoice.objects.create(user=other, kind="tests.now", frequency=NoticeFrequency.NEVER)
    later = timezone.now() + dt.timedelta(minutes=5)
    tell_many(
        [
            Telling(asha, NOW, {"who": "A"}),
            Telling(other, NOW, {"who": "A"}),
            Telling(third, NOW, {"who": "A"}, due=later),
        ]
    )
    assert run_due_tasks() == 1
    states = dict(Notice.objects.values_list("recipient", "state"))
    assert states == {asha.pk: NoticeState.SENT, other.pk: NoticeState.SKIPPED, third.pk: NoticeState.QUEUED}
    assert Notice.objects.get(recipient=third).due_at == later


def test_what_another_worker_has_taken_is_not_sent_twice(asha):
    tell(asha, NOW, facts={"who": "A"})
    Notice.objects.update(taken_until=timezone.now() + dt.timedelta(seconds=60))
    send_notices(asha.pk)
    assert mail.outbox == []
    Notice.objects.update(taken_until=timezone.now() - dt.timedelta(seconds=1))
    send_notices(asha.pk)
    assert len(mail.outbox) == 1


def test_the_lease_of_a_mail_ends_before_that_of_its_task():
    assert digests.LEASE < LEASE


def test_nobody_is_woken_twice_for_the_same_while_the_mail_server_is_away(asha):
    tell(asha, LATER, facts={"who": "A"})
    Notice.objects.update(due_at=timezone.now())
    assert [send_digests(), send_digests(), OutboxTask.objects.count()] == [1, 1, 1]
    tell(asha, LATER, facts={"who": "B"})
    Notice.objects.update(due_at=timezone.now())
    assert [send_digests(), OutboxTask.objects.count()] == [1, 2]


@pytest.mark.parametrize("number", [1, 3])
def test_waking_asks_the_database_twice_however_many(number, django_assert_num_queries):
    for person in UserFactory.create_batch(number):
        tell(person, LATER, facts={"who": "A"})
    Notice.objects.update(due_at=timezone.now())
    with django_assert_num_queries(2):
        assert send_digests() == number


def test_a_mail_server_that_refuses_the_mail_itself_marks_it_failed(asha, monkeypatch):
    def send_messages(_self: EmailBackend, _messages: object) -> int:
        raise smtplib.SMTPDataError(code, b"5.7.1 no")

    monkeypatch.setattr(EmailBackend, "send_messages", send_messages)
    code = 451
    tell(asha, NOW, facts={"who": "A"})
    run_due_tasks()
    assert Notice.objects.get().state == NoticeState.QUEUED
    code = 554
    OutboxTask.objects.update(not_before=timezone.now())
    run_due_tasks()
    assert (Notice.objects.get().state, Notice.objects.get().reason) == (NoticeState.FAILED, "554 5.7.1 no")


# -- what the mail says ---------------------------------------------------------------------------------------------


def test_a_digest_puts_what_was_decided_first_and_says_why_once(asha):
    for who in ("A", "B"):
        tell(asha, LATER, facts={"who": who})
    tell(asha, NOW, facts={"who": "C"})
    Notice.objects.update(due_at=timezone.now())
    send_notices(asha.pk)
    [letter] = mail.outbox
    assert letter.subject == "C waits and 2 more things"
    said = [letter.body.index(text) for text in ("C waits for you.", "A wrote something.", "B wrote something.")]
    assert said == sorted(said)
    assert letter.body.count("You asked for it.") == 1
    assert str(mail.outbox[0].alternatives[0].content).count("<tr>") == 3


def test_a_digest_is_not_endless_and_says_where_the_rest_is(asha, settings):
    for number in range(digests.MOST_LINES + 2):
        tell(asha, LATER, facts={"who": f"N{number:02}"})
    Notice.objects.update(due_at=timezone.now())
    send_notices(asha.pk)
    [letter] = mail.outbox
    assert letter.subject == "N00 wrote and 31 more things"
    assert letter.body.count("wrote something.") == 30
    assert f"2 more things are in the portal: {settings.SITE_URL}/notices/" in letter.body
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT}


def test_what_was_read_in_the_portal_is_not_told_again_by_mail(asha):
    tell(asha, LATER, facts={"who": "A"})
    mark_read(Notice.objects.all(), actor=asha)
    Notice.objects.update(due_at=timezone.now())
    send_notices(asha.pk)
    assert (Notice.objects.get().state, Notice.objects.get().reason, mail.outbox) == (
        NoticeState.SKIPPED,
        "read in the portal",
        [],
    )


def test_what_was_settled_before_the_mail_went_out_is_not_mailed(asha):
    open_matters = {"A"}
    declare_notice(replace(LATER, still=lambda facts: facts["who"] in open_matters))
    for who in ("A", "B"):
        tell(asha, LATER, facts={"who": who})
    Notice.objects.update(due_at=timezone.now())
    send_notices(asha.pk)
    assert [mail.outbox[0].subject, len(mail.outbox)] == ["A wrote", 1]
    assert sorted(Notice.objects.values_list("reason", flat=True)) == ["", "settled meanwhile"]
