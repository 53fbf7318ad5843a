"""Taking an import back: what it made goes, what it changed returns, and nothing is done where somebody came after."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import DepartmentGrant, Enrolment, HistoryEntry, ImportRow, Job, StudentProfile, User
from apps.accounts.services import import_kinds, import_undo
from apps.accounts.services.history import note_history
from apps.accounts.services.imports import confirm_import
from apps.accounts.services.jobs import Progress
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.services.students import STUDENTS
from apps.accounts.states import ImportState, JobState, Role
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from tests.accounts.tables import COMPANIES, applied, staged
from tests.factories.accounts import CohortFactory, EnrolmentFactory, ProgrammeFactory, StudentFactory, UserFactory
from tests.factories.applications import PlacementFactory

pytestmark = pytest.mark.django_db

HEAD = "reg_no,first_name,last_name,programme_code,phone,email,year_of_study"
ASHA = "2021-04-00001,Asha,Moshi,BSC-ME,+255712345678,asha@uni.example,2"
SAID = "2021-04-00002,Said,Ali,BSC-ME,,,"


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cohort():
    cohort = CohortFactory.create(name="Mechanical PT2", country="TZ")
    ProgrammeFactory.create(department=cohort.department, code="BSC-ME")
    return cohort


@pytest.fixture
def coordinator(cohort):
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


def known(cohort, **values) -> User:
    """Return a student who was there before the import."""
    return StudentFactory.create(
        **{
            "username": "2021-04-00009",
            "first_name": "Grace",
            "last_name": "Mrema",
            "email": "grace@uni.example",
            "phone": "",
            "profile__reg_no": "2021-04-00009",
            "profile__programme": cohort.department.programmes.get(),
            **values,
        }
    )


def stored() -> dict[str, list[Any]]:
    """Return all that is known of students, without the times of the last change."""
    people = User.objects.filter(student_profile__isnull=False)
    return {
        "people": list(people.order_by("pk").values()),
        "profiles": [
            {k: v for k, v in row.items() if k != "updated_at"}
            for row in StudentProfile.objects.order_by("pk").values()
        ],
        "enrolments": [
            {k: v for k, v in row.items() if k != "updated_at"} for row in Enrolment.objects.order_by("pk").values()
        ],
        "roles": list(User.groups.through.objects.order_by("pk").values("user", "group__name")),
    }


def undo(batch, actor) -> Job:
    job = import_undo.start_import_undo(batch, actor=actor)
    run_due_tasks()
    job.refresh_from_db()
    batch.refresh_from_db()
    return job


def page_of(batch) -> str:
    return reverse("admin:accounts_importbatch_undo", args=[batch.pk])


# -- it is taken back ---------------------------------------------------------------------------------------------


def test_everything_that_an_import_did_is_taken_back(signed_in, cohort, coordinator):
    grace, juma = known(cohort), known(cohort, username="j", email="", profile__reg_no="2021-04-00010")
    EnrolmentFactory.create(student=juma, cohort=cohort, is_active=False)
    before = stored()
    lines = [
        ASHA,
        SAID,
        "2021-04-00009,Grace,Mushi,BSC-ME,+255712000000,asha.g@uni.example,3",
        "2021-04-00010,,,,,,",
    ]
    batch = applied(STUDENTS, coordinator, HEAD, *lines, cohort=cohort)
    assert Enrolment.objects.filter(cohort=cohort, is_active=True).count() == 4

    page = signed_in.get(page_of(batch))
    plan = page.context["plan"]
    assert (plan.removed, plan.taken_out, plan.restored, plan.obstacles) == (2, 2, 4, {})
    answer = signed_in.post(page_of(batch))
    run_due_tasks()
    batch.refresh_from_db()
    job = Job.objects.latest("id")
    assert (answer.url, job.state) == (reverse("job_detail", args=[job.pk]), JobState.DONE), job.error
    assert stored() == before
    assert batch.state == ImportState.UNDONE
    entry = HistoryEntry.objects.get(target_label="accounts.ImportBatch", action="undo")
    assert (entry.target_id, entry.actor, entry.department, entry.via) == (
        batch.pk,
        coordinator,
        cohort.department,
        f"import:{batch.pk}",
    )
    assert entry.reason.endswith(": 2 removed, 2 taken out of the cohort, 4 former values")
    assert User.objects.get(pk=grace.pk).email == "grace@uni.example"
    result = signed_in.get(job.next_url)
    assert "This import was undone: 2 removed, 2 taken out of the cohort, 4 former values." in result.text
    assert page_of(batch) not in result.text


def test_what_was_undone_can_be_imported_again(cohort, coordinator):
    undo(applied(STUDENTS, coordinator, HEAD, ASHA, cohort=cohort), coordinator)
    again = applied(STUDENTS, coordinator, HEAD, ASHA, cohort=cohort)
    assert (again.counts["new"], undo(again, coordinator).state) == (1, JobState.DONE)


def test_what_a_line_did_counts_and_not_what_it_showed(cohort, coordinator):
    """Somebody enters the student between the look and the import: the import changed then, and made nobody."""
    batch = staged(STUDENTS, coordinator, HEAD, ASHA, cohort=cohort)
    known(cohort, profile__reg_no="2021-04-00001", first_name="Aisha", email="asha@uni.example")
    before = stored()
    confirm(batch, coordinator)
    assert ImportRow.objects.get().status == "changed"
    assert (undo(batch, coordinator).state, stored()) == (JobState.DONE, before)


def confirm(batch, actor) -> None:
    confirm_import(batch, actor=actor)
    run_due_tasks()
    batch.refresh_from_db()


def test_the_address_that_the_import_moved_on_returns_to_its_owner(cohort, coordinator):
    """The new student has the former address of the changed one: the new one goes first."""
    known(cohort, email="asha@uni.example", profile__reg_no="2021-04-00009")
    before = stored()
    first = applied(STUDENTS, coordinator, "reg_no,email", "2021-04-00009,grace@uni.example", cohort=cohort)
    second = applied(STUDENTS, coordinator, HEAD, ASHA, cohort=cohort)
    blocked = undo(first, coordinator)
    assert (blocked.state, blocked.error.startswith("Line 2 cannot get its former value back. ")) == ("failed", True)
    assert undo(second, coordinator).state == JobState.DONE
    assert undo(first, coordinator).state == JobState.DONE
    assert stored() == before


# -- it is not ----------------------------------------------------------------------------------------------------


def _later() -> dt.datetime:
    return timezone.now() + dt.timedelta(minutes=1)


def _has_a_place(asha, cohort):
    PlacementFactory.create(enrolment=Enrolment.objects.get(student=asha))


def _is_noted(asha, cohort):
    note_history(Enrolment.objects.get(student=asha), "change", actor=SYSTEM, department_id=cohort.department_id)


def _is_gone(asha, cohort):
    Enrolment.objects.filter(student=asha).delete()
    asha.student_profile.delete()


CHANGED = "Somebody has changed this student since."
LATER = {
    "signed in": (
        lambda a, _c: User.objects.filter(pk=a.pk).update(last_login=_later()),
        "This person has been here since.",
    ),
    "shut out": (
        lambda a, _c: User.objects.filter(pk=a.pk).update(is_active=False),
        "This person has been here since.",
    ),
    "password": (lambda a, _c: User.objects.filter(pk=a.pk).update(password="x$1"), "This person has been here since."),
    "phone": (lambda a, _c: User.objects.filter(pk=a.pk).update(phone=""), CHANGED),
    "profile": (lambda a, _c: StudentProfile.objects.filter(user=a).update(updated_at=_later()), CHANGED),
    "enrolment": (lambda a, _c: Enrolment.objects.filter(student=a).update(updated_at=_later()), CHANGED),
    "history": (_is_noted, CHANGED),
    "role": (
        lambda a, _c: a.groups.add(Group.objects.get(name=Role.UNIVERSITY_SUPERVISOR)),
        "This person has other rights by now.",
    ),
    "cohort": (
        lambda a, _c: EnrolmentFactory.create(student=a),
        "This student is in another cohort as well.",
    ),
    "place": (_has_a_place, "This is used since: placement."),
    "job": (lambda a, _c: Job.objects.create(owner=a, kind="x", title="x"), "This is used since: job."),
    "gone": (_is_gone, "This student is not there any more."),
}


@pytest.mark.parametrize("what", LATER)
def test_nothing_is_undone_where_somebody_came_after(signed_in, cohort, coordinator, what):
    batch = applied(STUDENTS, coordinator, HEAD, SAID, ASHA, cohort=cohort)
    happens, reason = LATER[what]
    happens(User.objects.get(username="2021-04-00001"), cohort)
    before = stored()
    page = signed_in.get(page_of(batch))
    assert page.context["first"] == [(3, reason)]
    assert (reason in page.text, "cannot be undone" in page.text, 'method="post" class="form"' in page.text) == (
        True,
        True,
        False,
    )
    signed_in.post(page_of(batch))
    run_due_tasks()
    job = Job.objects.filter(kind=import_undo.UNDO).get()
    assert (job.state, job.error) == (JobState.FAILED, f"Nothing was undone: line 3. {reason}")
    batch.refresh_from_db()
    assert (stored(), batch.state) == (before, ImportState.APPLIED)
    assert job.error in signed_in.get(job.next_url).text


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (lambda e: User.objects.filter(pk=e.student_id).update(phone="+255712999999"), CHANGED),
        (lambda e: Enrolment.objects.filter(pk=e.pk).update(updated_at=_later()), CHANGED),
        (lambda e: PlacementFactory.create(enrolment=e), "This is used since: placement."),
    ],
)
def test_what_was_changed_again_or_used_stays(cohort, coordinator, later, reason):
    known(cohort)
    line = "2021-04-00009,Grace,Mrema,BSC-ME,+255712000000,,"
    batch = applied(STUDENTS, coordinator, HEAD, line, cohort=cohort)
    later(Enrolment.objects.get())
    before = stored()
    assert undo(batch, coordinator).error == f"Nothing was undone: line 2. {reason}"
    assert stored() == before


def test_the_other_doings_of_a_known_student_do_not_matter(cohort, coordinator):
    grace = known(cohort, last_login=timezone.now())
    PlacementFactory.create(enrolment=EnrolmentFactory.create(student=grace))
    before = stored()
    batch = applied(STUDENTS, coordinator, HEAD, "2021-04-00009,Gracia,,,,,", cohort=cohort)
    assert (undo(batch, coordinator).state, stored()) == (JobState.DONE, before)


def test_a_former_value_that_somebody_else_has_by_now_stops_the_whole(cohort, coordinator):
    known(cohort)
    lines = [ASHA, "2021-04-00009,Grace,Mrema,BSC-ME,,new@uni.example,"]
    batch = applied(STUDENTS, coordinator, HEAD, *lines, cohort=cohort)
    UserFactory.create(email="grace@uni.example")
    before = stored()
    job = undo(batch, coordinator)
    assert (job.state, job.error.partition(".")[0]) == ("failed", "Line 3 cannot get its former value back")
    assert (stored(), batch.state) == (before, ImportState.APPLIED)


def test_an_import_from_before_its_rows_were_kept_says_so(signed_in, cohort, coordinator):
    batch = applied(STUDENTS, coordinator, HEAD, ASHA, cohort=cohort)
    ImportRow.objects.update(target=None)
    assert "was not kept yet" in signed_in.get(page_of(batch)).text
    assert undo(batch, coordinator).state == JobState.FAILED


# -- who, and when ------------------------------------------------------------------------------------------------


def test_asked_twice_it_is_the_same_work_and_done_it_is_over(cohort, coordinator):
    batch = applied(STUDENTS, coordinator, HEAD, ASHA, cohort=cohort)
    first = import_undo.start_import_undo(batch, actor=coordinator)
    assert import_undo.start_import_undo(batch, actor=coordinator) == first
    run_due_tasks()
    batch.refresh_from_db()
    for call in (import_undo.start_import_undo, import_undo.plan_import_undo):
        with pytest.raises(WrongState):
            call(batch, actor=coordinator)
    again = Job.objects.create(owner=coordinator, kind=import_undo.UNDO, title="x")
    for key in (batch.pk, 0):
        import_undo.undo_import(Progress(again), key)
    assert HistoryEntry.objects.filter(action="undo").count() == 1


def test_who_may_not_import_any_more_undoes_nothing(cohort, coordinator):
    batch = applied(STUDENTS, coordinator, HEAD, ASHA, cohort=cohort)
    import_undo.start_import_undo(batch, actor=coordinator)
    DepartmentGrant.objects.all().delete()
    run_due_tasks()
    job = Job.objects.get(kind=import_undo.UNDO)
    assert (job.state, job.error) == (JobState.FAILED, "You may not import this any more.")
    other = UserFactory.create()
    grant(other, cohort.department, actor=SYSTEM)
    for call in (import_undo.start_import_undo, import_undo.plan_import_undo):
        with pytest.raises(NotAllowed):
            call(batch, actor=other)


def test_an_import_whose_undo_failed_is_not_confirmed_again(cohort, coordinator):
    batch = applied(STUDENTS, coordinator, HEAD, ASHA, cohort=cohort)
    User.objects.filter(username="2021-04-00001").update(phone="")
    assert undo(batch, coordinator).state == JobState.FAILED
    with pytest.raises(WrongState):
        confirm_import(batch, actor=coordinator)


def test_a_kind_that_cannot_be_undone_says_so(signed_in, coordinator, monkeypatch):
    monkeypatch.setitem(import_kinds._kinds, COMPANIES, replace(import_kinds.import_kind(COMPANIES), undo=None))
    batch = applied(COMPANIES, coordinator, "name,region", "Kilimo Works,Arusha")
    shown = signed_in.get(reverse("admin:accounts_importbatch_change", args=[batch.pk]))
    assert page_of(batch) not in shown.text
    page = signed_in.get(page_of(batch), follow=True)
    assert [str(m) for m in page.context["messages"]] == ["An import of this kind cannot be undone."]
    with pytest.raises(RuleViolation) as refusal:
        import_undo.start_import_undo(batch, actor=coordinator)
    assert refusal.value.code == "cannot_undo"


def test_the_page_asks_as_many_queries_for_one_line_as_for_three(
    signed_in, cohort, coordinator, django_assert_max_num_queries
):
    def lines(first: int, count: int) -> list[str]:
        return [f"2021-04-{n:05d},A,B,BSC-ME,,," for n in range(first, first + count)]

    counts = []
    for first, count in ((100, 1), (200, 3)):
        batch = applied(STUDENTS, coordinator, HEAD, *lines(first, count), cohort=cohort)
        with django_assert_max_num_queries(150) as asked:
            assert signed_in.get(page_of(batch)).context["plan"].removed == count
        counts.append(len(asked))
    assert counts[0] == counts[1]
