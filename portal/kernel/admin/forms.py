"""The form of an object's page: tells when the object was changed meanwhile, and shows the rules' refusals."""

from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.kernel.errors import RuleViolation

VERSION_FIELD = "_version"


def version_token(row: Model) -> str:
    """Return what the page sends back to say which version it showed; empty where the model keeps none."""
    version = getattr(row, "version", None)
    if version is not None:
        return str(version)
    changed = getattr(row, "updated_at", None)
    return changed.isoformat() if changed else ""


class PortalAdminForm(forms.ModelForm[Any]):
    """Base of all forms of object pages; ``request`` is set on the class that is made for one request."""

    request: HttpRequest
    refusal: RuleViolation | None = None

    def clean(self) -> dict[str, Any] | None:
        """Refuse what was written over an older version, and say at its field what a service has refused."""
        cleaned = super().clean()
        if self.instance.pk is not None and self._is_stale():
            self.add_error(
                None,
                forms.ValidationError(
                    _("Somebody changed this while you were writing. Compare, then save once more to keep yours."),
                    code="stale",
                ),
            )
        if self.refusal is not None:
            field = self.refusal.field if self.refusal.field in self.fields else None
            self.add_error(field, forms.ValidationError(str(self.refusal.message), code=self.refusal.code))
        return cleaned

    def _is_stale(self) -> bool:
        # The lock holds until the request's transaction ends: of two who save at once the second one is told.
        rows = type(self.instance)._default_manager.select_for_update(of=("self",))
        current = rows.filter(pk=self.instance.pk).first()
        return current is None or version_token(current) != self.data.get(VERSION_FIELD, "")
