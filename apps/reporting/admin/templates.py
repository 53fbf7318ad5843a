"""Word templates in the workspace: uploaded, compared with the dictionary, tried with a student, published."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from apps.accounts.selectors import cohorts_visible_to, departments_visible_to
from apps.reporting.builders import docx
from apps.reporting.dictionary import asked_by, entries_of
from apps.reporting.models import DocumentTemplate
from apps.reporting.permissions import can_delete_template, can_enter_template, can_manage_template
from apps.reporting.selectors import PREFETCH, templates_visible_to
from apps.reporting.services.documents import CONTENT_TYPES, Document, Form
from apps.reporting.services.templates import add_template, discard_template, publish_template, shipped_layouts
from apps.reporting.services.trials import placements_to_try, try_template
from apps.reporting.states import TemplateKind
from apps.reporting.views.documents import sent
from portal.kernel.admin import ListLink, Panel, PortalAdminForm, PortalModelAdmin
from portal.kernel.documents import why_no_conversion
from portal.kernel.errors import RuleViolation
from portal.kernel.fsm import perform
from portal.kernel.views import row_or_404, say_refusal, send_file

MOST_TO_TRY = 200
RELATED = (
    "enrolment__student__student_profile__programme",
    "enrolment__cohort__department",
    "company",
)


class TemplateForm(PortalAdminForm):
    """A file of one's own, or one of our layouts."""

    file = forms.FileField(
        label=_("Word file"),
        required=False,
        help_text=_("A .docx of at most 10 MB, with the fields that the page “Fields” lists."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".docx"}),
    )
    layout = forms.ChoiceField(
        label=_("Or one of our layouts"),
        required=False,
        help_text=_("Taken when no file is chosen."),
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "layout" in self.fields:
            groups = [(kind.label, list(shipped_layouts(kind).items())) for kind in TemplateKind]
            self.fields["layout"].choices = [("", "—"), *groups]  # type: ignore[attr-defined] # a ChoiceField


def fields_of_template(template: DocumentTemplate, _request: HttpRequest) -> dict[str, object]:
    asked = asked_by(template)
    return {
        "asked": asked,
        "unknown": sum(1 for field in asked if not field.is_known),
        "dictionary": f"{reverse('admin:reporting_documenttemplate_fields')}?kind={template.kind}",
    }


def trial_of(template: DocumentTemplate, request: HttpRequest) -> dict[str, object] | None:
    if not can_manage_template(template, request.user):
        return None
    rows = placements_to_try(template, PortalModelAdmin.actor_of(request))
    return {
        "placements": rows.select_related("enrolment__student", "company")[:MOST_TO_TRY],
        "url": reverse("admin:reporting_documenttemplate_try", args=[template.pk]),
        "no_pdf": why_no_conversion(),
        "tried_at": template.tried_at,
    }


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(PortalModelAdmin):
    selector = staticmethod(templates_visible_to)
    can_view = staticmethod(can_manage_template)
    can_add = staticmethod(can_enter_template)
    can_delete = staticmethod(can_delete_template)
    add_with = staticmethod(add_template)
    delete_with = staticmethod(discard_template)
    form = TemplateForm
    bulk_moves = ()
    choices = {"department": departments_visible_to, "cohort": cohorts_visible_to}
    empty_sentence = _(
        "No template of your own: documents are made in our layouts. Upload one, or begin with one of ours."
    )
    list_display = ("name", "kind_label", "scope_label", "number", "published_at", "badge")
    list_filter = ("kind", "state", "department", "cohort")
    list_select_related = ("department", "cohort")
    search_fields = ("name",)
    ordering = ("kind", "-number", "-pk")
    panels = (
        Panel("trial", _("Try it with a student"), "reporting/admin/trial.html", trial_of),
        Panel("fields", _("Fields of this file"), "reporting/admin/fields.html", fields_of_template),
    )

    @admin.display(description=_("kind"), ordering="kind")
    def kind_label(self, row: DocumentTemplate) -> str:
        return row.get_kind_display()

    @admin.display(description=_("used by"))
    def scope_label(self, row: DocumentTemplate) -> str:
        return row.scope

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """Return what is typed for a new version, and the facts of one that is there."""
        if obj is None:
            return ("kind", "name", "department", "cohort", "file", "layout")
        return ("kind_label", "name", "scope_label", "number", "tried_at", "published_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the facts: a version never changes."""
        return self.get_fields(request, obj) if obj is not None else ()

    def list_links(self, request: HttpRequest) -> list[ListLink]:  # noqa: ARG002 - the same for all
        """Return the way to the dictionary."""
        return [ListLink(_("Fields"), reverse("admin:reporting_documenttemplate_fields"))]

    def object_links(self, request: HttpRequest, row: DocumentTemplate) -> list[ListLink]:  # noqa: ARG002 - as above
        """Return the way to the file."""
        return [ListLink(_("Download the file"), reverse("admin:reporting_documenttemplate_file", args=[row.pk]))]

    def make_move(self, row: Any, name: str, **how: Any) -> None:
        """Publish through the service, which retires the version before."""
        if name == "publish":
            how.pop("reason")
            publish_template(row, **how)
        else:
            perform(row, name, **how)

    def get_urls(self) -> list[URLPattern]:
        """Add the dictionary, our own files, a version's file and its trial."""
        at = self.task_path
        return [
            at("fields/", require_safe(self.fields_view), "fields"),
            at("ours/<slug:name>.docx", require_safe(self.shipped_view), "shipped"),
            at("<int:object_id>/file/", require_safe(self.file_view), "file"),
            at("<int:object_id>/try/", require_POST(self.try_view), "try"),
            *super().get_urls(),
        ]

    def fields_view(self, request: HttpRequest) -> HttpResponse:
        """Show the dictionary of one kind, with our own files to begin with."""
        wanted = request.GET.get("kind", "")
        kind = TemplateKind(wanted) if wanted in TemplateKind.values else TemplateKind.WEEK
        address = reverse("admin:reporting_documenttemplate_fields")
        context = {
            **self.frame(request),
            "title": _("Fields of templates"),
            "tabs": [{"label": k.label, "url": f"{address}?kind={k}", "current": k == kind} for k in TemplateKind],
            "entries": entries_of(kind),
            "layouts": shipped_layouts(kind),
        }
        return TemplateResponse(request, "reporting/admin/dictionary.html", context)

    def shipped_view(self, request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG002 - the same for all
        """Send one of our own files."""
        if not any(name in shipped_layouts(kind) for kind in TemplateKind):
            raise Http404
        return sent(Document(f"{name}.docx", docx.layout(name), CONTENT_TYPES["docx"]))

    def file_view(self, request: HttpRequest, object_id: int) -> HttpResponseBase:
        """Send the Word file of a version."""
        template: DocumentTemplate = self.object_or_404(request, str(object_id))
        return send_file(template.file, f"{template.name}-{template.number}.docx")

    def try_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Make the document for the chosen student, as Word file or PDF."""
        template: DocumentTemplate = self.object_or_404(request, str(object_id))
        actor = self.actor_of(request)
        rows = placements_to_try(template, actor).select_related(*RELATED).prefetch_related(*PREFETCH)
        key = request.POST.get("placement", "")
        if not key.isdecimal():
            messages.error(request, _("Choose a student."))
            return HttpResponseRedirect(self.url_of(template))
        placement = row_or_404(rows, pk=key)
        try:
            form: Form = "pdf" if request.POST.get("form") == "pdf" else "docx"
            language = get_language() or "en"
            return sent(try_template(template, placement, form, actor=actor, language=language))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(template))
