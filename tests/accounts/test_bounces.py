import datetime as dt
import io
import sys
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from apps.accounts.models import MailTrouble, Notice, User
from apps.accounts.notifications import SIGN_IN_CHANGED
from apps.accounts.selectors import mail_troubles_visible_to
from apps.accounts.services import bounces
from apps.accounts.services.bounces import (
    Bounce,
    is_paused,
    note_bounce,
    note_refusal,
    person_of_return_path,
    read_report,
    return_path,
    send_mail_again,
    take_bounce,
)
from apps.accounts.services.links import Target, issue_link
from apps.accounts.services.notices import tell
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import LinkPurpose, NoticeState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.management.commands import take_bounce as command
from tests.factories.accounts import MailTroubleFactory, UserFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

REPORTS = Path(__file__).parents[1] / "data" / "bounces"


@pytest.fixture(autouse=True)
def address_for_bounces(settings):
    settings.BOUNCE_ADDRESS = "bounces@uni.example"


@pytest.fixture
def asha() -> User:
    return UserFactory.create(email="asha@host.example")


def report(name: str, to: str) -> bytes:
    return (REPORTS / name).read_bytes().replace(b"RETURN-PATH", to.encode())


# -- reading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "action", "status", "detail", "failure", "hard"),
    [
        (
            "postfix-no-such-user.eml",
            "failed",
            "5.1.1",
            "550 5.1.1 <asha@host.example>: Recipient address rejected",
            1,
            1,
        ),
        ("exim-no-domain.eml", "failed", "5.1.2", "all relevant MX records point to non-existent hosts", 1, 1),
        ("exchange-full.eml", "failed", "5.2.2", "554 5.2.2 mailbox full", 1, 0),
        ("sendmail-delayed.eml", "delayed", "4.4.1", "Connection timed out", 0, 0),
        ("gmail-policy.eml", "failed", "5.7.1", "550-5.7.1 This message does not meet our policy", 1, 0),
        ("bare-failure.eml", "failed", "4.4.7", "", 1, 0),
    ],
)
def test_reports_of_mail_servers_are_read(name, action, status, detail, failure, hard):
    read = read_report(report(name, "bounces@uni.example"))
    [bounce] = read.bounces
    assert (bounce.action, bounce.status, bounce.detail) == (action, status, detail)
    assert (bounce.is_failure, bounce.is_hard) == (bool(failure), bool(hard))
    assert read.to == ("bounces@uni.example",)


def test_a_report_without_a_recipient_of_its_own_is_still_a_report():
    assert Bounce("failed", "", "").is_failure is False


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_report"),
        (b"\x00\xff" * 500, "no_report"),
        (b"From: asha@host.example\n\nI am on holiday.\n", "no_report"),
        (b"Content-Type: multipart/report; report-type=delivery-status\n\nno parts\n", "no_report"),
        (b"x" * (bounces.MOST_BYTES + 1), "too_long"),
    ],
)
def test_what_is_no_report_is_refused_with_a_sentence(data, code):
    with pytest.raises(RuleViolation) as refused:
        read_report(data)
    assert refused.value.code == code


def test_a_report_inside_the_mail_that_came_back_is_not_ours():
    outer = report("postfix-no-such-user.eml", "bounces@uni.example")
    inner = outer.replace(b"5.1.1", b"5.2.1").replace(b"=_outer", b"=_inner")
    whole = outer.replace(b"ORIGINAL-MAIL", inner)
    assert [bounce.status for bounce in read_report(whole).bounces] == ["5.1.1"]


# -- believed only where we sent ------------------------------------------------------------------------------------


def test_the_return_path_names_the_person_and_fits(asha):
    path = return_path(asha)
    assert person_of_return_path(path) == asha
    assert person_of_return_path(path.upper()) == asha
    assert len(path.partition("@")[0]) <= 64


def test_without_an_address_for_bounces_mails_have_no_return_path(asha, settings):
    settings.BOUNCE_ADDRESS = ""
    assert (return_path(asha), person_of_return_path("bounces+1-2-abc@uni.example")) == ("", None)


def test_a_mail_is_sent_under_its_return_path_and_shows_the_usual_sender(asha, settings):
    tell(asha, SIGN_IN_CHANGED, facts={})
    run_due_tasks()
    [letter] = mail.outbox
    assert person_of_return_path(letter.from_email) == asha
    assert letter.message()["From"] == settings.DEFAULT_FROM_EMAIL


def test_every_altered_return_path_is_refused(asha):
    local, _at, domain = return_path(asha).partition("@")
    prefix = len("bounces+")
    altered = [
        f"{local[:place]}{letter}{local[place + 1 :]}@{domain}"
        for place in range(prefix, len(local))
        for letter in "a2b7-"
        if local[place] != letter
    ]
    altered += [
        f"{local}@evil.example",
        f"x{local}@{domain}",
        f"{local[:-1]}@{domain}",
        f"{local}a@{domain}",
        domain,
        "",
    ]
    altered.append(f"bounces+{'z' * 13}-{'z' * 3}-{'a' * 20}@{domain}")
    assert [path for path in altered if person_of_return_path(path) is not None] == []
    assert len(altered) > 100


def test_a_return_path_ends_with_time_and_with_the_address(asha, monkeypatch):
    path = return_path(asha)
    today = timezone.localdate()
    for days, known in ((14, True), (15, False), (-1, False)):
        monkeypatch.setattr(timezone, "localdate", lambda days=days: today + dt.timedelta(days=days))
        assert (person_of_return_path(path) is not None) == known
    monkeypatch.undo()
    User.objects.filter(pk=asha.pk).update(email="new@host.example")
    assert person_of_return_path(path) is None


def test_a_forged_bounce_switches_nobody_off(asha):
    neema = UserFactory.create(email="neema@host.example")
    hers = return_path(neema).partition("+")[2].partition("@")[0].rpartition("-")[2]
    day = return_path(asha).split("-")[1]
    forged = f"bounces+{asha.pk}-{day}-{hers}@uni.example"
    assert take_bounce(report("postfix-no-such-user.eml", forged)) is None
    assert take_bounce(report("postfix-no-such-user.eml", "bounces@uni.example"), recipient=forged) is None
    assert not MailTrouble.objects.exists()


# -- counting -------------------------------------------------------------------------------------------------------


def test_a_wrong_address_is_paused_at_once_and_the_portal_goes_on(asha):
    row = take_bounce(report("postfix-no-such-user.eml", return_path(asha)))
    assert row is not None
    assert (row.address, row.count, row.status, row.paused_at is not None) == ("asha@host.example", 1, "5.1.1", True)
    tell(asha, SIGN_IN_CHANGED, facts={})
    run_due_tasks()
    assert (Notice.objects.get().state, Notice.objects.get().reason, mail.outbox) == (
        NoticeState.SKIPPED,
        "address bounces",
        [],
    )


def test_the_envelope_tells_to_whom_it_was_where_the_header_does_not(asha):
    assert take_bounce(report("exchange-full.eml", "bounces@uni.example"), recipient=return_path(asha)) is not None


def test_a_full_box_is_paused_when_the_third_mail_came_back(asha):
    for paused in (False, False, True):
        row = take_bounce(report("exchange-full.eml", return_path(asha)))
        assert row is not None
        assert (row.paused_at is not None) == paused


def test_mails_that_came_back_long_ago_do_not_count(asha):
    note_bounce(asha, Bounce("failed", "5.2.2", "full"))
    note_bounce(asha, Bounce("failed", "5.2.2", "full"))
    MailTrouble.objects.update(first_at=timezone.now() - dt.timedelta(days=15))
    row = note_bounce(asha, Bounce("failed", "5.2.2", "full"))
    assert (row.count, row.paused_at) == (1, None)


def test_a_delay_counts_nothing(asha):
    assert take_bounce(report("sendmail-delayed.eml", return_path(asha))) is None
    assert not MailTrouble.objects.exists()


def test_another_address_is_reached_again_and_counted_anew(asha):
    MailTroubleFactory.create(user=asha, paused_at=timezone.now(), count=3)
    asha.email = "new@host.example"
    asha.save()
    assert is_paused(User.objects.get(pk=asha.pk)) is False
    row = note_bounce(asha, Bounce("failed", "5.2.2", "full"))
    assert (row.address, row.count, row.paused_at) == ("new@host.example", 1, None)


@pytest.mark.parametrize(
    ("answer", "counted"), [("550 5.1.1 unknown", 1), ("554 5.7.1 relaying denied", 0), ("550 no", 0)]
)
def test_a_refusal_while_sending_counts_only_where_the_address_is_wrong(asha, answer, counted):
    note_refusal(asha, answer)
    assert MailTrouble.objects.filter(paused_at__isnull=False).count() == counted


# -- who sees it ----------------------------------------------------------------------------------------------------


def test_a_coordinator_sees_students_and_who_got_links_about_them_and_sends_again():
    world = build_world()
    mine = MailTroubleFactory.create(user=world.student, paused_at=timezone.now())
    MailTroubleFactory.create(user=world.foreign_student)
    host = MailTroubleFactory.create(user=world.industrial_supervisor)
    assert list(mail_troubles_visible_to(world.coordinator)) == [mine]
    issue_week_link(world)
    assert set(mail_troubles_visible_to(world.coordinator)) == {mine, host}
    assert mail_troubles_visible_to(world.superuser).count() == 3
    with pytest.raises(NotAllowed):
        send_mail_again(mine, actor=world.foreign_coordinator)
    send_mail_again(mine, actor=world.coordinator)
    assert is_paused(User.objects.get(pk=world.student.pk)) is False


def issue_week_link(world: World) -> None:
    issue_link(
        world.industrial_supervisor,
        LinkPurpose.VERIFY_WEEK,
        Target("applications.Placement", world.placement.pk, {"week": "2026-07-06"}),
        actor=SYSTEM,
    )


# -- the command ----------------------------------------------------------------------------------------------------


def piped(monkeypatch, data: bytes) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    call_command("take_bounce", stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def test_the_mail_server_pipes_a_bounce_in(asha, monkeypatch):
    assert piped(monkeypatch, report("postfix-no-such-user.eml", return_path(asha))) == ("Counted: 5.1.1", "")
    assert piped(monkeypatch, report("postfix-no-such-user.eml", "bounces@uni.example")) == ("Nothing to count.", "")
    assert piped(monkeypatch, b"hello") == ("", "The mail is no report of a mail server (RFC 3464).")
    assert MailTrouble.objects.get().user == asha


def test_the_mail_server_tries_later_when_the_database_is_away(monkeypatch):
    def away(*_what: object, **_how: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(command, "take_bounce", away)
    with pytest.raises(SystemExit) as left:
        piped(monkeypatch, b"hello")
    assert left.value.code == 75
