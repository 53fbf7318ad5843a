"""The pages of own: work to watch, notices, own details, fewer mails."""

from typing import Any

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Job, Notice, User
from apps.accounts.notifications import COMPANY_APPROVED, COMPANY_REJECTED
from apps.accounts.services.digests import send_notices
from apps.accounts.services.notices import tell
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import CompanyState, JobState
from portal.kernel.fsm import perform
from tests.factories.accounts import (
    CompanyFactory,
    CompanyMemberFactory,
    JobFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def person():
    return UserFactory.create(first_name="Asha", last_name="Moshi", email="asha@uni.example")


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


def messages(page) -> list[str]:
    return [str(message) for message in page.context["messages"]]


# -- work to watch ------------------------------------------------------------------------------------------------


def test_a_running_job_shows_how_far_it_is_and_asks_again_by_itself(signed_in, person):
    job = JobFactory.create(owner=person, state=JobState.RUNNING, done_count=30, total_count=120, title="Importing")
    page = signed_in.get(reverse("job_detail", args=[job.pk]))
    assert (page.context["job"].done, page.context["job"].total) == (30, 120)
    assert f'data-poll="{reverse("job_progress", args=[job.pk])}"' in page.text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page.text
    part = signed_in.get(reverse("job_progress", args=[job.pk]))
    assert ("<html" in part.text, f'id="job-{job.pk}"' in part.text) == (False, True)


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_a_job_that_is_over_stops_asking(signed_in, person, state):
    job = JobFactory.create(owner=person, state=state, error="The disk is full.", next_url="/profile/")
    page = signed_in.get(reverse("job_detail", args=[job.pk]))
    assert ("data-poll=" in page.text, "http-equiv" in page.text) == (False, False)
    assert ("The disk is full." in page.text) is (state == JobState.FAILED)
    assert ('href="/profile/">Go on' in page.text) is (state == JobState.DONE)
    assert page.context["job"].cancel_url == ""


def test_a_job_is_watched_for_few_queries(signed_in, person, django_assert_num_queries):
    job = JobFactory.create(owner=person)
    with django_assert_num_queries(4):
        signed_in.get(reverse("job_progress", args=[job.pk]))


def test_a_job_is_cancelled_while_it_waits_and_asked_to_stop_while_it_runs(signed_in, person):
    waiting = JobFactory.create(owner=person)
    running = JobFactory.create(owner=person, state=JobState.RUNNING)
    for job in (waiting, running):
        address = signed_in.get(reverse("job_detail", args=[job.pk])).context["job"].cancel_url
        assert signed_in.post(address).url == reverse("job_detail", args=[job.pk])
        job.refresh_from_db()
    assert [(job.state, job.cancel_asked) for job in (waiting, running)] == [("cancelled", False), ("running", True)]
    assert signed_in.get(reverse("job_detail", args=[running.pk])).context["job"].cancel_url == ""


def test_a_page_that_goes_on_leads_to_the_next_one_once_the_work_is_done(signed_in, person):
    job = JobFactory.create(owner=person, state=JobState.RUNNING, next_url="/profile/")
    detail, progress = (reverse(name, args=[job.pk]) + "?on=1" for name in ("job_detail", "job_progress"))
    assert f'data-poll="{progress}"' in signed_in.get(detail).text
    assert "data-goes-on" not in signed_in.get(progress).text
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    assert signed_in.get(detail).headers["Location"] == "/profile/"
    assert 'data-goes-on="/profile/"' in signed_in.get(progress).text
    assert "data-goes-on" not in signed_in.get(reverse("job_progress", args=[job.pk])).text
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED)
    assert (signed_in.get(detail).status_code, "data-goes-on" in signed_in.get(progress).text) == (200, False)


def test_cancelling_what_was_cancelled_meanwhile_says_so(signed_in, person, monkeypatch):
    job = JobFactory.create(owner=person)
    original = Job.objects.filter(pk=job.pk)

    def already(row, *, actor):
        original.update(state=JobState.CANCELLED)
        return perform(row, "cancel", actor=actor)

    monkeypatch.setattr("apps.accounts.views.own.jobs.cancel_job", already)
    page = signed_in.post(reverse("job_cancel", args=[job.pk]), follow=True)
    assert messages(page) == ["This is not possible any more: the state has changed meanwhile."]


def test_a_result_is_handed_out_as_an_attachment(signed_in, person):
    job = JobFactory.create(owner=person, state=JobState.DONE, result_name="Students 2026.csv")
    job.result.save("x.csv", ContentFile(b"reg_no\r\n"))
    page = signed_in.get(reverse("job_detail", args=[job.pk]))
    answer = signed_in.get(page.context["job"].result_url)
    assert (answer.getvalue(), answer.headers["Content-Disposition"], answer.headers["X-Content-Type-Options"]) == (
        b"reg_no\r\n",
        'attachment; filename="Students 2026.csv"',
        "nosniff",
    )


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.DONE])
def test_a_job_without_a_result_has_none_to_hand_out(signed_in, person, state):
    job = JobFactory.create(owner=person, state=state)
    assert signed_in.get(reverse("job_result", args=[job.pk])).status_code == 404


def test_a_file_that_is_lost_is_not_there(signed_in, person):
    job = JobFactory.create(owner=person, state=JobState.DONE, result="jobs/lost.csv")
    assert signed_in.get(reverse("job_result", args=[job.pk])).status_code == 404


@pytest.mark.parametrize("name", ["job_detail", "job_progress", "job_result", "job_cancel"])
@pytest.mark.parametrize("who", ["stranger", "superuser"])
def test_the_job_of_somebody_else_is_not_there(client, person, name, who):
    job = JobFactory.create(owner=person, state=JobState.DONE, title="Secret")
    job.result.save("x.csv", ContentFile(b"secret"))
    client.force_login(UserFactory.create(is_superuser=who == "superuser"))
    address = reverse(name, args=[job.pk])
    answer = client.post(address) if name == "job_cancel" else client.get(address)
    assert (answer.status_code, "Secret" in answer.text) == (404, False)


@pytest.mark.parametrize(
    "address", ["/jobs/1/", "/jobs/1/progress/", "/jobs/1/result/", "/notices/", "/profile/", "/notices/read/"]
)
def test_the_anonymous_are_sent_to_the_sign_in(client, address):
    assert client.get(address).url == f"/accounts/login/?next={address}"


# -- notices ------------------------------------------------------------------------------------------------------


def told(person: User, *companies: str, url: str = "/profile/") -> list[Notice]:
    for company in companies:
        tell(person, COMPANY_APPROVED, facts={"company": company}, url=url)
    return list(Notice.objects.filter(recipient=person).order_by("id"))


def test_notices_are_listed_newest_first_and_looking_marks_nothing(signed_in, person):
    told(person, "First Works", "Second Works")
    told(UserFactory.create(), "Foreign Works")
    page = signed_in.get(reverse("notices"))
    assert [sentence for _notice, sentence in page.context["entries"]] == [
        "Second Works is approved: students see it, and its vacancies may be published.",
        "First Works is approved: students see it, and its vacancies may be published.",
    ]
    assert ("Foreign" in page.text, Notice.objects.filter(read_at__isnull=False).count()) == (False, 0)


def test_notices_are_listed_for_the_same_queries_whatever_their_number(signed_in, person, django_assert_num_queries):
    told(person, "First Works")
    with django_assert_num_queries(7):
        signed_in.get(reverse("notices"))
    told(person, "Second Works", "Third Works")
    with django_assert_num_queries(7):
        signed_in.get(reverse("notices"))


def test_the_bell_counts_what_is_unread(signed_in, person):
    told(person, "First Works", "Second Works")
    assert int(str(signed_in.get(reverse("profile")).context["unread"])) == 2
    signed_in.post(reverse("notices_read"))
    assert int(str(signed_in.get(reverse("profile")).context["unread"])) == 0


@pytest.mark.parametrize(
    ("url", "target"), [("/profile/", "/profile/"), ("", "/notices/"), ("//evil.example/", "/notices/")]
)
def test_opening_a_notice_marks_it_and_goes_where_it_leads(signed_in, person, url, target):
    (notice,) = told(person, "Works", url=url)
    answer = signed_in.post(reverse("notice_open", args=[notice.pk]))
    notice.refresh_from_db()
    assert (answer.url, notice.read_at is not None) == (target, True)


def test_the_notice_of_somebody_else_is_not_there(signed_in):
    (notice,) = told(UserFactory.create(), "Works")
    assert signed_in.post(reverse("notice_open", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.parametrize("name", ["notice_open", "notices_read"])
def test_notices_are_not_marked_by_get(signed_in, person, name):
    (notice,) = told(person, "Works")
    address = reverse(name, args=[notice.pk] if name == "notice_open" else [])
    assert signed_in.get(address).status_code == 405


def test_without_notices_the_page_says_so(signed_in):
    assert "Nothing yet." in signed_in.get(reverse("notices")).text


# -- own details --------------------------------------------------------------------------------------------------


def details(**changes: str) -> dict[str, str]:
    values = {"first_name": "Asha", "last_name": "Moshi", "phone": "", "language": ""}
    return values | changes


def test_details_are_changed(signed_in, person):
    form = details(last_name="Mrema", phone="+255 712 345 678", language="sw")
    page = signed_in.post(reverse("profile"), form, follow=True)
    person.refresh_from_db()
    assert messages(page) == ["Saved."]
    assert (person.last_name, person.phone, person.language) == ("Mrema", "+255712345678", "sw")


def test_a_telephone_number_that_is_none_is_said_at_its_field(signed_in, person):
    page = signed_in.post(reverse("profile"), details(phone="0712"))
    person.refresh_from_db()
    assert page.context["form"].errors["phone"] == [
        "This is no telephone number. Write it with its country code, such as +255 712 345 678."
    ]
    assert person.phone == ""


def test_an_address_and_rights_are_not_changed_here(signed_in, person):
    signed_in.post(reverse("profile"), details(email="mine@x.example", is_superuser="on", username="root"))
    person.refresh_from_db()
    assert (person.email, person.is_superuser, person.username != "root") == ("asha@uni.example", False, True)


def test_the_name_of_a_student_is_the_universitys(client):
    student = StudentFactory.create(first_name="Asha", last_name="Moshi")
    client.force_login(student)
    assert "Your name comes from the university." in client.get(reverse("profile")).text
    client.post(reverse("profile"), details(first_name="Prince", phone="+255712345678"))
    student.refresh_from_db()
    assert (student.first_name, student.phone) == ("Asha", "+255712345678")


# -- what is told -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("move", ["approve", "reject"])
def test_whoever_entered_a_company_and_its_people_are_told_what_became_of_it(move):
    proposer = UserFactory.create()
    gone = UserFactory.create(is_active=False)
    company = CompanyFactory.create(name="Works", state=CompanyState.PROPOSED, proposed_by=proposer)
    representative = CompanyMemberFactory.create(company=company).user
    CompanyMemberFactory.create(company=company, user=proposer)
    CompanyMemberFactory.create(company=company, user=gone)
    perform(company, move, actor=UserFactory.create(is_superuser=True), reason="No workshop.")
    run_due_tasks()
    run_due_tasks()
    kind = (COMPANY_APPROVED if move == "approve" else COMPANY_REJECTED).kind
    assert sorted(Notice.objects.values_list("recipient", "kind")) == sorted(
        [(proposer.pk, kind), (representative.pk, kind)]
    )
    assert Notice.objects.first().facts["company"] == "Works"


@pytest.mark.parametrize("move", ["approve", "reject"])
def test_a_company_that_nobody_entered_is_decided_without_a_word(move):
    gone = UserFactory.create(is_active=False)
    for proposer in (None, gone):
        company = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_by=proposer)
        perform(company, move, actor=UserFactory.create(is_superuser=True), reason="No.")
    run_due_tasks()
    assert Notice.objects.count() == 0


def test_a_mail_names_everything_that_is_due(person):
    told(person, "First & Works", "Second Works")
    Notice.objects.update(due_at=timezone.now())
    send_notices(person.pk)
    letter: Any = mail.outbox[0]
    assert letter.subject == "First & Works is approved and one more thing"
    assert letter.body.startswith("Hello Asha Moshi,\n\nFirst & Works is approved: students see it")
    assert letter.body.count("http") == 4
    (html, _kind) = letter.alternatives[0]
    assert ("First &amp; Works is approved" in html, html.count("Second Works is approved")) == (True, 1)
