"""Programs that come without a person: by a service token they read what a view opens to them, and nothing else."""

from dataclasses import dataclass
from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request


@dataclass(frozen=True)
class Program:
    """Who asks where no person does. It has no role and no anchor, so selectors would give it nothing."""

    pk: str
    may_read: bool
    is_authenticated: bool = True
    is_active: bool = True
    is_superuser: bool = False


class PeopleOrPrograms(BasePermission):
    """People are judged by selectors and services; programs may list and read where a view has ``for_programs``."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether the request may go on."""
        user: Any = request.user
        if not isinstance(user, Program):
            return bool(user and user.is_authenticated)
        reads = request.method in SAFE_METHODS and getattr(view, "action", "") in ("list", "retrieve")
        return reads and user.may_read and getattr(view, "for_programs", None) is not None
