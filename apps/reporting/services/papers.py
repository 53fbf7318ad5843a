"""The PDF of a letter or agreement, made once and kept by the app whose paper it is."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from apps.applications.models import Agreement, Placement
from apps.applications.services.agreements import keep_document, note_problem
from apps.applications.states import AgreementState, Party
from apps.reporting.builders import docx, pdf
from apps.reporting.papers import Paper, Signer
from apps.reporting.selectors import host_of, person_of, published_template
from apps.reporting.services.documents import CONTENT_TYPES, Document
from apps.reporting.states import TemplateKind
from portal.kernel.documents import docx_to_pdf, libreoffice_available
from portal.kernel.errors import RuleViolation

RELATED = (
    "placement__enrolment__student__student_profile__programme",
    "placement__enrolment__cohort__department",
    "placement__company",
)


def paper_of(agreement: Agreement) -> Paper:
    """Return the content of a paper: what stands in the placement now."""
    placement = agreement.placement
    cohort = placement.enrolment.cohort
    with translation.override(agreement.language):
        return Paper(
            kind=agreement.kind,
            language=agreement.language,
            university=settings.UNIVERSITY_NAME,
            college=cohort.department.faculty,
            department=cohort.department.name,
            student=person_of(placement),
            host=host_of(placement),
            cohort_name=cohort.name,
            start=placement.start,
            end=placement.end,
            share=placement.share,
            task=placement.task,
            signers=tuple(_signer(placement, party) for party in agreement.parties),
            code=agreement.code,
            check_url=settings.SITE_URL + reverse("agreement_by_code", args=[agreement.code]),
            issued_on=timezone.localdate(),
        )


def _signer(placement: Placement, party: Party) -> Signer:
    if party == Party.STUDENT:
        return Signer(str(party.label), placement.enrolment.student.get_full_name())
    return Signer(str(party.label), placement.company.name if party == Party.HOST else settings.UNIVERSITY_NAME)


def make_agreement(agreement_id: int) -> None:
    """Make the PDF of a draft that has none; what is wrong with a template is kept for the coordinator.

    From the university's own Word template where one is published and LibreOffice is there, else in our own layout.
    """
    rows = Agreement.objects.filter(pk=agreement_id, state=AgreementState.DRAFT, sha256="").select_related(*RELATED)
    agreement = rows.prefetch_related("placement__supervisors__user").first()
    if agreement is None:
        return
    paper = paper_of(agreement)
    try:
        template = _template(agreement)
        if template is not None and libreoffice_available():
            [content] = docx_to_pdf([docx.build_paper(paper, template)])
        else:
            content = pdf.build_paper(paper)
    except RuleViolation as error:
        with translation.override(None):
            note_problem(agreement, str(error.message))
    else:
        keep_document(agreement, content)


def _template(agreement: Agreement) -> bytes | None:
    department = agreement.placement.enrolment.cohort.department_id
    found = published_template(TemplateKind(agreement.kind), department)
    if found is None:
        return None
    with found.file.open("rb") as stored:
        content: bytes = stored.read()
    return content


def make_word_file(agreement: Agreement) -> Document:
    """Return the paper as a Word file, for who wants to change a sentence and print it. Raises ``RuleViolation``."""
    content = docx.build_paper(paper_of(agreement), _template(agreement))
    return Document(f"{agreement.kind}-{agreement.code}.docx", content, CONTENT_TYPES["docx"])
