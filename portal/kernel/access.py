"""Who may see what: grant tables on anchors, the scope of a user, and scoped querysets.

A right has three steps: the role (a Django group), the anchor (student of, supervisor of, member of, or a grant on
a department, cohort or company), and the predicate in an app's ``permissions.py``. This module holds the second.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from guardian.models import UserObjectPermissionBase

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

    type Actor = User | SystemActor
    type Viewer = User | AnonymousUser


class SystemActor:
    """The portal itself: deadlines, nightly work, imports of a job. Moves must allow it by ``system=True``."""

    pk: None = None
    is_superuser = False
    is_authenticated = False

    def __str__(self) -> str:
        return "system"


SYSTEM: Final = SystemActor()


class AnchorGrant(UserObjectPermissionBase):
    """A guardian grant with a real foreign key to its anchor.

    The generic table stores the key as text: every list then casts it row by row (18x slower at 100,000 students).
    """

    class Meta(UserObjectPermissionBase.Meta):
        abstract = True


@dataclass(frozen=True)
class Scope:
    """The anchors that a user holds, read once a request.

    ``roles`` are group names; the sets hold primary keys: ``departments``, ``cohorts`` and ``coordinated_companies``
    by a grant, ``cohort_departments`` those in which such a cohort is, ``companies`` as their representative,
    ``memberships`` as a member of either kind; ``has_studies`` says that the university knows what the person studies.
    Rights change on the next request because the scope is cached on the user instance, which lives as long as one
    request.
    """

    roles: frozenset[str] = frozenset()
    departments: frozenset[int] = frozenset()
    cohorts: frozenset[int] = frozenset()
    cohort_departments: frozenset[int] = frozenset()
    companies: frozenset[int] = frozenset()
    memberships: frozenset[int] = frozenset()
    coordinated_companies: frozenset[int] = frozenset()
    has_studies: bool = False


@dataclass
class _ScopeReader:
    read: Callable[[Any], Scope] = field(default=lambda _user: Scope())


_reader = _ScopeReader()


def read_scope_with(function: Callable[[Any], Scope]) -> None:
    """Tell the kernel how a user's scope is read; the accounts app calls this once at start."""
    _reader.read = function


def scope_of(user: "Actor | Viewer") -> Scope:
    """Return the user's anchors and roles; empty for the anonymous, the deactivated and the system."""
    if not getattr(user, "is_authenticated", False) or not getattr(user, "is_active", False):
        return Scope()
    cached: Scope | None = user.__dict__.get("_scope")
    if cached is None:
        cached = _reader.read(user)
        user.__dict__["_scope"] = cached
    return cached


def forget_scope(user: "User") -> None:
    """Drop the cached scope after a grant or role of this very instance changed."""
    user.__dict__.pop("_scope", None)


def nothing[M: models.Model](queryset: "models.QuerySet[M]") -> "models.QuerySet[M]":
    """Return the empty set: the answer of every selector to the anonymous."""
    return queryset.none()
