"""Resumes in the browser of the student and of the company."""

import pytest
from django.core.files.storage import InMemoryStorage
from django.test import Client
from django.urls import reverse

from apps.accounts.models import HistoryEntry
from apps.accounts.services.outbox import run_due_tasks
from apps.applications.models import Application, Disclosure, Resume
from apps.applications.services import resumes as resume_services
from apps.applications.states import ApplicationState
from tests.clients import resume_file, signed_in
from tests.factories.accounts import CompanyMemberFactory, EnrolmentFactory, StudentFactory
from tests.factories.applications import (
    ApplicationFactory,
    ResumeFactory,
)

pytestmark = pytest.mark.django_db


def content_of(response) -> bytes:
    """Read a streamed answer to its end; the test client closes it then."""
    return b"".join(response.streaming_content)


def content_of_field(file) -> bytes:
    with file.open("rb") as opened:
        content: bytes = opened.read()
    return content


@pytest.fixture
def enrolment():
    return EnrolmentFactory.create()


@pytest.fixture
def student(enrolment) -> Client:
    return signed_in(enrolment.student)


def test_a_resume_is_uploaded_read_and_shown_with_its_text(student):
    response = student.post(reverse("resume_list"), {"file": resume_file("latex-john-doe-3pages.pdf")})
    assert response.headers["Location"] == reverse("resume_list")
    assert "Being read" in student.get(reverse("resume_list")).text
    run_due_tasks()
    page = student.get(reverse("resume_list")).text
    assert all(words in page for words in ("Read", "3 pages", "Springfield"))


def test_a_resume_without_text_says_what_to_do(student):
    student.post(reverse("resume_list"), {"file": resume_file("image-only.pdf")})
    run_due_tasks()
    page = student.get(reverse("resume_list")).text
    assert all(words in page for words in ("No text found", "instead of scanning it"))


@pytest.mark.parametrize("sample", ["zero-bytes.pdf", "no-pdf-header.pdf"])
def test_what_is_no_pdf_is_refused_at_the_field(student, sample):
    response = student.post(reverse("resume_list"), {"file": resume_file(sample)})
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["file"])
    assert Resume.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_resumes_asks_the_same_number_of_questions(student, enrolment, count, django_assert_num_queries):
    for resume in ResumeFactory.create_batch(count, owner=enrolment.student):
        ApplicationFactory.create(enrolment=enrolment, resume=resume)
    # session, person, scope, count, page, unread notices
    with django_assert_num_queries(6):
        student.get(reverse("resume_list"))


def test_an_unused_resume_is_deleted_and_a_used_one_is_not(student, enrolment):
    unused = ResumeFactory.create(owner=enrolment.student)
    used = ApplicationFactory.create(enrolment=enrolment).resume
    for resume in (unused, used):
        assert student.post(reverse("resume_delete", args=[resume.pk])).status_code == 302
    assert list(Resume.objects.all()) == [used]
    foreign = ResumeFactory.create()
    assert student.post(reverse("resume_delete", args=[foreign.pk])).status_code == 404
    assert student.get(reverse("resume_delete", args=[used.pk])).status_code == 405


def test_a_resume_is_sent_as_an_attachment_under_its_name(student, enrolment):
    resume = ResumeFactory.create(owner=enrolment.student, original_name="سيرة ذاتية.pdf")
    response = student.get(reverse("resume_download", args=[resume.pk]))
    assert content_of(response) == content_of_field(resume.file)
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store, private"


def test_what_the_rules_found_is_shown_and_put_right_by_the_student(student, enrolment):
    found = {
        "skills": [{"value": "Python", "start": 0, "end": 6}],
        "emails": [{"value": "a@b.example", "start": 0, "end": 6}],
    }
    resume = ResumeFactory.create(owner=enrolment.student, facts=found, method="pdfplumber", quality="poor")
    page = student.get(reverse("resume_list")).text
    assert all(words in page for words in ("Python", "a@b.example", "read in part by pdfplumber"))
    address = reverse("resume_facts", args=[resume.pk])
    assert student.get(address).context["form"].initial["skills"] == "Python"
    typed = {"skills": "Turning\r\nMilling", "emails": "c@d.example", "links": "https://e.example/f"}
    assert student.post(address, typed).headers["Location"] == reverse("resume_list")
    page = student.get(reverse("resume_list")).text
    assert ("Turning" in page, "c@d.example" in page, "Python" in page) == (True, True, False)


def test_each_fact_shows_its_place_in_the_text(student, enrolment):
    found = {"skills": [{"value": "Turning", "start": 17, "end": 24}]}
    text = "Asha\n\nI know how turning <b>works</b>"
    resume = ResumeFactory.create(owner=enrolment.student, facts=found, text=text, page_starts=[0, 6])
    address = reverse("resume_facts", args=[resume.pk])
    quoted = "I know how <mark>turning</mark> &lt;b&gt;works&lt;/b&gt;"
    page = student.get(address).text
    assert (quoted in page, "page 2, line 1" in page, "your own" in page) == (True, True, False)
    student.post(address, {"skills": "Turning\r\nMilling"})
    page = student.get(address).text
    assert (quoted in page, page.count("your own")) == (True, 1)
    ResumeFactory.create(owner=enrolment.student, text="")
    assert "Where it says so" not in student.get(reverse("resume_facts", args=[resume.pk + 1])).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"emails": "no address"}, "emails"),
        ({"links": "javascript:alert(1)"}, "links"),
        ({"skills": "x" * 12_001}, "skills"),
    ],
)
def test_facts_that_cannot_be_kept_are_refused_at_their_field(student, enrolment, typed, field):
    resume = ResumeFactory.create(owner=enrolment.student)
    answer = student.post(reverse("resume_facts", args=[resume.pk]), typed)
    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [field])


def test_facts_of_a_strangers_resume_are_not_there(student):
    resume = ResumeFactory.create()
    address = reverse("resume_facts", args=[resume.pk])
    assert (student.get(address).status_code, student.post(address, {}).status_code) == (404, 404)
    assert Client().get(address).status_code == 302


class Bucket(InMemoryStorage):
    """An object store: it has no files on this machine and signs addresses."""

    def url(self, name: str | None, *, parameters: dict[str, str] | None = None, expire: int = 0) -> str:
        wanted = parameters or {}
        kind, disposition = wanted["ResponseContentType"], wanted["ResponseContentDisposition"]
        return f"https://bucket.example/{name}?expire={expire}&kind={kind}&{disposition}"


def test_an_object_store_sends_the_file_itself_for_a_minute(student, enrolment, monkeypatch):
    resume = ResumeFactory.create(owner=enrolment.student, original_name="My CV.pdf")
    monkeypatch.setattr(Resume._meta.get_field("file"), "storage", Bucket())
    response = student.get(reverse("resume_download", args=[resume.pk]))
    assert (response.status_code, response.headers["Location"]) == (
        302,
        f"https://bucket.example/{resume.file.name}?expire=60&kind=application/pdf&attachment;%20filename=%22My%20CV.pdf%22",
    )


def test_a_strangers_resume_is_not_there(student):
    resume = ResumeFactory.create()
    assert student.get(reverse("resume_download", args=[resume.pk])).status_code == 404
    assert signed_in(StudentFactory.create()).get(reverse("resume_download", args=[resume.pk])).status_code == 404
    assert Client().get(reverse("resume_download", args=[resume.pk])).status_code == 302


def test_a_company_has_the_file_while_the_application_is_open_and_leaves_a_line(enrolment):
    member = CompanyMemberFactory.create()
    application = ApplicationFactory.create(vacancy__company=member.company, enrolment=enrolment)
    company, address = signed_in(member.user), reverse("resume_download", args=[application.resume_id])
    assert content_of(company.get(address)) == content_of_field(application.resume.file)
    assert list(Disclosure.objects.values_list("application", "viewer", "way")) == [
        (application.pk, member.user.pk, "download")
    ]
    Application.objects.filter(pk=application.pk).update(state=ApplicationState.REJECTED)
    assert company.get(address).status_code == 404
    assert signed_in(CompanyMemberFactory.create().user).get(address).status_code == 404
    assert Disclosure.objects.count() == 1


def test_who_opens_too_many_is_stopped_for_an_hour(enrolment, monkeypatch):
    monkeypatch.setattr(resume_services, "MOST_OPENINGS_AN_HOUR", 1)
    member = CompanyMemberFactory.create()
    application = ApplicationFactory.create(vacancy__company=member.company, enrolment=enrolment)
    company, address = signed_in(member.user), reverse("resume_download", args=[application.resume_id])
    assert content_of(company.get(address)) == content_of_field(application.resume.file)
    stopped = company.get(address)
    assert (stopped.status_code, stopped.headers["Retry-After"]) == (429, "3600")
    page = reverse("company_application", args=[application.pk])
    assert company.get(page, {"resume": "text"}).context["reads"] is False


def test_two_hundred_downloads_of_an_hour_are_the_most(enrolment):
    member = CompanyMemberFactory.create()
    application = ApplicationFactory.create(vacancy__company=member.company, enrolment=enrolment)
    line = {"application": application, "resume": application.resume, "viewer": member.user, "way": "download"}
    Disclosure.objects.bulk_create(Disclosure(**line) for _number in range(199))
    company, address = signed_in(member.user), reverse("resume_download", args=[application.resume_id])
    assert content_of(company.get(address)) == content_of_field(application.resume.file)
    assert [company.get(address).status_code for _again in "ab"] == [429, 429]
    assert (Disclosure.objects.count(), HistoryEntry.objects.filter(action="opened_too_many").count()) == (200, 1)
    # Somebody else of the same company still reads.
    colleague = signed_in(CompanyMemberFactory.create(company=member.company).user)
    assert content_of(colleague.get(address)) == content_of_field(application.resume.file)
