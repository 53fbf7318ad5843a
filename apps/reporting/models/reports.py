"""The general report of a whole training, and the university's own Word templates."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Cohort, Department, Enrolment
from apps.logbook.models import WeeklyReport
from apps.reporting import permissions
from apps.reporting.states import GeneralReportState, TemplateKind, TemplateState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel

# The parts of a general report, in the order in which they are printed.
SECTIONS = (
    *("acknowledgements", "introduction", "company_overview", "objectives", "methodology", "achievements"),
    *("skills", "challenges", "recommendations", "conclusion"),
)


class GeneralReport(StatefulModel):
    """One per enrolment, compiled from weekly reports; without thanks it may be sent, without the rest not."""

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
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
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

    @property
    def words(self) -> int:
        """How many words are written in all parts."""
        return sum(len(getattr(self, name).split()) for name in SECTIONS)

    @property
    def missing(self) -> list[str]:
        """The names of the fields that are empty and needed."""
        return [name for name in ("title", *SECTIONS) if name != "acknowledgements" and not getattr(self, name)]

    @property
    def completeness(self) -> int:
        """How much of what is needed is written, in per cent."""
        needed = len(SECTIONS)
        return round(100 * (needed - len(self.missing)) / needed)

    @transition(
        field=state,
        source=[GeneralReportState.DRAFT, GeneralReportState.REVISION_REQUESTED],
        target=GeneralReportState.SUBMITTED,
        permission=permissions.is_report_author,
        conditions=[permissions.is_complete],
        custom=move(_("Send"), danger=Danger.MAIN, stamps={"submitted_at": Stamp.NOW}),
    )
    def submit(self) -> None:
        """Give it to the university supervisor."""

    @transition(
        field=state,
        source=GeneralReportState.SUBMITTED,
        target=GeneralReportState.APPROVED,
        permission=permissions.approves_report,
        custom=move(_("Approve"), danger=Danger.MAIN, stamps={"approved_at": Stamp.NOW, "approved_by": Stamp.ACTOR}),
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
SCOPES: tuple[tuple[list[str], models.Q, str], ...] = (
    (["cohort"], models.Q(cohort__isnull=False), "reporting_template_of_cohort"),
    (["department"], models.Q(department__isnull=False), "reporting_template_of_department"),
    ([], models.Q(cohort__isnull=True, department__isnull=True), "reporting_template_of_all"),
)


def template_path(_template: "DocumentTemplate", _name: str) -> str:
    """Return a name that cannot be guessed."""
    return f"templates/{uuid.uuid4()}.docx"


class DocumentTemplate(StatefulModel):
    """A version of a Word file with fields; one is published per kind and cohort, department or installation.

    ``fields`` are those that the file asks for, as ``check_docx`` found them when it was uploaded. The file never
    changes: another file is another version.
    """

    MOVE_RELATED = ("cohort",)

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    cohort = models.ForeignKey(
        Cohort, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("cohort")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=TemplateKind)
    name = models.CharField(_("name"), max_length=120)
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    file = models.FileField(_("file"), upload_to=template_path, max_length=200)
    fields = models.JSONField(_("fields"), default=list, blank=True, editable=False)
    tried_at = models.DateTimeField(_("tried with a student"), null=True, blank=True, editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    state = FSMField(_("state"), choices=TemplateState, default=TemplateState.DRAFT, protected=True, editable=False)

    class Meta:
        verbose_name = _("document template")
        verbose_name_plural = _("document templates")
        ordering = ["kind", "-number"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(department__isnull=True) | models.Q(cohort__isnull=True),
                name="reporting_template_one_scope",
                violation_error_message=_("Name a department or a cohort, not both."),
            ),
            # Three times each: a null (the installation's own) is never equal to another null.
            *(
                models.UniqueConstraint(fields=[*fields, "kind"], condition=PUBLISHED & scope, name=f"{name}_published")
                for fields, scope, name in SCOPES
            ),
            *(
                models.UniqueConstraint(fields=[*fields, "kind", "number"], condition=scope, name=f"{name}_number")
                for fields, scope, name in SCOPES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def anchor_department_id(self) -> int | None:
        """The department that uses it."""
        return self.cohort.department_id if self.cohort is not None else self.department_id

    @property
    def scope(self) -> str:
        """For whom documents are made with it, in words."""
        return str(self.cohort or self.department or _("The whole installation"))

    @transition(
        field=state,
        source=TemplateState.DRAFT,
        target=TemplateState.PUBLISHED,
        permission=permissions.can_manage_template,
        conditions=[permissions.was_tried],
        custom=move(_("Publish"), danger=Danger.MAIN, bulk=False, stamps={"published_at": Stamp.NOW}),
    )
    def publish(self) -> None:
        """Documents are made with it from now on."""

    @transition(
        field=state,
        source=TemplateState.PUBLISHED,
        target=TemplateState.RETIRED,
        permission=permissions.can_manage_template,
        custom=move(_("Retire"), danger=Danger.CAREFUL, bulk=False),
    )
    def retire(self) -> None:
        """Documents are made with another one from now on."""
