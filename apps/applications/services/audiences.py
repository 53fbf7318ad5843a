"""As what the people around placements are written to."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.selectors import everything_for, in_scope
from apps.accounts.services.mass_mail import NAMES, Addressee, Audience, declare_audience, names_of
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.states import SupervisorKind

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


def placements_written_to_by(user: "Viewer") -> QuerySet[Placement]:
    """Placements of students in the cohorts that the user coordinates; a superuser has all."""
    return Placement.objects.filter(everything_for(user, in_scope(user, "enrolment__cohort")))


def _trainees(rows: QuerySet[Any]) -> Iterator[Addressee]:
    related = rows.select_related("enrolment__student", "enrolment__cohort", "company").order_by("-start", "pk")
    for row in related.filter(enrolment__student__is_active=True):
        fields = {
            **names_of(row.enrolment.student),
            "cohort": row.enrolment.cohort.name,
            "company": row.company.name,
            "first_day": date_format(row.start, "j F Y"),
            "last_day": date_format(row.end, "j F Y"),
        }
        yield Addressee(row.enrolment.student, row.pk, fields)


def _supervisors(rows: QuerySet[Any], kind: SupervisorKind) -> Iterator[Addressee]:
    found = PlacementSupervisor.objects.filter(placement__in=rows.order_by().values("pk"), kind=kind, is_active=True)
    for row in found.filter(user__is_active=True).select_related("user").order_by("pk"):
        # Who looks after several students gets one mail, in which no student is named.
        yield Addressee(row.user, row.placement_id, names_of(row.user))


TRAINEES: Final = declare_audience(
    Audience(
        "applications.trainees",
        "applications.placement",
        placements_written_to_by,
        _trainees,
        {
            **NAMES,
            "cohort": _("cohort"),
            "company": _("company"),
            "first_day": _("first day"),
            "last_day": _("last day"),
        },
    )
)
HOSTS: Final = declare_audience(
    Audience(
        "applications.hosts",
        "applications.placement",
        placements_written_to_by,
        lambda rows: _supervisors(rows, SupervisorKind.INDUSTRIAL),
        NAMES,
    )
)
UNIVERSITY: Final = declare_audience(
    Audience(
        "applications.university",
        "applications.placement",
        placements_written_to_by,
        lambda rows: _supervisors(rows, SupervisorKind.UNIVERSITY),
        NAMES,
    )
)
