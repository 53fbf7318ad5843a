"""A portfolio as plain data: what a student shows of a training."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format

from apps.accounts.states import Role
from apps.applications.models import Placement
from apps.logbook.models import LogAttachment, WeeklyReport


@dataclass(frozen=True)
class Mark:
    """A released assessment: what, by which side, when; ``mark`` in per cent."""

    title: str
    mark: str
    by: Role
    at: dt.datetime | None


@dataclass(frozen=True)
class PortfolioPage:
    """All that a portfolio says; everything in it was decided by the university or the company."""

    title: str
    about: str
    student: str
    programme: str
    university: str
    places: Sequence[Placement]
    hours: Any
    days: int
    skills: Sequence[tuple[str, int]]
    weeks: Sequence[WeeklyReport]
    marks: Sequence[Mark]
    files: Sequence[LogAttachment]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was chosen yet."""
        return not (self.weeks or self.skills or self.marks or self.files or self.hours)


def page_as_plain(page: PortfolioPage) -> dict[str, Any]:
    """Return the page for our PDF layout, in the active language; files are named on the page only."""
    return {
        "title": page.title or page.student,
        "student": {"full_name": page.student, "programme": page.programme},
        "university": page.university,
        "about": page.about,
        "places": [f"{p.company.name}, {date_format(p.start)} \N{EN DASH} {date_format(p.end)}" for p in page.places],
        "hours": f"{page.hours.normalize():f}" if page.hours else "",
        "skills": ", ".join(name for name, _days in page.skills),
        "marks": [f"{mark.title}: {mark.mark} % ({mark.by.label})" for mark in page.marks],
        "weeks": [{"number": week.number, "title": week.main_job_title, "text": _text(week)} for week in page.weeks],
    }


def _text(week: WeeklyReport) -> str:
    return "\n".join(text for text in (week.summary, week.main_job_detail) if text)
