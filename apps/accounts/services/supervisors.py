"""People of companies, entered and changed as a table: supervisors and representatives."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Company, CompanyMember, User
from apps.accounts.selectors import companies_moderated_by
from apps.accounts.services.held_addresses import HeldAddresses, refuse_alike
from apps.accounts.services.history import note_history
from apps.accounts.services.import_kinds import (
    ImportKind,
    Judgement,
    TableJudge,
    Told,
    changed_values,
    declare_import,
)
from apps.accounts.services.people import add_member, create_person, fill_person, normal_name
from apps.accounts.services.supervisors_undo import (
    OF_COMPANIES,
    OF_PERSON,
    PERSON,
    people_used,
    remove_members,
)
from apps.accounts.services.undo_rows import RowsUndo
from apps.accounts.states import MemberKind, Role, RowStatus
from portal.kernel.imports import Line

SUPERVISORS: Final = "accounts.supervisors"


class _Supervisors(TableJudge):
    kind = SUPERVISORS
    key = ("email", "company", "kind")

    def key_of(self, line: Line) -> str:
        company = normal_name(line.values.get("company", ""))
        email = line.values.get("email", "")
        return f"{email}\x1f{company}\x1f{_kind(line)}" if email and company else ""

    def read(self, lines: Sequence[Line]) -> None:
        words = [line.values["company"] for line in lines if line.values.get("company")]
        named = Q(normal_name__in=[normal_name(word) for word in words]) | Q(registration_no__in=words)
        companies = list(companies_moderated_by(self.actor).filter(named).exclude(normal_name="").order_by("-pk"))
        self.companies = {row.normal_name: row for row in companies}
        self.companies |= {row.registration_no: row for row in companies if row.registration_no}
        emails = [line.values["email"] for line in lines if line.values.get("email")]
        people = User.objects.annotate(address=Lower("email")).filter(address__in=emails)
        self.people = {row.email.lower(): row for row in people.prefetch_related("groups")}
        self.addresses = HeldAddresses(lines)
        rows = CompanyMember.objects.filter(company__in=companies, user__in=people).select_related("user", "company")
        self.members = {(row.company_id, row.user_id, row.kind): row for row in rows}
        held = CompanyMember.objects.filter(user__in=people)
        others = held.exclude(company__in=companies_moderated_by(self.actor))
        self.of_others = set(others.values_list("user_id", flat=True))

    def check_together(self, lines: Sequence[Line]) -> None:
        # One person may be of several companies.
        refuse_alike(lines, equal_too=False)

    def company_of(self, line: Line) -> Company | None:
        word = line.values["company"]
        return self.companies.get(word) or self.companies.get(normal_name(word))

    def find(self, line: Line) -> CompanyMember | None:
        company, person = self.company_of(line), self.people.get(line.values["email"])
        if company is None:
            text = _("There is no such company that you look after. Import the company first.")
            line.refuse("company", "company_unknown", text)
            return None
        line.values["company"] = company.name
        return None if person is None else self.members.get((company.pk, person.pk, _kind(line)))

    def check_new(self, line: Line) -> None:
        person = self.people.get(line.values["email"])
        if person is None:
            self.need(line, "first_name", "last_name")
            self.addresses.refuse(line, None)
        elif any(group.name == Role.STUDENT for group in person.groups.all()):
            text = _("This is a student's address. Enter the address of the supervisor.")
            line.refuse("email", "supervisor_is_student", text)
        else:
            for name in OF_PERSON:
                # The person exists already; what is stored of the person elsewhere stays.
                line.values.pop(name, None)

    def check_known(self, line: Line, known: CompanyMember, changes: dict[str, tuple[str, str]]) -> None:
        person = self.people[line.values["email"]]
        roles = {group.name for group in person.groups.all()}
        if person.is_superuser or roles - OF_COMPANIES or known.user_id in self.of_others:
            for name in OF_PERSON:
                if changes.pop(name, None) is not None:
                    text = _("This person has other rights here. An administrator has to change this.")
                    line.refuse(name, "more_than_supervisor", text)


def _kind(line: Line) -> str:
    return str(line.values.get("kind") or MemberKind.SUPERVISOR.value)


def judge_supervisors(
    _cohort: Cohort | None, lines: Sequence[Line], *, actor: User, told: Told = None, keep_empty: bool = False
) -> list[Judgement]:
    """Say of every line what it would do; only in companies that the actor moderates. The address finds the person."""
    return _Supervisors(actor=actor).judge(lines, told, keep_empty=keep_empty)


def write_supervisors(_cohort: Cohort | None, judged: Sequence[Judgement], *, actor: User) -> None:
    """Store what was judged; a person in two companies becomes one person."""
    for judgement in judged:
        if judgement.status == RowStatus.NEW:
            _enter(judgement, actor)
        elif judgement.status == RowStatus.CHANGED:
            _change(judgement, actor)
            judgement.target = judgement.known.pk


def _enter(judgement: Judgement, actor: User) -> None:
    line, values = judgement.line, judgement.line.values
    person = User.objects.filter(email__iexact=values["email"]).first()
    if person is None:
        person = create_person(actor=actor, email=values["email"], phone=values.get("phone", ""))
        fill_person(person, values, OF_PERSON)
        judgement.changes[PERSON] = ("", values["email"])
    company = companies_moderated_by(actor).filter(name=values["company"]).earliest("pk")
    member = add_member(company, person, MemberKind(_kind(line)), actor=actor, title=values.get("title", ""))
    judgement.target = member.pk
    if values.get("active") is False:
        CompanyMember.objects.filter(pk=member.pk).update(is_active=False)
    note_history(
        company, "change", actor=actor, department_id=company.proposed_for_id, reason=str(_("one more person"))
    )


def _change(judgement: Judgement, actor: User) -> None:
    member, values = judgement.known, changed_values(judgement)
    fill_person(member.user, values, OF_PERSON)
    of_member = {"title": "title", "active": "is_active"}
    found = {of_member[name]: value for name, value in values.items() if name in of_member}
    if found:
        for name, value in found.items():
            setattr(member, name, value)
        member.save(update_fields=[*sorted(found), "updated_at"])
    if values.get("active"):
        add_member(member.company, member.user, MemberKind(member.kind), actor=actor, title=member.title)
    company = member.company
    names = ", ".join(sorted(values))
    note_history(company, "change", actor=actor, department_id=company.proposed_for_id, reason=names)


def _rows(user: Any, _cohort: Cohort | None) -> QuerySet[CompanyMember]:
    rows = CompanyMember.objects.filter(company__in=companies_moderated_by(user), invited_at__isnull=True)
    rows = rows.exclude(user__email="").select_related("user", "company")
    return rows.order_by("company__name", "user__email", "kind")


UNDO: Final = RowsUndo(
    kind=SUPERVISORS,
    rows=lambda: CompanyMember.objects.select_related("user", "company"),
    remove=remove_members,
    keys=("email", "company", "kind"),
    # Of a person who was there already a new line changes nothing.
    unsaid=frozenset({*OF_PERSON, "company"}),
    also=people_used,
)
declare_import(
    ImportKind(
        kind=SUPERVISORS,
        title=_("People of companies"),
        judge=judge_supervisors,
        write=write_supervisors,
        rows=_rows,
        key="email",
        names=("first_name", "last_name"),
        page="admin:accounts_company_changelist",
        undo=UNDO.as_undo(),
        example={
            "company": "Mfano Engineering Ltd",
            "email": "asha@mfano.example",
            "first_name": "Asha",
            "last_name": "Mfano",
            "phone": "+255712345678",
            "kind": "supervisor",
            "title": "Workshop manager",
            "active": "yes",
        },
    )
)
