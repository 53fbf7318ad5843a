"""Staff of the university, entered and changed as a table."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Department, ImportBatch, StaffProfile, User
from apps.accounts.selectors import departments_coordinated_by, staff_managed_by
from apps.accounts.services.held_addresses import HeldAddresses, refuse_alike
from apps.accounts.services.history import note_history
from apps.accounts.services.import_kinds import (
    ImportKind,
    Judgement,
    TableJudge,
    Told,
    changed_values,
    declare_import,
)
from apps.accounts.services.people import create_person, fill_person, give_role, withdraw_role
from apps.accounts.services.students_undo import TOUCHED
from apps.accounts.services.undo_rows import Found, RowsUndo, made_by, pointing_to
from apps.accounts.states import Role, RowStatus
from portal.kernel.imports import Line

STAFF: Final = "accounts.staff"
OF_PERSON: Final = ("first_name", "last_name", "email", "phone")


class _Staff(TableJudge):
    kind = STAFF
    key = ("staff_no",)

    def read(self, lines: Sequence[Line]) -> None:
        numbers = [line.values["staff_no"] for line in lines if "staff_no" in line.values]
        rows = StaffProfile.objects.filter(staff_no__in=numbers).select_related("user", "department")
        self.profiles = {row.staff_no: row for row in rows.prefetch_related("user__groups")}
        self.departments = set(departments_coordinated_by(self.actor).values_list("pk", flat=True))
        self.addresses = HeldAddresses(lines)
        names = [number.lower() for number in numbers]
        self.usernames = set(User.objects.filter(username__in=names).values_list("username", flat=True))

    def check_together(self, lines: Sequence[Line]) -> None:
        refuse_alike(lines)

    def find(self, line: Line) -> StaffProfile | None:
        profile = self.profiles.get(line.values["staff_no"])
        if profile is not None and profile.department_id not in self.departments:
            line.refuse("staff_no", "not_in_scope", _("This person is not in your departments."))
        self.addresses.refuse(line, None if profile is None else profile.user_id)
        return profile

    def check_new(self, line: Line) -> None:
        self.need(line, "first_name", "last_name", "department")
        if line.values["staff_no"].lower() in self.usernames:
            line.refuse("staff_no", "username_taken", _("Somebody else has this as a user name."))

    def check_known(self, line: Line, known: StaffProfile, changes: dict[str, tuple[str, str]]) -> None:
        if line.problems:
            # Nothing of a stranger is shown.
            changes.clear()
            return
        other = {group.name for group in known.user.groups.all()} - {Role.UNIVERSITY_SUPERVISOR.value}
        for name in OF_PERSON:
            if name in changes and (other or known.user.is_superuser):
                text = _("This person has other rights here. An administrator has to change this.")
                line.refuse(name, "more_than_staff", text)


def judge_staff(
    _cohort: Cohort | None, lines: Sequence[Line], *, actor: User, told: Told = None, keep_empty: bool = False
) -> list[Judgement]:
    """Say of every line what it would do; only in departments that the actor coordinates as a whole.

    Who could change the address of somebody with more rights could become that person: refused.
    """
    return _Staff(actor=actor).judge(lines, told, keep_empty=keep_empty)


def write_staff(_cohort: Cohort | None, judged: Sequence[Judgement], *, actor: User) -> None:
    """Store what was judged; the only role that a table gives or takes is that of a university supervisor."""
    departments = {row.code: row for row in departments_coordinated_by(actor)}
    with transaction.atomic():
        for judgement in judged:
            if judgement.status == RowStatus.NEW:
                judgement.target = _enter(judgement.line.values, departments, actor).pk
            elif judgement.status == RowStatus.CHANGED:
                _change(judgement, departments, actor)
                judgement.target = judgement.known.pk


def _enter(values: dict[str, Any], departments: dict[str, Department], actor: User) -> StaffProfile:
    email = values.get("email", "")
    roles = [Role.UNIVERSITY_SUPERVISOR] if values.get("supervises", True) else []
    person = create_person(actor=actor, username=values["staff_no"].lower(), email=email, roles=roles)
    fill_person(person, values, OF_PERSON)
    department = departments[values["department"]]
    profile = StaffProfile.objects.create(user=person, staff_no=values["staff_no"], department=department)
    note_history(profile, "create", actor=actor, department_id=department.pk)
    return profile


def _change(judgement: Judgement, departments: dict[str, Department], actor: User) -> None:
    profile, values = judgement.known, changed_values(judgement)
    fill_person(profile.user, values, OF_PERSON)
    if "department" in values:
        profile.department = departments[values["department"]]
        profile.save(update_fields=["department", "updated_at"])
    if "supervises" in values:
        change = give_role if values["supervises"] else withdraw_role
        change(profile.user, Role.UNIVERSITY_SUPERVISOR, actor=actor)
    names = ", ".join(sorted(values))
    note_history(profile, "change", actor=actor, department_id=profile.department_id, reason=names)


def _rows(user: Any, _cohort: Cohort | None) -> QuerySet[StaffProfile]:
    rows = staff_managed_by(user).select_related("user", "department").prefetch_related("user__groups")
    return rows.order_by("staff_no")


def _used(batch: ImportBatch) -> Found:
    """Find people whom the import made and who have been here, or were given more than it gave."""
    people = User.objects.filter(staff_profile__in=made_by(batch))
    for key in people.filter(TOUCHED).values_list("staff_profile", flat=True):
        yield key, str(_("This person has been here since."))
    more = User.groups.through.objects.filter(user__in=people).exclude(group__name=Role.UNIVERSITY_SUPERVISOR)
    for key in more.values_list("user__staff_profile", flat=True):
        yield key, str(_("This person has other rights by now."))
    yield from pointing_to(User, people, "staff_profile", frozenset({StaffProfile, User.groups.through}))


def _remove(keys: Sequence[int], _batch: ImportBatch, _actor: User) -> None:
    people = list(StaffProfile.objects.filter(pk__in=keys).values_list("user", flat=True))
    StaffProfile.objects.filter(pk__in=keys).delete()
    User.objects.filter(pk__in=people).delete()


UNDO: Final = RowsUndo(
    kind=STAFF,
    rows=lambda: StaffProfile.objects.select_related("user", "department").prefetch_related("user__groups"),
    remove=_remove,
    keys=("staff_no",),
    also=_used,
)
declare_import(
    ImportKind(
        kind=STAFF,
        title=_("Staff"),
        judge=judge_staff,
        write=write_staff,
        rows=_rows,
        key="staff_no",
        names=("first_name", "last_name"),
        page="admin:accounts_staffprofile_changelist",
        undo=UNDO.as_undo(),
        example={
            "staff_no": "EX-001",
            "first_name": "Juma",
            "last_name": "Mfano",
            "email": "juma.mfano@university.example",
            "phone": "+255712345678",
            "department": "ME",
            "supervises": "yes",
        },
    )
)
