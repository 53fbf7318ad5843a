"""All that a template may see, as frozen dataclasses without a way back to a row; ``as_plain`` is what it gets.

Dates stand in it twice: ``start`` is ISO (for sorting and machines), ``start_text`` is in the active language.
Hours likewise: ``hours`` is a number, ``hours_text`` has the decimal sign of the language.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language_info, gettext, pgettext

OPERATION_ROWS: Final = 7
CHECK_QR: Final = "check_qr"
LOGO: Final = "logo"
_DATE: Final = "j F Y"


@dataclass(frozen=True)
class Person:
    """The student. ``year_of_study`` is None where the university does not say it."""

    full_name: str
    reg_no: str
    programme: str = ""
    department: str = ""
    year_of_study: int | None = None
    phase: str = ""


@dataclass(frozen=True)
class Host:
    """The company of the placement and the supervisor there; all empty while there is no placement."""

    name: str = ""
    address: str = ""
    region: str = ""
    supervisor_name: str = ""
    supervisor_title: str = ""
    sector: str = ""
    about: str = ""


@dataclass(frozen=True)
class DayRow:
    """One day: ``hours`` of work; ``absence`` is the reason in words; all empty for a day without a log."""

    date: date
    text: str = ""
    hours: float = 0
    state: str = ""
    state_label: str = ""
    skills: tuple[str, ...] = ()
    absence: str = ""

    @property
    def day_name(self) -> str:
        """The weekday in the active language."""
        return date_format(self.date, "l")

    def as_plain(self, *, missing: bool) -> dict[str, Any]:
        """Return the row for a template; ``missing`` says that a log was due and is not there."""
        return {
            **dated("date", self.date),
            "day_name": self.day_name,
            "text": self.text,
            **counted("hours", self.hours),
            "state": self.state,
            "state_label": str(self.state_label),
            "skills": [*self.skills],
            "absence": str(self.absence),
            "missing": missing,
        }


@dataclass(frozen=True)
class OperationRow:
    """One step of the main job and what it was done with."""

    number: int
    description: str
    tools: str = ""


@dataclass(frozen=True)
class Decision:
    """What a supervisor said of the week; ``at`` is None where only a comment is there."""

    role_label: str
    name: str
    at: datetime | None = None
    comment: str = ""

    def as_plain(self) -> dict[str, Any]:
        """Return the decision for a template."""
        return {
            "role_label": str(self.role_label),
            "name": self.name,
            **dated("at", timezone.localtime(self.at).date() if self.at else None),
            "comment": self.comment,
        }


NOBODY: Final = Decision("", "")


@dataclass(frozen=True)
class WeekPage:
    """One week: ``missing_days`` are working days that passed without log or absence; ``sketch`` names an image."""

    number: int
    start: date
    end: date
    summary: str = ""
    main_job_title: str = ""
    main_job_detail: str = ""
    days: tuple[DayRow, ...] = ()
    operations: tuple[OperationRow, ...] = ()
    total_hours: float = 0
    missing_days: tuple[date, ...] = ()
    industry: Decision | None = None
    academic: Decision | None = None
    sketch: str = ""

    def as_plain(self) -> dict[str, Any]:
        """Return the week for a template; every day from start to end has a row, operations have at least seven."""
        operations = [asdict(operation) for operation in self.operations]
        blanks = [{"number": "", "description": "", "tools": ""}] * (OPERATION_ROWS - len(operations))
        return {
            "number": self.number,
            **dated("start", self.start),
            **dated("end", self.end),
            "summary": self.summary,
            "main_job_title": self.main_job_title,
            "main_job_detail": self.main_job_detail,
            "days": [day.as_plain(missing=day.date in self.missing_days) for day in self._all_days()],
            "operations": operations,
            "operation_rows": [*operations, *blanks],
            **counted("total_hours", self.total_hours),
            "missing_days": [dated("date", day) | {"day_name": date_format(day, "l")} for day in self.missing_days],
            "industry": (self.industry or NOBODY).as_plain(),
            "academic": (self.academic or NOBODY).as_plain(),
            "sketch": self.sketch,
        }

    def _all_days(self) -> list[DayRow]:
        length = (self.end - self.start).days + 1
        known = {day.date for day in self.days}
        blanks = (self.start + timedelta(days=offset) for offset in range(length))
        return sorted([*self.days, *(DayRow(day) for day in blanks if day not in known)], key=lambda row: row.date)


@dataclass(frozen=True)
class Logbook:
    """A student's training as its document shows it.

    ``checked_code`` is the short code under which anybody can check the document, ``check_url`` its full address
    (both empty for a draft); ``language`` is ``en``, ``sw`` or ``ar``.
    """

    university: str
    college: str
    department: str
    title: str
    student: Person
    host: Host
    cohort_name: str
    start: date
    end: date
    weeks: tuple[WeekPage, ...] = ()
    total_hours: float = 0
    days_done: int = 0
    days_required: int = 0
    checked_code: str = ""
    check_url: str = ""
    issued_at: datetime | None = None
    language: str = "en"

    @property
    def is_rtl(self) -> bool:
        """Whether the document's language runs from right to left."""
        return bool(get_language_info(self.language)["bidi"])

    def as_plain(self) -> dict[str, Any]:
        """Return the whole logbook for a template."""
        return {**self.head_as_plain(), "weeks": [week.as_plain() for week in self.weeks]}

    def week_as_plain(self, week: WeekPage) -> dict[str, Any]:
        """Return one week with the head of the logbook for a template of a single week."""
        return {**self.head_as_plain(), "week": week.as_plain()}

    def head_as_plain(self) -> dict[str, Any]:
        """Return what stands on every document of this training: who, where, when, how much."""
        return {
            "university": self.university,
            "college": self.college,
            "department": self.department,
            "title": self.title,
            "student": asdict(self.student),
            "host": asdict(self.host),
            "cohort_name": self.cohort_name,
            **dated("start", self.start),
            **dated("end", self.end),
            **counted("total_hours", self.total_hours),
            "days_done": self.days_done,
            "days_required": self.days_required,
            "checked_code": self.checked_code,
            "check_url": self.check_url,
            "check_qr": CHECK_QR if self.check_url else "",
            **dated("issued_at", timezone.localtime(self.issued_at).date() if self.issued_at else None),
            "language": self.language,
            "logo": "",
            "labels": labels(),
        }


def labels() -> dict[str, str]:
    """Return the words of our own layouts in the active language, so that one layout serves all languages."""
    return {
        "logbook": gettext("Practical training log-book"),
        "student": gettext("Student's name"),
        "reg_no": gettext("Reg. no."),
        "programme": gettext("Programme"),
        "year_of_study": gettext("Year of study"),
        "phase": gettext("Phase"),
        "company": gettext("Company"),
        "company_address": gettext("Address"),
        "industrial_supervisor": gettext("Industrial supervisor"),
        "university_supervisor": gettext("University supervisor"),
        "cohort": gettext("Cohort"),
        "period": gettext("Period"),
        "department": gettext("Department"),
        "week_no": gettext("Week no."),
        "week": gettext("Week"),
        "weeks": gettext("Weeks"),
        "from": pgettext("start of a period", "From"),
        "to": pgettext("end of a period", "To"),
        "day_date": gettext("Day / date"),
        "activity": gettext("Activity"),
        "hours": gettext("Hours"),
        "total": gettext("Total"),
        "absent": gettext("Absent"),
        "missing": gettext("No entry for this day"),
        "summary": gettext("Summary of the week"),
        "main_job": gettext("Details of the main job of the week"),
        "main_job_title": gettext("Main job"),
        "operation": gettext("Operation"),
        "tools": gettext("Machinery / tools used"),
        "industry_comments": gettext("Comments from industrial supervisor"),
        "academic_comments": gettext("Comments from university supervisor"),
        "name": gettext("Name"),
        "signature": gettext("Signature"),
        "signed_online": gettext("Confirmed online"),
        "date": gettext("Date"),
        "diagram": gettext("Detailed diagram of the main job"),
        "total_hours": gettext("Hours in total"),
        "days": gettext("Days recorded"),
        "of": pgettext("between two numbers: 31 of 48", "of"),
        "issued": gettext("Issued"),
        "check": gettext("Check this document with the code"),
        "skills": gettext("Skills"),
        "approved_by": gettext("Approved by"),
        "day": gettext("Day"),
    }


def known_fields(plain: Mapping[str, Any]) -> frozenset[str]:
    """Return the paths of all fields in an example context, in the form of ``DocxCheck.fields``."""
    return frozenset(_paths(plain, ""))


def unknown_fields(asked: Iterable[str], known: frozenset[str]) -> dict[str, str]:
    """Return the fields that a template asks for and nobody fills, each with the nearest known one (or empty)."""
    near = {field: difflib.get_close_matches(field, known, n=1, cutoff=0.6) for field in asked if field not in known}
    return {field: found[0] if found else "" for field, found in near.items()}


def _paths(value: Any, path: str) -> Iterator[str]:
    if path:
        yield path
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield from _paths(below, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for one in value:
            yield from _paths(one, f"{path}[]")


def dated(name: str, day: date | None) -> dict[str, str]:
    """Return a day under its name as ISO, and under ``<name>_text`` in the active language."""
    return {name: day.isoformat() if day else "", f"{name}_text": date_format(day, _DATE) if day else ""}


def counted(name: str, amount: float) -> dict[str, float | str]:
    """Return a number under its name, and under ``<name>_text`` as the active language writes it, empty for 0."""
    exact = Decimal(str(amount)).normalize()
    places = max(0, -int(exact.as_tuple().exponent))
    return {name: float(amount), f"{name}_text": number_format(exact, decimal_pos=places) if amount else ""}
