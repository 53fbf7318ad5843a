"""Documents on the pages of placements in the coordinators' workspace."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Placement
from apps.reporting.selectors import logbooks_visible_to
from portal.kernel.admin import Panel, extend_admin
from portal.kernel.documents import weasyprint_available


def documents_of(placement: Placement, request: HttpRequest) -> dict[str, object] | None:
    if not logbooks_visible_to(request.user).filter(pk=placement.pk).exists():
        return None
    return {"placement": placement, "pdf": weasyprint_available()}


extend_admin(Placement, panels=[Panel("documents", _("Documents"), "reporting/admin/documents.html", documents_of)])
