"""The letter that introduces a student to a company before there is a place."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Enrolment
from apps.applications import permissions
from apps.applications.states import LetterState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel


def letter_path(_letter: "IntroductionLetter", _name: str) -> str:
    """Return a name that cannot be guessed."""
    return f"letters/{uuid.uuid4()}.pdf"


class IntroductionLetter(StatefulModel):
    """A letter for a student who looks for a place: asked for by the student, issued by a coordinator or at once.

    The company is only words: the student goes there with the letter, and nobody knows yet what comes of it. Without
    a name the letter is for whoever reads it. The PDF is made when the letter is issued, and never changes.
    """

    MOVE_RELATED = ("enrolment__cohort",)

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="introduction_letters", verbose_name=_("enrolment")
    )
    company_name = models.CharField(
        _("company"), max_length=160, blank=True, help_text=_("Without a name the letter can be shown to any company.")
    )
    address = models.CharField(_("address of the company"), max_length=240, blank=True)
    language = models.CharField(_("language"), max_length=8)
    # Stands on the letter as words and as QR code; it leads to its page and opens nothing.
    code = models.CharField(_("code"), max_length=12, unique=True, editable=False)
    file = models.FileField(_("file"), upload_to=letter_path, max_length=200, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    problem = models.TextField(_("problem"), blank=True, editable=False)
    # Empty where the cohort's rule has issued it.
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("issued by"),
    )
    issued_at = models.DateTimeField(_("issued"), null=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    state = FSMField(
        _("state"), choices=LetterState, default=LetterState.REQUESTED, protected=True, db_index=True, editable=False
    )

    class Meta:
        verbose_name = _("introduction letter")
        verbose_name_plural = _("introduction letters")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.enrolment.student} · {self.company_name or self.code}"

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.enrolment.cohort.department_id

    @property
    def language_name(self) -> str:
        """The language in words."""
        return str(dict(settings.LANGUAGES).get(self.language, self.language))

    @transition(
        field=state,
        source=LetterState.REQUESTED,
        target=LetterState.ISSUED,
        permission=permissions.coordinates_letter,
        custom=move(
            _("Issue"),
            help=_("The letter is made and the student is told."),
            danger=Danger.MAIN,
            system=True,
            stamps={"issued_at": Stamp.NOW, "issued_by": Stamp.ACTOR},
        ),
    )
    def issue(self) -> None:
        """Give the student the letter."""

    @transition(
        field=state,
        source=LetterState.REQUESTED,
        target=LetterState.REFUSED,
        permission=permissions.coordinates_letter,
        custom=move(_("Refuse"), danger=Danger.FINAL, needs_reason=True, stamps={"reason": Stamp.REASON}),
    )
    def refuse(self) -> None:
        """Give none, with a reason that the student reads."""

    @transition(
        field=state,
        source=LetterState.REQUESTED,
        target=LetterState.WITHDRAWN,
        permission=permissions.is_introduced,
        custom=move(_("Take back"), help=_("You do not need the letter any more."), danger=Danger.CAREFUL, bulk=False),
    )
    def take_back(self) -> None:
        """The student does not need it any more."""

    @transition(
        field=state,
        source=LetterState.ISSUED,
        target=LetterState.WITHDRAWN,
        permission=permissions.coordinates_letter,
        custom=move(_("Withdraw"), danger=Danger.FINAL, needs_reason=True, stamps={"reason": Stamp.REASON}),
    )
    def withdraw(self) -> None:
        """It does not count any more."""
