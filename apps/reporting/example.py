"""An invented logbook: shows the authors of templates what their file will look like, and which fields there are."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.utils.translation import get_language, gettext

from apps.reporting.context import (
    DayRow,
    Decision,
    Host,
    Logbook,
    OperationRow,
    Person,
    WeekPage,
    known_fields,
)

FIRST_DAY: Final = date(2026, 7, 6)


def example_logbook(weeks: int = 2) -> Logbook:
    """Return a logbook of ``weeks`` weeks from 6 July 2026, in the active language; the last week has a day missing."""
    pages = tuple(_week(number, missing=number == weeks) for number in range(1, weeks + 1))
    return Logbook(
        university=gettext("Example University"),
        college=gettext("College of Engineering"),
        department=gettext("Mechanical Engineering"),
        title=gettext("Practical training log-book"),
        student=Person(
            "Asha Moshi", "2023-04-02100", "BSc. Mechanical Engineering", "Mechanical Engineering", 2, "PT2"
        ),
        host=Host("Kilimo Machine Works", "12 Workshop Road", "Morogoro", "Joseph Mushi", gettext("Workshop foreman")),
        cohort_name="Mechanical · PT2 2026",
        start=FIRST_DAY,
        end=FIRST_DAY + timedelta(days=7 * weeks - 2),
        weeks=pages,
        total_hours=sum(page.total_hours for page in pages),
        days_done=sum(6 - len(page.missing_days) for page in pages),
        days_required=6 * weeks,
        checked_code="K7QM-2XHD",
        check_url="https://portal.example/check/K7QM-2XHD",
        issued_at=datetime(2026, 9, 1, 8, 0, tzinfo=UTC),
        language=get_language() or "en",
    )


def fields_of_week() -> frozenset[str]:
    """Return all fields that a template of a single week may use."""
    book = example_logbook()
    return known_fields(book.week_as_plain(book.weeks[-1]))


def fields_of_logbook() -> frozenset[str]:
    """Return all fields that a template of a whole logbook may use."""
    return known_fields(example_logbook().as_plain())


def _week(number: int, *, missing: bool) -> WeekPage:
    start = FIRST_DAY + timedelta(days=7 * (number - 1))
    days = [_day(start + timedelta(days=offset), offset) for offset in range(6)]
    gone = days.pop(3).date if missing else None
    return WeekPage(
        number=number,
        start=start,
        end=start + timedelta(days=5),
        summary=gettext(
            "The gearbox of the lathe was taken out, its worn shaft made new and the machine run in again."
        ),
        main_job_title=gettext("Repair of the lathe's main shaft"),
        main_job_detail=gettext("The shaft ran out of true by 0.4 mm. A new one was turned, keyed and fitted."),
        days=tuple(days),
        operations=tuple(OperationRow(place, what, tools) for place, (what, tools) in enumerate(_steps(), start=1)),
        total_hours=sum(day.hours for day in days),
        missing_days=(gone,) if gone else (),
        industry=Decision(
            gettext("Industrial supervisor"),
            "Joseph Mushi",
            datetime(2026, 7, 11, 14, 0, tzinfo=UTC) + timedelta(days=7 * (number - 1)),
            gettext("Careful work. Measures twice before cutting."),
        ),
        academic=None,
    )


def _day(day: date, offset: int) -> DayRow:
    texts = [
        gettext("Took the gearbox cover off, drained the oil & measured the run-out of the shaft."),
        gettext("Turned the new shaft to size (Ø 40 h7).\nChecked it with the micrometer after each cut."),
        gettext("Milled the keyway and fitted the key."),
        gettext("Pressed the bearings on and aligned the shaft."),
        gettext("Put the gearbox together and filled it with oil."),
        "",
    ]
    if not texts[offset]:
        return DayRow(day, absence=gettext("The company was closed"))
    return DayRow(
        day, texts[offset], 8.0 if offset else 7.5, "submitted", gettext("Submitted"), ("turning", "measuring")
    )


def _steps() -> list[tuple[str, str]]:
    return [
        (gettext("Take the gearbox apart"), gettext("Spanners, puller")),
        (gettext("Turn the new shaft"), gettext("Centre lathe, micrometer")),
        (gettext("Mill the keyway"), gettext("Milling machine, end mill 12 mm")),
        (gettext("Fit bearings and align"), gettext("Hydraulic press, dial gauge")),
    ]
