"""Moving rows: the only callers of a transition."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import Transition

from portal.kernel.access import SystemActor
from portal.kernel.bulk import among
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState
from portal.kernel.fsm.changes import BulkResult, Change, Refusal, announce
from portal.kernel.fsm.declaration import Danger, Move, MoveInfo, Stamp, arrow_of, moves_of
from portal.kernel.models import StatefulModel

if TYPE_CHECKING:
    from portal.kernel.access import Actor, Viewer


def moves_for(obj: StatefulModel, user: "Actor | Viewer") -> list[Move]:
    """Return the moves that this user may make with this row now, main ones first."""
    order = list(Danger)
    found = [
        Move(type(obj), t.name, str(t.source), str(t.target), t.custom["move"], t)
        for t in obj.get_all_state_transitions()  # type: ignore[attr-defined] # added by the field
        if t.source == obj.state and _refusal(obj, t.name, t, user) is None
    ]
    return sorted(found, key=lambda m: (order.index(m.info.danger), m.name))


def may(obj: StatefulModel, name: str, user: "Actor | Viewer") -> bool:
    """Say whether ``perform(obj, name, actor=user)`` would be allowed now."""
    return _refusal(obj, name, arrow_of(obj, name), user) is None


def _refusal(obj: StatefulModel, name: str, arrow: Transition | None, actor: "Actor | Viewer") -> Exception | None:
    # Whose move it is comes first: to all others the state tells nothing.
    arrows = [arrow] if arrow else [move.transition for move in moves_of(type(obj)) if move.name == name]
    if not any(_allows(found, obj, actor) for found in arrows):
        return NotAllowed(_("You may not do this here."))
    if arrow is None:
        return WrongState("wrong_state", _("This is not possible any more: the state has changed meanwhile."))
    for condition in arrow.conditions:
        if not condition(obj):
            code, message = getattr(condition, "refusal", ("condition", _("This is not possible yet.")))
            return RuleViolation(code, message)
    return None


def _allows(arrow: Transition, obj: StatefulModel, actor: "Actor | Viewer") -> bool:
    if isinstance(actor, SystemActor):
        info: MoveInfo = arrow.custom["move"]
        return info.system
    return arrow.permission is not None and bool(arrow.has_perm(obj, actor))


# -- moving -----------------------------------------------------------------------------------------------------


def _stamps(info: MoveInfo, actor: "Actor", reason: str, now: Any) -> dict[str, Any]:
    values = {Stamp.NOW: now, Stamp.ACTOR: actor.pk, Stamp.REASON: reason}
    return {name + ("_id" if stamp is Stamp.ACTOR else ""): values[stamp] for name, stamp in info.stamps.items()}


def _check_reason(info: MoveInfo, reason: str) -> None:
    if "\x00" in reason:
        raise RuleViolation("control_character", _("The reason holds a sign that cannot be stored."), field="reason")
    if info.needs_reason and not reason.strip():
        raise RuleViolation("reason_needed", _("Say why, so that the other side knows what to do."), field="reason")


def _locked(model: type[StatefulModel], pks: Iterable[Any]) -> QuerySet[Any]:
    rows = model._default_manager.filter(among(list(pks))).order_by("pk")
    if model.LOCK_FIRST:
        owner: Any = model._meta.get_field(model.LOCK_FIRST).related_model
        owners = owner._default_manager.filter(pk__in=rows.order_by().values(model.LOCK_FIRST)).order_by("pk")
        list(owners.select_for_update().values_list("pk", flat=True))
    # ``of=self``: the related rows are read for the rights, not changed; locking them would queue up strangers.
    return rows.select_for_update(of=("self",)).prefetch_related(*model.MOVE_PREFETCH)


def perform[M: StatefulModel](
    obj: M, name: str, *, actor: "Actor", reason: str = "", via: str = "", expected_version: int | None = None
) -> M:
    """Make one move with one row: lock, allowed?, may?, move, save, history and reactions, all in one transaction.

    ``via`` says by which door (``"link:<id>"``, ``"import"``); ``expected_version`` is what the caller saw.
    Returns the same instance, reloaded. Raises ``WrongState`` (409), ``Stale`` (409), ``NotAllowed`` (403) or
    ``RuleViolation`` (400), and then nothing has changed.
    """
    with transaction.atomic():
        row = _locked(type(obj), [obj.pk]).select_related(*type(obj).MOVE_RELATED).get()
        arrow = arrow_of(row, name)
        refusal = _refusal(row, name, arrow, actor)
        if refusal is not None:
            raise refusal
        if expected_version is not None and row.version != expected_version:
            raise Stale("stale", _("This was changed meanwhile. Look at it again before you decide."))
        info: MoveInfo = cast("Transition", arrow).custom["move"]
        _check_reason(info, reason)
        source, now = row.state, timezone.now()
        getattr(row, name)()
        for attribute, value in _stamps(info, actor, reason, now).items():
            setattr(row, attribute, value)
        row.version += 1
        row.save()
        announce(Change(type(row), [row], {row.pk: source}, name, row.state, actor, reason, via, now, uuid.uuid4().hex))
    obj.refresh_from_db()
    return obj


def perform_many(
    queryset: "QuerySet[Any]", name: str, *, actor: "Actor", reason: str = "", via: str = ""
) -> BulkResult:
    """Make one move with every row of the queryset that may make it, with one UPDATE and one batch of history.

    Rows that may not move are returned with their reason; nothing is raised for them. The same declaration and the
    same rights as ``perform``: permissions are plain functions over rows read in one go with ``MOVE_RELATED``.
    Slower ways that were tried: ``perform`` in a loop (30x and more), ``bulk_update`` (6x: its CASE grows with the
    rows), ``select_related`` and an IN with each key (2x).
    """
    model: type[StatefulModel] = queryset.model
    if not _is_bulk(model, name):
        return _perform_each(queryset, name, actor=actor, reason=reason, via=via)
    with transaction.atomic():
        # Many rows share few placements and cohorts: each of those is read once, not beside each row.
        pks = list(queryset.values_list("pk", flat=True))
        rows = list(_locked(model, pks).prefetch_related(*model.MOVE_RELATED))
        ready: list[StatefulModel] = []
        refused: list[Refusal] = []
        arrow: Transition | None = None
        for row in rows:
            found = arrow_of(row, name)
            refusal = _refusal(row, name, found, actor)
            if refusal is None:
                arrow = found
                ready.append(row)
            else:
                refused.append(_as_refusal(row, refusal))
        if arrow is None:
            return BulkResult([], refused)
        info: MoveInfo = arrow.custom["move"]
        _check_reason(info, reason)
        now = timezone.now()
        moved = [row.pk for row in ready]
        target, values = str(arrow.target), _stamps(info, actor, reason, now)
        sources = {row.pk: row.state for row in ready}
        changed: QuerySet[Any] = cast("Any", model)._default_manager.filter(
            among(moved), state__in=set(sources.values())
        )
        changed.update(state=target, version=F("version") + 1, updated_at=now, **values)
        announce(Change(model, ready, sources, name, target, actor, reason, via, now, uuid.uuid4().hex))
    return BulkResult(moved, refused)


def _is_bulk(model: type[StatefulModel], name: str) -> bool:
    return all(arrow.info.bulk for arrow in moves_of(model) if arrow.name == name)


def _perform_each(queryset: "QuerySet[Any]", name: str, *, actor: "Actor", reason: str, via: str) -> BulkResult:
    moved: list[Any] = []
    refused: list[Refusal] = []
    for row in queryset.order_by("pk"):
        try:
            perform(row, name, actor=actor, reason=reason, via=via)
        except (RuleViolation, NotAllowed) as error:
            refused.append(_as_refusal(row, error))
        else:
            moved.append(row.pk)
    return BulkResult(moved, refused)


def _as_refusal(row: StatefulModel, error: Exception) -> Refusal:
    if isinstance(error, RuleViolation):
        return Refusal(row.pk, error.code, error.message)
    return Refusal(row.pk, "not_allowed", _("You may not do this here."))
