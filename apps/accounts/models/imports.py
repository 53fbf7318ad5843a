"""Uploaded tables on their way in: one batch a file, one row a line, nothing applied before it is confirmed."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.jobs import Job
from apps.accounts.models.organisations import Cohort
from apps.accounts.states import ImportRhythm, ImportState, RowStatus
from portal.kernel.models import Timestamped
from portal.kernel.sentences import in_this_language


class ImportSchedule(Timestamped):
    """A folder from which tables of one kind are taken by themselves, with the rights of who entered it.

    ``seen`` leads from the name of a file that was taken to its moment of change and size.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("entered by")
    )
    kind = models.CharField(_("kind"), max_length=40)
    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("cohort")
    )
    rhythm = models.CharField(_("how often"), max_length=8, choices=ImportRhythm, default=ImportRhythm.DAY)
    applies = models.BooleanField(_("imports tables without errors by itself"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    next_at = models.DateTimeField(_("next look"), default=timezone.now)
    looked_at = models.DateTimeField(_("last look"), null=True, blank=True)
    message = models.CharField(_("last problem"), max_length=200, blank=True)
    seen: Any = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("scheduled import")
        verbose_name_plural = _("scheduled imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.folder

    @property
    def folder(self) -> str:
        """The folder below ``IMPORT_FOLDER``; nobody chooses it, so that nobody reads another's."""
        return f"{self.kind.rpartition('.')[2]}-{self.pk}"


class ImportBatch(Timestamped):
    """A table that somebody uploaded, into a cohort or, for kinds that belong to none, for the portal."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("cohort")
    )
    kind = models.CharField(_("kind"), max_length=40)
    file = models.FileField(_("file"), upload_to="imports/", max_length=200)
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("digest of the file"), max_length=64)
    encoding = models.CharField(_("encoding"), max_length=30, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    message = models.TextField(_("message"), blank=True)
    refusal_code = models.CharField(_("code of the refusal"), max_length=40, blank=True)
    details = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    schedule = models.ForeignKey(
        ImportSchedule, on_delete=models.SET_NULL, null=True, blank=True, related_name="batches", editable=False
    )
    # It came by a schedule, and what becomes of it is not settled yet.
    is_pending = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name

    @property
    def said(self) -> str:
        """The message in the language of who reads it."""
        return in_this_language(self.details.get("said", {}), self.message)


class ImportRow(models.Model):
    """One line of an uploaded table: what it says, what it would do, what is wrong with it."""

    # Asking for the batch again with every line is half of what 100,000 lines cost; only ``stage_table`` makes them.
    # Lines of a batch are found by ``accounts_import_line_once``.
    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="rows", db_constraint=False, db_index=False
    )
    line = models.PositiveIntegerField(_("line"))
    values = models.JSONField(default=dict)
    status = models.CharField(_("status"), max_length=10, choices=RowStatus)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    # What a new line comes to where it is not what stands in its cells, for kinds that are taken by thousands.
    ready = models.JSONField(null=True, editable=False)
    # The key of the row that applying this line makes or changes, for kinds whose imports can be undone.
    target = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of imports")
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="accounts_import_line_once")]
        indexes = [
            # New lines are the many of a large table and found by their numbers; an index less makes them cheaper.
            models.Index(
                fields=["batch", "status", "line"], condition=~models.Q(status="new"), name="accounts_import_few"
            ),
        ]

    def __str__(self) -> str:
        return str(self.line)


class ImportMapping(Timestamped):
    """What one person's tables of one kind call our columns; ``columns`` leads from a header's key to a column.

    An empty column means that the header is to be left out.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=40)
    columns = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [models.UniqueConstraint(fields=["owner", "kind"], name="accounts_import_mapping_once")]

    def __str__(self) -> str:
        return self.kind
