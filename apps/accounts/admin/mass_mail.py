"""Mails to many: begun by an action of a list, written with a preview, confirmed, watched."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts import permissions, selectors
from apps.accounts.forms import MassMailForm
from apps.accounts.models import MassMail
from apps.accounts.services import mass_mail
from apps.accounts.states import MassMailState, NoticeState
from portal.kernel.admin import ListLink, Panel, PortalModelAdmin
from portal.kernel.errors import NotAllowed, RuleViolation, Text
from portal.kernel.views import page_of, say_refusal


def begin_mail(
    page: PortalModelAdmin,
    request: HttpRequest,
    rows: QuerySet[Any],
    audience: str,
    ready: tuple[Text, Text] | None = None,
) -> HttpResponse | None:
    """Begin a mail to the people of the ticked rows, or of all that match, and lead to where it is written.

    With ``ready``, subject and text as gettext knows them, it is written already, in every language of the portal, and
    only to be looked at and sent.
    """
    actor = page.actor_of(request)
    try:
        mail = mass_mail.begin_mass_mail(audience, rows, actor=actor)
        if ready is not None:
            mass_mail.write_ready_mail(mail, *ready, actor=actor)
    except RuleViolation as error:
        say_refusal(request, error)
        return None
    return redirect(f"admin:accounts_massmail_{'write' if ready is None else 'send'}", object_id=mail.pk)


def recipients_of(mail: MassMail, request: HttpRequest) -> dict[str, Any]:
    """Return the people and what became of each one's mail, page by page, with the counts of all."""
    counts = mass_mail.progress_of_mail(mail)
    words = {state.value: state.label for state in NoticeState} | {"": _("Not sent")}
    total = sum(counts.values())
    return {
        "page": page_of(request, mail.recipients.select_related("person", "notice")),
        "counts": [(words[state], number) for state, number in sorted(counts.items())],
        "total": total,
        "done": total - counts.get("", 0) - counts.get(NoticeState.QUEUED, 0),
    }


@admin.register(MassMail)
class MassMailAdmin(PortalModelAdmin):
    """What one wrote to many, and to whom it went."""

    selector = staticmethod(selectors.mass_mails_visible_to)
    can_view = staticmethod(permissions.can_view_mass_mail)
    empty_sentence = gettext_lazy("Tick people in the list of students or placements and choose “Write a mail”.")
    empty_next = ((gettext_lazy("To the students"), "admin:accounts_enrolment_changelist"),)
    fields = ("subject", "text", "author", "sent_at")
    list_display = ("subject_line", "author", "number", "created_at", "sent_at", "badge")
    list_filter = ("state",)
    list_select_related = ("author",)
    search_fields = ("subject",)
    ordering = ("-id",)
    bulk_moves = ()
    panels = (
        Panel("recipients", gettext_lazy("Recipients"), "admin/accounts/mass_mail_recipients.html", recipients_of),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(people=Count("recipients"))
        return rows

    @admin.display(description=gettext_lazy("subject"), ordering="subject")
    def subject_line(self, row: MassMail) -> str:
        return str(row)

    @admin.display(description=gettext_lazy("people"), ordering="people")
    def number(self, row: Any) -> int:
        return int(row.people)

    def object_links(self, request: HttpRequest, row: MassMail) -> list[ListLink]:
        if not permissions.wrote_mass_mail(row, request.user):
            return []
        if row.state != MassMailState.DRAFT:
            results = reverse("bulk_result", args=[row.job_id]) if row.job_id else ""
            return [ListLink(_("What was done and what not"), results)] if results else []
        return [ListLink(_("Go on writing"), reverse("admin:accounts_massmail_write", args=[row.pk]), main=True)]

    def make_move(self, row: MassMail, name: str, **how: Any) -> None:
        """Stop through the service; sending has a page of its own, which says how many people it is."""
        if name != "stop":
            raise LookupError(name)
        if not permissions.wrote_mass_mail(row, how["actor"]):
            raise NotAllowed
        mass_mail.stop_mass_mail(row, actor=how["actor"])

    def _move_buttons(self, request: HttpRequest, row: Any) -> list[Any]:
        return [button for button in super()._move_buttons(request, row) if button.moves[0].name != "send"]

    # -- writing ------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        at = self.task_path
        return [
            at("<path:object_id>/write/", self.write_view, "write"),
            at("<path:object_id>/send/", self.send_view, "send"),
            *super().get_urls(),
        ]

    def _draft(self, request: HttpRequest, object_id: str) -> MassMail:
        mail: MassMail = self.object_or_404(request, object_id)
        if not permissions.wrote_mass_mail(mail, request.user):
            raise PermissionDenied
        return mail

    def write_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write it; what is stored is shown as the first people will read it."""
        mail = self._draft(request, object_id)
        form = MassMailForm(request.POST or None, mail=mail)
        if request.method == "POST" and form.is_valid():
            try:
                mass_mail.write_mass_mail(mail, **form.written(), actor=self.actor_of(request))
            except RuleViolation as error:
                form.add_error(error.field if error.field in form.fields else None, str(error.message))
            else:
                url = "admin:accounts_massmail_send" if "go_on" in request.POST else "admin:accounts_massmail_write"
                return redirect(url, object_id=mail.pk)
        places = [("{" + name + "}", label) for name, label in mass_mail.audience_of(mail).places.items()]
        return self._page(request, mail, "write", {"form": form, "places": places, "title": _("Write a mail")})

    def send_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say once more what goes to how many people; POST sends it."""
        mail = self._draft(request, object_id)
        if mail.state != MassMailState.DRAFT:
            return HttpResponseRedirect(self.url_of(mail))
        if not permissions.mass_mail_is_written(mail):
            return redirect("admin:accounts_massmail_write", object_id=mail.pk)
        if request.method == "POST":
            try:
                mass_mail.send_mass_mail(mail, actor=self.actor_of(request))
            except RuleViolation as error:
                say_refusal(request, error)
                return HttpResponseRedirect(self.url_of(mail))
            assert mail.job is not None  # noqa: S101 - sending has just started it
            return redirect("job_detail", pk=mail.job.pk)
        return self._page(request, mail, "send", {"title": _("Send this mail?")})

    def _page(self, request: HttpRequest, mail: MassMail, name: str, more: dict[str, Any]) -> HttpResponse:
        people = mail.recipients.select_related("person")
        count = people.count()
        context = {
            **self.frame(request),
            "mail": mail,
            "count": count,
            "send_words": ngettext("Send to %(count)d person", "Send to %(count)d people", count) % {"count": count},
            "samples": mass_mail.samples_of(mail) if mail.text else [],
            "people": page_of(request, people, 100),
            **more,
        }
        return TemplateResponse(request, f"admin/accounts/mass_mail_{name}.html", context)
