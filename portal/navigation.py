"""The pages that each role finds in the bar on top; a page that is not installed is left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from portal.kernel.access import scope_of
from portal.kernel.errors import Text


@dataclass(frozen=True)
class Page:
    """An entry of the navigation: ``icon`` is a name in ``components/sprite.html``; ``bottom`` puts it on phones."""

    url_name: str
    label: Text
    icon: str
    roles: frozenset[str] = frozenset()
    bottom: bool = False


@dataclass(frozen=True)
class NavItem:
    """A page as this request sees it."""

    label: Text
    url: str
    icon: str
    current: bool


STUDENT: Final = frozenset({"student"})
REPRESENTATIVE: Final = frozenset({"company_representative"})
INDUSTRIAL: Final = frozenset({"industrial_supervisor"})
UNIVERSITY: Final = frozenset({"university_supervisor"})
DEAN: Final = frozenset({"dean"})
COORDINATOR: Final = frozenset({"coordinator"})

PAGES: Final[Sequence[Page]] = (
    Page("admin:index", _("Workspace"), "today", COORDINATOR),
    Page("university_figures", _("Figures"), "report", DEAN),
    Page("student_today", _("Today"), "today", STUDENT, bottom=True),
    Page("student_weeks", _("Weeks"), "weeks", STUDENT, bottom=True),
    Page("supervise", _("Trainees"), "people", INDUSTRIAL),
    Page("validate_weeks", _("Weeks"), "weeks", UNIVERSITY),
    Page("own_students", _("Students"), "people", UNIVERSITY),
    Page("visit_list", _("Visits"), "people", UNIVERSITY),
    Page("report_list", _("Reports"), "report", UNIVERSITY),
    Page("vacancy_list", _("Vacancies"), "work", STUDENT, bottom=True),
    Page("company_home", _("Today"), "today", REPRESENTATIVE, bottom=True),
    Page("company_vacancy_list", _("Vacancies"), "work", REPRESENTATIVE, bottom=True),
    Page("company_interviews", _("Interviews"), "weeks", REPRESENTATIVE, bottom=True),
    Page("company_trainees", _("Trainees"), "people", REPRESENTATIVE, bottom=True),
    Page("own_companies", _("Company"), "building", REPRESENTATIVE, bottom=True),
    Page("company_list", _("Companies"), "building", STUDENT),
    Page("application_list", _("Applications"), "send", STUDENT, bottom=True),
    Page("documents", _("Reports"), "report", STUDENT, bottom=True),
)
ACCOUNT_PAGES: Final[Sequence[Page]] = (
    Page("profile", _("My details"), "person"),
    Page("mail_choices", _("Notices by mail"), "bell"),
    Page("ai_usage", _("AI help"), "report"),
    Page("account_change_password", _("Change password"), "settings"),
    Page("mfa_index", _("Second factor"), "settings"),
    Page("usersessions_list", _("Where you are signed in"), "globe"),
    Page("socialaccount_connections", _("University sign-in"), "settings"),
)
LINKS: Final[dict[str, str]] = {
    "home": "home",
    "find": "find",
    "sign_in": "account_login",
    "sign_out": "account_logout",
    "language": "set_language",
    "notices": "notices",
    "manifest": "manifest",
    "worker": "worker",
}


def url_of(name: str) -> str:
    """Return the address of a page, or the empty text where it is not installed."""
    return _address(name, get_script_prefix())


@cache
def _address(name: str, _prefix: str) -> str:
    """Look an address up: a page names a dozen, and while the program runs they stay what they are."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def pages_for(request: HttpRequest) -> list[tuple[Page, str]]:
    """Return the pages of the roles of the request's user with their addresses; superusers get the workspace."""
    user = request.user
    roles = set(scope_of(user).roles)
    if getattr(user, "is_superuser", False):
        roles |= COORDINATOR
    wanted = [(page, url_of(page.url_name)) for page in PAGES if page.roles & roles]
    return [(page, url) for page, url in wanted if url]


def nav_items(pages: Iterable[tuple[Page, str]], path: str) -> list[NavItem]:
    """Return the entries for a bar; the one whose address is the longest beginning of ``path`` is current."""
    found = list(pages)
    current = max((url for _page, url in found if path.startswith(url)), key=len, default="")
    return [NavItem(page.label, url, page.icon, url == current) for page, url in found]
