"""People and their rights: the superuser's page."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts import permissions, selectors
from apps.accounts.forms import GrantForm, RoleForm
from apps.accounts.models import CohortGrant, CompanyGrant, DepartmentGrant, Erasure, User
from apps.accounts.services import people
from apps.accounts.services.erasure import ask_erasure
from apps.accounts.states import Role
from portal.kernel.admin import ListLink, Paths, PortalModelAdmin
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

GRANTS = {"department": DepartmentGrant, "cohort": CohortGrant, "company": CompanyGrant}


class RoleFilter(admin.SimpleListFilter):
    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, _request: HttpRequest, _page: Any) -> Any:
        return Role.choices

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(groups__name=self.value()) if self.value() else rows


@admin.register(User)
class UserAdmin(PortalModelAdmin):
    """Nobody sets a password for somebody else here: people choose their own by mail or sign in by SSO."""

    belongs = Paths(department="enrolments__cohort__department", cohort="enrolments__cohort", several=True)
    selector = staticmethod(selectors.people_visible_to)
    can_view = staticmethod(permissions.can_view_person)
    can_change = staticmethod(permissions.only_superuser)
    can_add = staticmethod(permissions.is_superuser)
    empty_sentence = gettext_lazy("Nobody is here yet. Students and staff come with the tables that you import.")
    empty_next = ((gettext_lazy("To the imports"), "admin:accounts_importbatch_changelist"),)
    fields = ("username", "first_name", "last_name", "email", "phone", "language", "notice_frequency", "is_active")
    readonly_fields = ("username",)
    add_fieldsets = ((None, {"fields": ("first_name", "last_name", "email", "phone")}),)
    list_display = ("username", "full_name", "email", "roles", "is_active", "last_login")
    list_filter = (RoleFilter, "is_active")
    search_fields = ("username", "first_name", "last_name", "email")
    ordering = ("username",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=gettext_lazy("name"), ordering="last_name")
    def full_name(self, person: User) -> str:
        return person.get_full_name()

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, person: User) -> str:
        known = dict(Role.choices)
        return ", ".join(str(known.get(group.name, group.name)) for group in person.groups.all())

    def add_object(self, values: dict[str, Any], *, actor: User) -> User:
        person = people.create_person(actor=actor, email=values.pop("email"))
        return people.change_details(person, values, actor=actor)

    def change_object(self, row: User, changes: dict[str, Any], *, actor: User) -> User:
        active = changes.pop("is_active", row.is_active)
        if changes:
            row = people.change_details(row, changes, actor=actor)
        if active != row.is_active:
            row = people.set_active(row, active=active, actor=actor)
        return row

    # -- rights -------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        def at(name: str, view: Any) -> Any:
            return path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=f"accounts_user_{name}")

        return [
            at("rights", self.rights_view),
            at("role", require_POST(self.role_view)),
            at("grant", require_POST(self.grant_view)),
            at("withdraw", require_POST(self.withdraw_view)),
            at("shut-out", require_POST(self.shut_out_view)),
            at("let-in", require_POST(self.let_in_view)),
            at("end-sessions", require_POST(self.end_sessions_view)),
            at("erase", require_POST(self.erase_view)),
            *super().get_urls(),
        ]

    def object_links(self, request: HttpRequest, row: Any) -> list[ListLink]:
        def at(name: str) -> str:
            return reverse(f"admin:accounts_user_{name}", args=[row.pk])

        links = []
        if permissions.is_superuser(request.user):
            links.append(ListLink(_("Roles and rights"), at("rights")))
            links.append(ListLink(_("Erase in 14 days"), at("erase"), post=True))
        if permissions.can_shut_out(row, request.user) and row.pk != request.user.pk:
            words = _("Shut out") if row.is_active else _("Let in again")
            links.append(ListLink(words, at("shut-out" if row.is_active else "let-in"), post=True))
            links.append(ListLink(_("Sign out everywhere"), at("end-sessions"), post=True))
        return links

    # -- in and out ---------------------------------------------------------------------------------------------

    def shut_out_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep the person out; every session and token ends."""
        return self._set_active(request, object_id, active=False)

    def let_in_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the person in again."""
        return self._set_active(request, object_id, active=True)

    def _set_active(self, request: HttpRequest, object_id: str, *, active: bool) -> HttpResponse:
        person = self.object_or_404(request, object_id)
        try:
            people.set_active(person, active=active, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            text = _("%(person)s may sign in again.") if active else _("%(person)s is shut out.")
            messages.success(request, text % {"person": person})
        return HttpResponseRedirect(self.url_of(person))

    def end_sessions_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End all sessions and tokens of the person."""
        person = self.object_or_404(request, object_id)
        people.end_sessions(person, actor=self.actor_of(request))
        messages.success(request, _("%(person)s is signed out everywhere.") % {"person": person})
        return HttpResponseRedirect(self.url_of(person))

    # -- what the superuser gives -------------------------------------------------------------------------------

    def _person_of_superuser(self, request: HttpRequest, object_id: str) -> User:
        """Return the person whose rights the superuser changes; 404 for everybody else."""
        if not permissions.is_superuser(request.user):
            raise Http404
        person: User = self.object_or_404(request, object_id)
        return person

    def erase_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask for the erasure of the person; it can be held back or withdrawn until it is due."""
        person = self._person_of_superuser(request, object_id)
        try:
            asked = ask_erasure(person, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(person))
        return HttpResponseRedirect(reverse("admin:accounts_erasure_change", args=[asked.pk]))

    def rights_view(self, request: HttpRequest, object_id: str, form: GrantForm | None = None) -> HttpResponse:
        """Show what the person is and coordinates, and the forms that change it."""
        person = self._person_of_superuser(request, object_id)
        held = {group.name for group in person.groups.all()}
        grants = [
            {"kind": kind, "pk": found.pk, "anchor": found.content_object}
            for kind, model in GRANTS.items()
            for found in model.objects.filter(user=person).select_related("content_object")
        ]
        context = {
            **self.frame(request),
            "title": _("Roles and rights"),
            "subtitle": str(person),
            "original": person,
            "roles": [(role, role in held) for role in Role],
            "grants": grants,
            "form": form or GrantForm(),
        }
        return TemplateResponse(request, "admin/accounts/rights.html", context)

    def role_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give a role or take it away."""
        person = self._person_of_superuser(request, object_id)
        form = RoleForm(request.POST)
        if form.is_valid():
            role = Role(form.cleaned_data["role"])
            change = people.withdraw_role if "withdraw" in request.POST else people.give_role
            change(person, role, actor=self.actor_of(request))
        return self._back(person)

    def grant_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make the person a coordinator of a department, a cohort or a company."""
        person = self._person_of_superuser(request, object_id)
        form = GrantForm(request.POST)
        if not form.is_valid():
            return self.rights_view(request, object_id, form=form)
        people.grant(person, form.cleaned_data["anchor"], actor=self.actor_of(request))
        messages.success(
            request, _("%(person)s coordinates %(anchor)s.") % {"person": person, "anchor": form.cleaned_data["anchor"]}
        )
        return self._back(person)

    def withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take a grant away."""
        person = self._person_of_superuser(request, object_id)
        model: Any = GRANTS.get(request.POST.get("kind", ""), DepartmentGrant)
        found = row_or_404(model.objects.filter(user=person), pk=request.POST.get("grant", ""))
        people.withdraw_grant(person, found.content_object, actor=self.actor_of(request))
        return self._back(person)

    @staticmethod
    def _back(person: User) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:accounts_user_rights", args=[person.pk]))


@admin.register(Erasure)
class ErasureAdmin(PortalModelAdmin):
    """Asked for on a person's page; here it is held back, released or withdrawn."""

    selector = staticmethod(selectors.erasures_visible_to)
    can_view = staticmethod(permissions.only_superuser)
    opens_for = staticmethod(permissions.is_superuser)
    empty_sentence = gettext_lazy("Nobody is to be erased.")
    fields = ("person", "due_at", "asked_by", "hold_reason", "done_at")
    list_display = ("person", "badge", "due_at", "asked_by", "done_at")
    list_filter = ("state",)
    list_select_related = ("person", "asked_by")
    search_fields = ("person__username",)
    ordering = ("-id",)
    bulk_moves = ()
