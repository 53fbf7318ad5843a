"""Lists of millions of rows: what stands around a page must not cost more than the page.

Django counts every row and asks every row for its month before it shows fifty of them.
"""

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.db import models

COUNTED: Final = 10_000
_PARTS: Final = ("year", "month", "day")


class AtLeast(int):
    """A number of which only so much is known that it is not smaller: ``10000+``."""

    def __str__(self) -> str:
        return f"{super().__repr__()}+"


class BoundedPaginator(Paginator[Any]):
    """Counts up to ``COUNTED`` rows. Who has more filters or sorts; further pages are not offered."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or ``AtLeast`` that many."""
        rows: models.QuerySet[Any] = self.object_list  # type: ignore[assignment] # lists of pages are querysets
        found = rows.order_by().values("pk")[: COUNTED + 1].count()
        return AtLeast(COUNTED) if found > COUNTED else found


# -- dates above a list -------------------------------------------------------------------------------------------


def date_choices(cl: Any) -> dict[str, Any]:
    """Return what stands above a list with ``date_hierarchy``: years, months or days between its first and last row.

    The ends are the first rows of an index. Which of the days between have rows is not asked: that reads all of them.
    """
    first, last = _end(cl, cl.date_hierarchy), _end(cl, f"-{cl.date_hierarchy}")
    chosen = [int(value) for part in _PARTS if (value := _chosen(cl, part)) is not None]
    if first is None or last is None:
        return {"show": bool(chosen), "back": {"link": _link(cl, []), "title": _("All dates")}, "choices": []}
    common = _common(first, last)
    level = max(len(chosen), min(len(common), 2))
    shown = [*chosen, *common[len(chosen) : level]]
    choices = [{"title": capfirst(date_format(first, "MONTH_DAY_FORMAT"))}]
    if level < len(_PARTS):
        choices = [_choice(cl, [*shown, getattr(day, _PARTS[level])], day) for day in _steps(first, last, level)]
    return {"show": True, "back": _back(cl, shown, first) if shown else None, "choices": choices}


def _end(cl: Any, order: str) -> dt.date | None:
    name = order.removeprefix("-")
    rows = cl.queryset.filter(**{f"{name}__isnull": False}).order_by(order).values_list(name, flat=True)
    found: dt.date | None = rows.first()
    if isinstance(found, dt.datetime):
        return timezone.localtime(found).date() if timezone.is_aware(found) else found.date()
    return found


def _chosen(cl: Any, part: str) -> Any:
    value = cl.params.get(f"{cl.date_hierarchy}__{part}")
    return value[-1] if isinstance(value, list) else value


def _common(first: dt.date, last: dt.date) -> list[int]:
    """Return year and month as far as all rows share them."""
    if first.year != last.year:
        return []
    return [first.year] if first.month != last.month else [first.year, first.month]


def _steps(first: dt.date, last: dt.date, level: int) -> Iterator[dt.date]:
    if level == 0:
        yield from (dt.date(year, 1, 1) for year in range(first.year, last.year + 1))
    elif level == 1:
        yield from (dt.date(first.year, month, 1) for month in range(first.month, last.month + 1))
    else:
        yield from (first + dt.timedelta(days=days) for days in range((last - first).days + 1))


def _choice(cl: Any, values: list[int], day: dt.date) -> dict[str, Any]:
    form = ("", "YEAR_MONTH_FORMAT", "MONTH_DAY_FORMAT")[len(values) - 1]
    title = capfirst(date_format(day, form)) if form else str(day.year)
    return {"link": _link(cl, values), "title": title}


def _back(cl: Any, shown: list[int], day: dt.date) -> dict[str, Any]:
    titles = (_("All dates"), str(day.year), capfirst(date_format(day, "YEAR_MONTH_FORMAT")))
    return {"link": _link(cl, shown[:-1]), "title": titles[len(shown) - 1]}


def _link(cl: Any, values: list[int]) -> Any:
    names = [f"{cl.date_hierarchy}__{part}" for part in _PARTS]
    return cl.get_query_string(dict(zip(names, values, strict=False)), [f"{cl.date_hierarchy}__"])
