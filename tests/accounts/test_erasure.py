"""A person is forgotten: nothing that is known of her is left in a table or a file, and every seal still holds."""

import datetime as dt
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import (
    AccessLink,
    Erasure,
    HistoryEntry,
    ImportBatch,
    ImportRow,
    Job,
    Notice,
    OutboxTask,
    ProvisionedPerson,
    User,
)
from apps.accounts.services import erasure, retention
from apps.accounts.services.erasure import ask_erasure, erase, erase_due, words_of
from apps.accounts.services.history import note_history, seal_history, verify_chain
from apps.accounts.services.people import grant
from apps.accounts.states import ErasureState, JobState, NoticeState, OutboxState
from apps.logbook.models import LogAttachment, Rubric
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation, WrongState
from portal.kernel.fsm import perform
from portal.kernel.privacy import struck
from tests.clients import signed_in
from tests.factories.accounts import (
    CohortFactory,
    CompanyFactory,
    EnrolmentFactory,
    JobFactory,
    UserFactory,
)
from tests.factories.applications import ApplicationFactory, PlacementAmendmentFactory, PlacementFactory, ResumeFactory
from tests.factories.logbook import (
    AbsenceFactory,
    ArrivalNoteFactory,
    AssessmentFactory,
    DailyLogFactory,
    OperationFactory,
    RubricFactory,
    VisitFactory,
    WeeklyReportFactory,
)
from tests.factories.reporting import GeneralReportFactory

pytestmark = pytest.mark.django_db

PEOPLE = 20


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def root() -> User:
    return UserFactory.create(is_superuser=True)


def canaries(number: int) -> dict[str, str]:
    """Return 20 words of a person that nobody else has."""
    names = (
        *("first", "last", "user", "regno", "middle", "region", "need", "letter", "resume", "file"),
        *("log", "host", "absence", "week", "step", "paper", "social", "said", "task", "report"),
    )
    return {name: f"cnry{name}{number:02d}x" for name in names}


def known_person(cohort, coordinator: User, number: int) -> User:
    """Make a student about whom something stands in every table that can hold something."""
    c = canaries(number)
    phone, email = f"+2557120000{number:02d}", f"{c['user']}@uni.example"
    student = EnrolmentFactory.create(
        cohort=cohort,
        student__username=c["user"],
        student__first_name=c["first"].title(),
        student__last_name=c["last"].title(),
        student__email=email,
        student__phone=phone,
        student__profile__reg_no=c["regno"],
        student__profile__middle_name=c["middle"],
        student__profile__region_preference=c["region"],
        student__profile__special_need=c["need"],
    ).student
    _written_by(student, c, Rubric.objects.filter(cohort=cohort).first() or RubricFactory.create(cohort=cohort))
    _kept_by_others(student, coordinator, c, email)
    return student


def _written_by(student: User, c: dict[str, str], rubric: Rubric) -> None:
    enrolment = student.enrolments.get()
    resume = ResumeFactory.create(
        owner=student, text=c["resume"], original_name=f"{c['last']}.pdf", content=b"%PDF-1.7 " + c["file"].encode()
    )
    ApplicationFactory.create(enrolment=enrolment, resume=resume, cover_letter=c["letter"], company_notes=c["host"])
    placement = PlacementFactory.create(enrolment=enrolment, task=c["task"], supervisor_name=c["host"])
    PlacementAmendmentFactory.create(placement=placement, reason=c["task"], before={"task": c["task"]})
    ArrivalNoteFactory.create(placement=placement, reason=c["host"])
    log = DailyLogFactory.create(placement=placement, text=c["log"], host_comment=c["host"], skills=[c["log"]])
    LogAttachment.objects.create(
        log=log,
        file=ContentFile(c["paper"].encode(), name="paper.txt"),
        original_name=c["paper"],
        content_type="text/plain",
        size=1,
        sha256="0" * 64,
    )
    AbsenceFactory.create(placement=placement, note=c["absence"], day=timezone.localdate() - dt.timedelta(days=1))
    week = WeeklyReportFactory.create(placement=placement, summary=c["week"], main_job_title=c["week"])
    OperationFactory.create(report=week, description=c["step"], tools=c["step"])
    AssessmentFactory.create(placement=placement, rubric=rubric, comment=c["report"], answers={"1": c["report"]})
    VisitFactory.create(placement=placement, report=c["report"])
    GeneralReportFactory.create(enrolment=enrolment, introduction=c["report"], title=c["report"])


def _kept_by_others(student: User, coordinator: User, c: dict[str, str], email: str) -> None:
    EmailAddress.objects.create(user=student, email=email, verified=True, primary=True)
    SocialAccount.objects.create(user=student, provider="oidc", uid=c["social"], extra_data={"name": c["social"]})
    ProvisionedPerson.objects.create(user=student, external_id=c["said"], said={"name": {"formatted": c["said"]}})
    Notice.objects.create(recipient=student, kind="accounts.x", facts={"text": c["log"]})
    Notice.objects.create(recipient=coordinator, kind="accounts.x", facts={"student": f"Late: {student}"})
    batch = ImportBatch.objects.create(owner=coordinator, kind="accounts.students", file_name=f"{email}.csv")
    batch.file.save("table.csv", ContentFile(email.encode()))
    ImportRow.objects.create(
        batch=batch, line=2, values={"reg_no": c["regno"]}, status="error", problems=[{"m": email}]
    )
    job = JobFactory.create(owner=coordinator, title=f"Report of {student}")
    job.result.save("students.csv", ContentFile(c["regno"].encode()))
    OutboxTask.objects.create(kind="x", last_error=f"550 no such user {email.upper()}")
    CompanyFactory.create(contact_person=str(student), email=email, description=f"Ask {student}.")
    placement = student.enrolments.get().placements.first()
    note_history(placement, "change", actor=coordinator, department_id=None, reason=c["task"])
    note_history(coordinator, "change", actor=student, department_id=None, reason=c["log"])
    note_history(coordinator, "change", actor=coordinator, department_id=None, reason=f"because of {student}")


def everything_stored(folder: Path) -> str:
    """Return all tables and all files as one text in one case."""
    tables = [str(list(model._base_manager.values())) for model in apps.get_models(include_auto_created=True)]
    files = [path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file()]
    names = [str(path) for path in folder.rglob("*")]
    return "\n".join([*tables, *files, *names]).casefold()


def test_twenty_canaries_of_twenty_people_are_found_nowhere_and_the_chain_holds(
    root, tmp_path, django_capture_on_commit_callbacks
):
    cohort, coordinator = CohortFactory.create(), UserFactory.create()
    grant(coordinator, cohort.department, actor=SYSTEM)
    people = [known_person(cohort, coordinator, number) for number in range(PEOPLE)]
    stays = known_person(cohort, coordinator, PEOPLE)
    seal_history()
    before = everything_stored(tmp_path)
    words = {number: [*canaries(number).values(), f"2557120000{number:02d}"] for number in range(PEOPLE + 1)}
    assert [word for number in words for word in words[number] if word not in before] == []
    for person in people:
        asked = ask_erasure(person, actor=root)
        Erasure.objects.filter(pk=asked.pk).update(due_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        assert erase_due() == PEOPLE
    after = everything_stored(tmp_path)
    assert [word for number in range(PEOPLE) for word in words[number] if word in after] == []
    assert [word for word in words[PEOPLE] if word not in after and word not in canaries(PEOPLE)["file"]] == []
    assert list(verify_chain()) == []
    seal_history()
    assert list(verify_chain()) == []
    for person in people:
        person.refresh_from_db()
    assert {(str(p), p.is_active, p.has_usable_password(), p.groups.count()) for p in people} == {
        (f"erased-{p.pk}", False, False, 0) for p in people
    }
    stays.refresh_from_db()
    assert stays.is_active


# -- asking, waiting, holding -------------------------------------------------------------------------------------


def test_an_erasure_waits_and_can_be_held_back_and_withdrawn(root):
    person = UserFactory.create()
    asked = ask_erasure(person, actor=root)
    assert (erase_due(), asked.due_at > timezone.now() + dt.timedelta(days=13)) == (0, True)
    Erasure.objects.update(due_at=timezone.now())
    asked.refresh_from_db()
    perform(asked, "hold", actor=root, reason="A court asks for it.")
    assert (erase_due(), asked.hold_reason) == (0, "A court asks for it.")
    with pytest.raises(WrongState):
        erase(asked)
    perform(asked, "withdraw", actor=root)
    assert erase_due() == 0
    again = ask_erasure(person, actor=root)
    perform(again, "hold", actor=root, reason="Once more.")
    perform(again, "release", actor=root)
    Erasure.objects.filter(pk=again.pk).update(due_at=timezone.now())
    assert erase_due() == 1
    again.refresh_from_db()
    assert (again.state, again.hold_reason, again.done_at is not None) == (ErasureState.DONE, "", True)
    assert HistoryEntry.objects.filter(target_label="accounts.Erasure").exclude(reason="").count() == 0


def test_what_cannot_be_erased_is_refused(root):
    person, other_root = UserFactory.create(), UserFactory.create(is_superuser=True)

    def code(who: User) -> str:
        with pytest.raises(RuleViolation) as refusal:
            ask_erasure(who, actor=root)
        return refusal.value.code

    with pytest.raises(NotAllowed):
        ask_erasure(person, actor=UserFactory.create())
    assert (code(root), code(other_root)) == ("yourself", "is_superuser")
    asked = ask_erasure(person, actor=root)
    assert code(person) == "asked_already"
    erase(asked)
    assert code(person) == "erased_already"


def test_a_failure_in_the_middle_leaves_everything(root, monkeypatch):
    person = UserFactory.create(first_name="Asha")
    asked = ask_erasure(person, actor=root)
    monkeypatch.setattr(erasure, "_empty_person", lambda _person: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase(asked)
    asked.refresh_from_db()
    person.refresh_from_db()
    assert (asked.state, person.first_name) == (ErasureState.WAITING, "Asha")


def test_an_erasure_is_asked_for_on_the_persons_page(root):
    person, browser = UserFactory.create(), signed_in(root)
    address = reverse("admin:accounts_user_erase", args=[person.pk])
    assert browser.get(address).status_code == 405
    answer = browser.post(address, follow=True)
    assert (answer.status_code, Erasure.objects.get().asked_by) == (200, root)
    assert "asked for already" in browser.post(address, follow=True).text
    coordinator = UserFactory.create()
    grant(coordinator, CohortFactory.create().department, actor=SYSTEM)
    assert signed_in(coordinator).post(address).status_code in {403, 404}


def test_a_reason_that_was_taken_away_without_an_erasure_is_damage(root):
    note_history(root, "change", actor=root, department_id=None, reason="because")
    entry = HistoryEntry.objects.get()
    waiting = ask_erasure(UserFactory.create(), actor=root)
    for change in ({"reason": ""}, {"reason": "", "erasure": waiting}, {"reason": "other", "erasure": waiting}):
        HistoryEntry.objects.filter(pk=entry.pk).update(**change)
        assert [damage.entry_id for damage in verify_chain()] == [entry.pk]


def test_words_are_struck_out_wherever_they_stand():
    value = {"a": ["Asha Juma was late", 3, None], "asha juma": {"b": "nothing"}}
    assert struck(value, ["asha juma"]) == {"a": ["—", 3, None], "—": {"b": "nothing"}}


def test_short_words_are_no_words_of_a_person():
    person = UserFactory.create(username="ali", first_name="Ali", last_name="", email="", phone="")
    assert words_of(person) == []


def test_names_in_other_letters_are_struck_out(root):
    person = UserFactory.create(first_name="عائشة", last_name="جمعة", email="a@uni.example")
    notice = Notice.objects.create(recipient=root, kind="x", facts={"student": str(person)})
    company = CompanyFactory.create(description=f"Ask {person}.", contact_person=str(person))
    erase(ask_erasure(person, actor=root))
    notice.refresh_from_db()
    company.refresh_from_db()
    assert (notice.facts, company.description, company.contact_person) == ({"student": "—"}, "—", "")


# -- by night -----------------------------------------------------------------------------------------------------


def test_what_is_kept_for_a_time_goes_by_night(root, tmp_path, django_capture_on_commit_callbacks):
    long_ago = timezone.now() - dt.timedelta(days=800)
    old, new = JobFactory.create_batch(2, owner=root)
    for job in (old, new):
        job.result.save("x.csv", ContentFile(b"x"))
    running = JobFactory.create(owner=root)
    Job.objects.filter(pk=old.pk).update(state=JobState.DONE, finished_at=long_ago)
    Job.objects.filter(pk=new.pk).update(state=JobState.DONE, finished_at=timezone.now())
    Job.objects.filter(pk=running.pk).update(created_at=long_ago)
    for state, created in (("sent", long_ago), ("queued", long_ago), ("sent", timezone.now())):
        notice = Notice.objects.create(recipient=root, kind="x")
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState(state), created_at=created)
    OutboxTask.objects.create(kind="x", state=OutboxState.DONE, done_at=long_ago)
    OutboxTask.objects.create(kind="x", state=OutboxState.DEAD, done_at=long_ago)
    AccessLink.objects.create(
        user=root, purpose="join", target_label="x", target_id=1, secret_hash="1", expires_at=long_ago
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.delete_outdated() == 4
    assert set(Job.objects.all()) == {new, running}
    assert (Notice.objects.count(), OutboxTask.objects.get().state, AccessLink.objects.count()) == (2, "dead", 0)
    assert len(list(tmp_path.rglob("*.csv"))) == 1
    assert retention.delete_outdated() == 0
