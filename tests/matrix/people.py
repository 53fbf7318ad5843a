"""Doors to one's own account, to who is in and who is out, to staff, and to what is forgotten."""

from typing import Any, Final

from apps.accounts.models import CalendarFeed, Erasure, SiteSettings, StaffProfile, StudentProfile, User
from apps.accounts.states import Role
from tests.factories.accounts import ErasureFactory, StaffProfileFactory
from tests.factories.world import World
from tests.matrix.endpoints import (
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    list_action,
    without_arguments,
    workspace,
)

REGISTERING: Final = "whoever registers is nobody yet; what comes of it is the person's own, and only where it is open"
OWN_SESSION: Final = "ends all but the session of the person who asks, and knows nobody else"


def staff(world: World, _state: str) -> StaffProfile:
    """Somebody of the department who has no password yet."""
    found = StaffProfileFactory.create(department=world.department, user__roles=[Role.UNIVERSITY_SUPERVISOR])
    found.user.set_unusable_password()
    found.user.save()
    return found


def subscribed(scene: Scene) -> dict[str, Any]:
    """Let the person have subscribed to the own calendar before it is ended."""
    CalendarFeed.objects.get_or_create(user=scene.obj)
    return {}


def newcomer(world: World, _state: str) -> User:
    """The student, of whom the university knows no studies yet."""
    StudentProfile.objects.filter(user=world.student).delete()
    return User.objects.get(pk=world.student.pk)


def erasure(_world: World, state: str) -> Erasure:
    return ErasureFactory.create(state=state)


def site_settings(_world: World, _state: str) -> SiteSettings:
    return SiteSettings.objects.get_or_create()[0]


def _studies(scene: Scene) -> dict[str, Any]:
    programme = scene.world.department.programmes.first()
    phase = scene.world.cohort.phase
    return {"reg_no": "2023-04-00077", "programme": getattr(programme, "pk", ""), "year_of_study": "2", "phase": phase}


def _own_page(name: str, data: Any) -> Endpoint:
    return Endpoint(
        name, "user", "change_own_fields", "post", STUDENTS, "active", args=without_arguments, data=data, own=True
    )


OWN: Final = [
    Endpoint("person_picture", "user", "view", states="active"),
    _own_page("picture_change", lambda _s: {}),
    _own_page("welcome_place", lambda _s: {"company_name": "Njia Works", "supervisor_name": "Juma Mushi"}),
    _own_page("welcome_reach", lambda _s: {"phone": "+255700000002", "language": "sw"}),
    Endpoint("welcome", "newcomer", "tell_studies", "post", STUDENTS, args=without_arguments, data=_studies, own=True),
    Endpoint("own_data", "user", "export_own_data", "post", args=without_arguments, own=True, states="active"),
    Endpoint("api-logout-everywhere", "user", "end_own_sessions", "post", args=without_arguments, own=True),
    Endpoint("calendar_make", "user", "make_calendar", "post", args=without_arguments, own=True, status=200),
    Endpoint("calendar_end", "user", "end_calendar", "post", args=without_arguments, own=True, data=subscribed),
    Endpoint("session_end", "user", "end_own_sessions", "post", args=lambda s: (s.extra["session"].pk,), hidden=True),
    Endpoint("program_end", "user", "end_own_sessions", "post", args=lambda s: (s.extra["program"].pk,), hidden=True),
]
IN_AND_OUT: Final = [
    Endpoint("admin:accounts_user_shut-out", "user", "deactivate", "post", WORKSPACE, "active"),
    Endpoint("admin:accounts_user_let-in", "user", "reactivate", "post", WORKSPACE, "inactive"),
    Endpoint("admin:accounts_user_end-sessions", "user", "end_sessions", "post", WORKSPACE, "active"),
    Endpoint("admin:accounts_user_erase", "user", "erase", "post", "RO", "active"),
    *workspace(
        "accounts_erasure",
        "erasure",
        serves="RO",
        moves={"hold": "hold", "release": "release", "withdraw": "withdraw"},
    ),
    *workspace("accounts_staffprofile", "staff"),
    Endpoint("admin:accounts_enrolment_look", "profile", "view", serves=WORKSPACE),
    list_action("accounts_staffprofile", "invite", "staff", "invite"),
    # The list of the one row leads to it.
    Endpoint(
        "admin:accounts_sitesettings_changelist",
        "site_settings",
        "view",
        serves="RO",
        args=without_arguments,
        status=302,
    ),
    *workspace("accounts_sitesettings", "site_settings", serves="RO", change=lambda _s: {"phases": "PT1, PT2"})[1:],
]


OFFERS = Offers(
    endpoints=[*OWN, *IN_AND_OUT],
    public={
        **dict.fromkeys(("register_company", "register_sent", "register_go_on"), REGISTERING),
        "sessions_end_others": OWN_SESSION,
    },
    scenes={"staff": staff, "newcomer": newcomer, "erasure": erasure, "site_settings": site_settings},
)
