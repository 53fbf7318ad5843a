"""The API beside a bare DRF ModelViewSet over the same rows, both through the whole stack with a bearer token.

Parts: ``logs-list`` and ``placements-list`` are a first page of 50 for a coordinator beside the package's own cursor
pages of the same selector and serializer; ``logs-one`` reads one day with its tag; ``logs-create`` is a student's day
and ``placements-create`` a coordinator's allocation beside ``serializer.save()``, which asks nobody, locks nothing and
writes no history. A day costs more than the goal of the others: under the student's lock ours looks at places, calendar,
absences and limits. The size is the number of days that are there already.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import timezone
from rest_framework import permissions, serializers, viewsets
from rest_framework.pagination import CursorPagination
from rest_framework.routers import SimpleRouter
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.tokens import AccessToken

from apps.accounts.models import HistoryEntry, OutboxTask, User
from apps.accounts.services.people import grant
from apps.accounts.services.token_pairs import issue_pair
from apps.applications.api.placements import PlacementSerializer
from apps.applications.models import Placement
from apps.applications.selectors import placements_visible_to
from apps.logbook.api.v1 import DailyLogSerializer
from apps.logbook.models import DailyLog
from apps.logbook.selectors import logs_visible_to
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.urls import urlpatterns as portal_urls
from tests.benchmarks.figures import Figure, medians
from tests.factories.accounts import CohortFactory, CompanyFactory, EnrolmentFactory
from tests.factories.accounts import UserFactory as PersonFactory
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import monday_of

SIZES = (1_000, 10_000)
DAYS_EACH = 25
REQUESTS = 20
LIST, ONE = 2, 2
CREATE = {"logs": 5, "placements": 4}


class NewestFirst(CursorPagination):
    """The package's own pages by key."""

    ordering = "-pk"
    page_size = 50


class NewLog(serializers.ModelSerializer[DailyLog]):
    """What a stock serializer takes."""

    class Meta:
        model = DailyLog
        fields = ("enrolment", "placement", "day", "week_start", "text", "hours")


class NewPlacement(serializers.ModelSerializer[Placement]):
    """As above."""

    class Meta:
        model = Placement
        fields = ("enrolment", "company", "start", "end")


class Bare(viewsets.ModelViewSet[Any]):
    """A view as its tutorial has it."""

    authentication_classes = (JWTAuthentication,)
    permission_classes = (permissions.IsAuthenticated,)
    throttle_classes = ()
    pagination_class = NewestFirst
    filter_backends = ()


class BareLogs(Bare):
    """Days."""

    def get_queryset(self) -> Any:
        """Return the rows of our list."""
        return logs_visible_to(self.request.user).select_related("enrolment__student")

    def get_serializer_class(self) -> Any:
        """Return what is shown or taken."""
        return NewLog if self.action == "create" else DailyLogSerializer


class BarePlacements(Bare):
    """Places."""

    def get_queryset(self) -> Any:
        """Return the rows of our list."""
        related = ("enrolment__student", "enrolment__cohort", "company")
        return placements_visible_to(self.request.user).select_related(*related)

    def get_serializer_class(self) -> Any:
        """Return what is shown or taken."""
        return NewPlacement if self.action == "create" else PlacementSerializer


router = SimpleRouter()
router.register("logs", BareLogs, basename="bare-log")
router.register("placements", BarePlacements, basename="bare-placement")
urlpatterns = [path("bare/", include(router.urls)), *portal_urls]


def run() -> Iterator[Figure]:
    """Yield the figures; raise ``AssertionError`` where the answers differ."""
    with override_settings(ROOT_URLCONF=__name__):
        cohort = CohortFactory.create(
            start=timezone.localdate() - dt.timedelta(days=60), working_days=[*range(7)], latest_day_back=60
        )
        coordinator = PersonFactory.create()
        grant(coordinator, cohort.department, actor=SYSTEM)
        there = 0
        for size in SIZES:
            _add(cohort, size - there)
            there = size
            yield from _reading(coordinator, size)
            yield from _writing(cohort, coordinator, size)


def _reading(coordinator: User, size: int) -> Iterator[Figure]:
    ours, bare = _ways(coordinator)
    key = DailyLog.objects.values_list("pk", flat=True)[0]
    for part, address, goal in (
        ("logs-list", "logs/", LIST),
        ("placements-list", "placements/", LIST),
        ("logs-one", f"logs/{key}/", ONE),
    ):
        found, wanted = ours("get", address).json(), bare("get", address).json()
        if found.get("results", found) != wanted.get("results", wanted):
            message = f"{address} answers other rows"
            raise AssertionError(message)
        both = (partial(_times, way, "get", [address] * REQUESTS) for way in (ours, bare))
        yield Figure(size, *medians(*both, before=cache.clear), goal=goal, part=part)


def _writing(cohort: Any, coordinator: User, size: int) -> Iterator[Figure]:
    place = PlacementFactory.create(enrolment=EnrolmentFactory.create(cohort=cohort), start=cohort.start)
    days = [timezone.localdate() - dt.timedelta(days=back) for back in range(REQUESTS)]
    written = [{"enrolment": place.enrolment_id, "day": day, "text": "Turned a shaft.", "hours": 8} for day in days]
    more = [{"placement": place.pk, "week_start": monday_of(day)} for day in days]
    yield from _creating("logs", place.enrolment.student, size, written, more)
    company = CompanyFactory.create()
    rows = [{"enrolment": one.pk, "company": company.pk} for one in EnrolmentFactory.create_batch(20, cohort=cohort)]
    span = {"start": cohort.start, "end": cohort.end}
    yield from _creating("placements", coordinator, size, [{**row, **span} for row in rows], [{}] * len(rows))


def _creating(
    things: str, person: User, size: int, bodies: list[dict[str, Any]], more: list[dict[str, Any]]
) -> Iterator[Figure]:
    """Compare entering; ``more`` is what the bare view must be told and ours finds by itself."""
    ours, bare = _ways(person)
    whole = [{**body, **rest} for body, rest in zip(bodies, more, strict=True)]
    model: Any = DailyLog if things == "logs" else Placement
    last = model.objects.order_by("-pk").values_list("pk", flat=True)[0]
    both = (
        partial(_times, way, "post", [f"{things}/"] * len(bodies), sent)
        for way, sent in ((ours, bodies), (bare, whole))
    )
    before = partial(_put_back, model, last)
    yield Figure(size, *medians(*both, before=before), goal=CREATE[things], part=f"{things}-create")
    before()


def _put_back(model: Any, last: int) -> None:
    cache.clear()
    model.objects.filter(pk__gt=last).delete()
    HistoryEntry.objects.all().delete()
    OutboxTask.objects.all().delete()


def _times(way: Callable[..., Any], method: str, addresses: list[str], bodies: list[Any] | None = None) -> None:
    for address, body in zip(addresses, bodies or [None] * len(addresses), strict=True):
        answer = way(method, address, body)
        if answer.status_code not in (200, 201):
            message = f"{address}: {answer.status_code} {answer.content[:300]!r}"
            raise AssertionError(message)


def _ways(person: User) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return how this person asks ours and the bare view."""
    ours, stock = issue_pair(User.objects.get(pk=person.pk)).access, str(AccessToken.for_user(person))
    return partial(_ask, "/api/v1/", {"authorization": f"Bearer {ours}"}), partial(
        _ask, "/bare/", {"authorization": f"Bearer {stock}"}
    )


def _ask(base: str, headers: Mapping[str, str], method: str, address: str, body: Any = None) -> Any:
    how = {} if body is None else {"data": body, "content_type": "application/json"}
    return getattr(Client(), method)(base + address, headers=headers, **how)


def _add(cohort: Any, count: int) -> None:
    """Add so many sent days, and a place for each 25 of them."""
    company = CompanyFactory.create()
    first = timezone.localdate() - dt.timedelta(days=DAYS_EACH)
    logs = []
    for _number in range(count // DAYS_EACH):
        place = PlacementFactory.create(enrolment=EnrolmentFactory.create(cohort=cohort), company=company)
        days = [first + dt.timedelta(days=day) for day in range(DAYS_EACH)]
        logs += [
            DailyLog(
                enrolment=place.enrolment,
                placement=place,
                day=day,
                week_start=monday_of(day),
                text="Measured shafts and turned a new one.",
                state=ChainState.SUBMITTED,
            )
            for day in days
        ]
    DailyLog.objects.bulk_create(logs)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
