"""What a general report is made of, and its content as plain data."""

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from apps.accounts.models import Enrolment
from apps.applications.models import Placement
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import WeeklyReport
from apps.reporting.context import Decision, Host, Logbook
from apps.reporting.drafting import Facts
from apps.reporting.essay import HEADINGS, Essay, Part
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.selectors.books import book_of, cover_of, host_of, person_of
from apps.reporting.states import GeneralReportState

if TYPE_CHECKING:
    import datetime as dt

    from portal.kernel.access import Viewer

PLACES = ("supervisors__user", "enrolment__cohort__holidays")
RELATED = (
    "enrolment__student__student_profile__programme",
    "enrolment__cohort__department",
    "company",
)


def weeks_of_report(enrolment: Enrolment) -> QuerySet[WeeklyReport]:
    """The student's weekly reports from which the general report may be made, in their order."""
    rows = WeeklyReport.objects.filter(enrolment=enrolment, is_current=True)
    return rows.select_related("placement__company").order_by("week_start", "pk")


def chosen_weeks(enrolment: Enrolment, keys: Collection[int]) -> list[WeeklyReport]:
    """Return those of the student's weekly reports that have these keys."""
    return list(weeks_of_report(enrolment).filter(pk__in=keys))


def places_of(enrolment: Enrolment) -> list[Placement]:
    """Return where the student was trained, in order of time."""
    rows = Placement.objects.filter(enrolment=enrolment, state__in=PlacementState.settled())
    return list(rows.select_related(*RELATED).prefetch_related(*PLACES).order_by("start", "pk"))


def facts_of(enrolment: Enrolment, chosen: Collection[WeeklyReport], user: "Viewer", *, language: str) -> Facts:
    """Return what is known of a training for its draft; eight queries for each place where there are chosen weeks."""
    places, cohort = places_of(enrolment), enrolment.cohort
    mondays: dict[int | None, set[dt.date]] = {}
    for report in chosen:
        mondays.setdefault(report.placement_id, set()).add(report.week_start)
    books = {place.pk: book_of(place, user, language=language) for place in places if place.pk in mondays}
    return Facts(
        university=settings.UNIVERSITY_NAME,
        student=person_of(enrolment),
        hosts=tuple(host_of(place) for place in places),
        start=min((place.start for place in places), default=cohort.start),
        end=max((place.end for place in places), default=cohort.end),
        weeks=tuple(week for key, book in books.items() for week in book.logbook.weeks if week.start in mondays[key]),
        required_hours=cohort.required_hours,
        task=" ".join(place.task for place in places if place.task),
        mentors=tuple(dict.fromkeys(name for place in places for name in _mentors(place))),
    )


def _mentors(place: Placement) -> list[str]:
    academic = [s for s in place.supervisors.all() if s.kind == SupervisorKind.UNIVERSITY and s.is_active]
    return [row.user.get_full_name() for row in academic if not row.is_deputy]


def report_page(report: GeneralReport, *, language: str) -> Essay:
    """Return the content of a report's document with labels in ``language`` (``en``, ``sw``, ``ar``); four queries."""
    enrolment = report.enrolment
    places = places_of(enrolment)
    with translation.override(language):
        title = _("General report on the practical training")
        parts = tuple(Part(name, str(HEADINGS[name]), getattr(report, name)) for name in SECTIONS)
        book = _cover(enrolment, places, title, language)
        return Essay(book, report.title, parts, report.words, _approved(report))


def _cover(enrolment: Enrolment, places: list[Placement], title: str, language: str) -> Logbook:
    """Return the head of the report: of the last place, over the time of all; a report may come before any place."""
    cohort = enrolment.cohort
    if places:
        start, end = min(place.start for place in places), max(place.end for place in places)
        return replace(cover_of(places[-1], title, language=language), start=start, end=end)
    return Logbook(
        university=settings.UNIVERSITY_NAME,
        college=cohort.department.faculty,
        department=cohort.department.name,
        title=title,
        student=person_of(enrolment),
        host=Host(),
        cohort_name=cohort.name,
        start=cohort.start,
        end=cohort.end,
        issued_at=timezone.now(),
        language=language,
    )


def _approved(report: GeneralReport) -> Decision | None:
    if report.state != GeneralReportState.APPROVED or report.approved_by is None:
        return None
    return Decision(_("University supervisor"), report.approved_by.get_full_name(), report.approved_at)
