"""Students: who is enrolled where; entered one by one, imported and exported as tables."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from apps.accounts import permissions, selectors
from apps.accounts.forms import ImportForm, StudentForm, as_cells
from apps.accounts.models import Enrolment, User
from apps.accounts.resources import StudentResource
from apps.accounts.services.exports import export_students
from apps.accounts.services.imports import upload_students
from apps.accounts.services.invitations import invite_students
from apps.accounts.services.students import change_student, enter_student, set_enrolment_active
from portal.kernel.admin import ListLink, PortalModelAdmin
from portal.kernel.errors import RuleViolation
from portal.kernel.views import row_or_404

OF_STUDENT = (
    *("first_name", "middle_name", "last_name", "gender", "email", "phone"),
    *("programme", "year_of_study", "region_preference", "special_need"),
)


class YearFilter(admin.SimpleListFilter):
    title = gettext_lazy("year of study")
    parameter_name = "year"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, str]]:
        return [(str(year), str(year)) for year in range(1, 9)]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.lookup_choices):
            return rows
        return rows.filter(student__student_profile__year_of_study=self.value())


class AccessFilter(admin.SimpleListFilter):
    title = gettext_lazy("access")
    parameter_name = "access"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        return [
            ("none", gettext_lazy("No password and never signed in")),
            ("waiting", gettext_lazy("Password, never signed in")),
            ("joined", gettext_lazy("Has signed in")),
        ]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        never = Q(student__last_login__isnull=True)
        unusable = Q(student__password__startswith=UNUSABLE_PASSWORD_PREFIX)
        chosen = {"none": never & unusable, "waiting": never & ~unusable, "joined": ~never}
        return rows.filter(chosen.get(self.value() or "", Q()))


def may_import(user: Any) -> bool:
    """Say whether there is a cohort into which the user may import; which one is asked with the cohort."""
    return permissions.coordinates_something(user) or permissions.is_superuser(user)


def say_invited(page: PortalModelAdmin, request: HttpRequest, invited: int) -> None:
    """Say how many people get a mail; the others have a password already, or no address."""
    text = ngettext(
        "%(count)d person is invited. Who has a password already or no address was left out.",
        "%(count)d people are invited. Who has a password already or no address was left out.",
        invited,
    )
    page.message_user(request, text % {"count": invited}, messages.SUCCESS if invited else messages.WARNING)


@admin.register(Enrolment)
class EnrolmentAdmin(PortalModelAdmin):
    selector = staticmethod(selectors.enrolments_visible_to)
    can_view = staticmethod(permissions.can_view_enrolment)
    can_change = staticmethod(permissions.can_change_enrolment)
    can_add = staticmethod(may_import)
    choices = {"cohort": selectors.cohorts_coordinated_by}
    empty_sentence = gettext_lazy("Nobody is enrolled yet. Import the table of your students.")
    form = StudentForm
    list_display = ("reg_no", "full_name", "programme", "cohort", "year", "is_active")
    list_filter = (
        *("cohort", "student__student_profile__programme"),
        *(YearFilter, AccessFilter, "is_active"),
    )
    list_select_related = ("student__student_profile__programme", "cohort")
    search_fields = (
        *("student__first_name", "student__last_name", "student__email"),
        "student__student_profile__reg_no",
    )
    ordering = ("student__student_profile__reg_no",)
    actions = ("invite",)

    @admin.action(description=gettext_lazy("Invite by mail to choose a password"))
    def invite(self, request: HttpRequest, rows: QuerySet[Enrolment]) -> None:
        say_invited(self, request, invite_students(rows, actor=self.actor_of(request)))

    @admin.display(description=gettext_lazy("registration number"), ordering="student__student_profile__reg_no")
    def reg_no(self, row: Enrolment) -> str:
        return _of_profile(row, "reg_no")

    @admin.display(description=gettext_lazy("name"), ordering="student__last_name")
    def full_name(self, row: Enrolment) -> str:
        return str(row.student)

    @admin.display(description=gettext_lazy("programme"), ordering="student__student_profile__programme__name")
    def programme(self, row: Enrolment) -> str:
        return _of_profile(row, "programme")

    @admin.display(description=gettext_lazy("year"), ordering="student__student_profile__year_of_study")
    def year(self, row: Enrolment) -> str:
        return _of_profile(row, "year_of_study")

    @admin.display(description=gettext_lazy("e-mail"))
    def email(self, row: Enrolment) -> str:
        return row.student.email

    @admin.display(description=gettext_lazy("telephone"))
    def phone(self, row: Enrolment) -> str:
        return row.student.phone

    # -- the object's page --------------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("cohort", "reg_no", *OF_STUDENT)}),)
        if not self.has_change_permission(request, obj):
            shown = ("reg_no", "full_name", "email", "phone", "programme", "year", "cohort", "is_active")
            return ((None, {"fields": shown}),)
        return ((None, {"fields": ("reg_no", "cohort", *OF_STUDENT, "is_active")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        if not self.has_change_permission(request, obj):
            return ("reg_no", "full_name", "email", "phone", "programme", "year", *OF_STUDENT)
        return ("reg_no", "cohort")

    def add_object(self, values: dict[str, Any], *, actor: User) -> Enrolment:
        cohort = values.pop("cohort")
        return enter_student(cohort, as_cells(values), actor=actor)

    def change_object(self, row: Enrolment, changes: dict[str, Any], *, actor: User) -> Enrolment:
        active = changes.pop("is_active", row.is_active)
        if changes:
            row = change_student(row, as_cells(changes), actor=actor)
        if active != row.is_active:
            row = set_enrolment_active(row, active=active, actor=actor)
        return row

    # -- tables -------------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        return [
            path("import/", self.admin_site.admin_view(self.import_view), name="accounts_enrolment_import"),
            path(
                "export/",
                self.admin_site.admin_view(require_POST(self.export_view)),
                name="accounts_enrolment_export",
            ),
            *super().get_urls(),
        ]

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        cohort = request.GET.get("cohort__id__exact", "")
        chosen = f"&cohort={cohort}" if cohort.isdecimal() else ""
        export = reverse("admin:accounts_enrolment_export")
        links = []
        if permissions.coordinates_something(request.user):
            links = [
                ListLink(_("Export XLSX"), f"{export}?format=xlsx{chosen}", post=True),
                ListLink(_("Export CSV"), f"{export}?format=csv{chosen}", post=True),
            ]
        if may_import(request.user):
            address = reverse("admin:accounts_enrolment_import")
            links.insert(0, ListLink(_("Import students"), f"{address}?{chosen[1:]}" if chosen else address, main=True))
        return links

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for cohort and file, keep the file, and lead to the work that reads it."""
        actor = self.actor_of(request)
        if not may_import(actor):
            raise PermissionDenied
        form = ImportForm(
            request.POST or None, request.FILES or None, user=actor, initial={"cohort": request.GET.get("cohort")}
        )
        if request.method == "POST" and form.is_valid():
            try:
                batch = upload_students(form.cleaned_data["cohort"], form.cleaned_data["file"], actor=actor)
            except RuleViolation as error:
                form.add_error("file", str(error.message))
            else:
                return redirect("job_detail", pk=batch.job_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import students"),
            "opts": self.opts,
            "media": self.media,
            "form": form,
            "columns": StudentResource().columns(),
        }
        return TemplateResponse(request, "admin/accounts/import_upload.html", context)

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Start the export of all that the user has, or of one cohort, and lead to the work that writes it."""
        actor = self.actor_of(request)
        key = request.GET.get("cohort")
        cohort = row_or_404(selectors.cohorts_visible_to(actor), pk=key) if key else None
        try:
            job = export_students(request.GET.get("format", ""), actor=actor, cohort=cohort)
        except RuleViolation as error:
            raise Http404 from error
        return HttpResponseRedirect(reverse("job_detail", args=[job.pk]))


def _of_profile(row: Enrolment, name: str) -> str:
    # Whoever was enrolled by hand in the database may have no profile; the list still opens.
    profile = getattr(row.student, "student_profile", None)
    value = getattr(profile, name, None)
    return "" if value is None else str(value)
