"""Reviews: how the people of a company see an applicant, by criteria of their own. The student never sees them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Company
from apps.applications.models.applications import Application
from apps.applications.scoring import HIGHEST, LOWEST
from apps.vacancies.models import Vacancy
from portal.kernel.models import Timestamped


class Criterion(Timestamped):
    """One thing that a company looks at. Without ``vacancy`` it counts for all that have no criteria of their own."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("company"))
    vacancy = models.ForeignKey(
        Vacancy, on_delete=models.CASCADE, null=True, blank=True, related_name="criteria", verbose_name=_("vacancy")
    )
    name = models.CharField(_("criterion"), max_length=80)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weight__range=(1, 10)),
                name="applications_criterion_weight",
                violation_error_message=_("A weight is 1 to 10."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Review(Timestamped):
    """What one person of the company says about one application."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="reviews", verbose_name=_("application")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("who")
    )
    comment = models.TextField(_("comment"), blank=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["application", "reviewer"], name="applications_review_once")]

    def __str__(self) -> str:
        return f"{self.reviewer} · {self.application}"


class ReviewScore(models.Model):
    """The value of one criterion in a review."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores", verbose_name=_("review"))
    criterion = models.ForeignKey(
        Criterion, on_delete=models.CASCADE, related_name="scores", verbose_name=_("criterion")
    )
    value = models.PositiveSmallIntegerField(_("score"))

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["criterion__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="applications_score_once"),
            models.CheckConstraint(condition=models.Q(value__range=(LOWEST, HIGHEST)), name="applications_score_range"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.value}"
