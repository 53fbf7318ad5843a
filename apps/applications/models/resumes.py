"""Resumes: a student's PDF and the text that was read from it."""

import uuid
from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.applications.extraction.places import Placed, placed_facts
from apps.applications.extraction.reader import Extraction
from apps.applications.states import Degree, ExtractionState, ReadingQuality
from portal.kernel.errors import Text
from portal.kernel.models import Timestamped

# Under this folder of the storage lie resumes and nothing else: what no row names there is swept away.
FOLDER: Final = "resumes"
FACT_KINDS: Final = ("skills", "degrees", "experience", "emails", "phones", "links")


def resume_path(_resume: "Resume", _name: str) -> str:
    """Return a name that tells nothing about the person and cannot be guessed."""
    return f"{FOLDER}/{uuid.uuid4()}.pdf"


class Resume(Timestamped):
    """A PDF of at most 5 MB, checked before it is stored; its text is read in the background.

    The row comes before the object in the storage and is nobody's to see until ``stored_at`` says that the object is
    there and is what was sent. ``facts`` are what the rules found (``extraction.facts``), ``own_facts`` the student's
    own version of them: for each kind a list of words, None as long as the student has changed nothing.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="resumes", verbose_name=_("student")
    )
    file = models.FileField(_("file"), upload_to=resume_path, max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField(_("stored"), null=True, blank=True, editable=False)
    text = models.TextField(_("text"), blank=True)
    # Where in the text each page begins; for showing where a fact stands.
    page_starts = models.JSONField[list[int], list[int]](default=list, blank=True, editable=False)
    page_count = models.PositiveIntegerField(_("pages"), default=0)
    method = models.CharField(_("read by"), max_length=30, blank=True)
    quality = models.CharField(_("quality"), max_length=10, choices=ReadingQuality, blank=True)
    problem = models.CharField(_("problem"), max_length=30, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    own_facts = models.JSONField[dict[str, list[str]] | None, dict[str, list[str]] | None](
        null=True, blank=True, editable=False
    )
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

    @property
    def is_stored(self) -> bool:
        """Whether the file has arrived whole."""
        return self.stored_at is not None

    @property
    def shown_facts(self) -> dict[str, list[str]]:
        """The facts as everybody sees them: the student's own version, else what the rules found."""
        if self.own_facts is not None:
            return {kind: self.own_facts.get(kind, []) for kind in FACT_KINDS}
        return {kind: [fact["value"] for fact in facts] for kind, facts in self.found_facts.items()}

    @property
    def found_facts(self) -> dict[str, list[dict[str, Any]]]:
        """What the rules found, by kind; each with the ``value`` that is shown and its place in the text."""
        found = {kind: list(self.facts.get(kind, [])) for kind in FACT_KINDS}
        degrees = [{**fact, "value": str(Degree(fact["value"]).label)} for fact in found["degrees"]]
        return {**found, "degrees": degrees}

    @property
    def placed_facts(self) -> dict[str, list[Placed]]:
        """The shown facts with the words of the text that say so."""
        return placed_facts(self.text, self.page_starts, self.shown_facts, self.found_facts)
