"""The PDF of a letter or agreement, made once and kept by the app whose paper it is."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import timezone, translation

from apps.accounts.models import Enrolment, User
from apps.applications.models import Agreement, IntroductionLetter, Placement
from apps.applications.services.agreements import keep_document, note_problem
from apps.applications.services.letters import keep_letter, note_letter_problem
from apps.applications.services.terms import WHOLE
from apps.applications.states import AgreementKind, AgreementState, LetterState, Party
from apps.reporting.builders import docx, pdf
from apps.reporting.context import Host
from apps.reporting.papers import Paper, Signer
from apps.reporting.selectors import host_of, person_of
from apps.reporting.selectors.letterhead import letterhead
from apps.reporting.services.documents import CONTENT_TYPES, Document, template_for
from apps.reporting.services.issuing import Subject, Ticket, check_url, ticket_for
from apps.reporting.states import IssuedKind, TemplateKind
from portal.kernel.access import SYSTEM
from portal.kernel.documents import docx_to_pdf, why_no_conversion
from portal.kernel.errors import RuleViolation

RELATED = (
    "placement__enrolment__student__student_profile__programme",
    "placement__enrolment__cohort__department",
    "placement__company",
)
RELATED_OF_LETTER = (
    "enrolment__student__student_profile__programme",
    "enrolment__cohort__department",
    "issued_by",
)


def paper_of(agreement: Agreement) -> Paper:
    """Return the content of a paper: what stands in the placement now."""
    return paper_for(
        agreement.placement,
        AgreementKind(agreement.kind),
        agreement.parties,
        code=agreement.code,
        language=agreement.language,
    )


def paper_for(
    placement: Placement, kind: AgreementKind, parties: Iterable[Party], *, code: str, language: str
) -> Paper:
    """Return the content of a paper for a placement; ``code`` is printed on it and leads to its check."""
    cohort = placement.enrolment.cohort
    with translation.override(language):
        return Paper(
            kind=kind,
            language=language,
            university=settings.UNIVERSITY_NAME,
            college=cohort.department.faculty,
            department=cohort.department.name,
            student=person_of(placement.enrolment),
            host=host_of(placement),
            cohort_name=cohort.name,
            start=placement.start,
            end=placement.end,
            share=placement.share,
            task=placement.task,
            signers=tuple(_signer(placement, party) for party in parties),
            code=code,
            check_url=check_url(code),
            issued_on=timezone.localdate(),
        )


def _signer(placement: Placement, party: Party) -> Signer:
    if party == Party.STUDENT:
        return Signer(str(party.label), placement.enrolment.student.get_full_name())
    return Signer(str(party.label), placement.company.name if party == Party.HOST else settings.UNIVERSITY_NAME)


def make_agreement(agreement_id: int) -> None:
    """Make the PDF of a draft that has none; what is wrong with a template is kept for the coordinator."""
    rows = Agreement.objects.filter(pk=agreement_id, state=AgreementState.DRAFT, sha256="").select_related(*RELATED)
    agreement = rows.prefetch_related("placement__supervisors__user").first()
    if agreement is None:
        return
    try:
        content = _pdf(paper_of(agreement), _template(agreement.kind, agreement.placement.enrolment))
    except RuleViolation as error:
        with translation.override(None):
            note_problem(agreement, str(error.message))
    else:
        keep_document(agreement, content)
        _ticket(agreement).issue("pdf", content, actor=SYSTEM)


def _pdf(paper: Paper, template: bytes | None) -> bytes:
    """Make the PDF: from the university's own Word template where there is one, else in our own layout.

    A paper that people sign is never made in another layout than the one that the university has published: without
    LibreOffice the coordinator is told. Raises ``RuleViolation`` ``pdf_unavailable`` and what LibreOffice raises.
    """
    if template is None:
        return pdf.build_paper(paper, images=letterhead())
    if reason := why_no_conversion():
        raise RuleViolation("pdf_unavailable", reason)
    [content] = docx_to_pdf([docx.paper_filling(paper, template, images=letterhead()).document()])
    return content


def _template(kind: str, enrolment: Enrolment) -> bytes | None:
    return template_for(TemplateKind(kind), enrolment.cohort)


def _ticket(agreement: Agreement) -> Ticket:
    placement = agreement.placement
    return ticket_for(Subject(IssuedKind(agreement.kind), agreement, placement.enrolment, placement), agreement.code)


def make_word_file(agreement: Agreement, *, actor: User) -> Document:
    """Return the paper as a Word file, for who wants to change a sentence and print it. Raises ``RuleViolation``."""
    template = _template(agreement.kind, agreement.placement.enrolment)
    content = docx.paper_filling(paper_of(agreement), template, images=letterhead()).document()
    _ticket(agreement).issue("docx", content, actor=actor)
    return Document(f"{agreement.kind}-{agreement.code}.docx", content, CONTENT_TYPES["docx"])


# -- letters before there is a place ------------------------------------------------------------------------------


def paper_of_letter(letter: IntroductionLetter) -> Paper:
    """Return the content of an introduction letter: the days are the cohort's, the host only what was typed."""
    cohort = letter.enrolment.cohort
    signer = letter.issued_by.get_full_name() if letter.issued_by else ""
    with translation.override(letter.language):
        return Paper(
            kind=AgreementKind.LETTER,
            language=letter.language,
            university=settings.UNIVERSITY_NAME,
            college=cohort.department.faculty,
            department=cohort.department.name,
            student=person_of(letter.enrolment),
            host=Host(name=letter.company_name, address=letter.address, region="", supervisor_name=""),
            cohort_name=cohort.name,
            start=cohort.start,
            end=cohort.end,
            share=WHOLE,
            task="",
            signers=(Signer(str(Party.UNIVERSITY.label), signer or settings.UNIVERSITY_NAME),),
            code=letter.code,
            check_url=check_url(letter.code),
            issued_on=timezone.localdate(letter.issued_at),
        )


def make_letter(letter_id: int) -> None:
    """Make the PDF of an issued letter that has none; what is wrong with a template is kept for the coordinator."""
    rows = IntroductionLetter.objects.filter(pk=letter_id, state=LetterState.ISSUED, sha256="")
    letter = rows.select_related(*RELATED_OF_LETTER).first()
    if letter is None:
        return
    try:
        content = _pdf(paper_of_letter(letter), _template(AgreementKind.LETTER, letter.enrolment))
    except RuleViolation as error:
        with translation.override(None):
            note_letter_problem(letter, str(error.message))
    else:
        keep_letter(letter, content)
        _ticket_of_letter(letter).issue("pdf", content, actor=SYSTEM)


def _ticket_of_letter(letter: IntroductionLetter) -> Ticket:
    return ticket_for(Subject(IssuedKind.LETTER, letter, letter.enrolment), letter.code)


def make_letter_word_file(letter: IntroductionLetter, *, actor: User) -> Document:
    """Return the letter as a Word file, for who wants to change a sentence. Raises ``RuleViolation``."""
    template = _template(AgreementKind.LETTER, letter.enrolment)
    content = docx.paper_filling(paper_of_letter(letter), template, images=letterhead()).document()
    _ticket_of_letter(letter).issue("docx", content, actor=actor)
    return Document(f"letter-{letter.code}.docx", content, CONTENT_TYPES["docx"])
