"""The names of the stages of a vacancy."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VacancyState(models.TextChoices):
    """A company drafts, publishes and closes; a vacancy closes by itself after its deadline."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    CLOSED = "closed", _("Closed")


class WorkMode(models.TextChoices):
    """Where the work is done."""

    ON_SITE = "On-Site", _("On site")
    REMOTE = "Remote", _("Remote")
    HYBRID = "Hybrid", _("Hybrid")


class WorkType(models.TextChoices):
    """How much of the week."""

    FULL_TIME = "Full-Time", _("Full time")
    PART_TIME = "Part-Time", _("Part time")
