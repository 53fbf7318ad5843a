"""One draft beside its original: watched while it is written, accepted, left, undone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.ai.models import AiCall
from apps.ai.permissions import can_accept_call, can_cancel_call, can_undo_call
from apps.ai.selectors import calls_of
from apps.ai.services import calls
from apps.ai.services.drafting import unavailable
from apps.ai.services.places import place_named
from apps.ai.states import Decision, Outcome, Purpose
from apps.ai.wording.differences import Piece, difference
from apps.ai.wording.evidence import Changed, changed
from apps.ai.wording.spelling import has_spelling
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.screens import tell_undo
from portal.kernel.views import row_or_404, say_refusal

if TYPE_CHECKING:
    from apps.accounts.models import User


@dataclass(frozen=True)
class ShownField:
    """One field of a draft: its name in words, both texts, their difference and what of the facts changed."""

    name: str
    label: Text
    before: str
    after: str
    pieces: list[Piece]
    changed: Changed

    @property
    def is_new(self) -> bool:
        """Whether nothing stood there."""
        return not self.before.strip()


def _own(request: HttpRequest, pk: int) -> AiCall:
    return row_or_404(calls_of(request.user).select_related("cohort"), pk=pk)


@login_required
@require_safe
def draft_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is being written, then the draft as a difference beside the original."""
    call, person = _own(request, pk), cast("User", request.user)
    standing = calls.standing_of(call, actor=person)
    context: dict[str, Any] = {
        "call": call,
        "fields": fields_of(call),
        "unfinished": call.is_unfinished,
        "partial": call.partial,
        "poll_url": reverse("ai_draft", args=[call.pk]) if call.is_unfinished else "",
        "back": standing.url if standing else reverse("ai_usage"),
        "why": unavailable(call.problem).message if call.outcome == Outcome.UNAVAILABLE else "",
        "can_accept": standing is not None and calls.is_kept(call) and can_accept_call(call, person),
        "can_undo": standing is not None and can_undo_call(call, person),
        "can_cancel": can_cancel_call(call, person),
        "nothing_to_do": call.outcome == Outcome.ANSWERED and not call.after and not call.notes,
        "is_local": call.backend == "local",
        "has_spelling": has_spelling(call.language),
    }
    return render(request, "ai/draft.html", context)


def fields_of(call: AiCall) -> list[ShownField]:
    """Return the fields of a draft in the order in which the place names them."""
    place = place_named(call.place)
    labels = place.labels if place is not None else {}
    names = [*(name for name in labels if name in call.after), *(name for name in call.after if name not in labels)]
    # A draft out of days has another source than the text that it replaces; there only one's own text is compared.
    compares = call.purpose in {*Purpose.for_text(), Purpose.VACANCY}
    shown = []
    for name in names:
        before, after = call.before.get(name, ""), call.after[name]
        facts = changed(before, after) if compares else Changed((), ())
        shown.append(ShownField(name, labels.get(name, name), before, after, difference(before, after), facts))
    return shown


@login_required
@require_POST
def draft_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the chosen fields."""
    call, person = _own(request, pk), cast("User", request.user)
    try:
        standing = calls.accept_call(call, request.POST.getlist("field"), actor=person)
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("ai_draft", pk=pk)
    tell_undo(request, _("Taken over."), reverse("ai_undo", args=[pk]))
    return redirect(standing.url)


@login_required
@require_POST
def draft_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the text back as it was."""
    return _done(request, pk, calls.undo_call, _("Your text is as it was before."))


@login_required
@require_POST
def draft_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the draft."""
    return _done(request, pk, calls.dismiss_call, "")


@login_required
@require_POST
def draft_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop waiting."""
    return _done(request, pk, calls.cancel_call, _("Stopped. Your text is as it was."))


def _done(request: HttpRequest, pk: int, work: Callable[..., object], words: str) -> HttpResponse:
    call, person = _own(request, pk), cast("User", request.user)
    try:
        work(call, actor=person)
    except RuleViolation as error:
        say_refusal(request, error)
        return redirect("ai_draft", pk=pk)
    if words:
        messages.success(request, words)
    standing = calls.standing_of(call, actor=person)
    return redirect(standing.url if standing else "ai_usage")


def decision_words(call: AiCall) -> Text:
    """Return what became of a call in one word: the decision where there was a draft, else the outcome."""
    return Decision(call.decision).label if call.outcome == Outcome.ANSWERED else Outcome(call.outcome).label
