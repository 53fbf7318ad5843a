"""Where people are signed in, and how it ends."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import HistoryEntry, User
from apps.accounts.services.people import end_sessions, give_role, grant, set_active
from apps.accounts.services.sessions import client_of, program_of
from apps.accounts.states import Role
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed
from tests.clients import access_token_for, signed_in
from tests.factories.accounts import EnrolmentFactory, StaffProfileFactory, TokenFamilyFactory, UserFactory

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = "usersessions_list"


@pytest.fixture
def person():
    return UserFactory.create(username="asha")


def sign_in(**extra) -> Client:
    browser = Client(**extra)
    assert browser.post(reverse("account_login"), {"login": "asha", "password": "pw"}).status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return browser.get(reverse("profile")).status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18 Safari/604.1", "Safari · iPhone"),
        ("curl/8", ""),
    ],
)
def test_a_program_is_named_in_two_words(agent, words):
    assert program_of(agent) == words


def test_the_list_shows_each_device_and_ends_one(person):
    here, there = sign_in(HTTP_USER_AGENT=FIREFOX), sign_in(REMOTE_ADDR="192.0.2.7")
    page = here.get(reverse(PAGE))
    assert [(found.program, found.address, found.is_current) for found in page.context["sessions"]] == [
        ("", "192.0.2.7", False),
        ("Firefox · Linux", "127.0.0.1", True),
    ]
    here.post(reverse("session_end", args=[page.context["sessions"][0].pk]))
    assert (is_in(here), is_in(there), len(here.get(reverse(PAGE)).context["sessions"])) == (True, False, 1)


def test_a_session_from_before_the_list_is_shown_as_this_device(person):
    (found,) = signed_in(person).get(reverse(PAGE)).context["sessions"]
    assert (found.pk, found.address, found.is_current) == (0, "127.0.0.1", True)


def test_all_others_end_with_their_tokens(person):
    here, there, token = sign_in(), sign_in(), str(access_token_for(person))
    here.post(reverse("sessions_end_others"))
    assert (is_in(here), is_in(there)) == (True, False)
    assert Client().get(reverse("api-me"), HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 401
    assert len(here.get(reverse(PAGE)).context["sessions"]) == 1


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("curl/8.5.0", "curl"),
        ("practicum-client (Python)", "practicum-client"),
        ("Mozilla/5.0", ""),
        ("<b>x</b>", ""),
        ("", ""),
    ],
)
def test_a_program_of_the_api_is_called_as_it_calls_itself(agent, name):
    assert client_of(agent) == name


def test_the_list_shows_programs_that_still_run_and_ends_one(person):
    there = Client(headers={"User-Agent": "curl/8.5.0"})
    given = there.post(
        reverse("api-login"), {"email": "asha", "password": "pw"}, content_type="application/json"
    ).json()
    ended, over = TokenFamilyFactory.create(user=person, ended_at=timezone.now()), timezone.now()
    TokenFamilyFactory.create(user=person, expires_at=over)
    TokenFamilyFactory.create()
    here = sign_in()
    (found,) = here.get(reverse(PAGE)).context["programs"]
    assert found.program == "curl"
    bearer = {"Authorization": f"Bearer {given['access_token']}"}
    assert there.get(reverse("api-me"), headers=bearer).status_code == 200
    here.post(reverse("program_end", args=[found.pk]))
    assert there.get(reverse("api-me"), headers=bearer).status_code == 401
    refresh = {"refresh_token": given["refresh_token"]}
    assert there.post(reverse("api-refresh"), refresh, content_type="application/json").status_code == 401
    assert list(here.get(reverse(PAGE)).context["programs"]) == []
    assert here.post(reverse("program_end", args=[ended.pk])).status_code == 404


def test_nobody_signs_out_the_program_of_somebody_else(person):
    foreign = TokenFamilyFactory.create()
    assert sign_in().post(reverse("program_end", args=[foreign.pk])).status_code == 404
    foreign.refresh_from_db()
    assert foreign.ended_at is None


def test_nobody_ends_the_session_of_somebody_else(person):
    there = sign_in()
    foreign = UserSession.objects.get(user=person)
    other = signed_in(UserFactory.create())
    assert other.post(reverse("session_end", args=[foreign.pk])).status_code == 404
    assert (is_in(there), other.get(reverse("session_end", args=[foreign.pk])).status_code) == (True, 405)


# -- shut out -------------------------------------------------------------------------------------------------------


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create(student__username="asha")


@pytest.fixture
def coordinator(enrolment):
    person = UserFactory.create()
    grant(person, enrolment.cohort.department, actor=SYSTEM)
    return person


def page_of(name: str, person: User) -> str:
    return reverse(f"admin:accounts_user_{name}", args=[person.pk])


def test_a_coordinator_shuts_a_student_out_and_lets_in_again(enrolment, coordinator):
    student, workspace = enrolment.student, signed_in(coordinator)
    there, token = sign_in(), str(access_token_for(enrolment.student))
    links = workspace.get(page_of("change", student)).context["object_links"]
    assert [link.url for link in links] == [page_of("shut-out", student), page_of("end-sessions", student)]
    workspace.post(page_of("shut-out", student))
    bearer = {"authorization": f"Bearer {token}"}
    assert (is_in(there), Client().get(reverse("api-me"), headers=bearer).status_code) == (False, 401)
    workspace.post(page_of("let-in", student))
    assert (is_in(there), Client().get(reverse("api-me"), headers=bearer).status_code) == (False, 401)
    assert is_in(sign_in())
    actions = HistoryEntry.objects.filter(target_label="accounts.User").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["deactivate", "reactivate"]


def test_a_coordinator_signs_a_student_out_everywhere(enrolment, coordinator):
    there = sign_in()
    signed_in(coordinator).post(page_of("end-sessions", enrolment.student))
    assert is_in(there) is False


def test_staff_of_the_department_are_looked_after_too(coordinator, enrolment):
    member = StaffProfileFactory.create(department=enrolment.cohort.department).user
    foreign = StaffProfileFactory.create().user
    assert set_active(member, active=False, actor=coordinator).is_active is False
    with pytest.raises(NotAllowed):
        set_active(foreign, active=False, actor=coordinator)


@pytest.mark.parametrize("name", ["shut-out", "let-in", "end-sessions"])
def test_strangers_reach_nobody_and_nothing_happens_by_get(enrolment, coordinator, name):
    foreign = EnrolmentFactory.create().student
    workspace = signed_in(coordinator)
    assert workspace.post(page_of(name, foreign)).status_code == 404
    assert workspace.get(page_of(name, enrolment.student)).status_code == 405
    foreign.refresh_from_db()
    assert (foreign.is_active, foreign.session_version) == (True, 0)


def test_a_coordinator_shuts_out_neither_coordinators_nor_superusers(enrolment, coordinator):
    student = enrolment.student
    give_role(student, Role.COORDINATOR, actor=SYSTEM)
    assert signed_in(coordinator).post(page_of("shut-out", student)).status_code == 403
    with pytest.raises(NotAllowed):
        end_sessions(User.objects.get(pk=student.pk), actor=coordinator)
    student.groups.clear()
    student.is_superuser = True
    student.save()
    with pytest.raises(NotAllowed):
        set_active(User.objects.get(pk=student.pk), active=False, actor=coordinator)


def test_the_last_superuser_stays():
    root = UserFactory.create(is_superuser=True)
    page = signed_in(root).post(page_of("shut-out", root), follow=True)
    assert [str(message) for message in page.context["messages"]] == ["You cannot shut yourself out."]
    assert User.objects.get(pk=root.pk).is_active is True


def test_a_coordinator_gives_nobody_a_right(enrolment, coordinator):
    workspace, student = signed_in(coordinator), enrolment.student
    for name in ("role", "grant", "withdraw"):
        assert workspace.post(page_of(name, coordinator), {"role": "coordinator"}).status_code == 404
        assert workspace.post(page_of(name, student), {"role": "coordinator"}).status_code == 404
    assert workspace.get(page_of("rights", coordinator)).status_code == 404
    form = {"first_name": "X", "is_superuser": "on", "is_staff": "on", "groups": "1", "session_version": "9"}
    assert workspace.post(page_of("change", coordinator), form).status_code == 403
    coordinator.refresh_from_db()
    assert (coordinator.is_superuser, coordinator.is_staff, coordinator.first_name == "X") == (False, False, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_people_costs_the_same_for_one_and_for_three(
    coordinator, enrolment, rows, django_assert_num_queries
):
    for _ in range(rows - 1):
        EnrolmentFactory.create(cohort=enrolment.cohort)
    workspace = signed_in(coordinator)
    with django_assert_num_queries(7):
        page = workspace.get(reverse("admin:accounts_user_changelist"))
    assert page.context["cl"].result_count == rows + 1
