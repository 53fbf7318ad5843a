"""The dictionary of fields: what a template of each kind may ask for, what it means, and how it is written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.reporting.context import unknown_fields
from apps.reporting.example import example_of, fields_of
from apps.reporting.models import DocumentTemplate
from apps.reporting.states import TemplateKind

MOST_EXAMPLE: Final = 80
PICTURES: Final = frozenset({"logo", "check_qr", "sketch"})
# The names of the variables in our own templates; others are as good.
ONE_OF: Final[Mapping[str, str]] = {
    "weeks": "week",
    "days": "day",
    "operations": "row",
    "operation_rows": "row",
    "missing_days": "day",
    "skills": "skill",
    "parts": "part",
    "paragraphs": "text",
    "articles": "article",
    "signers": "signer",
    "answers": "answer",
}
# By the last word of the path, or by more of it where the last word alone would mean several things.
MEANINGS: Final[Mapping[str, Promise]] = {
    "university": _("The university"),
    "college": _("Faculty or college"),
    "department": _("The department"),
    "title": _("What the document is called"),
    "student": _("The student"),
    "full_name": _("The student's name"),
    "reg_no": _("Registration number"),
    "programme": _("Programme of study"),
    "year_of_study": _("Year of study"),
    "phase": _("Phase of the training, such as PT2"),
    "host": _("The company"),
    "host.name": _("The company's name"),
    "address": _("Address of the place of work"),
    "region": _("Region"),
    "supervisor_name": _("Supervisor in the company"),
    "supervisor_title": _("What the supervisor is in the company"),
    "sector": _("Sector of the company"),
    "about": _("What the company says of itself"),
    "cohort_name": _("The cohort"),
    "start": _("First day"),
    "end": _("Last day"),
    "total_hours": _("Hours in total"),
    "days_done": _("Days with an entry"),
    "days_required": _("Days of work in the whole time"),
    "checked_code": _("Code under which the document can be checked"),
    "check_url": _("Address under which the document can be checked"),
    "check_qr": _("QR code of that address"),
    "issued_at": _("Day on which the document was made"),
    "language": _("Language of the document: en, sw or ar"),
    "logo": _("The university's logo"),
    "labels": _("Our own words in the language of the document, so that one template serves all languages"),
    "weeks": _("The weeks of the training"),
    "week": _("The week"),
    "week.number": _("Number of the week"),
    "weeks[].number": _("Number of the week"),
    "certificate.weeks": _("Number of weeks with an entry"),
    "number": _("Number of the line"),
    "summary": _("Summary of the week"),
    "main_job_title": _("Main job of the week"),
    "main_job_detail": _("Details of the main job"),
    "days": _("The days of the week, each with a line, also those without an entry"),
    "date": _("The day"),
    "day_name": _("Day of the week"),
    "text": _("What was written"),
    "hours": _("Hours of work"),
    "state": _("State, as a word for programs"),
    "state_label": _("State in words"),
    "skills": _("Skills"),
    "skills_text": _("Skills in one line"),
    "absence": _("Why the student was absent; empty otherwise"),
    "missing": _("Whether an entry was due and is not there"),
    "operations": _("The operations of the main job"),
    "operation_rows": _("The operations, filled up with empty lines to seven"),
    "description": _("What was done"),
    "tools": _("Tools and machinery"),
    "missing_days": _("Days on which an entry was due and is not there"),
    "industry": _("What the company said of the week"),
    "academic": _("What the university said of the week"),
    "role_label": _("Who this is: industrial or university supervisor"),
    "name": _("Name of the person"),
    "at": _("Day of the confirmation; empty while there is none"),
    "comment": _("Comment"),
    "sketch": _("Sketch or picture of the main job"),
    "report": _("The general report"),
    "report.title": _("Title of the report"),
    "acknowledgements": _("Acknowledgements"),
    "introduction": _("Introduction"),
    "company_overview": _("The company"),
    "objectives": _("Objectives"),
    "methodology": _("Methodology"),
    "achievements": _("Work done and achievements"),
    "challenges": _("Challenges"),
    "recommendations": _("Recommendations"),
    "conclusion": _("Conclusion"),
    "parts": _("All parts of the report that are written, in order"),
    "parts[].name": _("Name of the part for programs"),
    "heading": _("Heading"),
    "paragraphs": _("The text, paragraph by paragraph"),
    "words": _("Number of words"),
    "approved": _("Who approved the report; empty while nobody has"),
    "share": _("Share of the week in per cent"),
    "task": _("What the student will do"),
    "salutation": _("Salutation of a letter"),
    "articles": _("The articles of an agreement; empty in a letter"),
    "closing": _("Closing of a letter"),
    "signers": _("Who signs"),
    "party": _("The party: student, company or university"),
    "arrival": _("The arrival note"),
    "arrived_on": _("Day of the arrival"),
    "supervisor_email": _("E-mail of the supervisor"),
    "supervisor_phone": _("Phone of the supervisor"),
    "confirmed": _("Who confirmed the arrival"),
    "assessment": _("The assessment"),
    "assessment.title": _("Title of the form"),
    "answers": _("The questions with their answers"),
    "question": _("The question"),
    "answer": _("The answer in words"),
    "points": _("Points given"),
    "most": _("Most points possible"),
    "mark": _("The mark in per cent"),
    "by": _("Who filled it in"),
    "certificate": _("The certificate"),
    "sentence": _("What is certified, as one sentence"),
    "completed_on": _("Day on which the training ended"),
}


@dataclass(frozen=True)
class Entry:
    """One field or loop: ``write`` is what stands in the template, ``example`` what comes of it (empty for loops)."""

    path: str
    write: str
    meaning: Promise | str
    example: str = ""
    is_loop: bool = False


def entries_of(kind: TemplateKind) -> list[Entry]:
    """Return the dictionary of a kind, in the active language; our own words (``labels``) stand at its end."""
    plain = example_of(kind)
    labels = plain.pop("labels")
    found = [entry for entry in _entries(plain, "", "") if entry.example or entry.is_loop or entry.meaning]
    found += [
        Entry(f"labels.{name}", f"{{{{ labels.{name} }}}}", MEANINGS["labels"] if not place else "", word)
        for place, (name, word) in enumerate(labels.items())
    ]
    return found


def _entries(value: Mapping[str, Any], path: str, variable: str) -> Iterator[Entry]:
    """Yield the entries below one mapping; ``variable`` is the name under which a template reaches it."""
    for name, below in value.items():
        at, reached = f"{path}.{name}" if path else name, f"{variable}.{name}" if variable else name
        if isinstance(below, Mapping):
            yield from _entries(below, at, reached)
        elif isinstance(below, list):
            yield from _loop(below, at, reached)
        else:
            yield Entry(at, _written(name, reached), meaning_of(at), _shortened(below))


def _loop(items: list[Any], path: str, reached: str) -> Iterator[Entry]:
    one = ONE_OF[path.rpartition(".")[2]]
    tag = "p" if one in ("text", "part", "week", "article") else "tr"
    write = f"{{%{tag} for {one} in {reached} %}} … {{%{tag} endfor %}}"
    yield Entry(path, write, meaning_of(path), is_loop=True)
    if items and isinstance(items[0], Mapping):
        yield from _entries(items[0], f"{path}[]", one)
    elif items:
        yield Entry(f"{path}[]", f"{{{{ {one} }}}}", meaning_of(path), _shortened(items[0]))


def _written(name: str, reached: str) -> str:
    return f"{{{{ {reached}|image(60, 40) }}}}" if name in PICTURES else f"{{{{ {reached} }}}}"


def meaning_of(path: str) -> Promise | str:
    """Return what a field means; of a text beside its plain value what the value means."""
    plain = path.removesuffix("_text") if path.rpartition(".")[2] not in MEANINGS else path
    parts = plain.split(".")
    return next((MEANINGS[key] for key in (".".join(parts[-2:]), parts[-1]) if key in MEANINGS), "")


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= MOST_EXAMPLE else f"{text[:MOST_EXAMPLE]}…"


@dataclass(frozen=True)
class Asked:
    """One field that a template asks for; ``instead`` is the nearest one that there is, where it is unknown."""

    path: str
    is_known: bool
    meaning: Promise | str = ""
    instead: str = ""


def asked_by(template: DocumentTemplate) -> list[Asked]:
    """Return the fields of an uploaded template, unknown ones first."""
    kind = TemplateKind(template.kind)
    unknown = unknown_fields(template.fields, fields_of(kind))
    found = [
        Asked(path, path not in unknown, "" if path in unknown else meaning_of(path), unknown.get(path, ""))
        for path in template.fields
    ]
    return sorted(found, key=lambda asked: (asked.is_known, asked.path))
