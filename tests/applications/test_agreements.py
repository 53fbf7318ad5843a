"""Letters and agreements: prepared, signed by link and on paper, withdrawn."""

import hashlib
import io

import pytest
import segno
from django.core.files.base import ContentFile
from PIL import Image

from apps.accounts.models import HistoryEntry, Notice
from apps.accounts.services.outbox import run_due_tasks
from apps.applications.extraction import codes
from apps.applications.extraction.codes import codes_in
from apps.applications.models import Agreement, AgreementSignature
from apps.applications.permissions import parties_of
from apps.applications.services.agreements import (
    accept_scan,
    keep_document,
    make_again,
    note_problem,
    prepare_agreement,
    sign_agreement,
)
from apps.applications.services.amendments import Person as Somebody
from apps.applications.services.amendments import change_placement, hand_over
from apps.applications.services.scans import file_scan
from apps.applications.states import AgreementKind, AgreementState, Party, PlacementState, SigningWay
from apps.reporting import receivers
from portal.kernel.errors import NotAllowed, Stale, WrongState
from portal.kernel.fsm import may, perform
from portal.kernel.sandbox import SandboxError
from tests.factories.accounts import CompanyMemberFactory
from tests.factories.applications import (
    AgreementFactory,
    AgreementSignatureFactory,
    PlacementFactory,
    PlacementSupervisorFactory,
)
from tests.factories.world import World, build_world
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

LETTER, TRIPARTITE = AgreementKind.LETTER, AgreementKind.TRIPARTITE


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def agreement(world):
    return AgreementFactory.create(placement=world.placement)


def sign(agreement, person, name="Asha Moshi", **how):
    return sign_agreement(agreement, name=name, seen=how.pop("seen", agreement.sha256), actor=person, **how)


def told(kind):
    run_due_tasks()
    rows = Notice.objects.filter(kind=f"applications.agreement_{kind}").order_by("recipient")
    return list(rows.values_list("recipient", flat=True))


def picture_of(*texts, size=900):
    """Return a page with the QR codes of these texts, as JPEG."""
    page = Image.new("L", (size * max(1, len(texts)), size), 255)
    for place, text in enumerate(texts):
        drawn = io.BytesIO()
        segno.make_qr(text).save(drawn, kind="png", scale=6, border=4)
        page.paste(Image.open(drawn), (size * place + 40, 40))
    out = io.BytesIO()
    page.save(out, "JPEG")
    return out.getvalue()


def scan_of(agreement):
    return picture_of(f"https://uni.example/agreements/code/{agreement.code}/")


# -- preparing ----------------------------------------------------------------------------------------------------


def test_a_paper_is_entered_made_and_sent_to_who_signs(world, monkeypatch):
    monkeypatch.setattr(
        receivers, "make_agreement", lambda key: keep_document(Agreement.objects.get(pk=key), b"%PDF-1")
    )
    made = prepare_agreement(world.placement, TRIPARTITE, actor=world.coordinator)
    assert (made.state, made.file.name, made.language) == (AgreementState.DRAFT, "", "en")
    assert told("to_sign") == sorted([world.student.pk, world.representative.pk])
    assert told("to_countersign") == [world.coordinator.pk]
    made.refresh_from_db()
    assert (made.state, made.sha256) == (AgreementState.SENT, hashlib.sha256(b"%PDF-1").hexdigest())
    keep_document(made, b"%PDF-2")
    note_problem(made, "too late")
    made.refresh_from_db()
    assert (made.sha256, made.problem) == (hashlib.sha256(b"%PDF-1").hexdigest(), "")


def test_a_paper_may_wait_before_it_is_sent(world):
    made = prepare_agreement(world.placement, LETTER, actor=world.coordinator, send=False, language="sw")
    assert may(made, "send", world.coordinator) is False
    keep_document(made, b"%PDF-1")
    made.refresh_from_db()
    assert (made.state, made.language, may(made, "send", world.coordinator)) == (AgreementState.DRAFT, "sw", True)


def test_only_coordinators_prepare_and_each_kind_once_at_a_time(world):
    proposed = PlacementFactory.create(enrolment=world.enrolment, share=1, state=PlacementState.PROPOSED)
    assert refusal(prepare_agreement, proposed, TRIPARTITE, actor=world.coordinator) == "not_confirmed"
    prepare_agreement(proposed, LETTER, actor=world.coordinator)
    assert refusal(prepare_agreement, proposed, LETTER, actor=world.coordinator) == "paper_open"
    for person in (world.student, world.representative, world.foreign_coordinator):
        with pytest.raises(NotAllowed):
            prepare_agreement(world.placement, LETTER, actor=person)


def test_a_file_that_could_not_be_made_is_tried_again(world, agreement):
    draft = AgreementFactory.create(placement=world.placement, kind=LETTER, state="draft", sha256="", file="")
    note_problem(draft, "The template asks for too much.")
    draft.refresh_from_db()
    assert draft.problem == "The template asks for too much."
    make_again(draft, actor=world.coordinator)
    with pytest.raises(NotAllowed):
        make_again(draft, actor=world.student)
    assert refusal(make_again, agreement, actor=world.coordinator) == "made_already"


# -- signing ------------------------------------------------------------------------------------------------------


def test_three_sign_one_after_the_other(world, agreement):
    first = sign(agreement, world.representative, "  Juma   Host ", address="192.0.2.7", via="link:1")
    assert (first.party, first.name, first.way, first.address) == (
        Party.HOST,
        "Juma Host",
        SigningWay.ELECTRONIC,
        "192.0.2.7",
    )
    assert (first.sha256, agreement.state) == (agreement.sha256, AgreementState.SIGNED)
    sign(agreement, world.student)
    assert agreement.missing == [Party.UNIVERSITY]
    sign(agreement, world.coordinator, "Dr. Registrar")
    assert (agreement.state, agreement.completed_at is not None) == (AgreementState.COMPLETE, True)
    entries = HistoryEntry.objects.filter(target_label="applications.Agreement").order_by("pk")
    moves = [(entry.action, entry.actor_id, entry.via) for entry in entries]
    assert moves == [
        ("sign", world.representative.pk, "link:1"),
        ("sign", world.student.pk, ""),
        ("sign", world.coordinator.pk, ""),
        ("complete", None, ""),
    ]
    assert told("complete") == sorted([world.student.pk, world.representative.pk])


def test_the_letter_is_complete_with_the_universitys_signature(world):
    letter = AgreementFactory.create(placement=world.placement, kind=LETTER)
    with pytest.raises(NotAllowed):
        sign(letter, world.student)
    sign(letter, world.coordinator, "Dr. Registrar")
    assert letter.state == AgreementState.COMPLETE


@pytest.mark.parametrize(
    ("persona", "parties"),
    [
        ("student", [Party.STUDENT]),
        ("representative", [Party.HOST]),
        ("industrial_supervisor", [Party.HOST]),
        ("coordinator", [Party.UNIVERSITY]),
        ("university_supervisor", []),
        ("other_industrial_supervisor", []),
        ("fellow_student", []),
        ("rival_representative", []),
        ("foreign_coordinator", []),
        ("superuser", []),
        ("deactivated", []),
        ("anonymous", []),
    ],
)
def test_who_signs_for_whom(world, agreement, persona, parties):
    assert parties_of(agreement, world.personas()[persona]) == parties


def test_nobody_signs_for_two_parties(world, agreement):
    CompanyMemberFactory.create(company=world.company, user=world.coordinator)
    sign(agreement, world.coordinator, "Both")
    assert refusal(sign, agreement, world.coordinator, "Both") == "signed_already"
    assert [signature.party for signature in AgreementSignature.objects.all()] == [Party.HOST]
    assert refusal(sign, agreement, world.representative) == "signed_already"


@pytest.mark.parametrize("name", ["", "   ", "12 3", "x" * 121])
def test_a_name_is_a_name(agreement, world, name):
    assert refusal(sign, agreement, world.student, name) == "name_missing"


def test_what_was_seen_is_what_is_signed(world, agreement):
    with pytest.raises(Stale):
        sign(agreement, world.student, seen="0" * 64)
    agreement.file.save("other.pdf", ContentFile(b"%PDF- altered"))
    assert refusal(sign, agreement, world.student) == "file_changed"
    assert AgreementSignature.objects.count() == 0


@pytest.mark.parametrize("state", [AgreementState.DRAFT, AgreementState.COMPLETE, AgreementState.WITHDRAWN])
def test_what_waits_for_nobody_is_not_signed(world, state):
    paper = AgreementFactory.create(placement=world.placement, state=state)
    with pytest.raises(WrongState):
        sign(paper, world.student)
    with pytest.raises(WrongState):
        accept_scan(paper, actor=world.coordinator)


def test_the_bare_move_signs_nothing(world, agreement):
    assert refusal(perform, agreement, "sign", actor=world.student) == "not_signed"
    agreement = AgreementSignatureFactory.create(agreement=agreement).agreement
    perform(agreement, "sign", actor=world.student)
    with pytest.raises(NotAllowed):
        perform(agreement, "complete", actor=world.coordinator)


def test_without_a_representative_the_supervisor_is_asked(world):
    placement = PlacementFactory.create(enrolment=world.enrolment, share=1)
    paper = AgreementFactory.create(placement=placement, state="draft")
    perform(paper, "send", actor=world.coordinator)
    assert told("to_sign") == [world.student.pk]
    supervisor = PlacementSupervisorFactory.create(placement=placement).user
    other = AgreementFactory.create(placement=placement, kind=TRIPARTITE, state="complete")
    Agreement.objects.filter(pk=paper.pk).update(state="withdrawn")
    Agreement.objects.filter(pk=other.pk).update(state="draft")
    other.refresh_from_db()
    perform(other, "send", actor=world.coordinator)
    assert told("to_sign") == sorted([world.student.pk, world.student.pk, supervisor.pk])


# -- what happens to the placement --------------------------------------------------------------------------------


def test_a_changed_placement_withdraws_what_is_on_its_way(world, agreement):
    done = AgreementFactory.create(placement=world.placement, state="complete")
    row = world.placement.supervisors.get(user=world.industrial_supervisor)
    hand_over(row, Somebody("new@host.example", "N"), actor=world.coordinator, reason="Left")
    agreement.refresh_from_db()
    assert agreement.state == AgreementState.SENT
    change_placement(world.placement, {"share": 50}, actor=world.coordinator, reason="Half")
    for paper in (agreement, done):
        paper.refresh_from_db()
    assert (agreement.state, agreement.reason, done.state) == ("withdrawn", "The placement has changed", "complete")


def test_a_cancelled_placement_withdraws_its_letter(world):
    placement = PlacementFactory.create(enrolment=world.enrolment, share=1, state=PlacementState.CONFIRMED)
    letter = AgreementFactory.create(placement=placement, kind=LETTER)
    perform(placement, "cancel", actor=world.coordinator, reason="Closed")
    letter.refresh_from_db()
    assert letter.state == AgreementState.WITHDRAWN


# -- paper --------------------------------------------------------------------------------------------------------


def test_a_coordinators_scan_files_itself_and_completes(world, agreement):
    sign(agreement, world.student)
    filed = file_scan(scan_of(agreement), actor=world.coordinator)
    assert (filed, filed.state, filed.scanned_by) == (agreement, AgreementState.COMPLETE, world.coordinator)
    ways = agreement.signatures.order_by("party").values_list("party", "way", "name")
    assert list(ways) == [
        ("host", "paper", world.company.name),
        ("student", "electronic", "Asha Moshi"),
        ("university", "paper", "Practicum University"),
    ]
    with filed.scan.open("rb") as stored:
        assert stored.read(3) == b"\xff\xd8\xff"


def test_a_students_photo_waits_for_a_coordinators_look(world, agreement):
    filed = file_scan(scan_of(agreement), actor=world.student)
    assert (filed.state, told("scan_received")) == (AgreementState.SENT, [world.coordinator.pk])
    with pytest.raises(NotAllowed):
        accept_scan(filed, actor=world.student)
    accept_scan(filed, actor=world.coordinator, parties=[Party.STUDENT, Party.HOST])
    assert (filed.state, filed.missing) == (AgreementState.SIGNED, [Party.UNIVERSITY])
    assert refusal(accept_scan, filed, actor=world.coordinator, parties=[Party.HOST]) == "signed_already"


def test_without_a_scan_nothing_is_accepted(world, agreement):
    assert refusal(accept_scan, agreement, actor=world.coordinator) == "no_scan"


def test_scans_that_lead_nowhere_store_nothing(world, agreement):
    foreign = AgreementFactory.create()
    second = AgreementFactory.create(placement=world.placement, kind=LETTER, state="complete")
    both = picture_of(*(f"https://u.example/agreements/code/{row.code}/" for row in (agreement, second)))
    found = [
        refusal(file_scan, data, actor=world.student)
        for data in (
            picture_of(),
            picture_of("https://evil.example/"),
            picture_of("https://u.example/agreements/code/XXXX-XXXX/"),
            scan_of(foreign),
            both,
            scan_of(second),
            b"GIF89a",
            b"%PDF-1.4 broken",
            b"x" * (codes.MAX_BYTES + 1),
        )
    ]
    assert found == [
        *("no_code", "no_code", "not_yours", "not_yours", "several_papers", "paper_closed"),
        *("scan_unreadable", "scan_unreadable", "scan_too_large"),
    ]
    assert Agreement.objects.exclude(scan="").count() == 0


def test_codes_are_read_on_tilted_photos_and_bombs_are_refused(monkeypatch):
    page = Image.open(io.BytesIO(picture_of("https://u.example/a"))).rotate(9, fillcolor=255)
    out = io.BytesIO()
    page.save(out, "PNG")
    assert codes_in(out.getvalue()) == ["https://u.example/a"]
    assert codes.read(out.getvalue(), {}) == ["https://u.example/a"]
    monkeypatch.setattr(codes, "MOST_PIXELS", 10)
    with pytest.raises(codes.TooManyPixelsError):
        codes.read(out.getvalue(), {})

    def stopped(*_args, **_kwargs):
        raise SandboxError("memory")

    monkeypatch.setattr(codes, "run_limited", stopped)
    assert refusal(codes_in, b"%PDF-1.4") == "scan_unreadable"


def test_a_scan_that_was_replaced_is_not_told(world, agreement):
    file_scan(scan_of(agreement), actor=world.student)
    Agreement.objects.update(version=99)
    assert told("scan_received") == []
