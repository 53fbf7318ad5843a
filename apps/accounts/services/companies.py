"""The register of companies, entered and changed as a table."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Cohort, Company, Department, User
from apps.accounts.selectors import companies_moderated_by, departments_coordinated_by
from apps.accounts.services.import_kinds import (
    ImportKind,
    Judgement,
    TableJudge,
    Told,
    changed_values,
    declare_import,
)
from apps.accounts.services.organisations import change_company, propose_company
from apps.accounts.services.people import normal_name
from apps.accounts.states import CompanyState, RowStatus
from portal.kernel.fsm import perform_many
from portal.kernel.imports import Line

COMPANIES: Final = "accounts.companies"


class _Companies(TableJudge):
    kind = COMPANIES
    key = ("name",)

    def key_of(self, line: Line) -> str:
        return normal_name(line.values.get("name", ""))

    def read(self, lines: Sequence[Line]) -> None:
        names = [self.key_of(line) for line in lines]
        numbers = [line.values["registration_no"] for line in lines if line.values.get("registration_no")]
        alike = Q(normal_name__in=[name for name in names if name]) | Q(registration_no__in=numbers)
        rows = list(Company.objects.filter(alike).select_related("proposed_for").order_by("-pk"))
        self.by_name = {row.normal_name: row for row in rows}
        self.by_number = {row.registration_no: row for row in rows if row.registration_no}
        mine = companies_moderated_by(self.actor).filter(pk__in=[row.pk for row in rows])
        self.moderated = set(mine.values_list("pk", flat=True))

    def find(self, line: Line) -> Company | None:
        """Find by the registration number, else by the name; a company found by both ways is one and the same."""
        by_number = self.by_number.get(line.values.get("registration_no", ""))
        by_name = self.by_name.get(self.key_of(line))
        if by_number is not None and by_name is not None and by_number.pk != by_name.pk:
            line.refuse("name", "two_companies", _("The number and the name belong to two different companies."))
        found = by_number or by_name
        if found is not None and found.pk not in self.moderated:
            line.refuse("name", "not_in_scope", _("There is such a company, and it is not yours to change."))
        return found

    def check_known(self, line: Line, known: Company, changes: dict[str, tuple[str, str]]) -> None:
        # Who moderates a company is not moved by a table.
        changes.pop("department", None)
        if line.problems:
            # Nothing of a company of others is shown.
            changes.clear()
        elif "registration_no" in changes and known.registration_no and not self._is_named_exactly(line, known):
            text = _("A company that looks like this has another registration number: %(name)s.") % {"name": known}
            line.refuse("registration_no", "looks_like", text)

    @staticmethod
    def _is_named_exactly(line: Line, known: Company) -> bool:
        return bool(line.values["name"].casefold() == known.name.casefold())


def judge_companies(
    _cohort: Cohort | None, lines: Sequence[Line], *, actor: User, told: Told = None
) -> list[Judgement]:
    """Say of every line what it would do; only companies that the actor moderates are changed."""
    return _Companies(actor=actor).judge(lines, told)


def write_companies(_cohort: Cohort | None, judged: Sequence[Judgement], *, actor: User) -> None:
    """Store what was judged; a new company is approved at once, because who imports it could approve it by hand."""
    departments = {row.code: row for row in departments_coordinated_by(actor)}
    new = []
    for judgement in judged:
        if judgement.status == RowStatus.NEW:
            values = _fields(judgement.line.values, departments)
            company = propose_company(actor=actor, department=values.pop("proposed_for", None), **values)
            new.append(company.pk)
        elif judgement.status == RowStatus.CHANGED:
            change_company(judgement.known, changed_values(judgement), actor=actor)
    # Nobody waits for the news that the own table was taken.
    Company.objects.filter(pk__in=new).update(proposed_by=None)
    waiting = Company.objects.filter(pk__in=new, state=CompanyState.PROPOSED)
    perform_many(waiting, "approve", actor=actor, via="import")


def _fields(values: dict[str, Any], departments: dict[str, Department]) -> dict[str, Any]:
    found = dict(values)
    if "department" in found:
        found["proposed_for"] = departments[found.pop("department")]
    return found


def _rows(user: Any, _cohort: Cohort | None) -> QuerySet[Company]:
    return companies_moderated_by(user).select_related("proposed_for").order_by("name", "pk")


declare_import(
    ImportKind(
        kind=COMPANIES,
        title=gettext_lazy("Companies"),
        judge=judge_companies,
        write=write_companies,
        rows=_rows,
        key="name",
        page="admin:accounts_company_changelist",
    )
)
