"""Which credentials a user may have."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from apps.accounts.selectors import everything_for, in_scope
from apps.applications.models import Placement
from apps.reporting.models import Credential

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


def credentials_visible_to(user: "Viewer") -> QuerySet[Credential]:
    """Those of the students whom the user coordinates; a superuser has all. Students take theirs at their placement."""
    return Credential.objects.filter(everything_for(user, in_scope(user, "placement__enrolment__cohort")))


def credential_of_placement(placement: Placement) -> Credential | None:
    """Return the credential of a placement, None while there is none."""
    return Credential.objects.filter(placement=placement).first()
