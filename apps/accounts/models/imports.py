"""Uploaded tables on their way in: one batch a file, one row a line, nothing applied before it is confirmed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.jobs import Job
from apps.accounts.models.organisations import Cohort
from apps.accounts.states import ImportState, RowStatus
from portal.kernel.models import Timestamped


class ImportBatch(Timestamped):
    """A table that somebody uploaded, into a cohort or, for kinds that belong to none, for the portal."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("cohort")
    )
    kind = models.CharField(_("kind"), max_length=40)
    file = models.FileField(_("file"), upload_to="imports/", max_length=200)
    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(max_length=64)
    encoding = models.CharField(_("encoding"), max_length=30, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ImportState, default=ImportState.UPLOADED)
    message = models.TextField(_("message"), blank=True)
    refusal_code = models.CharField(max_length=40, blank=True)
    details = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One line of an uploaded table: what it says, what it would do, what is wrong with it."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    line = models.PositiveIntegerField(_("line"))
    values = models.JSONField(default=dict)
    status = models.CharField(_("status"), max_length=10, choices=RowStatus)
    problems = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    applied = models.BooleanField(default=False)
    # The key of the row that applying this line made or changed, for kinds whose imports can be undone.
    target = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of imports")
        ordering = ["line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="accounts_import_line_once")]
        indexes = [models.Index(fields=["batch", "status", "line"])]

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
