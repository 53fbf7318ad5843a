"""The columns of tables of marks: how people call them, how cells become values."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from import_export.widgets import Widget

from apps.accounts.models import Cohort
from apps.accounts.resources.students import REG_NO
from apps.accounts.resources.widgets import NumberWidget, TextWidget
from apps.logbook.marking import HUNDRED, rounded
from apps.logbook.models import Rubric
from apps.logbook.services.mark_tables import MARKS, mark_in
from portal.kernel.imports import CellRefusedError, SheetField, SheetResource, importable
from portal.kernel.sheets import Column

_MARK = re.compile(r"([0-9]{1,3}(?:[.,][0-9]{1,15})?) ?%?", re.ASCII)


class MarkWidget(Widget):  # type: ignore[misc] # import-export ships no types
    """A mark in per cent, 0 to 100, kept with two decimal places, rounded half up."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> Decimal | None:
        del row
        if not value:
            return None
        found = _MARK.fullmatch(value.strip())
        mark = Decimal(found[1].replace(",", ".")) if found else None
        if mark is None or mark > HUNDRED:
            raise CellRefusedError("mark_wrong", _("Write the mark in per cent, as a number from 0 to 100."))
        return rounded(mark)

    def render(self, value: Any, obj: Any = None, **_kwargs: Any) -> str:
        del obj
        return "" if value is None else f"{value:.2f}"


class MarkField(SheetField):
    """The mark of one kind of form."""

    def __init__(self, column: Column) -> None:
        super().__init__(column, attribute=column.name, widget=MarkWidget())

    def get_value(self, instance: Any) -> Decimal | None:
        return mark_in(instance, self.column_name)


@importable(MARKS)
class MarkResource(SheetResource):
    """What each side has given a student at one place; the titles of the cohort's own forms are understood as well."""

    reg_no = SheetField(REG_NO, attribute="enrolment__student__student_profile__reg_no", widget=NumberWidget(40))
    name = SheetField(
        Column("name", _("Name"), ("full name", "student name", "jina", "jina kamili", "الاسم", "الاسم الكامل")),
        attribute="enrolment__student__get_full_name",
        widget=TextWidget(300),
        constant=True,
    )
    company = SheetField(
        Column(
            "company",
            _("Company"),
            ("company name", "host", "organisation", "employer", "kampuni", "jina la kampuni", "الشركة", "اسم الشركة"),
        ),
        attribute="company__name",
        widget=TextWidget(160),
        constant=True,
    )
    industry = MarkField(
        Column(
            "industry",
            _("Mark by the industrial supervisor"),
            ("industrial supervisor", "host mark", "company mark", "alama za kampuni", "درجة جهة التدريب"),
        )
    )
    academic = MarkField(
        Column(
            "academic",
            _("Mark by the university supervisor"),
            ("university supervisor", "university mark", "academic mark", "alama za chuo", "درجة المشرف الأكاديمي"),
        )
    )
    logbook = MarkField(Column("logbook", _("Mark of the logbook"), ("logbook mark", "alama za kitabu", "درجة السجل")))
    report = MarkField(Column("report", _("Mark of the report"), ("report mark", "alama za ripoti", "درجة التقرير")))
    presentation = MarkField(
        Column(
            "presentation",
            _("Mark of the presentation"),
            ("presentation mark", "alama za wasilisho", "درجة العرض"),
        )
    )

    def __init__(self, cohort: Cohort | None = None, **_known: Any) -> None:
        super().__init__()
        if cohort is not None:
            for kind, title in Rubric.objects.filter(cohort=cohort).values_list("kind", "title"):
                field = self.fields[kind]
                field.column = replace(field.column, synonyms=(*field.column.synonyms, title))
