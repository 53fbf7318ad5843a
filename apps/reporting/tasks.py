"""What reporting does later: each task takes ids, reads the rows anew and calls one service."""

from apps.applications.services.agreements import MAKE
from apps.reporting.services.papers import make_agreement
from portal.kernel.tasks import task

task(MAKE)(make_agreement)
