"""The record of help, consent to it, and what is counted."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort
from apps.ai.states import Decision, Outcome, Purpose
from portal.kernel.models import Timestamped


class AiConsent(Timestamped):
    """That a person agreed to have own texts read by the help, until it is withdrawn."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ai_consent", verbose_name=_("person")
    )
    given_at = models.DateTimeField(_("given"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent to AI help")
        verbose_name_plural = _("consents to AI help")

    def __str__(self) -> str:
        return str(self.user)

    @property
    def holds(self) -> bool:
        """Whether it was given and not withdrawn since."""
        return self.given_at is not None and self.withdrawn_at is None


class AiCall(Timestamped):
    """One call for help: who, for what, with which model, at what cost, and what the person made of it.

    ``before`` and ``after`` are texts by field; ``place`` and ``key`` say where they belong (``services.places``).
    ``subject`` is the student whose texts are read, which is ``user`` unless a supervisor asks. ``facts`` is what the
    call works on, emptied when it has ended. ``cost`` is in millionths of the currency in which the prices are told.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ai_calls", verbose_name=_("person")
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("student"),
    )
    cohort = models.ForeignKey(
        Cohort, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cohort")
    )
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose)
    place = models.CharField(_("place"), max_length=40, blank=True)
    key = models.BigIntegerField(_("key"), null=True, blank=True)
    title = models.CharField(_("of what"), max_length=200, blank=True)
    backend = models.CharField(_("back-end"), max_length=20, blank=True)
    model = models.CharField(_("model"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, default=Outcome.WAITING)
    problem = models.CharField(_("problem"), max_length=30, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, default=Decision.OPEN)
    facts = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    before = models.JSONField[dict[str, str], dict[str, str]](_("before"), default=dict, blank=True)
    after = models.JSONField[dict[str, str], dict[str, str]](_("after"), default=dict, blank=True)
    notes = models.JSONField[list[str], list[str]](_("remarks"), default=list, blank=True)
    partial = models.TextField(_("so far"), blank=True)
    cancel_asked = models.BooleanField(default=False, editable=False)
    tokens_reserved = models.PositiveIntegerField(_("tokens reserved"), default=0)
    tokens_in = models.PositiveIntegerField(_("tokens read"), default=0)
    tokens_out = models.PositiveIntegerField(_("tokens written"), default=0)
    cost = models.PositiveBigIntegerField(_("cost"), default=0)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("use of AI help")
        verbose_name_plural = _("uses of AI help")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["place", "key"], condition=models.Q(decision="accepted"), name="ai_call_accepted"),
            models.Index(fields=["cohort", "created_at"], name="ai_call_cohort"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.title or self.pk}"

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the cohort, if there is one."""
        return self.cohort.department_id if self.cohort is not None else None

    @property
    def is_unfinished(self) -> bool:
        """Whether somebody still waits for it."""
        return self.outcome in Outcome.unfinished()


class AiBudget(models.Model):
    """How much was asked for on one day: by a person, in a cohort, or by all (neither is set)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, null=True, related_name="+")
    day = models.DateField(_("day"))
    calls = models.PositiveIntegerField(_("calls"), default=0)
    tokens = models.BigIntegerField(_("tokens"), default=0)

    class Meta:
        verbose_name = _("budget of AI help")
        verbose_name_plural = _("budgets of AI help")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "day"],
                condition=models.Q(user__isnull=False, cohort__isnull=True),
                name="ai_budget_person",
            ),
            models.UniqueConstraint(
                fields=["cohort", "day"],
                condition=models.Q(user__isnull=True, cohort__isnull=False),
                name="ai_budget_cohort",
            ),
            models.UniqueConstraint(
                fields=["day"], condition=models.Q(user__isnull=True, cohort__isnull=True), name="ai_budget_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user or self.cohort or ''} {self.day}"


class AiBackendHealth(models.Model):
    """How often a back-end has failed in a row, and until when it is not asked."""

    name = models.CharField(_("back-end"), max_length=20, unique=True)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    open_until = models.DateTimeField(_("not asked until"), null=True, blank=True)

    class Meta:
        verbose_name = _("health of an AI back-end")
        verbose_name_plural = _("health of AI back-ends")

    def __str__(self) -> str:
        return self.name
