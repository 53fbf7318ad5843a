"""Vacancies as tables: entered in bulk as drafts; who looks at them publishes them in the list."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Company, ImportBatch, Programme, User
from apps.accounts.selectors import companies_moderated_by, programmes_visible_to
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
from apps.vacancies.models import Vacancy
from apps.vacancies.services.vacancies import change_vacancy, create_vacancy
from apps.vacancies.states import VacancyState
from portal.kernel.imports import Line
from portal.kernel.sentences import filled

VACANCIES: Final = "vacancies.vacancies"
# What a table holds: a closed vacancy is over, and a line that looks like it is a new one.
IN_TABLES: Final = (VacancyState.DRAFT, VacancyState.ACTIVE)


class _Vacancies(TableJudge):
    kind = VACANCIES
    key = ("company", "title", "location")

    def key_of(self, line: Line) -> str:
        """Compare the company whatever its legal form; two titles in two places are two vacancies."""
        values = line.values
        if not all(values.get(name) for name in self.key):
            return ""
        return "\x1f".join([normal_name(values["company"]), values["title"].casefold(), values["location"].casefold()])

    def read(self, lines: Sequence[Line]) -> None:
        """Read the companies that the actor moderates, what they offer, and which programmes may be named."""
        words = [line.values["company"] for line in lines if line.values.get("company")]
        named = Q(normal_name__in=[normal_name(word) for word in words]) | Q(registration_no__in=words)
        found = list(companies_moderated_by(self.actor).filter(named).exclude(normal_name="").order_by("-pk"))
        self.companies: dict[str, Company] = {row.normal_name: row for row in found}
        self.companies |= {row.registration_no: row for row in found if row.registration_no}
        self.offered: dict[tuple[int, str, str], list[Vacancy]] = defaultdict(list)
        offered = Vacancy.objects.filter(company__in=found, state__in=IN_TABLES)
        for row in offered.select_related("company").prefetch_related("programmes"):
            self.offered[row.company_id, row.title.casefold(), row.location.casefold()].append(row)
        codes = programmes_visible_to(self.actor).values_list("code", flat=True)
        self.codes = {code.casefold(): code for code in codes}

    def find(self, line: Line) -> Vacancy | None:
        """Find the draft or open vacancy of this company with this title at this place."""
        word = line.values["company"]
        company = self.companies.get(word) or self.companies.get(normal_name(word))
        if company is None:
            text = _("There is no such company that you look after. Import the company first.")
            line.refuse("company", "company_unknown", text)
            return None
        line.values["company"] = company.name
        alike = self.offered[company.pk, line.values["title"].casefold(), line.values["location"].casefold()]
        if len(alike) > 1:
            text = _("The company has several vacancies with this title at this place. Change them on their pages.")
            line.refuse("title", "several_alike", text)
            return None
        known = alike[0] if alike else None
        self._name_programmes(line, known)
        return known

    def _name_programmes(self, line: Line, known: Vacancy | None) -> None:
        """Write programmes by their codes; of other departments only those stay that were chosen before."""
        if "programmes" not in line.values:
            return
        chosen = {} if known is None else {row.code.casefold(): row.code for row in known.programmes.all()}
        codes = {**self.codes, **chosen}
        unknown = [word for word in line.values["programmes"] if word.casefold() not in codes]
        if unknown:
            codes_said = ", ".join(unknown[:3])
            text = filled(_("You have no such programme: %(codes)s. Write the programme's code."), codes=codes_said)
            line.refuse("programmes", "programme_unknown", text)
            return
        line.values["programmes"] = sorted({codes[word.casefold()] for word in line.values["programmes"]})

    def check_new(self, line: Line) -> None:
        """Note what a new vacancy lacks, and that a company that was turned away offers none."""
        self.need(line, "description", "deadline")
        company = self.companies[normal_name(line.values["company"])]
        if company.state in (CompanyState.REJECTED, CompanyState.ARCHIVED):
            line.refuse("company", "company_closed", _("This company takes no students at present."))

    def check_known(self, line: Line, known: Vacancy, changes: dict[str, tuple[str, str]]) -> None:
        """Refuse fewer places than are taken; the spelling of title and place is not changed by a table."""
        for name in ("title", "location"):
            changes.pop(name, None)
        if "places" in changes and line.values["places"] < known.places_taken:
            line.refuse("places", "places_taken", _("More students than that have been accepted already."))


def judge_vacancies(
    _cohort: Cohort | None, lines: Sequence[Line], *, actor: User, told: Told = None, keep_empty: bool = False
) -> list[Judgement]:
    """Say of every line what it would do; only for companies that the actor moderates."""
    return _Vacancies(actor=actor).judge(lines, told, keep_empty=keep_empty)


def write_vacancies(_cohort: Cohort | None, judged: Sequence[Judgement], *, actor: User) -> None:
    """Store what was judged inside the caller's transaction; new vacancies stay drafts, none is closed."""
    hosts = {row.name: row for row in _hosts(judged, actor)}
    codes = {code for j in judged for code in j.line.values.get("programmes", [])}
    programmes = {row.code: row for row in Programme.objects.filter(code__in=codes)}
    for judgement in judged:
        if judgement.status == RowStatus.NEW:
            details = _details(judgement.line.values, programmes)
            company = hosts[details.pop("company")]
            judgement.target = create_vacancy(company, details, actor=actor).pk
        elif judgement.status == RowStatus.CHANGED:
            judgement.target = judgement.known.pk
            change_vacancy(judgement.known, _details(changed_values(judgement), programmes), actor=actor)


def _hosts(judged: Sequence[Judgement], actor: User) -> QuerySet[Company]:
    names = {j.line.values["company"] for j in judged if j.status == RowStatus.NEW}
    return companies_moderated_by(actor).filter(name__in=names).order_by("-pk")


def _details(values: dict[str, Any], programmes: dict[str, Programme]) -> dict[str, Any]:
    details = dict(values)
    if "programmes" in details:
        details["programmes"] = [programmes[code] for code in details["programmes"]]
    return details


def _rows(user: Any, _cohort: Cohort | None) -> QuerySet[Vacancy]:
    rows = Vacancy.objects.filter(company__in=companies_moderated_by(user), state__in=IN_TABLES)
    return rows.select_related("company").prefetch_related("programmes").order_by("company__name", "title", "pk")


def _remove(keys: Sequence[int], _batch: ImportBatch, _actor: User) -> None:
    Vacancy.objects.filter(pk__in=keys, state=VacancyState.DRAFT).delete()


UNDO: Final = RowsUndo(
    kind=VACANCIES,
    rows=lambda: Vacancy.objects.select_related("company").prefetch_related("programmes"),
    remove=_remove,
    keys=("company", "title", "location"),
    own=frozenset({Vacancy.programmes.through}),
    # Written there by their codes, whatever the spelling of the line.
    unsaid=frozenset({"programmes"}),
)
declare_import(
    ImportKind(
        kind=VACANCIES,
        title=_("Vacancies"),
        judge=judge_vacancies,
        write=write_vacancies,
        rows=_rows,
        key="title",
        names=("company",),
        page="admin:vacancies_vacancy_changelist",
        undo=UNDO.as_undo(),
        example={
            "company": "Mfano Engineering Ltd",
            "title": "Trainee in the workshop",
            "location": "Arusha",
            "deadline": "2027-05-31",
            "description": "You maintain pumps and learn to weld.",
            "work_mode": "On-Site",
            "work_type": "Full-Time",
            "places": "3",
            "skills": "welding, CAD",
            "programmes": "BSC-ME",
            "years": "2, 3",
        },
    )
)
