"""Decisions about one day in the words of other programs: "verified", "rejected".

The word is compared, never written: where the day stands decides which move it means.
"""

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.logbook.models import DailyLog
from apps.logbook.services.entries import clean_line, clean_text
from apps.logbook.services.logs import SKILL_LENGTH
from apps.logbook.states import ChainState
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import perform

YES: Final = frozenset({"verified", "approved", "validated"})
NO: Final = frozenset({"rejected", "revision", "revision_requested", "flagged"})
WORDS: Final = tuple(sorted(YES | NO))
MOST_COMMENT: Final = 2000


def decide_log(
    log: DailyLog,
    word: str,
    *,
    actor: User,
    comments: str = "",
    skills: Sequence[str] = (),
    expected_version: int | None = None,
) -> DailyLog:
    """Approve or send back as the company, validate or flag as the university, as the day stands.

    Approving keeps ``comments`` and the ``skills`` that the supervisor has seen as the company's comment; to refuse
    they are the reason. Raises as ``perform`` does, and ``RuleViolation`` ``word_unknown``.
    """
    if word not in YES | NO:
        raise RuleViolation("word_unknown", _("Say verified or rejected."), field="status")
    academic = log.state == ChainState.VERIFIED_INDUSTRY
    reason = clean_text(comments, field="comments", most=MOST_COMMENT)
    seen = [clean_line(skill, field="skills_demonstrated", most=SKILL_LENGTH) for skill in skills]
    if word in NO:
        name = "flag" if academic else "request_revision"
        return perform(log, name, actor=actor, reason=reason, via="api", expected_version=expected_version)
    with transaction.atomic():
        perform(log, "validate" if academic else "verify", actor=actor, via="api", expected_version=expected_version)
        comment = "\n".join(part for part in (reason, ", ".join(filter(None, seen))) if part)
        if comment and not academic:
            DailyLog.objects.filter(pk=log.pk).update(host_comment=comment[:MOST_COMMENT])
            log.host_comment = comment[:MOST_COMMENT]
    return log
