"""Links without accounts: whether each was opened and used, once more by mail or for a chat, and revoked."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import selectors
from apps.accounts.models import AccessLink
from apps.accounts.services.link_again import make_chat_text, send_link_again
from apps.accounts.services.links import revoke_link
from portal.kernel.admin import ListLink, PortalModelAdmin
from portal.kernel.errors import RuleViolation
from portal.kernel.views import say_refusal


def sees_link(link: AccessLink, user: Any) -> bool:
    """Say whether the link opens something that the user has; only the selector knows what upper apps' rows are."""
    return selectors.links_visible_to(user).filter(pk=link.pk).exists()


class NeverOpenedFilter(admin.SimpleListFilter):
    """The links that the first page counts."""

    title = gettext_lazy("what to do")
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [("unopened", gettext_lazy("Never opened"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return selectors.never_opened(rows) if self.value() == "unopened" else rows


@admin.register(AccessLink)
class AccessLinkAdmin(PortalModelAdmin):
    """Whether a link was opened and used; its secret is stored nowhere."""

    selector = staticmethod(selectors.links_visible_to)
    can_view = staticmethod(sees_link)
    empty_sentence = gettext_lazy("No link was sent yet. Supervisors without an account act by link.")
    empty_next = ((gettext_lazy("To the students"), "admin:accounts_enrolment_changelist"),)
    fields = (
        *("user", "purpose", "stage", "created_at", "opened_at", "used_at", "used_from"),
        *("expires_at", "revoked_at", "issued_by"),
    )
    list_display = ("user", "purpose", "stage", "sent", "opened_at", "used_at", "expires_at")
    list_filter = (NeverOpenedFilter, "purpose")
    list_select_related = ("user", "issued_by")
    search_fields = ("user__first_name", "user__last_name", "user__email")
    ordering = ("-id",)
    actions = ("revoke",)

    @admin.display(description=gettext_lazy("what became of it"))
    def stage(self, row: AccessLink) -> str:
        if row.used_at is not None:
            return _("Acted")
        if row.revoked_at is not None:
            return _("Replaced or withdrawn")
        if not row.is_usable:
            return _("Expired")
        return _("Opened") if row.opened_at is not None else _("Sent")

    @admin.display(description=gettext_lazy("sent"), ordering="created_at")
    def sent(self, row: AccessLink) -> str:
        day = date_format(timezone.localtime(row.created_at), "DATETIME_FORMAT")
        if row.issued_by is None:
            return day
        return _("%(day)s, for a chat by %(person)s") % {"day": day, "person": row.issued_by}

    @admin.action(description=gettext_lazy("Revoke"))
    def revoke(self, request: HttpRequest, rows: QuerySet[AccessLink]) -> None:
        revoked = 0
        for row in rows.filter(pk__in=selectors.links_revocable_by(request.user).values("pk")):
            try:
                revoke_link(row, actor=self.actor_of(request))
            except RuleViolation:
                continue
            revoked += 1
        text = ngettext("%(count)d link is revoked.", "%(count)d links are revoked.", revoked) % {"count": revoked}
        self.message_user(request, text, messages.SUCCESS if revoked else messages.WARNING)

    # -- once more ------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        chat = require_http_methods(["GET", "HEAD", "POST"])(self.chat_view)
        return [
            path("<path:object_id>/again/", wrap(require_POST(self.again_view)), name="accounts_accesslink_again"),
            path("<path:object_id>/chat/", wrap(chat), name="accounts_accesslink_chat"),
            *super().get_urls(),
        ]

    def object_links(self, request: HttpRequest, row: Any) -> list[ListLink]:
        links = list(super().object_links(request, row))
        if row.used_at is None and selectors.links_revocable_by(request.user).filter(pk=row.pk).exists():
            links.append(ListLink(_("Send it once more"), reverse("admin:accounts_accesslink_chat", args=[row.pk])))
        return links

    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mail it once more."""
        row = self.object_or_404(request, object_id)
        try:
            send_link_again(row, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("A mail with a new link is on its way to %(person)s.") % {"person": row.user})
        return HttpResponseRedirect(reverse("admin:accounts_accesslink_changelist"))

    def chat_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask which way it goes once more; a POST answers with the text for a chat, which no other page ever shows."""
        row = self.object_or_404(request, object_id)
        made = None
        if request.method == "POST":
            try:
                made = make_chat_text(row, actor=self.actor_of(request))
            except RuleViolation as error:
                say_refusal(request, error)
        context = {
            **self.frame(request),
            "title": _("Send it once more"),
            "subtitle": str(row),
            "original": row,
            "object_url": self.url_of(row),
            "again_url": reverse("admin:accounts_accesslink_again", args=[row.pk]),
            "made": made,
        }
        answer = TemplateResponse(request, "admin/accounts/link_chat.html", context)
        answer.headers["Cache-Control"] = "no-store, private"
        return answer
