"""Calls for help from the wish to the decision: asked, answered in the background, accepted or not, undone.

Nothing is stored at a text before its writer accepts; what is accepted goes through the service of the text's app.
"""

import datetime as dt
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, User
from apps.ai.backends.base import Facts, Vector
from apps.ai.models import AiCall
from apps.ai.permissions import can_accept_call, can_cancel_call, can_undo_call
from apps.ai.selectors import has_consented, is_offered
from apps.ai.services.budgets import settle, settle_budget, take_budget
from apps.ai.services.consent import check_consent
from apps.ai.services.drafting import Draft, Unavailable, embed_texts, estimated_tokens, unavailable, write_draft
from apps.ai.services.places import Place, Standing, place_named
from apps.ai.states import Decision, Outcome, Purpose
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from portal.kernel.tasks import enqueue

log = logging.getLogger(__name__)

ANSWER: Final = "ai.answer_call"
LONGEST_SOURCE: Final = 60_000
LOST_AFTER: Final = dt.timedelta(minutes=5)
LOOK_EVERY_S: Final = 0.4


@dataclass(frozen=True)
class Spot:
    """The text for which help is asked: the place, the row's key, what it is called, and what stands there now."""

    place: str
    key: int
    title: str
    before: Mapping[str, str]


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. ``subject`` is the student whose texts are read, if that is somebody else."""

    purpose: Purpose
    facts: Facts
    cohort: Cohort | None = None
    subject: User | None = None
    spot: Spot | None = None


class CancelledError(Exception):
    """The person does not want it any more."""


# -- asking -------------------------------------------------------------------------------------------------------


def ask_help(wish: Wish, *, actor: User) -> AiCall:
    """Count the call, write it down and let it be answered in the background.

    Raises ``RuleViolation`` ``ai_off``, ``consent_missing`` (``ConsentMissing``), ``student_has_not_consented``,
    ``nothing_written`` or ``text_too_long``, and ``BudgetSpent`` (HTTP 429) when today's help is used.
    """
    _check(wish, actor)
    tokens = estimated_tokens(wish.facts)
    take_budget(actor, wish.cohort, tokens)
    with transaction.atomic():
        call = _written_down(wish, actor, tokens)
        enqueue(ANSWER, {"call_id": call.pk}, dedupe_key=f"ai:{call.pk}")
    return call


def draft(wish: Wish, *, actor: User) -> Draft | Unavailable:
    """Answer at once, for a sentence beside other things; counted and recorded as every call.

    Raises as ``ask_help``.
    """
    _check(wish, actor)
    tokens = estimated_tokens(wish.facts)
    take_budget(actor, wish.cohort, tokens)
    call = _written_down(wish, actor, tokens)
    AiCall.objects.filter(pk=call.pk).update(outcome=Outcome.RUNNING, started_at=timezone.now())
    found = write_draft(wish.purpose, wish.facts)
    _finish(call.pk, found)
    return found


def embed(texts: Sequence[str], *, private: Sequence[str] = ()) -> list[Vector] | Unavailable:
    """Return a vector for each text, to compare by meaning; counted for all together and recorded for nobody.

    Raises ``BudgetSpent``.
    """
    tokens = sum(len(text) for text in texts) // 3
    take_budget(None, None, tokens)
    found = embed_texts(texts, private=private)
    used = 0 if isinstance(found, Unavailable) else found.tokens_in
    settle(None, None, day=timezone.localdate(), tokens=used - tokens, back=isinstance(found, Unavailable))
    return found if isinstance(found, Unavailable) else [list(vector) for vector in found.vectors]


def _check(wish: Wish, actor: User) -> None:
    if not actor.is_active:
        raise NotAllowed
    if not is_offered(wish.cohort):
        raise RuleViolation("ai_off", _("AI help is switched off here."))
    check_consent(actor, wish.subject)
    source = wish.facts.source
    if not source.strip():
        raise RuleViolation("nothing_written", _("Write a few words first; help works on what you wrote."))
    if len(source) > LONGEST_SOURCE:
        raise RuleViolation("text_too_long", _("This is too much text for help. Ask for a part of it."))


def _written_down(wish: Wish, actor: User, tokens: int) -> AiCall:
    spot = wish.spot
    return AiCall.objects.create(
        user=actor,
        subject=wish.subject or (actor if wish.cohort is not None else None),
        cohort=wish.cohort,
        purpose=wish.purpose,
        place=spot.place if spot else "",
        key=spot.key if spot else None,
        title=spot.title[:200] if spot else "",
        backend=settings.AI.backend,
        model=settings.AI.model,
        facts=wish.facts.as_json(),
        before=dict(spot.before) if spot else {},
        tokens_reserved=tokens,
    )


# -- answering ----------------------------------------------------------------------------------------------------


@dataclass
class _Ear:
    """Keeps the text so far where the page looks for it, and hears that the person has cancelled."""

    call_id: int
    looked: float = field(default_factory=time.monotonic)

    def hear(self, text: str) -> None:
        """Write at most every half second. Raises ``CancelledError``."""
        if time.monotonic() - self.looked < LOOK_EVERY_S:
            return
        self.looked = time.monotonic()
        running = AiCall.objects.filter(pk=self.call_id, outcome=Outcome.RUNNING, cancel_asked=False)
        if not running.update(partial=text[:20_000]):
            raise CancelledError


def answer_call(call_id: int) -> None:
    """Do the work of a call that waits; one that is answered or cancelled already is no error."""
    now = timezone.now()
    stuck = Q(outcome=Outcome.RUNNING, started_at__lt=now - LOST_AFTER)
    takes = AiCall.objects.filter(Q(outcome=Outcome.WAITING) | stuck, pk=call_id)
    if not takes.update(outcome=Outcome.RUNNING, started_at=now):
        return
    call = AiCall.objects.select_related("user", "subject").get(pk=call_id)
    if not (has_consented(call.user) and (call.subject is None or has_consented(call.subject))):
        _finish(call_id, unavailable("withdrawn"))
        return
    try:
        found = write_draft(Purpose(call.purpose), Facts.of_json(call.facts), told=_Ear(call_id).hear)
    except CancelledError:
        _end(call_id, Outcome.CANCELLED)
    except Exception:
        log.exception("AI call %s failed", call_id)
        _finish(call_id, unavailable("failed"))
    else:
        _finish(call_id, found)


def _finish(call_id: int, found: Draft | Unavailable) -> None:
    if isinstance(found, Unavailable):
        _end(call_id, Outcome.UNAVAILABLE, problem=found.code)
        return
    with transaction.atomic():
        call = AiCall.objects.select_for_update().get(pk=call_id)
        if call.outcome != Outcome.RUNNING:
            return
        call.after = _new_parts(call, found)
        call.notes = list(found.notes)
        call.backend, call.model, call.language = found.backend, found.model, found.language
        call.tokens_in, call.tokens_out = found.tokens_in, found.tokens_out
        call.cost = (found.tokens_in * settings.AI.price_in + found.tokens_out * settings.AI.price_out) // 100
        call.outcome, call.finished_at = Outcome.ANSWERED, timezone.now()
        call.facts, call.partial = {}, ""
        call.save()
        settle_budget(call)


def _new_parts(call: AiCall, found: Draft) -> dict[str, str]:
    """Return the fields in which the draft says something else than what stood there."""
    place = place_named(call.place)
    merge = place.merge if place is not None else None
    before = {name: call.before.get(name, "").strip() for name in found.parts}
    parts = {name: merge(before[name], text) if merge else text for name, text in found.parts.items()}
    return {name: text for name, text in parts.items() if text != before[name]}


def _end(call_id: int, outcome: Outcome, *, problem: str = "") -> None:
    """End a call without a draft; it is given back to the budget."""
    with transaction.atomic():
        call = AiCall.objects.select_for_update().get(pk=call_id)
        if not call.is_unfinished:
            return
        call.outcome, call.problem, call.finished_at = outcome, problem, timezone.now()
        call.facts, call.partial = {}, ""
        call.save()
        settle_budget(call, given_back=True)


def close_lost_calls() -> int:
    """End the calls for which nobody works any more; returns how many."""
    old = timezone.now() - 2 * LOST_AFTER
    lost = AiCall.objects.filter(outcome__in=Outcome.unfinished(), created_at__lt=old)
    ids = list(lost.values_list("pk", flat=True)[:500])
    for call_id in ids:
        _end(call_id, Outcome.UNAVAILABLE, problem="lost")
    return len(ids)


# -- deciding -----------------------------------------------------------------------------------------------------


def cancel_call(call: AiCall, *, actor: User) -> None:
    """Stop a call: at once while it waits, at its next word while it runs. Raises ``NotAllowed``, ``WrongState``."""
    if not can_cancel_call(call, actor):
        _refuse(call, actor)
    if not AiCall.objects.filter(pk=call.pk, outcome=Outcome.RUNNING).update(cancel_asked=True):
        _end(call.pk, Outcome.CANCELLED)


def accept_call(call: AiCall, names: Sequence[str], *, actor: User) -> Standing:
    """Store the chosen fields of a draft at their text. Returns what stands there then, for the way back.

    Raises ``NotAllowed``, ``WrongState``, ``Stale`` where the text was changed meanwhile, and what the service of the
    text's app raises.
    """
    with transaction.atomic():
        row = AiCall.objects.select_for_update().get(pk=call.pk)
        if not can_accept_call(row, actor):
            _refuse(row, actor)
        chosen = {name: row.after[name] for name in names if name in row.after}
        if not chosen:
            raise RuleViolation("nothing_chosen", _("Choose at least one field."))
        place, standing = _standing(row, actor)
        if _differs(standing, {name: row.before.get(name, "") for name in chosen}):
            raise Stale("stale", _("The text was changed meanwhile. Ask for help again."))
        place.write(row.key or 0, chosen, actor)
        row.after, row.decision, row.decided_at = chosen, Decision.ACCEPTED, timezone.now()
        row.save()
    return standing


def dismiss_call(call: AiCall, *, actor: User) -> None:
    """Note that the draft is not taken. Raises ``NotAllowed``."""
    if call.user_id != actor.pk:
        raise NotAllowed
    AiCall.objects.filter(pk=call.pk, decision=Decision.OPEN, outcome=Outcome.ANSWERED).update(
        decision=Decision.DISMISSED, decided_at=timezone.now()
    )


def undo_call(call: AiCall, *, actor: User) -> Standing:
    """Put the text back as it was before the draft was accepted. Raises as ``accept_call``."""
    with transaction.atomic():
        row = AiCall.objects.select_for_update().get(pk=call.pk)
        if not can_undo_call(row, actor):
            _refuse(row, actor)
        place, standing = _standing(row, actor)
        if _differs(standing, row.after):
            raise Stale("stale", _("You have changed the text since. Change it by hand."))
        place.write(row.key or 0, {name: row.before.get(name, "") for name in row.after}, actor)
        row.decision, row.decided_at = Decision.UNDONE, timezone.now()
        row.save()
    return standing


def standing_of(call: AiCall, *, actor: User) -> Standing | None:
    """Return what stands at the call's text now, None where the person may not write there any more."""
    place = place_named(call.place)
    return place.read(call.key or 0, actor) if place is not None else None


def is_kept(call: AiCall) -> bool:
    """Say whether the draft can be stored somewhere; a sentence of explanation is only read."""
    place = place_named(call.place)
    return place is not None and place.keeps


def _standing(call: AiCall, actor: User) -> tuple[Place, Standing]:
    place = place_named(call.place)
    standing = place.read(call.key or 0, actor) if place is not None else None
    if place is None or standing is None:
        raise WrongState("not_with_you", _("This text cannot be changed now."))
    return place, standing


def _differs(standing: Standing, parts: Mapping[str, str]) -> bool:
    """Say whether something else stands there; of a field that is stored nowhere yet nothing is known."""
    return any(standing.parts[name].strip() != text.strip() for name, text in parts.items() if name in standing.parts)


def _refuse(call: AiCall, actor: User) -> None:
    if call.user_id != actor.pk:
        raise NotAllowed
    raise WrongState("already_decided", _("That is decided already."))
