"""Uploaded tables: one page for all that becomes of one, from the first look to the result."""

import io
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from apps.accounts import permissions, selectors
from apps.accounts.forms import ImportForm
from apps.accounts.models import ImportBatch, ImportRow
from apps.accounts.services import import_undo, imports
from apps.accounts.services.exports import export_table
from apps.accounts.services.import_errors import errors_name, label_of, write_errors
from apps.accounts.services.import_kinds import ImportKind, import_kind, import_kinds
from apps.accounts.services.students import STUDENTS
from apps.accounts.services.table_templates import write_template
from apps.accounts.states import ImportState, RowStatus
from portal.kernel.admin import ListLink, PortalModelAdmin, through
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.exports import clean_filename
from portal.kernel.imports import SheetResource, resource_for, told_problem
from portal.kernel.sentences import in_this_language
from portal.kernel.views import page_of, row_or_404, say_refusal

# What is looked at first comes first.
TABS = (RowStatus.ERROR, RowStatus.CHANGED, RowStatus.NEW, RowStatus.UNCHANGED)

SHOWN_OBSTACLES = 50
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def may_import(user: Any) -> bool:
    """Say whether there is anything that the user may import; into which cohort is asked with the cohort."""
    return permissions.can_import_into(None, user)


def to_the_reading(batch: ImportBatch) -> HttpResponse:
    """Lead to the bar of the work that reads the table, which leads on to what its lines would do."""
    return redirect(reverse("job_detail", args=[batch.job_id]) + "?on=1")


def upload_page(page: PortalModelAdmin, request: HttpRequest, kind: ImportKind) -> HttpResponse:
    """Ask for cohort and file, keep the file, and lead to the work that reads it."""
    actor = page.actor_of(request)
    if not may_import(actor):
        raise PermissionDenied
    asked = {"cohort": request.GET.get("cohort")}
    form = ImportForm(request.POST or None, request.FILES or None, user=actor, kind=kind, initial=asked)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            batch = imports.upload_table(kind.kind, values.get("cohort"), values["file"], actor=actor)
        except RuleViolation as error:
            form.add_error("file", str(error.message))
        else:
            return to_the_reading(batch)
    context = {
        **page.frame(request),
        "title": _("Import: %(things)s") % {"things": kind.title},
        "form": form,
        "kind": kind,
        "columns": resource_for(kind.kind).columns(),
        "key_label": resource_for(kind.kind).label_of(kind.key),
    }
    return TemplateResponse(request, "admin/accounts/import_upload.html", context)


def start_export(page: PortalModelAdmin, request: HttpRequest, kind: str) -> HttpResponse:
    """Start the export of all that the user has of a kind, or of one cohort; lead to the work that writes it."""
    actor = page.actor_of(request)
    key = request.GET.get("cohort")
    cohort = row_or_404(selectors.cohorts_visible_to(actor), pk=key) if key else None
    try:
        job = export_table(kind, request.GET.get("format", ""), actor=actor, cohort=cohort)
    except RuleViolation as error:
        raise Http404 from error
    return redirect("job_detail", pk=job.pk)


def table_links(kind: str, user: Any) -> list[ListLink]:
    """Return the buttons above the list of what a kind of table holds; only coordinators take tables out."""
    links = [ListLink(_("Import"), reverse("admin:accounts_importbatch_upload", args=[kind]))]
    if not permissions.coordinates_something(user):
        return links
    export = reverse("admin:accounts_importbatch_export", args=[kind])
    return [
        *links,
        ListLink(_("Export XLSX"), f"{export}?format=xlsx", post=True),
        ListLink(_("Export CSV"), f"{export}?format=csv", post=True),
    ]


@admin.register(ImportBatch)
class ImportBatchAdmin(PortalModelAdmin):
    belongs = through("cohort")
    selector = staticmethod(selectors.imports_visible_to)
    can_view = staticmethod(permissions.can_view_import)
    empty_sentence = gettext_lazy(
        "Nothing was imported yet. Choose above what your table holds, or begin with the students."
    )
    list_display = ("file_name", "what", "cohort", "badge", "created_at", "applied_at")
    list_filter = ("cohort", "state")
    list_select_related = ("cohort",)
    search_fields = ("file_name",)
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def what(self, batch: ImportBatch) -> Text:
        return import_kind(batch.kind).title

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        if not may_import(request.user):
            return []
        address = "admin:accounts_importbatch_upload"
        # What is imported most comes first.
        kinds = sorted(import_kinds(), key=lambda kind: kind.kind != STUDENTS)
        uploads = [
            ListLink(_("Import: %(things)s") % {"things": kind.title}, reverse(address, args=[kind.kind]))
            for kind in kinds
        ]
        return [*uploads, ListLink(_("Scheduled imports"), reverse("admin:accounts_importschedule_changelist"))]

    def next_steps(self, request: HttpRequest) -> list[ListLink]:
        """Offer the students, with whom all begins; the rest stands above the list."""
        return self.list_links(request)[:1]

    def get_urls(self) -> list[URLPattern]:
        def at(name: str, view: Any) -> Any:
            address = f"<path:object_id>/{name}/"
            return path(address, self.admin_site.admin_view(view), name=f"accounts_importbatch_{name}")

        return [
            path(
                "upload/<str:kind>/",
                self.admin_site.admin_view(self.upload_view),
                name="accounts_importbatch_upload",
            ),
            path(
                "export/<str:kind>/",
                self.admin_site.admin_view(require_POST(self.export_view)),
                name="accounts_importbatch_export",
            ),
            path(
                "template/<str:kind>.<str:form>",
                self.admin_site.admin_view(require_safe(self.template_view)),
                name="accounts_importbatch_template",
            ),
            at("columns", require_POST(self.columns_view)),
            at("confirm", require_POST(self.confirm_view)),
            at("discard", require_POST(self.discard_view)),
            at("encoding", require_POST(self.encoding_view)),
            at("errors", require_safe(self.errors_view)),
            at("undo", self.undo_view),
            *super().get_urls(),
        ]

    def upload_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Ask for the file, and the cohort where the kind needs one; lead to the work that reads it."""
        if kind not in {known.kind for known in import_kinds()}:
            raise Http404
        return upload_page(self, request, import_kind(kind))

    def template_view(self, request: HttpRequest, kind: str, form: str) -> HttpResponse:
        """Hand out the empty table of a kind."""
        if kind not in {known.kind for known in import_kinds()} or form not in FORMATS or not may_import(request.user):
            raise Http404
        chosen = import_kind(kind)
        response = HttpResponse(content_type=FORMATS[form])
        name = clean_filename(_("template of %(things)s") % {"things": chosen.title}) + f".{form}"
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""  # noqa: FBT003 - Django's
        target = io.BytesIO()
        write_template(chosen, form, target)
        response.write(target.getvalue())
        return response

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Start the export of all rows of a kind that the user has, or of one cohort."""
        if kind not in {known.kind for known in import_kinds()} or not permissions.coordinates_something(request.user):
            raise Http404
        return start_export(self, request, kind)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show where the import is, and what each line does or did."""
        del form_url, extra_context
        batch = self.object_or_404(request, object_id)
        if request.method == "POST":
            raise PermissionDenied  # what is decided has its own addresses
        resource, kind = resource_for(batch.kind), import_kind(batch.kind)
        status = _chosen_tab(request, batch)
        page = page_of(request, batch.rows.filter(status=status))
        context = {
            **self.frame(request),
            "title": batch.file_name,
            "batch": batch,
            "kind": kind,
            "into": batch.cohort or kind.title,
            "page_url": reverse(kind.page),
            "key_label": resource.label_of(kind.key),
            "headers": _headers(batch, resource),
            "notes": [_note(note) for note in batch.details.get("notes", [])],
            "unknown": [
                {**found, "suggestion": found["suggestion"] and resource.label_of(found["suggestion"])}
                for found in batch.details.get("unknown", [])
            ],
            "may_undo": _may_undo(batch, kind, request),
            "may_decide": permissions.can_confirm_import(batch, request.user),
            "applies": batch.counts.get(RowStatus.NEW, 0) + batch.counts.get(RowStatus.CHANGED, 0),
            "earlier": _applied_before(batch, request),
            "tabs": _tabs(batch, status),
            "status": status,
            "columns": [resource.label_of(name) for name in _shown_columns(batch, kind)],
            "lines": _lines(page, resource, kind, _shown_columns(batch, kind)),
            "page": page,
        }
        return TemplateResponse(request, "admin/accounts/import_batch.html", context)

    def confirm_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Start applying and lead to the bar; pressed twice it leads to the same one."""
        batch = self.object_or_404(request, object_id)
        try:
            job = imports.confirm_import(batch, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(batch))
        return redirect("job_detail", pk=job.pk)

    def discard_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        batch = self.object_or_404(request, object_id)
        try:
            imports.discard_import(batch, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(batch))
        self.message_user(request, _("The upload was thrown away. Nothing of it was imported."))
        return redirect("admin:accounts_importbatch_changelist")

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what would be taken back and what stands in its way; posted, start it and lead to the bar."""
        batch = self.object_or_404(request, object_id)
        actor = self.actor_of(request)
        try:
            if request.method == "POST":
                return redirect("job_detail", pk=import_undo.start_import_undo(batch, actor=actor).pk)
            plan = import_undo.plan_import_undo(batch, actor=actor)
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(batch))
        context = {
            **self.frame(request),
            "title": _("Undo: %(file)s") % {"file": batch.file_name},
            "batch": batch,
            "plan": plan,
            "page_url": self.url_of(batch),
            "first": list(plan.obstacles.items())[:SHOWN_OBSTACLES],
        }
        return TemplateResponse(request, "admin/accounts/import_undo.html", context)

    def encoding_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Read the file again as the person says."""
        batch = self.object_or_404(request, object_id)
        try:
            batch = imports.choose_encoding(batch, request.POST.get("encoding", ""), actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(batch))
        return to_the_reading(batch)

    def columns_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Read the file again with what the person says of its headers."""
        batch = self.object_or_404(request, object_id)
        headers = batch.details.get("headers", [])
        said = {header: request.POST.get(f"header-{number}", "") for number, header in enumerate(headers)}
        try:
            batch = imports.choose_columns(batch, said, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(batch))
        return to_the_reading(batch)

    def errors_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Hand out the lines with errors as they stand in the file, each with what is wrong with it."""
        batch = self.object_or_404(request, object_id)
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        disposition = content_disposition_header(True, errors_name(batch))  # noqa: FBT003 - Django's
        response.headers["Content-Disposition"] = disposition or ""
        write_errors(batch, response)
        return response


def _may_undo(batch: ImportBatch, kind: ImportKind, request: HttpRequest) -> bool:
    applied = batch.state == ImportState.APPLIED and kind.undo is not None
    return applied and permissions.can_undo_import(batch, request.user)


def _chosen_tab(request: HttpRequest, batch: ImportBatch) -> str:
    asked = request.GET.get("status", "")
    if asked in RowStatus.values:
        return asked
    return next((status for status in TABS if batch.counts.get(status)), RowStatus.NEW)


def _tabs(batch: ImportBatch, status: str) -> list[dict[str, Any]]:
    labels = {
        RowStatus.ERROR: _("With errors"),
        RowStatus.CHANGED: _("Changed"),
        RowStatus.NEW: _("New"),
        RowStatus.UNCHANGED: _("Unchanged"),
    }
    return [
        {
            "label": labels[tab],
            "url": f"?status={tab.value}",
            "current": tab == status,
            "count": batch.counts.get(tab, 0),
        }
        for tab in TABS
    ]


def _applied_before(batch: ImportBatch, request: HttpRequest) -> ImportBatch | None:
    """Return the last import of the very same file into the cohort that the user may know of."""
    if batch.state not in {ImportState.STAGED, ImportState.REFUSED}:
        return None
    same = selectors.imports_visible_to(request.user).filter(sha256=batch.sha256, kind=batch.kind, cohort=batch.cohort)
    return same.filter(state=ImportState.APPLIED).exclude(pk=batch.pk).first()


def _shown_columns(batch: ImportBatch, kind: ImportKind) -> list[str]:
    return [name for name in batch.details.get("columns", []) if name != kind.key]


def _note(note: Any) -> str:
    """Return a note of the reader for who reads it now; older ones are a sentence in one language."""
    return note if isinstance(note, str) else in_this_language(note["said"], note["text"])


def _headers(batch: ImportBatch, resource: SheetResource) -> list[dict[str, Any]]:
    """Return each header of the file with the columns that it may mean; nothing where the file is not kept."""
    if not batch.file:
        return []
    mapping = batch.details.get("mapping", {})
    return [
        {
            "header": header,
            "name": f"header-{number}",
            "choices": [(c.name, c.label, c.name == mapping.get(header)) for c in resource.columns()],
        }
        for number, header in enumerate(batch.details.get("headers", []))
    ]


def _lines(
    page: Page[ImportRow], resource: SheetResource, kind: ImportKind, columns: list[str]
) -> list[dict[str, Any]]:
    return [
        {
            "number": row.line,
            "key": row.values.get(kind.key, ""),
            "name": " ".join(row.values.get(part, "") for part in kind.names).strip(),
            "cells": [row.values.get(name, "") for name in columns],
            "changes": [(label_of(resource, name), old, new) for name, (old, new) in row.changes.items()],
            "problems": [(label_of(resource, p["column"]), told_problem(p)) for p in row.problems],
        }
        for row in page.object_list
    ]
