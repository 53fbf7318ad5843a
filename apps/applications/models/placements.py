"""Placements: student, company, dates and supervisors."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Company, Enrolment
from apps.applications import permissions
from apps.applications.models.applications import Application
from apps.applications.states import PlacementOrigin, PlacementState, SupervisorKind
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel, Timestamped


class Placement(StatefulModel):
    """A student at a company for some time. A student may have several, with overlapping dates and shares."""

    MOVE_RELATED = ("enrolment__cohort", "company")
    MOVE_PREFETCH = ("supervisors",)
    # To confirm one place gives up the student's others.
    LOCK_FIRST = "enrolment"

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="placements", verbose_name=_("enrolment")
    )
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="placements", verbose_name=_("company"))
    application = models.OneToOneField(
        Application,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="placement",
        verbose_name=_("application"),
    )
    origin = models.CharField(_("way in"), max_length=12, choices=PlacementOrigin)
    start = models.DateField(_("first day"))
    end = models.DateField(_("last day"))
    share = models.PositiveSmallIntegerField(_("share in per cent"), default=100)
    site_address = models.CharField(_("address of the site"), max_length=240, blank=True)
    task = models.TextField(_("what the student will do"), blank=True)
    # Whom the student named for a self-found place: only words until a coordinator confirms the place.
    supervisor_name = models.CharField(_("supervisor in the company"), max_length=120, blank=True)
    supervisor_email = models.EmailField(_("e-mail of the supervisor"), blank=True)
    supervisor_phone = models.CharField(_("phone of the supervisor"), max_length=20, blank=True)
    host_answered_at = models.DateTimeField(_("answered by the host"), null=True, blank=True, editable=False)
    arrived_on = models.DateField(_("arrived"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    state = FSMField(
        _("state"),
        choices=PlacementState,
        default=PlacementState.PROPOSED,
        protected=True,
        db_index=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        ordering = ["-start", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end__gte=models.F("start")),
                name="applications_placement_dates",
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(share__range=(1, 100)),
                name="applications_placement_share",
                violation_error_message=_("The share is 1 to 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.company}"

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.enrolment.cohort.department_id

    @transition(
        field=state,
        source=PlacementState.PROPOSED,
        target=PlacementState.CONFIRMED,
        permission=permissions.can_confirm_placement,
        custom=move(
            _("Confirm"),
            help=_("The place is settled; the student's other applications are closed if the cohort says so."),
            danger=Danger.MAIN,
            bulk=False,
            stamps={"confirmed_at": Stamp.NOW},
        ),
    )
    def confirm(self) -> None:
        """Settle it."""

    @transition(
        field=state,
        source=PlacementState.CONFIRMED,
        target=PlacementState.ACTIVE,
        permission=permissions.coordinates_placement,
        conditions=[permissions.has_started],
        custom=move(_("Mark as arrived"), danger=Danger.MAIN, system=True),
    )
    def activate(self) -> None:
        """The student has arrived; logs can be sent from now on."""

    @transition(
        field=state,
        source=PlacementState.ACTIVE,
        target=PlacementState.COMPLETED,
        permission=permissions.coordinates_placement,
        conditions=[permissions.is_over],
        custom=move(_("Complete"), danger=Danger.MAIN),
    )
    def complete(self) -> None:
        """All is done."""

    @transition(
        field=state,
        source=[PlacementState.PROPOSED, PlacementState.CONFIRMED],
        target=PlacementState.CANCELLED,
        permission=permissions.can_cancel_placement,
        custom=move(_("Cancel"), danger=Danger.FINAL, needs_reason=True, system=True, stamps={"reason": Stamp.REASON}),
    )
    def cancel(self) -> None:
        """It does not take place."""

    @transition(
        field=state,
        source=PlacementState.ACTIVE,
        target=PlacementState.ENDED_EARLY,
        permission=permissions.coordinates_placement,
        custom=move(_("End early"), danger=Danger.FINAL, needs_reason=True, stamps={"reason": Stamp.REASON}),
    )
    def end_early(self) -> None:
        """It stops before its last day."""


class PlacementSupervisor(Timestamped):
    """Who looks after the student at this placement, on either side; deputies may do what supervisors may."""

    placement = models.ForeignKey(
        Placement, on_delete=models.CASCADE, related_name="supervisors", verbose_name=_("placement")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="supervisions", verbose_name=_("person")
    )
    kind = models.CharField(_("side"), max_length=12, choices=SupervisorKind)
    is_deputy = models.BooleanField(_("deputy"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("supervisor of a placement")
        verbose_name_plural = _("supervisors of placements")
        constraints = [
            # Without the side: nobody verifies as industrial and validates as university supervisor of one student.
            models.UniqueConstraint(fields=["placement", "user"], name="applications_supervisor_one_side"),
        ]
        indexes = [models.Index(fields=["user", "kind", "is_active"])]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kind_display()}"
