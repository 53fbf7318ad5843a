"""The register of companies: the queue of those that wait, look-alikes, mergers, agreements, places for cohorts."""

import datetime as dt
from typing import Any, Final

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts import permissions, selectors
from apps.accounts.admin.access import AccessPages
from apps.accounts.admin.home import SOON_DAYS
from apps.accounts.admin.imports import table_links
from apps.accounts.admin.mass_mail import begin_mail
from apps.accounts.admin.notes import NOTES, NotePages
from apps.accounts.company_forms import AgreementForm, CompanyAdminForm
from apps.accounts.models import Agreement, Company, CompanyCapacity, CompanyMember, CompanyMerger, User
from apps.accounts.services import agreements, organisations
from apps.accounts.services.companies import COMPANIES
from apps.accounts.services.mass_mail import COMPANIES as COMPANIES_TO_WRITE_TO
from apps.accounts.services.mergers import MERGEABLE, merge_companies, preview_merger
from apps.accounts.states import CompanyState
from portal.kernel.admin import ListLink, Panel, PortalModelAdmin, PortalTabularInline, QuickLook
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404, say_refusal

OFFERED: Final = 10


class Members(PortalTabularInline):
    model = CompanyMember
    fields = readonly_fields = ("person", "kind", "title", "is_active", "invited_at")
    verbose_name_plural = gettext_lazy("people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user")

    @admin.display(description=gettext_lazy("person"))
    def person(self, row: CompanyMember) -> str:
        return row.shown_name


class Capacities(PortalTabularInline):
    model = CompanyCapacity
    fields = ("cohort", "places")
    verbose_name_plural = gettext_lazy("places for a cohort")
    save_with = staticmethod(organisations.save_capacities)


def _shown(rows: QuerySet[Company]) -> list[tuple[str, str]]:
    return [
        (f"{row} · {row.get_state_display()}", reverse("admin:accounts_company_change", args=[row.pk])) for row in rows
    ]


def _look_alikes(company: Company, request: HttpRequest) -> dict[str, Any] | None:
    if company.merged_into_id is not None:
        return None
    alike = organisations.look_alikes(vars(company), except_pk=company.pk)
    found = selectors.companies_visible_to(request.user).filter(pk__in=alike.values("pk")).order_by("name")[:OFFERED]
    rows = _shown(found)
    merge = reverse("admin:accounts_company_merge", args=[company.pk])
    if len(found) == 1 and _is_mergeable(found[0], request):
        # Nothing is to be chosen: the page opens with what would go over.
        merge += f"?into={found[0].pk}"
    return {"rows": rows, "merge_url": merge if _is_mergeable(company, request) else ""} if rows else None


def _is_mergeable(company: Company, request: HttpRequest) -> bool:
    return company.state in MERGEABLE and permissions.can_moderate_company(company, request.user)


def _mergers(company: Company, request: HttpRequest) -> dict[str, Any] | None:
    mine = selectors.mergers_visible_to(request.user)
    rows = mine.filter(Q(kept=company) | Q(merged=company)).select_related("kept", "merged", "actor")
    found = [(row, _undo_address(row) if row.undone_at is None else "") for row in rows]
    return {"rows": found, "company": company} if found else None


def _undo_address(merger: CompanyMerger) -> str:
    name = "undo_merger" if merger.source == CompanyState.APPROVED else "undo_merger_of_proposed"
    return reverse("admin:accounts_company_move", args=[merger.merged_id, name])


def _agreements(company: Company, request: HttpRequest) -> dict[str, Any] | None:
    if not permissions.oversees_company(company, request.user):
        return None
    rows = list(selectors.agreements_visible_to(request.user).filter(company=company))
    return {"rows": rows, "add_url": reverse("admin:accounts_agreement_add") + f"?company={company.pk}"}


class CompanyTodoFilter(admin.SimpleListFilter):
    """The questions that coordinators ask of the register."""

    title = gettext_lazy("what to do")
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [
            ("decide", gettext_lazy("waits for you")),
            ("alike", gettext_lazy("perhaps the same as another")),
            ("agreement", gettext_lazy("no agreement in force")),
            ("people", gettext_lazy("nobody represents it")),
        ]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value == "decide":
            mine = selectors.companies_moderated_by(request.user).filter(state=CompanyState.PROPOSED)
            return rows.filter(pk__in=mine.values("pk"))
        if value == "alike":
            return rows.filter(alike=True)
        if value == "agreement":
            holds = Agreement.objects.filter(company=OuterRef("pk"), expires_on__gte=timezone.localdate())
            return rows.filter(~Exists(holds), state=CompanyState.APPROVED)
        if value == "people":
            acting = CompanyMember.objects.filter(company=OuterRef("pk"), kind="representative", is_active=True)
            return rows.filter(~Exists(acting), state=CompanyState.APPROVED)
        return rows


def _noting_alike(rows: QuerySet[Company]) -> QuerySet[Company]:
    """Add ``alike``: another company shares a mark with this one. One index look-up for each mark and row."""
    others = Company.objects.filter(merged_into__isnull=True).exclude(pk=OuterRef("pk")).order_by()
    alike = Q(Exists(others.filter(normal_name=OuterRef("normal_name"))))
    for mark in ("normal_registration_no", "web_domain", "mail_domain"):
        alike |= Q(Exists(others.exclude(**{mark: ""}).filter(**{mark: OuterRef(mark)})))
    return rows.annotate(alike=alike)


@admin.register(Company)
class CompanyAdmin(NotePages, AccessPages, QuickLook, PortalModelAdmin):
    selector = staticmethod(selectors.companies_visible_to)
    can_view = staticmethod(permissions.can_view_company)
    can_change = staticmethod(permissions.can_change_company)
    can_delete = staticmethod(permissions.can_delete_company)
    can_add = staticmethod(permissions.can_enter_company)
    change_with = staticmethod(organisations.change_company)
    delete_with = staticmethod(organisations.delete_company)
    bulk_moves = ("approve", "reject", "archive")
    choices = {"proposed_for": selectors.departments_visible_to}
    empty_sentence = gettext_lazy("There is no company yet. Companies enter themselves, or you enter them.")
    form = CompanyAdminForm
    panels = (
        Panel("look_alikes", gettext_lazy("Perhaps the same"), "admin/accounts/look_alikes.html", _look_alikes),
        Panel("agreements", gettext_lazy("Agreements"), "admin/accounts/agreements.html", _agreements),
        Panel("mergers", gettext_lazy("Mergers"), "admin/accounts/mergers.html", _mergers),
        NOTES,
    )
    inlines = (Capacities, Members)
    look_facts = ("industry_type", "region", "perhaps_known", "proposed_for", "entered", "registration_no", "website")
    fieldsets = (
        (None, {"fields": ("name", "registration_no", "industry_type", "description", "established_year")}),
        (gettext_lazy("Place"), {"fields": ("address", "region", "country", "latitude", "longitude", "radius_m")}),
        (gettext_lazy("Contact"), {"fields": ("contact_person", "phone", "email", "hr_email", "website")}),
    )
    add_fieldsets = ((None, {"fields": ("proposed_for",)}), *fieldsets)
    list_display = ("name", "industry_type", "region", "badge", "perhaps_known", "proposed_for", "entered")
    list_filter = ("state", CompanyTodoFilter, "industry_type", "region", "proposed_for")
    list_select_related = ("proposed_for", "proposed_by")
    search_fields = ("name", "registration_no", "email", "web_domain")
    ordering = ("name",)
    actions = ("write_mail",)

    @admin.action(description=gettext_lazy("Write a mail to the representatives"))
    def write_mail(self, request: HttpRequest, rows: QuerySet[Company]) -> HttpResponse | None:
        return begin_mail(self, request, rows, COMPANIES_TO_WRITE_TO.code)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return _noting_alike(super().get_queryset(request))

    @admin.display(description=gettext_lazy("known already"), ordering="alike")
    def perhaps_known(self, row: Any) -> str:
        return _("perhaps: look") if row.alike else ""

    @admin.display(description=gettext_lazy("entered by"), ordering="created_at")
    def entered(self, row: Company) -> str:
        return str(row.proposed_by or "")

    def add_object(self, values: dict[str, Any], *, actor: User) -> Company:
        department = values.pop("proposed_for")
        return organisations.propose_company(actor=actor, department=department, **values)

    # -- merging ------------------------------------------------------------------------------------------------

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        return table_links(COMPANIES, request.user) if permissions.can_enter_company(request.user) else []

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.merge_view)
        return [path("<path:object_id>/merge/", view, name="accounts_company_merge"), *super().get_urls()]

    def object_links(self, request: HttpRequest, row: Any) -> list[ListLink]:
        links = list(super().object_links(request, row))
        if _is_mergeable(row, request):
            links.append(ListLink(_("Merge into another"), reverse("admin:accounts_company_merge", args=[row.pk])))
        return links

    def merge_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose the company that is to stand for this one, look at what goes over, and do it by POST."""
        row = self.object_or_404(request, object_id)
        if not _is_mergeable(row, request):
            raise PermissionDenied
        others = selectors.companies_moderated_by(request.user).filter(state__in=MERGEABLE).exclude(pk=row.pk)
        key = request.POST.get("into") if request.method == "POST" else request.GET.get("into")
        into = row_or_404(others, pk=key) if key else None
        if request.method == "POST" and into is not None:
            return self._merge(request, into, row)
        words = request.GET.get("q", "").strip()[:160]
        alike = organisations.look_alikes(vars(row), except_pk=row.pk)
        found = others.filter(name__icontains=words) if words else others.filter(pk__in=alike.values("pk"))
        context = {
            **self.frame(request),
            "title": _("Merge into another company"),
            "subtitle": str(row),
            "original": row,
            "object_url": self.url_of(row),
            "into": into,
            "lines": preview_merger(into, row) if into is not None else [],
            "offered": list(found.order_by("name", "pk")[:OFFERED]),
            "words": words,
        }
        return TemplateResponse(request, "admin/accounts/merge.html", context)

    def _merge(self, request: HttpRequest, kept: Company, merged: Company) -> HttpResponse:
        try:
            merge_companies(kept, merged, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
            return HttpResponseRedirect(self.url_of(merged))
        text = _("%(merged)s is merged into %(kept)s. Below you can undo it.") % {"merged": merged, "kept": kept}
        self.message_user(request, text, messages.SUCCESS)
        return HttpResponseRedirect(self.url_of(kept))


# -- agreements -----------------------------------------------------------------------------------------------------


class EndsFilter(admin.SimpleListFilter):
    """By when a new agreement is needed."""

    title = gettext_lazy("ends")
    parameter_name = "ends"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [
            ("soon", gettext_lazy("to renew: within two months, or ended")),
            ("ended", gettext_lazy("ended")),
            ("later", gettext_lazy("later")),
        ]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        today = timezone.localdate()
        soon = today + dt.timedelta(days=SOON_DAYS)
        if self.value() == "soon":
            return rows.filter(pk__in=selectors.agreements_to_renew(request.user, before=soon).order_by().values("pk"))
        if self.value() == "ended":
            return rows.filter(expires_on__lt=today)
        if self.value() == "later":
            return rows.filter(expires_on__gte=soon)
        return rows


@admin.register(Agreement)
class AgreementAdmin(PortalModelAdmin):
    selector = staticmethod(selectors.agreements_visible_to)
    can_view = staticmethod(permissions.can_view_agreement)
    can_change = can_delete = staticmethod(permissions.can_change_agreement)
    can_add = staticmethod(permissions.can_enter_agreement)
    delete_with = staticmethod(agreements.delete_agreement)
    choices = {"company": selectors.companies_moderated_by}
    empty_sentence = gettext_lazy("No agreement is entered yet. Enter the day on which each one ends.")
    form = AgreementForm
    fields = ("company", "number", "signed_on", "expires_on", "file", "note")
    autocomplete_fields = ("company",)
    stays = ("company",)
    list_display = ("company", "number", "signed_on", "expires_on", "paper")
    list_filter = (EndsFilter,)
    list_select_related = ("company",)
    search_fields = ("company__name", "number")
    ordering = ("expires_on", "pk")

    @admin.display(description=gettext_lazy("paper"), boolean=True)
    def paper(self, row: Agreement) -> bool:
        return bool(row.file)

    def object_links(self, request: HttpRequest, row: Any) -> list[ListLink]:  # noqa: ARG002 - the base's signature
        return [ListLink(_("Open the paper"), reverse("agreement_paper", args=[row.pk]))] if row.file else []

    def add_object(self, values: dict[str, Any], *, actor: User) -> Agreement:
        return agreements.enter_agreement(_with_bytes(values), actor=actor)

    def change_object(self, row: Agreement, changes: dict[str, Any], *, actor: User) -> Agreement:
        return agreements.change_agreement(row, _with_bytes(changes), actor=actor)


def _with_bytes(values: dict[str, Any]) -> dict[str, Any]:
    """Replace the uploaded file by what is in it, no more than tells that it is too large."""
    file = values.pop("file", None)
    return {**values, "file": file.read(agreements.MOST_BYTES + 1)} if isinstance(file, UploadedFile) else values
