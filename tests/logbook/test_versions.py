"""Corrections: a locked day stays as it is, the new version stands beside it and goes through the chain again."""

from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.services.people import grant
from apps.logbook.comparison import MOST_PIECES, Kind, Piece, compare_texts
from apps.logbook.models import DailyLog
from apps.logbook.services.logs import DayText, save_log, submit_log
from apps.logbook.states import ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import perform
from tests.clients import signed_in
from tests.factories.accounts import UserFactory


@pytest.fixture
def coordinator(place):
    coordinator = UserFactory.create()
    grant(coordinator, place.enrolment.cohort, actor=SYSTEM)
    return coordinator


@pytest.fixture
def locked(place) -> DailyLog:
    log: DailyLog = place.log(state=ChainState.VERIFIED_ACADEMIC, text="Turned a long bush.", skills=["turning"])
    return log


def versions_url(log: DailyLog) -> str:
    return reverse("log_versions", args=[log.pk])


def correct(client, log: DailyLog, reason: str = "The hours are wrong."):
    return client.post(reverse("log_correct", args=[log.pk]), {"reason": reason}, follow=True)


def test_a_correction_goes_through_the_chain_beside_the_locked_version(place, locked, coordinator):
    answer = correct(signed_in(coordinator), locked)
    assert "The student is told" in answer.content.decode()
    new = DailyLog.objects.get(is_current=True)
    assert (new.supersedes, new.state, new.reason) == (locked, ChainState.REVISION_REQUESTED, "The hours are wrong.")
    shown = signed_in(place.student).get(reverse("log_edit", args=[locked.day]))
    assert (shown.context["returned"]["who"], shown.context["versions_url"]) == ("Your coordinator", versions_url(new))
    save_log(
        place.enrolment,
        new.day,
        DayText("Turned a short bush.", Decimal(6), ["turning", "boring"]),
        actor=place.student,
    )
    new.refresh_from_db()
    submit_log(new, actor=place.student)
    week = signed_in(place.supervisor).get(reverse("supervise_week", args=[place.placement.pk, place.monday]))
    assert versions_url(new) in week.content.decode()
    perform(new, "verify", actor=place.supervisor)
    perform(new, "validate", actor=place.academic)
    locked.refresh_from_db()
    assert (locked.state, locked.text, locked.is_current) == ("verified_academic", "Turned a long bush.", False)

    second, first = signed_in(place.academic).get(versions_url(new)).context["versions"]
    assert (first.log, first.pieces, first.hours_before, first.why) == (locked, [], None, "")
    assert second.pieces == [
        Piece(Kind.SAME, "Turned a "),
        Piece(Kind.OLD, "long "),
        Piece(Kind.NEW, "short "),
        Piece(Kind.SAME, "bush."),
    ]
    assert (second.hours_before, second.skills_gone, second.skills_new) == (8, [], ["boring"])
    assert second.why == "The hours are wrong."


def test_both_sides_see_versions_and_strangers_do_not(place, locked, coordinator):
    for person in (place.student, place.supervisor, place.academic, coordinator):
        assert signed_in(person).get(versions_url(locked)).context["versions"][0].log == locked
    assert signed_in(UserFactory.create()).get(versions_url(locked)).status_code == 404


def test_a_draft_of_a_correction_is_the_students_alone(place, locked, coordinator):
    correct(signed_in(coordinator), locked)
    new = DailyLog.objects.get(is_current=True)
    DailyLog.objects.filter(pk=new.pk).update(state=ChainState.DRAFT)
    assert len(signed_in(place.student).get(versions_url(locked)).context["versions"]) == 2
    assert len(signed_in(place.supervisor).get(versions_url(locked)).context["versions"]) == 1


def test_only_a_coordinator_opens_a_correction(place, locked, coordinator):
    for person in (place.student, place.supervisor, place.academic):
        client = signed_in(person)
        assert client.get(versions_url(locked)).context["correctable"] is None
        assert correct(client, locked).status_code == 403
    assert signed_in(coordinator).get(versions_url(locked)).context["correctable"] == locked
    assert DailyLog.objects.count() == 1


def test_a_correction_needs_a_reason(locked, coordinator):
    answer = correct(signed_in(coordinator), locked, reason=" ")
    assert "Say why" in answer.content.decode()
    assert DailyLog.objects.count() == 1


@pytest.mark.parametrize("versions", [1, 3])
def test_versions_take_the_same_queries_for_any_number(place, coordinator, versions, django_assert_num_queries):
    log = place.log(state=ChainState.VERIFIED_ACADEMIC)
    for number in range(versions - 1):
        DailyLog.objects.filter(pk=log.pk).update(is_current=False)
        log = place.log(state=ChainState.VERIFIED_ACADEMIC, supersedes=log, text=f"Again {number}.")
    client = signed_in(coordinator)
    with django_assert_num_queries(9):
        assert len(client.get(versions_url(log)).context["versions"]) == versions


words = st.lists(st.sampled_from(["a", "b", "bush", " ", "\n", "  ", "الخراطة"]), max_size=30).map("".join)


@given(old=words, new=words)
def test_a_comparison_holds_both_texts_whole(old, new):
    pieces = compare_texts(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.NEW) == old
    assert "".join(piece.text for piece in pieces if piece.kind != Kind.OLD) == new
    assert all(piece.text for piece in pieces)


def test_very_long_texts_stand_one_after_the_other():
    old, new = "a " * MOST_PIECES, "b"
    assert compare_texts(old, new) == [Piece(Kind.OLD, old), Piece(Kind.NEW, new)]
