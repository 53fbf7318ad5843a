import datetime as dt
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Job, OutboxTask, User
from apps.accounts.services import jobs
from apps.accounts.services.jobs import JobPausedError, Progress, cancel_job, run_job, start_job
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import JobState
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import JobFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def known_jobs() -> Iterator[None]:
    known = dict(jobs._kinds)

    @jobs.job("tests.count")
    def count(progress: Progress, *, to: int) -> None:
        progress.start(to)
        for _number in range(to):
            progress.step()
        progress.attach(ContentFile(b"1,2,3"), "numbers.csv")
        progress.say("counted", next_url="/next/")

    @jobs.job("tests.refuse")
    def refuse(_progress: Progress) -> None:
        raise RuleViolation("empty", "The table is empty.")

    @jobs.job("tests.crash")
    def crash(_progress: Progress) -> None:
        raise OSError(28, "no space")

    @jobs.job("tests.asked")
    def asked(progress: Progress) -> None:
        progress.start(2)
        Job.objects.update(cancel_asked=True)
        progress.step(2)

    @jobs.job("tests.paused")
    def paused(progress: Progress, pauses: int) -> None:
        progress.start(2)
        done = Job.objects.get(pk=progress.job.pk)
        if done.message != "asked":
            progress.say("asked")
            jobs.pause_job(done, actor=done.owner)
            if pauses == 0:
                jobs.resume_job(done, actor=done.owner)
        progress.check()
        progress.step(2)

    yield
    jobs._kinds.clear()
    jobs._kinds.update(known)


@pytest.fixture
def owner() -> User:
    return UserFactory.create()


def test_start_job_writes_the_row_and_its_task(owner):
    job = start_job("tests.count", title="Count", payload={"to": 3}, actor=owner)
    assert (job.state, job.owner, job.payload) == (JobState.QUEUED, owner, {"to": 3})
    assert OutboxTask.objects.get().payload == {"job_id": job.pk}


def test_start_job_of_an_unknown_kind_is_refused(owner):
    with pytest.raises(ValueError, match=r"tests\.nobody"):
        start_job("tests.nobody", title="", payload={}, actor=owner)


def test_a_job_runs_to_its_end(owner):
    job = start_job("tests.count", title="Count", payload={"to": 3}, actor=owner)
    run_due_tasks()
    job.refresh_from_db()
    assert (job.state, job.done_count, job.total_count) == (JobState.DONE, 3, 3)
    assert (job.message, job.next_url, job.result_name) == ("counted", "/next/", "numbers.csv")
    with job.result.open() as stored:
        assert stored.read() == b"1,2,3"
    assert job.started_at is not None
    assert job.finished_at is not None


def test_a_job_that_is_over_does_not_run_again(owner):
    job = JobFactory.create(owner=owner, kind="tests.crash", state=JobState.DONE)
    run_job(job.pk)
    run_job(0)
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_job_whose_worker_died_runs_again(owner):
    job = JobFactory.create(owner=owner, kind="tests.count", payload={"to": 1}, state=JobState.RUNNING)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.DONE


@pytest.mark.parametrize(
    ("kind", "error"),
    [("tests.refuse", "The table is empty."), ("tests.crash", "OSError: [Errno 28] no space")],
)
def test_a_job_that_fails_says_why(owner, kind, error):
    job = start_job(kind, title="", payload={}, actor=owner)
    run_due_tasks()
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, error)
    assert OutboxTask.objects.get().state == "done"


def test_a_running_job_stops_at_its_next_step(owner):
    job = start_job("tests.asked", title="", payload={}, actor=owner)
    run_due_tasks()
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_cancel_of_a_waiting_job_is_immediate(owner):
    job = cancel_job(start_job("tests.count", title="", payload={"to": 1}, actor=owner), actor=owner)
    assert job.state == JobState.CANCELLED
    run_due_tasks()
    job.refresh_from_db()
    assert (job.state, job.done_count) == (JobState.CANCELLED, 0)


def test_cancel_of_a_running_job_asks_it_to_stop(owner):
    job = JobFactory.create(owner=owner, state=JobState.RUNNING)
    assert cancel_job(job, actor=UserFactory.create()).cancel_asked is False
    assert cancel_job(job, actor=owner).cancel_asked is True


def test_cancel_by_a_stranger_is_refused(owner):
    job = JobFactory.create(owner=owner)
    with pytest.raises(NotAllowed):
        cancel_job(job, actor=UserFactory.create())


def test_a_job_whose_task_is_gone_is_failed_by_the_sweeper(owner):
    lost = start_job("tests.count", title="", payload={"to": 1}, actor=owner)
    alive = start_job("tests.count", title="", payload={"to": 1}, actor=owner)
    OutboxTask.objects.filter(dedupe_key=f"job:{lost.pk}").delete()
    assert jobs.sweep_jobs() == 0
    Job.objects.update(created_at=timezone.now() - dt.timedelta(minutes=6))
    assert jobs.sweep_jobs() == 1
    lost.refresh_from_db()
    alive.refresh_from_db()
    assert (lost.state, alive.state) == (JobState.FAILED, JobState.QUEUED)


def test_progress_writes_at_most_once_a_second(owner, django_assert_num_queries):
    progress = Progress(JobFactory.create(owner=owner))
    progress.start(10)
    with django_assert_num_queries(0):
        progress.step()
    progress._told_at = timezone.now() - dt.timedelta(seconds=2)
    with django_assert_num_queries(2):
        progress.step()
    assert Job.objects.get().done_count == 2


# -- pausing ------------------------------------------------------------------------------------------------------


def test_paused_while_it_waits_it_is_not_begun_until_its_owner_wants_it(owner):
    job = jobs.pause_job(start_job("tests.count", title="", payload={"to": 1}, actor=owner), actor=owner)
    run_due_tasks()
    OutboxTask.objects.all().delete()
    Job.objects.update(created_at=timezone.now() - dt.timedelta(days=2))
    assert (jobs.sweep_jobs(), Job.objects.get().state) == (0, JobState.QUEUED)
    jobs.resume_job(job, actor=owner)
    jobs.resume_job(job, actor=owner)
    assert OutboxTask.objects.count() == 1
    run_due_tasks()
    assert Job.objects.get().state == JobState.DONE


def test_paused_while_it_runs_it_stops_and_begins_anew(owner):
    job = start_job("tests.paused", title="", payload={"pauses": 1}, actor=owner)
    run_due_tasks()
    job.refresh_from_db()
    assert (job.state, job.pause_asked, job.done_count) == (JobState.QUEUED, True, 0)
    jobs.resume_job(job, actor=owner)
    run_due_tasks()
    job.refresh_from_db()
    assert (job.state, job.pause_asked, job.done_count) == (JobState.DONE, False, 2)


def test_resumed_before_it_had_stopped_it_goes_on(owner):
    job = start_job("tests.paused", title="", payload={"pauses": 0}, actor=owner)
    run_due_tasks()
    job.refresh_from_db()
    assert (job.state, job.done_count) == (JobState.DONE, 2)


def test_resumed_while_it_was_stopping_it_is_begun_anew(owner):
    @jobs.job("tests.resumed")
    def resumed(progress: Progress) -> None:
        progress.start(2)
        done = Job.objects.get(pk=progress.job.pk)
        if done.message != "asked":
            progress.say("asked")
            jobs.pause_job(done, actor=done.owner)
        try:
            progress.check()
        except JobPausedError:
            jobs.resume_job(done, actor=done.owner)
            raise
        progress.step(2)

    job = start_job("tests.resumed", title="", payload={}, actor=owner)
    run_due_tasks()
    job.refresh_from_db()
    assert (job.state, job.pause_asked, job.done_count) == (JobState.DONE, False, 2)
    assert list(OutboxTask.objects.values_list("payload", "state")) == [({"job_id": job.pk}, "done")] * 2


def test_nobody_pauses_or_resumes_the_job_of_somebody_else(owner):
    job = start_job("tests.count", title="", payload={"to": 1}, actor=owner)
    for verb in (jobs.pause_job, jobs.resume_job):
        with pytest.raises(NotAllowed):
            verb(job, actor=UserFactory.create())


def test_the_page_pauses_and_resumes(client, owner):
    client.force_login(owner)
    job = start_job("tests.count", title="Count", payload={"to": 1}, actor=owner)
    page = client.post(reverse("job_pause", args=[job.pk]), follow=True).content.decode()
    assert "Paused" in page
    assert reverse("job_resume", args=[job.pk]) in page
    assert "data-poll=" not in page
    page = client.post(reverse("job_resume", args=[job.pk]), follow=True).content.decode()
    assert reverse("job_pause", args=[job.pk]) in page
