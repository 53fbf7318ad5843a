"""The general report as plain data: who wrote it on which training, its parts, and who approved it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.reporting.context import NOBODY, Decision, Logbook

HEADINGS: Mapping[str, Promise] = {
    "acknowledgements": _("Acknowledgements"),
    "introduction": _("Introduction"),
    "company_overview": _("The company"),
    "objectives": _("Objectives"),
    "methodology": _("Methodology"),
    "achievements": _("Work done and achievements"),
    "skills": _("Skills acquired"),
    "challenges": _("Challenges"),
    "recommendations": _("Recommendations"),
    "conclusion": _("Conclusion"),
}


@dataclass(frozen=True)
class Part:
    """One part of the report: ``name`` is the field's."""

    name: str
    heading: str
    text: str

    def as_plain(self) -> dict[str, Any]:
        """Return the part for a template: the text whole, and as paragraphs where an empty line parts them."""
        paragraphs = [text.strip() for text in self.text.split("\n\n")]
        return {
            "name": self.name,
            "heading": self.heading,
            "text": self.text,
            "paragraphs": [text for text in paragraphs if text],
        }


@dataclass(frozen=True)
class Essay:
    """A general report as its document shows it; ``book`` is the training without its weeks."""

    book: Logbook
    title: str
    parts: tuple[Part, ...]
    words: int = 0
    approved: Decision | None = None

    @property
    def language(self) -> str:
        """The language of the headings and dates."""
        return self.book.language

    @property
    def is_rtl(self) -> bool:
        """Whether the document's language runs from right to left."""
        return self.book.is_rtl

    def as_plain(self) -> dict[str, Any]:
        """Return the whole report for a template; parts that are empty are left out of ``report.parts``."""
        return {
            **self.book.head_as_plain(),
            "report": {
                "title": self.title,
                **{part.name: part.text for part in self.parts},
                "parts": [part.as_plain() for part in self.parts if part.text],
                "words": self.words,
                "approved": (self.approved or NOBODY).as_plain(),
            },
        }
