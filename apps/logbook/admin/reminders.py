"""Reminders: the rules on a cohort's page, and what was sent."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy

from apps.accounts.models import Cohort
from apps.logbook.models import Reminder, ReminderRule
from apps.logbook.permissions import can_view_reminder
from apps.logbook.selectors import USUAL, reminders_visible_to, usual_rule
from apps.logbook.services.reminders import save_rules
from portal.kernel.admin import PortalModelAdmin, PortalTabularInline, extend_admin, through

FIELDS = ("kind", "is_on", "after_days", "every_days", "times", "supervisor_after", "coordinator_after")


class ReminderRules(PortalTabularInline):
    """One row a kind; the usual rules are shown as they are until somebody changes one."""

    model = ReminderRule
    fields = FIELDS
    max_num = len(USUAL)
    verbose_name_plural = gettext_lazy("reminders, in working days of the host's country")
    save_with = staticmethod(save_rules)

    def proposed_rows(self, parent: Any) -> list[dict[str, Any]]:
        stored = set(ReminderRule.objects.filter(cohort=parent).values_list("kind", flat=True))
        rules = [usual_rule(parent, kind) for kind in USUAL if kind not in stored]
        return [{name: getattr(rule, name) for name in FIELDS} for rule in rules]


extend_admin(Cohort, inlines=[ReminderRules])


@admin.register(Reminder)
class ReminderAdmin(PortalModelAdmin):
    """What was sent, to whom and as what; the words themselves are the reader's."""

    belongs = through("placement__enrolment__cohort")
    selector = staticmethod(reminders_visible_to)
    can_view = staticmethod(can_view_reminder)
    empty_sentence = gettext_lazy("Nobody had to be reminded yet. The rules stand on the page of each cohort.")
    empty_next = ((gettext_lazy("To the cohorts"), "admin:accounts_cohort_changelist"),)
    fields = ("on", "kind", "student", "person", "level", "placement")
    list_display = ("on", "kind", "student", "person", "level", "cohort")
    list_filter = ("kind", "level", "placement__enrolment__cohort")
    list_select_related = (
        "placement__enrolment__student",
        "placement__enrolment__cohort",
        "placement__company",
        "person",
    )
    search_fields = ("person__first_name", "person__last_name", "placement__enrolment__student__last_name")
    ordering = ("-on", "-pk")

    @admin.display(description=gettext_lazy("student"))
    def student(self, row: Reminder) -> str:
        return str(row.placement.enrolment.student)

    @admin.display(description=gettext_lazy("cohort"))
    def cohort(self, row: Reminder) -> str:
        return row.placement.enrolment.cohort.name
