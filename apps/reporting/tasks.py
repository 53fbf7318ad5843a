"""What reporting does later: each task takes ids, reads the rows anew and calls one service."""

from apps.applications.services import agreements, letters
from apps.reporting.services import (  # noqa: F401 - the one declares a job, the other where drafts are stored
    batches,
)
from apps.reporting.services import help as writing_help  # noqa: F401 - as above
from apps.reporting.services.papers import make_agreement, make_letter
from portal.kernel.tasks import task

task(agreements.MAKE)(make_agreement)
task(letters.MAKE)(make_letter)
