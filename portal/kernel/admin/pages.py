"""The one base class of all pages of the coordinators' workspace."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from portal.kernel.admin.emptiness import why_empty
from portal.kernel.admin.extensions import Panel, additions_to
from portal.kernel.admin.forms import PortalAdminForm, version_token
from portal.kernel.admin.inlines import PortalTabularInline
from portal.kernel.admin.long_lists import BoundedPaginator
from portal.kernel.admin.moves import Actions, MoveButton, bulk_actions
from portal.kernel.admin.narrowing import Paths, address_of
from portal.kernel.admin.remembering import RememberedLists, columns_in
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.fsm import moves_for, perform
from portal.kernel.models import StatefulModel
from portal.kernel.views import HistoryRow, TimelineEntry, page_of, posted_version, say_refusal, timeline_of

if TYPE_CHECKING:
    from apps.accounts.models import User

TIMELINE_LENGTH = 10


@dataclass
class _History:
    read: Callable[[Model], Iterable[HistoryRow]] = field(default=lambda _row: ())


_history = _History()


def read_history_with(function: Callable[[Model], Any]) -> None:
    """Tell the pages how a row's history is read, newest first; accounts calls this once at start."""
    _history.read = function


def last_moves(row: Model, most: int) -> list[TimelineEntry]:
    """Return the newest lines of a row's history."""
    return timeline_of(type(row), list(cast("Any", _history.read(row))[:most]))


@dataclass(frozen=True)
class ListLink:
    """A button above a list or an object. ``post`` makes it a form of its own, for what writes."""

    label: Text
    url: str
    main: bool = False
    post: bool = False


class PortalModelAdmin(RememberedLists):
    """Pages of one model. Writes go through services, moves are buttons, the history is ours.

    Beside what ``ScopedModelAdmin`` asks for, a subclass names
    ``add_with(values, actor=)``, ``change_with(row, changes, actor=)``, ``delete_with(row, actor=)``: the services
    that write; the first two return the stored row. ``bulk_moves``: the moves that the list offers; None offers all
    that people make. ``empty_sentence``: what the empty list says, ``empty_next``
    what leads on from it: (label, name of an address). ``panels``: parts of the object's page beside the
    facts. ``shared_columns``: what university supervisors may have of their own students as a table.
    ``badge`` may stand in ``list_display``: the state as everywhere.
    """

    add_with: ClassVar[Any] = None
    change_with: ClassVar[Any] = None
    delete_with: ClassVar[Any] = None
    bulk_moves: ClassVar[Sequence[str] | None] = None
    empty_sentence: ClassVar[Text] = ""
    empty_next: ClassVar[Sequence[tuple[Text, str]]] = ()
    panels: ClassVar[Sequence[Panel]] = ()
    shared_columns: ClassVar[Sequence[str]] = ()

    form = PortalAdminForm
    change_form_template = "admin/portal/change_form.html"
    change_list_template = "admin/portal/change_list.html"
    show_full_result_count = False
    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    # A note, a move or a link beside the form would throw away what was typed into it: the browser asks first.
    warn_unsaved_form = True

    class Media:
        css = {"all": ("portal/workspace.css",)}

    def __init__(self, model: type[Any], admin_site: admin.AdminSite) -> None:
        if self.list_editable:
            message = f"{type(self).__name__}: list_editable writes past the services"
            raise ImproperlyConfigured(message)
        super().__init__(model, admin_site)

    # -- writing ------------------------------------------------------------------------------------------------

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Return the form's class for this request."""
        form = super().get_form(request, obj, change=change, **kwargs)
        form.request = request  # type: ignore[attr-defined] # the class is made anew for each request
        form.refusal = getattr(request, "portal_refusal", None)  # type: ignore[attr-defined] # as above
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Hand what was typed to the service; a service that refuses leaves nothing behind."""
        actor = self.actor_of(request)
        if change:
            # The form has already written into ``obj``: rights must be asked of the row as it is stored.
            stored = self.get_queryset(request).get(pk=obj.pk)
            changes = {name: form.cleaned_data[name] for name in form.changed_data}
            saved = self.change_object(stored, changes, actor=actor) if changes else stored
        else:
            saved = self.add_object(dict(form.cleaned_data), actor=actor)
        obj.__dict__.update(saved.__dict__)

    def add_object(self, values: dict[str, Any], *, actor: "User") -> Any:
        """Enter a new row with the cleaned values of the form; returns it."""
        service = type(self).add_with
        if service is None:
            message = f"{type(self).__name__} names no add_with"
            raise ImproperlyConfigured(message)
        return service(values, actor=actor)

    def change_object(self, row: Any, changes: dict[str, Any], *, actor: "User") -> Any:
        """Write the changed values of the form; returns the stored row."""
        service = type(self).change_with
        if service is None:
            message = f"{type(self).__name__} names no change_with"
            raise ImproperlyConfigured(message)
        return service(row, changes, actor=actor)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Return the declared inlines and those of upper apps; the latter once there is an object to belong to."""
        added = additions_to(self.model).inlines if obj is not None and obj.pk else []
        return [*super().get_inlines(request, obj), *added]

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Fill the new rows of an inline with what it proposes."""
        found: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if isinstance(inline, PortalTabularInline) and obj.pk:
            found["initial"] = inline.proposed_rows(obj)
        return found

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Hand the rows of an inline to the service that it names; one that names none only shows."""
        del form, change
        if not formset.has_changed():
            return
        inline = next(i for i in self.get_inline_instances(request, formset.instance) if i.model is formset.model)
        formset.save(commit=False)
        kept = [*formset.new_objects, *(row for row, _fields in formset.changed_objects)]
        cast("PortalTabularInline", inline).save(formset.instance, kept, formset.deleted_objects, request)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete through the service."""
        service = type(self).delete_with
        if service is None:
            message = f"{type(self).__name__} names no delete_with"
            raise ImproperlyConfigured(message)
        service(obj, actor=self.actor_of(request))

    def construct_change_message(self, *_what: Any, **_how: Any) -> list[Any]:
        """Say nothing: no log is written that would show it."""
        return []

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Write nothing: what happened stands in our history."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        """Write nothing: what happened stands in our history."""

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Write nothing: what happened stands in our history."""

    # -- pages --------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Add the address to which the buttons of moves post, where the model has a machine."""
        if not issubclass(self.model, StatefulModel):
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        view = self.admin_site.admin_view(self.move_view)
        return [path("<path:object_id>/move/<slug:name>/", view, name=name), *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> Any:  # type: ignore[override] # the stubs are of Django 6
        """Return the declared and the added actions and the moves; deleting many at once is none."""
        found = super().get_actions(request)
        found.pop("delete_selected", None)
        moves: Actions = bulk_actions(self.model, self.bulk_moves)
        added = {one.name: (one.run, one.name, one.label) for one in additions_to(self.model).actions}
        return {**found, **added, **moves}

    def frame(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page of a task of this model hands to its template, beside what it shows itself."""
        return {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}

    def task_path(self, address: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        """Return the address of a task of this model, named ``admin:<app>_<model>_<name>``."""
        wrapped: Any = self.admin_site.admin_view(view)
        found: URLPattern = path(address, wrapped, name=f"{self.opts.app_label}_{self.opts.model_name}_{name}")
        return found

    def list_links(self, request: HttpRequest) -> Sequence[ListLink]:  # noqa: ARG002 - for subclasses
        """Return the buttons above the list."""
        return ()

    def next_steps(self, request: HttpRequest) -> list[ListLink]:
        """Return what a person does who has no row yet: the list's own buttons, entering one, and ``empty_next``."""
        steps = [link for link in self.list_links(request) if not link.post]
        if self.has_add_permission(request):
            address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_add")
            steps.append(ListLink(_("Enter one"), address))
        return [*steps, *(ListLink(label, reverse(name)) for label, name in self.empty_next)]

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list; an empty one knows why it is."""
        shown = super().get_changelist_instance(request)
        if not shown.result_count:
            shown.emptiness = why_empty(self, request, shown)
        return shown

    def table_url(self, request: HttpRequest) -> str:
        """Return the page that writes what the list shows as a table; it belongs to the app that has jobs."""
        address = reverse("list_table", args=[self.opts.app_label, self.opts.model_name])
        query = columns_in(request, address_of(request))
        return f"{address}?{query}" if query else address

    def object_links(self, request: HttpRequest, row: Any) -> Sequence[ListLink]:  # noqa: ARG002 - for subclasses
        """Return the buttons above an object that are no moves."""
        return ()

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def badge(self, row: Any) -> str:
        """Show the state in the list as word, colour and shape."""
        return render_to_string("components/badge.html", {"state": row.state, "label": row.get_state_display()})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the list; 404 for whom it is not meant."""
        views = self.take_views(request)
        if isinstance(views, HttpResponse):
            return views
        context = {
            **views,
            "title": capfirst(str(self.opts.verbose_name_plural)),
            "list_links": self.list_links(request),
            "table_url": self.table_url(request),
            "model_admin_narrows": self.belongs != Paths(),
        }
        return super().changelist_view(request, context | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show or store an object; what a service refuses is shown in the form, with all that was typed."""
        if not self.has_view_permission(request):
            raise Http404
        if request.method == "POST" and object_id is not None:
            self.object_or_404(request, object_id)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except RuleViolation as error:
            # The transaction is rolled back; the second pass only shows.
            request.portal_refusal = error  # type: ignore[attr-defined] # read by get_form
            return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> Any:
        """Ask and delete; a rule that refuses is shown on the object's page."""
        row = self.object_or_404(request, object_id)
        try:
            return super().delete_view(request, object_id, extra_context)
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(row))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show everything that happened to the object."""
        row = self.object_or_404(request, object_id)
        page = page_of(request, cast("Any", _history.read(row)))
        context = {
            **self.frame(request),
            "title": _("History"),
            "subtitle": str(row),
            "original": row,
            "object_url": self.url_of(row),
            "page": page,
            "timeline": timeline_of(self.model, page.object_list),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/portal/history.html", context)

    def move_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Make one move by POST and go back to the object, or to the list where it is the user's no more."""
        return require_POST(self._move)(request, object_id, name)

    def _move(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        row = self.object_or_404(request, object_id)
        try:
            self.make_move(
                row,
                name,
                actor=self.actor_of(request),
                reason=request.POST.get("reason", "").strip(),
                expected_version=posted_version(request),
            )
        except LookupError as error:
            raise Http404 from error
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            text = _("%(thing)s: %(state)s.") % {"thing": row, "state": row.get_state_display()}
            messages.success(request, text)
        if self.get_object(request, str(row.pk)) is None:
            return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
        return HttpResponseRedirect(self.url_of(row))

    def make_move(self, row: Any, name: str, **how: Any) -> None:
        """Make the move; ``how`` is actor, reason and expected_version as ``perform`` takes them."""
        perform(row, name, **how)

    def url_of(self, row: Any) -> str:
        """Return the address of an object's page."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(row.pk)])

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Add state, moves, timeline and panels to the object's page."""
        row = context.get("original")
        if row is not None and request.method == "POST":
            # The form has written what was refused into the object: moves and panels are those of the stored one.
            row = context["original"] = self.get_object(request, str(row.pk)) or row
        if row is not None:
            context |= {
                "version_token": version_token(row),
                "move_buttons": self._move_buttons(request, row),
                "object_links": self.object_links(request, row),
                "panels": self._panels(request, row),
                "timeline": last_moves(row, TIMELINE_LENGTH),
                "title": str(row),
                "subtitle": None,
                "show_save_and_add_another": False,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def _move_buttons(self, request: HttpRequest, row: Any) -> list[MoveButton]:
        if not isinstance(row, StatefulModel):
            return []
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_move"
        return [
            MoveButton([move], reverse(name, args=[quote(row.pk), move.name]))
            for move in moves_for(row, self.actor_of(request))
        ]

    def _panels(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        return [
            {"title": panel.title, "template": panel.template, "context": found}
            for panel in [*self.panels, *additions_to(self.model).panels]
            if (found := panel.context(row, request)) is not None
        ]

    def _get_obj_does_not_exist_redirect(self, *_what: Any) -> HttpResponse:
        """Answer 404: Django would say that the object is gone, and only to some."""
        raise Http404
