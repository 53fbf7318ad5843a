"""Mails to many people: chosen in a list, written with places for names, shown, confirmed, sent as notices.

The places are a fixed list of words, replaced by one regular expression in one pass: what people wrote never meets a
template engine or ``str.format``, and a value that looks like a place stays as it is.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.models import Enrolment, MassMail, MassMailRecipient, Notice, User
from apps.accounts.permissions import wrote_mass_mail
from apps.accounts.selectors import everything_for, in_scope
from apps.accounts.services.jobs import JobCancelledError, Progress, cancel_job, job, start_job
from apps.accounts.services.notice_kinds import EVERYBODY, NoticeKind, declare_notice
from apps.accounts.services.notices import Telling, tell_many
from apps.accounts.states import JobState, MassMailState, NoticeState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.fsm import perform, perform_many

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

SEND: Final = "accounts.send_mass_mail"
PLACE: Final = re.compile(r"\{([^{}\n]{0,40})\}")
CHUNK: Final = 100
MOST_TEXT: Final = 5000
MOST_SUBJECT: Final = 120

MASS_MAIL = declare_notice(
    NoticeKind(
        "accounts.mass_mail",
        subject=_("%(subject)s"),
        sentence=_("%(text)s"),
        button=_("Open the portal"),
        why=_("You get this because %(sender)s wrote to you about your practical training."),
        urgent=True,
        label=_("Messages of your coordinator"),
        to=EVERYBODY,
    )
)


@dataclass(frozen=True)
class Addressee:
    """A person of an audience, the row for which the person is written to, and the values for the places."""

    person: User
    target_id: int
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Audience:
    """As what people are written to: ``rows(user)`` are those of which the user may choose.

    ``addressees(rows)`` are their people, asked with a fixed number of queries; ``places`` what may stand in the text,
    with a word for each.
    """

    code: str
    rows: "Callable[[Viewer], QuerySet[Any]]"
    addressees: Callable[[QuerySet[Any]], Iterable[Addressee]]
    places: Mapping[str, Text]


_audiences: dict[str, Audience] = {}


def declare_audience(audience: Audience) -> Audience:
    """Register an audience; each app does so for its lists."""
    _audiences[audience.code] = audience
    return audience


def names_of(person: User) -> dict[str, str]:
    """Return the values of the places that every audience has."""
    return {"first_name": person.first_name or str(person), "last_name": person.last_name, "name": str(person)}


NAMES: Final[Mapping[str, Text]] = {
    "first_name": _("first name"),
    "last_name": _("last name"),
    "name": _("whole name"),
}


def enrolments_written_to_by(user: "Viewer") -> QuerySet[Enrolment]:
    """Active enrolments in the cohorts that the user coordinates; a superuser has all."""
    mine = Enrolment.objects.filter(everything_for(user, in_scope(user)))
    return mine.filter(is_active=True, student__is_active=True)


def _enrolled(rows: QuerySet[Enrolment]) -> Iterator[Addressee]:
    for row in rows.select_related("student__student_profile", "cohort").order_by("pk"):
        profile = getattr(row.student, "student_profile", None)
        fields = {**names_of(row.student), "cohort": row.cohort.name, "reg_no": profile.reg_no if profile else ""}
        yield Addressee(row.student, row.pk, fields)


STUDENTS = declare_audience(
    Audience(
        "accounts.students",
        enrolments_written_to_by,
        _enrolled,
        {**NAMES, "reg_no": _("registration number"), "cohort": _("cohort")},
    )
)


def audience_of(mail: MassMail) -> Audience:
    """Return the audience of a mail."""
    return _audiences[mail.audience]


# -- writing ------------------------------------------------------------------------------------------------------


def begin_mass_mail(code: str, rows: QuerySet[Any], *, actor: User) -> MassMail:
    """Begin a mail to the people of these rows, each person once; rows that are not the actor's are left out.

    Raises ``RuleViolation`` ``nobody`` where nobody is left.
    """
    audience = _audiences[code]
    mine = audience.rows(actor).filter(pk__in=rows.order_by().values("pk"))
    people: dict[int, Addressee] = {}
    for addressee in audience.addressees(mine):
        people.setdefault(addressee.person.pk, addressee)
    if not people:
        raise RuleViolation("nobody", _("None of these can be written to by you."))
    with transaction.atomic():
        mail = MassMail.objects.create(author=actor, audience=code)
        MassMailRecipient.objects.bulk_create(
            [
                MassMailRecipient(mail=mail, person=one.person, target_id=one.target_id, fields=dict(one.fields))
                for one in people.values()
            ],
            batch_size=1000,
        )
    return mail


def write_mass_mail(mail: MassMail, *, subject: str, text: str, actor: User) -> MassMail:
    """Store what is to be sent.

    Raises ``NotAllowed``, or ``RuleViolation`` ``too_late``, ``empty``, ``too_long``, ``several_lines`` or
    ``unknown_place`` with the field.
    """
    if not wrote_mass_mail(mail, actor):
        raise NotAllowed
    if mail.state != MassMailState.DRAFT:
        raise RuleViolation("too_late", _("This mail is on its way already."))
    for name, value, most in (("subject", subject, MOST_SUBJECT), ("text", text, MOST_TEXT)):
        _check(name, value, most, audience_of(mail))
    if len(subject.splitlines()) > 1:
        raise RuleViolation("several_lines", _("A subject is one line."), field="subject")
    mail.subject, mail.text = subject.strip(), text.strip()
    mail.version += 1
    mail.save(update_fields=["subject", "text", "version", "updated_at"])
    return mail


def _check(name: str, value: str, most: int, audience: Audience) -> None:
    if not value.strip() or "\x00" in value:
        raise RuleViolation("empty", _("Write something here."), field=name)
    if len(value) > most:
        raise RuleViolation("too_long", _("At most %(count)d characters.") % {"count": most}, field=name)
    for place in PLACE.findall(value):
        if place not in audience.places:
            known = ", ".join(f"{{{key}}}" for key in audience.places)
            words = _("{%(place)s} is no place for a name. There are: %(known)s.") % {"place": place, "known": known}
            raise RuleViolation("unknown_place", words, field=name)


def filled(text: str, fields: Mapping[str, str]) -> str:
    """Return the text with the values in their places, in one pass; what is no place stays."""
    return PLACE.sub(lambda found: str(fields.get(found[1], found[0])), text)


@dataclass(frozen=True)
class Sample:
    """The mail as one person will read it."""

    person: User
    subject: str
    text: str


def samples_of(mail: MassMail, number: int = 3) -> list[Sample]:
    """Return the mail as the first few will read it; one query."""
    rows = mail.recipients.select_related("person")[:number]
    return [Sample(row.person, filled(mail.subject, row.fields), filled(mail.text, row.fields)) for row in rows]


# -- sending ------------------------------------------------------------------------------------------------------


def send_mass_mail(mail: MassMail, *, actor: User) -> MassMail:
    """Let it go: a job puts it into everybody's queue, at the pace of ``MAILS_A_MINUTE``."""
    with transaction.atomic():
        perform(mail, "send", actor=actor)
        mail.job = start_job(SEND, title=mail.subject, payload={"mail_id": mail.pk}, actor=actor)
        mail.save(update_fields=["job"])
    return mail


@job(SEND)
def put_into_queues(progress: Progress, mail_id: int) -> None:
    """Write a notice for each recipient who has none, in small transactions; a second run goes on where one died.

    Who is not the author's to write to any more is left out. Cancelled, it keeps back what has not gone out.
    """
    mail = MassMail.objects.select_related("author").get(pk=mail_id)
    if mail.state != MassMailState.SENDING:
        return
    rows = mail.recipients.filter(notice__isnull=True).select_related("person")
    mine = set(audience_of(mail).rows(mail.author).filter(pk__in=rows.values("target_id")).values_list("pk", flat=True))
    waiting = [row for row in rows if row.target_id in mine and row.person.is_active]
    begun = timezone.localtime()
    try:
        progress.start(len(waiting))
        for number, chunk in enumerate(batched(waiting, CHUNK)):
            _tell(mail, chunk, begun, number * CHUNK)
            progress.step(len(chunk))
    except JobCancelledError:
        perform(mail, "stop", actor=SYSTEM)
        _keep_back(mail)
        raise
    perform(mail, "finish", actor=SYSTEM)
    last = _moment(begun, max(len(waiting) - 1, 0))
    words = ngettext(
        "%(count)d mail is on its way, at %(time)s at the latest.",
        "%(count)d mails are on their way, the last at %(time)s.",
        len(waiting),
    )
    page = reverse("admin:accounts_massmail_change", args=[mail.pk])
    progress.say(words % {"count": len(waiting), "time": f"{last:%H:%M}"}, next_url=page)


def _moment(begun: dt.datetime, number: int) -> dt.datetime:
    return begun + dt.timedelta(minutes=number // settings.MAILS_A_MINUTE)


def _tell(mail: MassMail, rows: Sequence[MassMailRecipient], begun: dt.datetime, first: int) -> None:
    keys = {f"mass:{mail.pk}:{row.person_id}": row for row in rows}
    with transaction.atomic():
        tell_many(
            [
                Telling(row.person, MASS_MAIL, _facts(mail, row), dedupe_key=key, due=_moment(begun, first + place))
                for place, (key, row) in enumerate(keys.items())
            ]
        )
        for pk, key in Notice.objects.filter(dedupe_key__in=keys).values_list("pk", "dedupe_key"):
            keys[str(key)].notice_id = pk
        MassMailRecipient.objects.bulk_update(rows, ["notice"])


def _facts(mail: MassMail, row: MassMailRecipient) -> dict[str, Any]:
    return {
        "subject": filled(mail.subject, row.fields),
        "text": filled(mail.text, row.fields),
        "sender": str(mail.author),
    }


def stop_mass_mail(mail: MassMail, *, actor: User) -> int:
    """Keep back what has not gone out, or throw the draft away; returns how many do not get it by mail any more."""
    perform(mail, "stop", actor=actor)
    if mail.job is not None and mail.job.state in JobState.unfinished():
        cancel_job(mail.job, actor=actor)
    return _keep_back(mail)


def _keep_back(mail: MassMail) -> int:
    told = mail.recipients.filter(notice__isnull=False).values("notice")
    rows = Notice.objects.filter(pk__in=told, state=NoticeState.QUEUED)
    return len(perform_many(rows, "skip", actor=SYSTEM, reason="stopped by the author").moved)


def progress_of_mail(mail: MassMail) -> dict[str, int]:
    """Return how many recipients' mails are in which state of a notice; those without one under ``""``."""
    counts = mail.recipients.order_by().values_list("notice__state").annotate(number=Count("pk"))
    return {state or "": number for state, number in counts}
