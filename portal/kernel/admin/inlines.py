"""Rows of one model on the page of another."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import HttpRequest

from portal.kernel.admin.filters import choices_for
from portal.kernel.admin.rows import ScopedModelAdmin

if TYPE_CHECKING:
    # As in rows.py: typed as what it extends.
    from django.contrib.admin import TabularInline
else:
    from unfold.admin import TabularInline


class PortalTabularInline(TabularInline[Any, Any]):
    """Rows of a model on the page of what they belong to; the parent's rights are theirs.

    ``save_with(parent, kept, deleted, actor=)`` is the service that writes; without it the rows are only shown.
    """

    save_with: ClassVar[Any] = None
    extra = 0

    def save(self, parent: Any, kept: list[Any], deleted: list[Any], request: HttpRequest) -> None:
        """Hand the changed rows to the service; an inline without one has no changed rows."""
        type(self).save_with(parent, kept, deleted, actor=ScopedModelAdmin.actor_of(request))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the rows' forms, which know the request as the form of the page does."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.request = request  # type: ignore[attr-defined] # the class is made anew for each request
        return formset

    def proposed_rows(self, parent: Any) -> list[dict[str, Any]]:  # noqa: ARG002 - for subclasses
        """Return the values of new rows that are shown to be taken; what nobody changes is not stored."""
        return []

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Show a form for each proposed row."""
        proposed = len(self.proposed_rows(obj)) if obj is not None and obj.pk else 0
        return proposed or super().get_extra(request, obj, **kwargs)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """Offer only rows that the user has."""
        del db
        return choices_for(self.admin_site, db_field.remote_field.model, request)

    def _parent(self) -> ScopedModelAdmin:
        return cast("ScopedModelAdmin", self.admin_site.get_model_admin(self.parent_model))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the parent sees its rows."""
        return self._parent().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change the parent may change its rows."""
        return type(self).save_with is not None and self._parent().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change the parent may add rows to it."""
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may change the parent may take rows away from it."""
        return self.has_change_permission(request, obj)
