"""Whoever changes the database by hand is found: a table of kinds of tampering, each tried and taken back."""

import datetime as dt
import io
from collections.abc import Iterator
from itertools import chain

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import Erasure, HistoryBlock, HistoryEntry, HistoryHead
from apps.accounts.services.erasure import ask_erasure, erase
from apps.accounts.services.heads import note_head, published_heads, verify_heads
from apps.accounts.services.history import seal_history, verify_chain
from apps.accounts.services.seals import Damage, altered, content_digest, sealed_in, verify_rows
from apps.logbook.models import DailyLog, LogAttachment, WeeklyReport
from apps.logbook.services.assessments import send_assessment
from apps.logbook.states import AssessmentState, ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.dates import monday_of
from portal.kernel.fsm import perform, perform_many
from tests.factories.applications import AgreementFactory, AgreementSignatureFactory
from tests.factories.logbook import AssessmentFactory, DailyLogFactory, OperationFactory, WeeklyReportFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def sealed_training(world: World) -> dict[str, int]:
    """Let a week of two days, a mark and an agreement go their way; return the keys that the table needs."""
    monday = monday_of(timezone.localdate()) - dt.timedelta(days=7)
    place = {"placement": world.placement, "week_start": monday, "state": ChainState.SUBMITTED}
    first = DailyLogFactory.create(day=monday, **place)
    second = DailyLogFactory.create(day=monday + dt.timedelta(days=1), **place)
    file = LogAttachment.objects.create(log=first, file="logs/a.pdf", original_name="a.pdf", size=1, sha256="a" * 64)
    report = WeeklyReportFactory.create(**place)
    operation = OperationFactory.create(report=report)
    for rows in (DailyLog.objects.all(), WeeklyReport.objects.all()):
        perform_many(rows, "verify", actor=world.industrial_supervisor)
    seal_history()
    for rows in (DailyLog.objects.all(), WeeklyReport.objects.all()):
        perform_many(rows, "validate", actor=world.university_supervisor)
    seal_history()
    form = AssessmentFactory.create(placement=world.placement)
    answers = {str(one.pk): "4" for one in form.rubric.criteria.all()}
    send_assessment(form, answers, "Good.", actor=world.industrial_supervisor, expected_version=0)
    paper = AgreementFactory.create(placement=world.placement, state="signed")
    signed = [AgreementSignatureFactory.create(agreement=paper, party=party).pk for party in paper.parties]
    perform(paper, "complete", actor=SYSTEM)
    seal_history()
    entries = HistoryEntry.objects.order_by("id")
    validated = entries.filter(action="validate", target_label="logbook.DailyLog")
    return {
        "log": first.pk,
        "other": second.pk,
        "file": file.pk,
        "report": report.pk,
        "operation": operation.pk,
        "form": form.pk,
        "paper": paper.pk,
        "signature": signed[0],
        "student": world.student.pk,
        "entry": validated[0].pk,
        "next": validated[1].pk,
        "block": HistoryBlock.objects.get(number=2).pk,
        "last": HistoryBlock.objects.get(number=3).pk,
    }


LOG, WEEK = (
    "UPDATE logbook_dailylog SET {} WHERE id = %(log)s",
    "UPDATE logbook_weeklyreport SET {} WHERE id = %(report)s",
)
ENTRY = "UPDATE accounts_historyentry SET {} WHERE id = %(entry)s"
THE_LOG, THE_WEEK, THE_ENTRY = "logbook.DailyLog {log}", "logbook.WeeklyReport {report}", "entry {entry}"
COPY = (
    "INSERT INTO logbook_dailylog (created_at, updated_at, version, enrolment_id, placement_id, week_start, verified_at,"
    " verified_by_id, validated_at, validated_by_id, submitted_at, host_comment, reason, is_current, state, day, text,"
    " hours, skills, location_hint) SELECT created_at, updated_at, version, enrolment_id, placement_id, week_start,"
    " verified_at, verified_by_id, validated_at, validated_by_id, submitted_at, host_comment, reason, is_current, state,"
    " '2001-01-01', text, hours, skills, location_hint FROM logbook_dailylog WHERE id = %(log)s"
)
# What is done by hand -> what `verify_chain` names.
TABLE: dict[str, tuple[list[str], str]] = {
    "the words of a validated day": ([LOG.format("text = 'Slept.'")], THE_LOG),
    "its hours": ([LOG.format("hours = 12")], THE_LOG),
    "its day": ([LOG.format("day = '2001-01-01'")], THE_LOG),
    "who validated it": ([LOG.format("validated_by_id = %(student)s")], THE_LOG),
    "when it was validated": ([LOG.format("validated_at = '2001-01-01 00:00:00+00:00'")], THE_LOG),
    "the state, back to be written anew": ([LOG.format("state = 'draft'")], THE_LOG),
    "the hash of its file": (
        ["UPDATE logbook_logattachment SET sha256 = 'b' WHERE id = %(file)s"],
        THE_LOG,
    ),
    "a file taken away": (["DELETE FROM logbook_logattachment WHERE id = %(file)s"], THE_LOG),
    "the day deleted": (
        ["DELETE FROM logbook_logattachment WHERE id = %(file)s", "DELETE FROM logbook_dailylog WHERE id = %(log)s"],
        THE_LOG,
    ),
    "a validated day slipped in": ([COPY], "logbook.DailyLog {new}"),
    "the words of two days swapped": (
        [LOG.format("day = '2001-01-02'"), "UPDATE logbook_dailylog SET day = '2001-01-03' WHERE id = %(other)s"],
        THE_LOG,
    ),
    "the summary of a validated week": ([WEEK.format("summary = 'All done.'")], THE_WEEK),
    "a step of its main job": (
        ["UPDATE logbook_operation SET tools = 'Hammer' WHERE id = %(operation)s"],
        THE_WEEK,
    ),
    "a mark": (["UPDATE logbook_assessment SET mark = 100 WHERE id = %(form)s"], "logbook.Assessment {form}"),
    "an answer": (
        ["""UPDATE logbook_assessment SET answers = '{"1": "5"}' WHERE id = %(form)s"""],
        "logbook.Assessment {form}",
    ),
    "the hash of an agreement's file": (
        ["UPDATE applications_agreement SET sha256 = 'b' WHERE id = %(paper)s"],
        "applications.Agreement {paper}",
    ),
    "the name of a signature": (
        ["UPDATE applications_agreementsignature SET name = 'Nobody' WHERE id = %(signature)s"],
        "applications.Agreement {paper}",
    ),
    "a signature deleted": (
        ["DELETE FROM applications_agreementsignature WHERE id = %(signature)s"],
        "applications.Agreement {paper}",
    ),
    "the move of an entry": ([ENTRY.format("action = 'uphold'")], THE_ENTRY),
    "the actor whom people see": ([ENTRY.format("actor_id = %(student)s")], THE_ENTRY),
    "the actor that is sealed": ([ENTRY.format("actor_key = %(student)s, actor_id = %(student)s")], THE_ENTRY),
    "the time of an entry": ([ENTRY.format("at = '2001-01-01 00:00:00+00:00'")], THE_ENTRY),
    "the reason of an entry": ([ENTRY.format("reason = 'Because.'")], THE_ENTRY),
    "the content that an entry seals": ([ENTRY.format("content_digest = ''")], THE_ENTRY),
    "an entry deleted": (["DELETE FROM accounts_historyentry WHERE id = %(entry)s"], "block 2"),
    "an entry moved to another block": ([ENTRY.format("block_id = %(last)s")], "block 2"),
    "an entry slipped in": (
        [
            (
                "INSERT INTO accounts_historyentry (target_label, target_id, action, source, target, via, reason,"
                " reason_digest, at, batch, digest, content_digest, block_id) SELECT target_label, target_id, action,"
                " source, target, via, reason, reason_digest, at, batch, digest, content_digest, block_id"
                " FROM accounts_historyentry WHERE id = %(entry)s"
            )
        ],
        "block 2",
    ),
    "two entries swapped": (
        [
            "UPDATE accounts_historyentry SET id = -1 WHERE id = %(entry)s",
            "UPDATE accounts_historyentry SET id = %(entry)s WHERE id = %(next)s",
            "UPDATE accounts_historyentry SET id = %(next)s WHERE id = -1",
        ],
        "block 2",
    ),
    "blocks renumbered": (["UPDATE accounts_historyblock SET number = 9 WHERE id = %(block)s"], "block 2"),
    "the hash of a block": (["UPDATE accounts_historyblock SET hash = 'b' WHERE id = %(block)s"], "block 2"),
    "the last block cut off": (
        [
            "DELETE FROM accounts_historyentry WHERE block_id = %(last)s",
            "DELETE FROM accounts_historyblock WHERE id = %(last)s",
        ],
        "block 3",
    ),
    "the head of a day": (["UPDATE accounts_historyhead SET hash = '%(log)s'"], "block 3"),
}


def damages() -> Iterator[str]:
    yield from (str(damage) for damage in chain(verify_chain(), verify_heads(), verify_rows()))


def test_thirty_two_kinds_of_tampering_are_found_and_named(world):
    keys = sealed_training(world)
    note_head()
    # What the factories made without a move has no history; what is asked is what comes on top.
    before = set(damages())
    made = {"accounts.Company", "applications.Application", "applications.Placement", "vacancies.Vacancy"}
    assert {line.split(" ")[0] for line in before} <= made
    missed = {}
    for name, (statements, expected) in TABLE.items():
        with transaction.atomic():
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement, keys)
            new = DailyLog.objects.order_by("-pk").values_list("pk", flat=True)[0]
            found = set(damages()) - before
            wanted = expected.format(**keys, new=new)
            if not any(wanted in line.partition(": ")[0].split(", ") for line in found):
                missed[name] = sorted(found)
            transaction.set_rollback(True)
    assert missed == {}
    assert set(damages()) == before


def said(*arguments: str) -> str:
    """Return what the command prints, and its refusal."""
    out = io.StringIO()
    try:
        call_command("verify_chain", *arguments, stdout=out)
    except CommandError as error:
        return f"{out.getvalue()}{error}"
    return out.getvalue()


def test_the_command_says_what_holds_and_names_what_does_not(db):
    assert said() == "0 entries hold; head: 0 -\n"
    log = DailyLogFactory.create()
    DailyLog.objects.filter(pk=log.pk).update(state="flagged")
    known = f"logbook.DailyLog {log.pk}: is flagged, and no entry says how it came there\n"
    placement = f"applications.Placement {log.placement_id}: is active, and no entry says how it came there\n"
    assert known in said()
    assert placement in said()
    assert said().endswith("places are not what was sealed.")


def test_a_kept_head_finds_what_the_database_alone_cannot(world, client, tmp_path):
    seal_history()
    HistoryEntry.objects.all().delete()
    HistoryBlock.objects.all().delete()
    assert note_head() is False
    perform(AgreementFactory.create(), "withdraw", actor=SYSTEM, reason="Late.")
    assert note_head() is True
    assert note_head() is False
    kept = client.get("/history/heads.txt").content.decode()
    assert (kept, len(kept.split())) == (published_heads(), 4)
    lines = ["# copied by hand", *kept.splitlines()]
    assert list(verify_heads(lines)) == []
    day = kept.split()[0]
    with transaction.atomic():
        # Whoever has the key and cuts everything off leaves a chain without a fault.
        HistoryHead.objects.all().delete()
        HistoryEntry.objects.all().delete()
        HistoryBlock.objects.all().delete()
        assert [str(damage) for damage in verify_heads()] == []
        assert [str(damage) for damage in verify_heads(lines)] == [
            f"{day}: the kept head of this day is not noted any more",
            f"{day}, block 1: the block of the head is gone",
        ]
        transaction.set_rollback(True)
    forged = f"{day} 1 1 {'0' * 64}"
    assert [damage.what for damage in verify_heads([forged])] == [
        "the kept head of this day is another one",
        "is not the block of the head",
    ]
    file = tmp_path / "heads.txt"
    file.write_text(forged)
    assert f"{day}: the kept head of this day is another one\n" in said("--heads", str(file))
    assert "cannot be read" in said("--heads", str(tmp_path / "nowhere.txt"))


def test_erasure_seals_anew_what_was_sound_and_nothing_else(world):
    keys = sealed_training(world)
    DailyLog.objects.filter(pk=keys["other"]).update(hours=12)
    erase(ask_erasure(world.student, actor=world.superuser))
    assert Erasure.objects.get().state == "done"
    found = [line for line in map(str, chain(verify_chain(), verify_rows())) if line.startswith("logbook")]
    assert [line.partition(",")[0] for line in found] == [f"logbook.DailyLog {keys['other']}"]
    assert list(verify_chain()) == []
    anew = HistoryEntry.objects.filter(action="erase").values_list("target_label", flat=True)
    assert sorted(anew) == ["applications.Agreement", "logbook.Assessment", "logbook.DailyLog", "logbook.WeeklyReport"]


def test_who_is_named_in_a_sealed_text_of_another_is_struck_out_and_it_is_sealed_anew(world):
    keys = sealed_training(world)
    name = world.other_industrial_supervisor.get_full_name()
    mention = {"tools": f"{name}'s lathe"}
    fresh = WeeklyReportFactory.create(
        placement=world.placement, week_start=monday_of(timezone.localdate()), state=ChainState.VERIFIED_INDUSTRY
    )
    OperationFactory.create(report=fresh, **mention)
    perform(fresh, "validate", actor=world.university_supervisor)
    erase(ask_erasure(world.other_industrial_supervisor, actor=world.superuser))
    fresh.refresh_from_db()
    assert fresh.operations.get().tools == ""
    assert [line for line in map(str, verify_rows()) if line.startswith("logbook")] == []
    assert HistoryEntry.objects.get(action="erase").target_id == fresh.pk
    assert keys["report"] != fresh.pk


def test_what_was_reopened_may_change_and_what_is_altered_is_asked_for_by_key(world):
    keys = sealed_training(world)
    form = WeeklyReport.objects.get(pk=keys["report"])
    log = DailyLog.objects.get(pk=keys["log"])
    seal = sealed_in("logbook.DailyLog", ChainState.VERIFIED_ACADEMIC)
    assert altered(seal, [keys["log"], keys["other"]]) == set()
    DailyLog.objects.filter(pk=log.pk).update(text="Slept.")
    assert altered(seal, [keys["log"], keys["other"]]) == {log.pk}
    assert (sealed_in("logbook.DailyLog", ChainState.DRAFT), sealed_in("accounts.Job", "done")) == (None, None)
    assert (content_digest(world.company), len(content_digest(form))) == ("", 64)
    assessment = AssessmentFactory._meta.model.objects.get(pk=keys["form"])
    perform(assessment, "reopen", actor=world.coordinator, reason="A typing error.")
    type(assessment).objects.filter(pk=assessment.pk).update(comment="Better.")
    assert assessment.state == AssessmentState.OPEN
    assert [line for line in map(str, verify_rows()) if line.startswith("logbook.Assessment")] == []


def test_sealing_many_days_asks_as_often_as_sealing_one(world, django_assert_num_queries):
    monday = monday_of(timezone.localdate()) - dt.timedelta(days=14)
    for day in range(4):
        DailyLogFactory.create(
            placement=world.placement, day=monday + dt.timedelta(days=day), state=ChainState.VERIFIED_INDUSTRY
        )
    first = DailyLog.objects.order_by("pk")[:1]
    with django_assert_num_queries(18):
        perform_many(DailyLog.objects.filter(pk__in=[first[0].pk]), "validate", actor=world.university_supervisor)
    supervisor = type(world.university_supervisor).objects.get(pk=world.university_supervisor.pk)
    with django_assert_num_queries(18):
        assert len(perform_many(DailyLog.objects.exclude(pk=first[0].pk), "validate", actor=supervisor).moved) == 3


def test_a_damage_says_where_it_is():
    assert str(Damage(2, 7, "entry was changed")) == "block 2, entry 7: entry was changed"
    assert str(Damage(None, None, "is odd")) == "history: is odd"
