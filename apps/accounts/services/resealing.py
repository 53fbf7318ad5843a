"""What an erasure changes in sealed rows is sealed anew, but only where the row was sound before."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps

from apps.accounts.models import Erasure
from apps.accounts.services.history import seal_anew
from apps.accounts.services.seals import Part, Seal, altered, seals


class Resealing:
    """Remembers the sound sealed rows that an erasure is about to change.

    A row that was altered by hand before stays so in sight: an erasure is no way to make it good.
    """

    def __init__(self) -> None:
        self._sound: dict[str, set[Any]] = defaultdict(set)
        self._seen: dict[str, set[Any]] = defaultdict(set)

    def touch(self, label: str, pks: Iterable[Any]) -> None:
        """Note that rows of this model, sealed ones or parts of sealed ones, are about to change."""
        wanted = list(pks)
        for seal in seals():
            if seal.label == label:
                self._note(seal, wanted)
            for part in seal.parts:
                if part.label == label:
                    self._note(seal, _owners(part, wanted))

    def _note(self, seal: Seal, pks: list[Any]) -> None:
        fresh = [pk for pk in pks if pk not in self._seen[seal.label]]
        self._seen[seal.label].update(fresh)
        sealed = list(seal.rows.filter(pk__in=fresh, state__in=seal.states).values_list("pk", flat=True))
        self._sound[seal.label].update(set(sealed) - altered(seal, sealed))

    def seal_again(self, erasure: Erasure) -> None:
        """Seal what is left of the rows."""
        for seal in seals():
            seal_anew(list(seal.rows.filter(pk__in=self._sound[seal.label]).order_by("pk")), erasure=erasure)


def _owners(part: Part, pks: list[Any]) -> list[Any]:
    rows = apps.get_model(part.label)._base_manager.filter(pk__in=pks)
    return list(rows.values_list(part.key, flat=True).distinct())
