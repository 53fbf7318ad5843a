"""What supervisors send back from the page of a week, on both sides."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.models import User
from apps.applications.models import Placement
from apps.logbook.models import DailyLog
from apps.logbook.selectors import Seen, snippets_visible_to
from apps.logbook.services import decisions
from apps.logbook.services.at_once import WeekKey, validate_weeks
from apps.logbook.services.entries import clean_text
from apps.logbook.services.snippets import Sentence, keep_snippet
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import perform
from portal.kernel.views import row_or_404

if TYPE_CHECKING:
    from django.http import QueryDict

REPORT: Final = "report"
WHOLE_WEEK: Final = "week"
KEPT_ALREADY: Final = "kept_already"
# The buttons that lead on to the next week decide as those beside them do.
THEN_NEXT: Final = {"approve_next": "approve", "back_next": "back", "validate_next": "validate"}
MOST_DIGITS: Final = 18

_NOT_OURS = gettext_lazy("This page is too old. Look at the week again before you decide.")


def seen_in(text: str) -> Seen:
    """Return what the form says was seen. Raises ``RuleViolation`` ``form_unreadable``."""
    try:
        return Seen.parse(text)
    except ValueError as error:
        raise RuleViolation("form_unreadable", _NOT_OURS) from error


def leads_on(posted: "QueryDict") -> bool:
    """Say whether the button asked for the next week."""
    return posted.get("decision", "") in THEN_NEXT


def decide_for_company(
    placement: Placement, monday: dt.date, posted: "QueryDict", *, actor: User, via: str = ""
) -> str:
    """Do what the company's form says and return what came of it; the same behind a link and for who signed in.

    Raises ``RuleViolation`` as ``decision_in`` and ``verify_week`` do, and ``NotAllowed``.
    """
    if posted.get("decision", "") == "disown":
        decisions.disown_trainee(placement, actor=actor)
        return _("Thank you. The university is told.")
    decision = decision_in(posted, actor)
    words = _words_of(decisions.verify_week(placement, monday, decision, actor=actor, via=via))
    return " ".join([words, *_keep_sentences(posted, actor)])


def decide_for_university(placement: Placement, monday: dt.date, posted: "QueryDict", *, actor: User) -> str:
    """Validate the week, or flag it or one day of it; returns what came of it.

    Raises ``RuleViolation`` as the services do, and ``NotAllowed``.
    """
    seen, sentences = seen_in(posted.get("seen", "")), sentences_in(posted, actor)
    if flagged := posted.get("flag", ""):
        days = DailyLog.objects.filter(placement=placement, week_start=monday, pk__in=seen.days)
        log = row_or_404(days, pk=flagged)
        reason = clean_text(reason_in(posted, str(log.pk), sentences), field="reason", most=2000)
        perform(log, "flag", actor=actor, reason=reason, expected_version=seen.days[log.pk])
    elif posted.get("decision") == "flag":
        decisions.flag_week(placement, monday, seen, actor=actor, reason=reason_in(posted, WHOLE_WEEK, sentences))
    else:
        result = validate_weeks([WeekKey(placement.pk, monday, seen)], actor=actor)
        for _key, error in result.refused:
            raise error
        return validated(result.weeks)
    return " ".join([_("Flagged. The coordinator decides."), *_keep_sentences(posted, actor)])


def validated(weeks: int) -> str:
    """Say how many weeks are validated."""
    return ngettext("%(n)d week validated.", "%(n)d weeks validated.", weeks) % {"n": weeks}


def approved(weeks: int) -> str:
    """Say how many weeks are approved."""
    return ngettext("%(n)d week approved.", "%(n)d weeks approved.", weeks) % {"n": weeks}


def decision_in(posted: "QueryDict", actor: User) -> decisions.WeekDecision:
    """Read the decision from the form: ``decision=approve`` takes all, ``decision=back`` returns what is marked.

    Raises ``RuleViolation`` ``form_unreadable``, ``nothing_marked`` or ``reason_needed``.
    """
    seen, wanted = seen_in(posted.get("seen", "")), posted.get("decision", "")
    wanted = THEN_NEXT.get(wanted, wanted)
    if wanted not in ("approve", "back"):
        raise RuleViolation("form_unreadable", _NOT_OURS)
    back: dict[int, str] = {}
    report_back = ""
    if wanted == "back":
        sentences, marked = sentences_in(posted, actor), set(posted.getlist("back"))
        back = {pk: reason_in(posted, str(pk), sentences) for pk in seen.days if str(pk) in marked}
        reasons = list(back.values())
        if seen.reports and REPORT in marked:
            report_back = reason_in(posted, REPORT, sentences)
            reasons.append(report_back)
        if not reasons:
            raise RuleViolation("nothing_marked", _("Mark first what shall go back."))
        if not all(reasons):
            raise RuleViolation("reason_needed", _("Say for everything that is marked what should be different."))
    return decisions.WeekDecision(seen, send_back=back, report_back=report_back, comment=posted.get("comment", ""))


def _words_of(decided: decisions.Decided) -> str:
    words = []
    if decided.days or not decided.days_back:
        words.append(ngettext("%(n)d day approved.", "%(n)d days approved.", decided.days) % {"n": decided.days})
    if decided.days_back:
        back = ngettext("%(n)d day sent back.", "%(n)d days sent back.", decided.days_back)
        words.append(back % {"n": decided.days_back})
    if decided.reports:
        words.append(_("The weekly report is approved."))
    if decided.reports_back:
        words.append(_("The weekly report is sent back."))
    return " ".join(words)


# -- sentences ----------------------------------------------------------------------------------------------------


def sentences_in(posted: "QueryDict", actor: User) -> Mapping[str, str]:
    """Return the text of each sentence that the form has chosen from a list, by its key; others' are not there."""
    chosen = [str(posted[name]) for name in posted if name.startswith("sentence-") and posted[name]]
    keys = [key for key in chosen if key.isdecimal() and len(key) <= MOST_DIGITS]
    if not keys:
        return {}
    rows = snippets_visible_to(actor).filter(pk__in=keys)
    return {str(pk): text for pk, text in rows.values_list("pk", "text")}


def reason_in(posted: "QueryDict", name: str, sentences: Mapping[str, str]) -> str:
    """Return the reason for one thing: what was typed and, where no script has put it there, the chosen sentence."""
    typed = posted.get(f"reason-{name}", "").strip()
    chosen = sentences.get(posted.get(f"sentence-{name}", ""), "")
    return typed if chosen in typed else "\n".join(part for part in (typed, chosen) if part)


def _keep_sentences(posted: "QueryDict", actor: User) -> list[str]:
    """Keep the reasons whose box is ticked for the next time; says so, and what hindered it."""
    words = []
    for name in [name.removeprefix("keep-") for name in posted if name.startswith("keep-")]:
        text = posted.get(f"reason-{name}", "").strip()
        if not text:
            continue
        try:
            keep_snippet(Sentence(text), actor=actor)
        except RuleViolation as error:
            if error.code != KEPT_ALREADY:
                words.append(_("The sentence is not kept: %(why)s") % {"why": error.message})
        else:
            words.append(_("The sentence is kept."))
    return words
