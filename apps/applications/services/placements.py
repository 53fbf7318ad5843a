"""Placements: the four ways in, and what must be true at the moment when one is confirmed or cancelled."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Company, Enrolment, User
from apps.accounts.selectors import look_alike_companies
from apps.accounts.services.organisations import propose_company
from apps.accounts.services.people import canonical_email, normal_name
from apps.accounts.states import CompanyState, Role
from apps.applications.models import Application, Placement
from apps.applications.permissions import can_place, can_propose_place
from apps.applications.services.terms import Terms, check_dates, check_terms
from apps.applications.states import PlacementOrigin, PlacementState
from portal.kernel.access import SystemActor
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.fsm import announce_created, perform

if TYPE_CHECKING:
    from portal.kernel.access import Actor

DAY: Final = dt.timedelta(days=1)
MOST_A_DAY: Final = 5


@dataclass(frozen=True)
class FoundPlace:
    """The eight fields by which a student proposes a place."""

    company_name: str
    address: str
    supervisor_name: str
    supervisor_email: str
    supervisor_phone: str
    start: dt.date
    end: dt.date
    task: str


# -- the ways in --------------------------------------------------------------------------------------------------


def offer_placement(
    application: Application, *, actor: "Actor", origin: PlacementOrigin = PlacementOrigin.APPLIED
) -> Placement:
    """Make the placement that an accepted application stands for; part of accepting, in its transaction."""
    cohort = application.enrolment.cohort
    placement = Placement(
        enrolment=application.enrolment,
        company=application.vacancy.company,
        application=application,
        origin=origin,
        start=cohort.start,
        end=cohort.end,
        site_address=application.vacancy.location,
    )
    placement.save()
    announce_created(placement, actor=actor)
    return placement


def allocate_placement(
    enrolment: Enrolment,
    company: Company,
    *,
    actor: "Actor",
    terms: Terms | None = None,
    origin: PlacementOrigin = PlacementOrigin.ALLOCATED,
) -> Placement:
    """Give the student a place at the company; it is *proposed* until the student or a coordinator confirms it.

    Raises ``NotAllowed`` for who does not coordinate the cohort, and ``RuleViolation`` ``company_not_approved``,
    ``dates_wrong``, ``share_wrong``, ``placed_there_already`` or ``no_time_left`` (settled places in these days add
    up to more than the whole week).
    """
    if not isinstance(actor, SystemActor) and not can_place(enrolment, actor):
        raise NotAllowed
    if company.state != CompanyState.APPROVED:
        raise RuleViolation("company_not_approved", _("The company is not approved."), field="company")
    terms = terms or Terms()
    with transaction.atomic():
        # Whoever places this student waits here: two places at once would each see the time as free.
        cohort = Enrolment.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=enrolment.pk).cohort
        placement = Placement(
            enrolment=enrolment,
            company=company,
            origin=origin,
            start=terms.start or cohort.start,
            end=terms.end or cohort.end,
            share=terms.share,
            site_address=terms.site_address,
            task=terms.task,
        )
        check_terms(placement)
        placement.save()
        announce_created(placement, actor=actor)
    return placement


@dataclass(frozen=True)
class Placed:
    """What became of placing many: the placements made, and who was refused with the sentence that says why."""

    made: list[Placement]
    refused: list[tuple[Enrolment, Text]]


def place_students(
    enrolments: Iterable[Enrolment],
    company: Company,
    *,
    actor: "Actor",
    terms: Terms | None = None,
    student_confirms: bool = False,
) -> Placed:
    """Give many students a place at one company, each on its own: who cannot be placed hinders nobody else.

    The coordinator's word settles it at once, unless the students are to confirm themselves.
    """
    made: list[Placement] = []
    refused: list[tuple[Enrolment, Text]] = []
    for enrolment in enrolments:
        try:
            with transaction.atomic():
                placement = allocate_placement(enrolment, company, actor=actor, terms=terms)
                made.append(placement if student_confirms else perform(placement, "confirm", actor=actor))
        except RuleViolation as error:
            refused.append((enrolment, error.message))
        except NotAllowed:
            refused.append((enrolment, _("You do not coordinate this student.")))
    return Placed(made, refused)


def propose_self_found_placement(enrolment: Enrolment, found: FoundPlace, *, actor: User) -> Placement:
    """Enter a place that the student has found; a coordinator confirms it.

    The company is looked up by its name, whatever its legal form and punctuation, and proposed if nobody knows it.
    The supervisor stays words on the placement until it is confirmed: a student's say makes nobody a member of a
    company. Raises ``NotAllowed`` and ``RuleViolation`` ``self_found_not_allowed``, ``already_placed``,
    ``already_proposed``, ``dates_wrong``, ``supervisor_is_student``, ``company_closed`` or ``name_missing``.
    """
    if not can_propose_place(enrolment, actor):
        raise NotAllowed
    email = canonical_email(found.supervisor_email)
    with transaction.atomic():
        locked = Enrolment.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=enrolment.pk)
        _check_proposal(locked, email)
        placement = Placement(
            enrolment=enrolment,
            company=_host(found, enrolment=locked, actor=actor),
            origin=PlacementOrigin.SELF_FOUND,
            start=found.start,
            end=found.end,
            site_address=found.address,
            task=found.task,
            supervisor_name=found.supervisor_name,
            supervisor_email=email,
            supervisor_phone=found.supervisor_phone,
        )
        check_dates(placement)
        placement.save()
        announce_created(placement, actor=actor)
    return placement


def _check_proposal(enrolment: Enrolment, supervisor_email: str) -> None:
    cohort, own = enrolment.cohort, Placement.objects.filter(enrolment=enrolment)
    if not cohort.self_found_allowed:
        raise RuleViolation("self_found_not_allowed", _("Places in this cohort are given by the university."))
    if cohort.one_place_closes_others and own.filter(state__in=PlacementState.settled()).exists():
        raise RuleViolation("already_placed", _("You have a place already. Ask your coordinator if it must change."))
    if own.filter(state=PlacementState.PROPOSED, origin=PlacementOrigin.SELF_FOUND).exists():
        raise RuleViolation(
            "already_proposed", _("Your earlier proposal has not been answered yet. Cancel it if it is not valid.")
        )
    # Each proposal writes to an address that the student has typed.
    if own.filter(origin=PlacementOrigin.SELF_FOUND, created_at__gt=timezone.now() - DAY).count() >= MOST_A_DAY:
        raise RuleViolation("too_often", _("You have proposed several places today. Go on tomorrow."))
    if User.objects.filter(email__iexact=supervisor_email, groups__name=Role.STUDENT).exclude(email="").exists():
        raise RuleViolation(
            "supervisor_is_student",
            _("This is a student's address. Enter the address of your supervisor."),
            field="supervisor_email",
        )


def _host(found: FoundPlace, *, enrolment: Enrolment, actor: User) -> Company:
    known = look_alike_companies(normal_name(found.company_name)) if found.company_name.strip() else None
    if known is not None:
        # "approved" sorts before "proposed".
        usable = known.filter(state__in=[CompanyState.APPROVED, CompanyState.PROPOSED]).order_by("state", "pk").first()
        if usable is not None:
            return usable
        if known.exists():
            raise RuleViolation("company_closed", _("This company takes no students at present."), field="company_name")
    try:
        return propose_company(
            name=found.company_name,
            actor=actor,
            department=enrolment.cohort.department,
            cohort=enrolment.cohort,
            address=found.address,
            contact_person=found.supervisor_name,
            phone=found.supervisor_phone,
        )
    except RuleViolation as error:
        raise RuleViolation(error.code, error.message, field="company_name") from error
