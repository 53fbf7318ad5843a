"""The roof: what is for everybody, and what packages bring along."""

from tests.matrix.endpoints import WORKSPACE, Endpoint, Offers, without_arguments
from tests.matrix.table import PERSONAS

NOT_A_MATTER_OF_RIGHTS = "shows and changes nothing of anybody"

OFFERS = Offers(
    endpoints=[
        Endpoint("admin:index", "admin_site", "index", args=without_arguments, serves=WORKSPACE),
        Endpoint("admin:search", "admin_site", "index", args=without_arguments, serves=WORKSPACE),
        Endpoint("admin:scope", "admin_site", "index", args=without_arguments, serves=WORKSPACE),
        Endpoint(
            "admin:scope",
            "department",
            "work_on",
            "post",
            args=without_arguments,
            serves=WORKSPACE,
            data=lambda scene: {"scope": f"department-{scene.obj.pk}"},
            # Kept in the session, which is the table of no object.
            reads=True,
        ),
        # tests/reporting/test_analytics.py tries whose rows the figures count.
        Endpoint("admin:analytics", "admin_site", "index", args=without_arguments, serves=WORKSPACE),
        Endpoint("admin:analytics_file", "admin_site", "index", args=lambda _s: ("csv",), serves=WORKSPACE),
        Endpoint("admin:analytics_list", "admin_site", "index", args=lambda _s: ("completion",), serves=WORKSPACE),
        Endpoint("admin:find", "admin_site", "index", args=without_arguments, serves=WORKSPACE),
        Endpoint("admin:trend_file", "admin_site", "index", args=lambda _s: ("weeks",), serves=WORKSPACE),
        Endpoint("admin:app_list", "admin_site", "index", args=lambda _s: ("accounts",), serves=WORKSPACE),
        Endpoint("health_live", "health", "live", serves=" ".join(PERSONAS), args=without_arguments),
    ],
    public={
        "home": "leads everybody to the first page of the own role; refuses the anonymous",
        "find": "own pages, and rows of the own selectors; refuses the anonymous; tests/portal/test_palette.py tries it",
        "set_language": NOT_A_MATTER_OF_RIGHTS,
        "health_ready": "for the load balancer; colours only",
        "offline": NOT_A_MATTER_OF_RIGHTS,
        "worker": NOT_A_MATTER_OF_RIGHTS,
        "manifest": NOT_A_MATTER_OF_RIGHTS,
        "look_logo": "the university's logo stands on the sign-in page too",
        "look_colours": "the university's colours, as in any style sheet",
        "api-schema": "the API's description, the same for everybody",
        "api-client": "what can be said to the API, in Python; the same for everybody",
        "calendar_feed": "the address is the secret; tried in tests/accounts/test_calendar_feeds.py",
        "api-login": "whoever signs in is not signed in yet",
        "api-refresh": "whoever asks for the next tokens has only the refresh token",
        "api-logout": "ends the token that it is called with, and nothing else",
        "admin:login": "leads to the one sign-in page",
        "admin:logout": "by POST only, one's own session",
        "admin:password_change": "leads to the one page where a password is changed",
        "admin:password_change_done": "leads to the start page of the workspace",
        "admin:view_on_site": "leads nowhere: no model has an address of its own",
        "admin:jsi18n": "words of the workspace's scripts",
    },
    scenes={
        "admin_site": lambda world, _state: world.department,
        "health": lambda world, _state: world.department,
    },
)
