"""Empty tables to fill in: the headers of a kind, one made-up line, and in a workbook a sheet that explains them."""

from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from apps.accounts.services.import_kinds import ImportKind
from portal.kernel.exports import write_csv, write_xlsx
from portal.kernel.imports import resource_for


def write_template(kind: ImportKind, form: str, target: IO[bytes]) -> None:
    """Write the template of a kind as ``csv`` or ``xlsx``; its made-up line is refused by the import."""
    headers = [column.name for column in resource_for(kind.kind).columns()]
    example = [[kind.example.get(name, "") for name in headers]]
    if form == "csv":
        write_csv(headers, example, target)
        return
    explained = [_("Header"), _("Meaning"), _("Needed"), _("Also understood"), _("Example")]
    more = [(_("Columns"), explained, _explanations(kind))]
    write_xlsx(headers, example, target, title=str(kind.title), more=more)


def _explanations(kind: ImportKind) -> Iterator[list[str]]:
    for column in resource_for(kind.kind).columns():
        needed = _("yes") if column.required else ""
        synonyms = " · ".join(column.synonyms)
        yield [column.name, str(column.label), needed, synonyms, kind.example.get(column.name, "")]
