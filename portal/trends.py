"""A chart of the coordinators' first page as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.kernel.exports import write_csv
from portal.kernel.trends import trend_named


@require_safe
def trend_file(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the numbers of one chart as CSV; 404 for one that is not there."""
    trend = trend_named(request, slug)
    if trend is None:
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{slug}.csv"'
    rows = [[line.label, *(part.count for part in line.parts)] for line in trend.lines]
    write_csv([trend.heading, *trend.columns], rows, answer)
    return answer
