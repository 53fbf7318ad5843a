"""A whole training by programs: everybody acts through the typed client, against a running server."""

import datetime as dt
import time

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from portal.client.operations import Client, Job, NewVacancyRequest
from portal.client.transport import Changed, NotFound, Upload
from portal.kernel.access import SYSTEM
from tests.clients import RESUMES
from tests.factories.accounts import CohortFactory, CompanyMemberFactory, EnrolmentFactory, UserFactory
from tests.papers import PDF

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signed(live_server):
    """Return how somebody signs in."""
    return lambda person: Client(live_server.url).sign_in(person.email, "pw")


def finished(portal: Client, job: Job) -> Job:
    """Ask until the job has an end; here the test is the worker."""
    for _turn in range(50):
        if job["state"] not in ("queued", "running"):
            return job
        run_due_tasks()
        job = portal.jobs_retrieve(job["id"])
        time.sleep(0.01)
    raise AssertionError(job)


def exported(desk: Client) -> tuple[str, int, str, bool]:
    """Export the places as a table: how it ended, how many rows, of which kind, and whether the company is named."""
    job = finished(desk, desk.exports_start({"kind": "applications.placements", "format": "csv"}))
    table = desk.jobs_result(job["id"])
    return job["state"], job["done_count"], table.name[-4:], "Njia Works" in table.content.decode("utf-8-sig")


def offered(company: Client, works: int) -> int:
    """Publish a vacancy and return its key."""
    deadline = timezone.localdate() + dt.timedelta(days=30)
    words: NewVacancyRequest = {
        "company": works,
        "title": "Fitter",
        "description": "Shafts and pumps.",
        "location": "Dodoma",
        "deadline": deadline,
    }
    offer = company.vacancies_create(words)
    company.vacancy_publish(offer["id"])
    return offer["id"]


def at_place(desk: Client, company: Client, student: Client, vacancy: int, people: dict[str, User]) -> int:
    """Apply with a PDF, be accepted, confirm, and be looked after by two; returns the placement's key."""
    resume = student.resumes_create({"file": Upload("CV.pdf", (RESUMES / "libreoffice-writer.pdf").read_bytes())})
    sent = student.applications_create({"vacancy": vacancy, "resume": resume["id"], "cover_letter": "I want to."})
    company.application_start_review(sent["id"], if_match=sent["version"])
    with pytest.raises(Changed):
        company.application_accept(sent["id"], if_match=sent["version"])
    assert company.applications_list(state="under_review")["results"][0]["id"] == sent["id"]
    assert company.application_resume(sent["id"]).content.startswith(b"%PDF")
    company.application_accept(sent["id"])
    [place] = student.placements_list(state="proposed")["results"]
    assert student.placement_confirm(place["id"], {"version": place["version"]})["state"] == "confirmed"
    desk.placements_name_supervisor(place["id"], {"kind": "industrial", "email": people["host"].email})
    desk.placements_name_supervisor(place["id"], {"kind": "university", "email": people["lecturer"].email})
    return place["id"]


def test_a_training_goes_from_the_vacancy_to_the_validated_week(signed):
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    cohort = CohortFactory.create(start=monday - dt.timedelta(days=7), working_days=[0, 1, 2, 3, 4, 5, 6])
    enrolment, fellow = EnrolmentFactory.create_batch(2, cohort=cohort)
    coordinator, representative = UserFactory.create(), UserFactory.create()
    people = {"host": UserFactory.create(), "lecturer": UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])}
    grant(coordinator, cohort.department, actor=SYSTEM)
    desk, student = signed(coordinator), signed(enrolment.student)

    works = desk.companies_create({"name": "Njia Works", "address": "Plot 4", "department": cohort.department_id})
    desk.company_approve(works["id"])
    CompanyMemberFactory.create(company_id=works["id"], user=representative)
    company = signed(representative)
    vacancy = offered(company, works["id"])
    assert [found["title"] for found in student.each(student.vacancies_list(search="fitter", page_size=1))] == [
        "Fitter"
    ]

    place = at_place(desk, company, student, vacancy, people)
    host, lecturer = signed(people["host"]), signed(people["lecturer"])
    there = {"arrived_on": today, "supervisor_name": "J. Mushi", "supervisor_email": people["host"].email}
    note = student.placement_report_arrival(place, there)
    host.arrivalnote_confirm(note["id"])
    run_due_tasks()
    assert student.placements_retrieve(place)["state"] == "active"

    log = student.logs_create({"day": today, "text": "Turned a shaft.", "attachment": Upload("drawing.pdf", PDF)})
    student.logs_partial_update(log["id"], {"hours": 7.5, "skills": ["Turning"]}, if_match=log["version"])
    [file] = student.attachments_list(log=log["id"])["results"]
    with pytest.raises(NotFound):
        host.attachments_file(file["id"])
    step = {"description": "Turning", "tools": "Lathe"}
    week = student.weeks_create({"week_start": monday, "summary": "Shafts.", "operations": [step]})
    student.weeklyreport_submit(week["id"])
    assert host.attachments_file(file["id"]).content.startswith(b"%PDF")
    assert host.dailylog_bulk_verify({"ids": [log["id"], 10**9]})["moved"] == [log["id"]]
    host.weeklyreport_verify(week["id"], {"version": host.weeks_retrieve(week["id"])["version"]})
    # The week takes its days along.
    lecturer.weeklyreport_validate(week["id"])
    states = [student.logs_retrieve(log["id"])["state"], student.weeks_retrieve(week["id"])["state"]]
    assert states == ["verified_academic", "verified_academic"]
    with pytest.raises(NotFound):
        signed(fellow.student).logs_retrieve(log["id"])

    assert exported(desk) == ("done", 1, ".csv", True)
