"""What follows in reporting when something became so: one line per reaction."""

from collections.abc import Iterator
from typing import cast

from apps.applications.states import AgreementState, LetterState, PlacementState
from apps.reporting import notifications
from apps.reporting.models import GeneralReport
from apps.reporting.services.credentials import issue_credential
from apps.reporting.services.issuing import withdraw_papers
from apps.reporting.services.papers import make_agreement, make_letter
from apps.reporting.states import GeneralReportState
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import Event, reacts_to

RELATED_OF_PLACE = ("enrolment__student__student_profile__programme", "enrolment__cohort__department", "company")


@reacts_to("applications.Agreement", to=AgreementState.DRAFT, moves=("create",))
def make_the_paper(event: Event) -> None:
    """A letter or agreement was entered: its file is made."""
    for key in event.pks:
        make_agreement(key)


@reacts_to("applications.IntroductionLetter", to=LetterState.ISSUED)
def make_the_letter(event: Event) -> None:
    """An introduction letter was issued: its file is made."""
    for key in event.pks:
        make_letter(key)


@reacts_to("applications.Placement", to=PlacementState.COMPLETED)
def issue_the_credential(event: Event) -> None:
    """A training is completed: its credential is made."""
    rows = event.rows().filter(state=PlacementState.COMPLETED).select_related(*RELATED_OF_PLACE)
    for placement in rows.prefetch_related("supervisors__user"):
        issue_credential(placement, actor=SYSTEM)


@reacts_to("applications.Agreement", to=AgreementState.WITHDRAWN)
def withdraw_the_paper(event: Event) -> None:
    """An agreement does not count any more: nor do its files."""
    for agreement in event.rows():
        withdraw_papers(agreement, reason=event.reason or str(AgreementState.WITHDRAWN.label))


@reacts_to("applications.IntroductionLetter", to=LetterState.WITHDRAWN)
def withdraw_the_letter(event: Event) -> None:
    """A letter does not count any more: nor do its files."""
    for letter in event.rows():
        withdraw_papers(letter, reason=event.reason or str(LetterState.WITHDRAWN.label))


def _reports(event: Event) -> Iterator[GeneralReport]:
    # Who moved on meanwhile is told by what happened then.
    rows = event.rows().filter(state=event.target).select_related("enrolment__student")
    return cast("Iterator[GeneralReport]", iter(rows.prefetch_related("enrolment__placements__supervisors__user")))


@reacts_to("reporting.GeneralReport", to=GeneralReportState.SUBMITTED)
def tell_that_a_report_waits(event: Event) -> None:
    """A student sends the general report."""
    for report in _reports(event):
        notifications.tell_report_waits(report, key=f"{event.batch}:{report.pk}")


@reacts_to("reporting.GeneralReport", to=GeneralReportState.REVISION_REQUESTED)
def tell_that_the_report_came_back(event: Event) -> None:
    """The university supervisor wants something mended."""
    for report in _reports(event):
        notifications.tell_report_decided(report, approved=False, key=f"{event.batch}:{report.pk}")


@reacts_to("reporting.GeneralReport", to=GeneralReportState.APPROVED)
def tell_that_the_report_is_approved(event: Event) -> None:
    """The report is accepted and locked."""
    for report in _reports(event):
        notifications.tell_report_decided(report, approved=True, key=f"{event.batch}:{report.pk}")
