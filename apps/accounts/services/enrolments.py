"""Who is in a cohort, as tables: students with their details, or the bare enrolments of students who are known."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Enrolment, ImportBatch, StudentProfile, User
from apps.accounts.selectors import enrolments_visible_to, students_managed_by
from apps.accounts.services.history import note_history
from apps.accounts.services.import_kinds import ImportKind, ImportUndo, Judgement, TableJudge, Told, declare_import
from apps.accounts.services.people import give_role
from apps.accounts.services.student_rows import STUDENT_BLOCKS
from apps.accounts.services.students import STUDENTS, StudentJudgement, judge_students, write_students
from apps.accounts.services.students_undo import lock_undo, plan_undo, undo_students
from apps.accounts.services.undo_rows import RowsUndo
from apps.accounts.states import Role, RowStatus
from portal.kernel.imports import Line

ENROLMENTS: Final = "accounts.enrolments"


class _Enrolments(TableJudge):
    kind = ENROLMENTS
    key = ("reg_no",)

    def read(self, lines: Sequence[Line]) -> None:
        numbers = [line.values["reg_no"] for line in lines if "reg_no" in line.values]
        found = students_managed_by(self.actor).filter(reg_no__in=numbers).distinct()
        self.students: dict[str, StudentProfile] = {row.reg_no: row for row in found}
        rows = Enrolment.objects.filter(cohort=self.cohort, student__student_profile__reg_no__in=numbers)
        rows = rows.select_related("student__student_profile")
        self.enrolments = {row.student.student_profile.reg_no: row for row in rows}

    def find(self, line: Line) -> Enrolment | None:
        number = line.values["reg_no"]
        if number not in self.students:
            text = _("None of your students has this number. Import the student first.")
            line.refuse("reg_no", "student_unknown", text)
            return None
        return self.enrolments.get(number)

    def check_new(self, line: Line) -> None:
        if line.values.get("active") is False:
            line.refuse("active", "not_enrolled", _("This student is not in the cohort."))


def judge_enrolments(
    cohort: Cohort, lines: Sequence[Line], *, actor: User, told: Told = None, keep_empty: bool = False
) -> list[Judgement]:
    """Say of every line whether it enrols, takes out or takes back in; only students whom the actor manages."""
    return _Enrolments(actor=actor, cohort=cohort).judge(lines, told, keep_empty=keep_empty)


def write_enrolments(cohort: Cohort, judged: Sequence[Judgement], *, actor: User) -> None:
    """Store what was judged inside the caller's transaction; nobody is deleted, what was written stays."""
    numbers = [j.line.values["reg_no"] for j in judged if j.status == RowStatus.NEW]
    people = {row.reg_no: row.user for row in _profiles(numbers)}
    for judgement in (j for j in judged if j.status == RowStatus.NEW):
        number = judgement.line.values["reg_no"]
        give_role(people[number], Role.STUDENT, actor=actor)
        row = Enrolment.objects.create(student=people[number], cohort=cohort)
        judgement.target = row.pk
        note_history(row, "create", actor=actor, department_id=cohort.department_id)
    for judgement in (j for j in judged if j.status == RowStatus.CHANGED):
        row, active = judgement.known, judgement.line.values["active"]
        judgement.target = row.pk
        Enrolment.objects.filter(pk=row.pk).update(is_active=active)
        action = "reactivate" if active else "deactivate"
        note_history(row, action, actor=actor, department_id=cohort.department_id)


def _profiles(numbers: list[str]) -> QuerySet[StudentProfile]:
    return StudentProfile.objects.filter(reg_no__in=numbers).select_related("user")


def _write_students(cohort: Cohort, judged: Sequence[StudentJudgement], *, actor: User) -> None:  # noqa: ARG001 - every write names its actor
    write_students(cohort, judged)


def _remove(keys: Sequence[int], _batch: ImportBatch, _actor: User) -> None:
    Enrolment.objects.filter(pk__in=keys).delete()


def _rows(user: Any, cohort: Cohort | None) -> QuerySet[Enrolment]:
    rows = enrolments_visible_to(user).select_related("student__student_profile__programme", "cohort__department")
    rows = rows if cohort is None else rows.filter(cohort=cohort)
    return rows.order_by("cohort", "student__student_profile__reg_no")


declare_import(
    ImportKind(
        kind=STUDENTS,
        title=_("Students"),
        judge=judge_students,
        write=_write_students,
        rows=_rows,
        key="reg_no",
        names=("first_name", "last_name"),
        into_cohort=True,
        page="admin:accounts_enrolment_changelist",
        undo=ImportUndo(plan=plan_undo, lock=lock_undo, carry_out=undo_students),
        blocks=STUDENT_BLOCKS,
        example={
            "reg_no": "EX-2024-00001",
            "first_name": "Neema",
            "middle_name": "Amani",
            "last_name": "Mfano",
            "gender": "F",
            "email": "neema.mfano@university.example",
            "phone": "+255712345678",
            "programme_code": "BSC-ME",
            "year_of_study": "2",
            "region_preference": "Arusha",
        },
    )
)
ENROLMENTS_UNDO: Final = RowsUndo(
    kind=ENROLMENTS,
    rows=lambda: Enrolment.objects.select_related("student__student_profile"),
    remove=_remove,
    keys=("reg_no",),
)
declare_import(
    ImportKind(
        kind=ENROLMENTS,
        title=_("Enrolments"),
        judge=judge_enrolments,
        write=write_enrolments,
        rows=_rows,
        key="reg_no",
        names=("name",),
        into_cohort=True,
        page="admin:accounts_enrolment_changelist",
        undo=ENROLMENTS_UNDO.as_undo(),
        example={
            "reg_no": "EX-2024-00001",
            "name": "Neema Mfano",
            "active": "yes",
        },
    )
)
