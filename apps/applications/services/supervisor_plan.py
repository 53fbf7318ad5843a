"""Supervisors for many placements at once: proposed evenly, looked at, named row by row, taken back."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import CompanyMember, Job, StaffProfile, User
from apps.accounts.services.bulk_acts import BulkAct, act_on_rows, declare_act
from apps.accounts.services.people import canonical_email
from apps.accounts.states import MemberKind, Role
from apps.applications.matching.balance import Supervisor, Trainee, share_out
from apps.applications.models import Placement, PlacementSupervisor
from apps.applications.permissions import coordinates_placement
from apps.applications.services.supervisors import Naming, name_with_note, take_back_naming
from apps.applications.states import PlacementState, SupervisorKind
from portal.kernel.bulk import among
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from django.db.models import QuerySet

NAME_MANY: Final = "applications.name_supervisors"
MOST_PLANNED: Final = 5000


@dataclass(frozen=True)
class Share:
    """One person's part of a plan: students already, and the placements that come to it."""

    person: User
    load: int
    placements: list[Placement]

    @property
    def towns(self) -> list[str]:
        """The towns of the new ones, by name."""
        return sorted({placement.company.region for placement in self.placements if placement.company.region})

    @property
    def total(self) -> int:
        """How many there would be."""
        return self.load + len(self.placements)


@dataclass(frozen=True)
class Plan:
    """Who would look after whom; ``left`` are placements for which nobody is there."""

    shares: list[Share]
    left: list[Placement]

    @property
    def pairs(self) -> dict[int, int]:
        """The plan as it is applied: the person's key for each placement's."""
        return {row.pk: share.person.pk for share in self.shares for row in share.placements}


def propose_supervisors(
    placements: "QuerySet[Placement]",
    *,
    kind: SupervisorKind = SupervisorKind.UNIVERSITY,
    without: Collection[int] = (),
) -> Plan:
    """Share those placements that nobody looks after on that side out among the people who are there for it.

    These are the staff of the student's department, or the supervisors who are members of the company. ``without`` are
    people who shall get nobody. By town, programme and load: ``matching.balance``.
    """
    taken = PlacementSupervisor.objects.filter(kind=kind, is_active=True)
    waiting = placements.filter(state__in=PlacementState.unfinished()).exclude(pk__in=taken.values("placement"))
    related = waiting.select_related("company", "enrolment__cohort", "enrolment__student__student_profile__programme")
    rows = {row.pk: row for row in related.order_by("pk")[:MOST_PLANNED]}
    pools = {row.pk: _pool_of(row, kind) for row in rows.values()}
    people = _people_of(set(pools.values()), kind)
    staff = _loads_of(people, kind)
    trainees = [
        Trainee(row.pk, row.company.region.casefold(), pools[row.pk], _programme_of(row)) for row in rows.values()
    ]
    found = share_out(trainees, [one for one in staff if one.key not in set(without)])
    given: dict[int, list[Placement]] = defaultdict(list)
    for placement, person in found.items():
        given[person].append(rows[placement])
    loads = {one.key: one.load for one in staff}
    # Who is there for two companies stands in the plan once.
    shares = [Share(person, loads[pk], given[pk]) for pk, person in {one.pk: one for one, _pool in people}.items()]
    return Plan(shares, [row for key, row in rows.items() if key not in found])


def _pool_of(row: Placement, kind: SupervisorKind) -> int:
    return row.enrolment.cohort.department_id if kind == SupervisorKind.UNIVERSITY else row.company_id


def _people_of(pools: Collection[int], kind: SupervisorKind) -> list[tuple[User, int]]:
    """Return who is there for which department or company."""
    by_name = ("user__last_name", "user__first_name", "pk")
    if kind == SupervisorKind.UNIVERSITY:
        profiles = StaffProfile.objects.filter(
            department__in=pools, user__is_active=True, user__groups__name=Role.UNIVERSITY_SUPERVISOR
        )
        return [(row.user, row.department_id) for row in profiles.select_related("user").order_by(*by_name)]
    members = CompanyMember.objects.filter(
        company__in=pools, kind=MemberKind.SUPERVISOR, is_active=True, user__is_active=True
    )
    return [(row.user, row.company_id) for row in members.select_related("user").order_by(*by_name)]


def _loads_of(people: Sequence[tuple[User, int]], kind: SupervisorKind) -> list[Supervisor]:
    held: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    supervisions = PlacementSupervisor.objects.filter(
        user__in=[person.pk for person, _pool in people],
        kind=kind,
        is_active=True,
        is_deputy=False,
        placement__state__in=PlacementState.unfinished(),
    )
    programme = "placement__enrolment__student__student_profile__programme"
    for user, town, key in supervisions.values_list("user", "placement__company__region", programme):
        held[user].append((town.casefold(), key))
    return [
        Supervisor(
            person.pk,
            pool,
            len(held[person.pk]),
            frozenset(town for town, _key in held[person.pk] if town),
            frozenset(key for _town, key in held[person.pk] if key is not None),
        )
        for person, pool in people
    ]


def _programme_of(row: Placement) -> int | None:
    profile = getattr(row.enrolment.student, "student_profile", None)
    return profile.programme_id if profile is not None else None


# -- naming -------------------------------------------------------------------------------------------------------


def start_plan(
    pairs: Mapping[int, int],
    placements: "QuerySet[Placement]",
    *,
    actor: User,
    kind: SupervisorKind = SupervisorKind.UNIVERSITY,
) -> Job:
    """Name the people of a plan for those of the placements that the actor coordinates: few at once, many by a job.

    Raises ``RuleViolation`` ``plan_empty``; everything else is asked when a row's turn comes.
    """
    mine = {
        row.pk
        for row in placements.filter(among(list(pairs))).select_related("enrolment__cohort")
        if coordinates_placement(row, actor)
    }
    people = {str(key): person for key, person in sorted(pairs.items()) if key in mine}
    if not people:
        raise RuleViolation("plan_empty", _("Nobody is to be named."))
    values = {"kind": SupervisorKind(kind).value, "is_deputy": False, "people": people}
    return act_on_rows(NAME_MANY, [int(key) for key in people], values, actor=actor)


def name_for_many(
    placements: "QuerySet[Placement]",
    *,
    email: str,
    kind: SupervisorKind,
    actor: User,
    name: str = "",
    is_deputy: bool = False,
) -> Job:
    """Name one person for many placements, each on its own: what cannot be hinders nothing else.

    A person in a company whom the portal does not know yet is entered on the way, which is done at once: raises
    ``RuleViolation`` ``too_many`` for more than a page can do.
    """
    keys = sorted(placements.order_by().values_list("pk", flat=True))
    values = {"kind": SupervisorKind(kind).value, "is_deputy": is_deputy}
    known = User.objects.filter(email__iexact=canonical_email(email), is_active=True).first()
    if known is not None:
        people = {str(key): known.pk for key in keys}
        return act_on_rows(NAME_MANY, keys, {**values, "people": people}, actor=actor)
    return act_on_rows(NAME_MANY, keys, values, actor=actor, unkept={"email": email, "name": name})


def _name(placement: Placement, values: Mapping[str, Any], actor: User) -> dict[str, Any] | None:
    email, name = values.get("email", ""), values.get("name", "")
    if not email:
        person = User.objects.filter(pk=values["people"][str(placement.pk)], is_active=True).first()
        if person is None:
            raise RuleViolation("person_gone", _("The person is not there any more."))
        email = person.email
    naming = name_with_note(
        placement,
        name=name,
        email=email,
        kind=SupervisorKind(values["kind"]),
        is_deputy=values["is_deputy"],
        actor=actor,
    )
    # Who was first before and still is has nothing to go back to.
    return asdict(naming) if naming.rank != "first" or values["is_deputy"] else None


def _take_back(placement: Placement, note: Mapping[str, Any], actor: User) -> None:
    take_back_naming(placement, Naming(**note), actor=actor)


def _whom(values: Mapping[str, Any], notes: Mapping[str, Any], keys: Sequence[int]) -> dict[int, str]:
    """Return the person of each placement."""
    people = {**values.get("people", {}), **{key: note["person"] for key, note in notes.items()}}
    wanted = {key: people[str(key)] for key in keys if str(key) in people}
    names = User.objects.in_bulk(list(set(wanted.values())))
    return {key: str(names[person]) for key, person in wanted.items() if person in names}


declare_act(
    BulkAct(
        NAME_MANY,
        "applications.placement",
        title=_("Name supervisors"),
        done=_("Named"),
        do=_name,
        undone=_("Taken back"),
        undo=_take_back,
        undo_label=_("Take the supervisors back"),
        refusal=_("The placement is over, or you do not coordinate this student."),
        related=("company", "enrolment__cohort", "enrolment__student"),
        about=_whom,
    )
)
