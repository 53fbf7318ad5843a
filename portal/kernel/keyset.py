"""Leafing through long lists by the last row seen: page 400 costs what the first one does.

``OFFSET`` reads and throws away all rows before; with a key the index begins where the reader is, and a row that
comes or goes meanwhile neither repeats nor hides another.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest


@dataclass(frozen=True)
class KeysetPage[M: Model]:
    """Rows of one page; ``after`` and ``before`` are the values of ``?after=`` and ``?before=``, empty at the ends."""

    object_list: Sequence[M]
    after: str
    before: str

    def __iter__(self) -> Iterator[M]:
        return iter(self.object_list)

    def __len__(self) -> int:
        return len(self.object_list)


def keyset_page[M: Model](request: HttpRequest, rows: QuerySet[M], order: Sequence[str], size: int) -> KeysetPage[M]:
    """Return the page after ``?after=`` or before ``?before=``, else the first one.

    ``order`` names fields that are never null, the last of them unique (``("-published_at", "-id")``). A key that was
    not made here is as good as none.
    """
    before = _read(rows.model, order, request.GET.get("before", ""))
    after = None if before else _read(rows.model, order, request.GET.get("after", ""))
    if before:
        turned = [_turned(name) for name in order]
        found = list(rows.filter(_beyond(turned, before)).order_by(*turned)[: size + 1])
        more, shown = len(found) > size, found[:size][::-1]
        return KeysetPage(shown, _key(shown[-1], order) if shown else "", _key(shown[0], order) if more else "")
    rest = rows.filter(_beyond(order, after)) if after else rows
    found = list(rest.order_by(*order)[: size + 1])
    shown = found[:size]
    return KeysetPage(
        shown,
        _key(shown[-1], order) if len(found) > size else "",
        _key(shown[0], order) if after and shown else "",
    )


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Return the condition "comes later than these values"; the first field alone, so that its index is used."""
    later, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        lookup = "lt" if name.startswith("-") else "gt"
        later |= same & Q(**{f"{name.lstrip('-')}__{lookup}": value})
        same &= Q(**{name.lstrip("-"): value})
    first = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{order[0].lstrip('-')}__{first}": values[0]}) & later


def _key(row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    text = json.dumps(values, cls=_Exact)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


class _Exact(DjangoJSONEncoder):
    """Moments to the microsecond: Django's encoder cuts them to what JavaScript knows, and rows would repeat."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _read(model: type[Model], order: Sequence[str], key: str) -> list[Any] | None:
    try:
        values = json.loads(base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)))
        if not isinstance(values, list) or None in values:
            return None
        fields: list[Any] = [model._meta.get_field(name.lstrip("-")) for name in order]
        # A number may be larger than any database holds; what the field takes, it can compare.
        return [field.clean(value, None) for field, value in zip(fields, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, ValidationError, RecursionError):
        return None


def is_key(model: type[Model], order: Sequence[str], key: str) -> bool:
    """Say whether a key was made for a list of this model in this order."""
    return _read(model, order, key) is not None
