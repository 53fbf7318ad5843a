"""What became of a mail to many: whom it reached, whom not and why, on the page that all bulk work has."""

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Job, MassMail, User
from apps.accounts.services.bulk_results import BulkKind, Outcome, WayBack, declare_bulk_kind, new_outcome, refuse
from apps.accounts.services.mass_mail import SEND, STOPPED, audience_of, stop_mass_mail
from apps.accounts.states import MassMailState, NoticeState
from portal.kernel.errors import Text

WHY: Final[Mapping[str, Text]] = {
    "not_yours": _("It is not there any more, or not yours."),
    "nobody_there": _("Nobody is there to be written to."),
    "once": _("Who is written to for this one gets the mail once, for another one."),
    "shut_out": _("The person is shut out."),
    "unwanted": _("The person takes no such mails; it stands in the portal."),
    "failed": _("The mail could not be delivered."),
    "stopped": _("You have stopped it before it went out."),
}


def _mail_of(row: Job) -> MassMail:
    return MassMail.objects.select_related("author").get(pk=row.payload["mail_id"])


def outcome_of_mail(mail: MassMail) -> Outcome:
    """Return the chosen rows by what has become of their people's mails until now; two queries.

    A row with several people counts as reached when one of them is.
    """
    outcome = new_outcome()
    recipients = mail.recipients.select_related("person", "notice")
    targets = [row.target_id for row in recipients]
    mine = set(audience_of(mail).rows(mail.author).filter(pk__in=targets).values_list("pk", flat=True))
    found: dict[int, list[str]] = {}
    for row in recipients:
        found.setdefault(row.target_id, []).append(_what_became(mail, row, mine))
    for key, codes in sorted(found.items()):
        if "" in codes:
            outcome["moved"].append(key)
        else:
            refuse(outcome, WHY[codes[0]], [key])
    for code, keys in mail.left_out.items():
        refuse(outcome, WHY[code], keys)
    return outcome


def _what_became(mail: MassMail, row: Any, mine: set[int]) -> str:
    """Return the code of why it did not reach the person; empty where it has, or is on its way."""
    if row.notice is None:
        if not row.person.is_active:
            return "shut_out"
        return "stopped" if row.target_id in mine or mail.state == MassMailState.STOPPED else "not_yours"
    if row.notice.state == NoticeState.SKIPPED:
        return "stopped" if row.notice.reason == STOPPED else "unwanted"
    return "failed" if row.notice.state == NoticeState.FAILED else ""


def _label(row: Job) -> str:
    return audience_of(_mail_of(row)).label


def _back(row: Job) -> WayBack | None:
    return None if _mail_of(row).state == MassMailState.STOPPED else WayBack(_("Keep back what has not gone out"))


def _stop(row: Job, *, reason: str, actor: User) -> str:
    del reason
    stop_mass_mail(_mail_of(row), actor=actor)
    return reverse("bulk_result", args=[row.pk])


def _more(row: Job) -> tuple[Text, str]:
    return _("Open the mail"), reverse("admin:accounts_massmail_change", args=[row.payload["mail_id"]])


declare_bulk_kind(
    SEND,
    BulkKind(
        done=lambda _row: _("On its way or sent"),
        label=_label,
        back=_back,
        undo=_stop,
        outcome=lambda row: outcome_of_mail(_mail_of(row)),
        more=_more,
    ),
)
