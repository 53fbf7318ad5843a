"""Introduction letters in the workspace: what students ask for, issued one by one or many, and without being asked."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from apps.accounts.models import Enrolment, User
from apps.applications.models import IntroductionLetter
from apps.applications.permissions import can_place, can_view_letter, coordinates_letter
from apps.applications.selectors import letters_visible_to
from apps.applications.services.letters import Wish, issue_letter, make_letter_again
from apps.applications.states import LetterState
from apps.vacancies.permissions import coordinates_any
from portal.kernel.admin import ListLink, Panel, PortalAdminForm, PortalModelAdmin, extend_admin, through
from portal.kernel.errors import RuleViolation
from portal.kernel.views import say_refusal


class IntroductionLetterForm(PortalAdminForm):
    language = forms.ChoiceField(
        label=_("language"), choices=[("", _("As the student reads")), *settings.LANGUAGES], required=False
    )


@admin.register(IntroductionLetter)
class IntroductionLetterAdmin(PortalModelAdmin):
    belongs = through("enrolment__cohort")
    selector = staticmethod(letters_visible_to)
    can_view = staticmethod(can_view_letter)
    can_add = staticmethod(coordinates_any)
    bulk_moves = ("issue", "refuse")
    empty_sentence = _("Nobody has asked for an introduction letter yet.")
    empty_next = ((_("To the students"), "admin:accounts_enrolment_changelist"),)
    form = IntroductionLetterForm
    list_display = ("student", "cohort", "to", "asked_on", "badge")
    list_filter = ("state", "enrolment__cohort", "language")
    list_select_related = ("enrolment__student", "enrolment__cohort")
    search_fields = (
        *("code", "company_name", "enrolment__student__first_name", "enrolment__student__last_name"),
        "enrolment__student__student_profile__reg_no",
    )
    ordering = ("-pk",)
    autocomplete_fields = ("enrolment",)

    @admin.display(description=_("student"), ordering="enrolment__student__last_name")
    def student(self, row: IntroductionLetter) -> str:
        return str(row.enrolment.student)

    @admin.display(description=_("cohort"), ordering="enrolment__cohort__name")
    def cohort(self, row: IntroductionLetter) -> str:
        return row.enrolment.cohort.name

    @admin.display(description=_("to"), ordering="company_name")
    def to(self, row: IntroductionLetter) -> str:
        return row.company_name or str(_("any company"))

    @admin.display(description=_("asked"), ordering="created_at")
    def asked_on(self, row: IntroductionLetter) -> dt.date:
        return timezone.localtime(row.created_at).date()

    # -- the object's page --------------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        del request
        if obj is None:
            return ("enrolment", "company_name", "address", "language")
        answered = ("issued_by", "issued_at") if obj.issued_at else ()
        said = tuple(name for name in ("problem", "reason") if getattr(obj, name))
        return ("enrolment", "company_name", "address", "language_name", "code", *answered, *said)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.get_fields(request, obj)

    @admin.display(description=_("language"))
    def language_name(self, row: IntroductionLetter) -> str:
        return row.language_name

    def object_links(self, request: HttpRequest, row: IntroductionLetter) -> list[ListLink]:
        links = [ListLink(_("Enrolment"), reverse("admin:accounts_enrolment_change", args=[row.enrolment_id]))]
        if row.state != LetterState.ISSUED:
            return links
        if row.file:
            links.insert(0, ListLink(_("Read the letter"), reverse("letter_file", args=[row.pk]), main=True))
        elif coordinates_letter(row, request.user):
            again = reverse("admin:applications_introductionletter_make_again", args=[row.pk])
            links.insert(0, ListLink(_("Make the file again"), again, post=True))
        return links

    def add_object(self, values: dict[str, Any], *, actor: User) -> IntroductionLetter:
        return issue_letter(values.pop("enrolment"), Wish(**values), actor=actor)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.make_again_view))
        name = "applications_introductionletter_make_again"
        return [path("<path:object_id>/make-again/", view, name=name), *super().get_urls()]

    def make_again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Try once more to make the PDF."""
        letter = self.object_or_404(request, object_id)
        try:
            make_letter_again(letter, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("The file is made again; look in a moment."))
        return HttpResponseRedirect(self.url_of(letter))


def letters_of_student(enrolment: Model, request: HttpRequest) -> dict[str, object]:
    rows: QuerySet[IntroductionLetter] = letters_visible_to(request.user).filter(enrolment=enrolment.pk)
    may_issue = isinstance(enrolment, Enrolment) and can_place(enrolment, request.user)
    return {"rows": list(rows), "enrolment": enrolment if may_issue else None}


extend_admin(
    Enrolment,
    panels=[
        Panel("letters", _("Introduction letters"), "applications/admin/letters.html", letters_of_student),
    ],
)
