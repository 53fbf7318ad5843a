"""What students wish: chosen, ordered, confirmed; and why somebody asks to come before others."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.accounts.models import Enrolment, User
from apps.accounts.services.history import note_history
from apps.applications.matching.features import normal
from apps.applications.models import AllocationRound, PriorityCase, Ranking
from apps.applications.permissions import can_change_ranking, coordinates_priority
from apps.applications.selectors import offers_open_to
from apps.applications.states import PriorityKind, PriorityState
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.tasks import enqueue

TELL_CONFIRMED: Final = "applications.tell_wishes_confirmed"


def ranking_in(found: AllocationRound, student: User) -> Ranking | None:
    """Return the student's list; a new one that is not stored yet, or None for who is not in the cohort."""
    enrolment = Enrolment.objects.filter(student=student.pk, cohort=found.cohort_id, is_active=True).first()
    if enrolment is None:
        return None
    ranking = Ranking.objects.filter(round=found, enrolment=enrolment).first() or Ranking(region="")
    ranking.round, ranking.enrolment = found, enrolment
    return ranking


def choose_wishes(found: AllocationRound, keys: Sequence[int], *, shown: Sequence[int], actor: User) -> Ranking:
    """Take the ticked offers of those that were ``shown`` into the draft, new ones at its end.

    What another page has ticked stays. Raises ``NotAllowed``, ``RuleViolation`` ``too_many`` or ``not_offered``.
    """
    with transaction.atomic():
        ranking = _locked(found, actor)
        kept = [key for key in ranking.draft if key in keys or key not in shown]
        ranking.draft = kept + [key for key in keys if key not in kept]
        _check(ranking, actor)
        ranking.save()
    return ranking


def order_wish(found: AllocationRound, key: int, step: int, *, actor: User) -> Ranking:
    """Move a wish up (-1), down (1) or out (0) of the draft; what is not there stays so. Raises ``NotAllowed``."""
    with transaction.atomic():
        ranking = _locked(found, actor)
        draft = ranking.draft
        if key in draft:
            place = draft.index(key)
            draft.pop(place)
            if step:
                draft.insert(max(0, place + step), key)
            ranking.save()
    return ranking


def put_wishes(found: AllocationRound, keys: Sequence[int], *, actor: User) -> Ranking:
    """Take a whole list, best first, in the place of the draft.

    Raises ``NotAllowed``, ``RuleViolation`` ``too_many`` or ``not_offered`` where one of them is not offered.
    """
    with transaction.atomic():
        ranking = _locked(found, actor)
        wanted = list(dict.fromkeys(keys))
        ranking.draft = list(wanted)
        _check(ranking, actor)
        if ranking.draft != wanted:
            raise RuleViolation("not_offered", _("One of these places is not offered here."), field="wishes")
        ranking.save()
    return ranking


def confirm_wishes(found: AllocationRound, region: str, companion: str = "", *, actor: User) -> Ranking:
    """Let the draft count, and send the receipt; ``companion`` is the registration number of whom one wants near.

    Raises ``NotAllowed``, ``RuleViolation`` ``nothing_chosen`` or ``companion_self``.
    """
    with transaction.atomic():
        ranking = _locked(found, actor)
        if not ranking.draft:
            raise RuleViolation("nothing_chosen", _("Choose at least one place first."))
        _check(ranking, actor)
        ranking.wishes, ranking.confirmed_at = list(ranking.draft), timezone.now()
        ranking.region = " ".join(region.split())[:80]
        ranking.companion = _companion(ranking, companion)
        ranking.save()
        note_history(ranking, "confirm", actor=actor, department_id=found.cohort.department_id)
        key = f"{TELL_CONFIRMED}:{ranking.pk}:{ranking.confirmed_at.isoformat()}"
        enqueue(TELL_CONFIRMED, {"ranking_id": ranking.pk}, dedupe_key=key)
    return ranking


def _companion(ranking: Ranking, typed: str) -> str:
    named = " ".join(typed.split())[:40] if ranking.round.allows_pairs else ""
    if named and normal(named) == normal(ranking.enrolment.student.student_profile.reg_no):
        raise RuleViolation("companion_self", _("This is your own number."), field="companion")
    return named


def _locked(found: AllocationRound, actor: User) -> Ranking:
    # Two windows of one student wait for each other here; the second does not overwrite what the first has chosen.
    list(Enrolment.objects.select_for_update().filter(student=actor.pk, cohort=found.cohort_id).values_list("pk"))
    ranking = ranking_in(found, actor)
    if ranking is None or not can_change_ranking(ranking, actor):
        raise NotAllowed
    return ranking


def _check(ranking: Ranking, actor: User) -> None:
    most = ranking.round.most_wishes
    if len(ranking.draft) > most:
        words = ngettext(
            "You can choose %(most)d place, and you have chosen %(chosen)d.",
            "You can choose %(most)d places, and you have chosen %(chosen)d.",
            most,
        )
        raise RuleViolation("too_many", words % {"most": most, "chosen": len(ranking.draft)})
    offered = set(offers_open_to(actor, ranking.round).filter(pk__in=ranking.draft).values_list("pk", flat=True))
    gone = [key for key in ranking.draft if key not in offered]
    ranking.draft = [key for key in ranking.draft if key in offered]
    if gone and not ranking.draft:
        raise RuleViolation("not_offered", _("What you have chosen is not offered any more. Choose again."))


# -- reasons to come first ----------------------------------------------------------------------------------------


def ask_priority(found: AllocationRound, kind: str, reason: str, *, actor: User) -> PriorityCase:
    """Ask to come first. Raises ``NotAllowed``, ``RuleViolation`` ``reason_needed`` or ``answered_already``."""
    with transaction.atomic():
        ranking = _locked(found, actor)
        case = PriorityCase.objects.filter(round=found, enrolment=ranking.enrolment).first()
        case = case or PriorityCase(round=found, enrolment=ranking.enrolment)
        if case.state != PriorityState.ASKED:
            raise RuleViolation("answered_already", _("Your coordinator has answered already."))
        return _kept(case, kind, reason, actor)


def enter_priority(values: Mapping[str, Any], *, actor: User) -> PriorityCase:
    """Enter a case that coordinators know of; it is granted with that.

    Raises ``NotAllowed``, ``RuleViolation`` ``other_cohort``, ``asked_already`` or ``reason_needed``.
    """
    case = PriorityCase(**values)
    if not coordinates_priority(case, actor):
        raise NotAllowed
    if case.enrolment.cohort_id != case.round.cohort_id:
        raise RuleViolation("other_cohort", _("The student is in another cohort."), field="enrolment")
    if PriorityCase.objects.filter(round=case.round, enrolment=case.enrolment).exists():
        raise RuleViolation("asked_already", _("There is a case of this student. Answer that one."), field="enrolment")
    with transaction.atomic():
        return answer_priority(_kept(case, case.kind, case.reason, actor), PriorityState.GRANTED, actor=actor)


def _kept(case: PriorityCase, kind: str, reason: str, actor: User) -> PriorityCase:
    if kind not in PriorityKind or not reason.strip():
        raise RuleViolation("reason_needed", _("Choose a kind and say why in a few words."), field="reason")
    case.kind, case.reason = kind, reason.strip()[:1000]
    case.save()
    # The reason itself stands in no history: it is deleted when it is not needed any more.
    note_history(case, "ask", actor=actor, department_id=case.round.cohort.department_id)
    return case


def answer_priority(case: PriorityCase, state: PriorityState, *, actor: User) -> PriorityCase:
    """Grant or refuse. Raises ``NotAllowed``."""
    if not coordinates_priority(case, actor):
        raise NotAllowed
    with transaction.atomic():
        case.state, case.answered_by, case.answered_at = state, actor, timezone.now()
        case.save()
        note_history(case, state.value, actor=actor, department_id=case.round.cohort.department_id)
    return case
