"""The heads of the history, for whoever wants to keep them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.accounts.services.heads import published_heads


@require_safe
def history_heads(_request: HttpRequest) -> HttpResponse:
    """Answer with one line a day, to be kept outside of the portal; they say nothing of anybody."""
    answer = HttpResponse(published_heads(), content_type="text/plain; charset=utf-8")
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
