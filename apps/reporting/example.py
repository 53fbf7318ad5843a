"""An invented training: shows the authors of templates what their file will look like, and which fields there are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

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
from apps.reporting.essay import HEADINGS, Essay, Part
from apps.reporting.papers import Paper, Signer
from apps.reporting.sheets import Answer, Arrival, Assessment, Certificate, Content, Sheet, SheetKind
from apps.reporting.states import TemplateKind

FIRST_DAY: Final = date(2026, 7, 6)
SHEETS: Final[dict[TemplateKind, SheetKind]] = {
    TemplateKind.ARRIVAL: "arrival",
    TemplateKind.ASSESSMENT: "assessment",
    TemplateKind.CERTIFICATE: "certificate",
}


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


def example_essay() -> Essay:
    """Return a general report over the example logbook, in the active language."""
    book = replace(example_logbook(), title=gettext("General report on the practical training"), weeks=())
    text = gettext("The gearbox of the lathe was taken out, its worn shaft made new and the machine run in again.")
    parts = tuple(Part(name, str(heading), f"{text}\n\n{text} {text}") for name, heading in HEADINGS.items())
    approved = Decision(gettext("University supervisor"), "Dr. Neema Said", datetime(2026, 9, 20, 8, 0, tzinfo=UTC))
    return Essay(book, gettext("Repair of machine tools"), parts, 480, approved)


def example_sheet(kind: SheetKind) -> Sheet:
    """Return the example of a single sheet, in the active language."""
    signed = Decision(gettext("Industrial supervisor"), "Joseph Mushi", datetime(2026, 7, 7, 8, 0, tzinfo=UTC))
    titles = {
        "arrival": gettext("Arrival note"),
        "assessment": gettext("Assessment"),
        "certificate": gettext("Certificate of practical training"),
    }
    book = replace(example_logbook(), title=titles[kind], weeks=())
    contents: dict[SheetKind, Content] = {
        "arrival": Arrival(
            FIRST_DAY, "Joseph Mushi", "mushi@kilimo.example", "+255 700 000 000", gettext("Confirmed"), signed
        ),
        "assessment": Assessment(
            title=gettext("Assessment by the company"),
            answers=(
                Answer(1, gettext("Comes on time and keeps the rules"), "", "4.5", "5"),
                Answer(2, gettext("Works carefully"), gettext("very good"), "4", "4"),
                Answer(3, gettext("What should the student learn next?"), gettext("Milling of gears")),
            ),
            comment=gettext("Careful work. Measures twice before cutting."),
            mark=92.5,
            by=signed,
        ),
        "certificate": Certificate(
            student=book.student.full_name,
            reg_no=book.student.reg_no,
            programme=book.student.programme,
            company=book.host.name,
            start=book.start,
            end=book.end,
            weeks=8,
            hours=320,
            skills=(gettext("turning"), gettext("measuring"), gettext("milling")),
            completed_on=book.end,
        ),
    }
    return Sheet(kind, book, contents[kind])


def example_paper(kind: str) -> Paper:
    """Return the example of a letter or agreement, in the active language."""
    book = example_logbook()
    return Paper(
        kind=kind,
        language=book.language,
        university=book.university,
        college=book.college,
        department=book.department,
        student=book.student,
        host=book.host,
        cohort_name=book.cohort_name,
        start=book.start,
        end=book.end,
        share=100,
        task=gettext("Repair of machine tools"),
        signers=(Signer(gettext("Company"), book.host.name), Signer(gettext("University"), book.university)),
        code=book.checked_code,
        check_url=book.check_url,
        issued_on=date(2026, 6, 1),
    )


def example_of(kind: TemplateKind) -> dict[str, Any]:
    """Return all that a template of this kind may use, filled with the example, in the active language."""
    book = example_logbook()
    match kind:
        case TemplateKind.WEEK:
            return book.week_as_plain(book.weeks[-1])
        case TemplateKind.LOGBOOK:
            return book.as_plain()
        case TemplateKind.REPORT:
            return example_essay().as_plain()
        case TemplateKind.LETTER | TemplateKind.TRIPARTITE:
            return example_paper(kind).as_plain()
        case _:
            return example_sheet(SHEETS[kind]).as_plain()


def fields_of(kind: TemplateKind) -> frozenset[str]:
    """Return the paths of all fields that a template of this kind may use; letter and agreement share theirs."""
    papers = (TemplateKind.LETTER, TemplateKind.TRIPARTITE)
    kinds = papers if kind in papers else (kind,)
    return frozenset(path for one in kinds for path in known_fields(example_of(one)))


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
