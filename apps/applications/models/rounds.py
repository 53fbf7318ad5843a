"""Rounds of allocation: what is offered to a cohort, what its students wish, and who asks to come first."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Company, Enrolment
from apps.applications.states import PriorityKind, PriorityState
from apps.vacancies.models import Vacancy
from portal.kernel.models import Timestamped


class AllocationRound(Timestamped):
    """One time in which the students of a cohort say where they want to go, and by which rules places are given.

    ``host_cap`` is how many one company takes over all that it offers, ``department_cap`` how many of the students of
    one department one offer takes; empty: as many as there are places.
    """

    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, related_name="allocation_rounds", verbose_name=_("cohort")
    )
    title = models.CharField(_("title"), max_length=120)
    opens_on = models.DateField(_("wishes from"))
    closes_on = models.DateField(_("wishes until"))
    publish_on = models.DateField(
        _("results on"), null=True, blank=True, help_text=_("Students learn nothing before. Empty: when you publish.")
    )
    most_wishes = models.PositiveSmallIntegerField(_("wishes a student"), default=5)
    host_cap = models.PositiveSmallIntegerField(_("at most at one company"), null=True, blank=True)
    department_cap = models.PositiveSmallIntegerField(
        _("at most of one department at one offer"), null=True, blank=True
    )
    fills_up = models.BooleanField(
        _("fill up places that are left"),
        default=False,
        help_text=_("Who gets none of the wishes gets a place that suits, if there is one."),
    )
    uses_meaning = models.BooleanField(
        _("compare by meaning"),
        default=False,
        help_text=_("Where AI help is on: what a student has done and what a place is about, of those who agreed."),
    )
    allows_pairs = models.BooleanField(
        _("two may ask to be near each other"),
        default=False,
        help_text=_("Who name each other come to one company or region if both have wished for it and seats are left."),
    )
    students_confirm = models.BooleanField(_("students confirm their place"), default=True)

    class Meta:
        verbose_name = _("round of allocation")
        verbose_name_plural = _("rounds of allocation")
        ordering = ["-opens_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_on__gte=models.F("opens_on")),
                name="applications_round_days",
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(most_wishes__range=(1, 30)),
                name="applications_round_wishes",
                violation_error_message=_("Let students name 1 to 30 wishes."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_begun(self) -> bool:
        """Whether the first day has come."""
        return self.opens_on <= timezone.localdate()

    @property
    def is_open(self) -> bool:
        """Whether students can say what they wish today."""
        return self.opens_on <= timezone.localdate() <= self.closes_on


class AllocationOffer(Timestamped):
    """What one company offers in a round: its places for the cohort, or those of a vacancy that are left."""

    round = models.ForeignKey(
        AllocationRound, on_delete=models.CASCADE, related_name="offers", verbose_name=_("round of allocation")
    )
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="allocation_offers", verbose_name=_("company")
    )
    vacancy = models.ForeignKey(
        Vacancy,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allocation_offers",
        verbose_name=_("vacancy"),
    )
    places = models.PositiveSmallIntegerField(_("places"))

    class Meta:
        verbose_name = _("offered place")
        verbose_name_plural = _("offered places")
        ordering = ["company__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "vacancy"], name="applications_offer_vacancy_once"),
        ]

    def __str__(self) -> str:
        return f"{self.company} · {self.vacancy}" if self.vacancy_id else str(self.company)


class Ranking(Timestamped):
    """What one student wishes. ``wishes`` are keys of offers, best first, as confirmed; ``draft`` is what is next.

    A list in one row and not a row for each wish: it is read, ordered and counted as a whole.
    """

    round = models.ForeignKey(
        AllocationRound, on_delete=models.CASCADE, related_name="rankings", verbose_name=_("round of allocation")
    )
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="rankings", verbose_name=_("enrolment")
    )
    draft = models.JSONField[list[int], list[int]](default=list, blank=True)
    wishes = models.JSONField[list[int], list[int]](_("wishes"), default=list, blank=True)
    region = models.CharField(_("wished region"), max_length=80, blank=True)
    # In the student's own words: whether there is such a number, and whom it belongs to, is told to nobody.
    companion = models.CharField(_("wants to be near"), max_length=40, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("list of wishes")
        verbose_name_plural = _("lists of wishes")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["round", "enrolment"], name="applications_ranking_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.round}"

    @property
    def has_changes(self) -> bool:
        """Whether something was chosen or ordered since it was confirmed."""
        return self.draft != self.wishes


class PriorityCase(Timestamped):
    """A reason to come before others, and what the coordinators have said. Nobody else reads it but the student."""

    round = models.ForeignKey(
        AllocationRound, on_delete=models.CASCADE, related_name="priority_cases", verbose_name=_("round of allocation")
    )
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="priority_cases", verbose_name=_("enrolment")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=PriorityKind)
    reason = models.TextField(_("reason"), max_length=1000)
    state = models.CharField(
        _("state"), max_length=10, choices=PriorityState, default=PriorityState.ASKED, editable=False
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("answered by"),
    )
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    class Meta:
        verbose_name = _("priority case")
        verbose_name_plural = _("priority cases")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["round", "enrolment"], name="applications_priority_once")]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.get_kind_display()}"
