"""AI help with days, weeks and comments: what a draft is made of, and where an accepted one is stored."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment, StudentProfile, User
from apps.ai.backends.base import Facts
from apps.ai.services.calls import Spot, Wish
from apps.ai.services.places import Place, Standing, register_place
from apps.ai.states import Purpose
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.selectors import placements_of, placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.permissions import can_change_entry
from apps.logbook.selectors import current_logs, logs_visible_to, week_of, weeks_visible_to
from apps.logbook.selectors.helped import DAY, WEEK
from apps.logbook.services.logs import DayText, save_log
from apps.logbook.services.weeks import WeekText, save_week
from portal.kernel.errors import WrongState

if TYPE_CHECKING:
    from collections.abc import Iterable

COMMENT: Final = "logbook.comment"
DAY_HELP: Final = [("text", purpose) for purpose in Purpose.for_text()]
WEEK_HELP: Final = [
    ("summary", Purpose.WEEK),
    ("main_job_detail", Purpose.MAIN_JOB),
    *(("summary", purpose) for purpose in Purpose.for_text()),
]
COMMENT_HELP: Final = [("comment", Purpose.FEEDBACK), ("comment", Purpose.GRAMMAR)]
# A comment has no row before it is sent: its key is made of the placement's and the Monday's.
_DAYS: Final = 10_000_000


# -- what a draft is made of --------------------------------------------------------------------------------------


def day_wish(log: DailyLog, purpose: Purpose) -> Wish:
    """Return what is asked for a day as it is stored now."""
    enrolment, placement = log.enrolment, log.placement
    known = {
        "skills": ", ".join(log.skills),
        "hours": hours_in_words(log.hours),
        "company": placement.company.name if placement else "",
    }
    facts = Facts(
        texts={"text": log.text}, known=known, tools=tuple(log.skills), private=private_of(enrolment, placement)
    )
    # Corrections and hints look at the text alone: what is known beside it would count as its source.
    if purpose != Purpose.EXPAND:
        facts = Facts(texts=facts.texts, tools=facts.tools, private=facts.private)
    spot = Spot(DAY, log.pk, date_format(log.day, "l j F"), {"text": log.text})
    return Wish(purpose, facts, cohort=enrolment.cohort, spot=spot)


def week_wish(report: WeeklyReport, field: str, purpose: Purpose) -> Wish:
    """Return what is asked for a week as it is stored now: out of its days, or for its own text."""
    enrolment = report.enrolment
    logs = list(current_logs(enrolment).filter(week_start=report.week_start).order_by("day"))
    fields = ["main_job_title", "main_job_detail"] if purpose == Purpose.MAIN_JOB else [field]
    from_days = purpose in (Purpose.WEEK, Purpose.MAIN_JOB)
    facts = Facts(
        texts={} if from_days else {field: getattr(report, field)},
        fields=fields,
        days=_named(logs) if from_days else (),
        tools=skills_of(logs),
        private=private_of(enrolment, report.placement),
    )
    before = {name: getattr(report, name) for name in fields}
    title = _now("Week %(number)d") % {"number": report.number}
    return Wish(purpose, facts, cohort=enrolment.cohort, spot=Spot(WEEK, report.pk, title, before))


def text_wish(enrolment: Enrolment, text: str, purpose: Purpose) -> Wish:
    """Return what is asked for a text of a student that stands nowhere yet."""
    first = placements_of(enrolment.student).filter(enrolment=enrolment).select_related("company").first()
    facts = Facts(texts={"text": text}, private=private_of(enrolment, first))
    return Wish(purpose, facts, cohort=enrolment.cohort)


def comment_wish(placement: Placement, monday: dt.date, typed: str, purpose: Purpose) -> Wish:
    """Return what a supervisor asks for a comment on a week: out of the days that were sent, or for what was typed."""
    week, student = week_of(placement, monday), placement.enrolment.student
    from_days = purpose == Purpose.FEEDBACK
    known = {
        "student": str(student),
        "hours": hours_in_words(sum((log.hours for log in week.logs), Decimal(0))),
        "days": str(len(week.logs)),
        "skills": ", ".join(skills_of(week.logs)[:5]),
        "job": week.report.main_job_title if week.report else "",
    }
    facts = Facts(
        texts={} if from_days else {"comment": typed},
        fields=["comment"],
        days=_named(week.logs) if from_days else (),
        known=known if from_days and week.logs else {},
        tools=skills_of(week.logs),
        private=private_of(placement.enrolment, placement),
    )
    title = _now("Week %(number)d") % {"number": week.number}
    spot = Spot(COMMENT, comment_key(placement, monday), title, {"comment": typed})
    subject = student if from_days else None
    return Wish(purpose, facts, cohort=placement.enrolment.cohort, subject=subject, spot=spot)


def comment_key(placement: Placement, monday: dt.date) -> int:
    """Return the key of a comment that is stored nowhere yet."""
    return placement.pk * _DAYS + monday.toordinal()


def hours_in_words(hours: Decimal) -> str:
    """Return hours without zeros behind: "8", "7.5"."""
    return f"{Decimal(hours).normalize():f}"


def _named(logs: "Iterable[DailyLog]") -> list[tuple[str, str]]:
    return [(date_format(log.day, "l"), log.text) for log in logs if log.text.strip()]


def skills_of(logs: "Iterable[DailyLog]") -> list[str]:
    """Return the skills of the days, each once, the most frequent first."""
    counts: dict[str, int] = {}
    for log in logs:
        for skill in log.skills:
            counts[skill] = counts.get(skill, 0) + 1
    return sorted(counts, key=lambda skill: -counts[skill])


def private_of(enrolment: Enrolment, placement: Placement | None) -> list[str]:
    """Return names, addresses and numbers of the people around a student, which no model elsewhere may see."""
    student = enrolment.student
    profile = StudentProfile.objects.filter(user=student).first()
    found = [student.get_full_name(), student.email, student.phone, student.username]
    found += [profile.reg_no, profile.middle_name, profile.supervisor_name] if profile else []
    if placement is not None:
        company = placement.company
        found += [company.name, company.contact_person, company.phone, company.email, company.hr_email]
        found += [company.address, company.website, placement.site_address]
        found += [placement.supervisor_name, placement.supervisor_email, placement.supervisor_phone]
        for row in PlacementSupervisor.objects.filter(placement=placement).select_related("user"):
            found += [row.user.get_full_name(), row.user.email, row.user.phone]
    return [value for value in found if value]


# -- where an accepted draft is stored ----------------------------------------------------------------------------


def _day(key: int, user: User) -> DailyLog | None:
    rows = logs_visible_to(user).filter(is_current=True).select_related("enrolment__cohort")
    log = rows.filter(pk=key).first()
    return log if log is not None and can_change_entry(log, user) else None


def _read_day(key: int, user: User) -> Standing | None:
    log = _day(key, user)
    return Standing({"text": log.text}, reverse("log_edit", args=[log.day])) if log else None


def _write_day(key: int, parts: Mapping[str, str], user: User) -> None:
    log = _day(key, user)
    if log is None:
        raise WrongState("not_with_you", _("You have sent this. Take it back if you want to change it."))
    written = DayText(parts["text"], log.hours, log.skills)
    save_log(log.enrolment, log.day, written, actor=user, placement_id=log.placement_id, expected_version=log.version)


def _week(key: int, user: User) -> WeeklyReport | None:
    rows = weeks_visible_to(user).filter(is_current=True).select_related("enrolment__cohort")
    report = rows.filter(pk=key).first()
    return report if report is not None and can_change_entry(report, user) else None


_WEEK_FIELDS: Final = ("summary", "main_job_title", "main_job_detail")


def _read_week(key: int, user: User) -> Standing | None:
    report = _week(key, user)
    if report is None:
        return None
    parts = {name: getattr(report, name) for name in _WEEK_FIELDS}
    return Standing(parts, reverse("week_edit", args=[report.week_start]))


def _write_week(key: int, parts: Mapping[str, str], user: User) -> None:
    report = _week(key, user)
    if report is None:
        raise WrongState("not_with_you", _("You have sent this. Take it back if you want to change it."))
    written = WeekText(**{name: parts.get(name, getattr(report, name)) for name in _WEEK_FIELDS})
    save_week(
        report.enrolment,
        report.week_start,
        written,
        actor=user,
        placement_id=report.placement_id,
        expected_version=report.version,
    )


def _read_comment(key: int, user: User) -> Standing | None:
    """A comment is stored with the decision; until then the draft waits in the form, which takes it from the call."""
    pk, ordinal = divmod(key, _DAYS)
    if not placements_supervised_by(user, SupervisorKind.INDUSTRIAL).filter(pk=pk).exists():
        return None
    return Standing({}, reverse("supervise_week", args=[pk, dt.date.fromordinal(ordinal)]) + "?comment=draft")


def _write_comment(_key: int, _parts: Mapping[str, str], _user: User) -> None:
    """Store nothing: the supervisor still has to send the form."""


register_place(Place(DAY, _("Day"), {"text": _("What did you do?")}, _read_day, _write_day))
register_place(
    Place(
        WEEK,
        _("Week"),
        {
            "summary": _("Summary of the week"),
            "main_job_title": _("Main job of the week"),
            "main_job_detail": _("Details of the main job"),
        },
        _read_week,
        _write_week,
    )
)
register_place(
    Place(
        COMMENT,
        _("Comment"),
        {"comment": _("Comment for the student and the university")},
        _read_comment,
        _write_comment,
    )
)
