"""Arrival notes: "I am here since …, my supervisor is …"."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.applications.models import Placement
from apps.logbook import permissions
from apps.logbook.states import ArrivalState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel


class ArrivalNote(StatefulModel):
    """One per placement; confirming it makes the placement active.

    ``address_waits``: nobody vouches for the address that the student typed, so it makes nobody a supervisor before
    a coordinator has looked at it.
    """

    MOVE_RELATED = ("placement__enrolment__cohort",)
    MOVE_PREFETCH = ("placement__supervisors",)

    placement = models.OneToOneField(
        Placement, on_delete=models.PROTECT, related_name="arrival", verbose_name=_("placement")
    )
    arrived_on = models.DateField(_("here since"))
    supervisor_name = models.CharField(_("supervisor's name"), max_length=120)
    supervisor_email = models.EmailField(_("supervisor's e-mail"), blank=True)
    supervisor_phone = models.CharField(_("supervisor's phone"), max_length=20, blank=True)
    address_waits = models.BooleanField(_("address to be checked"), default=False, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    state = FSMField(
        _("state"), choices=ArrivalState, default=ArrivalState.SUBMITTED, protected=True, db_index=True, editable=False
    )

    class Meta:
        verbose_name = _("arrival note")
        verbose_name_plural = _("arrival notes")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.placement)

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.placement.enrolment.cohort.department_id

    @transition(
        field=state,
        source=ArrivalState.SUBMITTED,
        target=ArrivalState.CONFIRMED,
        permission=permissions.confirms_arrival,
        custom=move(
            _("Confirm arrival"),
            help=_("The student may send daily logs from now on."),
            danger=Danger.MAIN,
            bulk=False,
            stamps={"decided_at": Stamp.NOW},
        ),
    )
    def confirm(self) -> None:
        """Yes, the student is here; ``services.arrivals`` makes the placement active with it."""

    @transition(
        field=state,
        source=ArrivalState.SUBMITTED,
        target=ArrivalState.DISPUTED,
        permission=permissions.confirms_arrival,
        custom=move(
            _("This is not right"),
            danger=Danger.CAREFUL,
            needs_reason=True,
            stamps={"decided_at": Stamp.NOW, "reason": Stamp.REASON},
        ),
    )
    def dispute(self) -> None:
        """The date is wrong, or it is not my trainee."""

    @transition(
        field=state,
        source=ArrivalState.SUBMITTED,
        target=ArrivalState.SUBMITTED,
        permission=permissions.coordinates_arrival,
        conditions=[permissions.address_waits],
        custom=move(
            _("Allow this supervisor"),
            help=_("The person is asked to confirm the arrival and may verify the student's logs."),
            danger=Danger.MAIN,
        ),
    )
    def allow_address(self) -> None:
        """It is somebody of the company; ``services.arrivals`` makes the person a supervisor with it."""

    @transition(
        field=state,
        source=ArrivalState.SUBMITTED,
        target=ArrivalState.DISPUTED,
        permission=permissions.coordinates_arrival,
        conditions=[permissions.address_waits],
        custom=move(
            _("Refuse this supervisor"),
            danger=Danger.CAREFUL,
            needs_reason=True,
            stamps={"decided_at": Stamp.NOW, "reason": Stamp.REASON},
        ),
    )
    def refuse_address(self) -> None:
        """It is nobody of the company, or nobody knows."""

    @transition(
        field=state,
        source=ArrivalState.DISPUTED,
        target=ArrivalState.SUBMITTED,
        permission=permissions.reports_arrival,
        custom=move(_("Send again"), danger=Danger.MAIN),
    )
    def submit(self) -> None:
        """The student has mended it."""

    @transition(
        field=state,
        source=ArrivalState.CONFIRMED,
        target=ArrivalState.SUBMITTED,
        permission=permissions.coordinates_arrival,
        custom=move(_("Reopen"), danger=Danger.CAREFUL, needs_reason=True, stamps={"reason": Stamp.REASON}),
    )
    def reopen(self) -> None:
        """The coordinator wants it confirmed again."""
