"""The switches of the installation: the superuser's one page."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminImageFieldWidget

from apps.accounts import permissions, selectors
from apps.accounts.models import SiteSettings
from apps.accounts.services.site import change_site_settings
from portal.kernel.admin import PortalAdminForm, PortalModelAdmin


class LogoWidget(UnfoldAdminImageFieldWidget):  # type: ignore[misc] # the package is not typed
    """Shows the logo from the address that everybody gets it from: the storage has none."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Return what the template shows."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if self.is_initial(value):
            context["widget"]["value"] = {"url": selectors.site_look().logo_url}
        return context


class SiteSettingsForm(PortalAdminForm):
    """The logo's file is not opened here: the service draws it anew in a child process."""

    class Meta:
        model = SiteSettings
        fields: list[str] = []
        widgets = {
            # The template shows a picture beside the button only for exactly this.
            "logo": LogoWidget(attrs={"accept": "image/*"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, example in (("accent", "#0f6b6b"), ("accent_dark", "#63c7c1")):
            self.fields[name].widget.attrs |= {"dir": "ltr", "placeholder": example, "spellcheck": "false"}


@admin.register(SiteSettings)
class SiteSettingsAdmin(PortalModelAdmin):
    """There is one row: its list is its page."""

    selector = staticmethod(selectors.site_settings_visible_to)
    can_view = can_change = staticmethod(permissions.only_superuser)
    opens_for = staticmethod(permissions.is_superuser)
    change_with = staticmethod(change_site_settings)
    choices = {"default_cohort": selectors.cohorts_visible_to}
    form = SiteSettingsForm
    fieldsets = (
        (
            gettext_lazy("Who registers alone"),
            {"fields": ("student_registration", "company_registration", "registrations_an_hour", "default_cohort")},
        ),
        (gettext_lazy("Links without an account"), {"fields": ("link_codes",)}),
        (gettext_lazy("Studies"), {"fields": ("phases", "years_of_study")}),
        (gettext_lazy("Look"), {"fields": ("logo", "accent", "accent_dark")}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Lead to the one row; 404 for whom it is not meant."""
        row = self.get_queryset(request).first() if self.has_view_permission(request) else None
        if row is None:
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(self.url_of(row))
