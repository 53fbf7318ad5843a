"""Work that is done later: a row first, Celery is only a hint.

``enqueue`` writes an outbox row in the caller's transaction; after commit a Celery message with only the row's
uuid wakes a worker. A message that is lost costs time, never work: the beat table sends due rows again.
The table itself belongs to the accounts app, which hands its ``store`` function in at start.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

type Payload = Mapping[str, Any]
type Store = Callable[[str, Payload, str, datetime | None], None]
type StoreMany = Callable[[str, Sequence[tuple[Payload, str]]], None]


def _no_store(kind: str, _payload: Payload, _dedupe_key: str, _not_before: datetime | None) -> None:
    message = f"no outbox is installed for {kind}"
    raise RuntimeError(message)


def _no_store_many(kind: str, _work: Sequence[tuple[Payload, str]]) -> None:
    _no_store(kind, {}, "", None)


@dataclass
class _Registry:
    store: Store = _no_store
    store_many: StoreMany = _no_store_many
    functions: dict[str, Callable[..., Any]] = field(default_factory=dict)


_registry = _Registry()


def store_tasks_with(store: Store, store_many: StoreMany) -> None:
    """Tell the kernel where outbox rows are written; the accounts app calls this once at start."""
    _registry.store, _registry.store_many = store, store_many


def task[**P, R](kind: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function as the work of outbox rows of this kind (``"<app>.<verb>_<noun>"``).

    The function takes ids only, reads the rows anew, tolerates that they are gone, calls one service, and may be
    called twice: its effect must be the same.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        if kind in _registry.functions:
            message = f"two tasks of kind {kind}"
            raise ValueError(message)
        _registry.functions[kind] = function
        return function

    return register


def function_of(kind: str) -> Callable[..., Any] | None:
    """Return the function registered for a kind, or None for a kind that nobody knows (a forged or old row)."""
    return _registry.functions.get(kind)


def known_kinds() -> list[str]:
    """Return all registered kinds, sorted."""
    return sorted(_registry.functions)


def enqueue(kind: str, payload: Payload, *, dedupe_key: str = "", not_before: datetime | None = None) -> None:
    """Write an outbox row inside the current transaction; the same ``dedupe_key`` twice makes one row."""
    if kind not in _registry.functions:
        message = f"no task of kind {kind}"
        raise ValueError(message)
    _registry.store(kind, payload, dedupe_key, not_before)


def enqueue_many(kind: str, work: Sequence[tuple[Payload, str]]) -> None:
    """Write a row for each (payload, dedupe key) inside the current transaction, with one INSERT a thousand rows."""
    if kind not in _registry.functions:
        message = f"no task of kind {kind}"
        raise ValueError(message)
    if work:
        _registry.store_many(kind, work)
