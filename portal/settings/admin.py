"""How django-unfold shows the coordinators' workspace; its colours are in ``static/portal/admin.css``."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def _file(name: str) -> Any:
    """Return a function for a static file: its final name is known only when the files are collected."""

    def address(_request: HttpRequest) -> str:
        return static(f"portal/{name}")

    return address


def _logo(_request: HttpRequest) -> str | None:
    """Return the address of the university's logo, none where it has given none: then our sign and name stand there."""
    from apps.accounts.selectors import site_look  # noqa: PLC0415 - the models are loaded after the settings

    return site_look().logo_url or None


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Practicum",
    "SITE_HEADER": "Practicum",
    "SITE_URL": None,
    "SITE_LOGO": _logo,
    "SITE_ICON": _file("logo.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _file("favicon.svg")}],
    "STYLES": [_file("tokens.css"), _file("admin.css"), _file("palette.css")],
    "SCRIPTS": [_file("palette.js"), _file("lists.js"), _file("forms.js")],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": reverse_lazy("set_language")},
    "ACCOUNT": {"navigation": [{"title": _("Change password"), "link": reverse_lazy("account_change_password")}]},
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": "portal.admin_site.sidebar"},
}
