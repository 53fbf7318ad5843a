"""General reports: kept as they are typed, drafted from the logbook, sent and decided."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment, User
from apps.logbook.models import WeeklyReport
from apps.logbook.services.entries import clean_line, clean_text, lock_own
from apps.reporting.drafting import draft_of
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.permissions import can_change_report
from apps.reporting.selectors import chosen_weeks, facts_of
from portal.kernel.errors import RuleViolation, Stale, WrongState
from portal.kernel.fsm import announce_created, perform

if TYPE_CHECKING:
    from portal.kernel.access import Actor

MOST_PART: Final = 100_000


def save_report(
    enrolment: Enrolment, written: Mapping[str, str], *, actor: User, expected_version: int | None = None
) -> GeneralReport:
    """Keep title and parts as the student typed them; what is not in ``written`` stays as it is.

    Begins the report where there is none. Raises ``NotAllowed``, ``Stale``, ``WrongState`` for what was sent, and
    ``RuleViolation`` ``control_character`` or ``text_too_long`` with the field.
    """
    with transaction.atomic():
        own = lock_own(enrolment, actor)
        report = _writable(own, actor, expected_version)
        for name in ("title", *SECTIONS):
            if name in written:
                setattr(report, name, _cleaned(name, written[name]))
        report.version += 1
        report.save()
    return report


def _cleaned(name: str, text: str) -> str:
    return clean_line(text, field=name) if name == "title" else clean_text(text, field=name, most=MOST_PART)


def _writable(enrolment: Enrolment, actor: User, expected_version: int | None) -> GeneralReport:
    """Return the report as it is now, begun where there is none; the enrolment is locked for its own student."""
    report = GeneralReport.objects.select_related("enrolment__cohort").filter(enrolment=enrolment).first()
    if report is None:
        report = GeneralReport(enrolment=enrolment)
        report.save()
        announce_created(report, actor=actor)
        return report
    if not can_change_report(report, actor):
        raise WrongState("not_with_you", _("You have sent this report. It can be changed when it comes back to you."))
    if expected_version is not None and report.version != expected_version:
        raise Stale(
            "stale", _("You changed this on another device meanwhile. Reload the page; your text here stays saved.")
        )
    return report


@dataclass(frozen=True)
class Drafted:
    """The report with its draft, and how many of its fields were filled."""

    report: GeneralReport
    filled: int


def draft_report(
    enrolment: Enrolment,
    weeks: Collection[int],
    *,
    actor: User,
    language: str,
    expected_version: int | None = None,
) -> Drafted:
    """Fill what is still empty from the chosen weekly reports; not one word of the student is written over.

    ``weeks`` are keys of the student's weekly reports; others are left out. Raises what ``save_report`` does, and
    ``RuleViolation`` ``no_weeks`` where none is chosen.
    """
    with transaction.atomic():
        own = lock_own(enrolment, actor)
        chosen = chosen_weeks(own, weeks)
        if not chosen:
            raise RuleViolation("no_weeks", _("Tick the weeks from which the report is made."), field="weeks")
        report = _writable(own, actor, expected_version)
        filled = _fill(report, own, chosen, actor, language)
        report.version += 1
        report.save()
        report.compiled_from.set(chosen)
    return Drafted(report, filled)


def _fill(report: GeneralReport, enrolment: Enrolment, chosen: list[WeeklyReport], actor: User, language: str) -> int:
    facts = facts_of(enrolment, chosen, actor, language=language)
    with translation.override(language):
        drafted = draft_of(facts)
    empty = [name for name in ("title", *SECTIONS) if drafted[name] and not getattr(report, name)]
    for name in empty:
        text = drafted[name][:200] if name == "title" else drafted[name]
        setattr(report, name, _cleaned(name, text))
    return len(empty)


def submit_report(report: GeneralReport, *, actor: "Actor", expected_version: int | None = None) -> GeneralReport:
    """Give it to the university supervisor. Raises as ``perform`` does; ``parts_missing`` while it is unfinished."""
    return perform(report, "submit", actor=actor, expected_version=expected_version)
