"""Names of files by a pattern that a person typed: a few placeholders, checked, nothing of a path but folders."""

import string
from collections.abc import Iterator, Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import RuleViolation, Text
from portal.kernel.exports import clean_filename

MOST_CHARACTERS: Final = 200
MOST_FOLDERS: Final = 4
FOLDER: Final = "{cohort}/{last_name} {first_name}"
FILE: Final = "{reg_no} {document}"
PLACEHOLDERS: Final[Mapping[str, Text]] = {
    "reg_no": _("registration number"),
    "last_name": _("last name"),
    "first_name": _("first name"),
    "programme": _("programme"),
    "department": _("department"),
    "cohort": _("cohort"),
    "company": _("company"),
    "document": _("kind of document, with the number of the week"),
}


def check_pattern(pattern: str, *, field: str) -> None:
    """Raise ``RuleViolation`` with the field for a pattern that names nothing or asks for what there is not.

    ``pattern_broken``, ``pattern_unknown``, ``pattern_long``, ``pattern_deep``, ``pattern_empty``.
    """
    if len(pattern) > MOST_CHARACTERS:
        raise RuleViolation("pattern_long", _("Write at most 200 characters."), field=field)
    if unknown := [name for name in _asked(pattern, field) if name not in PLACEHOLDERS]:
        text = _("There is no {%(name)s}. You can write: %(known)s.")
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise RuleViolation("pattern_unknown", str(text) % {"name": unknown[0], "known": known}, field=field)
    if field == "file_name":
        if not pattern.strip(" ./"):
            raise RuleViolation("pattern_empty", _("Write how the files are called."), field=field)
        if "/" in pattern:
            raise RuleViolation("pattern_deep", _("Folders have a line of their own."), field=field)
    elif pattern.count("/") >= MOST_FOLDERS:
        raise RuleViolation("pattern_deep", _("At most four folders can lie in each other."), field=field)


def _asked(pattern: str, field: str) -> list[str]:
    broken = RuleViolation(
        "pattern_broken", _("Write each placeholder in braces by itself, such as {last_name}."), field=field
    )
    try:
        parts = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise broken from error
    if any(conversion or form for _text, _name, form, conversion in parts):
        raise broken
    return [name for _text, name, _form, _conversion in parts if name is not None]


def path_of(folder: str, file_name: str, values: Mapping[str, str], form: str) -> str:
    """Return the path of a document in the zip: no value opens a folder, and no folder leads upwards."""
    # "Kilimo/2026" is one cohort and "2023-04-001/T" one number.
    plain = {name: clean_filename(value) if value else "" for name, value in values.items()}
    parts = [*_folders(folder.format_map(plain)), clean_filename(file_name.format_map(plain))]
    return "/".join(parts) + f".{form}"


def _folders(path: str) -> Iterator[str]:
    for part in path.replace("\\", "/").split("/"):
        if part.strip(" ._-"):
            yield clean_filename(part)
