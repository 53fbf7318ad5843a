"""What logbook does later: each task takes ids, reads the rows anew and calls one service."""

from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.permissions import has_role
from apps.accounts.services.links import sends_again
from apps.accounts.states import Role
from apps.applications.models import PlacementSupervisor
from apps.logbook import notifications
from apps.logbook.models import Visit
from apps.logbook.selectors import assessments_due, unanswered
from apps.logbook.services import counts, places, receipts
from apps.logbook.services import help as writing_help  # noqa: F401 - registers where drafts are stored
from portal.kernel.tasks import task


@task("logbook.forget_places")
def forget_places() -> None:
    """Erase what the phones said of places, and the receipts of what they sent, after their time."""
    places.forget_old_hints()
    receipts.forget_old_receipts()


@task("logbook.fold_counts")
def fold_counts() -> None:
    """Fold what the moves of the last minute have counted."""
    counts.fold_counts()


@task("logbook.recount_days")
def recount_days() -> None:
    """Compare the roll-ups with the days, mend them and say so."""
    counts.recount_days()


@task("logbook.tell_trainee_disowned")
def tell_trainee_disowned(supervision_id: int) -> None:
    """Tell the coordinators that somebody does not know the trainee; named again meanwhile, nobody is told."""
    rows = PlacementSupervisor.objects.select_related("user", "placement__enrolment__cohort", "placement__company")
    row = rows.select_related("placement__enrolment__student").filter(pk=supervision_id, is_active=False).first()
    if row is not None:
        url = reverse("admin:applications_placement_change", args=[row.placement_id])
        notifications.tell_trainee_disowned(row, url=url)


@task("logbook.tell_waiting_again")
def tell_waiting_again(person_id: int) -> None:
    """Send a supervisor who has lost the mail fresh links for all that waits."""
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is not None and has_role(person, Role.INDUSTRIAL_SUPERVISOR):
        notifications.tell_waiting_again(person)
        for assessment in assessments_due(timezone.localdate(), person):
            notifications.tell_assessment_again(assessment, person)


sends_again("logbook.tell_waiting_again")


@task("logbook.ask_for_assessments")
def ask_for_assessments() -> None:
    """Ask for every open form whose time has come; who was asked already is not asked again by this."""
    for assessment in assessments_due(timezone.localdate()):
        notifications.tell_assessment_waits(assessment)


@task("logbook.tell_visit_planned")
def tell_visit_planned(visit_id: int) -> None:
    """Tell about a visit that is still planned."""
    rows = Visit.objects.select_related("visitor", "placement__company", "placement__enrolment__student")
    visit = rows.filter(pk=visit_id, done_on__isnull=True).first()
    if visit is not None:
        notifications.tell_visit_planned(visit)


@task("logbook.pass_on_unanswered")
def pass_on_unanswered() -> None:
    """Pass on what no company has answered, as the cohorts' rules say."""
    notifications.tell_unanswered(unanswered(timezone.localdate()))


@task("logbook.remind")
def remind() -> None:
    """Remind of what is undone; once a day, however often this is called."""
    notifications.send_reminders(timezone.localtime())
