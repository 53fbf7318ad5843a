"""Allocation runs: a cohort is matched to places in one go."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Cohort
from apps.applications import permissions
from apps.applications.states import AllocationState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel


class AllocationRun(StatefulModel):
    """One attempt to allocate a cohort; ``result`` maps enrolments to places once it is solved."""

    MOVE_RELATED = ("cohort",)

    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, related_name="allocation_runs", verbose_name=_("cohort")
    )
    title = models.CharField(_("title"), max_length=120)
    result = models.JSONField(default=dict, blank=True)
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
        custom=move(_("Publish"), danger=Danger.MAIN, stamps={"published_at": Stamp.NOW}),
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
