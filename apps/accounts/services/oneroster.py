"""OneRoster 1.2 as a source of tables: a zip of CSV files (bulk) becomes the rows of one of our kinds.

Source: 1EdTech, OneRoster 1.2 CSV binding. ``users`` gives the people, ``roles`` what they are and in which
organisation, ``orgs`` its name, ``enrollments`` and ``classes`` who is in which class, ``academicSessions`` when. The
rows then go the way of every table: preview, scope, confirmation. Nobody is deleted, whatever the file says.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort
from apps.accounts.services.staff import STAFF
from apps.accounts.services.students import STUDENTS
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.sentences import filled
from portal.kernel.sheets import Sheet, SheetLimits, SheetRow, read_sheet
from portal.kernel.sheets.headers import header_key

MANIFEST: Final = "manifest.csv"
VERSIONS: Final = ("1.2",)
MOST_FILES: Final = 40
NEEDED: Final = ("users", "roles")
# How the roles of OneRoster are ours.
ROLES: Final[Mapping[str, frozenset[str]]] = {
    STUDENTS: frozenset({"student"}),
    STAFF: frozenset({"teacher", "facultyadvisor", "aide", "administrator", "departmentadministrator"}),
}
HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    STUDENTS: ("reg_no", "first_name", "middle_name", "last_name", "email", "phone", "programme_code", "year_of_study"),
    STAFF: ("staff_no", "first_name", "last_name", "email", "phone", "department", "supervises"),
}
GONE: Final = "tobedeleted"

type Record = dict[str, str]


def is_oneroster(data: bytes) -> bool:
    """Say whether a file is a zip with a OneRoster manifest; a workbook is a zip as well and has none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return MANIFEST in archive.namelist()[:MOST_FILES]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False


def read_oneroster(data: bytes, kind: str, cohort: Cohort | None) -> Sheet:
    """Return the people of a OneRoster file as a table of a kind; lines are those of ``users.csv``.

    Students are those of the class that is called like the cohort, where there is one; else all of the file, with a
    note. Raises ``RuleViolation``: ``oneroster_kind``, ``oneroster_version``, ``oneroster_files``,
    ``oneroster_broken``, ``oneroster_nobody``, and what ``read_sheet`` raises for one of the files.
    """
    if kind not in ROLES:
        raise RuleViolation("oneroster_kind", _("OneRoster files hold students and staff. Import them there."))
    files = _Files.read(data)
    files.check_manifest()
    orgs = {row["sourcedid"]: row for row in files.rows("orgs")}
    roles = _roles(files.rows("roles"), ROLES[kind])
    notes: list[Text] = []
    wanted = _of_class(files, cohort, notes) if kind == STUDENTS else None
    rows, gone = [], 0
    for line, user in files.lines("users"):
        key = user["sourcedid"]
        if key not in roles or (wanted is not None and key not in wanted):
            continue
        if user.get("status", "").casefold() == GONE or user.get("enableduser", "true").casefold() == "false":
            gone += 1
            continue
        org = orgs.get(roles[key].get("orgsourcedid", ""), {})
        rows.append(SheetRow(line, [_cell(name, user, org) for name in HEADERS[kind]]))
    if not rows:
        raise RuleViolation("oneroster_nobody", _("The file holds nobody of this kind."))
    if gone:
        text = _("People who are marked as gone were left out: %(count)d. Nobody is deleted by an import.")
        notes.append(filled(text, count=gone))
    return Sheet(list(HEADERS[kind]), rows, "", "", "", list(notes))


def _roles(rows: Sequence[Record], wanted: frozenset[str]) -> dict[str, Record]:
    """Return a role of the wanted kind for each user, the primary one where there are several."""
    found: dict[str, Record] = {}
    for row in rows:
        if row.get("role", "").casefold() in wanted and row.get("status", "").casefold() != GONE:
            user = row.get("usersourcedid", "")
            if user not in found or row.get("roletype", "").casefold() == "primary":
                found[user] = row
    return found


def _of_class(files: "_Files", cohort: Cohort | None, notes: list[Text]) -> set[str] | None:
    """Return the users of the classes called like the cohort, None where there is no such class."""
    name = header_key(cohort.name) if cohort is not None else ""
    classes = {
        row["sourcedid"]
        for row in files.rows("classes")
        if name and name in {header_key(row.get("title", "")), header_key(row.get("classcode", ""))}
    }
    if not classes:
        notes.append(_("No class of the file is called like the cohort; all students of the file were read."))
        return None
    sessions = {row["sourcedid"]: row.get("title", "") for row in files.rows("academicsessions")}
    named = sorted(
        {
            sessions[key]
            for row in files.rows("classes")
            if row["sourcedid"] in classes
            for key in row.get("termsourcedids", "").split(",")
            if sessions.get(key)
        }
    )
    if named:
        notes.append(filled(_("Terms of the class: %(terms)s."), terms=", ".join(named)))
    return {
        row.get("usersourcedid", "")
        for row in files.rows("enrollments")
        if row.get("classsourcedid") in classes and row.get("status", "").casefold() != GONE
    }


def _cell(name: str, user: Record, org: Record) -> str:
    number = user.get("usermasteridentifier") or user.get("identifier") or user.get("username", "")
    cells = {
        "reg_no": number,
        "staff_no": number,
        "first_name": user.get("preferredfirstname") or user.get("givenname", ""),
        "middle_name": user.get("middlename", ""),
        "last_name": user.get("preferredlastname") or user.get("familyname", ""),
        "email": user.get("email", ""),
        "phone": user.get("sms") or user.get("phone", ""),
        "programme_code": org.get("identifier") or org.get("name", ""),
        "department": org.get("identifier") or org.get("name", ""),
        "year_of_study": user.get("grades", "").split(",")[0].lstrip("0"),
        "supervises": "yes",
    }
    return cells[name]


@dataclass
class _Files:
    """The tables of the zip by the name of the file without its ending; headers in one case."""

    tables: dict[str, list[tuple[int, Record]]]

    @classmethod
    def read(cls, data: bytes) -> "_Files":
        limits, tables, total = SheetLimits(), {}, 0
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.infolist()[:MOST_FILES]:
                    name = entry.filename.casefold()
                    if "/" in name or not name.endswith(".csv"):
                        continue
                    with archive.open(entry) as opened:
                        content = opened.read(limits.unpacked - total + 1)
                    total += len(content)
                    if total > limits.unpacked or total > limits.ratio * max(len(data), 1):
                        raise _broken()
                    tables[name.removesuffix(".csv")] = _table(content, entry.filename)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
            raise _broken() from error
        return cls(tables)

    def lines(self, name: str) -> list[tuple[int, Record]]:
        return [(line, row) for line, row in self.tables.get(name, []) if name == "manifest" or row.get("sourcedid")]

    def rows(self, name: str) -> list[Record]:
        return [row for _line, row in self.lines(name)]

    def check_manifest(self) -> None:
        said = {row.get("propertyname", ""): row.get("value", "") for row in self.rows("manifest")}
        if not said.get("oneroster.version", "").startswith(VERSIONS):
            raise RuleViolation("oneroster_version", _("The file says that it is not of OneRoster 1.2."))
        missing = [name for name in NEEDED if not self.tables.get(name)]
        if missing:
            names = ", ".join(f"{name}.csv" for name in missing)
            raise RuleViolation("oneroster_files", filled(_("The file lacks: %(names)s."), names=names))


def _table(content: bytes, name: str) -> list[tuple[int, Record]]:
    try:
        sheet = read_sheet(content, name)
    except RuleViolation as error:
        if error.code in {"header_only", "empty"}:
            return []
        raise RuleViolation(error.code, f"{name}: {error.message}", field=error.field) from error
    headers = [header.casefold() for header in sheet.headers]
    return [(row.line, dict(zip(headers, row.values, strict=True))) for row in sheet.rows]


def _broken() -> RuleViolation:
    return RuleViolation("oneroster_broken", _("The zip is damaged or far larger inside than it looks."))
