"""What applications does later: each task takes ids, reads the rows anew and calls one service."""

from apps.applications import notifications
from apps.applications.models import Application
from apps.applications.services import applications, resumes, settling  # noqa: F401 - they register parts of moves
from portal.kernel.tasks import task

task("applications.extract_resume")(resumes.extract_resume)
task("applications.tell_supervisor_named")(notifications.tell_supervisor_named)


@task("applications.tell_interview")
def tell_interview(application_id: int) -> None:
    """Tell the student of a new time or place of the interview."""
    rows = Application.objects.filter(pk=application_id).select_related("student", "vacancy__company")
    for application in rows:
        notifications.tell_interview(application)
