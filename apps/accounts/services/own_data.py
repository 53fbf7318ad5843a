"""Everybody's own data as a file: what all apps hold about a person, and the files beside it."""

import datetime as dt
import json
import tempfile
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Job, User
from apps.accounts.services.jobs import Progress, job, start_job
from portal.kernel.errors import RuleViolation
from portal.kernel.exports import ZipSink, clean_filename
from portal.kernel.privacy import Holding, holdings

OWN_DATA: Final = "accounts.export_own_data"
EXPORTS_A_DAY: Final = 10
DAY: Final = dt.timedelta(days=1)


def export_own_data(*, actor: User) -> Job:
    """Start writing all that is held about the actor into one zip. Raises ``RuleViolation`` ``too_often``."""
    today = Job.objects.filter(owner=actor, kind=OWN_DATA, created_at__gt=timezone.now() - DAY)
    if today.count() >= EXPORTS_A_DAY:
        raise RuleViolation("too_often", _("You have had this made often today. Try again tomorrow."))
    with transaction.atomic():
        return start_job(OWN_DATA, title=_("All my data"), payload={}, actor=actor)


@job(OWN_DATA)
def write_own_data(progress: Progress) -> None:
    """Write ``data.json`` with every row that is the owner's, by kind, and the files beside it."""
    person = progress.job.owner
    found = [holding for holding in holdings() if holding.person]
    progress.start(len(found))
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.zip"
        with ZipSink(path) as archive:
            for holding in found:
                rows = holding.rows_of(person).filter(holding.shown).order_by("pk")
                told[holding.label] = {"holds": str(holding.holds), "rows": [_row(holding, row) for row in rows]}
                _add_files(archive, holding, rows)
                progress.step()
            archive.add("data.json", json.dumps(told, ensure_ascii=False, indent=1).encode())
        with path.open("rb") as written:
            progress.attach(File(written), f"{progress.job.title} {timezone.localdate()}.zip")


def _row(holding: Holding, row: Model) -> dict[str, Any]:
    columns = [column for column in row._meta.concrete_fields if column.name not in holding.hidden]
    return {column.name: _shown(column, row) for column in columns}


def _shown(column: Any, row: Model) -> Any:
    value = column.value_from_object(row)
    return value if isinstance(value, bool | int | str | list | dict | None) else str(value)


def _add_files(archive: ZipSink, holding: Holding, rows: Any) -> None:
    for name in holding.files:
        if name in holding.hidden:
            continue
        for row in rows:
            stored = getattr(row, name)
            if stored and stored.storage.exists(stored.name):
                label = getattr(row, "original_name", "") or stored.name.rpartition("/")[2]
                with stored.open("rb") as opened:
                    archive.add(f"files/{holding.label}/{row.pk}-{clean_filename(label)}", opened.read())
