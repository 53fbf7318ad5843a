"""What applications does later: each task takes ids, reads the rows anew and calls one service."""

from typing import Final

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services.links import sends_again
from apps.applications import notifications
from apps.applications.models import Agreement, Allotment, Application, IntroductionLetter, Ranking
from apps.applications.selectors import (
    CLOSING_KEY,
    OPEN_KEY,
    found_places,
    places_to_complete,
    rounds_closing,
    rounds_open,
    students_to_call,
)
from apps.applications.services import (  # noqa: F401 - they register parts of moves
    allocation_runs,
    applications,
    interviews,
    publication,
    resume_files,
    resumes,
    settling,
)
from apps.applications.services import help as writing_help  # noqa: F401 - registers where drafts are stored
from apps.applications.services.hosts import ASK, person_at_host
from apps.applications.services.letters import TELL
from apps.applications.services.publication import TELL_ALLOTTED
from apps.applications.services.rankings import TELL_CONFIRMED
from apps.applications.states import AgreementState, AllocationState, LetterState
from portal.kernel.tasks import task

CALLED_AT_ONCE: Final = 1000
PEOPLE = ("enrolment__student", "enrolment__cohort", "company")

task("applications.extract_resume")(resumes.extract_resume)
task("applications.remove_file")(resume_files.remove_file)
task("applications.sweep_files")(resume_files.sweep_files)
task("applications.tell_supervisor_named")(notifications.tell_supervisor_named)
task("applications.tell_interview_called_off")(notifications.tell_interview_called_off)


@task("applications.tell_interview")
def tell_interview(application_id: int) -> None:
    """Tell the student of a new time or place of the interview."""
    rows = Application.objects.filter(pk=application_id).select_related("student", "vacancy__company")
    for application in rows:
        notifications.tell_interview(application)


@task(ASK)
def ask_host(placement_id: int, moment: str) -> None:
    """Ask the host to complete a place; answered or gone meanwhile, nobody is asked."""
    for placement in found_places().filter(pk=placement_id, host_answered_at__isnull=True).select_related(*PEOPLE):
        person = person_at_host(placement)
        if person is not None:
            notifications.tell_host_asked(placement, person, moment=moment)


@task("applications.ask_hosts_again")
def ask_hosts_again(person_id: int) -> None:
    """Send a person who has lost the mail fresh links for the places that wait for an answer."""
    moment = timezone.now().isoformat(timespec="minutes")
    for person in User.objects.filter(pk=person_id, is_active=True):
        for placement in places_to_complete(person).select_related(*PEOPLE):
            notifications.tell_host_asked(placement, person, moment=moment)


sends_again("applications.ask_hosts_again")


@task("applications.tell_host_answered")
def tell_host_answered(placement_id: int) -> None:
    """Tell the coordinators that a self-found place can be confirmed."""
    for placement in found_places().filter(pk=placement_id).select_related(*PEOPLE):
        notifications.tell_host_answered(placement)


@task("applications.tell_scan_received")
def tell_scan_received(agreement_id: int, version: int) -> None:
    """Tell the coordinators of a scan; looked at or replaced meanwhile, nobody is told."""
    waiting = Agreement.objects.filter(pk=agreement_id, version=version, state__in=AgreementState.waiting())
    related = ("scanned_by", *(f"placement__{name}" for name in PEOPLE))
    for agreement in waiting.select_related(*related):
        notifications.tell_scan_received(agreement)


@task(TELL)
def tell_letter_issued(letter_id: int) -> None:
    """Tell the student that the letter can be taken; withdrawn meanwhile, nobody is told."""
    for letter in IntroductionLetter.objects.filter(pk=letter_id, state=LetterState.ISSUED).select_related(
        "enrolment__student"
    ):
        notifications.tell_letter_issued(letter)


@task(TELL_CONFIRMED)
def tell_wishes_confirmed(ranking_id: int) -> None:
    """Send a student the receipt for the wishes as they stand confirmed."""
    rows = Ranking.objects.filter(pk=ranking_id, confirmed_at__isnull=False)
    for ranking in rows.select_related("round", "enrolment__student"):
        notifications.tell_wishes_confirmed(ranking)


@task(TELL_ALLOTTED)
def tell_allotted(allotment_ids: list[int]) -> None:
    """Tell students what a published run gives them and why."""
    rows = Allotment.objects.filter(pk__in=allotment_ids, run__state=AllocationState.PUBLISHED)
    related = rows.select_related("run__round", "offer__company", "enrolment__student")
    notifications.tell_allotted(list(related))


@task("applications.call_for_wishes")
def call_for_wishes() -> None:
    """Tell students of rounds that have opened, and remind those who have confirmed nothing before they close."""
    for rows, key, tell in (
        (rounds_open(), OPEN_KEY, notifications.tell_wishes_open),
        (rounds_closing(), CLOSING_KEY, notifications.tell_wishes_closing),
    ):
        for found in rows:
            # Whoever is told is not among the next ones.
            while students := list(students_to_call(found, key)[:CALLED_AT_ONCE]):
                with transaction.atomic():
                    tell(found, students)


task("applications.publish_allocations")(publication.publish_due)
