"""What is told about letters and agreements: to who signs, and to who waits for it."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.selectors import coordinators_of, representatives_of
from apps.accounts.services.links import Target
from apps.accounts.services.notice_kinds import COORDINATOR
from apps.accounts.services.notices import LinkWish, NoticeKind, declare_notice, tell
from apps.accounts.states import LinkPurpose, Role
from apps.applications.models import Agreement
from apps.applications.notifications.facts import WHY_COORDINATOR, facts_about
from apps.applications.states import Party, SupervisorKind

WHY_PARTY = _("You get this because you sign for the training of %(student)s at %(company)s.")

TO_SIGN = declare_notice(
    NoticeKind(
        "applications.agreement_to_sign",
        subject=_("%(paper)s of %(student)s: please sign"),
        sentence=_("%(paper)s for %(student)s at %(company)s waits for your signature. Read it and type your name."),
        button=_("Read and sign"),
        why=WHY_PARTY,
        urgent=True,
        label=_("A letter or agreement waits for your signature"),
        to=(Role.STUDENT, Role.COMPANY_REPRESENTATIVE, Role.INDUSTRIAL_SUPERVISOR),
    )
)
TO_COUNTERSIGN = declare_notice(
    NoticeKind(
        "applications.agreement_to_countersign",
        subject=_("%(paper)s of %(student)s: please sign"),
        sentence=_("%(paper)s for %(student)s at %(company)s waits for the university's signature."),
        button=_("Read and sign"),
        why=WHY_COORDINATOR,
        label=_("A paper waits for the university's signature"),
        to=COORDINATOR,
    )
)
COMPLETE = declare_notice(
    NoticeKind(
        "applications.agreement_complete",
        subject=_("%(paper)s of %(student)s is signed by all"),
        sentence=_("%(paper)s for %(student)s at %(company)s is signed by all. You find it in the portal."),
        button=_("See it"),
        why=WHY_PARTY,
        label=_("A letter or agreement is signed by all"),
        to=(Role.STUDENT, Role.COMPANY_REPRESENTATIVE, Role.INDUSTRIAL_SUPERVISOR),
    )
)
SCAN_RECEIVED = declare_notice(
    NoticeKind(
        "applications.agreement_scan_received",
        subject=_("A signed paper of %(student)s has come"),
        sentence=_("%(sender)s has sent a scan of %(paper)s for %(student)s. Look whether everybody has signed."),
        button=_("Look at the scan"),
        why=WHY_COORDINATOR,
        label=_("A scan of a signed paper has come"),
        to=COORDINATOR,
    )
)


def _signers(agreement: Agreement, party: Party) -> list[User]:
    """Return who is asked to sign for a party: the company's representatives, else its first supervisor."""
    placement = agreement.placement
    if party == Party.STUDENT:
        return [placement.enrolment.student]
    if party == Party.UNIVERSITY:
        return list(coordinators_of(placement.enrolment.cohort))
    rows = placement.supervisors.filter(kind=SupervisorKind.INDUSTRIAL, is_active=True, user__is_active=True)
    first = rows.select_related("user").order_by("is_deputy", "pk").first()
    return list(representatives_of(placement.company_id)) or ([first.user] if first else [])


def _tell(agreement: Agreement, person: User, kind: NoticeKind, *, link: LinkWish | None = None, **more: str) -> None:
    with translation.override(person.language or None):
        paper = str(agreement.get_kind_display())
    tell(
        person,
        kind,
        facts={**facts_about(agreement.placement, person), "paper": paper, **more},
        url=reverse("agreement_detail", args=[agreement.pk]),
        link=link,
        dedupe_key=f"{kind.kind}:{agreement.pk}:{agreement.version if more else 0}:{person.pk}",
    )


def tell_agreement_to_sign(agreement: Agreement) -> None:
    """Ask everybody who signs; the student and the company get a link that needs no account."""
    link = LinkWish(LinkPurpose.SIGN_AGREEMENT, Target("applications.Agreement", agreement.pk, {}))
    for party in agreement.missing:
        for person in _signers(agreement, party):
            if party == Party.UNIVERSITY:
                _tell(agreement, person, TO_COUNTERSIGN)
            else:
                _tell(agreement, person, TO_SIGN, link=link)


def _concerned(agreement: Agreement) -> Iterator[User]:
    for party in (Party.STUDENT, Party.HOST):
        yield from _signers(agreement, party)


def tell_agreement_complete(agreement: Agreement) -> None:
    """Tell the student and the company that a paper is signed by all."""
    for person in _concerned(agreement):
        _tell(agreement, person, COMPLETE)


def tell_scan_received(agreement: Agreement) -> None:
    """Tell the coordinators that a scan waits for their look."""
    for person in coordinators_of(agreement.placement.enrolment.cohort):
        _tell(agreement, person, SCAN_RECEIVED, sender=str(agreement.scanned_by))
