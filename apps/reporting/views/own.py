"""Whose report it is."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone

from apps.accounts.models import Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.logbook.selectors import enrolment_on


def own_enrolment(request: HttpRequest) -> Enrolment:
    """Return the student's enrolment; 403 for everybody else, 404 for who is enrolled nowhere."""
    if not has_role(request.user, Role.STUDENT):
        raise PermissionDenied
    enrolment = enrolment_on(request.user, timezone.localdate())
    if enrolment is None:
        raise Http404
    return enrolment
