"""What companies offer."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Company, Programme
from apps.accounts.states import IndustryType
from apps.vacancies import permissions
from apps.vacancies.states import VacancyState, WorkMode, WorkType
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel, Timestamped


class Vacancy(StatefulModel):
    """An offer of one or more places; ``places_taken`` is kept by acceptances and can never pass ``places``."""

    MOVE_RELATED = ("company",)

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="vacancies", verbose_name=_("company"))
    title = models.CharField(_("title"), max_length=160)
    short_description = models.CharField(_("in one sentence"), max_length=240, blank=True)
    description = models.TextField(_("description"))
    location = models.CharField(_("location"), max_length=160)
    deadline = models.DateField(_("apply until"))
    work_mode = models.CharField(_("work mode"), max_length=10, choices=WorkMode, default=WorkMode.ON_SITE)
    work_type = models.CharField(_("work type"), max_length=10, choices=WorkType, default=WorkType.FULL_TIME)
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    places_taken = models.PositiveSmallIntegerField(_("places taken"), default=0, editable=False)
    skills = models.JSONField[list[str], list[str]](_("skills"), default=list, blank=True)
    programmes = models.ManyToManyField(
        Programme,
        blank=True,
        related_name="vacancies",
        verbose_name=_("programmes"),
        help_text=_("Leave empty for all."),
    )
    years = models.JSONField[list[int], list[int]](_("years of study"), default=list, blank=True)
    phase = models.CharField(_("phase"), max_length=40, blank=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    # The words of text, skills and company, as portal.kernel.words cuts them; services keep it in step.
    search_text = models.TextField(blank=True, default="", editable=False)
    state = FSMField(
        _("state"), choices=VacancyState, default=VacancyState.DRAFT, protected=True, db_index=True, editable=False
    )

    class Meta:
        verbose_name = _("vacancy")
        verbose_name_plural = _("vacancies")
        ordering = ["-id"]
        indexes = [
            # The open ones in both orders of the list: without them all are sorted for twenty. Not indexes of the open
            # ones alone: SQLite does not use those where the state is a parameter.
            models.Index(fields=["state", "-published_at", "-id"], name="vacancies_newest_open"),
            models.Index(fields=["state", "deadline", "id"], name="vacancies_next_to_close"),
        ]
        constraints = [
            models.CheckConstraint(
                # Lists leaf by the moment of publication, and null is neither before nor after anything.
                condition=~models.Q(state=VacancyState.ACTIVE) | models.Q(published_at__isnull=False),
                name="vacancies_active_was_published",
            ),
            models.CheckConstraint(
                condition=models.Q(places__gte=1),
                name="vacancies_some_places",
                violation_error_message=_("Offer at least one place."),
            ),
            models.CheckConstraint(
                condition=models.Q(places_taken__lte=models.F("places")),
                name="vacancies_seats_not_overrun",
                violation_error_message=_("More students than that have been accepted already."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def anchor_department_id(self) -> int | None:
        """The department for which the company was proposed."""
        return self.company.proposed_for_id

    @property
    def places_left(self) -> int:
        """How many students can still be accepted."""
        return self.places - self.places_taken

    @property
    def days_left(self) -> int:
        """How many days one may still apply after today; negative once the deadline has passed."""
        return (self.deadline - timezone.localdate()).days

    @transition(
        field=state,
        source=VacancyState.DRAFT,
        target=VacancyState.ACTIVE,
        permission=permissions.manages_vacancy,
        conditions=[permissions.company_is_approved, permissions.deadline_is_ahead],
        custom=move(
            _("Publish"),
            help=_("Students who are eligible see it and can apply."),
            danger=Danger.MAIN,
            stamps={"published_at": Stamp.NOW},
        ),
    )
    def publish(self) -> None:
        """Show it to students."""

    @transition(
        field=state,
        source=VacancyState.ACTIVE,
        target=VacancyState.CLOSED,
        permission=permissions.manages_vacancy,
        custom=move(
            _("Close"),
            help=_("Nobody can apply any more; who has applied stays."),
            danger=Danger.CAREFUL,
            system=True,
            stamps={"closed_at": Stamp.NOW},
        ),
    )
    def close(self) -> None:
        """Take no more applications."""

    @transition(
        field=state,
        source=VacancyState.ACTIVE,
        target=VacancyState.CLOSED,
        conditions=[permissions.deadline_is_over],
        custom=move(_("Close after the deadline"), system=True, stamps={"closed_at": Stamp.NOW}),
    )
    def expire(self) -> None:
        """The portal closes what nobody can apply to any more."""

    @transition(
        field=state,
        source=VacancyState.CLOSED,
        target=VacancyState.ACTIVE,
        permission=permissions.manages_vacancy,
        conditions=[permissions.company_is_approved, permissions.deadline_is_ahead],
        custom=move(_("Reopen"), danger=Danger.MAIN, stamps={"published_at": Stamp.NOW}),
    )
    def reopen(self) -> None:
        """Take applications again."""


class Bookmark(Timestamped):
    """A vacancy that somebody wants to find again; nobody else is told."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="bookmarks")
    vacancy = models.ForeignKey(Vacancy, on_delete=models.CASCADE, related_name="bookmarks")

    class Meta:
        verbose_name = _("bookmark")
        verbose_name_plural = _("bookmarks")
        constraints = [models.UniqueConstraint(fields=["user", "vacancy"], name="vacancies_bookmark_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.vacancy}"


class SavedSearch(Timestamped):
    """A search that the portal repeats every day for its owner; ``seen_until`` is the newest vacancy told already."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_searches")
    title = models.CharField(_("title"), max_length=240)
    words = models.CharField(_("words"), max_length=100, blank=True)
    work_mode = models.CharField(_("work mode"), max_length=10, choices=WorkMode, blank=True)
    work_type = models.CharField(_("work type"), max_length=10, choices=WorkType, blank=True)
    sector = models.CharField(_("sector"), max_length=30, choices=IndustryType, blank=True)
    seen_until = models.DateTimeField(_("told until"))

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "words", "work_mode", "work_type", "sector"], name="vacancies_search_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title
