"""Everybody's own data as one file: all of it, and nothing of anybody else."""

import json
import zipfile

import pytest
from django.urls import reverse

from apps.accounts.models import Job, Notice
from apps.accounts.services import own_data
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.own_data import export_own_data
from apps.accounts.states import JobState
from portal.kernel.errors import RuleViolation
from portal.kernel.privacy import holdings
from tests.clients import signed_in
from tests.factories.accounts import UserFactory
from tests.factories.applications import ResumeFactory
from tests.factories.logbook import AssessmentFactory, DailyLogFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_the_file_holds_ones_own_rows_and_files_and_nobody_elses():
    log = DailyLogFactory.create(text="My own day")
    student = log.enrolment.student
    resume = ResumeFactory.create(owner=student, original_name="Me: CV.pdf")
    DailyLogFactory.create(text="Another's day")
    secret = AssessmentFactory.create(placement=log.placement, comment="not released")
    AssessmentFactory.create(placement=log.placement, comment="released", state="released", rubric__kind="academic")
    Notice.objects.create(recipient=student, kind="x", facts={"text": "told me"})
    browser = signed_in(student)
    assert "Make the file" in browser.get(reverse("profile")).text
    answer = browser.post(reverse("own_data"))
    run_due_tasks()
    job = Job.objects.get()
    assert (answer["Location"], job.state) == (reverse("job_detail", args=[job.pk]), JobState.DONE)
    with job.result.open("rb") as opened, zipfile.ZipFile(opened) as archive:
        names, text = archive.namelist(), archive.read("data.json").decode()
        content = archive.read(names[0])
    told = json.loads(text)
    assert names == [f"files/applications.Resume/{resume.pk}-Me_ CV.pdf", "data.json"]
    with resume.file.open("rb") as opened:
        assert content == opened.read()
    assert [row["text"] for row in told["logbook.DailyLog"]["rows"]] == ["My own day"]
    assert [row["comment"] for row in told["logbook.Assessment"]["rows"]] == ["released"]
    assert (told["accounts.User"]["rows"][0]["email"], told["accounts.Notice"]["rows"][0]["facts"]) == (
        student.email,
        {"text": "told me"},
    )
    assert set(told) == {holding.label for holding in holdings() if holding.person}
    for leak in ("Another's day", secret.comment, student.password, "argon2"):
        assert leak not in text


def test_a_file_that_the_storage_has_lost_is_left_out():
    resume = ResumeFactory.create()
    resume.file.storage.delete(resume.file.name)
    export_own_data(actor=resume.owner)
    run_due_tasks()
    job = Job.objects.get()
    with job.result.open("rb") as opened, zipfile.ZipFile(opened) as archive:
        assert archive.namelist() == ["data.json"]


def test_the_file_is_made_a_few_times_a_day_only(monkeypatch):
    monkeypatch.setattr(own_data, "EXPORTS_A_DAY", 1)
    person = UserFactory.create()
    export_own_data(actor=person)
    with pytest.raises(RuleViolation) as refusal:
        export_own_data(actor=person)
    assert refusal.value.code == "too_often"
    answer = signed_in(person).post(reverse("own_data"), follow=True)
    assert (answer.redirect_chain[0][0], "Try again tomorrow." in answer.text) == (reverse("profile"), True)
