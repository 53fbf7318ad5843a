"""Doors to people, organisations, imports, links, notices and work."""

from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.models import (
    Cohort,
    Company,
    CompanyMember,
    Department,
    DepartmentGrant,
    Enrolment,
    User,
)
from apps.accounts.services.invitations import target_of
from apps.accounts.services.people import grant
from apps.accounts.states import LinkPurpose, MemberKind
from apps.applications.states import PlacementState, SupervisorKind
from portal.kernel.access import SYSTEM
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    CompanyMemberFactory,
    DepartmentFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    TokenFamilyFactory,
)
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.world import World
from tests.matrix.companies import merged_company
from tests.matrix.endpoints import (
    LINKS,
    STUDENTS,
    WORKSPACE,
    Endpoint,
    Offers,
    Scene,
    api,
    list_action,
    without_arguments,
    workspace,
)
from tests.matrix.words import state_of

OWN_ACCOUNT: Final = "one's own way in, by the account package, which knows nobody but the person of the session"


def user(world: World, state: str) -> tuple[User, dict[str, Any]]:
    """Return the student himself, with a picture and a session elsewhere; somebody inactive is another one."""
    if state == "inactive":
        return EnrolmentFactory.create(cohort=world.cohort, student__is_active=False).student, {}
    found = User.objects.get(pk=world.student.pk)
    found.picture = SimpleUploadedFile("me.jpg", b"\xff\xd8\xff")
    found.save()
    session = UserSession.objects.create(user=found, session_key="elsewhere", ip="192.0.2.7", user_agent="Firefox")
    return found, {"session": session, "program": TokenFamilyFactory.create(user=found)}


def company(world: World, state: str) -> Company:
    """Proposed by the student for the department; the representative is its own, the supervisors look after one there.

    One that is merged is made by ``companies``.
    """
    if state.startswith("merged"):
        return merged_company(world, state)
    found = CompanyFactory.create(
        state=state_of("company", state),
        proposed_by=world.student,
        proposed_for=world.department,
        name="Njia Works",
        contact_person="Zawadi Kessy",
    )
    CompanyMemberFactory.create(company=found, kind=MemberKind.SUPERVISOR)
    CompanyMemberFactory.create(company=found, user=world.representative)
    over = PlacementFactory.create(company=found, enrolment=world.enrolment, state=PlacementState.COMPLETED)
    for person, kind in (
        (world.industrial_supervisor, SupervisorKind.INDUSTRIAL),
        (world.university_supervisor, SupervisorKind.UNIVERSITY),
    ):
        PlacementSupervisorFactory.create(placement=over, user=person, kind=kind)
    return found


def invitation(world: World, _state: str) -> tuple[CompanyMember, dict[str, Any]]:
    """Ask a person with a password to join the company; ``loses`` takes the invitation back."""
    member = CompanyMemberFactory.create(company=world.company, is_active=False, invited_at=timezone.now())
    extra = {
        "purpose": LinkPurpose.JOIN,
        "target": target_of(member.user, member),
        "holder": member.user,
        "loses": lambda _link: CompanyMember.objects.filter(pk=member.pk).delete(),
    }
    return member, extra


def lone_cohort(world: World, _state: str) -> Cohort:
    """Both coordinators keep one cohort of what was their department."""
    for person, cohort in ((world.coordinator, world.cohort), (world.foreign_coordinator, world.other_cohort)):
        DepartmentGrant.objects.filter(user=person).delete()
        grant(person, cohort, actor=SYSTEM)
    return world.cohort


def _new_company(scene: Scene) -> dict[str, Any]:
    return {"name": "Daraja Works", "proposed_for": scene.world.department.pk, "email": "office@daraja.example"}


def new_student(scene: Scene) -> dict[str, Any]:
    return {
        "cohort": scene.world.cohort.pk,
        "reg_no": "2021-04-00009",
        "first_name": "Asha",
        "last_name": "Moshi",
        "email": "asha.moshi@uni.example",
        "programme": scene.world.student.student_profile.programme.pk,
        "year_of_study": "2",
    }


def new_person(_scene: Scene) -> dict[str, Any]:
    return {"first_name": "Neema", "last_name": "Mollel", "email": "neema.mollel@uni.example"}


def profile(world: World, _state: str) -> Enrolment:
    """Return the student's enrolment, by which staff reach what the university knows of a student.

    The student has no password yet, as after an import.
    """
    world.student.set_unusable_password()
    world.student.save()
    return Enrolment.objects.get(pk=world.enrolment.pk)


def _coordinated_department(world: World) -> Department:
    found = DepartmentFactory.create()
    grant(world.coordinator, found, actor=SYSTEM)
    return found


PEOPLE: Final = [
    Endpoint("profile", "user", "view", serves=STUDENTS, args=without_arguments, own=True, shows=lambda s: s.obj.email),
    Endpoint(
        "profile",
        "user",
        "change_own_fields",
        "post",
        states="active",
        args=without_arguments,
        own=True,
        form=True,
        data=lambda _s: {"phone": "+255700000001"},
    ),
    Endpoint("api-me", "user", "view", serves=STUDENTS, states="active", args=without_arguments, own=True),
    *workspace("accounts_user", "user", states="active,inactive", change=lambda _s: {"last_name": "M"}),
    Endpoint("admin:accounts_user_add", "user", "add", "post", "RO", "new", without_arguments, new_person, form=True),
    Endpoint(
        "admin:accounts_user_change",
        "user",
        "deactivate",
        "post",
        "RO",
        "active",
        data=lambda _s: {"is_active": []},
        form=True,
    ),
    Endpoint(
        "admin:accounts_user_change",
        "user",
        "reactivate",
        "post",
        "RO",
        "inactive",
        data=lambda _s: {"is_active": "on"},
        form=True,
    ),
    Endpoint("admin:accounts_user_rights", "user", "view_rights", serves="RO", states="active"),
    Endpoint(
        "admin:accounts_user_role",
        "user",
        "change_role",
        "post",
        "RO",
        "active",
        data=lambda _s: {"role": "coordinator"},
    ),
    Endpoint(
        "admin:accounts_user_grant",
        "user",
        "change_scope",
        "post",
        "RO",
        "active",
        data=lambda s: {"department": s.world.other_department.pk},
    ),
    Endpoint(
        "admin:accounts_user_withdraw",
        "user",
        "change_scope",
        "post",
        "RO",
        "active",
        args=lambda s: (s.world.coordinator.pk,),
        data=lambda s: {"kind": "department", "grant": DepartmentGrant.objects.get(user=s.world.coordinator).pk},
    ),
    *workspace("accounts_enrolment", "profile", change=lambda _s: {"region_preference": "Dodoma"}, add=new_student),
    *(
        Endpoint(
            "admin:accounts_enrolment_export",
            thing,
            action,
            "post",
            WORKSPACE,
            args=without_arguments,
            query="?format=csv",
            own=True,
        )
        for thing, action in (("profile", "export"), ("export_file", "request"))
    ),
    Endpoint(
        "admin:autocomplete",
        "profile",
        "list",
        serves=WORKSPACE,
        args=without_arguments,
        query="?app_label=applications&model_name=placement&field_name=enrolment&term=",
        shows=lambda s: f'"id": "{s.obj.pk}"',
    ),
]
INVITATIONS: Final = [
    list_action("accounts_enrolment", "invite", "profile", "invite"),
    Endpoint("link_join", "invitation", "view", serves=LINKS, args=lambda s: (s.extra["link"].pk,)),
    Endpoint("link_join", "invitation", "accept", "post", LINKS, args=lambda s: (s.extra["link"].pk,)),
]
ORGANISATIONS: Final = [
    *api("company", "company", {"approve": "approve", "reject": "reject", "archive": "archive"}, reads="TO"),
    *workspace(
        "accounts_company",
        "company",
        moves={"approve": "approve", "reject": "reject", "archive": "archive"},
        bulk=("approve", "reject", "archive"),
        change=lambda _s: {"address": "Plot 5, Dodoma"},
        add=_new_company,
        looks=True,
    ),
    Endpoint(
        "admin:accounts_company_delete",
        "company",
        "delete_referenced",
        "post",
        WORKSPACE,
        "approved",
        data=lambda _s: {"post": "yes"},
        quiet=True,
    ),
    *workspace(
        "accounts_department",
        "department",
        change=lambda _s: {"faculty": "Engineering"},
        add=lambda _s: {"code": "chem", "name": "Chemical Engineering"},
        deletes=True,
    ),
    *workspace(
        "accounts_programme",
        "programme",
        change=lambda _s: {"name": "Mining"},
        add=lambda s: {"department": s.world.department.pk, "code": "BSC-MI", "name": "Mining"},
        deletes=True,
    ),
    *workspace(
        "accounts_cohort",
        "cohort",
        change=lambda _s: {"name": "Mining PT1", "country": "TZ"},
        add=lambda s: {
            "department": s.world.department.pk,
            "name": "Mining PT1",
            "phase": "PT1",
            "start": "2026-01-05",
            "end": "2026-03-01",
            "country": "TZ",
            "working_days": ["1", "2", "3"],
        },
        deletes=True,
    ),
    Endpoint("admin:accounts_cohort_copy", "cohort", "copy", "post", WORKSPACE),
    Endpoint("admin:accounts_cohort_add", "lone_cohort", "add", "get", WORKSPACE, args=without_arguments),
    Endpoint("admin:accounts_programme_add", "lone_cohort", "add", "get", WORKSPACE, args=without_arguments),
]
OF_PACKAGES: Final = (
    *("account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate"),
    *("account_email", "account_email_verification_sent", "account_change_password", "account_set_password"),
    *("account_reset_password", "account_confirm_login_code", "account_confirm_email"),
    *("account_reset_password_from_key_done", "account_reset_password_from_key", "account_reset_password_done"),
    *("mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp"),
    *("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"),
    *("mfa_add_webauthn", "mfa_edit_webauthn", "mfa_list_webauthn", "mfa_login_webauthn"),
    *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "usersessions_list"),
    *("socialaccount_login_cancelled", "socialaccount_login_error", "socialaccount_signup"),
    *("socialaccount_connections", "openid_connect_login", "openid_connect_callback"),
    *(f"None accounts/social/{name}/" for name in ("login/cancelled", "login/error", "signup", "connections")),
)


OFFERS = Offers(
    endpoints=[*PEOPLE, *INVITATIONS, *ORGANISATIONS],
    public={
        **dict.fromkeys(OF_PACKAGES, OWN_ACCOUNT),
        "history_heads": "hashes of the sealed history by day, to be kept outside; they say nothing of anybody",
        "unsubscribe": "the signed address of a mail; all that it does is fewer mails to its reader",
        "mail_choices_by_token": "the same address; shows and changes how often its reader gets which mail, names nobody",
    },
    scenes={
        "user": user,
        "profile": profile,
        "company": company,
        "department": lambda world, _state: _coordinated_department(world),
        "programme": lambda world, _state: ProgrammeFactory.create(department=world.department),
        "cohort": lambda world, _state: CohortFactory.create(department=world.department),
        "lone_cohort": lone_cohort,
        "invitation": invitation,
    },
)
