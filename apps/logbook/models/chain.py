"""The verification chain: one machine for daily logs and weekly reports."""

import datetime as dt
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Enrolment
from apps.applications.models import Placement
from apps.logbook import permissions
from apps.logbook.states import ChainState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel


class ChainModel(StatefulModel):
    """What a student writes, the company verifies and the university validates.

    The placement may be empty while it is a draft. Once validated the row never changes again: a correction is a
    new row that names the one it ``supersedes`` and goes through the chain itself.
    """

    MOVE_RELATED = ("enrolment__cohort", "placement")
    MOVE_PREFETCH = ("placement__supervisors",)

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("enrolment")
    )
    placement = models.ForeignKey(
        Placement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("placement"),
    )
    week_start = models.DateField(_("Monday of the week"), db_index=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    validated_at = models.DateTimeField(_("validated"), null=True, blank=True, editable=False)
    validated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    host_comment = models.TextField(_("comment of the company"), blank=True)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by", editable=False
    )
    is_current = models.BooleanField(default=True, editable=False)
    state = FSMField(
        _("state"), choices=ChainState, default=ChainState.DRAFT, protected=True, db_index=True, editable=False
    )

    class Meta:
        abstract = True

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.enrolment.cohort.department_id

    @property
    def first_day(self) -> dt.date:
        """The day of a log, the Monday of a week."""
        return self.week_start

    @property
    def last_day(self) -> dt.date:
        """The day of a log, the Sunday of a week."""
        return self.week_start + dt.timedelta(days=6)

    @property
    def main_text(self) -> str:
        """The text without which it cannot be sent."""
        return ""

    @property
    def day_hours(self) -> Decimal | None:
        """Hours of the day; None for a week, whose hours are the sum of its days."""
        return None

    @transition(
        field=state,
        source=[ChainState.DRAFT, ChainState.REVISION_REQUESTED],
        target=ChainState.SUBMITTED,
        permission=permissions.is_author,
        conditions=[
            permissions.placement_is_active,
            permissions.has_begun,
            permissions.within_days_back,
            permissions.has_text,
            permissions.hours_within_limits,
        ],
        custom=move(_("Send"), danger=Danger.MAIN, stamps={"submitted_at": Stamp.NOW}),
    )
    def submit(self) -> None:
        """Give it to the industrial supervisor."""

    @transition(
        field=state,
        source=ChainState.SUBMITTED,
        target=ChainState.DRAFT,
        permission=permissions.is_author,
        custom=move(_("Take back"), help=_("As long as nobody has decided."), danger=Danger.CAREFUL),
    )
    def recall(self) -> None:
        """The student wants to write on."""

    @transition(
        field=state,
        source=ChainState.SUBMITTED,
        target=ChainState.VERIFIED_INDUSTRY,
        permission=permissions.verifies,
        custom=move(_("Approve"), danger=Danger.MAIN, stamps={"verified_at": Stamp.NOW, "verified_by": Stamp.ACTOR}),
    )
    def verify(self) -> None:
        """The company confirms that it was so."""

    @transition(
        field=state,
        source=ChainState.SUBMITTED,
        target=ChainState.REVISION_REQUESTED,
        permission=permissions.verifies,
        custom=move(_("Send back"), danger=Danger.CAREFUL, needs_reason=True, stamps={"reason": Stamp.REASON}),
    )
    def request_revision(self) -> None:
        """The student has to mend something."""

    @transition(
        field=state,
        source=ChainState.VERIFIED_INDUSTRY,
        target=ChainState.VERIFIED_ACADEMIC,
        permission=permissions.validates,
        custom=move(
            _("Validate"),
            help=_("Locked and archived from then on."),
            danger=Danger.MAIN,
            stamps={"validated_at": Stamp.NOW, "validated_by": Stamp.ACTOR},
        ),
    )
    def validate(self) -> None:
        """The university accepts it; it is locked."""

    @transition(
        field=state,
        source=ChainState.VERIFIED_INDUSTRY,
        target=ChainState.FLAGGED,
        permission=permissions.validates,
        custom=move(
            _("Flag to the coordinator"), danger=Danger.CAREFUL, needs_reason=True, stamps={"reason": Stamp.REASON}
        ),
    )
    def flag(self) -> None:
        """Something is odd; the coordinator decides."""

    @transition(
        field=state,
        source=ChainState.FLAGGED,
        target=ChainState.REVISION_REQUESTED,
        permission=permissions.coordinates_author,
        custom=move(
            _("Return to the student"), danger=Danger.CAREFUL, needs_reason=True, stamps={"reason": Stamp.REASON}
        ),
    )
    def return_to_student(self) -> None:
        """The student has to mend it."""

    @transition(
        field=state,
        source=ChainState.FLAGGED,
        target=ChainState.SUBMITTED,
        permission=permissions.coordinates_author,
        custom=move(
            _("Return to the company"), danger=Danger.CAREFUL, needs_reason=True, stamps={"reason": Stamp.REASON}
        ),
    )
    def return_to_host(self) -> None:
        """The company has to look at it again."""

    @transition(
        field=state,
        source=ChainState.FLAGGED,
        target=ChainState.VERIFIED_INDUSTRY,
        permission=permissions.coordinates_author,
        custom=move(
            _("Uphold"), help=_("The company's word stands; the university supervisor goes on."), danger=Danger.MAIN
        ),
    )
    def uphold(self) -> None:
        """The flag was not justified."""
