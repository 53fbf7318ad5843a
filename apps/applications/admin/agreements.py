"""Letters and agreements in the workspace: prepared from placements, signed for the university, scans looked at."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.accounts.admin.bulk_acts import act_many
from apps.accounts.models import Enrolment
from apps.applications.admin.amending import MOST_REASONS, say_more
from apps.applications.models import Agreement, IntroductionLetter, Placement
from apps.applications.permissions import can_prepare_agreement, can_view_agreement, coordinates_agreement
from apps.applications.selectors import agreements_visible_to
from apps.applications.services.agreements import (
    accept_scan,
    make_again,
    prepare_agreement,
    sign_agreement,
)
from apps.applications.services.papers_at_once import ISSUE, PREPARE, start_zip
from apps.applications.states import AgreementKind, AgreementState, Party
from portal.kernel.admin import Action, ListLink, Panel, PortalModelAdmin, extend_admin, through
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.views import say_refusal


class TodoFilter(admin.SimpleListFilter):
    title = _("what to do")
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _page: Any) -> list[tuple[str, Any]]:
        university = ("sign", _("the university has not signed"))
        return [university, ("scan", _("a scan waits for your look")), ("problem", _("could not be made"))]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        waiting = rows.filter(state__in=AgreementState.waiting())
        if self.value() == "sign":
            return waiting.exclude(signatures__party=Party.UNIVERSITY)
        if self.value() == "scan":
            return waiting.exclude(scan="")
        return rows.exclude(problem="") if self.value() == "problem" else rows


def signatures_of(agreement: Agreement, request: HttpRequest) -> dict[str, object]:
    signed = {signature.party: signature for signature in agreement.signatures.all()}
    waits = agreement.state in AgreementState.waiting() and bool(agreement.scan)
    return {
        "agreement": agreement,
        "parties": [{"party": party, "signature": signed.get(party)} for party in agreement.parties],
        "missing": agreement.missing if waits and coordinates_agreement(agreement, request.user) else [],
    }


@admin.register(Agreement)
class AgreementAdmin(PortalModelAdmin):
    belongs = through("placement__enrolment__cohort")
    selector = staticmethod(agreements_visible_to)
    can_view = staticmethod(can_view_agreement)
    bulk_moves = ("send", "withdraw")
    empty_sentence = _("No letter or agreement yet. Tick placements in their list and prepare them there.")
    empty_next = ((_("To the placements"), "admin:applications_placement_changelist"),)
    list_display = ("student", "company", "paper", "missing_parties", "sent_on", "badge")
    list_filter = ("state", TodoFilter, "kind", "placement__enrolment__cohort")
    list_select_related = ("placement__enrolment__student", "placement__enrolment__cohort", "placement__company")
    search_fields = (
        *("code", "placement__company__name"),
        *("placement__enrolment__student__first_name", "placement__enrolment__student__last_name"),
    )
    ordering = ("-pk",)
    panels = (Panel("signatures", _("Signatures"), "applications/admin/signatures.html", signatures_of),)
    actions = ("sign_many",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("signatures__user")

    @admin.display(description=_("student"), ordering="placement__enrolment__student__last_name")
    def student(self, row: Agreement) -> str:
        return str(row.placement.enrolment.student)

    @admin.display(description=_("company"), ordering="placement__company__name")
    def company(self, row: Agreement) -> str:
        return row.placement.company.name

    @admin.display(description=_("paper"), ordering="kind")
    def paper(self, row: Agreement) -> str:
        return row.get_kind_display()

    @admin.display(description=_("still to sign"))
    def missing_parties(self, row: Agreement) -> str:
        waits = row.state in AgreementState.waiting()
        return ", ".join(str(party.label) for party in row.missing) if waits else ""

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent_on(self, row: Agreement) -> dt.date | None:
        return timezone.localtime(row.sent_at).date() if row.sent_at else None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        del request
        happened = ("problem", "sent_at", "completed_at", "reason")
        return ("kind", "language_name", "code", *(name for name in happened if obj is None or getattr(obj, name)))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    @admin.display(description=_("language"))
    def language_name(self, row: Agreement) -> str:
        return str(dict(settings.LANGUAGES).get(row.language, row.language))

    def object_links(self, request: HttpRequest, row: Agreement) -> list[ListLink]:
        placement = reverse("admin:applications_placement_change", args=[row.placement_id])
        links = [ListLink(_("Placement"), placement)]
        if row.file:
            links.insert(0, ListLink(_("Read and sign"), reverse("agreement_detail", args=[row.pk]), main=True))
        elif row.state == AgreementState.DRAFT and coordinates_agreement(row, request.user):
            again = reverse("admin:applications_agreement_make_again", args=[row.pk])
            links.insert(0, ListLink(_("Make the file again"), again, post=True))
        return links

    def get_urls(self) -> list[URLPattern]:
        at = self.task_path
        return [
            at("<path:object_id>/make-again/", require_POST(self.make_again_view), "make_again"),
            at("<path:object_id>/accept-scan/", require_POST(self.accept_scan_view), "accept_scan"),
            *super().get_urls(),
        ]

    def make_again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Try once more to make the PDF."""
        agreement = self.object_or_404(request, object_id)
        try:
            make_again(agreement, actor=self.actor_of(request))
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("The file is made again; look in a moment."))
        return HttpResponseRedirect(self.url_of(agreement))

    def accept_scan_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Enter the signatures that the scan shows."""
        agreement = self.object_or_404(request, object_id)
        wanted = [Party(key) for key in request.POST.getlist("party") if key in Party.values]
        if not wanted:
            messages.error(request, _("Tick who has signed."))
            return HttpResponseRedirect(self.url_of(agreement))
        try:
            accept_scan(agreement, actor=self.actor_of(request), parties=wanted)
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("The signatures are entered."))
        return HttpResponseRedirect(self.url_of(agreement))

    @admin.action(description=_("Sign for the university"))
    def sign_many(self, request: HttpRequest, rows: QuerySet[Agreement]) -> HttpResponse | None:
        name = request.POST.get("name", "").strip()
        if not name:
            return _ask_name(self, request, rows)
        done = 0
        refused: list[str] = []
        for agreement in rows:
            try:
                address = request.META.get("REMOTE_ADDR", "")
                sign_agreement(
                    agreement, name=name, seen=agreement.sha256, actor=self.actor_of(request), address=address
                )
                done += 1
            except RuleViolation as error:
                refused.append(f"{agreement}: {error.message}")
            except NotAllowed:
                refused.append(f"{agreement}: {_('You do not coordinate this student.')}")
        if done:
            messages.success(request, ngettext("%(count)d signed.", "%(count)d signed.", done) % {"count": done})
        for text in refused[:MOST_REASONS]:
            messages.error(request, text)
        say_more(request, len(refused) - MOST_REASONS)
        return None


def _ask_name(page: PortalModelAdmin, request: HttpRequest, rows: QuerySet[Agreement]) -> HttpResponse:
    across = request.POST.get("select_across") == "1"
    selected = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
    context = {
        **page.frame(request),
        "title": _("Sign for the university"),
        "count": rows.count(),
        "select_across": across,
        "selected": selected[:1] if across else selected,
        "checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        "list_url": request.get_full_path(),
    }
    return TemplateResponse(request, "applications/admin/sign_many.html", context)


# -- on the pages of placements and students ----------------------------------------------------------------------


def papers_of(placement: Placement, request: HttpRequest) -> dict[str, object]:
    rows = agreements_visible_to(request.user).filter(placement=placement)
    may_prepare = can_prepare_agreement(placement, request.user)
    return {
        "rows": list(rows),
        "placement": placement,
        "kinds": list(AgreementKind) if may_prepare else [],
    }


def papers_of_student(enrolment: Model, request: HttpRequest) -> dict[str, object]:
    rows = agreements_visible_to(request.user).filter(placement__enrolment=enrolment.pk)
    return {"rows": list(rows.select_related("placement__company")), "show_company": True}


PAPERS = Panel("papers", _("Letters and agreements"), "applications/admin/papers.html", papers_of)
extend_admin(
    Enrolment,
    panels=[
        Panel("papers", _("Letters and agreements"), "applications/admin/papers.html", papers_of_student),
    ],
)


def prepare_one(page: PortalModelAdmin, request: HttpRequest, placement: Placement) -> HttpResponse:
    """Enter a paper of the posted kind."""
    try:
        kind = AgreementKind(request.POST.get("kind", ""))
    except ValueError:
        kind = AgreementKind.LETTER
    try:
        prepare_agreement(placement, kind, actor=page.actor_of(request))
    except RuleViolation as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("%(paper)s is made and sent in a moment.") % {"paper": kind.label})
    return HttpResponseRedirect(page.url_of(placement))


def prepare_many(
    page: PortalModelAdmin, request: HttpRequest, rows: QuerySet[Placement], kind: AgreementKind
) -> HttpResponse | None:
    """Enter a paper of this kind for each ticked placement."""
    keys = rows.order_by("pk").values_list("pk", flat=True)
    return act_many(page, request, PREPARE.code, keys, {"kind": kind.value})


def issue_letters(page: PortalModelAdmin, request: HttpRequest, rows: QuerySet[Enrolment]) -> HttpResponse | None:
    """Issue a letter to any company for each ticked student."""
    return act_many(page, request, ISSUE.code, rows.order_by("pk").values_list("pk", flat=True), {})


def take_files(page: PortalModelAdmin, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Start a zip of the files of the ticked letters or agreements."""
    try:
        job = start_zip(page.label, rows, actor=page.actor_of(request))
    except RuleViolation as error:
        say_refusal(request, error)
        return None
    return redirect("job_detail", pk=job.pk)


ZIP_LABEL = _("Files as a zip")
extend_admin(Enrolment, actions=[Action("issue_letters", _("Issue introduction letters"), issue_letters)])
extend_admin(Agreement, actions=[Action("take_files", ZIP_LABEL, take_files)])
extend_admin(IntroductionLetter, actions=[Action("take_files", ZIP_LABEL, take_files)])
