"""What left the portal: each file with its code and hash, so that anybody can ask whether it still holds."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts.models import Enrolment
from apps.accounts.states import Role
from apps.applications.models import Placement
from apps.reporting import permissions
from apps.reporting.states import IssuedKind, IssuedState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel


class IssuedDocument(StatefulModel):
    """One file that left the portal. Files of one paper (its PDF, its Word file) share their ``code``.

    The target is what it shows, by label and key; ``week_start`` narrows a logbook to one week. ``confirmed_at`` and
    ``confirmed_role`` say when and by whom that was decided last, None and empty where nobody has. ``entries_digest``
    is the hash over the seals of the ``validated_count`` decided rows that stood in it.
    """

    MOVE_RELATED = ("enrolment__cohort",)

    code = models.CharField(_("code"), max_length=12, db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=IssuedKind)
    form = models.CharField(_("form"), max_length=4)
    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.PROTECT, related_name="issued_documents", verbose_name=_("enrolment")
    )
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("placement")
    )
    target_label = models.CharField(max_length=60)
    target_id = models.BigIntegerField()
    week_start = models.DateField(_("Monday of the week"), null=True)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    confirmed_at = models.DateTimeField(_("decided"), null=True)
    confirmed_role = models.CharField(_("decided by"), max_length=30, choices=Role, blank=True)
    entry_count = models.PositiveIntegerField(_("entries"), default=0)
    validated_count = models.PositiveIntegerField(_("validated entries"), default=0)
    entries_digest = models.CharField(max_length=64, blank=True)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    state = FSMField(_("state"), choices=IssuedState, default=IssuedState.ISSUED, protected=True, editable=False)

    class Meta:
        verbose_name = _("issued document")
        verbose_name_plural = _("issued documents")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"

    @property
    def anchor_department_id(self) -> int | None:
        """The department of the student's cohort."""
        return self.enrolment.cohort.department_id

    @transition(
        field=state,
        source=IssuedState.ISSUED,
        target=IssuedState.WITHDRAWN,
        permission=permissions.can_withdraw_issued,
        custom=move(
            _("Withdraw"),
            help=_("Whoever asks for the code is told that it does not count any more."),
            danger=Danger.FINAL,
            needs_reason=True,
            system=True,
            stamps={"withdrawn_at": Stamp.NOW, "reason": Stamp.REASON},
        ),
    )
    def withdraw(self) -> None:
        """It does not count any more."""
