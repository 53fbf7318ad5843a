"""Departments, programmes, cohorts: entered, changed, copied to the next year, deleted while nothing hangs on them."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import holidays
from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Department, Holiday, Programme, User
from apps.accounts.permissions import (
    can_change_cohort,
    can_change_programme,
    can_delete_cohort,
    coordinates_department,
    is_superuser,
)
from apps.accounts.services.history import note_history
from portal.kernel.errors import NotAllowed, RuleViolation

LONGEST_DAY: Final = 24
_copied_with: list[Callable[[Cohort, Cohort], None]] = []


def copied_with_cohort(function: Callable[[Cohort, Cohort], None]) -> Callable[[Cohort, Cohort], None]:
    """Register what an upper app copies together with a cohort: ``function(old, new)`` in the same transaction."""
    _copied_with.append(function)
    return function


def copied_with() -> Sequence[Callable[[Cohort, Cohort], None]]:
    """Return what is copied together with a cohort."""
    return tuple(_copied_with)


def enter_department(values: Mapping[str, Any], *, actor: User) -> Department:
    """Enter a department; the superuser's. Raises ``NotAllowed``."""
    if not is_superuser(actor):
        raise NotAllowed
    return _entered(Department(**values), actor, lambda row: row.pk)


def change_department(department: Department, changes: Mapping[str, Any], *, actor: User) -> Department:
    """Change code, name or faculty; the superuser's. Raises ``NotAllowed``."""
    if not is_superuser(actor):
        raise NotAllowed
    return _changed(department, changes, actor, department.pk)


def delete_department(department: Department, *, actor: User) -> None:
    """Delete a department to which nothing belongs. Raises ``NotAllowed``, ``RuleViolation`` ``in_use``."""
    if not is_superuser(actor):
        raise NotAllowed
    _delete(department, actor, None)


def enter_programme(values: Mapping[str, Any], *, actor: User) -> Programme:
    """Enter a programme of a department that the actor coordinates wholly."""
    _check_department(values["department"], actor)
    return _entered(Programme(**values), actor, lambda row: row.department_id)


def change_programme(programme: Programme, changes: Mapping[str, Any], *, actor: User) -> Programme:
    """Change a programme; it stays within the departments that the actor coordinates wholly."""
    if not can_change_programme(programme, actor):
        raise NotAllowed
    if "department" in changes:
        _check_department(changes["department"], actor)
    return _changed(programme, changes, actor, programme.department_id)


def delete_programme(programme: Programme, *, actor: User) -> None:
    """Delete a programme that has no students. Raises ``NotAllowed``, ``RuleViolation`` ``in_use``."""
    if not can_change_programme(programme, actor):
        raise NotAllowed
    _delete(programme, actor, programme.department_id)


def enter_cohort(values: Mapping[str, Any], *, actor: User) -> Cohort:
    """Enter a cohort of a department that the actor coordinates wholly."""
    _check_department(values["department"], actor)
    return _entered(Cohort(**_with_country(values)), actor, lambda row: row.department_id)


def change_cohort(cohort: Cohort, changes: Mapping[str, Any], *, actor: User) -> Cohort:
    """Change dates, limits and switches; a cohort changes its department only to one coordinated wholly."""
    if not can_change_cohort(cohort, actor):
        raise NotAllowed
    if "department" in changes:
        _check_department(changes["department"], actor)
    return _changed(cohort, _with_country(changes), actor, cohort.department_id)


def _with_country(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the country in capitals. Raises ``RuleViolation`` ``country``."""
    if "country" not in values:
        return dict(values)
    country = str(values["country"]).upper()
    if country not in holidays.list_supported_countries():
        raise RuleViolation("country", _("Write the two letters of a country, such as TZ or SA."), field="country")
    return {**values, "country": country}


def save_free_days(cohort: Cohort, kept: Sequence[Holiday], deleted: Sequence[Holiday], *, actor: User) -> None:
    """Store the cohort's own free days that were entered, changed or taken away."""
    if not can_change_cohort(cohort, actor):
        raise NotAllowed
    with transaction.atomic():
        for day in deleted:
            day.delete()
        for day in kept:
            day.cohort = cohort
            day.save()
        note_history(cohort, "change", actor=actor, department_id=cohort.department_id, reason="holidays")


def copy_cohort(cohort: Cohort, *, actor: User) -> Cohort:
    """Make next year's cohort with the same calendar, limits and switches, without students and without free days.

    What upper apps keep for a cohort (forms of assessment, rules of marks) is copied with it.
    Dates move by 52 weeks, so that a Monday stays a Monday. Free days of one year are not those of the next.
    Raises ``NotAllowed``, or ``RuleViolation`` ``name_taken`` where the copy is there already.
    """
    if not can_delete_cohort(cohort, actor):
        raise NotAllowed
    year = dt.timedelta(weeks=52)
    start, end = cohort.start + year, cohort.end + year
    name = _next_name(cohort, start.year)
    if Cohort.objects.filter(department=cohort.department_id, name=name).exists():
        raise RuleViolation("name_taken", _("There is a cohort of this name already; perhaps this one was copied."))
    skipped = {"id", "created_at", "updated_at", "name", "start", "end", "publication_date"}
    same = {f.attname: getattr(cohort, f.attname) for f in Cohort._meta.concrete_fields if f.name not in skipped}
    copy = Cohort(**same, name=name, start=start, end=end)
    with transaction.atomic():
        copy = _entered(copy, actor, lambda row: row.department_id)
        for function in _copied_with:
            function(cohort, copy)
    return copy


def _next_name(cohort: Cohort, year: int) -> str:
    old = str(cohort.start.year)
    name = cohort.name.replace(old, str(year)) if old in cohort.name else f"{cohort.name} {year}"
    return name[:120]


def delete_cohort(cohort: Cohort, *, actor: User) -> None:
    """Delete a cohort in which nobody is enrolled. Raises ``NotAllowed``, ``RuleViolation`` ``in_use``."""
    if not can_delete_cohort(cohort, actor):
        raise NotAllowed
    _delete(cohort, actor, cohort.department_id)


# -- the same for all three ---------------------------------------------------------------------------------------


def _check_department(department: Department, actor: User) -> None:
    if not (is_superuser(actor) or coordinates_department(department.pk, actor)):
        raise RuleViolation(
            "department_not_yours", _("Choose a department that you coordinate as a whole."), field="department"
        )


def _entered[M: Model](row: M, actor: User, department_of: Callable[[M], int | None]) -> M:
    _check(row)
    with transaction.atomic():
        row.save(force_insert=True)
        note_history(row, "create", actor=actor, department_id=department_of(row))
    return row


def _changed[M: Model](row: M, changes: Mapping[str, Any], actor: User, department_id: int | None) -> M:
    for name, value in changes.items():
        setattr(row, name, value)
    _check(row)
    with transaction.atomic():
        row.save()
        note_history(row, "change", actor=actor, department_id=department_id, reason=", ".join(sorted(changes)))
    return row


def _check(row: Model) -> None:
    """Raise ``RuleViolation`` with the field: a code or name that is there already, days, hours or a country wrong."""
    if isinstance(row, Cohort):
        _check_cohort(row)
    elif isinstance(row, Department | Programme):
        others: QuerySet[Any] = type(row)._default_manager.filter(code=row.code).exclude(pk=row.pk)
        if others.exists():
            raise RuleViolation("code_taken", _("This code is there already. Use another one."), field="code")


def _check_cohort(cohort: Cohort) -> None:
    same = Cohort.objects.filter(department=cohort.department_id, name=cohort.name)
    if same.exclude(pk=cohort.pk).exists():
        raise RuleViolation("name_taken", _("The department has a cohort of this name already."), field="name")
    if cohort.end < cohort.start:
        raise RuleViolation("ends_first", _("It ends before it begins."), field="end")
    if cohort.min_hours <= 0:
        raise RuleViolation("no_hours", _("The least hours of a day are more than nothing."), field="min_hours")
    if not cohort.min_hours <= cohort.max_hours <= LONGEST_DAY:
        text = _("The most hours of a day are at least the least ones, and no more than 24.")
        raise RuleViolation("wrong_hours", text, field="max_hours")
    if not set(cohort.working_days) <= set(range(7)):
        raise RuleViolation("no_day", _("A day of the week is a number from 0, Monday, to 6."), field="working_days")


def _delete(row: Model, actor: User, department_id: int | None) -> None:
    with transaction.atomic():
        note_history(row, "delete", actor=actor, department_id=department_id, reason=str(row))
        try:
            row.delete()
        except ProtectedError as error:
            raise RuleViolation("in_use", _("It is in use and stays: something belongs to it.")) from error
