"""Word and PDF files: templates checked and filled, pages set, Word files turned into PDF.

Everything that reads a template or lays out what somebody typed runs in the sandbox child (``documents_child``);
this side decides what goes in, gives the time and memory, and has the words for what went wrong.
"""

import json
import logging
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final, NoReturn

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kernel.documents_child.packing import pack, unpack_answers
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.libreoffice import docx_to_pdf, docx_to_pdf_each, libreoffice_available, why_no_conversion
from portal.kernel.lots import in_one_start
from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError, run_limited

__all__ = [
    "DocxCheck",
    "Filling",
    "Problem",
    "check_docx",
    "checked_context",
    "docx_to_pdf",
    "docx_to_pdf_each",
    "fill_each",
    "libreoffice_available",
    "plain_data",
    "render_docx",
    "render_pdf",
    "weasyprint_available",
    "why_no_conversion",
    "why_no_pdf",
]

MAX_TEMPLATE: Final = 10 << 20
MAX_CONTEXT: Final = 4_000_000
MAX_HTML: Final = 4_000_000
MAX_NUMBER_BITS: Final = 63
MAX_PROBLEMS: Final = 20
WORD_LIMITS: Final = Limits(memory_mb=512, cpu_s=10, wall_s=20, output_mb=32)
# A logbook of half a year takes 3 s of an idle processor; on a busy machine the clock runs on.
PAGE_LIMITS: Final = Limits(memory_mb=1024, cpu_s=20, wall_s=60, output_mb=32)

logger = logging.getLogger(__name__)

# Neither XML nor HTML can carry these; a line break and a tab stay.
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS: Final = re.compile("\r\n?|\x85")

_WORDS: Final[dict[str, Text]] = {
    "too_big": _("The file is larger than 10 MB. Make its pictures smaller and upload it again."),
    "not_word": _("This is not a Word document. Save it in Word as “Word Document (.docx)” and upload that file."),
    "old_word": _("This file is in the old Word format or has a password. Save it as .docx without a password."),
    "open_document": _("This is an OpenDocument file with another ending. Save it as “Word 2007-365 (.docx)”."),
    "zip_bomb": _("The file unpacks to far more than a document needs, so it was not opened."),
    "encrypted": _("The file is encrypted. Save it without a password."),
    "odd_names": _("The file is packed in an unusual way. Open it in Word and save it again."),
    "broken_part": _("The part %(part)s of the file is damaged. Open it in Word and save it again."),
    "dtd": _("The part %(part)s declares entities, which Word documents never need. Save it again from Word."),
    "macros": _("The file has macros. Save it as “Word Document (.docx)”, which has none."),
    "embedded": _("The file has an embedded object. Delete it, or put a picture in its place."),
    "alt_chunk": _("The file pulls in another document. Copy the text into this document instead."),
    "remote_template": _("The file is attached to the template %(target)s. Attach it to Normal in Word and save it."),
    "external": _("The file refers to %(target)s outside itself. Put the content into the file, or remove the link."),
    "active_field": _("The file has the field %(field)s, which reads other files. Remove it."),
    "unreadable": _("The template could not be read (%(why)s). Open it in Word and save it again."),
    "refused_tag": _("“%(what)s” cannot be used in a template. It stands near: %(near)s"),
    "raw_tag": _("Write {{ name }} instead of %(tag)s: without the letter after the braces."),
    "syntax": _("A tag is not complete or not in its place (%(why)s). It stands near: %(near)s"),
    "too_heavy": _("Filling this template takes too long or too much memory. Remove loops that stand inside others."),
}


@dataclass(frozen=True)
class Problem:
    """Why a template cannot be used: ``code`` for programs, ``message`` for people, in the active language."""

    code: str
    detail: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What is wrong and how to mend it."""
        return str(_WORDS[self.code]) % self.detail


@dataclass(frozen=True)
class DocxCheck:
    """What a template asks for: paths such as ``student.full_name`` and ``weeks[].days[].text``, sorted."""

    fields: tuple[str, ...] = ()
    loops: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the template may be filled."""
        return not self.problems


def check_docx(template: bytes) -> DocxCheck:
    """Return the fields, loops and problems of an uploaded template. Never raises for what is in the file."""
    if len(template) > MAX_TEMPLATE:
        return DocxCheck(problems=(Problem("too_big"),))
    try:
        found = run_limited("portal.kernel.documents_child.word:inspect", template, limits=WORD_LIMITS)
    except SandboxError as error:
        logger.warning("checking a template ended: %s", error.reason)
        return DocxCheck(problems=(Problem("too_heavy"),))
    except ChildRefusedError as error:
        return DocxCheck(problems=(Problem("unreadable", {"why": error.kind}),))
    problems = [Problem(one["code"], one["detail"]) for one in found["problems"]]
    once = tuple(problem for place, problem in enumerate(problems) if problem not in problems[:place])
    return DocxCheck(tuple(found["fields"]), tuple(found["loops"]), once[:MAX_PROBLEMS])


def render_docx(template: bytes, context: Mapping[str, Any], *, images: Mapping[str, bytes] | None = None) -> bytes:
    """Fill a Word template and return the document.

    ``context`` is plain data (``TypeError`` otherwise). ``images`` are PNG or JPEG files by name; a template shows one
    with ``{{ week.sketch|image(160, 120) }}``: the field holds the name, the numbers are the box in millimetres.
    Raises ``RuleViolation`` with ``template_<problem>``, ``template_field_unknown``, ``template_layout``,
    ``template_failed`` or ``document_too_long``.
    """
    return Filling(template, context, images or {}).document()


@dataclass(frozen=True)
class Filling:
    """A Word document that is to be made; what it is made of and what may go wrong is as in ``render_docx``."""

    template: bytes
    context: Mapping[str, Any]
    images: Mapping[str, bytes]

    def document(self) -> bytes:
        """Return the document by itself. Raises ``RuleViolation``."""
        [made] = fill_each([self])
        if isinstance(made, RuleViolation):
            raise made
        return made


def fill_each(
    fillings: Sequence[Filling], *, between: Callable[[], None] = lambda: None
) -> list[bytes | RuleViolation]:
    """Return the Word documents in order; in the place of one that cannot be made stands the reason.

    ``between`` is called before each start of the child. Raises ``TypeError`` for a context that is no plain data.
    """
    return in_one_start(fillings, _fill, _filling_violation, between=between)


def checked_context(context: Mapping[str, Any]) -> Any:
    """Return plain data of a size that one document may have. Raises ``TypeError``, ``RuleViolation``."""
    plain = plain_data(context)
    if len(json.dumps(plain)) > MAX_CONTEXT:
        _refuse_long()
    return plain


def _fill(fillings: Sequence[Filling]) -> list[bytes | RuleViolation]:
    # The same template and the same logo stand in all of them.
    numbers: dict[bytes, int] = {}
    documents = [
        {
            "context": checked_context(one.context),
            "template": numbers.setdefault(_checked_template(one.template), len(numbers)),
            "images": {name: numbers.setdefault(data, len(numbers)) for name, data in one.images.items()},
        }
        for one in fillings
    ]
    payload, sizes = pack([*numbers])
    more = len(fillings) - 1
    limits = replace(
        WORD_LIMITS,
        cpu_s=WORD_LIMITS.cpu_s + more,
        wall_s=WORD_LIMITS.wall_s + 2 * more,
        output_mb=WORD_LIMITS.output_mb + 2 * more,
    )
    options = {"sizes": sizes, "documents": documents}
    packed = run_limited("portal.kernel.documents_child.word:fill_each", payload, options=options, limits=limits)
    return [
        one if isinstance(one, bytes) else _filling_violation(ChildRefusedError(*one)) for one in unpack_answers(packed)
    ]


def _checked_template(template: bytes) -> bytes:
    if len(template) > MAX_TEMPLATE:
        raise _violation(Problem("too_big"))
    return template


def render_pdf(html: str, *, base_css: str, assets: Mapping[str, bytes] | None = None) -> bytes:
    """Set a page of HTML as a tagged PDF (PDF/UA-1): title and language come from ``<title>`` and ``<html lang>``.

    ``assets`` are PNG or JPEG files by name, shown with ``<img src="asset:name">``; every other address is refused.
    Raises ``RuleViolation``: ``pdf_unavailable`` where WeasyPrint cannot run, ``document_too_long``, ``pdf_failed``.
    """
    if reason := why_no_pdf():
        raise RuleViolation("pdf_unavailable", reason)
    if len(html) > MAX_HTML:
        _refuse_long()
    pictures = dict(assets or {})
    payload, sizes = pack([_printable(html).encode(), base_css.encode(), *pictures.values()])
    options = {"sizes": sizes, "assets": list(pictures)}
    try:
        pages = run_limited("portal.kernel.documents_child.pages:paint", payload, options=options, limits=PAGE_LIMITS)
    except SandboxError as error:
        logger.warning("setting pages ended: %s", error.reason)
        if error.reason in {"time", "memory"}:
            _refuse_long()
        raise RuleViolation("pdf_failed", _("The PDF could not be made.")) from error
    except ChildRefusedError as error:
        if error.kind == "PageRefused" and str(error) == "long":
            _refuse_long()
        logger.warning("setting pages failed: %s", error.kind)
        raise RuleViolation("pdf_failed", _("The PDF could not be made.")) from error
    return bytes(pages)


def weasyprint_available() -> bool:
    """Whether this machine can set pages as PDF."""
    return not why_no_pdf()


@cache
def why_no_pdf() -> Text:
    """Return in one line why this machine cannot set pages as PDF; empty where it can."""
    try:
        run_limited("portal.kernel.documents_child.pages:version", b"", limits=PAGE_LIMITS)
    except (SandboxError, ChildRefusedError):
        logger.warning("WeasyPrint does not start", exc_info=True)
        return _("PDF needs the Pango library: install libpango-1.0-0, libpangoft2-1.0-0 and libharfbuzz-subset0.")
    return ""


def plain_data(value: Any) -> Any:
    """Return a copy made of dict, list, str, number, bool and None only, without control characters.

    Raises ``TypeError`` for anything else, so that no object with secrets or methods gets near a template.
    """
    match value:
        case None | bool():
            return value
        case str():
            return _printable(value)
        case int() if value.bit_length() <= MAX_NUMBER_BITS:
            return int(value)
        case float() if math.isfinite(value):
            return float(value)
        case list():
            return [plain_data(one) for one in value]
        case Mapping() if all(isinstance(key, str) for key in value):
            return {str(key): plain_data(one) for key, one in value.items()}
    kind = "a lazy text" if isinstance(value, Promise) else type(value).__name__
    message = f"a document takes plain data, not {kind}"
    raise TypeError(message)


def _printable(text: str) -> str:
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", str(text)))


def _violation(problem: Problem) -> RuleViolation:
    return RuleViolation(f"template_{problem.code}", problem.message)


def _refuse_long() -> NoReturn:
    raise RuleViolation(
        "document_too_long", _("There is too much text for one document. Export fewer weeks at a time.")
    )


def _filling_violation(error: SandboxError | ChildRefusedError) -> RuleViolation:
    if isinstance(error, SandboxError):
        logger.warning("filling a template ended: %s", error.reason)
        return _violation(Problem("too_heavy"))
    if error.kind == "TemplateRefused":
        found = json.loads(str(error))
        return _violation(Problem(found["code"], found["detail"]))
    if error.kind == "UndefinedError":
        message = gettext("The template asks for “%(field)s”, which is not among the fields.") % {"field": error}
        return RuleViolation("template_field_unknown", message)
    if error.kind == "XMLSyntaxError":
        return RuleViolation(
            "template_layout",
            _("A loop or condition starts and ends in different places. Put both into rows ({%tr %}) or lines."),
        )
    logger.warning("filling a template failed: %s", error.kind)
    return RuleViolation("template_failed", _("The template could not be filled. Check its fields and calculations."))
