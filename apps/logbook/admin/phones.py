"""What students' phones sent and agreed to: to be looked up when somebody asks, never changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.logbook.models import DayReceipt, PlaceConsent
from apps.logbook.permissions import can_view_place_consent, can_view_receipt
from apps.logbook.selectors import day_receipts_visible_to, place_consents_visible_to
from portal.kernel.admin import PortalModelAdmin, through


@admin.register(DayReceipt)
class DayReceiptAdmin(PortalModelAdmin):
    """Answers "I sent that day": when it was taken, and the day that it became."""

    belongs = through("log__enrolment__cohort")
    selector = staticmethod(day_receipts_visible_to)
    can_view = staticmethod(can_view_receipt)
    empty_sentence = _("No phone of your students has sent a day lately. Receipts are kept for 60 days.")
    fields = ("student", "log", "key", "taken_version", "created_at")
    list_display = ("student", "day", "created_at", "cohort")
    list_filter = ("log__enrolment__cohort",)
    list_select_related = ("student", "log__enrolment__student", "log__enrolment__cohort")
    search_fields = ("student__first_name", "student__last_name", "student__student_profile__reg_no")
    date_hierarchy = "created_at"
    ordering = ("-pk",)

    @admin.display(description=_("day"), ordering="log__day")
    def day(self, row: DayReceipt) -> object:
        return row.log.day

    @admin.display(description=_("cohort"))
    def cohort(self, row: DayReceipt) -> str:
        return row.log.enrolment.cohort.name


@admin.register(PlaceConsent)
class PlaceConsentAdmin(PortalModelAdmin):
    """Who lets the place be compared; only the student gives and withdraws it."""

    belongs = through("enrolment__cohort")
    selector = staticmethod(place_consents_visible_to)
    can_view = staticmethod(can_view_place_consent)
    empty_sentence = _("No student of yours lets the place of the phone be compared.")
    empty_next = ((_("To the cohorts"), "admin:accounts_cohort_changelist"),)
    fields = ("enrolment", "created_at")
    list_display = ("student", "cohort", "created_at")
    list_filter = ("enrolment__cohort",)
    list_select_related = ("enrolment__student", "enrolment__cohort")
    search_fields = ("enrolment__student__first_name", "enrolment__student__last_name")
    ordering = ("-pk",)

    @admin.display(description=_("student"), ordering="enrolment__student__last_name")
    def student(self, row: PlaceConsent) -> str:
        return str(row.enrolment.student)

    @admin.display(description=_("cohort"))
    def cohort(self, row: PlaceConsent) -> str:
        return row.enrolment.cohort.name
