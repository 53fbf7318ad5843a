"""Letters and agreements: read, signed, printed, and sent back with ink on them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.selectors import history_of
from apps.applications.forms import ScanForm, SignForm
from apps.applications.models import Agreement
from apps.applications.permissions import signs_next
from apps.applications.selectors import agreements_to_sign, agreements_visible_to
from apps.applications.services.agreements import sign_agreement
from apps.applications.services.scans import file_scan
from apps.applications.states import AgreementState
from portal.kernel.errors import RuleViolation
from portal.kernel.views import page_of, row_or_404, send_file, timeline_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import User
    from portal.kernel.access import Viewer

RELATED = ("placement__enrolment__student", "placement__enrolment__cohort", "placement__company")

PAGE_SIZE: Final = 25
MOST_TO_SIGN: Final = 50


def paper_of(user: "Viewer", **lookup: Any) -> Agreement:
    """Return a paper that the user sees, or raise the 404."""
    rows = agreements_visible_to(user).select_related(*RELATED)
    return row_or_404(rows.prefetch_related("signatures__user", "placement__supervisors"), **lookup)


def shown_papers(user: "Viewer") -> "Prefetch[str]":
    """Return the prefetch of each placement's papers that the user sees, with who has signed."""
    rows = agreements_visible_to(user).exclude(state=AgreementState.WITHDRAWN)
    return Prefetch("agreements", queryset=rows.prefetch_related("signatures"))


@dataclass(frozen=True)
class ShownPaper:
    """A paper in a list: whose signature is missing, and whether it is the reader's turn."""

    paper: Agreement
    waits_for: str
    is_mine: bool


def papers_for(user: "Viewer", papers: "Iterable[Agreement]") -> list[ShownPaper]:
    """Return papers as the user sees them in a list; their signatures and placements are read already."""
    return [
        ShownPaper(
            paper,
            ", ".join(str(party.label) for party in paper.missing) if paper.state in AgreementState.waiting() else "",
            bool(signs_next(paper, user)),
        )
        for paper in papers
    ]


def signing_context(agreement: Agreement, user: "Viewer", form: SignForm | None = None) -> dict[str, Any]:
    """Return what the page of a paper shows: who has signed, who has not, and the form if it is the user's turn."""
    signed = {signature.party: signature for signature in agreement.signatures.all()}
    mine = signs_next(agreement, user)
    return {
        "agreement": agreement,
        "parties": [{"party": party, "signature": signed.get(party)} for party in agreement.parties],
        "signs_for": mine[0].label if mine else "",
        "form": (form or SignForm(initial={"seen": agreement.sha256})) if mine else None,
    }


def send_paper(agreement: Agreement) -> HttpResponseBase:
    """Answer with the PDF; 404 while it is not made."""
    if not agreement.file:
        raise Http404
    return send_file(agreement.file, f"{agreement.kind}-{agreement.code}.pdf")


@login_required
@require_safe
def agreement_list(request: HttpRequest) -> HttpResponse:
    """Show the papers around one's placements: first those that wait for one's own signature, the oldest first."""
    person = cast("User", request.user)
    around = ("signatures", "placement__supervisors")
    mine = agreements_to_sign(person).select_related(*RELATED).prefetch_related(*around)[:MOST_TO_SIGN]
    sent = agreements_visible_to(person).exclude(state__in=[AgreementState.DRAFT, AgreementState.WITHDRAWN])
    page = page_of(request, sent.select_related(*RELATED).prefetch_related(*around), PAGE_SIZE)
    others = [shown for shown in papers_for(person, page) if not shown.is_mine]
    context = {"mine": papers_for(person, mine), "page": page, "papers": others}
    return render(request, "applications/agreement_list.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a paper and who has signed it; POST signs."""
    person = cast("User", request.user)
    agreement = paper_of(person, pk=pk)
    form = SignForm(request.POST or None, initial={"seen": agreement.sha256})
    if request.method == "POST" and form.is_valid():
        try:
            sign_agreement(
                agreement,
                name=form.cleaned_data["name"],
                seen=form.cleaned_data["seen"],
                actor=person,
                address=request.META.get("REMOTE_ADDR", ""),
            )
        except RuleViolation as error:
            form.refuse(error)
        else:
            messages.success(request, _("You have signed."))
            return redirect("agreement_detail", pk=pk)
    context = signing_context(agreement, person, form if request.method == "POST" else None)
    context["timeline"] = timeline_of(Agreement, history_of(agreement))
    context["problems"] = form.non_field_errors() if request.method == "POST" and context["form"] is None else []
    return render(request, "applications/agreement.html", context)


@login_required
@require_safe
def agreement_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the PDF."""
    return send_paper(paper_of(request.user, pk=pk))


@login_required
@require_safe
def agreement_scan_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the scan of the signed paper."""
    agreement = paper_of(request.user, pk=pk)
    if not agreement.scan:
        raise Http404
    ending = str(agreement.scan.name).rpartition(".")[2]
    return send_file(agreement.scan, f"{agreement.kind}-{agreement.code}-scan.{ending}")


@login_required
@require_safe
def agreement_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """Lead from the code on the paper to its page."""
    return redirect("agreement_detail", pk=paper_of(request.user, code=code.upper()).pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def agreement_scan(request: HttpRequest) -> HttpResponse:
    """Take a scan or photo and file it under the paper whose code it shows."""
    form = ScanForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            agreement = file_scan(form.cleaned_data["file"].read(), actor=cast("User", request.user))
        except RuleViolation as error:
            form.refuse(error)
        else:
            done = agreement.state == AgreementState.COMPLETE
            messages.success(request, _("Filed; all have signed.") if done else _("Filed. A coordinator looks at it."))
            return redirect("agreement_detail", pk=agreement.pk)
    return render(request, "applications/agreement_scan.html", {"form": form})
