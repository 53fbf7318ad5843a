"""What the frame of every page shows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.accounts.selectors import site_look
from apps.accounts.services.registration import Door, is_open
from portal import navigation
from portal.gates import lacks_second_factor
from portal.kernel.screens import unread_notices


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return navigation, addresses and the count of unread notices.

    Everything is lazy: a page that does not show the frame asks nothing, and one that does costs the scope (which
    its selectors read anyway) and one count.
    """
    user = getattr(request, "user", None)
    signed_in = SimpleLazyObject(lambda: bool(user and user.is_authenticated))
    pages = SimpleLazyObject(lambda: navigation.pages_for(request) if signed_in else [])
    account = [(page, url) for page in navigation.ACCOUNT_PAGES if (url := navigation.url_of(page.url_name))]
    return {
        "nav_items": SimpleLazyObject(lambda: navigation.nav_items(pages, request.path)),
        "nav_bottom": SimpleLazyObject(
            lambda: navigation.nav_items([entry for entry in pages if entry[0].bottom][:5], request.path)
        ),
        "account_items": SimpleLazyObject(lambda: navigation.nav_items(account, request.path)),
        "unread": SimpleLazyObject(lambda: unread_notices(user) if user and signed_in else 0),
        "portal_urls": {key: navigation.url_of(name) for key, name in navigation.LINKS.items()},
        "university_name": settings.UNIVERSITY_NAME,
        "site_look": SimpleLazyObject(site_look),
        "student_open": SimpleLazyObject(lambda: is_open(Door.STUDENT)),
        "company_open": SimpleLazyObject(lambda: is_open(Door.COMPANY)),
        "second_factor_missing": SimpleLazyObject(lambda: signed_in and lacks_second_factor(request)),
        "demo": settings.DEMO,
    }
