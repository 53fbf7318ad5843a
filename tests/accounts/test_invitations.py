import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from apps.accounts.models import AccessLink, CompanyMember, HistoryEntry, Notice, User
from apps.accounts.permissions import can_invite_members, can_invite_staff, can_invite_student
from apps.accounts.services import invitations
from apps.accounts.services.invitations import (
    accept_invitation,
    invite_again,
    invite_member,
    invite_staff,
    invite_students,
    withdraw_invitation,
)
from apps.accounts.services.links import link_by_id
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import LinkPurpose, MemberKind, Role
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import (
    CompanyMemberFactory,
    EnrolmentFactory,
    StaffProfileFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PASSWORD = "seven quiet herons at noon"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def head() -> CompanyMember:
    """The representative of a company, who invites."""
    return CompanyMemberFactory.create()


def invited(head: CompanyMember, email: str = "new@host.example", **values) -> CompanyMember:
    kind = values.pop("kind", MemberKind.SUPERVISOR)
    return invite_member(head.company, kind=kind, email=email, actor=head.user, **values)


def addresses() -> list[str]:
    """Send what waits, and return the links in the mails."""
    run_due_tasks()
    return [re.search(r"/l/[^/]+/", str(letter.body)).group() for letter in mail.outbox]


def opened(address: str) -> tuple[Client, str]:
    browser = Client()
    answer = browser.get(address)
    assert answer.status_code == 302
    return browser, answer["Location"]


def filled(**changes: str) -> dict[str, str]:
    return {"first_name": "Asha", "last_name": "Juma", "password": PASSWORD, "repeated": PASSWORD} | changes


def without_password(person: User) -> User:
    person.set_unusable_password()
    person.save()
    return person


# -- into a company -----------------------------------------------------------------------------------------------


def test_an_invited_stranger_joins_by_link_with_a_password_of_her_own(head):
    member = invited(head, "New@Host.example ", full_name="A. Juma", title="Foreman")
    assert (member.is_active, member.user.has_usable_password(), member.user.groups.count()) == (False, False, 0)
    browser, clean = opened(addresses()[0])
    page = browser.get(clean)
    assert (page.status_code, page["Cache-Control"], page["Referrer-Policy"]) == (
        200,
        "no-store, private",
        "strict-origin",
    )
    assert head.company.name in page.content.decode()
    answer = browser.post(clean, filled())
    member.refresh_from_db()
    person = member.user
    assert (answer.status_code, answer["Location"], browser.session["_auth_user_id"]) == (302, "/", str(person.pk))
    assert (member.is_active, member.invited_at, member.title) == (True, None, "Foreman")
    assert (str(person), person.check_password(PASSWORD)) == ("Asha Juma", True)
    assert list(person.groups.values_list("name", flat=True)) == [Role.INDUSTRIAL_SUPERVISOR]
    assert EmailAddress.objects.get(user=person).verified
    assert AccessLink.objects.get().used_at is not None
    assert list(HistoryEntry.objects.order_by("id").values_list("action", "actor_key")) == [
        ("invite", head.user.pk),
        ("join", person.pk),
    ]


def test_opening_joins_nothing(head):
    member = invited(head)
    address = addresses()[0]
    for _ in range(3):
        assert Client().get(address, follow=True).status_code == 200
    member.refresh_from_db()
    assert (member.is_active, member.user.has_usable_password()) == (False, False)


def test_who_has_an_account_says_yes_and_is_not_signed_in(head):
    person = UserFactory.create(email="known@host.example")
    member = invited(head, "KNOWN@host.example", kind=MemberKind.REPRESENTATIVE)
    assert member.user == person
    browser, clean = opened(addresses()[0])
    assert "new-password" not in browser.get(clean).content.decode()
    answer = browser.post(clean, filled(), follow=True)
    person.refresh_from_db()
    assert (answer.redirect_chain[0][0], "_auth_user_id" in browser.session) == (reverse("link_done"), False)
    assert person.check_password("pw")
    assert list(person.groups.values_list("name", flat=True)) == [Role.COMPANY_REPRESENTATIVE]


def test_an_invited_address_does_not_tell_whose_it_is(head):
    UserFactory.create(email="known@host.example", first_name="Secret", last_name="Name")
    assert [str(invited(head, f"{name}@host.example")) for name in ("known", "unknown")] == [
        f"known@host.example · {head.company}",
        f"unknown@host.example · {head.company}",
    ]
    run_due_tasks()
    assert [[word in letter.body for word in ("Secret", str(head.user))] for letter in mail.outbox] == [
        [True, True],
        [False, True],
    ]


def test_a_member_that_joined_is_called_by_name(head):
    assert str(head) == f"{head.user} · {head.company}"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"repeated": "something else entirely"}, "The two passwords are not the same."),
        ({"password": "12345678", "repeated": "12345678"}, "among those that are guessed first"),
        ({"password": "", "repeated": ""}, "This field is required."),
        ({"last_name": ""}, "This field is required."),
    ],
)
def test_a_form_that_is_not_right_uses_nothing_up(head, values, words):
    invited(head)
    browser, clean = opened(addresses()[0])
    answer = browser.post(clean, filled(**values))
    assert (answer.status_code, words in answer.content.decode()) == (400, True)
    assert AccessLink.objects.get().used_at is None
    assert browser.post(clean, filled()).status_code == 302


def test_a_used_link_opens_nothing_more(head):
    invited(head)
    address = addresses()[0]
    browser, clean = opened(address)
    other, _clean = opened(address)
    assert browser.post(clean, filled()).status_code == 302
    assert [other.post(clean, filled(password="x", repeated="x")).status_code, Client().get(address).status_code] == [
        404,
        404,
    ]


def test_two_posts_at_once_join_once(head, monkeypatch):
    invited(head)
    browser, clean = opened(addresses()[0])
    link = AccessLink.objects.get()
    monkeypatch.setattr("apps.accounts.views.links.link_by_id", lambda pk: link_by_id(pk) or link)
    again = Client()
    again.cookies.load({"link": browser.cookies["link"].value})
    assert browser.post(clean, filled()).status_code == 302
    # The second post has read the link and the person before the first was done.
    monkeypatch.setattr("apps.accounts.views.invitations.is_open", lambda _link: True)
    link.user.password = "!none"
    assert again.post(clean, filled(password="another one of mine", repeated="another one of mine")).status_code == 400
    assert User.objects.get(pk=link.user_id).check_password(PASSWORD)


def test_a_withdrawn_invitation_lets_nobody_in(head):
    member = invited(head)
    browser, clean = opened(addresses()[0])
    withdraw_invitation(member, actor=head.user)
    assert browser.post(clean, filled()).status_code == 404
    assert not CompanyMember.objects.filter(pk=member.pk).exists()


def test_an_invitation_that_was_answered_cannot_be_withdrawn(head):
    with pytest.raises(RuleViolation) as refusal:
        withdraw_invitation(head, actor=head.user)
    assert (refusal.value.code, CompanyMember.objects.filter(pk=head.pk).exists()) == ("joined_already", True)


def test_a_link_of_a_membership_that_is_gone_opens_nothing(head):
    member = invited(head)
    browser, clean = opened(addresses()[0])
    CompanyMember.objects.filter(pk=member.pk).update(invited_at=None)
    assert browser.get(clean).status_code == 404
    with pytest.raises(RuleViolation) as refusal:
        accept_invitation(AccessLink.objects.get(), password=PASSWORD)
    assert refusal.value.code == "link_used"


def test_nobody_joins_without_a_password(head):
    invited(head)
    addresses()
    with pytest.raises(RuleViolation) as refusal:
        accept_invitation(AccessLink.objects.get())
    assert (refusal.value.code, refusal.value.field) == ("password_missing", "password")


def test_who_is_invited_again_gets_a_new_link_and_the_old_one_ends(head):
    first = invited(head)
    (old,) = addresses()
    assert invited(head) == first
    new = addresses()[1]
    assert [Client().get(address).status_code for address in (old, new)] == [404, 302]


def test_a_member_who_was_shut_out_can_be_invited_again(head):
    member = CompanyMemberFactory.create(company=head.company, kind=MemberKind.SUPERVISOR, is_active=False)
    assert invited(head, member.user.email).invited_at is not None


@pytest.mark.parametrize(
    ("email", "code"),
    [("no address", "email_unreadable"), ("student@uni.example", "supervisor_is_student"), ("", "email_unreadable")],
)
def test_an_invitation_that_cannot_be_is_refused(head, email, code):
    StudentFactory.create(email="student@uni.example")
    with pytest.raises(RuleViolation) as refusal:
        invited(head, email)
    assert (refusal.value.code, refusal.value.field, Notice.objects.count()) == (code, "email", 0)


def test_who_is_in_already_is_not_invited(head):
    with pytest.raises(RuleViolation) as refusal:
        invited(head, head.user.email, kind=MemberKind.REPRESENTATIVE)
    assert refusal.value.code == "member_already"


def test_a_company_cannot_write_to_any_number_of_strangers(head, monkeypatch):
    monkeypatch.setattr(invitations, "MOST_WAITING", 2)
    invited(head, "a@host.example")
    invited(head, "b@host.example")
    with pytest.raises(RuleViolation) as refusal:
        invited(head, "c@host.example")
    assert (refusal.value.code, User.objects.filter(email="c@host.example").exists()) == ("too_many_invitations", False)


@pytest.mark.parametrize("kind", [MemberKind.SUPERVISOR, None])
def test_only_representatives_and_moderators_invite(head, kind):
    stranger = CompanyMemberFactory.create(kind=kind).user if kind else CompanyMemberFactory.create().user
    with pytest.raises(NotAllowed):
        invite_member(head.company, kind=MemberKind.SUPERVISOR, email="x@host.example", actor=stranger)
    with pytest.raises(NotAllowed):
        withdraw_invitation(invited(head), actor=stranger)
    assert can_invite_members(head.company, head.user)


def test_who_was_disinvited_before_the_mail_gets_none(head):
    withdraw_invitation(invited(head), actor=head.user)
    run_due_tasks()
    assert mail.outbox == []


# -- students and staff -------------------------------------------------------------------------------------------


@pytest.fixture
def enrolments():
    first = EnrolmentFactory.create()
    rows = [first, *(EnrolmentFactory.create(cohort=first.cohort) for _ in range(2))]
    for row in rows:
        without_password(row.student)
    return rows


@pytest.fixture
def coordinator(enrolments) -> User:
    person = UserFactory.create()
    grant(person, enrolments[0].cohort.department, actor=SYSTEM)
    return person


def test_students_are_invited_from_the_list_and_choose_a_password(enrolments, coordinator):
    EnrolmentFactory.create(cohort=enrolments[0].cohort)
    nameless = EnrolmentFactory.create(cohort=enrolments[0].cohort, student__email="").student
    without_password(nameless)
    foreign = EnrolmentFactory.create()
    without_password(foreign.student)
    browser = signed_in(coordinator)
    keys = [row.pk for row in type(foreign).objects.all()]
    answer = browser.post(
        reverse("admin:accounts_enrolment_changelist"), {"action": "invite", "_selected_action": keys}, follow=True
    )
    assert "3 people are invited." in answer.content.decode()
    links = addresses()
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(row.student.email for row in enrolments)
    student = User.objects.get(email=mail.outbox[0].to[0])
    mine, clean = opened(links[0])
    page = mine.get(clean).content.decode()
    assert ("first_name" in page, student.email in page) == (False, True)
    assert mine.post(clean, {"password": PASSWORD, "repeated": PASSWORD}).status_code == 302
    student.refresh_from_db()
    assert (student.check_password(PASSWORD), mine.session["_auth_user_id"]) == (True, str(student.pk))


@pytest.mark.parametrize(("access", "count"), [("none", 3), ("waiting", 1), ("joined", 1), ("", 5)])
def test_the_list_shows_who_has_not_come_in_yet(enrolments, coordinator, access, count):
    EnrolmentFactory.create(cohort=enrolments[0].cohort)
    joined = EnrolmentFactory.create(cohort=enrolments[0].cohort).student
    signed_in(joined)
    rows = signed_in(coordinator).get(reverse("admin:accounts_enrolment_changelist"), {"access": access})
    assert rows.context["cl"].result_count == count


def test_students_of_others_are_not_invited(enrolments, coordinator):
    foreign = EnrolmentFactory.create()
    without_password(foreign.student)
    assert invite_students([foreign], actor=coordinator) == 0
    assert [can_invite_student(row, coordinator) for row in (foreign, enrolments[0])] == [False, True]


def test_staff_are_invited_by_the_coordinators_of_their_department(enrolments, coordinator):
    own = StaffProfileFactory.create(department=enrolments[0].cohort.department)
    foreign = StaffProfileFactory.create()
    for profile in (own, foreign):
        without_password(profile.user)
    assert invite_staff([own, foreign], actor=coordinator) == 1
    assert [can_invite_staff(row, coordinator) for row in (own, foreign)] == [True, False]
    addresses()
    assert [letter.to for letter in mail.outbox] == [[own.user.email]]


def test_a_link_never_changes_a_password_that_exists(enrolments, coordinator):
    student = enrolments[0].student
    invite_students(enrolments[:1], actor=coordinator)
    browser, clean = opened(addresses()[0])
    User.objects.filter(pk=student.pk).update(password=make_password("her own"))
    assert browser.post(clean, filled()).status_code == 404
    student.refresh_from_db()
    assert student.check_password("her own")


def test_who_chose_a_password_before_the_mail_gets_none(enrolments, coordinator):
    invite_students(enrolments[:1], actor=coordinator)
    User.objects.filter(pk=enrolments[0].student.pk).update(password=make_password("her own"))
    run_due_tasks()
    assert mail.outbox == []


# -- once more ----------------------------------------------------------------------------------------------------


def test_a_lost_invitation_is_sent_again(head, enrolments, coordinator):
    member = invited(head)
    invite_students(enrolments[:1], actor=coordinator)
    addresses()
    mail.outbox.clear()
    for email in (member.user.email, enrolments[0].student.email, enrolments[1].student.email):
        Client().post(reverse("link_again"), {"email": email})
    addresses()
    assert [letter.to[0] for letter in mail.outbox] == [member.user.email, enrolments[0].student.email]
    assert f"{head.company.name} asks you to join {head.company.name}" in mail.outbox[0].body
    usable = AccessLink.objects.filter(revoked_at__isnull=True, purpose=LinkPurpose.JOIN)
    assert usable.count() == 2


def test_nobody_unknown_is_invited_again():
    invite_again(0)
    assert run_due_tasks() == 0
