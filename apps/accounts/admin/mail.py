"""Mail that did not arrive: refused notices, and addresses that bounce."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts import permissions, selectors
from apps.accounts.models import MailTrouble, Notice
from apps.accounts.services.bounces import send_mail_again
from apps.accounts.services.notices import send_again
from portal.kernel.admin import PortalModelAdmin


@admin.register(Notice)
class NoticeAdmin(PortalModelAdmin):
    """Notices that no mail server takes. What they say is nobody's business but their reader's."""

    selector = staticmethod(selectors.undelivered_notices_visible_to)
    can_view = staticmethod(permissions.only_superuser)
    opens_for = staticmethod(permissions.is_superuser)
    empty_sentence = gettext_lazy("Every mail was taken by the mail server.")
    fields = ("recipient", "kind", "reason", "attempts", "due_at", "created_at")
    list_display = ("kind", "recipient", "badge", "reason", "created_at")
    list_select_related = ("recipient",)
    search_fields = ("recipient__username", "recipient__email")
    ordering = ("-id",)
    actions = ("try_again",)

    @admin.action(description=gettext_lazy("Try again"))
    def try_again(self, request: HttpRequest, rows: QuerySet[Notice]) -> None:
        count = send_again(rows, actor=self.actor_of(request))
        text = ngettext("%(count)d notice is sent again.", "%(count)d notices are sent again.", count)
        self.message_user(request, text % {"count": count}, messages.SUCCESS if count else messages.WARNING)


def sees_trouble(row: MailTrouble, user: Any) -> bool:
    """Say whether the user looks after the person; only the selector knows whom upper apps sent links."""
    return selectors.mail_troubles_visible_to(user).filter(pk=row.pk).exists()


@admin.register(MailTrouble)
class MailTroubleAdmin(PortalModelAdmin):
    """Whom no mail reaches: the person has to be asked for another address, or the mail server to be mended."""

    selector = staticmethod(selectors.mail_troubles_visible_to)
    can_view = staticmethod(sees_trouble)
    empty_sentence = gettext_lazy("No mail has come back. Addresses that bounce appear here.")
    fields = ("user", "address", "count", "first_at", "last_at", "status", "detail", "paused_at")
    list_display = ("user", "address", "count", "last_at", "detail", "paused_at")
    list_select_related = ("user",)
    search_fields = ("user__first_name", "user__last_name", "address")
    ordering = ("-last_at",)
    actions = ("mail_again",)

    @admin.action(description=gettext_lazy("Send mail to this address again"))
    def mail_again(self, request: HttpRequest, rows: QuerySet[MailTrouble]) -> None:
        found = list(rows)
        for row in found:
            send_mail_again(row, actor=self.actor_of(request))
        text = ngettext("Mail goes to %(count)d address again.", "Mail goes to %(count)d addresses again.", len(found))
        self.message_user(request, text % {"count": len(found)}, messages.SUCCESS if found else messages.WARNING)
