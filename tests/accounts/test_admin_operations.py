"""What runs and what was told, and the cards of today."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import (
    AccessLink,
    Cohort,
    Company,
    Department,
    HistoryEntry,
    ImportBatch,
    Job,
    Notice,
    OutboxTask,
    User,
)
from apps.accounts.selectors import scope_links_with
from apps.accounts.states import (
    CompanyState,
    ImportState,
    JobState,
    LinkPurpose,
    NoticeState,
    OutboxState,
    Role,
)
from tests.accounts.workspace import listed, messages, page_of
from tests.factories.accounts import (
    CompanyFactory,
    DepartmentFactory,
    JobFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def history_of(where: Department) -> HistoryEntry:
    return HistoryEntry.objects.create(
        target_label="accounts.Company", target_id=1, action="approve", department=where, at=timezone.now()
    )


def job_of(owner: User) -> Job:
    return JobFactory.create(owner=owner)


def task_of(_owner: User) -> OutboxTask:
    return OutboxTask.objects.create(kind="accounts.seal_history")


def notice_of(owner: User) -> Notice:
    return Notice.objects.create(recipient=owner, kind="accounts.company_approved", state=NoticeState.FAILED)


def link_of(owner: User) -> AccessLink:
    return AccessLink.objects.create(
        user=owner,
        purpose=LinkPurpose.VERIFY_WEEK,
        target_label="tests.Thing",
        target_id=1,
        secret_hash=f"{owner.pk}-{AccessLink.objects.count()}",
        expires_at=timezone.now() + dt.timedelta(days=1),
    )


def person_of(_owner: User) -> User:
    return UserFactory.create(roles=[Role.STUDENT])


@pytest.mark.parametrize(("make", "queries"), [(job_of, 6), (task_of, 6), (notice_of, 6), (link_of, 6), (person_of, 7)])
def test_operations_are_listed_for_the_same_queries_whatever_their_number(
    root, superuser, make, queries, django_assert_num_queries
):
    first = make(superuser)
    with django_assert_num_queries(queries):
        before = len(listed(root, type(first)))
    make(superuser)
    make(superuser)
    with django_assert_num_queries(queries):
        assert len(listed(root, type(first))) == before + 2


# -- what runs and what was told ------------------------------------------------------------------------------------


def test_a_job_is_cancelled_by_its_owner(signed_in, coordinator):
    job = JobFactory.create(owner=coordinator)
    page = signed_in.get(page_of(Job, "change", job.pk))
    signed_in.post(page.context["move_buttons"][0].url)
    job.refresh_from_db()
    assert job.state == JobState.CANCELLED


def test_a_running_job_is_asked_to_stop(signed_in, coordinator):
    job = JobFactory.create(owner=coordinator, state=JobState.RUNNING)
    signed_in.post(page_of(Job, "move", job.pk, "cancel"))
    job.refresh_from_db()
    assert (job.state, job.cancel_asked) == (JobState.RUNNING, True)


def test_nobody_cancels_the_job_of_somebody_else_or_finishes_one(root, superuser):
    foreign, own = JobFactory.create(), JobFactory.create(owner=superuser)
    assert root.post(page_of(Job, "move", foreign.pk, "cancel")).status_code == 403
    assert root.post(page_of(Job, "move", own.pk, "finish")).status_code == 404


def test_dead_tasks_are_tried_again(root):
    dead = OutboxTask.objects.create(kind="accounts.seal_history", state=OutboxState.DEAD, last_error="Oh\nno")
    done = OutboxTask.objects.create(kind="accounts.seal_history", state=OutboxState.DONE)
    form = {"action": "try_again", "index": "0", "_selected_action": [dead.pk, done.pk]}
    page = root.post(page_of(OutboxTask, "changelist"), form, follow=True)
    assert messages(page) == ["1 task is tried again."]
    assert dict(OutboxTask.objects.values_list("pk", "state")) == {dead.pk: "waiting", done.pk: "done"}
    again = root.post(page_of(OutboxTask, "changelist"), form, follow=True)
    assert messages(again) == ["0 tasks are tried again."]


def test_only_refused_notices_are_listed_and_never_what_they_say(root):
    person = UserFactory.create(username="reader")
    secret = {"company": "Secret Works"}
    refused = Notice.objects.create(
        recipient=person, kind="accounts.company_approved", facts=secret, state=NoticeState.FAILED, reason="550"
    )
    Notice.objects.create(recipient=person, kind="accounts.company_approved", state=NoticeState.SENT)
    assert listed(root, Notice) == [refused]
    pages = [root.get(page_of(Notice, "changelist")), root.get(page_of(Notice, "change", refused.pk))]
    assert [("550" in page.text, "Secret" in page.text) for page in pages] == [(True, False), (True, False)]


@pytest.fixture
def links(coordinator, monkeypatch):
    """A link to a thing of the coordinator and one to a thing of others."""
    monkeypatch.setattr("apps.accounts.selectors.own._link_targets", {})
    mine, other = JobFactory.create(owner=coordinator), JobFactory.create()
    scope_links_with("accounts.Job", lambda user: Job.objects.filter(owner=user.pk))
    made = [link_of(UserFactory.create()) for _number in range(2)]
    for link, job in zip(made, (mine, other), strict=True):
        AccessLink.objects.filter(pk=link.pk).update(target_label="accounts.Job", target_id=job.pk)
    return made


def test_coordinators_see_the_links_to_what_is_theirs_and_no_secret(signed_in, links):
    mine, other = links
    assert listed(signed_in, AccessLink) == [mine]
    page = signed_in.get(page_of(AccessLink, "change", mine.pk))
    assert (page.status_code, mine.secret_hash in page.text) == (200, False)
    assert signed_in.get(page_of(AccessLink, "change", other.pk)).status_code == 404


def test_links_are_revoked_once(signed_in, links):
    form = {"action": "revoke", "index": "0", "_selected_action": [link.pk for link in links]}
    page = signed_in.post(page_of(AccessLink, "changelist"), form, follow=True)
    assert messages(page) == ["1 link is revoked."]
    assert [link.revoked_at is not None for link in AccessLink.objects.order_by("id")] == [True, False]
    again = signed_in.post(page_of(AccessLink, "changelist"), form, follow=True)
    assert messages(again) == ["0 links are revoked."]


def test_history_is_filtered_by_kind_and_says_who_and_what(signed_in, department, coordinator):
    company = CompanyFactory.create(proposed_for=department, state=CompanyState.PROPOSED)
    signed_in.post(page_of(Company, "move", company.pk, "approve"))
    other = history_of(department)
    HistoryEntry.objects.filter(pk=other.pk).update(target_label="accounts.Cohort", action="change")
    page = signed_in.get(page_of(HistoryEntry, "changelist"), {"kind": "accounts.Company"})
    assert len(page.context["cl"].result_list) == 1
    assert ("Approve → Approved" in page.text, str(coordinator) in page.text) == (True, True)
    assert len(listed(signed_in, HistoryEntry)) == 3


def test_history_is_only_read(signed_in, department):
    entry = history_of(department)
    answers = [
        signed_in.post(page_of(HistoryEntry, "change", entry.pk), {"reason": "x"}),
        signed_in.post(page_of(HistoryEntry, "delete", entry.pk), {"post": "yes"}),
        signed_in.get(page_of(HistoryEntry, "add")),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


# -- today ----------------------------------------------------------------------------------------------------------


def card(client, title: str):
    cards = client.get(reverse("admin:index")).context["home_cards"]
    return next((found for found in cards if found.title == title), None)


def test_today_names_the_companies_that_wait_oldest_first(signed_in, department):
    names = []
    for number in range(6):
        company = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=department)
        Company.objects.filter(pk=company.pk).update(created_at=timezone.now() - dt.timedelta(days=number))
        names.insert(0, company.name)
    CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=DepartmentFactory.create())
    found = card(signed_in, "Companies to approve")
    assert (found.count, [text for text, _url in found.rows]) == (6, names[:5])
    assert len(listed(signed_in, Company, state__exact="proposed")) == 6


def test_today_says_that_no_company_waits(signed_in):
    assert card(signed_in, "Companies to approve").count == 0


def batch_of(owner: User, cohort: Cohort, **values: object) -> ImportBatch:
    return ImportBatch.objects.create(
        owner=owner, cohort=cohort, kind="accounts.students", file_name="students.csv", **values
    )


def test_today_names_the_imports_that_wait_for_their_uploader(signed_in, coordinator, cohort):
    assert card(signed_in, "Imports to finish") is None
    batch_of(coordinator, cohort, state=ImportState.STAGED, counts={"error": 3})
    batch_of(coordinator, cohort, state=ImportState.REFUSED)
    batch_of(coordinator, cohort, state=ImportState.APPLIED)
    other = UserFactory.create()
    batch_of(other, cohort, state=ImportState.STAGED)
    found = card(signed_in, "Imports to finish")
    assert (found.count, [text for text, _url in found.rows]) == (
        2,
        ["students.csv · Refused", "students.csv · 3 errors"],
    )
    for _number in range(6):
        batch_of(coordinator, cohort, state=ImportState.STAGED)
    found = card(signed_in, "Imports to finish")
    assert (found.count, len(found.rows)) == (8, 5)


def test_today_shows_dead_work_to_the_superuser_only(client, coordinator, superuser):
    for _number in range(6):
        OutboxTask.objects.create(kind="accounts.seal_history", state=OutboxState.DEAD)
    client.force_login(coordinator)
    assert card(client, "Background work that failed") is None
    client.force_login(superuser)
    found = card(client, "Background work that failed")
    assert (found.count, len(found.rows)) == (6, 5)
