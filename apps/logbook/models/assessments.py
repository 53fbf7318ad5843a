"""Rubrics that staff configure and the assessments that host and university fill in."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Cohort
from apps.applications.models import Placement
from apps.logbook import permissions
from apps.logbook.states import AssessmentKind, AssessmentState, CriterionKind, MarkRuleKind
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel, Timestamped


class Rubric(Timestamped):
    """A form of one cohort: who fills it in, what it counts, and when it is asked for."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="rubrics", verbose_name=_("cohort"))
    kind = models.CharField(_("kind"), max_length=14, choices=AssessmentKind)
    title = models.CharField(_("title"), max_length=120)
    weight = models.PositiveSmallIntegerField(
        _("weight in per cent"), default=100, help_text=_("Its part of the final mark.")
    )
    is_required = models.BooleanField(
        _("needed"), default=True, help_text=_("Without it the final mark is incomplete.")
    )
    zero_below = models.DecimalField(
        _("zero below"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("A mark below this makes the final mark zero. Leave empty for no such rule."),
    )
    days_before_end = models.PositiveSmallIntegerField(
        _("days before the end"), default=14, help_text=_("So many days before the last day it is asked for.")
    )

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        ordering = ["cohort", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "kind"],
                name="logbook_one_rubric_a_kind",
                violation_error_message=_("The cohort has a form of this kind already."),
            ),
            models.CheckConstraint(
                condition=models.Q(weight__lte=100),
                name="logbook_rubric_weight",
                violation_error_message=_("A weight is at most 100 per cent."),
            ),
            models.CheckConstraint(
                condition=models.Q(zero_below__isnull=True) | models.Q(zero_below__range=(0, 100)),
                name="logbook_rubric_zero_below",
                violation_error_message=_("A mark lies between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Criterion(models.Model):
    """One line of a rubric: points, a step of a scale, or words that count nothing.

    ``options`` names the steps of a scale, one a line, the worst first; the worst counts nothing, the best all.
    """

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("rubric"))
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=8, choices=CriterionKind, default=CriterionKind.POINTS)
    label = models.CharField(_("question"), max_length=200)
    label_sw = models.CharField(_("question in Swahili"), max_length=200, blank=True)
    label_ar = models.CharField(_("question in Arabic"), max_length=200, blank=True)
    options = models.TextField(_("steps of the scale"), blank=True, help_text=_("One a line, the worst first."))
    most = models.PositiveSmallIntegerField(_("most points"), default=5)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    is_required = models.BooleanField(_("must be answered"), default=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["rubric", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "number"],
                name="logbook_criterion_number_once",
                violation_error_message=_("Two questions have the same number."),
            ),
            models.CheckConstraint(
                condition=models.Q(most__gte=1),
                name="logbook_criterion_most",
                violation_error_message=_("Give at least one point."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.label}"

    @property
    def steps(self) -> list[str]:
        """The steps of the scale, the worst first; empty for the other kinds."""
        if self.kind != CriterionKind.SCALE:
            return []
        return [line.strip() for line in self.options.splitlines() if line.strip()]

    @property
    def best(self) -> int:
        """The most that can be given: points, or the number of the last step."""
        return self.most if self.kind == CriterionKind.POINTS else max(len(self.steps) - 1, 1)

    @property
    def question(self) -> str:
        """The question in the language of the page, in that of the university where it is not translated."""
        language = (get_language() or "").partition("-")[0]
        return {"sw": self.label_sw, "ar": self.label_ar}.get(language) or self.label


class MarkRule(Timestamped):
    """When a cohort's final mark is zero or incomplete, beside what its rubrics say."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="mark_rules", verbose_name=_("cohort"))
    kind = models.CharField(_("rule"), max_length=30, choices=MarkRuleKind)
    limit = models.DecimalField(_("limit"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("rule of the final mark")
        verbose_name_plural = _("rules of the final mark")
        ordering = ["cohort", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "kind"],
                name="logbook_mark_rule_once",
                violation_error_message=_("The cohort has this rule already."),
            ),
            models.CheckConstraint(
                condition=models.Q(limit__gte=0),
                name="logbook_mark_rule_limit",
                violation_error_message=_("A limit is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.limit.normalize():f}"


class Assessment(StatefulModel):
    """One rubric filled in for one placement.

    ``answers`` maps a criterion's key (as text) to what was typed: points, the number of a step, or words. ``mark`` is
    in per cent and is written when it is sent.
    """

    MOVE_RELATED = ("rubric", "placement__enrolment__cohort")
    MOVE_PREFETCH = ("placement__supervisors", "rubric__criteria")

    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("rubric"))
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, related_name="assessments", verbose_name=_("placement")
    )
    answers = models.JSONField[dict[str, str], dict[str, str]](_("answers"), default=dict, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    mark = models.DecimalField(_("mark in per cent"), max_digits=5, decimal_places=2, null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True, editable=False)
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
    def is_entered(self) -> bool:
        """Whether the mark was entered as a whole: one that was counted has answers."""
        return self.mark is not None and not self.answers

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.placement.enrolment.cohort.department_id

    @transition(
        field=state,
        source=AssessmentState.OPEN,
        target=AssessmentState.SUBMITTED,
        permission=permissions.assesses,
        conditions=[permissions.all_answered],
        custom=move(
            _("Send"),
            danger=Danger.MAIN,
            bulk=False,
            stamps={"submitted_at": Stamp.NOW, "submitted_by": Stamp.ACTOR},
        ),
    )
    def submit(self) -> None:
        """It is filled in; ``services.assessments.give_mark`` counts the mark with it."""

    @transition(
        field=state,
        source=AssessmentState.OPEN,
        target=AssessmentState.SUBMITTED,
        permission=permissions.coordinates_assessment,
        conditions=[permissions.nobody_has_begun, permissions.has_a_mark],
        custom=move(
            _("Enter the mark"),
            help=_("It was given on paper."),
            bulk=False,
            stamps={"submitted_at": Stamp.NOW, "submitted_by": Stamp.ACTOR},
        ),
    )
    def enter_mark(self) -> None:
        """The mark was given outside of the portal; ``services.assessments.enter_mark`` writes it before."""

    @transition(
        field=state,
        source=AssessmentState.SUBMITTED,
        target=AssessmentState.OPEN,
        permission=permissions.coordinates_assessment,
        conditions=[permissions.was_entered],
        custom=move(_("Take the mark back"), danger=Danger.CAREFUL, bulk=False),
    )
    def take_back_mark(self) -> None:
        """A mark that was entered was wrong, or is given in the form after all; nobody is told."""

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
        custom=move(_("Reopen"), danger=Danger.CAREFUL, needs_reason=True, stamps={"reason": Stamp.REASON}),
    )
    def reopen(self) -> None:
        """Something was wrong; who filled it in may change it."""
