"""Students: who is enrolled where; entered one by one, imported and exported as tables."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from apps.accounts import permissions, selectors
from apps.accounts.admin.imports import may_import, start_export, table_links, upload_page
from apps.accounts.admin.mass_mail import begin_mail
from apps.accounts.admin.notes import NOTES, NotePages
from apps.accounts.forms import StudentForm, as_cells
from apps.accounts.models import Enrolment, StaffProfile, User
from apps.accounts.services.import_kinds import import_kind
from apps.accounts.services.invitations import invite_staff, invite_students
from apps.accounts.services.mass_mail import STAFF as STAFF_TO_WRITE_TO
from apps.accounts.services.mass_mail import STUDENTS as STUDENTS_TO_WRITE_TO
from apps.accounts.services.staff import STAFF
from apps.accounts.services.students import STUDENTS, change_student, enter_student, set_enrolment_active
from portal.kernel.admin import ListLink, Paths, PortalModelAdmin, QuickLook, through

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


def say_invited(page: PortalModelAdmin, request: HttpRequest, invited: int) -> None:
    """Say how many people get a mail; the others have a password already, or no address."""
    text = ngettext(
        "%(count)d person is invited. Who has a password already or no address was left out.",
        "%(count)d people are invited. Who has a password already or no address was left out.",
        invited,
    )
    page.message_user(request, text % {"count": invited}, messages.SUCCESS if invited else messages.WARNING)


@admin.register(Enrolment)
class EnrolmentAdmin(NotePages, QuickLook, PortalModelAdmin):
    belongs = through("cohort")
    selector = staticmethod(selectors.enrolments_visible_to)
    can_view = staticmethod(permissions.can_view_enrolment)
    can_change = staticmethod(permissions.can_change_enrolment)
    can_add = staticmethod(may_import)
    choices = {"cohort": selectors.cohorts_coordinated_by}
    empty_sentence = gettext_lazy("Nobody is enrolled yet. Import the table of your students.")
    form = StudentForm
    panels = (NOTES,)
    look_facts = ("reg_no", "programme", "year", "cohort", "email", "phone", "is_active")
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
    actions = ("invite", "write_mail")

    @admin.action(description=gettext_lazy("Write a mail"))
    def write_mail(self, request: HttpRequest, rows: QuerySet[Enrolment]) -> HttpResponse | None:
        return begin_mail(self, request, rows, STUDENTS_TO_WRITE_TO.code)

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
        return upload_page(self, request, import_kind(STUDENTS))

    def export_view(self, request: HttpRequest) -> HttpResponse:
        return start_export(self, request, STUDENTS)


@admin.register(StaffProfile)
class StaffProfileAdmin(PortalModelAdmin):
    """Staff come by table, single sign-on or provisioning; here they are looked up and invited."""

    belongs = Paths(department="department", cohort="department__cohorts")
    selector = staticmethod(selectors.staff_managed_by)
    can_view = staticmethod(permissions.can_view_staff)
    opens_for = staticmethod(permissions.coordinates_whole_department)
    empty_sentence = gettext_lazy("Nobody is entered yet. Import the table of your staff.")
    fields = ("staff_no", "full_name", "email", "department", "is_supervisor")
    list_display = ("staff_no", "full_name", "email", "department", "is_supervisor")
    list_filter = ("department",)
    list_select_related = ("user", "department")
    search_fields = ("staff_no", "user__first_name", "user__last_name", "user__email")
    ordering = ("staff_no",)
    actions = ("invite", "write_mail")

    @admin.action(description=gettext_lazy("Write a mail"))
    def write_mail(self, request: HttpRequest, rows: QuerySet[StaffProfile]) -> HttpResponse | None:
        return begin_mail(self, request, rows, STAFF_TO_WRITE_TO.code)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("user__groups")

    def list_links(self, request: HttpRequest) -> list[ListLink]:
        return table_links(STAFF, request.user)

    @admin.display(description=gettext_lazy("name"), ordering="user__last_name")
    def full_name(self, row: StaffProfile) -> str:
        return str(row.user)

    @admin.display(description=gettext_lazy("e-mail"))
    def email(self, row: StaffProfile) -> str:
        return row.user.email

    @admin.display(description=gettext_lazy("supervises students"), boolean=True)
    def is_supervisor(self, row: StaffProfile) -> bool:
        return row.supervises

    @admin.action(description=gettext_lazy("Invite by mail to choose a password"))
    def invite(self, request: HttpRequest, rows: QuerySet[StaffProfile]) -> None:
        say_invited(self, request, invite_staff(rows, actor=self.actor_of(request)))


def _of_profile(row: Enrolment, name: str) -> str:
    # Whoever was enrolled by hand in the database may have no profile; the list still opens.
    profile = getattr(row.student, "student_profile", None)
    value = getattr(profile, name, None)
    return "" if value is None else str(value)
