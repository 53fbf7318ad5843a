"""Students by thousands: which lines of a table are certain, and how new students are stored without objects.

There is one way to store a new student, whether one comes from a form or 100,000 from a table: ``insert_students``
reads from the staged lines or from a list in JSON and fills each table by one INSERT … SELECT. Passwords are unusable,
each its own, because links that set a password are derived from it; no hash is made. Slower ways that were tried:
objects and ``bulk_create`` (7x).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Cohort, Enrolment, ImportBatch, ImportRow, Programme, StudentProfile, User
from apps.accounts.services.import_blocks import BlockWay, Recognised
from apps.accounts.states import Role, RowStatus
from portal.kernel.addresses import email_key, email_keys
from portal.kernel.errors import RuleViolation
from portal.kernel.import_columns import CleanBlock
from portal.kernel.imports import Line, likeness, likenesses
from portal.kernel.staging import (
    Source,
    hands_out_keys,
    insert_from,
    joins_by_hash,
    objects_as_rows,
    random_text,
    reserve_keys,
    texts_as_rows,
)

NEEDED: Final = ("first_name", "last_name", "programme_code")
OF_USER: Final = ("first_name", "last_name", "email", "phone", "email_key")
OF_ROW: Final = ("reg_no", "middle_name", "gender", "region_preference", "special_need")
WRITTEN: Final = ("first_name", "last_name", "email", "phone", "programme_code", "year_of_study", *OF_ROW)
ROWS: Final = ImportRow._meta.db_table


# -- looking at the file ------------------------------------------------------------------------------------------


def recognise_students(_cohort: Cohort, block: CleanBlock) -> Recognised:
    """Find the lines that are new students unless the database or another line says otherwise."""
    values = block.values
    numbers = [number or "" for number in values.get("reg_no", ())]
    emails = [email or "" for email in values.get("email", ())]
    alike, keys = likenesses(numbers) if numbers else [], email_keys(emails) if emails else []
    doubtful = set(block.refused)
    for name in ("reg_no", *NEEDED):
        column = values.get(name)
        if column is None:
            doubtful.update(range(len(block.lines)))
        elif None in column:
            doubtful.update(place for place, value in enumerate(column) if value is None)
    ready = {"alike": alike, **({"email_key": keys} if emails else {}), **_other_than_cells(block)}
    places: Sequence[int] = range(len(block.lines))
    if doubtful:
        places = [place for place in places if place not in doubtful]
    return Recognised(places, ready, [alike, keys] if emails else [alike])


def _other_than_cells(block: CleanBlock) -> dict[str, Sequence[str]]:
    found: dict[str, Sequence[str]] = {}
    for name in WRITTEN:
        if name in block.values and block.values[name] is not block.cells[name]:
            texts = ["" if value is None else str(value) for value in block.values[name]]
            if texts != list(block.cells[name]):
                found[name] = texts
    return found


def ready_student(line: Line) -> dict[str, str]:
    """Return what a line that was found new comes to, beside its cells."""
    texts: dict[str, str] = {name: str(line.values.get(name) or "") for name in WRITTEN if name in line.cells}
    found: dict[str, str] = {name: text for name, text in texts.items() if text != line.cells[name]}
    address = line.values.get("email", "")
    return {"alike": likeness(line.values["reg_no"]), **({"email_key": email_key(address)} if address else {}), **found}


# -- asking the database ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rows:
    """Where new students come from: ``source`` with ``{join}`` in it, and how a cell of theirs is written in SQL."""

    cell: Mapping[str, str]
    key: str
    sql: str
    parameters: Sequence[Any]
    where: str = ""
    where_parameters: Sequence[Any] = ()

    def source(self, join: Source | None = None) -> Source:
        """Return the rows, joined with something else if that is given."""
        text, parameters = (join.sql, join.parameters) if join is not None else ("", [])
        return Source(f"{self.sql} {text} {self.where}", [*self.parameters, *parameters, *self.where_parameters])


def _staged_rows(batch: ImportBatch, without: Sequence[int] = ()) -> _Rows:
    columns = {*batch.details.get("columns", []), "reg_no"}
    names = (*WRITTEN, "email_key", "alike")
    cell = {
        name: f"coalesce(s.ready ->> '{name}', {values}'')"
        for name in names
        for values in [f"s.\"values\" ->> '{name}', " if name in columns else ""]
    }
    where, parameters = (
        "WHERE s.batch_id = %s AND s.status = %s AND s.ready IS NOT NULL",
        [batch.pk, RowStatus.NEW.value],
    )
    if without:
        others = texts_as_rows([str(line) for line in without], "w")
        where += f" AND NOT EXISTS (SELECT 1 FROM {others.sql} WHERE w.value = CAST(s.line AS text))"  # noqa: S608 - names are ours
        parameters = [*parameters, *others.parameters]
    return _Rows(cell, "s.target", f"{ROWS} AS s", [], where, parameters)


def doubtful_students(batch: ImportBatch) -> set[int]:
    """Return the numbers of staged new lines whose student, user name, address or programme is not as it was.

    One query for each reason, whatever the number of lines.
    """
    cohort, rows = _cohort_of(batch), _staged_rows(batch)
    cell, users, profiles = rows.cell, User._meta.db_table, StudentProfile._meta.db_table
    joins = [
        Source(f"JOIN {profiles} AS p ON p.reg_no = {cell['reg_no']}", []),
        Source(f"JOIN {users} AS u ON u.username = lower({cell['reg_no']})", []),
        Source(f"JOIN {users} AS u ON u.email_key <> '' AND u.email_key = {cell['email_key']}", []),
    ]
    if "email" not in batch.details.get("columns", []):
        joins.pop()
    numbers = StudentProfile.objects.filter(programme__department=cohort.department_id)
    alike = likenesses(list(numbers.values_list("reg_no", flat=True)))
    if alike != [""]:
        known = texts_as_rows(alike, "k")
        joins.append(Source(f"JOIN {known.sql} ON k.value = {cell['alike']}", known.parameters))
    found: set[int] = set()
    with joins_by_hash(), connection.cursor() as cursor:
        for join in joins:
            source = rows.source(join)
            cursor.execute(f"SELECT s.line FROM {source.sql}", source.parameters)  # noqa: S608 - names are ours
            found.update(line for (line,) in cursor.fetchall())
        found |= _without_programme(rows, cohort)
    return found


def _cohort_of(batch: ImportBatch) -> Cohort:
    # A table of students belongs to a cohort.
    return cast("Cohort", batch.cohort)


def _without_programme(rows: _Rows, cohort: Cohort) -> set[int]:
    codes = cohort.department.programmes.values_list("code", flat=True)
    source = rows.source()
    known = texts_as_rows(list(codes), "c")
    missing = f"NOT EXISTS (SELECT 1 FROM {known.sql} WHERE c.value = {rows.cell['programme_code']})"  # noqa: S608 - names are ours
    with connection.cursor() as cursor:
        statement = f"SELECT s.line FROM {source.sql} AND {missing}"  # noqa: S608 - names are ours
        cursor.execute(statement, [*source.parameters, *known.parameters])
        return {line for (line,) in cursor.fetchall()}


# -- storing ------------------------------------------------------------------------------------------------------


def enter_staged_students(batch: ImportBatch, *, without: Sequence[int] = ()) -> int:
    """Store the staged new students but those lines; inside the caller's transaction."""
    if not hands_out_keys():
        (first,) = reserve_keys(User, 1)
        with connection.cursor() as cursor:
            which = "batch_id = %s AND status = %s AND ready IS NOT NULL"
            statement = f"UPDATE {ROWS} SET target = %s + line WHERE {which}"  # noqa: S608 - names are ours
            cursor.execute(statement, [first, batch.pk, RowStatus.NEW.value])
    try:
        with transaction.atomic():
            return _insert(_cohort_of(batch), _staged_rows(batch, without))
    except IntegrityError as error:
        raise entered_meanwhile() from error


def entered_meanwhile() -> RuleViolation:
    """Return the refusal where the database knows one of the students since a moment ago."""
    text = _("Somebody entered one of these students at the same moment. Look again, then repeat.")
    return RuleViolation("changed_meanwhile", text)


def insert_students(cohort: Cohort, students: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store new students, each as the cleaned values of a line; return their keys. Inside the caller's transaction."""
    keys = reserve_keys(User, len(students)) if students else []
    texts = []
    for key, values in zip(keys, students, strict=True):
        found = {name: str(values[name]) for name in WRITTEN if values.get(name) is not None}
        found["email_key"] = email_key(found.get("email", ""))
        texts.append(json.dumps({**found, "target": key}))
    if texts:
        source = objects_as_rows(texts, "s")
        cell = {name: f"coalesce(s.value ->> '{name}', '')" for name in (*WRITTEN, "email_key")}
        _insert(cohort, _Rows(cell, "CAST(s.value ->> 'target' AS bigint)", source.sql, source.parameters))
    return keys


def _insert(cohort: Cohort, rows: _Rows) -> int:
    now, cell, alone = timezone.now(), rows.cell, rows.source()
    password = f"'{UNUSABLE_PASSWORD_PREFIX}' || {random_text()}"
    texts = {name: cell[name] for name in OF_USER}
    person = {"id": rows.key, "username": f"lower({cell['reg_no']})", "password": password, **texts}
    count = insert_from(User, person, {"date_joined": now}, alone)
    year = f"CAST(nullif({cell['year_of_study']}, '') AS smallint)"
    profile = {"user_id": rows.key, "programme_id": "g.id", "year_of_study": year}
    table = Programme._meta.db_table
    programme = Source(
        f"JOIN {table} AS g ON g.code = {cell['programme_code']} AND g.department_id = %s", [cohort.department_id]
    )
    stamps = {"created_at": now, "updated_at": now}
    texts = {name: cell[name] for name in OF_ROW}
    profiles = insert_from(StudentProfile, {**profile, **texts}, stamps, rows.source(programme))
    if profiles != count:
        raise entered_meanwhile()
    role = Group.objects.get(name=Role.STUDENT)
    insert_from(User.groups.through, {"user_id": rows.key}, {"group_id": role.pk}, alone)
    insert_from(Enrolment, {"student_id": rows.key}, {"cohort_id": cohort.pk, **stamps}, alone)
    return count


STUDENT_BLOCKS: Final = BlockWay(recognise_students, ready_student, doubtful_students, enter_staged_students)
