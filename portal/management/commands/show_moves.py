"""Print every arrow of every machine: the golden table, and the answer to "who may do what"."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.kernel.fsm import Move, moves_of, stateful_models


def describe(arrow: Move) -> str:
    """Return one line: model, move, from, to, who (the predicate), and what is special about it."""
    permission = arrow.transition.permission
    who = getattr(permission, "__name__", "nobody") if permission else "nobody"
    notes = [
        note
        for note, holds in (
            ("system", arrow.info.system),
            ("reason", arrow.info.needs_reason),
            ("one by one", not arrow.info.bulk),
        )
        if holds
    ]
    conditions = [condition.__name__ for condition in arrow.transition.conditions]
    columns = [
        arrow.model._meta.label,
        arrow.name,
        f"{arrow.source} -> {arrow.target}",
        who,
        ", ".join(conditions) or "-",
        ", ".join(notes) or "-",
    ]
    return " | ".join(columns)


class Command(BaseCommand):
    help = "Print every move of every state machine, one line each."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for model in stateful_models():
            for arrow in moves_of(model):
                self.stdout.write(describe(arrow))
