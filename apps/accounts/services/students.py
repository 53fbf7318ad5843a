"""Students entered and changed, one by a form or thousands by a table: the same judgement, the same few queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Enrolment, Programme, StudentProfile, User
from apps.accounts.permissions import can_change_enrolment, can_import_students
from apps.accounts.selectors import students_managed_by
from apps.accounts.services.held_addresses import HeldAddresses, refuse_alike
from apps.accounts.services.history import note_history
from apps.accounts.services.import_kinds import Judgement, Told
from apps.accounts.services.student_rows import NEEDED, entered_meanwhile, insert_students
from apps.accounts.states import Role, RowStatus
from portal.kernel.access import forget_scope
from portal.kernel.addresses import email_key
from portal.kernel.errors import NotAllowed
from portal.kernel.imports import (
    Line,
    SheetResource,
    chunks,
    clean_line,
    differences,
    first_problem,
    likeness,
    lines_alike,
    resource_for,
)
from portal.kernel.sentences import filled

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

STUDENTS: Final = "accounts.students"
OF_PERSON: Final = ("first_name", "last_name", "email", "phone")
OF_PROFILE: Final = ("middle_name", "gender", "programme", "year_of_study", "region_preference", "special_need")
# The pseudo-column of what is not in the table: the enrolment itself.
ENROLMENT: Final = "enrolment"


@dataclass
class StudentJudgement(Judgement):
    """``known`` is the profile; the enrolment beside it may still be missing."""

    enrolment: Enrolment | None = None


# -- judging ------------------------------------------------------------------------------------------------------


def judge_students(
    cohort: Cohort,
    lines: Sequence[Line],
    *,
    actor: User,
    keep_empty: bool = False,
    told: Told = None,
) -> list[StudentJudgement]:
    """Say of every line what it would do in this cohort, with all that is wrong with it; writes nothing.

    The registration number is the key and is compared exactly. Refused are: lines that look like one student, a
    number that looks like one that is stored, an address or user name of somebody else, a student who is not in the
    actor's departments, and other personal details for somebody who is more than a student (who could change the
    address of a coordinator could become that coordinator). Six queries a thousand lines; ``told`` is called after
    each thousand with their number.
    """
    resource = resource_for(STUDENTS, cohort=cohort)
    for line in lines:
        clean_line(resource, line, keep_empty=keep_empty)
    _refuse_doubles(lines)
    numbers = StudentProfile.objects.filter(programme__department=cohort.department_id).values_list("reg_no", flat=True)
    alike = {likeness(number): number for number in numbers}
    judged: list[StudentJudgement] = []
    for part in chunks(lines):
        stored = _Stored.read(cohort, part, actor)
        judged += [_judge(resource, cohort, line, stored, alike) for line in part]
        if told is not None:
            told(len(part))
    return judged


def _refuse_doubles(lines: Sequence[Line]) -> None:
    doubles = lines_alike(lines, lambda line: likeness(line.values.get("reg_no", "")))
    for group in doubles.values():
        for line in group:
            other = next(found for found in group if found is not line)
            text = filled(_("Line %(line)s looks like the same student. Keep one of them."), line=other.number)
            line.refuse("reg_no", "twice_in_file", text)
    refuse_alike(lines)


@dataclass
class _Stored:
    """What the database knows about a thousand lines."""

    profiles: dict[str, StudentProfile]
    managed: set[int]
    more_than_students: set[int]
    enrolments: dict[int, Enrolment]
    addresses: HeldAddresses
    usernames: dict[str, int]

    @classmethod
    def read(cls, cohort: Cohort, lines: Sequence[Line], actor: User) -> "_Stored":
        numbers = [line.values["reg_no"] for line in lines if "reg_no" in line.values]
        found = StudentProfile.objects.filter(reg_no__in=numbers).select_related("user", "programme")
        profiles = {profile.reg_no: profile for profile in found}
        people = [profile.user_id for profile in profiles.values()]
        keys = [profile.pk for profile in profiles.values()]
        enrolled = Enrolment.objects.filter(cohort=cohort, student__in=people)
        return cls(
            profiles=profiles,
            managed=set(students_managed_by(actor).filter(pk__in=keys).values_list("pk", flat=True)),
            more_than_students=set(_more_than_students(people)),
            enrolments={row.student_id: row for row in enrolled},
            addresses=HeldAddresses(lines),
            usernames=dict(
                User.objects.filter(username__in=[n.lower() for n in numbers]).values_list("username", "pk")
            ),
        )


def _more_than_students(people: Sequence[int]) -> "QuerySet[User, int]":
    other_roles = [role.value for role in Role if role != Role.STUDENT]
    more = Q(is_superuser=True) | Q(groups__name__in=other_roles)
    return User.objects.filter(more, pk__in=people).values_list("pk", flat=True).distinct()


def _judge(
    resource: SheetResource, cohort: Cohort, line: Line, stored: _Stored, alike: Mapping[str, str]
) -> StudentJudgement:
    judgement = StudentJudgement(line)
    number = line.values.get("reg_no")
    if number is None:
        if not line.problems:
            line.refuse("reg_no", "reg_no_missing", _("The registration number is missing."))
        return judgement
    profile = judgement.known = stored.profiles.get(number)
    if profile is None:
        _check_new(line, stored, alike)
    elif profile.pk not in stored.managed:
        # Nothing more is said: whether the other cells are right is not this coordinator's business.
        line.problems.clear()
        line.refuse("reg_no", "not_in_scope", _("This student is not in your departments."))
        return judgement
    stored.addresses.refuse(line, None if profile is None else profile.user_id)
    if profile is not None:
        judgement.enrolment = stored.enrolments.get(profile.user_id)
        judgement.changes = _changes(resource, Enrolment(student=profile.user, cohort=cohort), judgement)
        _check_person(line, profile, judgement.changes, stored)
    if not line.problems:
        judgement.status = _status(judgement)
    return judgement


def _check_new(line: Line, stored: _Stored, alike: Mapping[str, str]) -> None:
    number = line.values["reg_no"]
    known = alike.get(likeness(number))
    if known is not None:
        text = _("There is a student %(number)s. Write the number in the same way, with its zeros.")
        line.refuse("reg_no", "looks_like", filled(text, number=known))
    elif number.lower() in stored.usernames:
        line.refuse("reg_no", "username_taken", _("Somebody who is no student yet has this as a user name."))
    refused = {problem.column for problem in line.problems}
    for name in NEEDED:
        if not line.values.get(name) and name not in refused:
            line.refuse(name, "missing", _("A new student needs this."))


def _changes(resource: SheetResource, shown: Enrolment, judgement: StudentJudgement) -> dict[str, tuple[str, str]]:
    changes = differences(resource, resource.texts_of(shown), judgement.line.values)
    if judgement.enrolment is None:
        changes[ENROLMENT] = ("", str(shown.cohort))
    elif not judgement.enrolment.is_active:
        changes[ENROLMENT] = (str(_("not active")), str(shown.cohort))
    return changes


def _check_person(line: Line, profile: StudentProfile, changes: Mapping[str, tuple[str, str]], stored: _Stored) -> None:
    if profile.user_id in stored.more_than_students:
        for name in OF_PERSON:
            if name in changes:
                text = _("This person is more than a student here. An administrator has to change this.")
                line.refuse(name, "more_than_student", text)


def _status(judgement: StudentJudgement) -> RowStatus:
    if judgement.known is None:
        return RowStatus.NEW
    return RowStatus.CHANGED if judgement.changes else RowStatus.UNCHANGED


# -- writing ------------------------------------------------------------------------------------------------------


def write_students(cohort: Cohort, judged: Sequence[StudentJudgement]) -> None:
    """Store what the judgement found, set by set, inside the caller's transaction; never deletes anything.

    Raises ``RuleViolation`` ``changed_meanwhile`` where somebody entered one of them at this very moment.
    Signals are not sent and the bodies of ``save`` are not run: nothing depends on them here.
    """
    programmes = {programme.code: programme for programme in Programme.objects.filter(department=cohort.department_id)}
    new = [j for j in judged if j.status == RowStatus.NEW]
    changed = [j for j in judged if j.status == RowStatus.CHANGED]
    try:
        with transaction.atomic():
            _enter(cohort, new)
            _enrol(cohort, _change(changed, programmes))
    except IntegrityError as error:
        raise entered_meanwhile() from error


def _enter(cohort: Cohort, new: Sequence[StudentJudgement]) -> None:
    keys = insert_students(cohort, [judgement.line.values for judgement in new])
    for judgement, key in zip(new, keys, strict=True):
        judgement.target = key


def _change(changed: Sequence[StudentJudgement], programmes: Mapping[str, Programme]) -> list[User]:
    people: list[User] = []
    # One UPDATE for each set of columns: a column that the table leaves alone is not written, so that what a student
    # changes at the same moment stays.
    touched: dict[tuple[type[Any], tuple[str, ...]], list[Any]] = {}
    now = timezone.now()
    for judgement, profile in ((j, j.known) for j in changed if j.known is not None):
        judgement.target = profile.user_id
        values = {name: judgement.line.values[name] for name in judgement.changes if name != ENROLMENT}
        of_person = {name: value for name, value in values.items() if name in OF_PERSON}
        if "email" in of_person:
            of_person["email_key"] = email_key(of_person["email"])
        of_profile = _profile_values(values, programmes)
        if of_profile:
            of_profile["updated_at"] = now
        for row, found in ((profile.user, of_person), (profile, of_profile)):
            if found:
                _fill(row, found)
                touched.setdefault((type(row), tuple(sorted(found))), []).append(row)
        if ENROLMENT in judgement.changes:
            people.append(profile.user)
    for (model, names), rows in touched.items():
        model._default_manager.bulk_update(rows, names, batch_size=500)
    return people


def _profile_values(values: Mapping[str, Any], programmes: Mapping[str, Programme]) -> dict[str, Any]:
    found = {name: values[name] for name in OF_PROFILE if name in values}
    if "programme_code" in values:
        found["programme"] = programmes[values["programme_code"]]
    return found


def _fill(row: "Model", values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _enrol(cohort: Cohort, people: Iterable[User]) -> None:
    keys = [person.pk for person in people]
    for part in chunks(keys):
        Enrolment.objects.filter(cohort=cohort, student__in=part, is_active=False).update(
            is_active=True, updated_at=timezone.now()
        )
    student = Group.objects.get(name=Role.STUDENT)
    membership = User.groups.through
    membership.objects.bulk_create(
        [membership(user_id=key, group_id=student.pk) for key in keys], ignore_conflicts=True
    )
    Enrolment.objects.bulk_create([Enrolment(student_id=key, cohort=cohort) for key in keys], ignore_conflicts=True)


# -- one student --------------------------------------------------------------------------------------------------


def enter_student(cohort: Cohort, cells: Mapping[str, str], *, actor: User) -> Enrolment:
    """Enter one student into the cohort, or enrol one who is known; ``cells`` as in a table.

    Raises ``NotAllowed``, or ``RuleViolation`` with what is wrong first and its column as the field.
    """
    if not can_import_students(cohort, actor):
        raise NotAllowed
    with transaction.atomic():
        (judgement,) = judge_students(cohort, [Line(1, dict(cells))], actor=actor)
        _refuse_problems(judgement)
        write_students(cohort, [judgement])
        enrolment = Enrolment.objects.get(
            cohort=cohort, student__student_profile__reg_no=judgement.line.values["reg_no"]
        )
        note_history(enrolment, "create", actor=actor, department_id=cohort.department_id)
    return enrolment


def change_student(enrolment: Enrolment, cells: Mapping[str, str], *, actor: User) -> Enrolment:
    """Change what the cells name of an enrolled student; an empty cell empties. Raises as ``enter_student``."""
    if not can_change_enrolment(enrolment, actor):
        raise NotAllowed
    number = enrolment.student.student_profile.reg_no
    with transaction.atomic():
        (judgement,) = judge_students(
            enrolment.cohort, [Line(1, {**cells, "reg_no": number})], actor=actor, keep_empty=True
        )
        for name in ("first_name", "last_name"):
            if name in cells and not judgement.line.values.get(name):
                judgement.line.refuse(name, "missing", _("A student needs a name."))
        _refuse_problems(judgement)
        judgement.changes.pop(ENROLMENT, None)
        write_students(enrolment.cohort, [judgement])
        names = ", ".join(sorted(judgement.changes))
        note_history(enrolment, "change", actor=actor, department_id=enrolment.cohort.department_id, reason=names)
    enrolment.refresh_from_db()
    return enrolment


def _refuse_problems(judgement: StudentJudgement) -> None:
    if judgement.line.problems:
        raise first_problem(judgement.line)


def set_enrolment_active(enrolment: Enrolment, *, active: bool, actor: User) -> Enrolment:
    """Take a student out of a cohort or back in; what was written there stays. Raises ``NotAllowed``."""
    if not can_change_enrolment(enrolment, actor):
        raise NotAllowed
    with transaction.atomic():
        enrolment.is_active = active
        enrolment.save(update_fields=["is_active", "updated_at"])
        action = "reactivate" if active else "deactivate"
        note_history(enrolment, action, actor=actor, department_id=enrolment.cohort.department_id)
    forget_scope(enrolment.student)
    return enrolment
