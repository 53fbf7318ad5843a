"""A logbook's content as plain data."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import Company, Enrolment
from apps.applications.models import Placement
from apps.applications.states import SupervisorKind
from apps.logbook.models import Absence, DailyLog, WeeklyReport
from apps.logbook.selectors import calendar_at, logs_visible_to, weeks_visible_to
from apps.logbook.states import ChainState
from apps.reporting.context import DayRow, Decision, Host, Logbook, OperationRow, Person, WeekPage
from apps.reporting.selectors.letterhead import letterhead
from portal.kernel.dates import Calendar, days_between, monday_of, week_number

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


@dataclass(frozen=True)
class Book:
    """A logbook with the pictures that it names."""

    logbook: Logbook
    images: Mapping[str, bytes]

    def week(self, monday: dt.date) -> WeekPage | None:
        """Return the page of the week that begins on this day, None if the training has no such week."""
        return next((page for page in self.logbook.weeks if page.start == monday), None)


@dataclass(frozen=True)
class _Sources:
    """Everything of one placement that a book is made of, read once."""

    placement: Placement
    calendar: Calendar
    logs: dict[dt.date, DailyLog]
    reports: dict[dt.date, WeeklyReport]
    absences: dict[dt.date, Absence]
    today: dt.date


def book_of(placement: Placement, user: "Viewer", *, language: str) -> Book:
    """Return the content of a placement's logbook as this user may see it: a draft stands only in the student's own.

    The labels are in ``language`` (``en``, ``sw``, ``ar``). Eight queries, whatever the number of weeks.
    """
    with translation.override(language):
        sources = _read(placement, user)
        weeks = tuple(_week(sources, monday) for monday in _mondays(placement))
        return Book(_logbook(sources, weeks, language), {**letterhead(), **_sketches(sources.reports.values())})


def book_without_place(enrolment: Enrolment, user: "Viewer", *, language: str) -> Book:
    """Return the book of a student who writes without a placement yet: over the cohort's time, where the profile says.

    The company and the supervisor are the student's own words, as on every draft.
    """
    cohort, profile = enrolment.cohort, getattr(enrolment.student, "student_profile", None)
    company = Company(name=profile.company_name if profile else "", country="")
    place = Placement(enrolment=enrolment, company=company, start=cohort.start, end=cohort.end)
    place.supervisor_name = profile.supervisor_name if profile else ""
    return book_of(place, user, language=language)


def _read(placement: Placement, user: "Viewer") -> _Sources:
    # One that is not stored stands for none: what was written without a placement.
    where = {"placement": placement} if placement.pk else {"placement": None, "enrolment": placement.enrolment}
    logs = logs_visible_to(user).filter(**where, is_current=True)
    reports = weeks_visible_to(user).filter(**where, is_current=True)
    people = ("verified_by", "validated_by")
    return _Sources(
        placement=placement,
        calendar=calendar_at(placement.enrolment, placement),
        logs={log.day: log for log in logs.select_related(*people)},
        reports={r.week_start: r for r in reports.select_related(*people).prefetch_related("operations")},
        absences={absence.day: absence for absence in Absence.objects.filter(placement=placement.pk)},
        today=timezone.localdate(),
    )


def _mondays(placement: Placement) -> list[dt.date]:
    first, last = monday_of(placement.start), monday_of(placement.end)
    return [first + dt.timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]


def _logbook(sources: _Sources, weeks: tuple[WeekPage, ...], language: str) -> Logbook:
    placement = sources.placement
    return replace(
        cover_of(placement, _("Practical training log-book"), language=language),
        weeks=weeks,
        total_hours=sum(week.total_hours for week in weeks),
        days_done=len(sources.logs),
        days_required=len(sources.calendar.working_days(placement.start, placement.end)),
    )


def cover_of(placement: Placement, title: str, *, language: str) -> Logbook:
    """Return what stands on every document of a placement, without weeks; call it with the language active."""
    cohort = placement.enrolment.cohort
    return Logbook(
        university=settings.UNIVERSITY_NAME,
        college=cohort.department.faculty,
        department=cohort.department.name,
        title=title,
        student=person_of(placement.enrolment),
        host=host_of(placement),
        cohort_name=cohort.name,
        start=placement.start,
        end=placement.end,
        issued_at=timezone.now(),
        language=language,
    )


def person_of(enrolment: Enrolment) -> Person:
    """Return the student of an enrolment, for documents."""
    student, cohort = enrolment.student, enrolment.cohort
    # Who registered through a program may have written before anything is known of the studies.
    profile = getattr(student, "student_profile", None)
    return Person(
        full_name=student.get_full_name(),
        reg_no=profile.reg_no if profile else student.username,
        programme=profile.programme.name if profile else "",
        department=cohort.department.name,
        year_of_study=profile.year_of_study if profile else None,
        phase=cohort.phase,
    )


def host_of(placement: Placement) -> Host:
    """Return the company of a placement and the first supervisor there, for documents."""
    company = placement.company
    supervisors = placement.supervisors.all() if placement.pk else []
    chosen = [s for s in supervisors if s.kind == SupervisorKind.INDUSTRIAL and s.is_active]
    first = min(chosen, key=lambda row: (row.is_deputy, row.pk), default=None)
    return Host(
        name=company.name,
        address=placement.site_address or company.address,
        region=company.region,
        supervisor_name=first.user.get_full_name() if first else placement.supervisor_name,
        sector=str(company.get_industry_type_display()),
        about=company.description,
    )


def _week(sources: _Sources, monday: dt.date) -> WeekPage:
    placement = sources.placement
    last = monday + dt.timedelta(days=max([*sources.calendar.weekdays, 4]))
    days = [_day(sources, day) for day in days_between(monday, last)]
    report = sources.reports.get(monday)
    due = sources.calendar.working_days(max(monday, placement.start), min(last, placement.end))
    return WeekPage(
        number=week_number(monday, placement.start),
        start=monday,
        end=last,
        summary=report.summary if report else "",
        main_job_title=report.main_job_title if report else "",
        main_job_detail=report.main_job_detail if report else "",
        days=tuple(days),
        operations=tuple(OperationRow(o.number, o.description, o.tools) for o in report.operations.all())
        if report
        else (),
        total_hours=sum(day.hours for day in days),
        missing_days=tuple(
            day for day in due if day < sources.today and day not in sources.logs and day not in sources.absences
        ),
        industry=_verified(sources, monday, report),
        academic=_validated(sources, monday, report),
        sketch=_sketch_name(report),
    )


def _day(sources: _Sources, day: dt.date) -> DayRow:
    log, absence = sources.logs.get(day), sources.absences.get(day)
    if log is None:
        return DayRow(day, absence=absence.get_reason_display() if absence else "")
    return DayRow(
        day,
        text=log.text,
        hours=float(log.hours),
        state=log.state,
        state_label=str(ChainState(log.state).label),
        skills=tuple(log.skills),
    )


def _decided(sources: _Sources, monday: dt.date, report: WeeklyReport | None) -> list[Any]:
    logs = [log for day, log in sorted(sources.logs.items()) if monday_of(day) == monday]
    return [*([report] if report else []), *reversed(logs)]


def _verified(sources: _Sources, monday: dt.date, report: WeeklyReport | None) -> Decision | None:
    """Say who verified the week: whoever verified its report, else the last day that was verified."""
    for entry in _decided(sources, monday, report):
        if entry.verified_by is not None and entry.state in ChainState.verified():
            comment = report.host_comment if report else ""
            name = entry.verified_by.get_full_name()
            return Decision(_("Industrial supervisor"), name, entry.verified_at, comment)
    return None


def _validated(sources: _Sources, monday: dt.date, report: WeeklyReport | None) -> Decision | None:
    for entry in _decided(sources, monday, report):
        if entry.validated_by is not None and entry.state == ChainState.VERIFIED_ACADEMIC:
            return Decision(_("University supervisor"), entry.validated_by.get_full_name(), entry.validated_at)
    return None


def _sketch_name(report: WeeklyReport | None) -> str:
    return f"sketch-{report.pk}" if report and report.sketch else ""


def _sketches(reports: Iterable[WeeklyReport]) -> dict[str, bytes]:
    images = {}
    for report in reports:
        if report.sketch:
            with report.sketch.open("rb") as picture:
                images[_sketch_name(report)] = picture.read()
    return images
