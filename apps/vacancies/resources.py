"""The columns of tables of vacancies: how people call them, how cells become values."""

import re
from typing import Any, Final

from django.db.models import Manager
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from import_export.widgets import Widget

from apps.accounts.resources.companies import COMPANY
from apps.accounts.resources.widgets import DayWidget, LinesWidget, OneOfWidget, TextWidget
from apps.vacancies.permissions import YEARS_OF_STUDY
from apps.vacancies.services.vacancies import LONGEST_DESCRIPTION, LONGEST_SKILL, MOST_SKILLS
from apps.vacancies.services.vacancy_tables import VACANCIES
from apps.vacancies.states import WorkMode, WorkType
from portal.kernel.imports import CellRefusedError, SheetField, SheetResource, importable
from portal.kernel.sheets import Column
from portal.kernel.sheets.headers import header_key

MOST_PLACES: Final = 10_000
# With the comma and the semicolon of Arabic.
_BETWEEN = re.compile(r"[,;\n،؛]")


class WordsWidget(Widget):  # type: ignore[misc] # import-export ships no types
    """Short texts with commas between them, each once."""

    def __init__(self, longest: int, most: int) -> None:
        super().__init__()
        self.longest, self.most = longest, most

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> list[str]:
        del row
        kept: dict[str, str] = {}
        for part in _BETWEEN.split(value):
            if word := " ".join(part.split()):
                kept.setdefault(word.casefold(), word)
        if len(kept) > self.most:
            raise CellRefusedError("too_many", format_lazy(_("Name {most} at most."), most=self.most))
        if any(len(word) > self.longest for word in kept):
            raise CellRefusedError(
                "too_long", format_lazy(_("Shorten each to {limit} characters."), limit=self.longest)
            )
        return list(kept.values())

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        del obj
        return ", ".join(map(str, value or ()))


class CodesWidget(WordsWidget):
    """Codes of programmes, of a row or of a cell."""

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        del obj
        return ", ".join(sorted([row.code for row in value.all()] if isinstance(value, Manager) else value or []))


class YearsWidget(WordsWidget):
    """Years of study, 1 to 8, with commas between them."""

    def __init__(self) -> None:
        super().__init__(1, len(YEARS_OF_STUDY))

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> list[int]:  # type: ignore[override] # numbers
        del row
        words = [word.strip() for word in _BETWEEN.split(value) if word.strip()]
        if not all(word in {str(year) for year in YEARS_OF_STUDY} for word in words):
            raise CellRefusedError("years_unknown", _("Write years of study from 1 to 8, such as 2, 3."))
        return sorted({int(word) for word in words})


class PlacesWidget(Widget):  # type: ignore[misc] # as above
    """How many trainees are taken."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> int:
        del row
        if not (value.isascii() and value.isdecimal() and 1 <= int(value[:6]) <= MOST_PLACES):
            raise CellRefusedError("places_wrong", _("Write how many places there are, as a number from 1 on."))
        return int(value)


@importable(VACANCIES)
class VacancyResource(SheetResource):
    """What companies offer; a line is found by company, title and place."""

    company = SheetField(
        COMPANY,
        attribute="company__name",
        widget=TextWidget(160),
        constant=True,
    )
    title = SheetField(
        Column(
            "title",
            _("Title of the vacancy"),
            (
                *("title", "vacancy", "vacancy title", "position", "job title", "internship"),
                *("nafasi", "jina la nafasi", "الوظيفة", "المسمى", "عنوان الفرصة"),
            ),
            required=True,
        ),
        attribute="title",
        widget=TextWidget(160),
    )
    location = SheetField(
        Column(
            "location",
            _("Location"),
            ("place", "town", "city", "region", "mahali", "mji", "المكان", "الموقع", "المدينة"),
            required=True,
        ),
        attribute="location",
        widget=TextWidget(160),
    )
    deadline = SheetField(
        Column(
            "deadline",
            _("Apply until"),
            ("deadline", "closing date", "last day to apply", "mwisho wa maombi", "tarehe ya mwisho", "آخر موعد"),
        ),
        attribute="deadline",
        widget=DayWidget(),
    )
    short_description = SheetField(
        Column("short_description", _("In one sentence"), ("summary", "short description", "muhtasari", "ملخص")),
        attribute="short_description",
        widget=TextWidget(240),
    )
    description = SheetField(
        Column("description", _("Description"), ("about", "details", "duties", "maelezo", "majukumu", "الوصف")),
        attribute="description",
        widget=LinesWidget(LONGEST_DESCRIPTION),
    )
    work_mode = SheetField(
        Column("work_mode", _("Work mode"), ("mode", "aina ya mahali", "نمط العمل")),
        attribute="work_mode",
        widget=OneOfWidget("work_mode_unknown", _("Write On-Site, Remote or Hybrid.")),
    )
    work_type = SheetField(
        Column("work_type", _("Work type"), ("hours", "type", "aina ya kazi", "نوع الدوام")),
        attribute="work_type",
        widget=OneOfWidget("work_type_unknown", _("Write Full-Time or Part-Time.")),
    )
    places = SheetField(
        Column(
            "places",
            _("Places"),
            ("number of places", "openings", "slots", "idadi", "idadi ya nafasi", "عدد المقاعد", "العدد"),
        ),
        attribute="places",
        widget=PlacesWidget(),
    )
    skills = SheetField(
        Column("skills", _("Skills"), ("required skills", "ujuzi", "المهارات")),
        attribute="skills",
        widget=WordsWidget(LONGEST_SKILL, MOST_SKILLS),
    )
    programmes = SheetField(
        Column(
            "programmes",
            _("Programmes"),
            ("programme", "programs", "program", "course", "programu", "kozi", "البرامج", "التخصصات"),
        ),
        attribute="programmes",
        widget=CodesWidget(20, 100),
    )
    years = SheetField(
        Column("years", _("Years of study"), ("year", "year of study", "mwaka", "miaka ya masomo", "السنة", "السنوات")),
        attribute="years",
        widget=YearsWidget(),
    )
    phase = SheetField(
        Column("phase", _("Phase of training"), ("phase", "awamu", "المرحلة")),
        attribute="phase",
        widget=TextWidget(40),
    )

    def __init__(self, **_known: Any) -> None:
        super().__init__()
        for name, choices in (("work_mode", WorkMode), ("work_type", WorkType)):
            words = {header_key(str(label)): value for value, label in choices.choices}
            self.fields[name].widget.known = words | {header_key(value): value for value in choices.values}
