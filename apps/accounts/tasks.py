"""What accounts does later: each task takes ids, reads the rows anew and calls one service."""

from apps.accounts.services import exports, history, imports, jobs, notices, outbox  # noqa: F401 - two declare jobs
from portal.kernel.tasks import task

task("accounts.relay_outbox")(outbox.relay_outbox)
task("accounts.seal_history")(history.seal_history)
task("accounts.send_digests")(notices.send_digests)
task("accounts.send_notices")(notices.send_notices)
task("accounts.run_job")(jobs.run_job)
task("accounts.sweep_jobs")(jobs.sweep_jobs)
