"""Lists as people want them: named views, the columns on the screen, the view with which a list opens."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Department, SavedView, User
from apps.accounts.permissions import can_change_saved_view, can_share_in
from apps.accounts.selectors import saved_views_visible_to
from apps.accounts.services.lists import MOST_QUERY, list_for
from portal.kernel.admin.remembering import ListView
from portal.kernel.admin.tables import columns_of
from portal.kernel.errors import NotAllowed, RuleViolation

MOST_VIEWS: Final = 30
MOST_ORDER: Final = 5
NAME_LENGTH: Final = 60


class ListMemory:
    """What the workspace's lists ask (``portal.kernel.admin.remembering``)."""

    def columns(self, user: User, label: str) -> Sequence[str]:
        """Return the columns that the user chose for the screen."""
        found: Sequence[str] = (user.list_columns or {}).get(_on_screen(label), ())
        return found

    def views(self, user: User, label: str) -> list[ListView]:
        """Return the views of a list, by name."""
        rows = saved_views_visible_to(user).filter(label=label)
        return [
            ListView(row.pk, row.name, row.query, row.order, row.columns, can_change_saved_view(row, user))
            for row in rows
        ]

    def usual(self, user: User, label: str) -> int | None:
        """Return the view with which the list opens."""
        return (user.usual_views or {}).get(label)


def _on_screen(label: str) -> str:
    return f"{label}#screen"


def save_view(label: str, name: str, shown: Mapping[str, Any], *, actor: User) -> SavedView:
    """Keep a list as it is shown under a name; ``shown`` holds ``query``, ``order`` and ``columns``.

    Raises ``NotAllowed`` for a list that is not the actor's, ``RuleViolation`` ``name_missing``, ``name_taken``,
    ``too_many`` or ``query_too_long``.
    """
    checked = _checked(label, shown, actor)
    if SavedView.objects.filter(owner=actor, label=label).count() >= MOST_VIEWS:
        text = _("You have %(count)d views of this list. Delete one of them first.") % {"count": MOST_VIEWS}
        raise RuleViolation("too_many", text, field="name")
    row = SavedView(owner=actor, label=label, name=_checked_name(name), **checked)
    return _stored(row)


def update_view(row: SavedView, shown: Mapping[str, Any], *, actor: User) -> SavedView:
    """Let the view be what the list shows now, under its name."""
    _must_own(row, actor)
    for name, value in _checked(row.label, shown, actor).items():
        setattr(row, name, value)
    return _stored(row)


def rename_view(row: SavedView, name: str, *, actor: User) -> SavedView:
    """Give the view another name."""
    _must_own(row, actor)
    row.name = _checked_name(name)
    return _stored(row)


def share_view(row: SavedView, department: Department | None, *, actor: User) -> SavedView:
    """Let all who coordinate something in the department have the view; None takes it back."""
    _must_own(row, actor)
    if department is not None and not can_share_in(department, actor):
        raise NotAllowed
    row.department = department
    return _stored(row)


def delete_view(row: SavedView, *, actor: User) -> None:
    """Forget the view; lists that opened with it open as they are."""
    _must_own(row, actor)
    row.delete()


def open_with(label: str, row: SavedView | None, *, actor: User) -> None:
    """Let a list open with this view for the actor, or as it is."""
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=actor.pk)
        kept = {name: key for name, key in (person.usual_views or {}).items() if name != label}
        person.usual_views = {**kept, label: row.pk} if row is not None else kept
        person.save(update_fields=["usual_views"])


def choose_screen_columns(label: str, columns: Collection[str], *, actor: User, view: SavedView | None = None) -> None:
    """Show these columns in the list from now on; with ``view`` they are the view's, and the list keeps its own.

    Raises ``NotAllowed``, ``RuleViolation`` ``columns_missing``.
    """
    chosen = _known_columns(label, columns, actor)
    if not chosen:
        raise RuleViolation("columns_missing", _("Choose at least one column."), field="columns")
    if view is not None:
        _must_own(view, actor)
        view.columns = chosen
        view.save(update_fields=["columns", "updated_at"])
        return
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=actor.pk)
        person.list_columns = {**(person.list_columns or {}), _on_screen(label): chosen}
        person.save(update_fields=["list_columns"])


def _must_own(row: SavedView, actor: User) -> None:
    if not can_change_saved_view(row, actor):
        raise NotAllowed


def _checked_name(name: str) -> str:
    found = " ".join(name.replace("\0", "").split())[:NAME_LENGTH]
    if not found:
        raise RuleViolation("name_missing", _("Give the view a name."), field="name")
    return found


def _checked(label: str, shown: Mapping[str, Any], actor: User) -> dict[str, Any]:
    query = str(shown.get("query", ""))
    if len(query) > MOST_QUERY:
        raise RuleViolation("query_too_long", _("These are too many conditions for one view."))
    order, columns = shown.get("order", ()), shown.get("columns", ())
    known = set(_known_columns(label, [str(name).removeprefix("-") for name in order], actor))
    kept = [name for name in order if name.removeprefix("-") in known][:MOST_ORDER]
    return {"query": query, "order": kept, "columns": _known_columns(label, columns, actor)}


def _known_columns(label: str, columns: Collection[str], actor: User) -> list[str]:
    page = list_for(label, actor)
    if page is None:
        raise NotAllowed
    return [column.name for column in columns_of(page, actor) if column.name in columns]


def _stored(row: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        text = _("You have a view “%(name)s” of this list already.") % {"name": row.name}
        raise RuleViolation("name_taken", text, field="name") from error
    return row
