"""Documents on the pages of placements in the coordinators' workspace."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Agreement, Placement
from apps.applications.permissions import coordinates_agreement
from apps.reporting.selectors import logbooks_visible_to
from portal.kernel.admin import Panel, extend_admin
from portal.kernel.documents import weasyprint_available


def documents_of(placement: Placement, request: HttpRequest) -> dict[str, object] | None:
    if not logbooks_visible_to(request.user).filter(pk=placement.pk).exists():
        return None
    return {"placement": placement, "pdf": weasyprint_available()}


def word_file_of(agreement: Agreement, request: HttpRequest) -> dict[str, object] | None:
    return {"agreement": agreement} if coordinates_agreement(agreement, request.user) else None


extend_admin(Agreement, panels=[Panel("word_file", _("Word file"), "reporting/admin/word_file.html", word_file_of)])
extend_admin(Placement, panels=[Panel("documents", _("Documents"), "reporting/admin/documents.html", documents_of)])
