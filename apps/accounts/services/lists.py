"""Lists as tables: the rows and columns that a person has, chosen, remembered, and written by a job."""

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from django.core.files import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.accounts.models import Job, User
from apps.accounts.services.jobs import Progress, job, start_job
from portal.kernel.access import Scope, scope_of
from portal.kernel.admin import PortalModelAdmin
from portal.kernel.admin.tables import columns_of, lines_of, may_open, page_of_list, rows_of
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.exports import write_csv, write_xlsx

LIST: Final = "accounts.write_list"
FORMATS: Final = ("xlsx", "csv")
CHUNK: Final = 500
MOST_QUERY: Final = 2000


def list_for(label: str, user: User) -> PortalModelAdmin | None:
    """Return the page of a list that the user may have as a table, such as ``"applications.placement"``."""
    page = page_of_list(label)
    return page if page is not None and may_open(page, user) else None


def chosen_columns(label: str, page: PortalModelAdmin, user: User) -> list[str]:
    """Return the columns that the user took last time, as far as there still are such; at first those of the list."""
    columns = columns_of(page, user)
    chosen = user.list_columns or {}
    remembered = chosen.get(label) or chosen.get(f"{label}#screen", ())
    kept = [column.name for column in columns if column.name in remembered]
    return kept or [column.name for column in columns if column.usual]


def start_list(label: str, columns: Collection[str], form: str, *, actor: User, query: str = "") -> Job:
    """Start writing a list as ``csv`` or ``xlsx`` and remember the columns for the next time.

    ``query`` holds the filters and the search, as the address of the list does. Raises ``NotAllowed`` for a list that
    is not the actor's, ``RuleViolation`` ``format_unknown``, ``columns_missing`` or ``column_unknown``.
    """
    page = list_for(label, actor)
    if page is None:
        raise NotAllowed
    if form not in FORMATS:
        raise RuleViolation("format_unknown", _("Choose CSV or XLSX."), field="form")
    known = [column.name for column in columns_of(page, actor)]
    if not columns:
        raise RuleViolation("columns_missing", _("Choose at least one column."), field="columns")
    if strange := sorted(set(columns) - set(known)):
        text = _("This list has no column “%(name)s”.") % {"name": strange[0]}
        raise RuleViolation("column_unknown", text, field="columns")
    chosen = [name for name in known if name in columns]
    payload = {"label": label, "columns": chosen, "form": form, "query": query[:MOST_QUERY]}
    payload["language"] = translation.get_language() or "en"
    with transaction.atomic():
        _remember(actor, label, chosen)
        return start_job(LIST, title=_title(page)[:200], payload=payload, actor=actor)


def _title(page: PortalModelAdmin) -> str:
    return capfirst(str(page.opts.verbose_name_plural))


def _remember(person: User, label: str, columns: Sequence[str]) -> None:
    row = User.objects.select_for_update().get(pk=person.pk)
    row.list_columns = {**(row.list_columns or {}), label: list(columns)}
    row.save(update_fields=["list_columns"])


def scope_note(user: User) -> dict[str, Any]:
    """Return the rights of this moment, to be compared at the download."""
    rights = {name: sorted(value) for name, value in asdict(scope_of(user)).items() if name != "has_studies"}
    return {"rights": rights, "superuser": user.is_superuser}


def rights_last(row: Job) -> bool:
    """Say whether the owner of a file has still every right that its rows were read with, and each of its few rows."""
    owner = User.objects.get(pk=row.owner_id)
    return owner.is_active and _covers(scope_of(owner), owner, row.outcome)


def _covers(scope: Scope, owner: User, then: Mapping[str, Any]) -> bool:
    if then.get("superuser") and not owner.is_superuser:
        return False
    rights: Mapping[str, Sequence[Any]] = then.get("rights", {})
    return all(set(getattr(scope, name)).issuperset(held) for name, held in rights.items())


def _list_lasts(row: Job) -> bool:
    if not rights_last(row):
        return False
    owner = User.objects.get(pk=row.owner_id)
    page = list_for(row.payload["label"], owner)
    keys = row.outcome.get("keys")
    if page is None:
        return False
    return keys is None or type(page).selector(owner).filter(pk__in=keys).count() == len(keys)


@job(LIST, still_theirs=_list_lasts)
def write_list(progress: Progress, label: str, columns: list[str], form: str, query: str, language: str) -> None:
    """Write the table with the rights that the owner has now, a part of the rows at a time.

    Of a list of few rows the keys are kept, so that a download notices when one of them is the owner's no more.
    """
    owner = progress.job.owner
    page = list_for(label, owner)
    if page is None:
        raise RuleViolation("not_allowed", _("This list is not yours any more."))
    with translation.override(language):
        chosen = [column for column in columns_of(page, owner) if column.name in columns]
        rows = rows_of(page, owner, query)
        count = rows.count()
        progress.start(count)

        def lines() -> Any:
            for line in lines_of(rows, chosen, chunk=CHUNK):
                progress.step()
                yield line

        headers = [column.label for column in chosen]
        with tempfile.TemporaryFile() as target:
            if form == "csv":
                write_csv(headers, lines(), target)
            else:
                write_xlsx(headers, lines(), target, title=progress.job.title)
            target.seek(0)
            progress.attach(File(target), f"{progress.job.title} {timezone.localdate()}.{form}")
    keys = {"keys": list(rows.values_list("pk", flat=True))} if count <= CHUNK else {}
    progress.note({**scope_note(owner), **keys})
