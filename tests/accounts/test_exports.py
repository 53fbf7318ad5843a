import pytest

from apps.accounts.models import DepartmentGrant, Job
from apps.accounts.services.exports import export_students, export_table
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import JobState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.sheets import read_sheet
from tests.factories.accounts import CohortFactory, EnrolmentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cohort():
    return CohortFactory.create()


@pytest.fixture
def coordinator(cohort):
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


def finished(job: Job) -> Job:
    run_due_tasks()
    job.refresh_from_db()
    return job


def numbers(job: Job) -> list[str]:
    with job.result.open("rb") as opened:
        return [row.values[0] for row in read_sheet(opened.read(), job.result_name).rows]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_holds_the_students_of_the_scope_in_order(cohort, coordinator, form):
    for number in ("2", "10", "1"):
        EnrolmentFactory.create(cohort=cohort, student__profile__reg_no=number)
    EnrolmentFactory.create(student__profile__reg_no="3")
    job = finished(export_students(form, actor=coordinator))
    assert (job.state, job.title, job.total_count, job.done_count) == (JobState.DONE, "Students", 3, 3)
    assert numbers(job) == ["1", "10", "2"]


def test_an_export_of_one_cohort_holds_that_cohort(cohort, coordinator):
    second = CohortFactory.create(department=cohort.department, name="Second")
    for number, where in (("1", cohort), ("2", second)):
        EnrolmentFactory.create(cohort=where, student__profile__reg_no=number)
    job = finished(export_students("csv", actor=coordinator, cohort=second))
    assert (job.title, numbers(job)) == ("Students of Second", ["2"])


def test_rights_that_were_withdrawn_meanwhile_leave_the_export_empty(cohort, coordinator):
    EnrolmentFactory.create(cohort=cohort)
    job = export_students("csv", actor=coordinator)
    DepartmentGrant.objects.all().delete()
    finished(job)
    with job.result.open("rb") as opened:
        assert len(opened.read().splitlines()) == 1


def test_a_cohort_of_others_is_not_exported(coordinator):
    with pytest.raises(NotAllowed):
        export_students("csv", actor=coordinator, cohort=CohortFactory.create())


def test_there_are_two_kinds_of_files(coordinator):
    with pytest.raises(RuleViolation) as caught:
        export_students("pdf", actor=coordinator)
    assert (caught.value.code, Job.objects.count()) == ("format_unknown", 0)


def test_a_cancelled_export_leaves_no_file(cohort, coordinator):
    EnrolmentFactory.create(cohort=cohort)
    job = export_students("csv", actor=coordinator)
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    finished(job)
    assert (job.state, job.result.name) == (JobState.CANCELLED, "")


def test_an_export_costs_the_same_queries_whatever_the_number_of_students(
    cohort, coordinator, django_assert_num_queries
):
    EnrolmentFactory.create(cohort=cohort)
    first = export_students("csv", actor=coordinator)
    with django_assert_num_queries(32):
        run_due_tasks()
    EnrolmentFactory.create_batch(5, cohort=cohort)
    export_students("csv", actor=coordinator)
    with django_assert_num_queries(32):
        run_due_tasks()
    assert first.kind == "accounts.export_table"


def test_a_table_of_a_kind_is_refused_in_a_form_that_there_is_not(coordinator):
    with pytest.raises(RuleViolation) as refused:
        export_table("accounts.staff", "pdf", actor=coordinator)
    assert (refused.value.code, Job.objects.count()) == ("format_unknown", 0)


def test_who_coordinates_nothing_exports_nothing():
    with pytest.raises(NotAllowed):
        export_table("accounts.students", "csv", actor=UserFactory.create())
    assert Job.objects.count() == 0
