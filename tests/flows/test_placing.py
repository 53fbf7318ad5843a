"""From the vacancy to the confirmed place, with nothing but what people can click."""

import datetime as dt
from pathlib import Path

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Cohort, Company
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from apps.applications.models import Application, Placement
from apps.applications.states import PlacementState
from apps.vacancies.models import Vacancy
from portal.kernel.access import SYSTEM
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, CompanyMemberFactory, EnrolmentFactory, UserFactory

pytestmark = pytest.mark.django_db

CV = Path(__file__).parents[1] / "data" / "resumes" / "latex-john-doe-3pages.pdf"


def letters_to(address: str) -> list[str]:
    """Do what is due and return the subjects of the mails that came to the address, emptying the box."""
    run_due_tasks()
    subjects = [str(letter.subject) for letter in mail.outbox if letter.to == [address]]
    mail.outbox.clear()
    return subjects


def offer_one_place(client: Client, company: Company, cohort: Cohort) -> Vacancy:
    """Write a vacancy and publish it."""
    typed = {
        "company": company.pk,
        "title": "Fitter",
        "description": "Turning and milling.",
        "location": "Moshi",
        "work_mode": "On-Site",
        "work_type": "Full-Time",
        "places": 1,
        "deadline": (timezone.localdate() + dt.timedelta(days=14)).isoformat(),
        "phase": cohort.phase,
    }
    client.post(reverse("company_vacancy_add"), typed)
    vacancy = Vacancy.objects.get()
    client.post(reverse("company_vacancy_move", args=[vacancy.pk]), {"move": "publish"})
    return vacancy


def test_a_vacancy_becomes_a_place():
    cohort = CohortFactory.create()
    wanted, other = EnrolmentFactory.create_batch(2, cohort=cohort)
    member = CompanyMemberFactory.create(company__name="Kilimanjaro Machine Tools")
    company, student = signed_in(member.user), signed_in(wanted.student)
    coordinator, lecturer = UserFactory.create(), UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    grant(coordinator, cohort, actor=SYSTEM)

    vacancy = offer_one_place(company, member.company, cohort)

    # Two students find it and apply with a PDF.
    assert "Fitter" in student.get(reverse("vacancy_list"), {"q": "milling"}).text
    for client in (student, signed_in(other.student)):
        upload = SimpleUploadedFile("cv.pdf", CV.read_bytes(), content_type="application/pdf")
        client.post(reverse("vacancy_apply", args=[vacancy.pk]), {"file": upload, "cover_letter": "I want to."})
    application = Application.objects.get(student=wanted.student)
    run_due_tasks()

    # The company reads, invites and accepts; the other one finds no place left.
    page = reverse("company_application", args=[application.pk])
    assert "Springfield" in company.get(page, {"resume": "text"}).text
    later = timezone.localtime(timezone.now() + dt.timedelta(days=1))
    meeting = {"at": later.strftime("%Y-%m-%dT%H:%M"), "place": "Gate 3"}
    company.post(reverse("company_interview", args=[application.pk]), meeting)
    assert letters_to(wanted.student.email) == ["Kilimanjaro Machine Tools invites you to an interview"]
    company.post(reverse("company_application_move", args=[application.pk]), {"move": "accept"})
    rejected = Application.objects.get(student=other.student)
    company.post(reverse("company_application_move", args=[rejected.pk]), {"move": "accept"})
    company.post(
        reverse("company_application_move", args=[rejected.pk]), {"move": "reject", "reason": "The place is taken."}
    )
    rejected.refresh_from_db()
    assert rejected.reason == "The place is taken."
    # The interview that lay ahead is called off in the same letter.
    assert letters_to(wanted.student.email) == ["Kilimanjaro Machine Tools has a place for you and one more thing"]

    # The student sees who has read the resume, and confirms.
    assert str(member.user) in student.get(reverse("application_detail", args=[application.pk])).text
    placement = Placement.objects.get()
    student.post(reverse("placement_move", args=[placement.pk]), {"move": "confirm", "version": placement.version})

    # Both sides name who looks after the student.
    supervisor = {"name": "Joseph Temba", "email": "temba@kmt.example"}
    company.post(reverse("company_supervisor", args=[placement.pk]), supervisor)
    desk = signed_in(coordinator)
    desk.post(
        reverse("admin:applications_placement_supervisor", args=[placement.pk]),
        {"kind": "university", "name": "", "email": lecturer.email},
    )
    run_due_tasks()
    placement.refresh_from_db()
    vacancy.refresh_from_db()
    assert (placement.state, vacancy.places_left) == (PlacementState.CONFIRMED, 0)
    shown = student.get(reverse("my_placement")).text
    assert ("Joseph Temba" in shown, str(lecturer) in shown) == (True, True)
