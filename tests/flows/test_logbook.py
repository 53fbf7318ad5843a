"""From the arrival to the locked week, through the pages and the mails."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Notice
from apps.accounts.services.digests import send_digests
from apps.accounts.services.outbox import run_due_tasks
from apps.applications.states import PlacementState, SupervisorKind
from apps.logbook.models import DailyLog
from apps.logbook.selectors import week_of
from apps.logbook.services.arrivals import Arrival, report_arrival
from apps.logbook.states import ChainState
from portal.kernel.errors import WrongState
from portal.kernel.fsm import perform
from tests.clients import signed_in
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import DailyLogFactory, monday_of
from tests.factories.world import build_world

HOST = "juma.mushi@host.example"


def links_to(address: str) -> list[str]:
    """Return the links of the mails to this address, in order."""
    letters = [str(letter.body) for letter in mail.outbox if letter.to == [address]]
    return [path for text in letters for path in re.findall(r"https?://[^/\s]+(/l/\S+)", text)]


def due_now() -> None:
    """Let the hour of the digest come."""
    Notice.objects.filter(state="queued").update(due_at=timezone.now())
    send_digests()
    run_due_tasks()


def confirm_by(phone: Client, link: str) -> None:
    """Open the link of an arrival and press the button."""
    page = phone.get(link, follow=True)
    form = {"move": "confirm", "version": page.context["note"].version}
    assert phone.post(page.request["PATH_INFO"], form).status_code == 302


@pytest.mark.django_db
def test_a_week_goes_from_the_student_over_the_company_to_the_university():
    world = build_world()
    placement = PlacementFactory.create(
        enrolment__cohort=world.cohort, state=PlacementState.CONFIRMED, company__mail_domain="host.example"
    )
    student, lecturer = placement.enrolment.student, UserFactory.create()
    PlacementSupervisorFactory.create(placement=placement, user=lecturer, kind=SupervisorKind.UNIVERSITY)

    arrival = Arrival(placement.start, "Juma Mushi", HOST)
    report_arrival(placement, arrival, actor=student)
    run_due_tasks()
    phone = Client()
    confirm_by(phone, links_to(HOST)[0])
    placement.refresh_from_db()
    assert placement.state == PlacementState.ACTIVE
    run_due_tasks()
    mail.outbox.clear()

    monday = monday_of(timezone.localdate() - dt.timedelta(days=7))
    logs = [
        DailyLogFactory.create(placement=placement, day=monday + dt.timedelta(days=n), text=f"Job {n}")
        for n in range(3)
    ]
    for log in logs:
        perform(log, "submit", actor=student)
    run_due_tasks()
    assert links_to(HOST) == []
    due_now()
    assert len([letter for letter in mail.outbox if letter.to == [HOST]]) == 1
    (link,) = links_to(HOST)

    page = phone.get(link, follow=True)
    form = {"seen": page.context["seen"], "decision": "approve"}
    assert phone.post(page.request["PATH_INFO"], form).status_code == 302
    assert phone.get(link).status_code == 404

    office = signed_in(lecturer)
    (row,) = office.get(reverse("validate_weeks")).context["rows"]
    assert office.post(reverse("validate_weeks"), {"week": row["pk"]}).status_code == 302
    states = DailyLog.objects.filter(placement=placement).values_list("state", flat=True)
    assert list(states) == [ChainState.VERIFIED_ACADEMIC] * 3
    assert not week_of(placement, monday).waiting(SupervisorKind.UNIVERSITY).seen

    answer = signed_in(student).post(
        reverse("log_edit", args=[logs[0].day]), {"text": "Changed", "hours": "8", "version": "4", "move": ""}
    )
    logs[0].refresh_from_db()
    assert (answer.status_code, logs[0].text) == (400, "Job 0")
    with pytest.raises(WrongState):
        perform(logs[0], "recall", actor=student)

    change = reverse("admin:logbook_dailylog_change", args=[logs[0].pk])
    assert signed_in(world.foreign_coordinator).get(change).status_code == 404
    assert signed_in(world.coordinator).get(change).status_code == 200
