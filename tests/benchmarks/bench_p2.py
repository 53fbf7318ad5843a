"""P2, lists under rights in a large university, beside the plainest query for the same rows.

Parts: ``mine`` is a page of 50 of a university supervisor's placements, counted, beside the relation filter without any
question of rights; ``growth`` is the same page in ten times as many students beside the smaller number; ``list`` is
the first page of the coordinators' list of days beside a page of the same frame with one column, no filter and no
count; ``checks`` is the predicate for 100 days beside the query that reads which of them are the supervisor's. The
person's roles and grants are read before, as every page reads them once.
``COUNT`` is the larger number of students (each with 50 days): 100,000 unless it is set, on SQLite 10,000.
"""

import os
from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar, Final

from django.contrib import admin
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Q, QuerySet
from django.test import RequestFactory

from apps.accounts.models import Department, User
from apps.accounts.services.people import grant
from apps.applications.models import Placement
from apps.applications.selectors import placements_supervised_by
from apps.applications.states import SupervisorKind
from apps.logbook.admin.entries import DailyLogAdmin
from apps.logbook.models import DailyLog
from apps.logbook.permissions import can_view_entry
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.bulk import among
from tests.benchmarks.figures import Figure, medians
from tests.benchmarks.season import FIRST, Season, fill
from tests.factories.accounts import UserFactory

DAYS: Final = 50
COUNTS: Final = {"postgresql": 100_000, "sqlite": 10_000}
PAGE: Final = 50
CHECKED: Final = 100


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where a list and its reference have different rows."""
    large = int(os.environ.get("COUNT", COUNTS[connection.vendor]))
    small_s = 0.0
    for size, first in ((large // 10, FIRST), (large, 10 * FIRST)):
        season = Season(size, DAYS, first)
        fill(season)
        supervisor = User.objects.get(pk=season.first + season.students)
        ours, reference = partial(_mine, supervisor), partial(_related, supervisor)
        _same(ours(), reference())
        ours_s, reference_s = medians(ours, reference)
        yield Figure(size, ours_s, reference_s, goal=1.5, part="mine")
        if size == large:
            yield Figure(f"{large // 10} -> {large}", ours_s, small_s, goal=2, part="growth")
        small_s = ours_s
        yield _listed(size)
        yield _checked(size, supervisor)


def _same(ours: object, reference: object) -> None:
    if ours != reference:
        message = f"the list is {str(ours)[:200]} and the reference {str(reference)[:200]}"
        raise AssertionError(message)


# -- my students ----------------------------------------------------------------------------------------------------


def _page(rows: QuerySet[Placement]) -> tuple[int, list[str]]:
    ordered = rows.select_related("enrolment__student").order_by("enrolment__student__last_name", "pk")
    return rows.count(), [str(row.enrolment.student) for row in ordered[:PAGE]]


def _mine(supervisor: User) -> tuple[int, list[str]]:
    return _page(placements_supervised_by(supervisor, SupervisorKind.UNIVERSITY))


def _related(supervisor: User) -> tuple[int, list[str]]:
    mine = Q(supervisors__user=supervisor, supervisors__kind=SupervisorKind.UNIVERSITY, supervisors__is_active=True)
    return _page(Placement.objects.filter(mine))


# -- the coordinators' list -----------------------------------------------------------------------------------------


class _Uncounted(Paginator[DailyLog]):
    count = PAGE * 100


class _OneColumn(DailyLogAdmin):
    paginator: ClassVar[Any] = _Uncounted
    list_display: Any = ("day",)
    search_fields: ClassVar[Any] = ()
    date_hierarchy: ClassVar[Any] = None
    list_select_related: ClassVar[Any] = False
    show_full_result_count = False

    def get_list_filter(self, request: Any) -> list[Any]:
        del request
        return []


def _listed(size: int) -> Figure:
    person = UserFactory.create(is_staff=True)
    grant(person, Department.objects.order_by("-pk")[0], actor=SYSTEM)
    whole, bare = admin.site.get_model_admin(DailyLog), _OneColumn(DailyLog, admin.site)
    ours, reference = partial(_opened, whole, person), partial(_opened, bare, person)
    _same(ours(), reference())
    return Figure(size, *medians(ours, reference), goal=1.75, part="list")


def _opened(page: Any, person: User) -> list[int]:
    """Return the keys of the rows of the page, which is drawn as a browser would get it."""
    request: Any = RequestFactory().get("/admin/logbook/dailylog/")
    request.user = User.objects.get(pk=person.pk)
    request.session = SessionStore()
    request._messages = FallbackStorage(request)
    answer = page.changelist_view(request).render()
    assert answer.status_code == 200
    return [row.pk for row in answer.context_data["cl"].result_list]


# -- object by object -----------------------------------------------------------------------------------------------


def _checked(size: int, supervisor: User) -> Figure:
    sent = DailyLog.objects.exclude(state=ChainState.DRAFT)
    own = list(sent.filter(placement__supervisors__user=supervisor).values_list("pk", flat=True)[: CHECKED // 2])
    keys = own + list(sent.exclude(pk__in=own).order_by("-pk").values_list("pk", flat=True)[: CHECKED - len(own)])
    ours, reference = partial(_predicate, keys, supervisor), partial(_relation, keys, supervisor)
    _same(ours(), reference())
    return Figure(size, *medians(ours, reference), goal=3.5, part="checks")


def _predicate(keys: list[int], supervisor: User) -> list[int]:
    rows = DailyLog.objects.filter(among(keys)).select_related(*DailyLog.MOVE_RELATED)
    found = rows.prefetch_related(*DailyLog.MOVE_PREFETCH).order_by("pk")
    return [row.pk for row in found if can_view_entry(row, supervisor)]


def _relation(keys: list[int], supervisor: User) -> list[int]:
    rows = DailyLog.objects.filter(among(keys), placement__supervisors__user=supervisor)
    return [row.pk for row in rows.select_related(*DailyLog.MOVE_RELATED).order_by("pk")]
