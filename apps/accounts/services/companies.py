"""The register of companies, entered and changed as a table."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Company, Department, ImportBatch, User
from apps.accounts.selectors import companies_moderated_by, companies_visible_to, departments_coordinated_by
from apps.accounts.services.import_kinds import (
    ImportKind,
    Judgement,
    TableJudge,
    Told,
    changed_values,
    declare_import,
)
from apps.accounts.services.organisations import Marks, change_company, marks_of, propose_company
from apps.accounts.services.people import normal_name
from apps.accounts.services.undo_rows import RowsUndo
from apps.accounts.states import CompanyState, RowStatus
from portal.kernel.fsm import perform_many
from portal.kernel.imports import Line
from portal.kernel.sentences import filled

if TYPE_CHECKING:
    from portal.kernel.errors import Text

COMPANIES: Final = "accounts.companies"
# The columns that tell a domain.
_COLUMNS: Final = ("website", "email", "hr_email")
SAME_DOMAIN: Final = _(
    "%(name)s has this domain. If it is the same company, write its name or number as in the register; if it is"
    " another one, give the registration numbers of both, or leave this cell empty."
)


class _Companies(TableJudge):
    kind = COMPANIES
    key = ("name",)

    def key_of(self, line: Line) -> str:
        return normal_name(line.values.get("name", ""))

    def check_together(self, lines: Sequence[Line]) -> None:
        self.marks = {line.number: marks_of(line.values) for line in lines}
        # By what two lines share, and then by the number that tells them apart.
        self.in_file: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
        for line in lines:
            marks = self.marks[line.number]
            for key in _shared(marks):
                self.in_file[key][marks.normal_registration_no].append(line)

    def read(self, lines: Sequence[Line]) -> None:
        marks = [self.marks[line.number] for line in lines]
        numbers = {mark.normal_registration_no for mark in marks} - {""}
        domains = {domain for mark in marks for domain in (mark.web_domain, mark.mail_domain)} - {""}
        alike = Q(normal_name__in=[mark.normal_name for mark in marks if mark.normal_name])
        alike |= Q(normal_registration_no__in=numbers) | Q(web_domain__in=domains) | Q(mail_domain__in=domains)
        found = Company.objects.filter(alike).select_related("proposed_for", "merged_into__proposed_for")
        self.by_name: dict[str, Company] = {}
        self.by_number: dict[str, Company] = {}
        self.by_domain: dict[str, list[Company]] = defaultdict(list)
        for row in found.order_by("-pk"):
            company = _standing(row)
            self.by_name[row.normal_name] = company
            if row.normal_registration_no:
                self.by_number[row.normal_registration_no] = company
            for domain in {row.web_domain, row.mail_domain} - {""}:
                self.by_domain[domain].append(company)
        keys = {row.pk for row in (*self.by_name.values(), *self.by_number.values())}
        shown = keys | {row.pk for rows in self.by_domain.values() for row in rows}
        self.moderated = set(companies_moderated_by(self.actor).filter(pk__in=keys).values_list("pk", flat=True))
        self.visible = set(companies_visible_to(self.actor).filter(pk__in=shown).values_list("pk", flat=True))

    def find(self, line: Line) -> Company | None:
        """Find by the registration number, else by the name; a company found by both ways is one and the same."""
        by_number = self.by_number.get(self.marks[line.number].normal_registration_no)
        by_name = self.by_name.get(self.key_of(line))
        if by_number is not None and by_name is not None and by_number.pk != by_name.pk:
            line.refuse("name", "two_companies", _("The number and the name belong to two different companies."))
        found = by_number or by_name
        if found is not None and found.pk not in self.moderated:
            line.refuse("name", "not_in_scope", _("There is such a company, and it is not yours to change."))
        return found

    def check_new(self, line: Line) -> None:
        """Refuse a company that looks like one of the register, or of the file, by its number or domain."""
        self._refuse_same_in_file(line)
        self._refuse_same_domain(line, _COLUMNS)

    def _refuse_same_in_file(self, line: Line) -> None:
        own = self.marks[line.number]
        for key in _shared(own):
            groups = self.in_file[key]
            # Lines with two different numbers are two companies.
            alike = (own.normal_registration_no, "") if own.normal_registration_no else groups
            others = (other for number in list(alike) for other in groups[number] if other.number != line.number)
            if (other := next(others, None)) is not None:
                column = next((name for name in _COLUMNS if _domain_in(line, name) == key), "registration_no")
                line.refuse(column, "twice_in_file", filled(_("Line %(line)s is about the same."), line=other.number))
                return

    def _refuse_same_domain(self, line: Line, columns: Iterable[str], known: Company | None = None) -> None:
        own = self.marks[line.number].normal_registration_no
        for column in columns:
            for other in self.by_domain.get(_domain_in(line, column), []):
                # Two numbers tell branches and offices of one domain apart.
                if other != known and not (own and other.normal_registration_no not in ("", own)):
                    name: Text = other.name if other.pk in self.visible else _("a company of others")
                    line.refuse(column, "looks_like", filled(SAME_DOMAIN, name=name))
                    return

    def check_known(self, line: Line, known: Company, changes: dict[str, tuple[str, str]]) -> None:
        # Who moderates a company is not moved by a table.
        changes.pop("department", None)
        if line.problems:
            # Nothing of a company of others is shown.
            changes.clear()
        elif self._has_another_number(line, known) and not self._is_named_exactly(line, known):
            text = filled(_("A company that looks like this has another registration number: %(name)s."), name=known)
            line.refuse("registration_no", "looks_like", text)
        else:
            self._refuse_same_domain(line, [name for name in _COLUMNS if name in changes], known)

    def _has_another_number(self, line: Line, known: Company) -> bool:
        return len({self.marks[line.number].normal_registration_no, known.normal_registration_no} - {""}) > 1

    @staticmethod
    def _is_named_exactly(line: Line, known: Company) -> bool:
        return bool(line.values["name"].casefold() == known.name.casefold())


def _standing(company: Company) -> Company:
    """Return the company that stands for one that was merged; mergers of mergers are few."""
    while company.merged_into is not None:
        company = company.merged_into
    return company


def _domain_in(line: Line, column: str) -> str:
    marks = marks_of({column: line.values.get(column, "")})
    return marks.web_domain or marks.mail_domain


def _shared(marks: Marks) -> list[str]:
    """Return what only one company of a file may have: its number, its domains (which hold a dot)."""
    return sorted({marks.normal_registration_no, marks.web_domain, marks.mail_domain} - {""})


def judge_companies(
    _cohort: Cohort | None, lines: Sequence[Line], *, actor: User, told: Told = None, keep_empty: bool = False
) -> list[Judgement]:
    """Say of every line what it would do; only companies that the actor moderates are changed."""
    return _Companies(actor=actor).judge(lines, told, keep_empty=keep_empty)


def write_companies(_cohort: Cohort | None, judged: Sequence[Judgement], *, actor: User) -> None:
    """Store what was judged; a new company is approved at once, because who imports it could approve it by hand."""
    departments = {row.code: row for row in departments_coordinated_by(actor)}
    new = []
    for judgement in judged:
        if judgement.status == RowStatus.NEW:
            values = _fields(judgement.line.values, departments)
            company = propose_company(actor=actor, department=values.pop("proposed_for", None), **values)
            new.append(company.pk)
            judgement.target = company.pk
        elif judgement.status == RowStatus.CHANGED:
            judgement.target = judgement.known.pk
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


def _remove(keys: Sequence[int], _batch: ImportBatch, _actor: User) -> None:
    Company.objects.filter(pk__in=keys).delete()


UNDO: Final = RowsUndo(
    kind=COMPANIES,
    rows=lambda: Company.objects.select_related("proposed_for"),
    remove=_remove,
    keys=("name", "registration_no"),
)
declare_import(
    ImportKind(
        kind=COMPANIES,
        title=_("Companies"),
        judge=judge_companies,
        write=write_companies,
        rows=_rows,
        key="name",
        page="admin:accounts_company_changelist",
        undo=UNDO.as_undo(),
        example={
            "name": "Mfano Engineering Ltd",
            "registration_no": "EX-12345",
            "industry_type": "manufacturing",
            "address": "Mfano Street 1",
            "region": "Arusha",
            "country": "TZ",
            "contact_person": "Asha Mfano",
            "phone": "+255712345678",
            "email": "office@mfano.example",
            "website": "https://mfano.example",
            "established_year": "1999",
        },
    )
)
