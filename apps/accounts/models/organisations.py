"""Departments, programmes, cohorts, enrolments, and the register of companies."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts import permissions
from apps.accounts.states import CompanyState, IndustryType, MemberKind
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel, Timestamped


def monday_to_saturday() -> list[int]:
    """Return the working days of a cohort unless it says otherwise; 0 is Monday."""
    return [0, 1, 2, 3, 4, 5]


class Department(Timestamped):
    """Who teaches; the first anchor of coordinators' rights."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=160)
    faculty = models.CharField(_("faculty or college"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ["name"]
        permissions = [("coordinate_department", "Can coordinate the department")]

    def __str__(self) -> str:
        return self.name


class Programme(Timestamped):
    """What is taught."""

    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("department")
    )
    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=160)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Cohort(Timestamped):
    """One group in one phase, with its calendar, its limits and its switches."""

    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="cohorts", verbose_name=_("department")
    )
    name = models.CharField(_("name"), max_length=120)
    phase = models.CharField(_("phase"), max_length=40, help_text=_("PT1, PT2, PT3 or a name of your own."))
    start = models.DateField(_("start"))
    end = models.DateField(_("end"))
    working_days = models.JSONField(_("working days"), default=monday_to_saturday, help_text=_("0 is Monday."))
    country = models.CharField(_("country of the holidays"), max_length=2, default="TZ")
    required_hours = models.PositiveIntegerField(_("required hours"), default=320)
    latest_day_back = models.PositiveSmallIntegerField(
        _("days back"), default=14, help_text=_("How many days back a student may still write a log.")
    )
    min_hours = models.DecimalField(_("least hours a day"), max_digits=4, decimal_places=2, default=0.5)
    max_hours = models.DecimalField(_("most hours a day"), max_digits=4, decimal_places=2, default=12)
    is_open = models.BooleanField(_("open for registration"), default=True)
    ai_enabled = models.BooleanField(_("AI help"), default=False)
    location_hint = models.BooleanField(_("location hint"), default=False)
    self_found_allowed = models.BooleanField(_("self-found places"), default=True)
    one_place_closes_others = models.BooleanField(
        _("one place closes the other applications"), default=True, help_text=_("When a placement is confirmed.")
    )
    letters_at_once = models.BooleanField(
        _("introduction letters at once"),
        default=False,
        help_text=_("A student who asks for an introduction letter gets it without a coordinator."),
    )
    deputy_after_days = models.PositiveSmallIntegerField(
        _("deputies hear after"),
        default=3,
        help_text=_("Days of work without an answer of the company; 0: never."),
    )
    coordinator_after_days = models.PositiveSmallIntegerField(
        _("coordinators hear after"),
        default=6,
        help_text=_("Days of work without an answer of the company; 0: never."),
    )
    publication_date = models.DateField(_("publication date"), null=True, blank=True)

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["-start", "name"]
        permissions = [("coordinate_cohort", "Can coordinate the cohort")]
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="accounts_cohort_name_once"),
            models.CheckConstraint(
                condition=models.Q(end__gte=models.F("start")),
                name="accounts_cohort_dates",
                violation_error_message=_("It ends before it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(min_hours__gt=0, max_hours__gte=models.F("min_hours"), max_hours__lte=24),
                name="accounts_cohort_hours",
                violation_error_message=_("The most hours of a day are at least the least ones, and no more than 24."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A free day of one cohort beside the public holidays of its country."""

    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="holidays", verbose_name=_("cohort"))
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("free day")
        verbose_name_plural = _("free days")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["cohort", "day"], name="accounts_holiday_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Enrolment(Timestamped):
    """One student in one cohort; students pass several phases in several years."""

    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("student")
    )
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("cohort"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [models.UniqueConstraint(fields=["student", "cohort"], name="accounts_enrolment_once")]

    def __str__(self) -> str:
        return f"{self.student} · {self.cohort}"


class Company(StatefulModel):
    """A host. It waits as *proposed* until a coordinator approves it; meanwhile its people may sign in and draft.

    By the columns without a label look-alikes are found; ``services.organisations`` keeps them in step. One that was
    merged into another stays archived, and ``state_before_merger`` is what it becomes again when that is undone.
    """

    MOVE_RELATED = ("merged_into",)

    name = models.CharField(_("name"), max_length=160)
    normal_name = models.CharField(max_length=160, editable=False, db_index=True)
    registration_no = models.CharField(_("registration number"), max_length=60, blank=True)
    normal_registration_no = models.CharField(max_length=60, blank=True, default="", editable=False, db_index=True)
    web_domain = models.CharField(max_length=120, blank=True, default="", editable=False, db_index=True)
    mail_domain = models.CharField(max_length=120, blank=True, default="", editable=False, db_index=True)
    industry_type = models.CharField(_("sector"), max_length=30, choices=IndustryType, default=IndustryType.OTHER)
    description = models.TextField(_("description"), blank=True)
    address = models.CharField(_("address"), max_length=240, blank=True)
    region = models.CharField(_("region"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, default="TZ")
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    radius_m = models.PositiveIntegerField(_("radius in metres"), default=500)
    contact_person = models.CharField(_("contact person"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    hr_email = models.EmailField(_("e-mail of human resources"), blank=True)
    website = models.URLField(_("website"), blank=True, validators=[URLValidator(schemes=["http", "https"])])
    established_year = models.PositiveSmallIntegerField(_("established"), null=True, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    proposed_for = models.ForeignKey(
        Department, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("proposed for")
    )
    # Whoever coordinates only this cohort may let it in, too: a student of it has found a place there.
    proposed_in = models.ForeignKey(
        Cohort, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    state_before_merger = models.CharField(max_length=10, choices=CompanyState, blank=True, default="", editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    state = FSMField(
        _("state"), choices=CompanyState, default=CompanyState.PROPOSED, protected=True, db_index=True, editable=False
    )

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name"]
        permissions = [("coordinate_company", "Can coordinate the company")]
        indexes = [
            # The register as everybody leafs through it.
            models.Index(fields=["state", "name", "id"], name="accounts_companies_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def anchor_department_id(self) -> int | None:
        """The department for which it was proposed."""
        return self.proposed_for_id

    @transition(
        field=state,
        source=[CompanyState.PROPOSED, CompanyState.REJECTED, CompanyState.ARCHIVED],
        target=CompanyState.APPROVED,
        permission=permissions.can_moderate_company,
        conditions=[permissions.is_not_merged],
        custom=move(
            _("Approve"),
            help=_("Students see it, its vacancies may be published."),
            danger=Danger.MAIN,
            stamps={"decided_at": Stamp.NOW},
        ),
    )
    def approve(self) -> None:
        """Let it in."""

    @transition(
        field=state,
        source=CompanyState.PROPOSED,
        target=CompanyState.REJECTED,
        permission=permissions.can_moderate_company,
        custom=move(
            _("Reject"),
            danger=Danger.FINAL,
            needs_reason=True,
            stamps={"decided_at": Stamp.NOW, "reason": Stamp.REASON},
        ),
    )
    def reject(self) -> None:
        """Keep it out, with a reason that whoever proposed it reads."""

    @transition(
        field=state,
        source=[CompanyState.APPROVED, CompanyState.REJECTED],
        target=CompanyState.ARCHIVED,
        permission=permissions.can_moderate_company,
        custom=move(_("Archive"), help=_("It takes no students any more."), danger=Danger.CAREFUL),
    )
    def archive(self) -> None:
        """Put it away; what refers to it stays."""

    @transition(
        field=state,
        source=[CompanyState.PROPOSED, CompanyState.APPROVED],
        target=CompanyState.ARCHIVED,
        permission=permissions.can_moderate_company,
        conditions=[permissions.is_to_be_merged],
        custom=move(_("Merge"), help=_("What refers to it goes over to the other company."), bulk=False),
    )
    def merge(self) -> None:
        """Let another company, which ``merge_companies`` has named, stand for this one too."""

    @transition(
        field=state,
        source=CompanyState.ARCHIVED,
        target=CompanyState.APPROVED,
        permission=permissions.can_undo_merger,
        conditions=[permissions.was_merged_when_approved, permissions.is_last_merger],
        custom=move(_("Undo the merger"), help=_("What went over with it comes back."), bulk=False),
    )
    def undo_merger(self) -> None:
        """Make it a company of its own again."""

    @transition(
        field=state,
        source=CompanyState.ARCHIVED,
        target=CompanyState.PROPOSED,
        permission=permissions.can_undo_merger,
        conditions=[permissions.was_merged_when_proposed, permissions.is_last_merger],
        custom=move(_("Undo the merger"), help=_("What went over with it comes back, and it waits again."), bulk=False),
    )
    def undo_merger_of_proposed(self) -> None:
        """Make it wait for an answer again."""


class CompanyMember(Timestamped):
    """A person in a company: a representative decides about vacancies, a supervisor about trainees.

    With ``invited_at`` the person was asked to join and has not answered: no rights, not active.
    """

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="members", verbose_name=_("company"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=MemberKind)
    title = models.CharField(_("position"), max_length=80, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("member of a company")
        verbose_name_plural = _("members of companies")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "user", "kind"], name="accounts_member_once"),
        ]

    def __str__(self) -> str:
        return f"{self.shown_name} · {self.company}"

    @property
    def shown_name(self) -> str:
        """How the company may call the person: by the address that it invited, until the person has joined.

        An address that belongs to somebody already must not tell its inviter who that is.
        """
        return self.user.email if self.invited_at is not None else str(self.user)
