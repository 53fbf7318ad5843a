"""Applications: a student's wish for one vacancy and the company's answer."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Enrolment
from apps.applications import permissions
from apps.applications.models.resumes import Resume
from apps.applications.states import ApplicationState
from apps.vacancies.models import Vacancy
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel

UNDECIDED = ApplicationState.undecided()


def others(*states: ApplicationState) -> list[str]:
    """Return the undecided states but these: a company may take its steps in any order."""
    return [state for state in UNDECIDED if state not in states]


class Application(StatefulModel):
    """One per student and vacancy. The steps of the company may come in any order."""

    MOVE_RELATED = ("vacancy__company", "enrolment__cohort", "placement")
    LOCK_FIRST = "enrolment"

    vacancy = models.ForeignKey(
        Vacancy, on_delete=models.PROTECT, related_name="applications", verbose_name=_("vacancy")
    )
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="applications", verbose_name=_("student")
    )
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="applications", verbose_name=_("enrolment")
    )
    resume = models.ForeignKey(Resume, on_delete=models.PROTECT, related_name="applications", verbose_name=_("resume"))
    cover_letter = models.TextField(_("cover letter"), blank=True)
    interview_at = models.DateTimeField(_("interview"), null=True, blank=True)
    interview_place = models.CharField(_("place or link of the interview"), max_length=240, blank=True)
    interview_minutes = models.PositiveSmallIntegerField(_("minutes of the interview"), default=30)
    # How often it was set, changed or called off: calendars replace an older number by a newer one.
    interview_sequence = models.PositiveSmallIntegerField(default=0, editable=False)
    company_notes = models.TextField(_("private notes of the company"), blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    reason = models.TextField(_("reason"), blank=True, editable=False)
    state = FSMField(
        _("state"),
        choices=ApplicationState,
        default=ApplicationState.PENDING,
        protected=True,
        db_index=True,
        editable=False,
    )

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["student", "vacancy"], name="applications_one_per_vacancy")]

    def __str__(self) -> str:
        return f"{self.student} → {self.vacancy}"

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.enrolment.cohort.department_id

    @property
    def has_interview_ahead(self) -> bool:
        """Whether an interview is agreed that has not begun."""
        return self.interview_at is not None and self.interview_at > timezone.now()

    @transition(
        field=state,
        source=others(ApplicationState.UNDER_REVIEW),
        target=ApplicationState.UNDER_REVIEW,
        permission=permissions.can_decide_application,
        custom=move(_("Start review")),
    )
    def start_review(self) -> None:
        """Somebody reads it."""

    @transition(
        field=state,
        source=others(ApplicationState.SHORTLISTED),
        target=ApplicationState.SHORTLISTED,
        permission=permissions.can_decide_application,
        custom=move(_("Shortlist")),
    )
    def shortlist(self) -> None:
        """It is among the best."""

    @transition(
        field=state,
        source=others(ApplicationState.INTERVIEW_SCHEDULED),
        target=ApplicationState.INTERVIEW_SCHEDULED,
        permission=permissions.can_decide_application,
        custom=move(_("Invite to an interview")),
    )
    def schedule_interview(self) -> None:
        """The student is invited."""

    @transition(
        field=state,
        source=UNDECIDED,
        target=ApplicationState.ACCEPTED,
        permission=permissions.can_decide_application,
        conditions=[permissions.has_place_left],
        custom=move(
            _("Accept"),
            help=_("Takes one of the places; the student is told at once and confirms."),
            danger=Danger.MAIN,
            bulk=False,
            stamps={"decided_at": Stamp.NOW, "decided_by": Stamp.ACTOR},
        ),
    )
    def accept(self) -> None:
        """Offer the place; ``services.applications.accept_application`` takes the seat with it."""

    @transition(
        field=state,
        source=UNDECIDED,
        target=ApplicationState.REJECTED,
        permission=permissions.can_decide_application,
        custom=move(
            _("Reject"),
            danger=Danger.FINAL,
            needs_reason=True,
            stamps={"decided_at": Stamp.NOW, "decided_by": Stamp.ACTOR, "reason": Stamp.REASON},
        ),
    )
    def reject(self) -> None:
        """Say no, with a reason that the student reads."""

    @transition(
        field=state,
        source=UNDECIDED,
        target=ApplicationState.WITHDRAWN,
        permission=permissions.is_applicant,
        custom=move(_("Withdraw"), danger=Danger.CAREFUL, system=True, stamps={"reason": Stamp.REASON}),
    )
    def withdraw(self) -> None:
        """The student does not want it any more, or was placed elsewhere."""

    @transition(
        field=state,
        source=ApplicationState.ACCEPTED,
        target=ApplicationState.WITHDRAWN,
        permission=permissions.is_applicant,
        conditions=[permissions.offer_is_open],
        custom=move(
            _("Decline the place"),
            help=_("The place becomes free for somebody else. The company reads your reason."),
            danger=Danger.FINAL,
            needs_reason=True,
            bulk=False,
            system=True,
            stamps={"reason": Stamp.REASON},
        ),
    )
    def decline(self) -> None:
        """The student turns the offer down; ``services.applications.decline_offer`` frees the seat with it."""
