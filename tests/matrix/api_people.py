"""Doors of /api/v1/ to invitations, a company's people, history and what is one's own."""

from typing import Final

from tests.matrix.companies import colleague, invited
from tests.matrix.endpoints import WORKSPACE, Endpoint, Offers, Scene, api, without_arguments
from tests.matrix.people import subscribed


def _member(scene: Scene) -> tuple[int, int]:
    return scene.obj.pk, colleague(scene)[0]


COMPANIES: Final = [
    *(
        Endpoint("api-company-members", "company", "invite_member", method, states="approved", data=data)
        for method, data in (("get", None), ("post", invited))
    ),
    Endpoint("api-company-member", "company", "remove_member", "delete", states="approved", args=_member),
    *api("companyagreement", "company_agreement", {}),
    Endpoint("api-companyagreement-file", "company_agreement", "view"),
]
OWN: Final = [
    *(
        Endpoint(
            "api-me-notice-choices",
            "notification",
            "change_preferences",
            method,
            args=without_arguments,
            own=True,
            data=data,
        )
        for method, data in (("get", None), ("patch", lambda _s: {"usual": "weekly"}))
    ),
    Endpoint("api-me-data", "user", "export_own_data", "post", args=without_arguments, own=True, states="active"),
    Endpoint("api-me-calendar", "user", "make_calendar", "post", args=without_arguments, own=True),
    Endpoint("api-me-calendar", "user", "end_calendar", "delete", args=without_arguments, own=True, data=subscribed),
]
STUDENTS: Final = [
    *api("history", "audit", {}),
    Endpoint("api-enrolment-detail", "profile", "change", "patch", WORKSPACE, data=lambda _s: {"is_active": False}),
    Endpoint(
        "api-enrolment-invite",
        "profile",
        "invite",
        "post",
        WORKSPACE,
        args=without_arguments,
        quiet=True,
        data=lambda s: {"ids": [s.obj.pk]},
    ),
]
OFFERS = Offers(endpoints=[*COMPANIES, *OWN, *STUDENTS], public={}, scenes={})
