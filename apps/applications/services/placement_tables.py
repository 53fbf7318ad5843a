"""Placements as tables: entered in bulk, and not settled by it; who looks at them confirms them in the list."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Company, Enrolment, ImportBatch, User
from apps.accounts.permissions import coordinates_cohort
from apps.accounts.selectors import companies_visible_to
from apps.accounts.services.held_addresses import HeldAddresses, refuse_alike
from apps.accounts.services.import_kinds import (
    ImportKind,
    Judgement,
    TableJudge,
    Told,
    changed_values,
    declare_import,
)
from apps.accounts.services.people import normal_name
from apps.accounts.services.undo_rows import RowsUndo
from apps.accounts.states import CompanyState, RowStatus
from apps.applications.models import Placement
from apps.applications.selectors import placements_visible_to
from apps.applications.services.amendments import FIELDS, change_placement
from apps.applications.services.placements import allocate_placement
from apps.applications.services.terms import WHOLE, Terms, check_terms
from apps.applications.states import PlacementState
from portal.kernel.errors import RuleViolation
from portal.kernel.imports import Line

PLACEMENTS: Final = "applications.placements"
ADDRESS: Final = "supervisor_email"
WORDS: Final = ("supervisor_name", ADDRESS)


class _Placements(TableJudge):
    kind = PLACEMENTS
    key = ("reg_no", "company", "start")

    def read(self, lines: Sequence[Line]) -> None:
        """Read the students of the cohort, their places, and the companies, whatever their legal form."""
        self.cohort_days: Cohort = self._own_cohort()
        numbers = [line.values["reg_no"] for line in lines if "reg_no" in line.values]
        rows = Enrolment.objects.filter(cohort=self.cohort, is_active=True)
        rows = rows.filter(student__student_profile__reg_no__in=numbers)
        found = list(rows.select_related("student__student_profile", "cohort"))
        self.enrolments = {row.student.student_profile.reg_no: row for row in found}
        names = {normal_name(line.values["company"]) for line in lines if "company" in line.values}
        hosts = companies_visible_to(self.actor).filter(normal_name__in=names, state=CompanyState.APPROVED)
        self.companies = {row.normal_name: row for row in hosts.order_by("-pk")}
        self.places: dict[int, list[Placement]] = defaultdict(list)
        for place in Placement.objects.filter(enrolment__in=found).select_related("company", "enrolment__cohort"):
            self.places[place.enrolment_id].append(place)
        self.addresses = HeldAddresses(lines, ADDRESS)

    def check_together(self, lines: Sequence[Line]) -> None:
        """Refuse supervisors' addresses that look the same and are not; one supervisor may have many trainees."""
        refuse_alike(lines, equal_too=False, column=ADDRESS)

    def _own_cohort(self) -> Cohort:
        if self.cohort is None:
            message = "placements are imported into a cohort"
            raise TypeError(message)
        return self.cohort

    def find(self, line: Line) -> Placement | None:
        """Find the student's place at this company from this day on, unless it was given up."""
        enrolment = self.enrolments.get(line.values["reg_no"])
        if enrolment is None:
            line.refuse("reg_no", "student_unknown", _("No student of this cohort has this number."))
        company = self.companies.get(normal_name(line.values["company"]))
        if company is None:
            line.refuse(
                "company", "company_unknown", _("No approved company has this name. Enter or approve it first.")
            )
        if enrolment is None or company is None:
            return None
        start = line.values.get("start") or self.cohort_days.start
        for place in self.places[enrolment.pk]:
            if place.company_id == company.pk and place.start == start and place.state in PlacementState.alive():
                return place
        return None

    def check_new(self, line: Line) -> None:
        """Note what keeps the place from being: its days, its share, another place."""
        enrolment = self.enrolments[line.values["reg_no"]]
        company = self.companies[normal_name(line.values["company"])]
        terms = terms_of(line.values)
        place = Placement(
            enrolment=enrolment,
            company=company,
            start=terms.start or self.cohort_days.start,
            end=terms.end or self.cohort_days.end,
            share=terms.share,
        )
        self._check(line, place)

    def check_known(self, line: Line, known: Placement, changes: dict[str, tuple[str, str]]) -> None:
        """Refuse to change by a table what is settled: that needs a reason and is kept as a version."""
        if changes and known.state != PlacementState.PROPOSED:
            column = next(iter(changes))
            line.refuse(column, "settled", _("This place is settled. Change it on its page, with a reason."))
            return
        for name in FIELDS & set(changes):
            setattr(known, name, line.values[name])
        self._check(line, known)

    def _check(self, line: Line, place: Placement) -> None:
        self.addresses.refuse_look_alike(line)
        try:
            check_terms(place, self.places[place.enrolment_id])
        except RuleViolation as error:
            line.refuse(error.field or "company", error.code, error.message)


def terms_of(values: dict[str, Any]) -> Terms:
    """Return when and what a line says."""
    return Terms(
        start=values.get("start"),
        end=values.get("end"),
        share=values.get("share", WHOLE),
        site_address=values.get("site_address", ""),
        task=values.get("task", ""),
    )


def judge_placements(
    cohort: Cohort | None, lines: Sequence[Line], *, actor: User, told: Told = None, keep_empty: bool = False
) -> list[Judgement]:
    """Say of every line what it would do; only for who coordinates the cohort."""
    judged = _Placements(actor=actor, cohort=cohort).judge(lines, told, keep_empty=keep_empty)
    if cohort is None or not coordinates_cohort(cohort, actor):
        for judgement in judged:
            judgement.line.refuse("reg_no", "not_in_scope", _("You do not coordinate this cohort."))
            judgement.status = RowStatus.ERROR
    return judged


def write_placements(cohort: Cohort, judged: Sequence[Judgement], *, actor: User) -> None:
    """Store what is new or changed inside the caller's transaction; new places stay proposed, none is taken away."""
    numbers = [judgement.line.values["reg_no"] for judgement in judged if judgement.status == RowStatus.NEW]
    rows = Enrolment.objects.filter(cohort=cohort, student__student_profile__reg_no__in=numbers)
    enrolments = {row.student.student_profile.reg_no: row for row in rows.select_related("student__student_profile")}
    hosts = {row.normal_name: row for row in _hosts(judged)}
    for judgement in judged:
        values = judgement.line.values
        if judgement.status == RowStatus.NEW:
            company = hosts[normal_name(values["company"])]
            made = allocate_placement(enrolments[values["reg_no"]], company, actor=actor, terms=terms_of(values))
            _keep_words(made, values)
            judgement.target = made.pk
        elif judgement.status == RowStatus.CHANGED:
            judgement.target = judgement.known.pk
            changes = changed_values(judgement)
            fresh = Placement.objects.get(pk=judgement.known.pk)
            change_placement(fresh, {name: changes[name] for name in FIELDS & set(changes)}, actor=actor)
            _keep_words(fresh, changes)


def _hosts(judged: Sequence[Judgement]) -> QuerySet[Company]:
    names = {normal_name(judgement.line.values["company"]) for judgement in judged}
    return Company.objects.filter(normal_name__in=names, state=CompanyState.APPROVED).order_by("-pk")


def _keep_words(placement: Placement, values: dict[str, Any]) -> None:
    """Keep whom the table names in the company: words, until the place is confirmed."""
    words = {name: values[name] for name in WORDS if name in values}
    if words:
        Placement.objects.filter(pk=placement.pk).update(**words)


def _rows(user: Any, cohort: Cohort | None) -> QuerySet[Placement]:
    rows = placements_visible_to(user).filter(state__in=PlacementState.alive())
    rows = rows if cohort is None else rows.filter(enrolment__cohort=cohort)
    return rows.select_related("enrolment__student__student_profile", "company").order_by("enrolment__cohort", "pk")


def _remove(keys: Sequence[int], _batch: ImportBatch, _actor: User) -> None:
    Placement.objects.filter(pk__in=keys, state=PlacementState.PROPOSED).delete()


UNDO: Final = RowsUndo(
    kind=PLACEMENTS,
    rows=lambda: Placement.objects.select_related("enrolment__student__student_profile", "company"),
    remove=_remove,
    keys=("reg_no", "company", "start"),
)
declare_import(
    ImportKind(
        kind=PLACEMENTS,
        title=_("Placements"),
        judge=judge_placements,
        write=write_placements,
        rows=_rows,
        key="reg_no",
        names=("company",),
        into_cohort=True,
        page="admin:applications_placement_changelist",
        undo=UNDO.as_undo(),
        example={
            "reg_no": "EX-2024-00001",
            "company": "Mfano Engineering Ltd",
            "start": "2027-07-05",
            "end": "2027-08-27",
            "share": "100",
            "supervisor_email": "asha@mfano.example",
        },
    )
)
