"""Allocation runs: a cohort is matched to places in one go."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Cohort, Enrolment, Job
from apps.applications import permissions
from apps.applications.models.placements import Placement
from apps.applications.models.rounds import AllocationOffer, AllocationRound
from apps.applications.states import AllocationState, AllocationWay
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel, Timestamped


class AllocationRun(StatefulModel):
    """One attempt to allocate a cohort, which can be laid beside another one and done again with the same answer.

    ``rules`` are those of the round when it was solved, ``digest`` is the hash of all that went in, and ``result``
    holds the figures. Who got what are its allotments. Students see nothing of it before it is published.
    """

    MOVE_RELATED = ("cohort",)

    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, related_name="allocation_runs", verbose_name=_("cohort")
    )
    round = models.ForeignKey(
        AllocationRound, on_delete=models.CASCADE, related_name="runs", verbose_name=_("round of allocation")
    )
    title = models.CharField(_("title"), max_length=120)
    way = models.CharField(_("way"), max_length=10, choices=AllocationWay, default=AllocationWay.STABLE)
    seed = models.PositiveIntegerField(_("seed of the lottery"), default=1)
    rules = models.JSONField(default=dict, blank=True, editable=False)
    digest = models.CharField(_("digest of what went in"), max_length=64, blank=True, editable=False)
    result = models.JSONField(default=dict, blank=True, editable=False)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    # Decided by a coordinator; on that day the portal publishes it by itself.
    publish_on = models.DateField(_("to be published on"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("publication decided by"),
    )
    solved_at = models.DateTimeField(_("solved"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    state = FSMField(_("state"), choices=AllocationState, default=AllocationState.DRAFT, protected=True, editable=False)

    class Meta:
        verbose_name = _("allocation run")
        verbose_name_plural = _("allocation runs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the cohort."""
        return self.cohort.department_id

    @transition(
        field=state,
        source=AllocationState.DRAFT,
        target=AllocationState.SOLVED,
        custom=move(_("Solved"), system=True, stamps={"solved_at": Stamp.NOW}),
    )
    def solve(self) -> None:
        """The solver has found an answer."""

    @transition(
        field=state,
        source=AllocationState.SOLVED,
        target=AllocationState.PUBLISHED,
        permission=permissions.can_run_allocation,
        custom=move(
            _("Publish"),
            help=_("Students learn their places and the reasons, and placements are made. It cannot be taken back."),
            danger=Danger.MAIN,
            system=True,
            bulk=False,
            stamps={"published_at": Stamp.NOW},
        ),
    )
    def publish(self) -> None:
        """Students learn their places."""

    @transition(
        field=state,
        source=[AllocationState.DRAFT, AllocationState.SOLVED],
        target=AllocationState.DISCARDED,
        permission=permissions.can_run_allocation,
        custom=move(_("Discard"), danger=Danger.FINAL),
    )
    def discard(self) -> None:
        """Nothing comes of it."""


class Allotment(Timestamped):
    """What a run gives one student: an offer with the ``rank`` of the wish (0: nobody wished), or a turn in waiting.

    ``reasons`` are codes with facts, put into words for who reads them. ``problem`` says why no placement came of it.
    """

    run = models.ForeignKey(
        AllocationRun, on_delete=models.CASCADE, related_name="allotments", verbose_name=_("allocation run")
    )
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="allotments", verbose_name=_("enrolment")
    )
    offer = models.ForeignKey(
        AllocationOffer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allotments",
        verbose_name=_("offered place"),
    )
    rank = models.PositiveSmallIntegerField(_("wish"), null=True, editable=False)
    waiting = models.PositiveIntegerField(_("turn in waiting"), null=True, editable=False)
    reasons = models.JSONField[list[list[str]], list[list[str]]](_("reasons"), default=list, editable=False)
    by_hand = models.BooleanField(_("by hand"), default=False, editable=False)
    placement = models.OneToOneField(
        Placement,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="allotment",
        verbose_name=_("placement"),
    )
    problem = models.CharField(_("problem"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("allotted place")
        verbose_name_plural = _("allotted places")
        ordering = ["run", "waiting", "id"]
        constraints = [models.UniqueConstraint(fields=["run", "enrolment"], name="applications_allotment_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.offer or self.waiting}"
