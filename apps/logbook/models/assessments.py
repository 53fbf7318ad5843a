"""Rubrics that staff configure and the assessments that host and university fill in."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Cohort
from apps.applications.models import Placement
from apps.logbook import permissions
from apps.logbook.states import AssessmentKind, AssessmentState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel, Timestamped


class Rubric(Timestamped):
    """A form of one cohort. ``criteria`` is a list of ``{"key", "label", "max", "weight"}``."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="rubrics", verbose_name=_("cohort"))
    kind = models.CharField(_("kind"), max_length=14, choices=AssessmentKind)
    title = models.CharField(_("title"), max_length=120)
    criteria = models.JSONField[list[dict[str, object]], list[dict[str, object]]](_("criteria"), default=list)
    weight = models.PositiveSmallIntegerField(_("weight in per cent"), default=100)

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        ordering = ["cohort", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["cohort", "kind"], name="logbook_one_rubric_a_kind"),
            models.CheckConstraint(condition=models.Q(weight__lte=100), name="logbook_rubric_weight"),
        ]

    def __str__(self) -> str:
        return self.title


class Assessment(StatefulModel):
    """One filled-in rubric. ``answers`` maps a criterion's key to points; ``mark`` is in per cent."""

    MOVE_RELATED = ("rubric", "placement__enrolment__cohort")
    MOVE_PREFETCH = ("placement__supervisors",)

    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("rubric"))
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("placement")
    )
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    mark = models.DecimalField(_("mark in per cent"), max_digits=5, decimal_places=2, null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    state = FSMField(
        _("state"), choices=AssessmentState, default=AssessmentState.OPEN, protected=True, db_index=True, editable=False
    )

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["rubric", "placement"], name="logbook_one_assessment")]

    def __str__(self) -> str:
        return f"{self.rubric} · {self.placement}"

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.placement.enrolment.cohort.department_id

    @transition(
        field=state,
        source=AssessmentState.OPEN,
        target=AssessmentState.SUBMITTED,
        permission=permissions.assesses,
        custom=move(
            _("Send"),
            danger=Danger.MAIN,
            bulk=False,
            stamps={"submitted_at": Stamp.NOW, "submitted_by": Stamp.ACTOR},
        ),
    )
    def submit(self) -> None:
        """It is filled in."""

    @transition(
        field=state,
        source=AssessmentState.SUBMITTED,
        target=AssessmentState.RELEASED,
        permission=permissions.coordinates_assessment,
        custom=move(_("Release"), help=_("The student sees it."), danger=Danger.MAIN),
    )
    def release(self) -> None:
        """The mark counts."""

    @transition(
        field=state,
        source=[AssessmentState.SUBMITTED, AssessmentState.RELEASED],
        target=AssessmentState.OPEN,
        permission=permissions.coordinates_assessment,
        custom=move(_("Reopen"), danger=Danger.CAREFUL, needs_reason=True),
    )
    def reopen(self) -> None:
        """Something was wrong; who filled it in may change it."""
