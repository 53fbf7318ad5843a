"""What days and weeks have in common: who may write, what text is taken, and files that go after the commit."""

import logging
import unicodedata
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.logbook.models import DailyLog, LogAttachment, WeeklyReport
from apps.logbook.permissions import can_change_entry
from apps.logbook.selectors import Place
from portal.kernel.errors import NotAllowed, RuleViolation, Stale, WrongState

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile

    from portal.kernel.access import Actor

log = logging.getLogger(__name__)

MOST_TEXT: Final = 10_000
MOST_LINE: Final = 200


def clean_text(text: str, *, field: str, most: int = MOST_TEXT) -> str:
    """Return the text in its one normal form (NFC, plain line ends, nothing around it).

    Raises ``RuleViolation`` ``control_character`` (they break documents) or ``text_too_long``.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if any(letter not in "\n\t" and unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise RuleViolation(
            "control_character", _("The text holds signs that cannot be printed. Type it anew."), field=field
        )
    if len(text) > most:
        raise RuleViolation("text_too_long", _("The text is too long."), field=field)
    return text


def clean_line(text: str, *, field: str, most: int = MOST_LINE) -> str:
    """Return the text as one line; raises as ``clean_text`` does."""
    return clean_text(" ".join(text.split()), field=field, most=most)


def check_own(enrolment: Enrolment, actor: "Actor") -> None:
    """Raise ``NotAllowed`` unless the actor is the student whose enrolment this is."""
    if enrolment.student_id != actor.pk or not has_role(actor, Role.STUDENT):
        raise NotAllowed


def lock_own(enrolment: Enrolment, actor: "Actor") -> Enrolment:
    """Lock the student's enrolment, so that one student's writes come one after the other; others: ``NotAllowed``."""
    check_own(enrolment, actor)
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("cohort")
    return rows.prefetch_related("cohort__holidays").get(pk=enrolment.pk)


def check_place(place: Place[DailyLog] | Place[WeeklyReport], wanted: int | None) -> None:
    """Raise ``RuleViolation`` ``placement_not_open`` where the student asks for a place that is not to be had."""
    if wanted is not None and place.placement is None:
        raise RuleViolation("placement_not_open", _("This placement is not yours at that time."), field="placement")


def check_writable(entry: DailyLog | WeeklyReport, actor: "Actor", expected_version: int | None) -> None:
    """Raise ``NotAllowed``, ``WrongState`` or ``Stale`` unless the actor may change what is written now."""
    if not can_change_entry(entry, actor):  # type: ignore[arg-type] # the system is nobody's author
        if entry.enrolment.student_id != actor.pk:
            raise NotAllowed
        raise WrongState("not_with_you", _("You have sent this. Take it back if you want to change it."))
    if expected_version is not None and entry.version != expected_version:
        raise Stale(
            "stale", _("You changed this on another device meanwhile. Reload the page; your text here stays saved.")
        )


def drop_file(stored: "FieldFile") -> None:
    """Remove a stored file after the commit, unless a corrected version of the day still shows it."""
    storage, name = stored.storage, str(stored.name)

    def remove() -> None:
        if LogAttachment.objects.filter(file=name).exists():
            return
        try:
            storage.delete(name)
        except OSError:
            log.warning("The file %s could not be removed", name)

    transaction.on_commit(remove)
