"""The general report of a whole training, and the university's own Word templates."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Department, Enrolment
from apps.logbook.models import WeeklyReport
from apps.reporting import permissions
from apps.reporting.states import GeneralReportState, TemplateKind, TemplateState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel


class GeneralReport(StatefulModel):
    """One per enrolment, compiled from weekly reports."""

    MOVE_RELATED = ("enrolment__cohort",)
    MOVE_PREFETCH = ("enrolment__placements__supervisors",)

    enrolment = models.OneToOneField(
        Enrolment, on_delete=models.PROTECT, related_name="general_report", verbose_name=_("enrolment")
    )
    title = models.CharField(_("title"), max_length=200, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    company_overview = models.TextField(_("company overview"), blank=True)
    objectives = models.TextField(_("objectives"), blank=True)
    methodology = models.TextField(_("methodology"), blank=True)
    achievements = models.TextField(_("achievements"), blank=True)
    challenges = models.TextField(_("challenges"), blank=True)
    skills = models.TextField(_("skills acquired"), blank=True)
    recommendations = models.TextField(_("recommendations"), blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)
    acknowledgements = models.TextField(_("acknowledgements"), blank=True)
    compiled_from = models.ManyToManyField(WeeklyReport, blank=True, related_name="+", verbose_name=_("compiled from"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    state = FSMField(
        _("state"), choices=GeneralReportState, default=GeneralReportState.DRAFT, protected=True, editable=False
    )

    class Meta:
        verbose_name = _("general report")
        verbose_name_plural = _("general reports")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title or str(self.enrolment)

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.enrolment.cohort.department_id

    @transition(
        field=state,
        source=[GeneralReportState.DRAFT, GeneralReportState.REVISION_REQUESTED],
        target=GeneralReportState.SUBMITTED,
        permission=permissions.is_report_author,
        custom=move(_("Send"), danger=Danger.MAIN, stamps={"submitted_at": Stamp.NOW}),
    )
    def submit(self) -> None:
        """Give it to the university supervisor."""

    @transition(
        field=state,
        source=GeneralReportState.SUBMITTED,
        target=GeneralReportState.APPROVED,
        permission=permissions.approves_report,
        custom=move(_("Approve"), danger=Danger.MAIN),
    )
    def approve(self) -> None:
        """It is accepted and locked."""

    @transition(
        field=state,
        source=GeneralReportState.SUBMITTED,
        target=GeneralReportState.REVISION_REQUESTED,
        permission=permissions.approves_report,
        custom=move(_("Send back"), danger=Danger.CAREFUL, needs_reason=True, stamps={"reason": Stamp.REASON}),
    )
    def request_revision(self) -> None:
        """The student has to mend something."""


PUBLISHED = models.Q(state=TemplateState.PUBLISHED)


def template_path(_template: "DocumentTemplate", _name: str) -> str:
    """Return a name that cannot be guessed."""
    return f"templates/{uuid.uuid4()}.docx"


class DocumentTemplate(StatefulModel):
    """A version of a Word file with fields; one is published per kind and department."""

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=TemplateKind)
    name = models.CharField(_("name"), max_length=120)
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    file = models.FileField(_("file"), upload_to=template_path, max_length=200)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    state = FSMField(_("state"), choices=TemplateState, default=TemplateState.DRAFT, protected=True, editable=False)

    class Meta:
        verbose_name = _("document template")
        verbose_name_plural = _("document templates")
        ordering = ["kind", "-number"]
        constraints = [
            # Twice each: a null department (the installation's own default) is never equal to another null.
            models.UniqueConstraint(
                fields=["department", "kind"], condition=PUBLISHED, name="reporting_one_published_template"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=PUBLISHED & models.Q(department__isnull=True),
                name="reporting_one_published_default",
            ),
            models.UniqueConstraint(fields=["department", "kind", "number"], name="reporting_template_version_once"),
            models.UniqueConstraint(
                fields=["kind", "number"],
                condition=models.Q(department__isnull=True),
                name="reporting_default_version_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def anchor_department_id(self) -> int | None:
        """The department that uses it."""
        return self.department_id

    @transition(
        field=state,
        source=TemplateState.DRAFT,
        target=TemplateState.PUBLISHED,
        permission=permissions.can_manage_template,
        custom=move(_("Publish"), danger=Danger.MAIN, bulk=False, stamps={"published_at": Stamp.NOW}),
    )
    def publish(self) -> None:
        """Documents are made with it from now on."""

    @transition(
        field=state,
        source=TemplateState.PUBLISHED,
        target=TemplateState.RETIRED,
        permission=permissions.can_manage_template,
        custom=move(_("Retire"), danger=Danger.CAREFUL),
    )
    def retire(self) -> None:
        """Documents are made with another one from now on."""
