"""How the rows of the demo came into their states: what the moves would have written, in the name of the portal."""

from collections import defaultdict

from django.utils import timezone

from apps.accounts.services.history import write_history
from apps.accounts.services.seals import first_state, last_targets
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import Change, moves_of, stateful_models
from portal.kernel.models import StatefulModel


def tell_history() -> None:
    """Write an entry for each row whose state no entry tells of yet."""
    for model in stateful_models():
        if model.KEEPS_HISTORY:
            _tell_model(model)


def _tell_model(model: type[StatefulModel]) -> None:
    first = first_state(model)
    told = last_targets(model._meta.label)
    untold: dict[tuple[str, str], list[StatefulModel]] = defaultdict(list)
    for row in model._base_manager.select_related(*model.MOVE_RELATED).order_by("pk"):
        if told.get(row.pk, first) != row.state:
            untold[told.get(row.pk, first), row.state].append(row)
    names = {move.target: move.name for move in moves_of(model)}
    for (source, state), rows in untold.items():
        write_history(
            Change(
                model=model,
                objects=rows,
                sources=dict.fromkeys((row.pk for row in rows), source),
                move=names.get(state, "create"),
                target=state,
                actor=SYSTEM,
                reason="",
                via="demo",
                at=timezone.now(),
                batch=f"demo-{state}"[:32],
            )
        )
