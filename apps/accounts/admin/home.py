"""The cards of accounts on the coordinators' first page."""

import datetime as dt

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts import selectors
from apps.accounts.permissions import is_superuser
from apps.accounts.states import CompanyState, ImportState, OutboxState, RowStatus
from portal.kernel.screens import HomeCard, home_card

SHOWN = 5
SOON_DAYS = 60


@home_card(20)
def companies_to_moderate(request: HttpRequest) -> HomeCard:
    """Companies that wait for a decision of this user, the oldest first."""
    waiting = selectors.companies_moderated_by(request.user).filter(state=CompanyState.PROPOSED)
    rows = [
        (company.name, reverse("admin:accounts_company_change", args=[company.pk]))
        for company in waiting.order_by("created_at")[:SHOWN]
    ]
    return HomeCard(
        title=_("Companies to approve"),
        count=waiting.count() if len(rows) == SHOWN else len(rows),
        url=reverse("admin:accounts_company_changelist") + f"?state__exact={CompanyState.PROPOSED.value}",
        action=_("Look at them"),
        rows=rows,
    )


@home_card(30)
def agreements_to_renew(request: HttpRequest) -> HomeCard | None:
    """Agreements that end within two months or have ended, the first to end first; no card where there are none."""
    before = timezone.localdate() + dt.timedelta(days=SOON_DAYS)
    ending = selectors.agreements_to_renew(request.user, before=before)
    rows = [
        (
            f"{row.company} · {date_format(row.expires_on)}",
            reverse("admin:accounts_company_change", args=[row.company_id]),
        )
        for row in ending.select_related("company")[:SHOWN]
    ]
    if not rows:
        return None
    return HomeCard(
        title=_("Agreements that end soon"),
        count=ending.count() if len(rows) == SHOWN else len(rows),
        url=reverse("admin:accounts_agreement_changelist") + "?ends=soon",
        action=_("Look at them"),
        rows=rows,
    )


@home_card(70)
def links_never_opened(request: HttpRequest) -> HomeCard | None:
    """Links that nobody has opened for days, the oldest first: the address may be wrong."""
    waiting = selectors.never_opened(selectors.links_visible_to(request.user))
    oldest = waiting.select_related("user").order_by("pk")[:SHOWN]
    rows = [(str(link), reverse("admin:accounts_accesslink_change", args=[link.pk])) for link in oldest]
    if not rows:
        return None
    return HomeCard(
        title=_("Links never opened"),
        count=waiting.count() if len(rows) == SHOWN else len(rows),
        url=reverse("admin:accounts_accesslink_changelist") + "?todo=unopened",
        action=_("Look at them"),
        rows=rows,
    )


@home_card(75)
def addresses_that_bounce(request: HttpRequest) -> HomeCard | None:
    """People whom no mail reaches, the latest first."""
    troubles = selectors.mail_troubles_visible_to(request.user)
    latest = troubles.select_related("user").order_by("-last_at")[:SHOWN]
    rows = [
        (f"{row.user} · {row.address}", reverse("admin:accounts_mailtrouble_change", args=[row.pk])) for row in latest
    ]
    if not rows:
        return None
    return HomeCard(
        title=_("Addresses that send mail back"),
        count=troubles.count() if len(rows) == SHOWN else len(rows),
        url=reverse("admin:accounts_mailtrouble_changelist"),
        action=_("Look at them"),
        rows=rows,
    )


@home_card(85)
def refused_notices(request: HttpRequest) -> HomeCard | None:
    """Notices that no mail server takes; only the superuser can do something about it."""
    if not is_superuser(request.user):
        return None
    refused = selectors.undelivered_notices_visible_to(request.user)
    newest = refused.select_related("recipient").order_by("-pk")[:SHOWN]
    rows = [
        (f"{row.recipient} · {row.reason}", reverse("admin:accounts_notice_change", args=[row.pk])) for row in newest
    ]
    return HomeCard(
        title=_("Mails that were refused"),
        count=refused.count() if len(rows) == SHOWN else len(rows),
        url=reverse("admin:accounts_notice_changelist"),
        action=_("Look at them"),
        rows=rows,
    )


@home_card(80)
def imports_to_finish(request: HttpRequest) -> HomeCard | None:
    """The user's own uploads that were refused or wait to be confirmed; nobody finishes those of somebody else."""
    open_states = [ImportState.STAGED, ImportState.REFUSED]
    waiting = selectors.imports_visible_to(request.user).filter(state__in=open_states, owner=request.user.pk)
    found = list(waiting[: SHOWN + 1])
    if not found:
        return None
    rows = []
    for batch in found[:SHOWN]:
        errors = batch.counts.get(RowStatus.ERROR, 0)
        words = ngettext("%(count)d error", "%(count)d errors", errors) % {"count": errors}
        text = f"{batch.file_name} · {words if errors else batch.get_state_display()}"
        rows.append((text, reverse("admin:accounts_importbatch_change", args=[batch.pk])))
    return HomeCard(
        title=_("Imports to finish"),
        count=len(found) if len(found) <= SHOWN else waiting.count(),
        url=reverse("admin:accounts_importbatch_changelist"),
        action=_("Go on"),
        rows=rows,
    )


@home_card(90)
def dead_tasks(request: HttpRequest) -> HomeCard | None:
    """Background work that failed for good; only the superuser can do something about it."""
    if not is_superuser(request.user):
        return None
    dead = selectors.outbox_tasks_visible_to(request.user).filter(state=OutboxState.DEAD)
    rows = [(task.kind, reverse("admin:accounts_outboxtask_change", args=[task.pk])) for task in dead[:SHOWN]]
    return HomeCard(
        title=_("Background work that failed"),
        count=dead.count() if len(rows) == SHOWN else len(rows),
        url=reverse("admin:accounts_outboxtask_changelist") + f"?state__exact={OutboxState.DEAD.value}",
        action=_("Look at it"),
        rows=rows,
    )
