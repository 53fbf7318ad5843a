"""Print what is told, and what each move tells: read out of the reactions' own code, so that the list cannot lie."""

from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.services.notice_kinds import NoticeKind, notice_kinds
from portal.kernel.fsm import moves_of, reactions, stateful_models
from portal.kernel.tasks import function_of

# How things are told is the same for all; from here on every kind would be reached.
NAMES = ("notices", "notice_kinds", "digests", "outbox", "jobs")
PLUMBING = frozenset(f"apps.accounts.services.{name}" for name in NAMES)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _reached(function: FunctionType) -> Iterator[Any]:
    """Yield what the function's code names: globals, attributes of its modules, and the work of tasks it enqueues."""
    for code in _codes(function.__code__):
        found = [function.__globals__[name] for name in code.co_names if name in function.__globals__]
        yield from found
        for module in found:
            if isinstance(module, ModuleType) and module.__name__.startswith("apps."):
                yield from (getattr(module, name) for name in code.co_names if hasattr(module, name))
        yield from (function_of(text) for text in code.co_consts if isinstance(text, str))


def kinds_told_by(function: Any) -> set[str]:
    """Return the kinds of notices that a function can tell, itself or through what it calls in the apps."""
    told: set[str] = set()
    seen, waiting = set(), [function]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, NoticeKind):
            told.add(thing.kind)
        elif isinstance(thing, dict):
            waiting += thing.values()
        elif isinstance(thing, FunctionType) and thing not in seen and _is_of_an_app(thing):
            seen.add(thing)
            waiting += _reached(thing)
    return told


def _is_of_an_app(function: FunctionType) -> bool:
    return function.__module__.startswith("apps.") and function.__module__ not in PLUMBING


def lines() -> list[str]:
    """Return the golden list: every kind with its pace and its readers, then every move with what it tells."""
    found = []
    for kind in notice_kinds():
        pace = "always at once" if kind.binding else "at once" if kind.urgent else "digest"
        found.append(f"notice | {kind.kind} | {pace} | {' '.join(sorted(role.value for role in kind.to)) or 'nobody'}")
    told = [(reaction, sorted(kinds_told_by(reaction.function))) for reaction in reactions()]
    for model in sorted(stateful_models(), key=lambda model: model._meta.label):
        for move in moves_of(model):
            kinds = {
                kind
                for reaction, names in told
                if reaction.model == model._meta.label
                and reaction.target == move.target
                and (not reaction.moves or move.name in reaction.moves)
                for kind in names
            }
            found.append(f"move | {model._meta.label}.{move.name} | {' '.join(sorted(kinds)) or '-'}")
    return list(dict.fromkeys(found))


class Command(BaseCommand):
    help = "Print every kind of notice, and every move with the notices that it tells, one line each."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for line in lines():
            self.stdout.write(line)
