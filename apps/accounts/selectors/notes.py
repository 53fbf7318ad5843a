"""Notes of coordinators: which a user has, and which are about an object."""

from typing import TYPE_CHECKING

from django.db.models import Model, Q, QuerySet

from apps.accounts.models import Company, Enrolment, Note
from apps.accounts.selectors.organisations import companies_moderated_by
from apps.accounts.selectors.scope import everything_for, in_scope

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


def notes_visible_to(user: "Viewer") -> QuerySet[Note]:
    """Those about students of cohorts and about companies in the user's scope; a superuser has all."""
    decided = companies_moderated_by(user).order_by().values("pk")
    return Note.objects.filter(everything_for(user, in_scope(user, "enrolment__cohort") | Q(company__in=decided)))


def notes_about(row: Model, user: "Viewer") -> QuerySet[Note]:
    """Return the user's notes on an object, newest first; on a student also those on what is the student's."""
    rows = notes_visible_to(user).select_related("author")
    if isinstance(row, Company):
        return rows.filter(company=row)
    if isinstance(row, Enrolment):
        return rows.filter(enrolment=row)
    return rows.filter(label=row._meta.label, key=row.pk)
