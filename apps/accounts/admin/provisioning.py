"""What the university's directory keeps here: the tokens by which it comes in, and what its groups give."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts import permissions, selectors
from apps.accounts.forms import TokenForm
from apps.accounts.models import ProvisionedGroup, ServiceToken
from apps.accounts.services import provisioning, tokens
from apps.accounts.states import TokenScope
from portal.kernel.admin import ListLink, PortalModelAdmin
from portal.kernel.errors import RuleViolation


@admin.register(ServiceToken)
class ServiceTokenAdmin(PortalModelAdmin):
    """A token's secret is shown once, on the answer to the form that made it, and stored nowhere."""

    selector = staticmethod(selectors.service_tokens_visible_to)
    can_view = staticmethod(permissions.only_superuser)
    opens_for = staticmethod(permissions.is_superuser)
    empty_sentence = gettext_lazy("No other program comes in. Issue a token for your directory.")
    fields = ("name", "may", "hint", "created_by", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_display = ("name", "may", "hint", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("created_by",)
    search_fields = ("name",)
    ordering = ("name",)
    actions = ("revoke",)

    @admin.display(description=gettext_lazy("may"))
    def may(self, row: ServiceToken) -> str:
        return ", ".join(str(TokenScope(scope).label) for scope in row.scopes)

    @admin.action(description=gettext_lazy("Revoke"))
    def revoke(self, request: HttpRequest, rows: QuerySet[ServiceToken]) -> None:
        revoked = 0
        for row in rows:
            try:
                tokens.revoke_token(row, actor=self.actor_of(request))
            except RuleViolation:
                continue
            revoked += 1
        text = ngettext("%(count)d token is revoked.", "%(count)d tokens are revoked.", revoked)
        self.message_user(request, text % {"count": revoked}, messages.SUCCESS if revoked else messages.WARNING)

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        del request
        return [ListLink(_("Issue a token"), reverse("admin:accounts_servicetoken_issue"), main=True)]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.issue_view)
        return [path("issue/", view, name="accounts_servicetoken_issue"), *super().get_urls()]

    def issue_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for what it may do; answer with the secret, which no other page ever shows."""
        self.only_for_superusers(request)
        form = TokenForm(request.POST or None)
        secret = ""
        if request.method == "POST" and form.is_valid():
            try:
                _token, secret = tokens.issue_token(**form.cleaned_data, actor=self.actor_of(request))
            except RuleViolation as error:
                form.add_error(error.field, str(error.message))
        context = {
            **self.frame(request),
            "title": _("Issue a token"),
            "form": form,
            "secret": secret,
            "address": request.build_absolute_uri("/scim/v2"),
        }
        return TemplateResponse(request, "admin/accounts/token_issue.html", context)

    def only_for_superusers(self, request: HttpRequest) -> None:
        """Answer 404 to everybody else, as for every page of tokens."""
        if not self.has_view_permission(request):
            raise Http404


@admin.register(ProvisionedGroup)
class ProvisionedGroupAdmin(PortalModelAdmin):
    """The directory says who is in a group; the superuser says what the group gives."""

    selector = staticmethod(selectors.groups_of_the_directory_visible_to)
    can_view = can_change = staticmethod(permissions.only_superuser)
    opens_for = staticmethod(permissions.is_superuser)
    change_with = staticmethod(provisioning.map_group)
    empty_sentence = gettext_lazy("The directory has sent no group yet.")
    fields = ("name", "people", "role", "department")
    readonly_fields = ("name", "people")
    choices = {"department": selectors.departments_visible_to}
    list_display = ("name", "role", "department", "people")
    list_filter = ("role",)
    list_select_related = ("department",)
    search_fields = ("name",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(people=Count("members"))
        return rows

    @admin.display(description=gettext_lazy("members"), ordering="people")
    def people(self, row: Any) -> int:
        return int(row.people)
