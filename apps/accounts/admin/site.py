"""The switches of the installation: the superuser's one page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy

from apps.accounts import permissions, selectors
from apps.accounts.models import SiteSettings
from apps.accounts.services.site import change_site_settings
from portal.kernel.admin import PortalModelAdmin


@admin.register(SiteSettings)
class SiteSettingsAdmin(PortalModelAdmin):
    """There is one row: its list is its page."""

    selector = staticmethod(selectors.site_settings_visible_to)
    can_view = can_change = staticmethod(permissions.only_superuser)
    opens_for = staticmethod(permissions.is_superuser)
    change_with = staticmethod(change_site_settings)
    choices = {"default_cohort": selectors.cohorts_visible_to}
    fieldsets = (
        (
            gettext_lazy("Who registers alone"),
            {"fields": ("student_registration", "company_registration", "registrations_an_hour", "default_cohort")},
        ),
        (gettext_lazy("Links without an account"), {"fields": ("link_codes",)}),
        (gettext_lazy("Studies"), {"fields": ("phases", "years_of_study")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the one row; 404 for whom it is not meant."""
        row = self.get_queryset(request).first() if self.has_view_permission(request) else None
        if row is None:
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(self.url_of(row))
