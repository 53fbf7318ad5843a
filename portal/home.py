"""The first page of each role."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.selectors import is_unwelcomed
from apps.accounts.states import Role
from portal.kernel.access import scope_of

# In this order: who has several roles lands where most work waits.
FIRST_PAGES = (
    (Role.COORDINATOR, "admin:index"),
    (Role.DEAN, "university_figures"),
    (Role.UNIVERSITY_SUPERVISOR, "validate_weeks"),
    (Role.INDUSTRIAL_SUPERVISOR, "supervise"),
    (Role.COMPANY_REPRESENTATIVE, "company_home"),
    (Role.STUDENT, "student_today"),
)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send everybody to the page with the person's own work."""
    if request.user.is_superuser:
        return redirect("admin:index")
    roles = scope_of(request.user).roles
    for role, page in FIRST_PAGES:
        if role in roles:
            return redirect("welcome_place" if role == Role.STUDENT and is_unwelcomed(request.user) else page)
    return redirect("profile")
