"""The columns of tables of placements: how people call them, how cells become values."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from import_export.widgets import Widget

from apps.accounts.resources.companies import COMPANY
from apps.accounts.resources.students import REG_NO
from apps.accounts.resources.widgets import DayWidget, EmailWidget, LinesWidget, NumberWidget, TextWidget
from apps.applications.services.placement_tables import PLACEMENTS
from apps.applications.services.terms import WHOLE
from portal.kernel.imports import CellRefusedError, SheetField, SheetResource, importable
from portal.kernel.sheets import Column


class ShareWidget(Widget):  # type: ignore[misc] # as above
    """Per cent of the week, 1 to 100, with or without the sign."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> int:
        del row
        text = value.removesuffix("%").strip()
        if not (text.isascii() and text.isdecimal() and 1 <= int(text[:4]) <= WHOLE):
            raise CellRefusedError("share_wrong", _("The share is a number from 1 to 100 per cent."))
        return int(text)


@importable(PLACEMENTS)
class PlacementResource(SheetResource):
    """Who goes where and when; without days it is as long as the cohort."""

    reg_no = SheetField(REG_NO, attribute="enrolment__student__student_profile__reg_no", widget=NumberWidget(40))
    company = SheetField(
        COMPANY,
        attribute="company__name",
        widget=TextWidget(160),
        constant=True,
    )
    start = SheetField(
        Column("start", _("First day"), ("from", "start date", "tarehe ya kuanza", "kuanzia", "تاريخ البدء", "من")),
        attribute="start",
        widget=DayWidget(),
    )
    end = SheetField(
        Column("end", _("Last day"), ("to", "end date", "tarehe ya kumaliza", "hadi", "تاريخ الانتهاء", "إلى")),
        attribute="end",
        widget=DayWidget(),
    )
    share = SheetField(
        Column("share", _("Share in per cent"), ("share", "per cent", "asilimia", "النسبة")),
        attribute="share",
        widget=ShareWidget(),
    )
    site_address = SheetField(
        Column(
            "site_address", _("Address of the site"), ("site", "address", "location", "anwani", "mahali", "العنوان")
        ),
        attribute="site_address",
        widget=TextWidget(240),
    )
    task = SheetField(
        Column("task", _("What the student will do"), ("work", "tasks", "kazi", "المهام")),
        attribute="task",
        widget=LinesWidget(2000),
    )
    supervisor_name = SheetField(
        Column(
            "supervisor_name",
            _("Supervisor in the company"),
            ("industrial supervisor", "supervisor", "msimamizi", "المشرف"),
        ),
        attribute="supervisor_name",
        widget=TextWidget(120),
    )
    supervisor_email = SheetField(
        Column(
            "supervisor_email",
            _("E-mail of the supervisor"),
            ("supervisor mail", "barua pepe ya msimamizi", "بريد المشرف"),
        ),
        attribute="supervisor_email",
        widget=EmailWidget(),
    )

    def __init__(self, **_known: Any) -> None:
        super().__init__()
