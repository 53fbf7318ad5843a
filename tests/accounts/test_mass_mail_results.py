"""Mails to many in the language of each reader, and the page that says whom they reached."""

import pytest
from django.core import mail as mailbox
from django.urls import reverse

from apps.accounts.models import Cohort, Enrolment, Job, MassMail, Notice, User
from apps.accounts.services.mass_mail import (
    begin_mass_mail,
    samples_of,
    send_mass_mail,
    stop_mass_mail,
    write_mass_mail,
)
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import NoticeState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import CohortFactory, EnrolmentFactory, UserFactory

pytestmark = pytest.mark.django_db
STUDENTS = "accounts.students"


@pytest.fixture
def cohort() -> Cohort:
    return CohortFactory.create(name="PT2 2026")


@pytest.fixture
def coordinator(cohort) -> User:
    person = UserFactory.create()
    grant(person, cohort, actor=SYSTEM)
    return User.objects.get(pk=person.pk)


def begun(cohort: Cohort, coordinator: User, number: int = 3) -> MassMail:
    EnrolmentFactory.create_batch(number, cohort=cohort)
    return begin_mass_mail(STUDENTS, Enrolment.objects.all(), actor=coordinator)


def test_each_reads_it_in_the_own_language_where_it_is_written_in_it(cohort, coordinator):
    for name, language in (("Asha", "sw"), ("Neema", "en"), ("Hawa", "ar")):
        EnrolmentFactory.create(cohort=cohort, student__first_name=name, student__language=language)
    mail = begin_mass_mail(STUDENTS, Enrolment.objects.all(), actor=coordinator)
    texts = {"subject": "Meeting", "text": "Dear {first_name}", "actor": coordinator}
    write_mass_mail(mail, **texts, translations={"sw": ("Mkutano", "Ndugu {first_name}"), "ar": ("", " ")})
    assert {str(one.person.first_name): (one.subject, one.text) for one in samples_of(mail, 1)} == {
        "Asha": ("Mkutano", "Ndugu Asha")
    }
    send_mass_mail(mail, actor=coordinator)
    run_due_tasks()
    assert {letter.subject for letter in mailbox.outbox} == {"Mkutano", "Meeting"}
    facts = {row.person.language: row.notice.facts["text"] for row in mail.recipients.select_related("notice")}
    assert facts == {"sw": "Ndugu Asha", "en": "Dear Neema", "ar": "Dear Hawa"}


def test_half_a_translation_is_refused_at_its_field(cohort, coordinator):
    mail = begun(cohort, coordinator, 1)
    for translations, field in (({"sw": ("Mkutano", "")}, "text_sw"), ({"sw": ("a\nb", "c")}, "subject_sw")):
        with pytest.raises(RuleViolation) as refused:
            write_mass_mail(mail, subject="s", text="t", actor=coordinator, translations=translations)
        assert refused.value.field == field
    page = reverse("admin:accounts_massmail_write", args=[mail.pk])
    browser = signed_in(coordinator)
    wrong = browser.post(page, {"subject": "s", "text": "t", "subject_sw": "Mkutano {nam}", "text_sw": "Ndugu"})
    assert list(wrong.context["form"].errors) == ["subject_sw"]
    browser.post(page, {"subject": "s", "text": "t", "subject_sw": "Mkutano", "text_sw": "Ndugu"})
    mail.refresh_from_db()
    assert mail.translations == {"sw": {"subject": "Mkutano", "text": "Ndugu"}}
    assert browser.get(page).context["form"].opens_others


def test_the_result_says_who_got_it_who_not_and_why(cohort, coordinator, settings):
    settings.MAILS_A_MINUTE = 2
    other_cohort = CohortFactory.create()
    grant(coordinator, other_cohort, actor=SYSTEM)
    coordinator = User.objects.get(pk=coordinator.pk)
    stranger = EnrolmentFactory.create()
    first = EnrolmentFactory.create(cohort=cohort)
    twice = EnrolmentFactory.create(cohort=other_cohort, student=first.student)
    mail = begun(cohort, coordinator)
    write_mass_mail(mail, subject="Meeting", text="Dear {first_name}", actor=coordinator)
    assert mail.left_out == {"not_yours": [stranger.pk], "once": [twice.pk]}
    out = mail.recipients.exclude(person=first.student).first()
    User.objects.filter(pk=out.person_id).update(is_active=False)
    send_mass_mail(mail, actor=coordinator)
    run_due_tasks()
    job = Job.objects.get(pk=mail.job_id)
    browser = signed_in(coordinator)
    page = browser.get(job.next_url)
    assert (job.next_url, page.context["text"]) == (
        reverse("bulk_result", args=[job.pk]),
        "3 on its way or sent, 3 not.",
    )
    assert {reason: count for reason, count, _rows in page.context["reasons"]} == {
        "It is not there any more, or not yours.": 1,
        "Who is written to for this one gets the mail once, for another one.": 1,
        "The person is shut out.": 1,
    }
    stopped = browser.post(reverse("bulk_undo", args=[job.pk]), follow=True)
    assert (stopped.context["moved"], stopped.context["back"]) == (2, None)
    assert ("You have stopped it before it went out.", 1) in [row[:2] for row in stopped.context["reasons"]]
    Notice.objects.filter(state=NoticeState.SENT).update(state=NoticeState.FAILED)
    failed = browser.get(job.next_url)
    assert ("The mail could not be delivered.", 2) in [row[:2] for row in failed.context["reasons"]]


def test_stopped_before_it_went_out_it_reached_nobody(cohort, coordinator):
    mail = begun(cohort, coordinator)
    write_mass_mail(mail, subject="Meeting", text="Dear {first_name}", actor=coordinator)
    send_mass_mail(mail, actor=coordinator)
    browser, job = signed_in(coordinator), Job.objects.get(pk=mail.job_id)
    stop_mass_mail(MassMail.objects.get(pk=mail.pk), actor=coordinator)
    run_due_tasks()
    page = browser.get(reverse("bulk_result", args=[job.pk]))
    why = "You have stopped it before it went out."
    assert (page.context["moved"], [row[:2] for row in page.context["reasons"]]) == (0, [(why, 3)])
    assert not Notice.objects.exists()


def test_who_left_the_cohort_before_it_went_out_is_not_written_to(cohort, coordinator):
    mail = begun(cohort, coordinator, 2)
    write_mass_mail(mail, subject="Meeting", text="Dear {first_name}", actor=coordinator)
    send_mass_mail(mail, actor=coordinator)
    left = Enrolment.objects.filter(cohort=cohort).earliest("pk")
    Enrolment.objects.filter(pk=left.pk).update(cohort=CohortFactory.create())
    run_due_tasks()
    page = signed_in(coordinator).get(Job.objects.get(pk=mail.job_id).next_url)
    why = "It is not there any more, or not yours."
    assert (page.context["moved"], [row[:2] for row in page.context["reasons"]]) == (1, [(why, 1)])
    assert not Notice.objects.filter(recipient=left.student_id).exists()
