"""Portfolios: composed by the student, shared by links that expire and can be withdrawn."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import AccessLink, Enrolment, User
from apps.accounts.services.links import Target, new_link, revoke_link
from apps.accounts.states import LinkPurpose
from apps.logbook.services.entries import clean_line, clean_text, lock_own
from apps.reporting.builders import pdf
from apps.reporting.models import Portfolio
from apps.reporting.selectors.letterhead import letterhead
from apps.reporting.selectors.portfolios import (
    LABEL,
    assessments_to_show,
    files_to_show,
    links_of_portfolio,
    page_of_portfolio,
    skills_to_show,
    weeks_to_show,
)
from apps.reporting.services.documents import CONTENT_TYPES, Document
from apps.reporting.services.issuing import Subject, ticket_for
from apps.reporting.states import IssuedKind
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation

MOST_ABOUT: Final = 2000
MOST_LINKS: Final = 20
DAYS: Final = (7, 30, 90)


@dataclass(frozen=True)
class Choice:
    """What the student ticked: keys, and skills by name."""

    title: str
    about: str
    shows_hours: bool
    weeks: Collection[int]
    assessments: Collection[int]
    files: Collection[int]
    skills: Collection[str]


def save_portfolio(enrolment: Enrolment, choice: Choice, *, actor: User) -> Portfolio:
    """Keep what was chosen; what is not validated or not the student's own is left out.

    Raises ``NotAllowed`` for anybody else, and ``RuleViolation`` ``control_character`` or ``text_too_long``.
    """
    with transaction.atomic():
        own = lock_own(enrolment, actor)
        row, _is_new = Portfolio.objects.get_or_create(enrolment=own)
        row.title = clean_line(choice.title, field="title", most=120)
        row.about = clean_text(choice.about, field="about", most=MOST_ABOUT)
        row.shows_hours = choice.shows_hours
        row.skills = [name for name, _count in skills_to_show(own) if name in choice.skills]
        row.save()
        row.weeks.set(weeks_to_show(own).filter(pk__in=choice.weeks))
        row.assessments.set(assessments_to_show(own).filter(pk__in=choice.assessments))
        row.files.set(files_to_show(own).filter(pk__in=choice.files))
    return row


def share_portfolio(portfolio: Portfolio, label: str, days: int, *, actor: User) -> str:
    """Make a link for somebody and return its secret, the only time that it is known.

    Raises ``RuleViolation`` ``no_such_time`` or ``too_many_links``.
    """
    if days not in DAYS:
        raise RuleViolation("no_such_time", _("Choose how long the link shall work."), field="days")
    with transaction.atomic():
        lock_own(portfolio.enrolment, actor)
        usable = [link for link in links_of_portfolio(portfolio) if link.is_usable]
        if len(usable) >= MOST_LINKS:
            raise RuleViolation("too_many_links", _("Withdraw a link first; there are twenty that work."))
        scope = {"for": clean_line(label, field="label", most=80)}
        target = Target(LABEL, portfolio.pk, scope)
        return new_link(actor, LinkPurpose.SHOW_PORTFOLIO, target, lifetime=dt.timedelta(days=days), actor=SYSTEM)


def withdraw_link(link: AccessLink, *, actor: User) -> None:
    """Let a link show nothing any more. Raises ``RuleViolation`` ``link_used`` where it is over anyhow."""
    revoke_link(link, actor=actor)


def make_portfolio(portfolio: Portfolio, *, language: str) -> Document:
    """Return the portfolio as PDF, with a code that needs no row: whoever has the link only reads.

    Raises ``RuleViolation`` where no PDF can be made here.
    """
    ticket = ticket_for(Subject(IssuedKind.PORTFOLIO, portfolio, portfolio.enrolment), kept=False)
    content = pdf.build_portfolio(
        page_of_portfolio(portfolio), ticket.code, ticket.url, language=language, images=letterhead()
    )
    return Document("portfolio.pdf", content, CONTENT_TYPES["pdf"])
