"""Roll-ups of the days, kept by the moves: what the first page shows without reading the days themselves.

Drafts and replaced versions are not counted. What changes by others' hands (the department of a cohort, the supervisors
and the company of a placement) is no column here but joined when it is read, so that it needs no recount.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort
from apps.applications.models import Placement
from apps.logbook.states import ChainState
from portal.kernel.models import Timestamped


class WeekCount(Timestamped):
    """So many days more, or fewer, of a cohort's week are in a state: the number of days is the sum of the rows.

    A move only appends: nobody waits for the row that all of a cohort want on a Sunday evening, and two moves never
    wait for each other in a circle. A beat task folds the rows of one key into one. ``mended_at`` marks what the
    nightly check had to add.
    """

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="week_counts", verbose_name=_("cohort"))
    week_start = models.DateField(_("Monday of the week"))
    state = models.CharField(_("state"), max_length=20, choices=ChainState)
    number = models.IntegerField(_("days"))
    mended_at = models.DateTimeField(_("mended"), null=True, blank=True)

    class Meta:
        verbose_name = _("days of a week")
        verbose_name_plural = _("days of weeks")
        indexes = [models.Index(fields=["cohort", "week_start", "state"], name="logbook_week_count_key")]

    def __str__(self) -> str:
        return f"{self.cohort} · {self.week_start} · {self.number}"


class PlacementCount(Timestamped):
    """How many days of a placement are in each state, since when the oldest waits for the company, and the last day.

    One row for each placement with a day that was sent; it is locked and counted anew with each move of its days.
    """

    placement = models.OneToOneField(
        Placement, on_delete=models.CASCADE, related_name="day_count", verbose_name=_("placement")
    )
    submitted = models.PositiveIntegerField(ChainState.SUBMITTED.label, default=0)
    revision_requested = models.PositiveIntegerField(ChainState.REVISION_REQUESTED.label, default=0)
    verified_industry = models.PositiveIntegerField(ChainState.VERIFIED_INDUSTRY.label, default=0)
    flagged = models.PositiveIntegerField(ChainState.FLAGGED.label, default=0)
    verified_academic = models.PositiveIntegerField(ChainState.VERIFIED_ACADEMIC.label, default=0)
    waiting_since = models.DateTimeField(_("waits since"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    mended_at = models.DateTimeField(_("mended"), null=True, blank=True)

    class Meta:
        verbose_name = _("days of a placement")
        verbose_name_plural = _("days of placements")
        # Few placements wait for long: who lets them wait is asked on every first page.
        indexes = [models.Index(fields=["waiting_since"], name="logbook_placement_waits")]

    def __str__(self) -> str:
        return str(self.placement)
