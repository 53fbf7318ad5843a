import datetime as dt
from typing import Any

import pytest
from django.core import mail as mailbox
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Cohort, Company, Enrolment, MassMail, MassMailRecipient, Notice, StaffProfile, User
from apps.accounts.selectors import mass_mails_visible_to
from apps.accounts.services import jobs
from apps.accounts.services.mass_mail import (
    CHUNK,
    begin_mass_mail,
    enrolments_written_to_by,
    filled,
    progress_of_mail,
    put_into_queues,
    samples_of,
    send_mass_mail,
    stop_mass_mail,
    write_mass_mail,
)
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import JobState, MassMailState, NoticeState
from apps.applications.models import Placement
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import CohortFactory, EnrolmentFactory, StaffProfileFactory, UserFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

STUDENTS = "accounts.students"


@pytest.fixture
def cohort() -> Cohort:
    return CohortFactory.create(name="PT2 2026")


@pytest.fixture
def coordinator(cohort) -> User:
    person = UserFactory.create(first_name="Neema", last_name="Kato")
    grant(person, cohort, actor=SYSTEM)
    return User.objects.get(pk=person.pk)


def begun(cohort: Cohort, coordinator: User, number: int = 3) -> MassMail:
    for _number in range(number):
        EnrolmentFactory.create(cohort=cohort)
    return begin_mass_mail(STUDENTS, Enrolment.objects.all(), actor=coordinator)


def written(mail: MassMail, coordinator: User, text: str = "Dear {first_name}, come to room 4.") -> MassMail:
    return write_mass_mail(mail, subject="Meeting of {cohort}", text=text, actor=coordinator)


# -- whom ---------------------------------------------------------------------------------------------------------


def test_it_goes_to_who_is_ticked_and_coordinated_each_once(cohort, coordinator):
    stranger = EnrolmentFactory.create()
    gone = EnrolmentFactory.create(cohort=cohort, is_active=False)
    shut_out = EnrolmentFactory.create(cohort=cohort, student__is_active=False)
    mail = begun(cohort, coordinator)
    people = set(mail.recipients.values_list("person", flat=True))
    assert len(people) == 3
    assert people.isdisjoint({stranger.student_id, gone.student_id, shut_out.student_id})


def test_a_superuser_writes_to_all_and_others_to_nobody(cohort, coordinator):
    EnrolmentFactory.create(cohort=cohort)
    EnrolmentFactory.create()
    counts = [
        enrolments_written_to_by(user).count()
        for user in (coordinator, UserFactory.create(is_superuser=True), UserFactory.create())
    ]
    assert counts == [1, 2, 0]


def test_nobody_to_write_to_is_said(coordinator):
    EnrolmentFactory.create()
    with pytest.raises(RuleViolation, match="None of these"):
        begin_mass_mail(STUDENTS, Enrolment.objects.all(), actor=coordinator)


@pytest.mark.parametrize("number", [1, 30])
def test_beginning_asks_the_database_as_often_for_many(number, cohort, coordinator, django_assert_num_queries):
    EnrolmentFactory.create_batch(number, cohort=cohort)
    fresh = User.objects.get(pk=coordinator.pk)
    with django_assert_num_queries(8):  # scope, enrolments, chosen, own, savepoint, mail, recipients, savepoint
        begin_mass_mail(STUDENTS, Enrolment.objects.all(), actor=fresh)


@pytest.mark.parametrize(
    ("audience", "person", "places"),
    [
        ("applications.trainees", "student", {"company", "first_day", "last_day", "cohort"}),
        ("applications.hosts", "industrial_supervisor", set()),
        ("applications.university", "university_supervisor", set()),
        ("accounts.companies", "representative", {"company"}),
        ("accounts.staff", "university_supervisor", {"department"}),
    ],
)
def test_people_around_placements_are_written_to(audience, person, places):
    world = build_world()
    StaffProfileFactory.create(user=world.university_supervisor, department=world.department)
    Company.objects.filter(pk=world.company.pk).update(proposed_for=world.department)
    chosen: dict[str, Any] = {
        "accounts.companies": Company.objects.filter(pk=world.company.pk),
        "accounts.staff": StaffProfile.objects.all(),
    }
    rows = chosen.get(audience, Placement.objects.filter(pk=world.placement.pk))
    mail = begin_mass_mail(audience, rows, actor=world.coordinator)
    [row] = mail.recipients.all()
    assert row.person == getattr(world, person)
    assert set(row.fields) == {"first_name", "last_name", "name"} | places
    with pytest.raises(RuleViolation, match="None of these"):
        begin_mass_mail(audience, rows, actor=world.foreign_coordinator)


# -- the text -----------------------------------------------------------------------------------------------------


def test_places_are_filled_in_one_pass_and_values_are_never_read_again():
    fields = {"first_name": "{name}", "name": "{{ 7 }}%(x)s{__class__}"}
    assert filled("{first_name} {name} {last} {{name}} {name.__class__}", fields) == (
        "{name} {{ 7 }}%(x)s{__class__} {last} {{{ 7 }}%(x)s{__class__}} {name.__class__}"
    )


@pytest.mark.parametrize(
    ("subject", "text", "code", "field"),
    [
        ("", "text", "empty", "subject"),
        ("subject", "  \n", "empty", "text"),
        ("subject", "a\x00b", "empty", "text"),
        ("s" * 121, "text", "too_long", "subject"),
        ("subject", "t" * 5001, "too_long", "text"),
        ("one\ntwo", "text", "several_lines", "subject"),
        ("Dear {fist_name}", "text", "unknown_place", "subject"),
        ("subject", "{name.__init__}", "unknown_place", "text"),
        ("subject", "{company}", "unknown_place", "text"),
    ],
)
def test_a_text_that_cannot_be_sent_is_refused_at_its_field(cohort, coordinator, subject, text, code, field):
    mail = begun(cohort, coordinator, 1)
    with pytest.raises(RuleViolation) as refused:
        write_mass_mail(mail, subject=subject, text=text, actor=coordinator)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_only_its_author_writes_and_only_before_it_goes(cohort, coordinator):
    mail = begun(cohort, coordinator, 1)
    other = UserFactory.create()
    grant(other, cohort, actor=SYSTEM)
    with pytest.raises(NotAllowed):
        written(mail, User.objects.get(pk=other.pk))
    with pytest.raises(RuleViolation, match="subject and a text"):
        send_mass_mail(mail, actor=coordinator)
    send_mass_mail(written(mail, coordinator), actor=coordinator)
    with pytest.raises(RuleViolation) as refused:
        written(mail, coordinator)
    assert refused.value.code == "too_late"


def test_the_preview_shows_real_people(cohort, coordinator):
    EnrolmentFactory.create(cohort=cohort, student__first_name="Asha", student__last_name="Moshi")
    mail = written(begin_mass_mail(STUDENTS, Enrolment.objects.all(), actor=coordinator), coordinator)
    [sample] = samples_of(mail)
    assert (str(sample.person), sample.subject, sample.text) == (
        "Asha Moshi",
        "Meeting of PT2 2026",
        "Dear Asha, come to room 4.",
    )


# -- sending ------------------------------------------------------------------------------------------------------


def test_everybody_gets_it_once_and_the_record_says_so(cohort, coordinator):
    mail = send_mass_mail(written(begun(cohort, coordinator), coordinator), actor=coordinator)
    run_due_tasks()
    mail.refresh_from_db()
    assert (mail.state, mail.job.state, progress_of_mail(mail)) == (
        MassMailState.SENT,
        JobState.DONE,
        {NoticeState.SENT: 3},
    )
    bodies = sorted(letter.body.splitlines()[2] for letter in mailbox.outbox)
    assert bodies == sorted(f"Dear {row.person.first_name}, come to room 4." for row in mail.recipients.all())
    assert {letter.subject for letter in mailbox.outbox} == {"Meeting of PT2 2026"}
    assert "List-Unsubscribe" in mailbox.outbox[0].extra_headers


def test_a_second_run_goes_on_where_one_died(cohort, coordinator, monkeypatch):
    mail = send_mass_mail(written(begun(cohort, coordinator, CHUNK + 5), coordinator), actor=coordinator)

    def die(_self: jobs.Progress, _count: int = 1) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(jobs.Progress, "step", die)
        with pytest.raises(SystemExit):
            put_into_queues(jobs.Progress(mail.job), mail.pk)
    assert Notice.objects.count() == CHUNK
    put_into_queues(jobs.Progress(mail.job), mail.pk)
    put_into_queues(jobs.Progress(mail.job), mail.pk)
    assert Notice.objects.count() == CHUNK + 5
    assert mail.recipients.filter(notice__isnull=True).count() == 0


def test_it_leaves_at_the_pace_of_the_installation(cohort, coordinator, settings):
    settings.MAILS_A_MINUTE = 2
    mail = send_mass_mail(written(begun(cohort, coordinator, 5), coordinator), actor=coordinator)
    run_due_tasks()
    assert len(mailbox.outbox) == 2
    begin = min(Notice.objects.values_list("due_at", flat=True))
    minutes = [round((row.due_at - begin) / dt.timedelta(minutes=1)) for row in Notice.objects.order_by("pk")]
    assert minutes == [0, 0, 1, 1, 2]
    mail.job.refresh_from_db()
    assert mail.job.message.startswith("5 mails are on their way, the last at ")


def test_who_is_not_the_authors_any_more_gets_nothing(cohort, coordinator):
    mail = written(begun(cohort, coordinator), coordinator)
    left = mail.recipients.first()
    Enrolment.objects.filter(pk=left.target_id).update(is_active=False)
    send_mass_mail(mail, actor=coordinator)
    run_due_tasks()
    assert progress_of_mail(mail) == {"": 1, NoticeState.SENT: 2}
    assert MassMailRecipient.objects.get(pk=left.pk).notice is None


def test_stopping_keeps_back_what_has_not_gone_out(cohort, coordinator, settings):
    settings.MAILS_A_MINUTE = 1
    mail = send_mass_mail(written(begun(cohort, coordinator), coordinator), actor=coordinator)
    run_due_tasks()
    assert stop_mass_mail(mail, actor=coordinator) == 2
    assert (mail.state, progress_of_mail(mail)) == (
        MassMailState.STOPPED,
        {NoticeState.SENT: 1, NoticeState.SKIPPED: 2},
    )
    Notice.objects.update(due_at=timezone.now())
    run_due_tasks()
    assert len(mailbox.outbox) == 1


def test_a_job_that_waits_is_cancelled_with_the_mail(cohort, coordinator):
    mail = send_mass_mail(written(begun(cohort, coordinator), coordinator), actor=coordinator)
    assert stop_mass_mail(mail, actor=coordinator) == 0
    run_due_tasks()
    mail.job.refresh_from_db()
    assert (mail.job.state, Notice.objects.count(), mailbox.outbox) == (JobState.CANCELLED, 0, [])


def test_cancelling_the_job_while_it_runs_stops_the_mail(cohort, coordinator):
    mail = send_mass_mail(written(begun(cohort, coordinator), coordinator), actor=coordinator)
    type(mail.job).objects.update(cancel_asked=True)
    run_due_tasks()
    mail.refresh_from_db()
    assert (mail.state, mail.job.state, mailbox.outbox) == (MassMailState.STOPPED, JobState.CANCELLED, [])


# -- the workspace --------------------------------------------------------------------------------------------------


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.mark.parametrize("across", ["0", "1"])
def test_from_the_list_to_send_to_two_people(client, world, across):
    client.force_login(world.coordinator)
    ticked = list(Enrolment.objects.filter(cohort=world.cohort).values_list("pk", flat=True))
    chosen = ticked[:1] if across == "1" else ticked
    listed = reverse("admin:accounts_enrolment_changelist")
    form = {"action": "write_mail", "_selected_action": chosen, "select_across": across, "index": "0"}
    answer = client.post(listed, form)
    mail = MassMail.objects.get()
    write = reverse("admin:accounts_massmail_write", args=[mail.pk])
    assert answer.headers["Location"] == write
    assert "To 2 people." in client.get(write).content.decode()
    send = reverse("admin:accounts_massmail_send", args=[mail.pk])
    assert client.get(send).headers["Location"] == write
    wrong = client.post(write, {"subject": "Hello {nam}", "text": "text"})
    assert "{nam} is no place for a name." in wrong.content.decode()
    assert client.post(write, {"subject": "Hello", "text": "Dear {first_name}"}).headers["Location"] == write
    assert f"Dear {world.student.first_name}" in client.get(write).content.decode()
    answer = client.post(write, {"subject": "Hello", "text": "Dear {first_name}", "go_on": "1"})
    assert answer.headers["Location"] == send
    assert "Send to 2 people" in client.get(send).content.decode()
    assert not Notice.objects.exists()
    assert client.post(send).headers["Location"] == reverse("job_detail", args=[MassMail.objects.get().job_id])
    run_due_tasks()
    assert len(mailbox.outbox) == 2
    page = client.get(reverse("admin:accounts_massmail_change", args=[mail.pk])).content.decode()
    assert "Sent: 2" in page
    assert client.get(send).headers["Location"] == reverse("admin:accounts_massmail_change", args=[mail.pk])


def test_others_have_nothing_of_it(client, world):
    mail = begin_mass_mail(STUDENTS, Enrolment.objects.all(), actor=world.coordinator)
    write_mass_mail(mail, subject="Hello", text="Dear {first_name}", actor=world.coordinator)
    assert list(mass_mails_visible_to(world.foreign_coordinator)) == []
    client.force_login(world.foreign_coordinator)
    for name in ("write", "send"):
        assert client.post(reverse(f"admin:accounts_massmail_{name}", args=[mail.pk])).status_code == 404
    client.force_login(world.superuser)
    for name in ("write", "send"):
        assert client.post(reverse(f"admin:accounts_massmail_{name}", args=[mail.pk])).status_code == 403
    assert not Notice.objects.exists()


@pytest.mark.parametrize("name", ["write_trainees", "write_hosts", "write_university"])
def test_the_list_of_placements_begins_a_mail(client, world, name):
    client.force_login(world.coordinator)
    form = {"action": name, "_selected_action": [world.placement.pk], "index": "0"}
    client.post(reverse("admin:applications_placement_changelist"), form)
    assert MassMail.objects.get().recipients.count() == 1


def test_an_action_with_nobody_left_says_so(client, world):
    client.force_login(world.coordinator)
    Enrolment.objects.update(is_active=False)
    form = {"action": "write_mail", "_selected_action": [world.enrolment.pk], "index": "0"}
    page = client.post(reverse("admin:accounts_enrolment_changelist"), form, follow=True)
    assert "None of these can be written to by you." in page.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_ask_the_database_as_often_for_many(client, world, number, django_assert_num_queries):
    EnrolmentFactory.create_batch(number, cohort=world.cohort)
    mail = begin_mass_mail(STUDENTS, Enrolment.objects.all(), actor=world.coordinator)
    write_mass_mail(mail, subject="Hello", text="Dear {first_name}", actor=world.coordinator)
    client.force_login(world.coordinator)
    client.get(reverse("admin:accounts_massmail_changelist"))
    with django_assert_num_queries(8):  # session, person, scope, mail, places, samples, people counted twice
        client.get(reverse("admin:accounts_massmail_write", args=[mail.pk]))


def test_a_person_without_a_profile_is_written_to_as_well(cohort, coordinator):
    person = UserFactory.create()
    Enrolment.objects.create(student=person, cohort=cohort)
    mail = begin_mass_mail(STUDENTS, Enrolment.objects.all(), actor=coordinator)
    assert mail.recipients.get().fields["reg_no"] == ""
