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
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.models import (
    Company,
    CompanyMember,
    Enrolment,
    MassMail,
    MassMailRecipient,
    Notice,
    StaffProfile,
    User,
)
from apps.accounts.permissions import wrote_mass_mail
from apps.accounts.selectors import companies_moderated_by, everything_for, in_scope, staff_managed_by
from apps.accounts.services.jobs import JobCancelledError, Progress, cancel_job, job, start_job
from apps.accounts.services.notice_kinds import EVERYBODY, NoticeKind, declare_notice
from apps.accounts.services.notices import Telling, tell_many
from apps.accounts.states import JobState, MassMailState, MemberKind, NoticeState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.fsm import perform, perform_many

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

STOPPED: Final = "stopped by the author"
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
    with a word for each; ``label`` the list in which they are chosen.
    """

    code: str
    label: str
    rows: "Callable[[Viewer], QuerySet[Any]]"
    addressees: Callable[[QuerySet[Any]], Iterable[Addressee]]
    places: Mapping[str, Text]


_audiences: dict[str, Audience] = {}


def declare_audience(audience: Audience) -> Audience:
    """Register an audience; each app does so for its lists."""
    _audiences[audience.code] = audience
    return audience


def audiences() -> Sequence[Audience]:
    """Return every audience, in the order of the chain."""
    return tuple(_audiences.values())


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
        "accounts.enrolment",
        enrolments_written_to_by,
        _enrolled,
        {**NAMES, "reg_no": _("registration number"), "cohort": _("cohort")},
    )
)


def _representing(rows: QuerySet[Company]) -> Iterator[Addressee]:
    members = CompanyMember.objects.filter(
        company__in=rows.order_by().values("pk"),
        kind=MemberKind.REPRESENTATIVE,
        is_active=True,
        user__is_active=True,
    )
    for row in members.select_related("user", "company").order_by("pk"):
        yield Addressee(row.user, row.company_id, {**names_of(row.user), "company": row.company.name})


COMPANIES = declare_audience(
    Audience(
        "accounts.companies",
        "accounts.company",
        companies_moderated_by,
        _representing,
        {**NAMES, "company": _("company")},
    )
)


def _staff(rows: QuerySet[StaffProfile]) -> Iterator[Addressee]:
    for row in rows.filter(user__is_active=True).select_related("user", "department").order_by("pk"):
        yield Addressee(row.user, row.pk, {**names_of(row.user), "department": row.department.name})


STAFF = declare_audience(
    Audience(
        "accounts.staff",
        "accounts.staffprofile",
        staff_managed_by,
        _staff,
        {**NAMES, "department": _("department")},
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
    reached: set[int] = set()
    for addressee in audience.addressees(mine):
        people.setdefault(addressee.person.pk, addressee)
        reached.add(addressee.target_id)
    if not people:
        raise RuleViolation("nobody", _("None of these can be written to by you."))
    left_out = _left_out(rows, mine, reached, {one.target_id for one in people.values()})
    with transaction.atomic():
        mail = MassMail.objects.create(author=actor, audience=code, left_out=left_out)
        MassMailRecipient.objects.bulk_create(
            [
                MassMailRecipient(mail=mail, person=one.person, target_id=one.target_id, fields=dict(one.fields))
                for one in people.values()
            ],
            batch_size=1000,
        )
    return mail


def _left_out(rows: QuerySet[Any], mine: QuerySet[Any], reached: set[int], kept: set[int]) -> dict[str, list[int]]:
    """Return the chosen rows for which nobody gets the mail, by a code of the reason (``mass_mail_results``)."""
    chosen, own = (set(some.order_by().values_list("pk", flat=True)) for some in (rows, mine))
    found = {"not_yours": chosen - own, "nobody_there": own - reached, "once": reached - kept}
    return {code: sorted(keys) for code, keys in found.items() if keys}


def begin_written_mail(code: str, keys: Sequence[int], *, actor: User, **written: Any) -> MassMail:
    """Begin a mail to these rows with what ``write_mass_mail`` takes: both or nothing. Raises as the two do."""
    with transaction.atomic():
        mail = begin_mass_mail(code, _audiences[code].rows(actor).model.objects.filter(pk__in=keys), actor=actor)
        return write_mass_mail(mail, **written, actor=actor)


def write_mass_mail(
    mail: MassMail, *, subject: str, text: str, actor: User, translations: Mapping[str, Sequence[str]] | None = None
) -> MassMail:
    """Store what is to be sent; ``translations`` are subject and text by language, empty ones count as none.

    Raises ``NotAllowed``, or ``RuleViolation`` ``too_late``, ``empty``, ``too_long``, ``several_lines`` or
    ``unknown_place`` with the field.
    """
    if not wrote_mass_mail(mail, actor):
        raise NotAllowed
    if mail.state != MassMailState.DRAFT:
        raise RuleViolation("too_late", _("This mail is on its way already."))
    more = {code: two for code, two in (translations or {}).items() if any(piece.strip() for piece in two)}
    for name, value, most in _pieces(subject, text, more):
        _check(name, value, most, audience_of(mail))
    mail.subject, mail.text = subject.strip(), text.strip()
    mail.translations = {
        code: {"subject": first.strip(), "text": second.strip()} for code, (first, second) in more.items()
    }
    mail.version += 1
    mail.save(update_fields=["subject", "text", "translations", "version", "updated_at"])
    return mail


def write_ready_mail(mail: MassMail, subject: Text, text: Text, *, actor: User) -> MassMail:
    """Store a text that the portal brings along, in each of its languages; raises what ``write_mass_mail`` raises."""
    found: dict[str, tuple[str, str]] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = (str(subject), str(text))
    own = found.pop(translation.get_language() or settings.LANGUAGE_CODE, (str(subject), str(text)))
    more = {code: two for code, two in found.items() if two != own}
    return write_mass_mail(mail, subject=own[0], text=own[1], translations=more, actor=actor)


def _pieces(subject: str, text: str, more: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, int]]:
    """Yield all that was written as (field, value, at most so many characters)."""
    for ending, (first, second) in {
        "": (subject, text),
        **{f"_{code}": tuple(two) for code, two in more.items()},
    }.items():
        yield f"subject{ending}", first, MOST_SUBJECT
        yield f"text{ending}", second, MOST_TEXT


def _check(name: str, value: str, most: int, audience: Audience) -> None:
    if name.startswith("subject") and len(value.splitlines()) > 1:
        raise RuleViolation("several_lines", _("A subject is one line."), field=name)
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


def as_read_by(mail: MassMail, row: MassMailRecipient) -> Sample:
    """Return the mail as this person reads it: in the own language where it is written in it, with the own names."""
    own = mail.translations.get(row.person.language) or {"subject": mail.subject, "text": mail.text}
    return Sample(row.person, filled(own["subject"], row.fields), filled(own["text"], row.fields))


def samples_of(mail: MassMail, number: int = 3) -> list[Sample]:
    """Return the mail as the first few will read it, and as the first reads it in each other language; one query."""
    rows = mail.recipients.select_related("person")
    first = Q(pk__in=rows.order_by("pk").values("pk")[:number])
    for code in mail.translations:
        first |= Q(pk__in=rows.filter(person__language=code).order_by("pk").values("pk")[:1])
    return [as_read_by(mail, row) for row in rows.filter(first).order_by("pk")]


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
    page = reverse("bulk_result", args=[progress.job.pk])
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
    read = as_read_by(mail, row)
    return {"subject": read.subject, "text": read.text, "sender": str(mail.author)}


def stop_mass_mail(mail: MassMail, *, actor: User) -> int:
    """Keep back what has not gone out, or throw the draft away; returns how many do not get it by mail any more."""
    perform(mail, "stop", actor=actor)
    if mail.job is not None and mail.job.state in JobState.unfinished():
        cancel_job(mail.job, actor=actor)
    return _keep_back(mail)


def _keep_back(mail: MassMail) -> int:
    told = mail.recipients.filter(notice__isnull=False).values("notice")
    rows = Notice.objects.filter(pk__in=told, state=NoticeState.QUEUED)
    return len(perform_many(rows, "skip", actor=SYSTEM, reason=STOPPED).moved)


def progress_of_mail(mail: MassMail) -> dict[str, int]:
    """Return how many recipients' mails are in which state of a notice; those without one under ``""``."""
    counts = mail.recipients.order_by().values_list("notice__state").annotate(number=Count("pk"))
    return {state or "": number for state, number in counts}
