"""Which rows are sealed with their content, and whether every row is still what its history says.

An app names its models once: the states in which a row never changes, the columns that count, and the rows that belong
to it. The entry of the move that brings a row there holds an HMAC of that content, so that a change by hand in the
database is found: in the entry (``history.verify_chain``) or in the row (``verify_rows``).
"""

import datetime as dt
import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q, QuerySet

from apps.accounts.models import HistoryEntry
from portal.kernel.bulk import among
from portal.kernel.fsm import stateful_models
from portal.kernel.models import StatefulModel

CHUNK: Final = 2000


@dataclass(frozen=True)
class Damage:
    """A place where something is not what was sealed.

    ``entry_id`` is None where a whole block is concerned, ``row`` names the row of another table
    (``logbook.DailyLog 17``).
    """

    block: int | None
    entry_id: int | None
    what: str
    row: str = ""

    def __str__(self) -> str:
        places = [self.row]
        places += [f"block {self.block}"] if self.block is not None else []
        places += [f"entry {self.entry_id}"] if self.entry_id is not None else []
        return f"{', '.join(place for place in places if place) or 'history'}: {self.what}"


@dataclass(frozen=True)
class Part:
    """Rows that belong to a sealed one by the foreign key ``key``; ``columns`` count, in the order of the keys."""

    label: str
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Seal:
    """A row of ``label`` never changes its ``columns`` and ``parts`` while it is in one of ``states``."""

    label: str
    states: frozenset[str]
    columns: tuple[str, ...]
    parts: tuple[Part, ...] = ()

    @property
    def rows(self) -> "QuerySet[Any]":
        """All rows of the model."""
        return _rows(self.label)


_seals: dict[str, Seal] = {}


def seal_content(seal: Seal) -> None:
    """Have rows sealed with their content; each app calls it at start for its own models."""
    _seals[seal.label] = seal


def seals() -> list[Seal]:
    """Return what is sealed, sorted by label."""
    return [_seals[label] for label in sorted(_seals)]


def sealed_models() -> frozenset[str]:
    """Return the labels of the models whose rows are sealed with their content, and of the parts of those."""
    return frozenset({*_seals, *(part.label for seal in _seals.values() for part in seal.parts)})


def seal_of(label: str) -> Seal | None:
    """Return how rows of a model are sealed, None where they are not."""
    return _seals.get(label)


def sealed_in(label: str, state: str) -> Seal | None:
    """Return the seal that a row gets when it comes to this state, None if it gets none."""
    seal = _seals.get(label)
    return seal if seal is not None and state in seal.states else None


def content_digests(seal: Seal, pks: Sequence[Any]) -> dict[Any, str]:
    """Return the HMAC of what rows say now, by key; one query, and one for each kind of part, whatever the number."""
    found = seal.rows.filter(among(pks)).order_by("pk").values_list("pk", *seal.columns)
    content: dict[Any, list[Any]] = {pk: list(values) for pk, *values in found}
    for part in seal.parts:
        parts: dict[Any, list[Any]] = defaultdict(list)
        rows = _rows(part.label).filter(**{f"{part.key}__in": seal.rows.filter(among(pks))})
        for key, *values in rows.order_by(part.key, "pk").values_list(part.key, *part.columns):
            parts[key].append(values)
        for pk, values in content.items():
            values.append(parts.get(pk, []))
    return {pk: _hmac([seal.label, pk, *values]) for pk, values in content.items()}


def content_digest(row: Model) -> str:
    """Return the HMAC of what one row says now, empty where its model is not sealed."""
    seal = _seals.get(row._meta.label)
    return "" if seal is None else content_digests(seal, [row.pk])[row.pk]


def _rows(label: str) -> "QuerySet[Any]":
    rows: QuerySet[Any] = apps.get_model(label)._base_manager.all()
    return rows


def _hmac(content: list[Any]) -> str:
    text = json.dumps(content, default=_plain, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hmac.digest(settings.AUDIT_KEY.encode(), f"content:{text}".encode(), "sha256").hex()


def _plain(value: Any) -> str:
    """Write what JSON does not know in one form, whichever database it comes from."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value.isoformat() if isinstance(value, dt.date) else str(value)


# -- the rows beside their history --------------------------------------------------------------------------------


def verify_rows() -> Iterator[Damage]:
    """Compare the state of every row with its last entry, and the content of every sealed row with its seal."""
    for model in stateful_models():
        if model.KEEPS_HISTORY:
            yield from _verify_model(model)
    for seal in seals():
        yield from _verify_gone(seal)


def altered(seal: Seal, pks: Iterable[Any]) -> set[Any]:
    """Return those of the rows that are not what was sealed; for the page on which a document is checked."""
    wanted = list(pks)
    last = last_entries(seal.label, wanted)
    now = content_digests(seal, wanted)
    good = {pk for pk, entry in last.items() if entry.content_digest and entry.content_digest == now.get(pk)}
    return set(wanted) - good


def _verify_model(model: type[StatefulModel]) -> Iterator[Damage]:
    label = model._meta.label
    first = first_state(model)
    rows: QuerySet[Any] = model._base_manager.order_by("pk")
    after: Any = 0
    while chunk := list(rows.filter(pk__gt=after).values_list("pk", "state")[:CHUNK]):
        after = chunk[-1][0]
        last = last_entries(label, [pk for pk, _state in chunk])
        for pk, state in chunk:
            entry = last.get(pk)
            if entry is None and state != first:
                yield Damage(None, None, f"is {state}, and no entry says how it came there", f"{label} {pk}")
            elif entry is not None and entry.target != state:
                yield Damage(None, entry.pk, f"is {state} instead of {entry.target}", f"{label} {pk}")
        yield from _verify_content(label, last, dict(chunk))


def _verify_content(label: str, last: dict[Any, HistoryEntry], states: dict[Any, str]) -> Iterator[Damage]:
    seal = _seals.get(label)
    if seal is None:
        return
    sealed = [pk for pk, entry in last.items() if entry.target == states[pk] and entry.target in seal.states]
    now = content_digests(seal, sealed)
    for pk in sealed:
        kept = last[pk].content_digest
        if kept != now[pk]:
            what = "content is not what was sealed" if kept else "content was never sealed"
            yield Damage(None, last[pk].pk, what, f"{label} {pk}")


def _verify_gone(seal: Seal) -> Iterator[Damage]:
    entries = HistoryEntry.objects.filter(target_label=seal.label).exclude(content_digest="")
    gone = entries.exclude(target_id__in=seal.rows.values("pk")).order_by("target_id")
    for pk in gone.values_list("target_id", flat=True).distinct():
        yield Damage(None, None, "was sealed and is gone", f"{seal.label} {pk}")


def first_state(model: type[StatefulModel]) -> str:
    """Return the state in which rows of a machine begin; for that alone no entry is needed."""
    fields: Any = model._meta
    return str(fields.get_field("state").get_default())


def last_targets(label: str) -> dict[Any, str]:
    """Return the state that the last entry of each row says, by the row's key."""
    said = HistoryEntry.objects.filter(~Q(target=""), target_label=label).order_by("id")
    return dict(said.values_list("target_id", "target"))


def last_entries(label: str, pks: list[Any]) -> dict[Any, HistoryEntry]:
    """Return the last entry of each row that says a state, by the row's key."""
    said = HistoryEntry.objects.filter(~Q(target=""), target_label=label, target_id__in=pks)
    rows = said.order_by("id").only("pk", "target_id", "target", "content_digest")
    return {entry.target_id: entry for entry in rows}
