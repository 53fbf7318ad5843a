"""Abstract bases of all models."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin


class Timestamped(models.Model):
    """When the row came and when it last changed."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        abstract = True


class StatefulModel(ConcurrentTransitionMixin, Timestamped):
    """A row with a state machine in the field ``state``; only ``portal.kernel.fsm.perform`` moves it.

    ``version`` counts every change of content or state: forms and the API send it back, so that a decision taken
    on an old sight of the row is refused instead of overwriting the new one.
    ``MOVE_RELATED`` and ``MOVE_PREFETCH`` name the relations that the model's permissions read, so that moving
    many rows asks the database once and not once a row. ``LOCK_FIRST`` names the relation whose row is locked before
    this one, where a move of one row moves its siblings: two that begin at different siblings would each hold what
    the other wants. ``KEEPS_HISTORY`` is off only for what is itself a record of work (jobs, notices).
    """

    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    if TYPE_CHECKING:
        # Each model declares its own FSMField of this name; here only so that the kernel can read it.
        state: str

    MOVE_RELATED: ClassVar[tuple[str, ...]] = ()
    MOVE_PREFETCH: ClassVar[tuple[str, ...]] = ()
    LOCK_FIRST: ClassVar[str] = ""
    KEEPS_HISTORY: ClassVar[bool] = True

    class Meta:
        abstract = True

    @property
    def anchor_department_id(self) -> int | None:
        """The department whose coordinators may read this row's history; None where it belongs to no department."""
        return None

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Reload although the state field is protected.

        The package switches ``protected`` off on the class meanwhile, for every thread; we take the value out of
        this instance instead. The state is always read anew, whatever ``fields`` says: a row never shows new
        content under an old state.
        """
        self.__dict__.pop("state", None)
        names = None if fields is None else list(fields)
        models.Model.refresh_from_db(self, using=using, fields=names, from_queryset=from_queryset)
        self._update_initial_state()
