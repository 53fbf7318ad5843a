"""Letters and agreements for many: prepared, withdrawn again, and their files in one zip with what is missing."""

import zipfile

import pytest
from django.urls import reverse

from apps.accounts.models import Enrolment, Job
from apps.accounts.services import bulk_acts
from apps.accounts.services.jobs import pause_job, resume_job, run_job
from apps.accounts.states import JobState
from apps.applications.models import Agreement, IntroductionLetter
from apps.applications.services import papers_at_once
from apps.applications.states import AgreementKind, AgreementState, LetterState
from tests.clients import signed_in
from tests.factories.applications import AgreementFactory, IntroductionLetterFactory, PlacementFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db
PLACEMENTS = "/admin/applications/placement/"
PAPERS = "/admin/applications/agreement/"
GONE = "It is not there any more, or not yours."


@pytest.fixture
def world() -> World:
    return build_world()


def ticked(action: str, rows: list) -> dict[str, object]:
    return {"action": action, "_selected_action": [row.pk for row in rows], "index": "0"}


def test_very_many_are_prepared_by_a_job_and_withdrawn_again(world, monkeypatch):
    monkeypatch.setattr(bulk_acts, "AT_ONCE", 1)
    AgreementFactory.create(placement=world.placement, kind=AgreementKind.TRIPARTITE, state="sent")
    second = PlacementFactory.create(enrolment__cohort=world.cohort)
    foreign = PlacementFactory.create(enrolment__cohort=world.other_cohort)
    browser = signed_in(world.coordinator)
    watched = browser.post(PLACEMENTS, ticked("prepare_agreements", [world.placement, second, foreign]), follow=True)
    job = Job.objects.get()
    assert (watched.context["job"].pk, job.payload["keys"]) == (job.pk, [world.placement.pk, second.pk])
    run_job(job.pk)
    job.refresh_from_db()
    open_already = "This paper is on its way already. Withdraw it to make another one."
    assert (job.outcome["moved"], job.outcome["refused"]) == ([second.pk], {open_already: [world.placement.pk]})
    browser.post(reverse("bulk_undo", args=[job.pk]))
    assert second.agreements.get().state == AgreementState.WITHDRAWN
    assert world.placement.agreements.get().state == AgreementState.SENT


def test_letters_are_issued_to_many_students(world):
    rows = list(Enrolment.objects.filter(cohort=world.cohort).order_by("pk"))
    browser = signed_in(world.coordinator)
    told = browser.post("/admin/accounts/enrolment/", ticked("issue_letters", rows), follow=True)
    assert "2 issued." in told.text
    assert set(IntroductionLetter.objects.values_list("enrolment", "state")) == {
        (row.pk, LetterState.ISSUED) for row in rows
    }
    browser.post(reverse("bulk_undo", args=[Job.objects.get().pk]))
    assert set(IntroductionLetter.objects.values_list("state", flat=True)) == {LetterState.WITHDRAWN}


def test_files_of_papers_are_one_zip_that_says_what_is_missing(world):
    made = AgreementFactory.create(placement=world.placement, kind=AgreementKind.LETTER, state="sent")
    broken = AgreementFactory.create(
        placement=world.placement, state="draft", sha256="", file="", problem="The template asks for too much."
    )
    foreign = AgreementFactory.create(placement__enrolment__cohort=world.other_cohort)
    browser = signed_in(world.coordinator)
    browser.post(PAPERS, ticked("take_files", [made, broken]))
    job = Job.objects.get()
    job.payload["keys"].append(foreign.pk)
    job.save()
    pause_job(job, actor=world.coordinator)
    run_job(job.pk)
    assert Job.objects.get().state == JobState.QUEUED
    resume_job(job, actor=world.coordinator)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, job.message) == (JobState.DONE, "", "1 in the zip, 2 not.")
    assert job.outcome["refused"] == {broken.problem: [broken.pk], GONE: [foreign.pk]}
    with job.result.open("rb") as stored, zipfile.ZipFile(stored) as archive, made.file.open("rb") as kept:
        [name] = archive.namelist()
        assert archive.read(name) == kept.read()
    assert name == f"{world.cohort}/{world.student} {made.get_kind_display()}.pdf"
    page = browser.get(reverse("bulk_result", args=[job.pk]))
    assert page.context["file_url"] == reverse("job_result", args=[job.pk])
    Agreement.objects.filter(pk=made.pk).update(placement=foreign.placement)
    assert browser.get(page.context["file_url"]).status_code == 404
    assert browser.get(reverse("bulk_result", args=[job.pk])).context["file_url"] == ""


def test_a_zip_without_a_file_is_none(world):
    letter = IntroductionLetterFactory.create(enrolment=world.enrolment, state="issued", content=b"")
    lost = IntroductionLetterFactory.create(enrolment=world.enrolment, state="issued", content=b"%PDF-1.4")
    lost.file.storage.delete(lost.file.name)
    rows = IntroductionLetter.objects.filter(pk__in=[letter.pk, lost.pk])
    job = papers_at_once.start_zip("applications.introductionletter", rows, actor=world.coordinator)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error.split(". ")[:2], bool(job.result)) == (
        *(JobState.FAILED, ["Not one document could be made", "The file cannot be read"]),
        False,
    )


def test_nothing_ticked_that_is_ones_own_starts_nothing(world):
    foreign = IntroductionLetterFactory.create(enrolment__cohort=world.other_cohort)
    page = "/admin/applications/introductionletter/"
    told = signed_in(world.coordinator).post(page, ticked("take_files", [foreign]), follow=True)
    assert ("None of these rows is yours" in told.text, Job.objects.count()) == (True, 0)
