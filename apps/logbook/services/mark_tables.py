"""Marks as coordinators keep them in a spreadsheet: a line for each place of a student, a column for each form.

What is imported is the mark of one side, given on paper, for a form that nobody has begun here. The final mark is none
of the columns: the portal counts it. A mark that the portal counted from answers, or that the student has seen, is not
overwritten by a table; a mark that a table brought is, until it is released.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Enrolment, ImportBatch, User
from apps.accounts.permissions import coordinates_cohort
from apps.accounts.services.import_kinds import ImportKind, Judgement, TableJudge, Told, declare_import
from apps.accounts.services.people import normal_name
from apps.accounts.services.undo_rows import RowsUndo
from apps.accounts.states import RowStatus
from apps.applications.models import Placement
from apps.logbook.models import Assessment, Rubric
from apps.logbook.selectors import assessments_coordinated_by
from apps.logbook.services.assessments import enter_mark, take_back_mark
from apps.logbook.states import AssessmentKind, AssessmentState
from portal.kernel.imports import Line

MARKS: Final = "logbook.marks"
# A column for each kind of form: a cohort has at most one of each.
COLUMNS: Final = tuple(kind.value for kind in AssessmentKind)


class _Marks(TableJudge):
    kind = MARKS
    key = ("reg_no", "company")

    def key_of(self, line: Line) -> str:
        """Return one key for each place; without a company it is the student's only one."""
        number = line.values.get("reg_no", "")
        return f"{number}\x1f{normal_name(line.values.get('company', ''))}" if number else ""

    def read(self, lines: Sequence[Line]) -> None:
        """Read the students of the cohort, the places that have forms, and which forms the cohort has."""
        numbers = [line.values["reg_no"] for line in lines if "reg_no" in line.values]
        students = Enrolment.objects.filter(cohort=self.cohort, student__student_profile__reg_no__in=numbers)
        self.students = set(students.values_list("student__student_profile__reg_no", flat=True))
        self.kinds = set(Rubric.objects.filter(cohort=self.cohort).values_list("kind", flat=True))
        self.places: dict[str, list[Placement]] = defaultdict(list)
        for place in places_with_forms().filter(enrolment__in=students):
            self.places[place.enrolment.student.student_profile.reg_no].append(place)

    def find(self, line: Line) -> Placement | None:
        """Find the place whose forms are meant: the student's only one, or that at the company."""
        number = line.values["reg_no"]
        if number not in self.students:
            line.refuse("reg_no", "student_unknown", _("No student of this cohort has this number."))
            return None
        places = self.places[number]
        if company := line.values.get("company"):
            places = [place for place in places if place.company.normal_name == normal_name(company)]
        if len(places) == 1:
            return places[0]
        if not places:
            text = _("No form of assessment was opened for this student there. Forms open with the arrival.")
            line.refuse("reg_no", "no_form_open", text)
        else:
            line.refuse("company", "which_place", _("The student has several places. Write the company of this one."))
        return None

    def check_known(self, line: Line, known: Placement, changes: dict[str, tuple[str, str]]) -> None:
        """Refuse marks that are not the table's to give."""
        forms = forms_of(known)
        for name in changes:
            if name not in self.kinds:
                line.refuse(name, "no_form", _("The cohort has no form of this kind. Enter the form first."))
            elif name not in forms:
                line.refuse(name, "no_form_open", _("This form was not opened for this place."))
            else:
                _refuse_settled(line, name, forms[name])


def _refuse_settled(line: Line, name: str, form: Assessment) -> None:
    if form.state == AssessmentState.RELEASED:
        text = _("The mark is released: the student has seen it. Reopen the form on its page, with a reason.")
        line.refuse(name, "released", text)
    elif form.state == AssessmentState.SUBMITTED and not form.is_entered:
        text = _("This mark was counted from answers. Reopen the form, so that who filled it in can change it.")
        line.refuse(name, "counted", text)
    elif form.answers:
        text = _("Somebody has begun to fill in this form. Its mark is counted when it is sent.")
        line.refuse(name, "begun", text)


def places_with_forms() -> QuerySet[Placement]:
    """Return the places for which forms were opened, with all that a line of the table needs."""
    rows = Placement.objects.filter(pk__in=Assessment.objects.order_by().values("placement"))
    rows = rows.select_related("enrolment__student__student_profile", "enrolment__cohort", "company")
    return rows.prefetch_related("assessments__rubric").order_by("enrolment__cohort", "enrolment", "pk")


def forms_of(place: Placement) -> dict[str, Assessment]:
    """Return the forms of a place by their kind; reads ``assessments__rubric``."""
    return {form.rubric.kind: form for form in place.assessments.all()}


def mark_in(place: Placement, kind: str) -> Decimal | None:
    """Return what was given at this place for one kind of form; None while it is open."""
    form = forms_of(place).get(kind)
    return None if form is None or form.state == AssessmentState.OPEN else form.mark


def judge_marks(
    cohort: Cohort | None, lines: Sequence[Line], *, actor: User, told: Told = None, keep_empty: bool = False
) -> list[Judgement]:
    """Say of every line which marks it would enter; only for who coordinates the cohort."""
    judged = _Marks(actor=actor, cohort=cohort).judge(lines, told, keep_empty=keep_empty)
    if cohort is None or not coordinates_cohort(cohort, actor):
        for judgement in judged:
            judgement.line.refuse("reg_no", "not_in_scope", _("You do not coordinate this cohort."))
            judgement.status = RowStatus.ERROR
    return judged


def write_marks(_cohort: Cohort, judged: Sequence[Judgement], *, actor: User) -> None:
    """Enter what was judged inside the caller's transaction; nothing is released by it."""
    for judgement in judged:
        if judgement.status == RowStatus.CHANGED:
            judgement.target = judgement.known.pk
            forms = forms_of(judgement.known)
            for name in judgement.changes:
                form = forms[name]
                if form.state == AssessmentState.SUBMITTED:
                    take_back_mark(form, actor=actor, via="import")
                # Empty only where an undo brings back that there was none.
                if judgement.line.values[name] is not None:
                    enter_mark(form, judgement.line.values[name], actor=actor, via="import")


def _rows(user: Any, cohort: Cohort | None) -> QuerySet[Placement]:
    rows = places_with_forms().filter(pk__in=assessments_coordinated_by(user).order_by().values("placement"))
    return rows if cohort is None else rows.filter(enrolment__cohort=cohort)


def _remove(keys: Sequence[int], _batch: ImportBatch, _actor: User) -> None:
    """A table of marks makes no rows."""


UNDO: Final = RowsUndo(kind=MARKS, rows=places_with_forms, remove=_remove, keys=("reg_no", "company"))
declare_import(
    ImportKind(
        kind=MARKS,
        title=_("Marks"),
        judge=judge_marks,
        write=write_marks,
        rows=_rows,
        key="reg_no",
        names=("name",),
        into_cohort=True,
        page="admin:logbook_assessment_changelist",
        undo=UNDO.as_undo(),
        example={
            "reg_no": "EX-2024-00001",
            "name": "Neema Mfano",
            "company": "Mfano Engineering Ltd",
            "industry": "72.5",
            "academic": "68",
        },
    )
)
