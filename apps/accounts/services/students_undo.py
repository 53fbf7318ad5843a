"""The undo of an import of students: whom it made goes, what it changed gets its former value back.

A student whom the import made may go only while nobody has used or changed the rows: the person has not signed in,
no row of any app points there, and what is stored is what the table said. What the import changed must still be as
it left it. Everything is asked of the database by the keys that the lines keep, a query for each relation.
"""

from typing import Any, Final, cast

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Model, ProtectedError, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Cohort, Enrolment, HistoryEntry, ImportBatch, ImportRow, StudentProfile, User
from apps.accounts.services.import_kinds import UndoPlan
from apps.accounts.services.students import ENROLMENT, OF_PERSON, STUDENTS, judge_students, write_students
from apps.accounts.services.undo_rows import Found, applied_rows, pointing_to
from apps.accounts.states import Role, RowStatus
from portal.kernel.errors import RuleViolation
from portal.kernel.imports import Line, SheetResource, chunks, clean_line, resource_for

# Rows that the import itself makes; whether there are others of them is asked separately.
OWN: Final[frozenset[type[Model]]] = frozenset({StudentProfile, Enrolment, User.groups.through})
# Somebody who has been here, or has been given more than an import gives.
TOUCHED: Final = (
    Q(last_login__isnull=False)
    | Q(is_active=False)
    | Q(is_staff=True)
    | Q(is_superuser=True)
    | Q(session_version__gt=0)
    | ~Q(language="")
    | ~Q(picture="")
    | ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
)

# -- which rows ---------------------------------------------------------------------------------------------------


def _made(batch: ImportBatch) -> QuerySet[ImportRow, Any]:
    return applied_rows(batch, status=RowStatus.NEW).values("target")


def _enrolled(batch: ImportBatch) -> QuerySet[Enrolment]:
    """Return the enrolments that the import made, of new students and of known ones."""
    known = applied_rows(batch, status=RowStatus.CHANGED, **{f"changes__{ENROLMENT}__0": ""})
    made_for = Q(student__in=_made(batch)) | Q(student__in=known.values("target"))
    return Enrolment.objects.filter(made_for, cohort=batch.cohort)


def _taken_back_in(batch: ImportBatch) -> QuerySet[Enrolment]:
    """Return the enrolments that were there and that the import made active."""
    known = applied_rows(batch, status=RowStatus.CHANGED, changes__has_key=ENROLMENT)
    known = known.exclude(**{f"changes__{ENROLMENT}__0": ""})
    return Enrolment.objects.filter(student__in=known.values("target"), cohort=batch.cohort)


# -- looking ------------------------------------------------------------------------------------------------------


def plan_undo(batch: ImportBatch) -> UndoPlan:
    """Say what the undo would do and, line by line, what stands in its way; writes nothing."""
    rows = list(applied_rows(batch))
    plan = UndoPlan(removed=sum(row.status == RowStatus.NEW for row in rows))
    for row in rows:
        if row.target is None:
            plan.obstacles[row.line] = _("What this line did was not kept yet when it was imported.")
        if row.status == RowStatus.CHANGED:
            plan.taken_out += ENROLMENT in row.changes
            plan.restored += len(row.changes.keys() - {ENROLMENT})
    lines = {row.target: row.line for row in rows}
    for found in (_not_as_left(batch, rows), _used(batch), _changed(batch)):
        for key, reason in found:
            plan.obstacles.setdefault(lines[key], reason)
    plan.obstacles = dict(sorted(plan.obstacles.items()))
    return plan


def _not_as_left(batch: ImportBatch, rows: list[ImportRow]) -> Found:
    """Compare what is stored with what the lines say."""
    resource = resource_for(STUDENTS, cohort=batch.cohort)
    for part in chunks(row for row in rows if row.target is not None):
        keys = [row.target for row in part]
        found = StudentProfile.objects.filter(user__in=keys).select_related("user", "programme")
        profiles = {profile.user_id: profile for profile in found}
        for row in part:
            profile = profiles.get(row.target or 0)
            if profile is None:
                yield row.target, _("This student is not there any more.")
            elif not _is_as_left(resource, batch, row, profile):
                yield row.target, _("Somebody has changed this student since.")


def _is_as_left(resource: SheetResource, batch: ImportBatch, row: ImportRow, profile: StudentProfile) -> bool:
    if row.status == RowStatus.NEW:
        line = Line(row.line, row.values)
        clean_line(resource, line)
        return all(getattr(profile.user, name) == line.values.get(name, "") for name in OF_PERSON)
    stored = resource.texts_of(Enrolment(student=profile.user, cohort=batch.cohort))
    return all(stored[name] == new for name, (_old, new) in row.changes.items() if name != ENROLMENT)


def _used(batch: ImportBatch) -> Found:
    """Find what points to the rows that would go."""
    people = User.objects.filter(pk__in=_made(batch))
    for key in people.filter(TOUCHED).values_list("pk", flat=True):
        yield key, _("This person has been here since.")
    memberships = User.groups.through.objects.filter(user__in=_made(batch))
    for key in memberships.exclude(group__name=Role.STUDENT).values_list("user", flat=True):
        yield key, _("This person has other rights by now.")
    elsewhere = Enrolment.objects.filter(student__in=_made(batch)).exclude(cohort=batch.cohort)
    for key in elsewhere.values_list("student", flat=True):
        yield key, _("This student is in another cohort as well.")
    yield from pointing_to(User, people, "pk", OWN)
    yield from pointing_to(StudentProfile, StudentProfile.objects.filter(user__in=_made(batch)), "user", OWN)
    yield from pointing_to(Enrolment, _enrolled(batch), "student", OWN)


def _changed(batch: ImportBatch) -> Found:
    """Find rows that were written, or have an entry in the history, after the import."""
    profiles = StudentProfile.objects.filter(user__in=_made(batch))
    enrolments = _enrolled(batch) | _taken_back_in(batch)
    sets: list[tuple[QuerySet[Any], str]] = [(profiles, "user"), (enrolments, "student")]
    for rows, owner in sets:
        for key in rows.filter(updated_at__gt=batch.applied_at).values_list(owner, flat=True):
            yield key, _("Somebody has changed this student since.")
    for rows, owner in [*sets, (User.objects.filter(pk__in=_made(batch)), "pk")]:
        entries = HistoryEntry.objects.filter(target_label=rows.model._meta.label, at__gt=batch.applied_at)
        for key in rows.filter(pk__in=entries.values("target_id")).values_list(owner, flat=True):
            yield key, _("Somebody has changed this student since.")


# -- doing --------------------------------------------------------------------------------------------------------


def lock_undo(batch: ImportBatch) -> None:
    """Lock what would go or change, so that nothing new can point there before it is gone."""
    people = User.objects.filter(pk__in=applied_rows(batch).values("target"))
    profiles = StudentProfile.objects.filter(user__in=applied_rows(batch).values("target"))
    enrolments = Enrolment.objects.filter(student__in=applied_rows(batch).values("target"), cohort=batch.cohort)
    for rows in (people, profiles, enrolments):
        list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def undo_students(batch: ImportBatch, *, actor: User) -> None:
    """Take back what a plan without obstacles says, inside the caller's transaction.

    Former values pass the same judgement as a table: an address that somebody else has by now is refused.
    """
    made = [row.target for row in applied_rows(batch, status=RowStatus.NEW) if row.target is not None]
    try:
        _taken_back_in(batch).update(is_active=False, updated_at=timezone.now())
        _enrolled(batch).delete()
        for part in chunks(made):
            StudentProfile.objects.filter(user__in=part).delete()
            User.objects.filter(pk__in=part).delete()
    except ProtectedError as error:
        raise RuleViolation("used_meanwhile", _("Somebody used one of these students at this moment.")) from error
    # A table of students belongs to a cohort.
    _restore(batch, cast("Cohort", batch.cohort), actor)


def _restore(batch: ImportBatch, cohort: Cohort, actor: User) -> None:
    lines = []
    for row in applied_rows(batch, status=RowStatus.CHANGED):
        former = {name: old for name, (old, _new) in row.changes.items() if name != ENROLMENT}
        if former:
            lines.append(Line(row.line, {**former, "reg_no": row.values["reg_no"]}))
    judged = judge_students(cohort, lines, actor=actor, keep_empty=True)
    for judgement in judged:
        if judgement.line.problems:
            values: dict[str, Any] = {
                "line": judgement.line.number,
                "problem": judgement.line.problems[0].message,
            }
            text = _("Line %(line)d cannot get its former value back. %(problem)s") % values
            raise RuleViolation("not_restored", text)
        judgement.changes.pop(ENROLMENT, None)
    write_students(cohort, judged)
