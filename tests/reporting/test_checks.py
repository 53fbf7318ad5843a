"""Codes on documents, and the page on which anybody checks them."""

import datetime as dt
import hashlib
import re

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import HistoryEntry
from apps.accounts.services.erasure import ask_erasure, erase
from apps.accounts.services.limits import Limit
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.seals import verify_rows
from apps.accounts.states import Role
from apps.applications.extraction.codes import codes_in
from apps.applications.states import AgreementKind, PlacementState
from apps.logbook.models import DailyLog, WeeklyReport
from apps.logbook.services.logs import correct_log
from apps.logbook.states import ArrivalState, AssessmentState
from apps.reporting.models import IssuedDocument
from apps.reporting.selectors.issued import Checked, check_of, is_file_of, typed_code, typed_hash
from apps.reporting.services.documents import make_logbook, make_report, make_week
from apps.reporting.services.issuing import withdraw_document
from apps.reporting.services.papers import make_agreement, make_letter
from apps.reporting.services.sheets import make_arrival, make_assessment, make_certificate
from apps.reporting.states import EntriesStanding, GeneralReportState, IssuedKind, IssuedState
from apps.reporting.views import checks
from portal.kernel.dates import monday_of
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import perform, perform_many
from tests.clients import signed_in
from tests.factories.applications import AgreementFactory, IntroductionLetterFactory
from tests.factories.logbook import (
    ArrivalNoteFactory,
    AssessmentFactory,
    DailyLogFactory,
    RubricFactory,
    WeeklyReportFactory,
)
from tests.factories.reporting import GeneralReportFactory, IssuedDocumentFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db
MONDAY = monday_of(timezone.localdate()) - dt.timedelta(days=7)


@pytest.fixture
def world() -> World:
    return build_world()


def validated_week(world) -> list[DailyLog]:
    """Let two days and the report of last week be validated; a third day waits."""
    place = {"placement": world.placement, "week_start": MONDAY}
    days = [
        DailyLogFactory.create(day=MONDAY + dt.timedelta(days=n), state="verified_industry", **place) for n in (0, 1)
    ]
    DailyLogFactory.create(day=MONDAY + dt.timedelta(days=2), state="submitted", **place)
    WeeklyReportFactory.create(state="verified_industry", **place)
    for model in (DailyLog, WeeklyReport):
        perform_many(model.objects.filter(state="verified_industry"), "validate", actor=world.university_supervisor)
    return days


def words_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())


def page(code: str) -> str:
    return reverse("document_check", args=[code])


def test_a_report_that_its_student_still_writes_carries_no_code(world):
    report = GeneralReportFactory.create(enrolment=world.enrolment)
    content = make_report(report, "pdf", actor=world.student, language="en").content
    assert (IssuedDocument.objects.count(), "/check/" in words_of(content)) == (0, False)


def test_every_kind_of_document_carries_its_code_in_both_forms_and_is_remembered(world):
    validated_week(world)
    actor, how = world.student, {"actor": world.student, "language": "en"}
    note = ArrivalNoteFactory.create(placement=world.placement, state=ArrivalState.CONFIRMED, decided_at=timezone.now())
    form = AssessmentFactory.create(
        placement=world.placement, state=AssessmentState.RELEASED, submitted_at=timezone.now()
    )
    report = GeneralReportFactory.create(enrolment=world.enrolment, state=GeneralReportState.SUBMITTED)
    type(world.placement).objects.filter(pk=world.placement.pk).update(state=PlacementState.COMPLETED)
    world.placement.refresh_from_db()
    makers = {
        IssuedKind.LOGBOOK: lambda form: make_logbook(world.placement, form, **how),
        IssuedKind.WEEK: lambda form: make_week(world.placement, MONDAY, form, **how),
        IssuedKind.REPORT: lambda form: make_report(report, form, **how),
        IssuedKind.ARRIVAL: lambda form: make_arrival(note, form, **how),
        IssuedKind.ASSESSMENT: lambda chosen: make_assessment(form, chosen, **how),
        IssuedKind.CERTIFICATE: lambda form: make_certificate(world.placement, form, **how),
    }
    for kind, make in makers.items():
        for chosen in ("pdf", "docx"):
            content = make(chosen).content
            row = IssuedDocument.objects.latest("pk")
            assert (row.kind, row.form, row.made_by, row.enrolment) == (kind, chosen, actor, world.enrolment)
            assert row.sha256 == hashlib.sha256(content).hexdigest()
            if chosen == "pdf":
                assert row.code in words_of(content)
                assert {text.rpartition("/check/")[2] for text in codes_in(content)} == {f"{row.code}/"}
    assert [line for line in map(str, verify_rows()) if line.startswith("reporting.Issued")] == []
    rows = {row.kind: row for row in IssuedDocument.objects.filter(form="pdf")}
    counted = {kind: (row.entry_count, row.validated_count, row.confirmed_role) for kind, row in rows.items()}
    assert counted == {
        "logbook": (4, 3, Role.UNIVERSITY_SUPERVISOR),
        "week": (4, 3, Role.UNIVERSITY_SUPERVISOR),
        "certificate": (4, 3, Role.UNIVERSITY_SUPERVISOR),
        "report": (1, 0, ""),
        "arrival": (1, 1, Role.INDUSTRIAL_SUPERVISOR),
        "assessment": (1, 1, Role.INDUSTRIAL_SUPERVISOR),
    }


def test_letters_and_agreements_keep_their_own_code_and_go_with_their_paper(world):
    draft = {"state": "draft", "sha256": "", "file": "", "send_at_once": False}
    paper = AgreementFactory.create(
        placement=world.placement, kind=AgreementKind.TRIPARTITE, code="KKKKK-22222", **draft
    )
    letter = IntroductionLetterFactory.create(
        enrolment=world.enrolment, state="issued", sha256="", file="", code="KKKKK-33333", issued_at=timezone.now()
    )
    make_agreement(paper.pk)
    make_letter(letter.pk)
    paper.refresh_from_db()
    letter.refresh_from_db()
    assert is_file_of(paper.code, paper.sha256)
    assert is_file_of(letter.code, letter.sha256)
    word = signed_in(world.coordinator).post(reverse("agreement_download", args=[paper.pk])).content
    assert check_of(paper.code).forms == ("docx", "pdf")
    assert is_file_of(paper.code, hashlib.sha256(word).hexdigest())
    assert check_of(letter.code).confirmed_by == Role.COORDINATOR.label
    perform(paper, "withdraw", actor=world.coordinator, reason="Another company.")
    perform(letter, "withdraw", actor=world.coordinator, reason="Another company.")
    run_due_tasks()
    assert [check_of(row.code).withdrawn_at is None for row in (paper, letter)] == [False, False]
    signed = signed_in(world.student).get(page(paper.code))
    assert reverse("agreement_by_code", args=[paper.code]) in signed.text


def test_the_page_says_whose_what_when_by_which_role_and_nothing_more(world, client):
    days = validated_week(world)
    made = make_logbook(world.placement, "docx", actor=world.student, language="en")
    row = IssuedDocument.objects.get()
    answer = client.get(page(row.code))
    assert (answer.status_code, answer["X-Robots-Tag"], answer["Cache-Control"]) == (
        200,
        "noindex, nofollow",
        "no-store, private",
    )
    text = re.sub(r"\s+", " ", answer.text)
    shown = (
        world.student.get_full_name(),
        "Logbook",
        "University supervisor",
        "3 of 4 validated",
        "comes from here and holds",
    )
    assert [word for word in shown if word not in text] == []
    profile = world.student.student_profile
    hidden = (
        profile.reg_no,
        world.student.email,
        world.company.name,
        world.university_supervisor.get_full_name(),
        world.industrial_supervisor.get_full_name(),
        days[0].text,
        row.sha256,
    )
    assert [word for word in hidden if word and word in text] == []
    same = client.post(page(row.code), {"file": SimpleUploadedFile("my.docx", made.content)})
    other = client.post(page(row.code), {"sha256": hashlib.sha256(made.content + b" ").hexdigest()})
    assert ("Yes: this file left" in same.text, "No: a file like this" in other.text) == (True, True)
    assert "Yes: this file left" in client.post(page(row.code), {"sha256": f"SHA256: {row.sha256.upper()}"}).text
    assert IssuedDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Choose the file, or paste its hash."),
        ({"sha256": "abc"}, "A SHA-256 has 64 signs from 0 to 9 and a to f."),
        ({"file": b"x" * 11}, "No document of ours is that large."),
    ],
)
def test_what_cannot_be_compared_says_why(client, monkeypatch, given, sentence):
    monkeypatch.setattr("apps.reporting.forms.MOST_COMPARED", 10)
    row = IssuedDocumentFactory.create()
    sent = {name: SimpleUploadedFile("a.pdf", value) if name == "file" else value for name, value in given.items()}
    assert sentence in client.post(page(row.code), sent).text


def test_a_code_is_found_however_it_is_typed_and_others_are_unknown(client):
    row = IssuedDocumentFactory.create(code="K7QMX-2XHDT")
    typed = client.get(reverse("check"), {"code": " k7qmx 2xhdt "})
    assert (typed.status_code, typed["Location"]) == (302, page(row.code))
    assert client.get("/check/k7qmx2xhdt/").status_code == 200
    for strange in ("K7QMX-2XHDX", "nothing", "K7QMX-2XHDT-X", "%00", "../../etc"):
        answer = client.get(f"/check/{strange}/")
        assert answer.status_code == 404
    assert "We know no document with this code." in client.get("/check/K7QMX-2XHDX/").text
    assert "A code has ten or twenty letters and digits." in client.get(reverse("check"), {"code": "K7"}).text
    assert client.get(reverse("check")).status_code == 200


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("K7QM-2XHD", "K7QM-2XHD"),
        ("k7qm x2 xhdt", "K7QMX-2XHDT"),
        ("K7QM2XHD9", ""),
        ("", ""),
        ("٣٤٥٦٧٨٩٠١٢", ""),
    ],
)
def test_a_typed_code_is_read(text, code):
    assert typed_code(text) == code


@pytest.mark.parametrize(
    ("text", "found"), [("AB" * 32, "ab" * 32), ("sha256:" + "0f" * 32, "0f" * 32), ("0f" * 31, ""), ("zz" * 32, "")]
)
def test_a_pasted_hash_is_read(text, found):
    assert typed_hash(text) == found


def test_guessing_is_slowed_down_and_others_go_on(client, monkeypatch):
    monkeypatch.setattr(checks, "CHECKS_A_MINUTE", Limit("check_minute", 2, 60))
    row = IssuedDocumentFactory.create()
    answers = [client.get(page("K7QMX-2XHDX")).status_code, client.get(page(row.code)).status_code]
    third = client.get(page(row.code))
    assert (answers, third.status_code, "Retry-After" in third) == ([404, 200], 429, True)
    assert client.get(page(row.code), REMOTE_ADDR="203.0.113.9").status_code == 200


def test_entries_that_were_altered_or_corrected_since_are_said(world):
    first, second = validated_week(world)
    make_week(world.placement, MONDAY, "docx", actor=world.student, language="en")
    row = IssuedDocument.objects.get()

    def standing() -> EntriesStanding:
        return check_of(row.code).entries

    assert standing() == EntriesStanding.SAME
    correct_log(second, actor=world.coordinator, reason="Other machine.")
    assert standing() == EntriesStanding.CORRECTED
    DailyLog.objects.filter(pk=first.pk).update(hours=12)
    assert standing() == EntriesStanding.CHANGED
    DailyLog.objects.filter(pk=first.pk).update(hours=first.hours)
    assert standing() == EntriesStanding.CORRECTED
    DailyLog.objects.filter(pk=first.pk).update(state="draft")
    assert standing() == EntriesStanding.CHANGED


def test_a_document_made_of_altered_entries_is_no_good_one(world):
    first, _second = validated_week(world)
    DailyLog.objects.filter(pk=first.pk).update(hours=12)
    make_logbook(world.placement, "docx", actor=world.student, language="en")
    found = check_of(IssuedDocument.objects.get().code)
    assert found.entries == EntriesStanding.CHANGED


def test_nothing_validated_is_said_so(world, client):
    make_logbook(world.placement, "docx", actor=world.student, language="en")
    row = IssuedDocument.objects.get()
    found = check_of(row.code)
    assert (found.entries, found.confirmed_at, found.start) == (EntriesStanding.NONE, None, world.placement.start)
    assert "by nobody when it was made" in client.get(page(row.code)).text


def test_a_report_without_a_place_is_checked_by_its_cohort(world):
    report = GeneralReportFactory.create(enrolment=world.enrolment, state=GeneralReportState.SUBMITTED)
    perform(report, "approve", actor=world.university_supervisor)
    make_report(report, "docx", actor=world.student, language="en")
    found = check_of(IssuedDocument.objects.get().code)
    assert isinstance(found, Checked)
    assert (found.start, found.entries, found.counts_entries) == (world.cohort.start, EntriesStanding.SAME, False)
    type(report).objects.filter(pk=report.pk).update(conclusion="Another.")
    assert check_of(found.code).entries == EntriesStanding.CHANGED


def test_coordinators_withdraw_a_code_with_all_its_files(world, client):
    twice = {"placement": world.placement, "code": "K7QMX-2XHDT"}
    first, second = IssuedDocumentFactory.create(**twice), IssuedDocumentFactory.create(form="docx", **twice)
    with pytest.raises(NotAllowed):
        withdraw_document(first, actor=world.student, reason="No.")
    with pytest.raises(RuleViolation, match="Say why"):
        withdraw_document(first, actor=world.coordinator, reason=" ")
    address = reverse("admin:reporting_issueddocument_move", args=[first.pk, "withdraw"])
    desk = signed_in(world.coordinator)
    assert (
        reverse("document_check", args=[first.code])
        in desk.get(reverse("admin:reporting_issueddocument_change", args=[first.pk])).text
    )
    desk.post(address, {"reason": "Wrong name.", "version": first.version})
    second.refresh_from_db()
    assert second.state == IssuedState.WITHDRAWN
    answer = client.get(page(first.code))
    assert "This document was withdrawn on" in answer.text
    assert "Wrong name." not in answer.text
    assert HistoryEntry.objects.filter(target_label="reporting.IssuedDocument", action="withdraw").count() == 2


def test_of_an_erased_person_only_the_document_is_left(world, client):
    validated_week(world)
    name = world.student.get_full_name()
    make_logbook(world.placement, "docx", actor=world.student, language="en")
    erase(ask_erasure(world.student, actor=world.superuser))
    answer = client.get(page(IssuedDocument.objects.get().code))
    assert (name in answer.text, "The person's data were erased." in answer.text) == (False, True)


def test_the_rubric_says_on_which_side_an_assessment_was_made(world):
    rubric = RubricFactory.create(cohort=world.cohort, kind="academic")
    form = AssessmentFactory.create(
        placement=world.placement, rubric=rubric, submitted_at=timezone.now(), state="submitted"
    )
    make_assessment(form, "docx", actor=world.student, language="en")
    assert IssuedDocument.objects.get().confirmed_role == Role.UNIVERSITY_SUPERVISOR
    note = ArrivalNoteFactory.create(placement=world.placement)
    make_arrival(note, "docx", actor=world.student, language="en")
    assert IssuedDocument.objects.latest("pk").confirmed_role == ""
