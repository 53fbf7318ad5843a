"""Webhooks: other programs that are told of events."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts import permissions, selectors
from apps.accounts.forms import WebhookForm
from apps.accounts.models import Webhook
from apps.accounts.services import webhooks
from portal.kernel.admin import ListLink, PortalModelAdmin
from portal.kernel.errors import RuleViolation


@admin.register(Webhook)
class WebhookAdmin(PortalModelAdmin):
    """The key is shown once, on the answer to the form that made it; deliveries that died are background tasks."""

    selector = staticmethod(selectors.webhooks_visible_to)
    can_view = staticmethod(permissions.only_superuser)
    opens_for = staticmethod(permissions.is_superuser)
    empty_sentence = gettext_lazy("No other program is told of anything.")
    fields = ("name", "url", "told_of", "is_active", "created_by", "created_at", "last_sent_at", "last_problem")
    list_display = ("name", "url", "told_of", "is_active", "last_sent_at", "last_problem")
    list_select_related = ("created_by",)
    search_fields = ("name", "url")
    ordering = ("name",)
    actions = ("pause", "resume")

    @admin.display(description=gettext_lazy("told of"))
    def told_of(self, row: Webhook) -> str:
        return ", ".join(row.events)

    @admin.action(description=gettext_lazy("Pause"))
    def pause(self, request: HttpRequest, rows: QuerySet[Webhook]) -> None:
        self._set(request, rows, active=False)

    @admin.action(description=gettext_lazy("Go on"))
    def resume(self, request: HttpRequest, rows: QuerySet[Webhook]) -> None:
        self._set(request, rows, active=True)

    def _set(self, request: HttpRequest, rows: QuerySet[Webhook], *, active: bool) -> None:
        changed = list(rows.exclude(is_active=active))
        for row in changed:
            webhooks.set_webhook_active(row, active=active, actor=self.actor_of(request))
        text = ngettext("%(count)d webhook is changed.", "%(count)d webhooks are changed.", len(changed))
        self.message_user(request, text % {"count": len(changed)}, messages.SUCCESS if changed else messages.WARNING)

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        del request
        dead = reverse("admin:accounts_outboxtask_changelist") + "?q=send_webhook"
        return [
            ListLink(_("Enter a webhook"), reverse("admin:accounts_webhook_enter"), main=True),
            ListLink(_("Deliveries"), dead),
        ]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.enter_view)
        return [path("enter/", view, name="accounts_webhook_enter"), *super().get_urls()]

    def enter_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for address and events; answer with the key, which no other page ever shows."""
        if not self.has_view_permission(request):
            raise Http404
        form = WebhookForm(request.POST or None)
        key = ""
        if request.method == "POST" and form.is_valid():
            try:
                _row, key = webhooks.add_webhook(**form.cleaned_data, actor=self.actor_of(request))
            except RuleViolation as error:
                form.add_error(error.field, str(error.message))
        context: dict[str, Any] = {
            **self.frame(request),
            "title": _("Enter a webhook"),
            "form": form,
            "key": key,
        }
        return TemplateResponse(request, "admin/accounts/webhook_enter.html", context)
