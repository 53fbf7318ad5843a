"""Pages of the coordinators' workspace: own rows, rights of the object, moves as buttons, writes through services."""

from portal.kernel.admin.extensions import Action, Additions, Column, Panel, extend_admin, list_extensions
from portal.kernel.admin.filters import ScopedRelatedFilter
from portal.kernel.admin.forms import PortalAdminForm, version_token
from portal.kernel.admin.inlines import PortalTabularInline
from portal.kernel.admin.looking import QuickLook
from portal.kernel.admin.moves import human_moves, result_sentence
from portal.kernel.admin.narrowing import Paths, narrowing_of, through, within
from portal.kernel.admin.pages import ListLink, PortalModelAdmin, read_history_with

__all__ = [
    "Action",
    "Additions",
    "Column",
    "ListLink",
    "Panel",
    "Paths",
    "PortalAdminForm",
    "PortalModelAdmin",
    "PortalTabularInline",
    "QuickLook",
    "ScopedRelatedFilter",
    "extend_admin",
    "human_moves",
    "list_extensions",
    "narrowing_of",
    "read_history_with",
    "result_sentence",
    "through",
    "version_token",
    "within",
]
