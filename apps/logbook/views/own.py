"""Whose pages these are: the student's own."""

import datetime as dt
from typing import TYPE_CHECKING, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from apps.accounts.models import Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.logbook.selectors import enrolment_on

if TYPE_CHECKING:
    from apps.accounts.models import User


def student_of(request: HttpRequest) -> "User":
    """Return the student, or answer 403: these pages are for nobody else."""
    if not has_role(request.user, Role.STUDENT):
        raise PermissionDenied
    return cast("User", request.user)


def enrolment_of(request: HttpRequest, day: dt.date) -> Enrolment:
    """Return the student's enrolment of that day; 404 for who is enrolled nowhere."""
    enrolment = enrolment_on(student_of(request), day)
    if enrolment is None:
        raise Http404
    return enrolment
