"""Acts of lists that are no moves: done, and said in the same words and on the same page as moves."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.translation import gettext as _

from apps.accounts.services.bulk_acts import act_on_rows, page_of_act
from apps.accounts.services.bulk_results import bulk_kind, sentence
from apps.accounts.states import JobState
from portal.kernel.errors import RuleViolation
from portal.kernel.views import say_refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from apps.accounts.models import Job
    from portal.kernel.admin import PortalModelAdmin


def act_many(
    page: "PortalModelAdmin",
    request: HttpRequest,
    code: str,
    keys: "Iterable[int]",
    values: Mapping[str, Any],
    **how: Any,
) -> HttpResponse | None:
    """Do something with these rows of the list; the answer is the page of the job where one was started."""
    try:
        row = act_on_rows(code, list(keys), values, actor=page.actor_of(request), **how)
    except RuleViolation as error:
        say_refusal(request, error)
        return None
    return tell_act(request, row)


def tell_act(request: HttpRequest, row: "Job") -> HttpResponse | None:
    """Say what was done; where rows were refused, or it can be taken back, with the page that says it of each."""
    if row.state != JobState.DONE:
        return HttpResponseRedirect(page_of_act(row))
    kind = bulk_kind(row)
    text = sentence(row.outcome, kind.done(row), reasons=True)
    level = messages.SUCCESS if row.outcome["moved"] else messages.WARNING
    back = kind.back(row)
    if row.pk and (back or row.outcome["refused"]):
        link = _("What was done, and undo") if back else _("What was done and what not")
        text = format_html('{} <a href="{}">{}</a>', text, page_of_act(row), link)
    messages.add_message(request, level, text)
    return None
