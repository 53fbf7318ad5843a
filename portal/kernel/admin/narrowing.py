"""The department or cohort on which a coordinator works: narrows lists and Today, and never shows more.

What is chosen is kept in the session. It is only ever one more condition on rows that a selector has returned, so
that a choice that is no longer the user's finds nothing, and needs no question to be asked of it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, QueryDict

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite

SESSION_KEY: Final = "workspace_narrowing"
# How the address of a list's table names the choice: a job that writes it has no session.
PARAMETER: Final = "_within"
_MOST_DIGITS: Final = 18
_ASKED: Final = "_portal_narrows"
_NAMED: Final = "_portal_narrowing"


class Anchor(StrEnum):
    """What a workspace can be narrowed to."""

    DEPARTMENT = "department"
    COHORT = "cohort"


@dataclass(frozen=True)
class Narrowing:
    """What is chosen, with its name as it was then."""

    anchor: Anchor
    key: int
    name: str


@dataclass(frozen=True)
class Paths:
    """Lookups from a model to its department and to its cohort; an empty one says that there is none.

    With ``several`` a path leads over more than one row, and rows are picked by a subquery.
    """

    department: str = ""
    cohort: str = ""
    several: bool = False

    def narrowed[M: Any](self, rows: QuerySet[M], to: Narrowing) -> QuerySet[M]:
        """Return the rows that belong to what is chosen; all of them where the model belongs to neither."""
        path = self.department if to.anchor is Anchor.DEPARTMENT else self.cohort
        if not path:
            return rows
        condition = Q(**{path: to.key})
        if self.several:
            return rows.filter(pk__in=rows.model._default_manager.filter(condition).order_by().values("pk"))
        return rows.filter(condition)


def through(cohort: str) -> Paths:
    """Return the paths of a model that leads to one cohort, and by it to the department."""
    return Paths(department=f"{cohort}__department", cohort=cohort)


def narrowing_of(request: HttpRequest) -> Narrowing | None:
    """Return what the user has chosen in this session; None for everything that is the user's."""
    if found := getattr(request, _NAMED, None):
        named: Narrowing = found
        return named
    kept = getattr(request, "session", {}).get(SESSION_KEY)
    return Narrowing(Anchor(kept["anchor"]), kept["key"], kept["name"]) if kept else None


def take_from_address(request: HttpRequest) -> None:
    """Narrow a request that has no session by what ``address_of`` wrote; what is written otherwise counts not."""
    query = request.GET.copy()
    anchor, _dash, key = "".join(query.pop(PARAMETER, [])[:1]).partition("-")
    request.GET = QueryDict(query.urlencode())
    if anchor in list(Anchor) and key.isdecimal() and len(key) <= _MOST_DIGITS:
        setattr(request, _NAMED, Narrowing(Anchor(anchor), int(key), ""))


def address_of(request: HttpRequest) -> str:
    """Return the query of an address that shows the list as this request does, what was chosen included."""
    query, chosen = request.GET.copy(), narrowing_of(request)
    if chosen is not None:
        query[PARAMETER] = f"{chosen.anchor}-{chosen.key}"
    return query.urlencode()


def narrow_to(request: HttpRequest, chosen: Narrowing | None) -> None:
    """Keep a choice in the session, or leave it."""
    if chosen is None:
        request.session.pop(SESSION_KEY, None)
    else:
        request.session[SESSION_KEY] = {"anchor": chosen.anchor.value, "key": chosen.key, "name": chosen.name}


def within[M: Any](request: HttpRequest, rows: QuerySet[M], site: "AdminSite | None" = None) -> QuerySet[M]:
    """Return those of a selector's rows that belong to what the user has chosen, as the model's page says."""
    chosen, pages = narrowing_of(request), site or admin.site
    if chosen is None or not pages.is_registered(rows.model):
        return rows
    page: Any = pages.get_model_admin(rows.model)
    paths: Paths = page.belongs
    return paths.narrowed(rows, chosen)


class NarrowedLists:
    """Lists of the workspace show what was chosen; pages of objects stay open for everything that is the user's.

    ``belongs`` says how the model belongs to a department and a cohort. A page without it is the same for all.
    """

    belongs: ClassVar[Paths] = Paths()

    def narrows(self, request: HttpRequest) -> bool:
        """Say whether this request is about a list."""
        return bool(getattr(request, _ASKED, False))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Narrow the rows of the list, of its filters and of its bulk actions."""
        setattr(request, _ASKED, True)
        return super().get_changelist_instance(request)  # type: ignore[misc] # of Django's page
