"""Documents on the pages of placements in the coordinators' workspace."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Agreement, IntroductionLetter, Placement
from apps.applications.permissions import coordinates_agreement, coordinates_letter
from apps.applications.states import LetterState
from apps.reporting.selectors import logbooks_visible_to
from apps.reporting.services.documents import why_not
from apps.reporting.states import TemplateKind
from portal.kernel.admin import Panel, extend_admin


def documents_of(placement: Placement, request: HttpRequest) -> dict[str, object] | None:
    if not logbooks_visible_to(request.user).filter(pk=placement.pk).exists():
        return None
    return {"placement": placement, "no_pdf": why_not(TemplateKind.LOGBOOK, placement.enrolment.cohort)}


def word_file_of(agreement: Agreement, request: HttpRequest) -> dict[str, object] | None:
    if not coordinates_agreement(agreement, request.user):
        return None
    return {"address": reverse("agreement_download", args=[agreement.pk]), "is_signed": True}


def word_file_of_letter(letter: IntroductionLetter, request: HttpRequest) -> dict[str, object] | None:
    if letter.state != LetterState.ISSUED or not coordinates_letter(letter, request.user):
        return None
    return {"address": reverse("letter_download", args=[letter.pk])}


WORD_FILE = "reporting/admin/word_file.html"
extend_admin(Agreement, panels=[Panel("word_file", _("Word file"), WORD_FILE, word_file_of)])
extend_admin(IntroductionLetter, panels=[Panel("word_file", _("Word file"), WORD_FILE, word_file_of_letter)])
extend_admin(Placement, panels=[Panel("documents", _("Documents"), "reporting/admin/documents.html", documents_of)])
