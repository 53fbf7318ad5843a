"""What the undo of an import of people of companies asks and does beside the memberships: the people whom it made."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import CompanyMember, ImportBatch, User
from apps.accounts.services.people import withdraw_role
from apps.accounts.services.students_undo import TOUCHED
from apps.accounts.services.undo_rows import Found, applied_rows, made_by, pointing_to
from apps.accounts.states import MemberKind, Role, RowStatus
from portal.kernel.imports import Line, clean_line, resource_for

OF_PERSON: Final = ("first_name", "last_name", "phone")
OF_COMPANIES: Final = frozenset({Role.COMPANY_REPRESENTATIVE.value, Role.INDUSTRIAL_SUPERVISOR.value})
# The pseudo-column of what is not in the table: that the line made the person, and not the membership alone.
PERSON: Final = "person"


def _making(batch: ImportBatch) -> QuerySet[CompanyMember]:
    """Return the memberships whose lines made their person."""
    lines = applied_rows(batch, status=RowStatus.NEW, changes__has_key=PERSON)
    return CompanyMember.objects.filter(pk__in=lines.values("target"))


def people_used(batch: ImportBatch) -> Found:
    """Find people whom the import made and who have been here, or were given more than it gave."""
    member_of = dict(_making(batch).values_list("user", "pk"))
    people = User.objects.filter(pk__in=list(member_of))
    for key in people.filter(TOUCHED).values_list("pk", flat=True):
        yield member_of[key], _("This person has been here since.")
    more = User.groups.through.objects.filter(user__in=people).exclude(group__name__in=OF_COMPANIES)
    for key in more.values_list("user", flat=True):
        yield member_of[key], _("This person has other rights by now.")
    elsewhere = CompanyMember.objects.filter(user__in=people).exclude(pk__in=made_by(batch))
    for key in elsewhere.values_list("user", flat=True):
        yield member_of[key], _("This person belongs to a company as well that the table does not name.")
    for key, reason in pointing_to(User, people, "pk", frozenset({CompanyMember, User.groups.through})):
        yield member_of[key], reason
    yield from _renamed(batch, member_of)


def _renamed(batch: ImportBatch, member_of: dict[int, int]) -> Found:
    people = {person.pk: person for person in User.objects.filter(pk__in=list(member_of))}
    said = dict(applied_rows(batch, target__in=member_of.values()).values_list("target", "values"))
    resource = resource_for(batch.kind)
    for key, member in member_of.items():
        line = Line(0, said[member])
        clean_line(resource, line)
        if any(getattr(people[key], name) != line.values.get(name, "") for name in OF_PERSON):
            yield member, _("Somebody has changed this since.")


def remove_members(keys: Sequence[int], batch: ImportBatch, actor: User) -> None:
    """Delete memberships that an import made, the people whom it made, and roles that stand on nothing any more."""
    people = set(_making(batch).filter(pk__in=keys).values_list("user", flat=True))
    members = CompanyMember.objects.filter(pk__in=keys)
    others: list[Any] = list(members.exclude(user__in=people).select_related("user"))
    members.delete()
    User.objects.filter(pk__in=people).exclude(pk__in=CompanyMember.objects.values("user")).delete()
    for member in others:
        if not CompanyMember.objects.filter(user=member.user_id, kind=member.kind).exists():
            represents = member.kind == MemberKind.REPRESENTATIVE
            role = Role.COMPANY_REPRESENTATIVE if represents else Role.INDUSTRIAL_SUPERVISOR
            withdraw_role(member.user, role, actor=actor)
