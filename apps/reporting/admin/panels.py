"""Documents on the pages of placements and cohorts in the coordinators' workspace."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort
from apps.applications.models import Agreement, IntroductionLetter, Placement
from apps.applications.permissions import coordinates_agreement, coordinates_letter
from apps.applications.states import LetterState
from apps.reporting.forms import MOST_ONLY
from apps.reporting.selectors import logbooks_visible_to
from apps.reporting.selectors.batches import batch_placements
from apps.reporting.services.documents import why_not
from apps.reporting.states import TemplateKind
from portal.kernel.admin import Action, Panel, extend_admin
from portal.kernel.admin.narrowing import address_of


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


def batch_of_cohort(cohort: Cohort, request: HttpRequest) -> dict[str, object] | None:
    if not batch_placements(request.user, cohort=cohort.pk).exists():
        return None
    return {"address": f"{reverse('exports')}?whose=cohort-{cohort.pk}"}


def take_documents(page: Any, request: HttpRequest, rows: QuerySet[Placement]) -> HttpResponse | None:
    """Lead with the chosen placements to the page that makes a zip of their documents."""
    chosen = batch_placements(request.user).filter(pk__in=rows.order_by().values("pk"))
    if request.POST.get("select_across") == "1" and chosen.exists():
        return HttpResponseRedirect(f"{reverse('exports')}?{urlencode({'matching': address_of(request)})}")
    keys = list(chosen.order_by("pk").values_list("pk", flat=True)[: MOST_ONLY + 1])
    if len(keys) > MOST_ONLY:
        text = gettext("These are more than %(most)d. Choose all that match, or a cohort.") % {"most": MOST_ONLY}
        page.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(reverse("exports"))
    if not keys:
        page.message_user(request, gettext("None of these has a logbook yet that you may take."), messages.WARNING)
        return None
    return HttpResponseRedirect(f"{reverse('exports')}?only={'.'.join(map(str, keys))}")


WORD_FILE = "reporting/admin/word_file.html"
extend_admin(Agreement, panels=[Panel("word_file", _("Word file"), WORD_FILE, word_file_of)])
extend_admin(IntroductionLetter, panels=[Panel("word_file", _("Word file"), WORD_FILE, word_file_of_letter)])
extend_admin(
    Placement,
    panels=[Panel("documents", _("Documents"), "reporting/admin/documents.html", documents_of)],
    actions=[Action("take_documents", _("Documents as a zip"), take_documents)],
)
extend_admin(Cohort, panels=[Panel("batch", _("Documents"), "reporting/admin/batch.html", batch_of_cohort)])
