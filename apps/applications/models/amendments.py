"""What was changed about a placement after it was settled: each change is a version that stays visible."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.applications.models.placements import Placement
from apps.applications.states import AmendmentKind, AmendmentState, SupervisorKind
from portal.kernel.errors import Text
from portal.kernel.fsm import move, transition
from portal.kernel.models import StatefulModel

LABELS: Final[dict[str, Text]] = {
    "start": _("first day"),
    "end": _("last day"),
    "share": _("share in per cent"),
    "site_address": _("address of the site"),
    "task": _("what the student will do"),
    "company": _("company"),
    "first_day": _("first day there"),
    SupervisorKind.INDUSTRIAL: SupervisorKind.INDUSTRIAL.label,
    SupervisorKind.UNIVERSITY: SupervisorKind.UNIVERSITY.label,
}
DAYS: Final = frozenset({"start", "end", "first_day"})


@dataclass(frozen=True)
class ChangedValue:
    """One line of an amendment, in words; ``before`` is empty for what is new."""

    label: Text
    before: str
    after: str


class PlacementAmendment(StatefulModel):
    """One change of a placement, with what stood before and what stands after it.

    ``before`` and ``after`` hold names of fields to plain values: days as ISO text, people and companies as the
    words that were true then. A change of host leads to another placement, the ``successor``: what was done at the
    first host stays there.
    """

    MOVE_RELATED = ("placement__enrolment__cohort",)

    placement = models.ForeignKey(
        Placement, on_delete=models.CASCADE, related_name="amendments", verbose_name=_("placement")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=AmendmentKind)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    successor = models.ForeignKey(
        Placement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("new placement")
    )
    # Who takes over, where a supervisor changes: the open logs are brought to this person's notice.
    taken_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken over by"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    reason = models.TextField(_("reason"))
    state = FSMField(
        _("state"), choices=AmendmentState, default=AmendmentState.IN_FORCE, protected=True, editable=False
    )

    class Meta:
        verbose_name = _("amendment of a placement")
        verbose_name_plural = _("amendments of placements")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["placement", "number"], name="applications_amendment_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.get_kind_display()}"

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.placement.anchor_department_id

    @property
    def lines(self) -> list[ChangedValue]:
        """What was changed, value by value, as people read it.

        A company that has another name since then, or was merged into another, is named with what it is now: the
        placements on both sides follow a merger and its undoing.
        """
        lines = []
        # A database may store the names in an order of its own.
        for name, value in sorted(self.after.items(), key=lambda item: list(LABELS).index(item[0])):
            before, after = _in_words(name, self.before.get(name)), _in_words(name, value)
            if name == "company":
                before = _named_now(before, self.placement)
                after = _named_now(after, self.successor) if self.successor else after
            lines.append(ChangedValue(LABELS[name], before, after))
        return lines

    @transition(
        field=state,
        source=AmendmentState.IN_FORCE,
        target=AmendmentState.SUPERSEDED,
        custom=move(_("Supersede"), system=True),
    )
    def supersede(self) -> None:
        """A later change of the same kind counts."""


def _in_words(name: str, value: Any) -> str:
    if value is None:
        return ""
    return date_format(dt.date.fromisoformat(value), "j M Y") if name in DAYS else str(value)


def _named_now(name: str, placement: Placement) -> str:
    now = placement.company.name
    return name if now == name else str(_("%(then)s (now %(now)s)") % {"then": name, "now": now})
