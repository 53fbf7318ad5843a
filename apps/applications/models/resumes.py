"""Resumes: a student's PDF and the text that was read from it."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.applications.extraction.reader import Extraction
from apps.applications.states import ExtractionState
from portal.kernel.errors import Text
from portal.kernel.models import Timestamped


def resume_path(_resume: "Resume", _name: str) -> str:
    """Return a name that tells nothing about the person and cannot be guessed."""
    return f"resumes/{uuid.uuid4()}.pdf"


class Resume(Timestamped):
    """A PDF of at most 5 MB, checked before it is stored; its text is read in the background."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="resumes", verbose_name=_("student")
    )
    file = models.FileField(_("file"), upload_to=resume_path, max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    text = models.TextField(_("text"), blank=True)
    page_count = models.PositiveIntegerField(_("pages"), default=0)
    method = models.CharField(_("read by"), max_length=30, blank=True)
    quality = models.CharField(_("quality"), max_length=10, blank=True)
    problem = models.CharField(_("problem"), max_length=30, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    extraction = models.CharField(
        _("text"), max_length=12, choices=ExtractionState, default=ExtractionState.WAITING, editable=False
    )

    class Meta:
        verbose_name = _("resume")
        verbose_name_plural = _("resumes")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["owner", "sha256"], name="applications_resume_once")]

    def __str__(self) -> str:
        return self.original_name

    @property
    def problem_message(self) -> Text:
        """What is wrong with the file and what the student can do; empty without a problem."""
        return Extraction(problem=self.problem).problem_message
