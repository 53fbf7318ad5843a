"""AI help with the general report: one part at a time, or all empty parts out of the weekly reports."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from apps.ai.backends.base import Facts
from apps.ai.services.calls import Spot, Wish
from apps.ai.services.places import Place, Standing, register_place
from apps.ai.states import Purpose
from apps.logbook.models import DailyLog
from apps.logbook.services.help import hours_in_words, private_of, skills_of
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.permissions import can_change_report
from apps.reporting.selectors import general_reports_visible_to, weeks_of_report
from apps.reporting.selectors.helped import REPORT
from apps.reporting.selectors.reports import places_of
from apps.reporting.services.reports import save_report
from portal.kernel.errors import RuleViolation, Text, WrongState

if TYPE_CHECKING:
    from apps.accounts.models import User

FOR_PART: Final = (Purpose.GRAMMAR, Purpose.IMPROVE, Purpose.SUMMARISE, Purpose.SUGGEST)
PART_HELP: Final = [(name, purpose) for name in SECTIONS for purpose in FOR_PART]
ALL_HELP: Final = [("all", Purpose.COMPLETE)]


def part_wish(report: GeneralReport, name: str, purpose: Purpose) -> Wish:
    """Return what is asked for one part of the report as it is stored."""
    text = getattr(report, name)
    places = places_of(report.enrolment)
    facts = Facts(texts={name: text}, private=private_of(report.enrolment, places[0] if places else None))
    return Wish(purpose, facts, cohort=report.enrolment.cohort, spot=_spot(report, {name: text}))


def empty_parts_wish(report: GeneralReport) -> Wish:
    """Return what is asked for all empty parts. Raises ``RuleViolation`` ``nothing_empty``."""
    empty = [name for name in SECTIONS if not getattr(report, name).strip()]
    if not empty:
        raise RuleViolation("nothing_empty", _("Every part of the report has a text already."))
    enrolment, places = report.enrolment, places_of(report.enrolment)
    logs = list(DailyLog.objects.filter(enrolment=enrolment, is_current=True).order_by("day"))
    weeks = list(weeks_of_report(enrolment))
    named = [(_now("Week %(number)d") % {"number": week.number}, week.main_text) for week in weeks]
    first = places[0] if places else None
    known = {
        "company": first.company.name if first else "",
        "region": first.company.region if first else "",
        "industry": str(first.company.get_industry_type_display()) if first else "",
        "start": date_format(first.start, "j F Y") if first else "",
        "end": date_format(places[-1].end, "j F Y") if places else "",
        "programme": enrolment.student.student_profile.programme.name,
        "phase": enrolment.cohort.phase,
        "hours": hours_in_words(sum((log.hours for log in logs), start=type(logs[0].hours)(0))) if logs else "",
        "days": str(len(logs)) if logs else "",
        "weeks": str(len(weeks)) if weeks else "",
    }
    facts = Facts(
        fields=empty,
        days=[(name, text) for name, text in named if text.strip()],
        known={name: text for name, text in known.items() if text},
        tools=skills_of(logs)[:12],
        private=private_of(enrolment, first),
    )
    return Wish(Purpose.COMPLETE, facts, cohort=enrolment.cohort, spot=_spot(report, dict.fromkeys(empty, "")))


def _spot(report: GeneralReport, before: Mapping[str, str]) -> Spot:
    return Spot(REPORT, report.pk, report.title or str(_("General report")), before)


def _own(key: int, user: "User") -> GeneralReport | None:
    rows = general_reports_visible_to(user).select_related("enrolment__cohort")
    report = rows.filter(pk=key).first()
    return report if report is not None and can_change_report(report, user) else None


def _read(key: int, user: "User") -> Standing | None:
    report = _own(key, user)
    if report is None:
        return None
    return Standing({name: getattr(report, name) for name in SECTIONS}, reverse("general_report"))


def _write(key: int, parts: Mapping[str, str], user: "User") -> None:
    report = _own(key, user)
    if report is None:
        raise WrongState("not_with_you", _("You have sent this report. It can be changed when it comes back to you."))
    save_report(report.enrolment, parts, actor=user, expected_version=report.version)


def _labels() -> dict[str, Text]:
    fields: dict[str, Any] = {name: GeneralReport._meta.get_field(name) for name in SECTIONS}
    return {name: field.verbose_name for name, field in fields.items()}


register_place(Place(REPORT, _("General report"), _labels(), _read, _write))
