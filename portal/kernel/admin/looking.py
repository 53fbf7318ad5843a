"""A quick look at a row of a list: what it says, its state and its last moves, without leaving the list."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.formats import localize
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.kernel.admin.pages import PortalModelAdmin, last_moves
from portal.kernel.admin.tables import columns_of
from portal.kernel.fsm import moves_for
from portal.kernel.models import StatefulModel

if TYPE_CHECKING:
    Base = PortalModelAdmin
else:
    Base = object

MOVES_SHOWN: Final = 3
WORDS_SHOWN: Final = 60


class QuickLook(Base):
    """Adds the look to the pages of a model.

    ``look_facts`` names what it tells, in this order: columns of the list and plain facts of the object's page. The
    list's script opens it below the row; without a script the row's link leads to the object's page as ever.
    """

    look_facts: ClassVar[Sequence[str]] = ()

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the look."""
        return [self.task_path("<path:object_id>/look/", require_safe(self.look_view), "look"), *super().get_urls()]

    def look_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer with a part of a page; whoever may not open the object gets the same 404."""
        row = self.object_or_404(request, object_id)
        actor = self.actor_of(request)
        context = {
            "original": row,
            "object_url": self.url_of(row),
            "facts": list(self._facts(request, row)),
            "moves": moves_for(row, actor) if isinstance(row, StatefulModel) else [],
            "timeline": last_moves(row, MOVES_SHOWN),
        }
        return TemplateResponse(request, "admin/portal/look.html", context)

    def _facts(self, request: HttpRequest, row: Any) -> Iterator[tuple[str, str]]:
        columns = {column.name: column for column in columns_of(self, request.user)}
        for name in self.look_facts:
            if name in columns and (text := _as_text(columns[name].value(row))):
                yield columns[name].label, text


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return Truncator(str(localize(value))).words(WORDS_SHOWN)
