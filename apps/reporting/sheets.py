"""Single sheets of a training as plain data: the arrival note, an assessment, the certificate at its end."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol

from django.utils.formats import date_format
from django.utils.translation import gettext

from apps.reporting.context import NOBODY, Decision, Logbook, counted, dated

if TYPE_CHECKING:
    from collections.abc import Mapping

type SheetKind = Literal["arrival", "assessment", "certificate"]


class Content(Protocol):
    """What one kind of sheet says beside the head that all documents share."""

    def as_plain(self) -> dict[str, Any]:
        """Return it for a template."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of one training; a template finds the content under its kind: ``{{ arrival.supervisor_name }}``."""

    kind: SheetKind
    book: Logbook
    content: Content

    def as_plain(self) -> dict[str, Any]:
        """Return the whole sheet for a template."""
        head = self.book.head_as_plain()
        return {**head, self.kind: self.content.as_plain(), "labels": {**head["labels"], **sheet_labels()}}


@dataclass(frozen=True)
class Arrival:
    """That the student has come, as the student said, and whether the company confirmed it."""

    arrived_on: date
    supervisor_name: str
    supervisor_email: str = ""
    supervisor_phone: str = ""
    state_label: str = ""
    confirmed: Decision | None = None

    def as_plain(self) -> dict[str, Any]:
        """Return it for a template."""
        return {
            **dated("arrived_on", self.arrived_on),
            "supervisor_name": self.supervisor_name,
            "supervisor_email": self.supervisor_email,
            "supervisor_phone": self.supervisor_phone,
            "state_label": self.state_label,
            "confirmed": (self.confirmed or NOBODY).as_plain(),
        }


@dataclass(frozen=True)
class Answer:
    """One line of an assessment; ``points`` and ``most`` are empty for what is answered in words."""

    number: int
    question: str
    answer: str
    points: str = ""
    most: str = ""


@dataclass(frozen=True)
class Assessment:
    """A form that one side has filled in; ``mark`` is in per cent, None while it is not sent."""

    title: str
    answers: tuple[Answer, ...]
    comment: str = ""
    mark: float | None = None
    by: Decision | None = None

    def as_plain(self) -> dict[str, Any]:
        """Return it for a template."""
        mark: Mapping[str, float | str] = {"mark": "", "mark_text": ""}
        if self.mark is not None:
            mark = {"mark": self.mark, "mark_text": str(counted("mark", self.mark)["mark_text"]) or "0"}
        return {
            "title": self.title,
            "answers": [asdict(answer) for answer in self.answers],
            "comment": self.comment,
            **mark,
            "by": (self.by or NOBODY).as_plain(),
        }


@dataclass(frozen=True)
class Certificate:
    """What a completed training was: hours that were recorded, weeks, skills in order of their days."""

    student: str
    reg_no: str
    programme: str
    company: str
    start: date
    end: date
    weeks: int
    hours: float
    skills: tuple[str, ...] = ()
    completed_on: date | None = None

    def as_plain(self) -> dict[str, Any]:
        """Return it for a template; ``sentence`` says it all in the active language."""
        hours = counted("hours", self.hours)
        values = {
            "student": self.student,
            "reg_no": self.reg_no,
            "programme": self.programme,
            "company": self.company,
            "start": date_format(self.start, "j F Y"),
            "end": date_format(self.end, "j F Y"),
            "hours": hours["hours_text"] or "0",
        }
        sentence = gettext(
            "has completed the practical training at %(company)s from %(start)s to %(end)s with %(hours)s hours of"
            " recorded work, as part of the studies of %(programme)s."
        )
        return {
            "sentence": sentence % values,
            "weeks": self.weeks,
            **hours,
            "skills": [*self.skills],
            "skills_text": ", ".join(self.skills),
            **dated("completed_on", self.completed_on),
        }


def sheet_labels() -> dict[str, str]:
    """Return the words of our own sheets in the active language."""
    return {
        "arrived_on": gettext("Arrived on"),
        "supervisor": gettext("Supervisor in the company"),
        "email": gettext("E-mail"),
        "phone": gettext("Phone"),
        "question": gettext("Question"),
        "answer": gettext("Answer"),
        "points": gettext("Points"),
        "mark": gettext("Mark in per cent"),
        "comment": gettext("Comment"),
        "filled_in_by": gettext("Filled in by"),
        "confirmed_by": gettext("Confirmed by"),
        "certifies": gettext("This is to certify that"),
        "completed_on": gettext("Completed on"),
        "coordinator": gettext("Coordinator of practical training"),
        "stamp": gettext("Stamp"),
    }
