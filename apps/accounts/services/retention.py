"""What is kept for a time only, and goes by night."""

import datetime as dt
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from apps.accounts.services.erasure import drop_files
from portal.kernel.privacy import Holding, holdings

PART = 2000


def delete_outdated() -> int:
    """Delete the rows that have been kept as long as their model declares; returns how many rows went.

    In parts, so that no lock is held for long; what is left goes the next night.
    """
    call_command("clearsessions")
    return sum(_delete(holding, holding.keep) for holding in holdings() if holding.keep is not None)


def _delete(holding: Holding, keep: dt.timedelta) -> int:
    old: Any = {f"{holding.since}__lt": timezone.now() - keep}
    rows = holding.model._base_manager.filter(holding.ended, **old)
    part = holding.model._base_manager.filter(pk__in=list(rows.order_by("pk").values_list("pk", flat=True)[:PART]))
    drop_files(part, holding.files)
    return int(part.delete()[0])
