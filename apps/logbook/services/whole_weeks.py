"""A week with its days in one go, for programs that send it as one form."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment
from apps.logbook.models import WeeklyReport
from apps.logbook.selectors import current_logs
from apps.logbook.services.logs import DayText, save_log
from apps.logbook.services.weeks import WeekText, open_week, save_week
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from portal.kernel.access import Actor


def save_whole_week(
    enrolment: Enrolment, monday: dt.date, written: WeekText, days: Mapping[dt.date, DayText], *, actor: "Actor"
) -> WeeklyReport:
    """Keep the weekly report and its days, all or nothing. Raises as ``save_week`` and ``save_log`` do."""
    with transaction.atomic():
        report = save_week(enrolment, monday, written, actor=actor)
        for day, text in sorted(days.items()):
            save_log(enrolment, day, text, actor=actor)
    return report


def begin_week_from_days(enrolment: Enrolment, monday: dt.date, *, actor: "Actor") -> WeeklyReport:
    """Begin the weekly report with what the student wrote on its days as the summary; what stands there stays.

    Not one word is made up. Raises as ``open_week`` and ``save_week`` do, and ``RuleViolation`` ``no_days`` where no
    day of the week has a text.
    """
    logs = current_logs(enrolment).filter(week_start=monday).exclude(text="").order_by("day", "pk")
    lines = [f"{date_format(log.day, 'l')}: {log.text}" for log in logs]
    if not lines:
        raise RuleViolation("no_days", _("Write your days first; the week is made from them."), field="week_number")
    with transaction.atomic():
        report = open_week(enrolment, monday, actor=actor)
        if report.summary:
            return report
        written = WeekText("\n".join(lines)[:10_000], report.main_job_title, report.main_job_detail)
        return save_week(enrolment, monday, written, actor=actor, placement_id=report.placement_id)
