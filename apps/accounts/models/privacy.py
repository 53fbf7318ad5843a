"""The erasure of a person: asked for, waited for, held back or carried out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from apps.accounts import permissions
from apps.accounts.states import ErasureState
from portal.kernel.fsm import Danger, Stamp, move, transition
from portal.kernel.models import StatefulModel


class Erasure(StatefulModel):
    """One person is to be forgotten from ``due_at`` on, unless it is held back or withdrawn before."""

    MOVE_RELATED = ("person",)

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="erasures", verbose_name=_("person")
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    hold_reason = models.TextField(_("reason of the hold"), blank=True, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    state = FSMField(
        _("state"), choices=ErasureState, default=ErasureState.WAITING, protected=True, db_index=True, editable=False
    )

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(state__in=["waiting", "held"]),
                name="accounts_erasure_open_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @transition(
        field=state,
        source=ErasureState.WAITING,
        target=ErasureState.HELD,
        permission=permissions.only_superuser,
        custom=move(
            _("Hold back"),
            help=_("A law or a dispute keeps the data for now."),
            needs_reason=True,
            stamps={"hold_reason": Stamp.REASON},
        ),
    )
    def hold(self) -> None:
        """Nothing is erased while it is held."""

    @transition(
        field=state,
        source=ErasureState.HELD,
        target=ErasureState.WAITING,
        permission=permissions.only_superuser,
        custom=move(_("Release"), help=_("It is carried out when it is due.")),
    )
    def release(self) -> None:
        """What held it is over."""

    @transition(
        field=state,
        source=[ErasureState.WAITING, ErasureState.HELD],
        target=ErasureState.WITHDRAWN,
        permission=permissions.only_superuser,
        custom=move(_("Withdraw"), danger=Danger.CAREFUL),
    )
    def withdraw(self) -> None:
        """Nothing is erased."""

    @transition(
        field=state,
        source=ErasureState.WAITING,
        target=ErasureState.DONE,
        custom=move(_("Carry out"), system=True, stamps={"done_at": Stamp.NOW}),
    )
    def carry_out(self) -> None:
        """The person is forgotten."""
