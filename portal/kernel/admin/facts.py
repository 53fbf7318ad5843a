"""What an object's page only shows: a link leads to pages that open, a list stands in words."""

from typing import TYPE_CHECKING, Any, Final, cast

import unfold.forms
from django.db.models import JSONField, Model
from django.http import HttpRequest
from django.utils.html import conditional_escape

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite

    # As in rows.py: typed as what it extends.
    from django.contrib.admin.helpers import AdminReadonlyField
    from django.utils.safestring import SafeString
else:
    from unfold.fields import UnfoldAdminReadonlyField as AdminReadonlyField

_OPENS: Final = "_portal_opens"


class ShownFact(AdminReadonlyField):
    """A fact that cannot be changed here."""

    def get_admin_url(self, remote_field: Any, remote_obj: Model) -> str:
        """Return the object as a link to its page, as plain text where that page would answer 404."""
        request = getattr(self.form, "request", None)
        site = cast("Any", self.model_admin).admin_site
        if request is not None and not opens(site, request, remote_obj):
            return str(remote_obj)
        return super().get_admin_url(remote_field, remote_obj)

    def _get_contents(self) -> "SafeString":
        """Return a list of words or numbers as people write it; other JSON as Unfold shows it."""
        found = cast("Any", self).resolved_field
        if not found or not isinstance(found[0], JSONField) or not _is_plain(found[2]):
            return cast("SafeString", super()._get_contents())  # type: ignore[misc] # of Unfold's class
        field = cast("Any", self).field["field"]
        nothing = getattr(self.model_admin, "empty_lists", {}).get(field, self.empty_value_display)
        return conditional_escape(", ".join(map(str, found[2])) or nothing)


def _is_plain(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str | int) for one in value)


def opens(site: "AdminSite", request: HttpRequest, row: Model) -> bool:
    """Say whether a row is among those of its model's page; one question for each row, none for superusers."""
    if not site.is_registered(type(row)):
        return False
    page = site.get_model_admin(type(row))
    if not page.has_view_permission(request):
        return False
    if getattr(request.user, "is_superuser", False):
        return True
    known: dict[Model, bool] = request.__dict__.setdefault(_OPENS, {})
    if row not in known:
        known[row] = page.get_queryset(request).filter(pk=row.pk).exists()
    return known[row]


# Unfold has no setting for it; its pages read this name each time that they show a fact.
unfold.forms.UnfoldAdminReadonlyField = ShownFact
