"""Mails that come back: read, believed only where we sent them, and counted against the address.

A bounce is a mail, and anybody can write one. Ours are sent with a return path that carries the person's key, the day
and a code made with the installation's secret over both and the address (VERP): only who got the mail, or the mail
server on the way, knows it. A bounce without it, or with one for an address that the person has left, changes nothing.
"""

import base64
import datetime as dt
import hashlib
import hmac
import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser
from email.utils import getaddresses
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import MailTrouble, User
from apps.accounts.selectors import mail_troubles_visible_to
from portal.kernel.errors import NotAllowed, RuleViolation

if TYPE_CHECKING:
    from collections.abc import Iterator

SALT: Final = "accounts.bounces"
MOST_BYTES: Final = 1_000_000
# A mail server tries for five days at most; after two weeks nobody has a reason to send a mail back.
GOOD_FOR: Final = dt.timedelta(days=14)
# An address that is full or refuses for a reason of policy is paused when this many mails came back within the time.
SOFT_LIMIT: Final = 3
SOFT_WITHIN: Final = dt.timedelta(days=14)
EPOCH: Final = dt.date(2020, 1, 1)
# No such box, no such domain, moved, no mail accepted, box disabled (RFC 3463, 7504).
HARD: Final = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
RETURN: Final = re.compile(r"\+([0-9a-z]{1,13})-([0-9a-z]{1,4})-([a-z2-7]{20})$")
CODE: Final = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


# -- the return path ----------------------------------------------------------------------------------------------


def return_path(recipient: User) -> str:
    """Return the envelope sender of a mail to this person; empty where no address for bounces is set."""
    local, _at, domain = settings.BOUNCE_ADDRESS.partition("@")
    if not domain:
        return ""
    day = (timezone.localdate() - EPOCH).days
    return f"{local}+{_base36(recipient.pk)}-{_base36(day)}-{_code(recipient.pk, day, recipient.email)}@{domain}"


def person_of_return_path(address: str) -> User | None:
    """Return the person to whom we sent the mail; None where the code is not ours, too old, or of another address."""
    local, _at, domain = address.strip().lower().partition("@")
    found = RETURN.search(local)
    ours, _at, our_domain = settings.BOUNCE_ADDRESS.lower().partition("@")
    if found is None or domain != our_domain or not ours or local[: found.start()] != ours:
        return None
    pk, day = int(found[1], 36), int(found[2], 36)
    age = (timezone.localdate() - EPOCH).days - day
    # A key that no database holds would be refused with an error by some of them.
    if not 0 <= age <= GOOD_FOR.days or pk >= 2**63:
        return None
    person = User.objects.filter(pk=pk).first()
    if person is None or not hmac.compare_digest(_code(pk, day, person.email), found[3]):
        return None
    return person


def _code(pk: int, day: int, address: str) -> str:
    made = salted_hmac(SALT, f"{pk}:{day}:{address.lower()}", algorithm=hashlib.sha256().name)
    # 96 bits, in letters that survive mail servers which fold case.
    return base64.b32encode(made.digest()[:12]).decode().lower().rstrip("=")


def _base36(number: int) -> str:
    text = ""
    while True:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
        if not number:
            return text


# -- reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bounce:
    """What a mail server reports of one recipient (RFC 3464)."""

    action: str
    status: str
    detail: str

    @property
    def is_failure(self) -> bool:
        """Whether the mail was given up; "delayed" and "relayed" are none."""
        return self.action == "failed" and self.status.startswith(("4.", "5."))

    @property
    def is_hard(self) -> bool:
        """Whether the address itself is wrong."""
        return self.status in HARD


@dataclass(frozen=True)
class Report:
    """A mail that was read: to which of our return paths it came, and what it reports."""

    to: tuple[str, ...]
    bounces: tuple[Bounce, ...]


def read_report(data: bytes) -> Report:
    """Read a mail. Raises ``RuleViolation`` ``too_long`` or ``no_report``: an answer of a person, or out-of-office."""
    if len(data) > MOST_BYTES:
        raise RuleViolation("too_long", _("The mail is larger than any report of a mail server."))
    message = BytesParser(policy=policy.compat32).parsebytes(data)
    bounces = tuple(_bounces(message))
    if not bounces:
        raise RuleViolation("no_report", _("The mail is no report of a mail server (RFC 3464)."))
    headers = [str(value) for name in ("To", "Delivered-To", "X-Original-To") for value in message.get_all(name, [])]
    return Report(tuple(address for _name, address in getaddresses(headers)), bounces)


def _bounces(message: Message) -> "Iterator[Bounce]":
    if message.get_content_type() != "multipart/report":
        return
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for block in part.get_payload():
            if isinstance(block, Message) and "Action" in block:
                yield Bounce(
                    action=str(block["Action"]).strip().lower(),
                    status=_status(str(block.get("Status", ""))),
                    detail=" ".join(str(block.get("Diagnostic-Code", "")).partition(";")[2].split())[:300],
                )
        # The mail that came back may hold a report of its own; only the first one is about ours.
        return


def _status(text: str) -> str:
    found = CODE.search(text)
    return found[1] if found else ""


# -- counting -----------------------------------------------------------------------------------------------------


def take_bounce(data: bytes, *, recipient: str = "") -> MailTrouble | None:
    """Count what a mail to our address for bounces reports; ``recipient`` is the envelope's, if the mail server tells.

    Returns the row that was written, None where nothing was: a delay, or a return path that is not one of ours.
    """
    report = read_report(data)
    named = (recipient, *report.to)
    person = next((found for address in named if (found := person_of_return_path(address)) is not None), None)
    failures = [bounce for bounce in report.bounces if bounce.is_failure]
    if person is None or not failures:
        return None
    return note_bounce(person, failures[0])


def note_bounce(person: User, bounce: Bounce) -> MailTrouble:
    """Count one mail that came back, and pause the address at once or after several, as the code says."""
    now = timezone.now()
    with transaction.atomic():
        row = MailTrouble.objects.select_for_update().filter(user=person).first()
        if row is None:
            row = MailTrouble(user=person, address=person.email, first_at=now)
        if row.address != person.email or (row.paused_at is None and now - row.first_at > SOFT_WITHIN):
            row.address, row.count, row.first_at, row.paused_at = person.email, 0, now, None
        row.count, row.last_at = row.count + 1, now
        row.status, row.detail = bounce.status, bounce.detail
        if row.paused_at is None and (bounce.is_hard or row.count >= SOFT_LIMIT):
            row.paused_at = now
        row.save()
    return row


def note_refusal(person: User, answer: str) -> None:
    """Count that our own mail server refused the person's address for good while we sent.

    Only where its code says that the address is wrong: a server that relays for nobody would pause everybody.
    """
    bounce = Bounce("failed", _status(answer), " ".join(answer.split())[:300])
    if bounce.is_hard:
        note_bounce(person, bounce)


def is_paused(person: User) -> bool:
    """Say whether mail to the person's present address is paused."""
    row = getattr(person, "mail_trouble", None)
    return row is not None and row.paused_at is not None and row.address == person.email


def send_mail_again(row: MailTrouble, *, actor: User) -> None:
    """Forget the bounces of an address that somebody has looked at; what was not sent meanwhile is in the portal."""
    if not mail_troubles_visible_to(actor).filter(pk=row.pk).exists():
        raise NotAllowed
    row.delete()
