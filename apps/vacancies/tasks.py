"""What vacancies does later: each task takes ids, reads the rows anew and calls one service."""

from apps.vacancies.notifications import tell_new_matches
from apps.vacancies.services import help as writing_help  # noqa: F401 - registers where drafts are stored
from apps.vacancies.services.vacancies import close_expired_vacancies
from portal.kernel.tasks import task

task("vacancies.close_expired")(close_expired_vacancies)
task("vacancies.tell_new_matches")(tell_new_matches)
