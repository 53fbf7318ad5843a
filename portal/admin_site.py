"""The coordinators' workspace: their own site, with navigation by work instead of by app."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.sites import UnfoldAdminSite

from apps.reporting.analytics.urls import analytics_urls
from portal.kernel.access import scope_of
from portal.kernel.admin.rows import ScopedModelAdmin
from portal.kernel.errors import Text
from portal.kernel.screens import home_cards
from portal.kernel.trends import home_trends
from portal.scope import scope_context, scope_page
from portal.search import search_page
from portal.trends import trend_file

COORDINATOR: Final = "coordinator"


@dataclass(frozen=True)
class Entry:
    """One line of the workspace's navigation: shown if its model is registered and its list is open to the user.

    One of a ``page`` instead, by the name of its address, is shown to everybody whom the workspace lets in.
    """

    label: Text
    icon: str
    model: str = ""
    page: str = ""


NAVIGATION: Final[Sequence[tuple[Text, Sequence[Entry]]]] = (
    (
        _("People"),
        (
            Entry(_("Students"), "school", "accounts.Enrolment"),
            Entry(_("Cohorts"), "groups", "accounts.Cohort"),
            Entry(_("Staff"), "badge", "accounts.StaffProfile"),
            Entry(_("Everybody"), "group", "accounts.User"),
        ),
    ),
    (
        _("Companies"),
        (
            Entry(_("Companies"), "domain", "accounts.Company"),
            Entry(_("Agreements"), "contract", "accounts.Agreement"),
        ),
    ),
    (_("Vacancies"), (Entry(_("Vacancies"), "work", "vacancies.Vacancy"),)),
    (_("Applications"), (Entry(_("Applications"), "send", "applications.Application"),)),
    (
        _("Placements"),
        (
            Entry(_("Placements"), "handshake", "applications.Placement"),
            Entry(_("Allocation"), "hub", "applications.AllocationRound"),
            Entry(_("Introduction letters"), "mail", "applications.IntroductionLetter"),
            Entry(_("Papers to sign"), "draw", "applications.Agreement"),
            Entry(_("Arrivals"), "where_to_vote", "logbook.ArrivalNote"),
            Entry(_("Visits"), "directions_car", "logbook.Visit"),
        ),
    ),
    (
        _("Logbook"),
        (
            Entry(_("Weeks"), "calendar_view_week", "logbook.WeeklyReport"),
            Entry(_("Days"), "today", "logbook.DailyLog"),
            Entry(_("Assessments"), "grading", "logbook.Assessment"),
        ),
    ),
    (
        _("Reports"),
        (
            Entry(_("Analytics"), "bar_chart", page="admin:analytics"),
            Entry(_("General reports"), "description", "reporting.GeneralReport"),
            Entry(_("Document templates"), "draft", "reporting.DocumentTemplate"),
            Entry(_("AI help"), "edit_note", "ai.AiCall"),
        ),
    ),
    (
        _("Settings"),
        (
            Entry(_("Portal"), "tune", "accounts.SiteSettings"),
            Entry(_("Departments"), "account_balance", "accounts.Department"),
            Entry(_("Programmes"), "menu_book", "accounts.Programme"),
            Entry(_("Rubrics"), "rule", "logbook.Rubric"),
            Entry(_("Single sign-on"), "key", "accounts.IdentityProvider"),
            Entry(_("Sign-ins"), "login", "accounts.SignOnEvent"),
            Entry(_("Imports"), "upload_file", "accounts.ImportBatch"),
            Entry(_("Jobs"), "pending_actions", "accounts.Job"),
            Entry(_("Links"), "link", "accounts.AccessLink"),
            Entry(_("Refused mails"), "mail", "accounts.Notice"),
            Entry(_("Service tokens"), "key", "accounts.ServiceToken"),
            Entry(_("Webhooks"), "webhook", "accounts.Webhook"),
            Entry(_("Groups of the directory"), "diversity_3", "accounts.ProvisionedGroup"),
            Entry(_("Erasures"), "person_off", "accounts.Erasure"),
            Entry(_("Background work"), "settings_suggest", "accounts.OutboxTask"),
            Entry(_("History"), "history", "accounts.HistoryEntry"),
        ),
    ),
)


class CoordinatorSite(UnfoldAdminSite):  # type: ignore[misc] # the package is not typed
    """The site of coordinators and superusers; everybody else gets the same 404 as for what is not there.

    Signing in, out and changing a password happen on the one set of pages that all roles use.
    """

    site_title = site_header = index_title = "Practicum"

    def register(self, models: Any, admin_class: Any = None, **options: Any) -> None:
        """Take pages of our base class only.

        Those that packages bring along ask model-wide rights, and show refresh tokens and second factors.
        """
        if admin_class is not None and issubclass(admin_class, ScopedModelAdmin):
            super().register(models, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in active coordinators and superusers; ``is_staff`` plays no part."""
        user = request.user
        return bool(user.is_active and (user.is_superuser or COORDINATOR in scope_of(user).roles))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        """Answer 404 at once to who is signed in and not let in; only the anonymous are sent to the sign-in page."""
        inner = super().admin_view(view, cacheable)

        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return update_wrapper(answer, inner)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send the anonymous to the one sign-in page, and on to where they were going."""
        del extra_context
        if request.user.is_authenticated:
            if self.has_permission(request):
                return HttpResponseRedirect(reverse("admin:index"))
            raise Http404
        target = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect_to_login(target, reverse("account_login"))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign out, by POST only, to the sign-in page."""
        del extra_context
        return _sign_out(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the one page where a password is changed."""
        del request, extra_context
        return HttpResponseRedirect(reverse("account_change_password"))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Leave the colours to admin.css: as an inline style they would need a hole in the security policy."""
        context: dict[str, Any] = super().each_context(request)
        return context | {"colors": None, "border_radius": None, **scope_context(request)}

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """List the models of one app only: the navigation is ours, and all models cost an eighth of every page."""
        return list(super().get_app_list(request, app_label)) if app_label else []

    def get_urls(self) -> list[Any]:
        """Add the pages that belong to no model."""
        scope = path("scope/", self.admin_view(self.scope), name="scope")
        find = path("find/", self.admin_view(self.find), name="find")
        file = path("trends/<slug:slug>.csv", self.admin_view(trend_file), name="trend_file")
        return [scope, find, file, *analytics_urls(self.admin_view), *super().get_urls()]

    def find(self, request: HttpRequest) -> HttpResponse:
        """Search all lists at once."""
        return search_page(request, self.each_context(request))

    def scope(self, request: HttpRequest) -> HttpResponse:
        """Let the user choose the department or cohort to work on."""
        return scope_page(request, self.each_context(request))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show Today: the cards that the apps have registered."""
        cards = {"title": _("Today"), "home_cards": home_cards(request), "home_trends": home_trends(request)}
        return super().index(request, cards | (extra_context or {}))


@require_POST
def _sign_out(request: HttpRequest) -> HttpResponse:
    adapter = get_adapter(request)
    address: str = adapter.get_logout_redirect_url(request)
    adapter.logout(request)
    return HttpResponseRedirect(address)


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the navigation for django-unfold: Today, then groups by work with what this user may open."""
    today = {"title": _("Today"), "icon": "today", "link": reverse("admin:index")}
    groups: list[dict[str, Any]] = [{"items": [today]}]
    for title, entries in NAVIGATION:
        items = [item for entry in entries if (item := _item(request, entry))]
        # A group of one would say the same word twice.
        named = {"title": title, "separator": True} if len(items) > 1 else {}
        if items:
            groups.append({**named, "items": items})
    return groups


def _item(request: HttpRequest, entry: Entry) -> dict[str, Any] | None:
    if entry.page:
        return {"title": entry.label, "icon": entry.icon, "link": reverse(entry.page)}
    app_label, _dot, name = entry.model.partition(".")
    if name.lower() not in apps.all_models[app_label]:
        return None
    model = apps.get_model(entry.model)
    if not admin.site.is_registered(model) or not admin.site.get_model_admin(model).has_view_permission(request):
        return None
    link = reverse(f"admin:{app_label}_{name.lower()}_changelist")
    return {"title": entry.label, "icon": entry.icon, "link": link}
