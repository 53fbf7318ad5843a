"""Taking an import of each kind back: all of it as before, or nothing where somebody came after."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Company, CompanyMember, Enrolment, ImportBatch, Job, StaffProfile, StudentProfile, User
from apps.accounts.services import import_undo
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import give_role, grant
from apps.accounts.states import ImportState, JobState, MemberKind, Role
from apps.applications.models import Placement
from apps.applications.services.placement_tables import PLACEMENTS
from apps.applications.states import PlacementState
from apps.logbook.models import Assessment
from apps.logbook.services.assessments import enter_mark
from apps.logbook.services.mark_tables import MARKS
from apps.vacancies.models import Vacancy
from apps.vacancies.services.vacancy_tables import VACANCIES
from apps.vacancies.states import VacancyState
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import perform
from tests.accounts.tables import COMPANIES, ENROLMENTS, STAFF, SUPERVISORS, applied
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    CompanyMemberFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    StaffProfileFactory,
    UserFactory,
)
from tests.factories.applications import PlacementFactory
from tests.factories.logbook import AssessmentFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db
MODELS = (User, Company, CompanyMember, StaffProfile, Enrolment, Vacancy, Placement, Assessment)


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@dataclass
class Setting:
    cohort: Any
    coordinator: User
    company: Company
    number: str
    free: str
    place: Placement


@pytest.fixture
def there(db) -> Setting:
    """A department with one row of every kind."""
    cohort = CohortFactory.create(department__code="mech", country="TZ")
    coordinator = UserFactory.create()
    grant(coordinator, cohort.department, actor=SYSTEM)
    programme = ProgrammeFactory.create(department=cohort.department, code="BSC-ME")
    company = CompanyFactory.create(
        name="Kilimo Works", proposed_for=cohort.department, industry_type="OTHER", phone=""
    )
    boss = CompanyMemberFactory.create(company=company, kind=MemberKind.SUPERVISOR, user__email="boss@kilimo.example")
    User.objects.filter(pk=boss.user_id).update(phone="", first_name="Ali", last_name="Said")
    StaffProfileFactory.create(department=cohort.department, staff_no="7", user__email="", user__first_name="Juma")
    first, second = EnrolmentFactory.create_batch(2, cohort=cohort)
    StudentProfile.objects.update(programme=programme)
    place = PlacementFactory.create(
        enrolment=first,
        company=company,
        state=PlacementState.PROPOSED,
        start=cohort.start,
        end=cohort.end,
        task="Pumps",
    )
    vacancy = VacancyFactory.create(company=company, title="Fitter", location="Arusha", skills=["welding"], places=2)
    vacancy.programmes.set([programme])
    AssessmentFactory.create(placement=place)
    numbers = [row.student.student_profile.reg_no for row in (first, second)]
    return Setting(cohort, coordinator, company, numbers[0], numbers[1], place)


def stored() -> dict[str, list[Any]]:
    """Return all rows without what counts changes, and who has which role."""
    out = {"updated_at", "version", "submitted_at", "submitted_by_id", "search_text", "posted_by_id", "last_login"}
    found: dict[str, list[Any]] = {
        model.__name__: [
            {k: v for k, v in row.items() if k not in out} for row in model._base_manager.order_by("pk").values()
        ]
        for model in MODELS
    }
    links = Vacancy.programmes.through.objects.order_by("pk")
    found["programmes"] = [dict(row) for row in links.values("vacancy", "programme")]
    found["roles"] = sorted(User.groups.through.objects.values_list("user", "group__name"))
    return found


def tables(s: Setting) -> dict[str, list[str]]:
    """Return for each kind a table with a new line (but of marks, which are there) and a changed one."""
    day = f"{timezone.localdate() + dt.timedelta(days=50)}"
    return {
        COMPANIES: ["name,sector,phone", "New Works,manufacturing,", "Kilimo Works,manufacturing,+255712345678"],
        SUPERVISORS: [
            "company,email,first name,last name,phone,kind,active",
            "Kilimo Works,new@kilimo.example,Neema,Mushi,,supervisor,yes",
            "Kilimo Works,new@kilimo.example,Neema,Mushi,,representative,no",
            "Kilimo Works,boss@kilimo.example,Ali,Said,,representative,yes",
            "Kilimo Works,boss@kilimo.example,Aly,Said,+255712345678,supervisor,no",
        ],
        STAFF: [
            "staff_no,first_name,last_name,email,department,supervises",
            "8,Neema,Mushi,neema@uni.example,mech,yes",
            "7,Jumaa,,juma@uni.example,,yes",
        ],
        ENROLMENTS: ["reg_no,active", f"{s.free},yes", f"{s.number},no"],
        PLACEMENTS: [
            "reg_no,company,task,supervisor",
            f"{s.free},Kilimo Works,Valves,Neema",
            f"{s.number},Kilimo Works,Valves,Ali",
        ],
        VACANCIES: [
            "company,title,location,deadline,description,skills,programmes,places",
            f"Kilimo Works,Welder,Arusha,{day},Weld.,,bsc-me,1",
            "Kilimo Works,Fitter,Arusha,,,CAD,,5",
        ],
        MARKS: ["reg_no,industry", f"{s.number},72"],
    }


KINDS = (COMPANIES, SUPERVISORS, STAFF, ENROLMENTS, PLACEMENTS, VACANCIES, MARKS)


def done(there: Setting, kind: str) -> tuple[ImportBatch, dict[str, list[Any]]]:
    """Apply the table of a kind; return the import, and all rows before it."""
    if kind == ENROLMENTS:
        Enrolment.objects.filter(student__student_profile__reg_no=there.free).delete()
    before = stored()
    into = there.cohort if kind in (ENROLMENTS, PLACEMENTS, MARKS) else None
    batch = applied(kind, there.coordinator, *tables(there)[kind], cohort=into)
    assert batch.counts["error"] == 0, list(batch.rows.values_list("problems", flat=True))
    assert stored() != before
    return batch, before


def undo(batch: ImportBatch, actor: User) -> Job:
    job = import_undo.start_import_undo(batch, actor=actor)
    run_due_tasks()
    job.refresh_from_db()
    batch.refresh_from_db()
    return job


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_an_import_did_is_taken_back(client, there, kind):
    batch, before = done(there, kind)
    client.force_login(there.coordinator)
    page = client.get(reverse("admin:accounts_importbatch_undo", args=[batch.pk]))
    plan = page.context["plan"]
    assert (plan.obstacles, plan.removed) == ({}, batch.counts["new"])
    assert plan.restored == sum(len(row.changes) for row in batch.rows.filter(status="changed"))
    job = undo(batch, there.coordinator)
    assert (job.state, batch.state) == (JobState.DONE, ImportState.UNDONE), job.error
    assert stored() == before


def _member(s: Setting) -> CompanyMember:
    return CompanyMember.objects.get(user__email="new@kilimo.example", kind="supervisor")


RELEASED = "The mark is released: the student has seen it. Reopen the form on its page, with a reason."
USED = "This is used since: %s."
CHANGED = "Somebody has changed this since."
AFTER: dict[str, tuple[str, Callable[[Setting], Any], int, str]] = {
    "vacancy of company": (
        COMPANIES,
        lambda _s: VacancyFactory.create(company=Company.objects.get(name="New Works")),
        2,
        USED % "vacancy",
    ),
    "company renamed": (
        COMPANIES,
        lambda _s: Company.objects.filter(name="Kilimo Works").update(phone="+255712000000"),
        3,
        CHANGED,
    ),
    "person was here": (
        SUPERVISORS,
        lambda _s: User.objects.filter(email="new@kilimo.example").update(last_login=timezone.now()),
        2,
        "This person has been here since.",
    ),
    "person renamed": (
        SUPERVISORS,
        lambda _s: User.objects.filter(email="new@kilimo.example").update(last_name="Moshi"),
        2,
        CHANGED,
    ),
    "person elsewhere": (
        SUPERVISORS,
        lambda s: CompanyMemberFactory.create(user=_member(s).user),
        2,
        "This person belongs to a company as well that the table does not name.",
    ),
    "person's work": (
        SUPERVISORS,
        lambda s: Job.objects.create(owner=_member(s).user, kind="x", title="x"),
        2,
        USED % "job",
    ),
    "staff was here": (
        STAFF,
        lambda _s: User.objects.filter(username="8").update(last_login=timezone.now()),
        2,
        "This person has been here since.",
    ),
    "staff coordinates": (
        STAFF,
        lambda s: grant(User.objects.get(username="8"), s.cohort.department, actor=SYSTEM),
        2,
        "This person has other rights by now.",
    ),
    "staff has another role beside": (
        STAFF,
        lambda _s: give_role(User.objects.get(username="8"), Role.DEAN, actor=SYSTEM),
        2,
        "This person has other rights by now.",
    ),
    "enrolled and placed": (
        ENROLMENTS,
        lambda s: PlacementFactory.create(enrolment=Enrolment.objects.get(student__student_profile__reg_no=s.free)),
        2,
        USED % "placement",
    ),
    "confirmed": (
        PLACEMENTS,
        lambda s: perform(Placement.objects.latest("pk"), "confirm", actor=s.coordinator),
        2,
        CHANGED,
    ),
    "settled": (
        PLACEMENTS,
        lambda s: perform(s.place, "confirm", actor=s.coordinator),
        3,
        "The former value cannot come back. This place is settled. Change it on its page, with a reason.",
    ),
    "published": (
        VACANCIES,
        lambda s: perform(Vacancy.objects.get(title="Welder"), "publish", actor=s.coordinator),
        2,
        CHANGED,
    ),
    "closed": (
        VACANCIES,
        lambda _s: Vacancy.objects.filter(title="Fitter").update(state=VacancyState.CLOSED),
        3,
        "",
    ),
    "gone": (
        VACANCIES,
        lambda _s: Vacancy.objects.get(title="Welder").delete(),
        2,
        "What this line made or changed is not there any more.",
    ),
    "released": (
        MARKS,
        lambda s: perform(Assessment.objects.get(), "release", actor=s.coordinator),
        2,
        f"The former value cannot come back. {RELEASED}",
    ),
}


@pytest.mark.parametrize("what", AFTER)
def test_nothing_is_undone_where_somebody_came_after(there, what):
    kind, happens, line, reason = AFTER[what]
    batch, _before = done(there, kind)
    happens(there)
    between = stored()
    plan = import_undo.plan_import_undo(batch, actor=there.coordinator)
    if what == "closed":
        assert list(plan.obstacles) == [line]
    else:
        assert plan.obstacles.get(line) == reason, plan.obstacles
    job = undo(batch, there.coordinator)
    assert (job.state, batch.state, stored() == between) == (JobState.FAILED, ImportState.APPLIED, True)


def test_a_mark_that_replaced_another_makes_room_for_it_again(there):
    form = Assessment.objects.get()
    enter_mark(form, Decimal(60), actor=there.coordinator)
    batch, _before = done(there, MARKS)
    assert undo(batch, there.coordinator).state == JobState.DONE
    form.refresh_from_db()
    assert (form.state, form.mark) == ("submitted", Decimal("60.00"))
