"""The four ways into a place, with nothing but what people can click; then the papers that go with it."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from apps.applications.models import Agreement, Application, Placement
from apps.applications.states import AgreementState, PlacementOrigin, PlacementState
from portal.kernel.access import SYSTEM
from tests.applications.test_agreements import scan_of
from tests.clients import resume_file, signed_in
from tests.factories.accounts import CohortFactory, CompanyMemberFactory, EnrolmentFactory, UserFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


def link_to(address: str) -> tuple[Client, str]:
    """Do what is due and open the newest link that came to an address; returns the browser and the clean page."""
    run_due_tasks()
    bodies = [str(letter.body) for letter in mail.outbox if letter.to == [address]]
    [*_earlier, found] = re.findall(r"http://\S+(/l/\S+/)", "\n".join(bodies))
    browser = Client()
    return browser, browser.get(found).headers["Location"]


def apply_for(student: Client, vacancy) -> Application:
    student.post(reverse("vacancy_apply", args=[vacancy.pk]), {"file": resume_file(), "cover_letter": "I want to."})
    return Application.objects.latest("pk")


def sign_both(by_link: Agreement, on_paper: Agreement, host: User, coordinator: User) -> None:
    """Sign the one by link and by typing; send the other back with ink on it."""
    desk = signed_in(coordinator)
    browser, page = link_to(host.email)
    sign = {"agree": "on", "seen": by_link.sha256}
    browser.post(page, {**sign, "name": "Juma Host"})
    signed_in(by_link.placement.enrolment.student).post(
        reverse("agreement_detail", args=[by_link.pk]), {**sign, "name": "A. Student"}
    )
    desk.post(reverse("agreement_detail", args=[by_link.pk]), {**sign, "name": "Dr. Registrar"})
    desk.post(reverse("agreement_scan"), {"file": SimpleUploadedFile("scan.jpg", scan_of(on_paper))})


def test_four_students_come_to_a_place_in_four_ways_and_the_papers_are_signed():
    cohort = CohortFactory.create(start=timezone.localdate() - dt.timedelta(days=2))
    applied, found, allocated, matched = EnrolmentFactory.create_batch(4, cohort=cohort)
    member = CompanyMemberFactory.create(company__name="Kilimanjaro Machine Tools")
    coordinator, lecturer = UserFactory.create(), UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    grant(coordinator, cohort.department, actor=SYSTEM)
    desk, company = signed_in(coordinator), signed_in(member.user)
    vacancy = VacancyFactory.create(company=member.company, places=2)
    placements = reverse("admin:applications_placement_changelist")

    # (a) Applied and accepted.
    first = apply_for(signed_in(applied.student), vacancy)
    company.post(reverse("company_application_move", args=[first.pk]), {"move": "accept"})
    place = Placement.objects.get(enrolment=applied)
    signed_in(applied.student).post(reverse("placement_move", args=[place.pk]), {"move": "confirm", "version": 0})

    # (b) Found by the student, completed by the host behind a link, approved in the list.
    eight = {
        "company_name": "Kilimo Works",
        "address": "Plot 4, Dodoma",
        "supervisor_name": "Neema Mushi",
        "supervisor_email": "neema@kilimo.example",
        "supervisor_phone": "",
        "start": cohort.start.isoformat(),
        "end": cohort.end.isoformat(),
        "task": "Repair of pumps",
    }
    signed_in(found.student).post(reverse("place_found"), eight)
    host, page = link_to("neema@kilimo.example")
    typed = {**eight, "site_address": "Plot 5", "move": "complete", "version": 0, "registration_no": "BRELA 77"}
    host.post(page, typed)
    own = Placement.objects.get(enrolment=found)
    desk.post(placements + "?todo=confirm", {"action": "move_confirm", "_selected_action": [own.pk], "index": "0"})

    # (c) Allocated by the coordinator.
    desk.post(
        reverse("admin:applications_placement_place"), {"enrolment": [allocated.pk], "company": member.company.pk}
    )

    # (d) Interviewed, then matched.
    second = apply_for(signed_in(matched.student), vacancy)
    company.post(reverse("company_application_move", args=[second.pk]), {"move": "schedule_interview"})
    desk.post(reverse("admin:applications_application_match", args=[second.pk]))

    rows = Placement.objects.order_by("enrolment").values_list("enrolment", "origin", "state")
    assert list(rows) == [
        (applied.pk, PlacementOrigin.APPLIED, PlacementState.CONFIRMED),
        (found.pk, PlacementOrigin.SELF_FOUND, PlacementState.CONFIRMED),
        (allocated.pk, PlacementOrigin.ALLOCATED, PlacementState.CONFIRMED),
        (matched.pk, PlacementOrigin.MATCHED, PlacementState.CONFIRMED),
    ]

    # One lecturer for all, and agreements for two.
    everybody = list(Placement.objects.order_by("enrolment").values_list("pk", flat=True))
    named = {"confirmed": "1", "kind": "university", "email": lecturer.email, "index": "0"}
    desk.post(placements, {**named, "action": "assign", "_selected_action": everybody})
    assert {row.supervisors.get(kind="university").user for row in Placement.objects.all()} == {lecturer}
    desk.post(placements, {"action": "prepare_agreements", "_selected_action": everybody[:2], "index": "0"})
    run_due_tasks()
    by_link, on_paper = Agreement.objects.order_by("placement__enrolment")

    sign_both(by_link, on_paper, member.user, coordinator)
    states = Agreement.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [AgreementState.COMPLETE, AgreementState.COMPLETE]
    assert by_link.signatures.get(party="host").name == "Juma Host"
