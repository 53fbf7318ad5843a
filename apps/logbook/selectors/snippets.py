"""Feedback sentences: whose a person may use, and with whom own ones may be shared."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Company, Department
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.logbook.models import Snippet
from apps.logbook.permissions import department_of
from portal.kernel.access import scope_of
from portal.kernel.errors import Text

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


def snippets_visible_to(user: "Viewer") -> QuerySet[Snippet]:
    """One's own, those shared in one's company and those shared in one's department."""
    own = Q(owner=user.pk) if user.is_active else Q(pk__in=[])
    mine = own | Q(company__in=scope_of(user).memberships) | Q(department__in=_departments(user))
    return Snippet.objects.filter(mine).select_related("owner", "company", "department")


def _departments(user: "Viewer") -> set[int]:
    coordinated = scope_of(user).departments if has_role(user, Role.COORDINATOR) else frozenset[int]()
    own = department_of(user)
    return {*coordinated, *([] if own is None else [own])}


@dataclass(frozen=True)
class Circle:
    """With whom a sentence is shared: the people of a company, those of a department, or nobody."""

    label: Text
    company_id: int | None = None
    department_id: int | None = None


def circles_of(user: "Viewer") -> dict[str, Circle]:
    """Return the circles to which the user belongs by the key that a form sends; the empty key is the user alone."""
    circles = {"": Circle(_("Only I"))}
    for company in Company.objects.filter(pk__in=scope_of(user).memberships).order_by("name", "pk"):
        circles[f"c{company.pk}"] = Circle(company.name, company_id=company.pk)
    for department in Department.objects.filter(pk__in=_departments(user)).order_by("name", "pk"):
        circles[f"d{department.pk}"] = Circle(department.name, department_id=department.pk)
    return circles


def circle_key(snippet: Snippet) -> str:
    """Return the key of the circle with which a sentence is shared."""
    if snippet.company_id is not None:
        return f"c{snippet.company_id}"
    return f"d{snippet.department_id}" if snippet.department_id is not None else ""
