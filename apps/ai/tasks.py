"""What ai does later: each task takes ids, reads the rows anew and calls one service."""

from apps.ai.services import calls
from portal.kernel.tasks import task

task(calls.ANSWER)(calls.answer_call)
task("ai.close_lost_calls")(calls.close_lost_calls)
