"""Introduction letters before there is a place: asked for, issued by coordinators or at once, told, kept."""

import datetime as dt
import hashlib

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Cohort, Notice
from apps.accounts.services.outbox import run_due_tasks
from apps.applications.models import IntroductionLetter, Placement
from apps.applications.permissions import can_view_letter
from apps.applications.selectors import letters_to_issue, letters_visible_to
from apps.applications.services import letters
from apps.applications.services.letters import (
    Wish,
    ask_for_letter,
    issue_letter,
    keep_letter,
    make_letter_again,
    note_letter_problem,
)
from apps.applications.states import LetterState, PlacementState
from apps.reporting import receivers
from portal.kernel.errors import NotAllowed
from portal.kernel.fsm import may, perform
from tests.clients import signed_in
from tests.factories.applications import IntroductionLetterFactory
from tests.factories.world import World, build_world
from tests.refusals import refusal

pytestmark = pytest.mark.django_db

LIST = "/admin/applications/introductionletter/"
SIMBA = Wish("Simba  Works", "Dodoma", "sw")


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def made(monkeypatch):
    """Make every letter of the same few bytes: what stands in it is tested where it is made."""
    monkeypatch.setattr(
        receivers, "make_letter", lambda key: keep_letter(IntroductionLetter.objects.get(pk=key), b"%PDF-1")
    )


def told():
    run_due_tasks()
    rows = Notice.objects.filter(kind__startswith="applications.letter_").order_by("pk")
    return list(rows.values_list("kind", "recipient"))


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# -- services -----------------------------------------------------------------------------------------------------


def test_a_student_asks_and_a_coordinator_issues(world, made):
    letter = ask_for_letter(world.enrolment, SIMBA, actor=world.student)
    assert (letter.state, letter.company_name, letter.language) == (LetterState.REQUESTED, "Simba Works", "sw")
    assert told() == [("applications.letter_requested", world.coordinator.pk)]
    assert list(letters_to_issue(world.coordinator)) == [letter]
    letter = perform(letter, "issue", actor=world.coordinator)
    assert told()[1:] == [("applications.letter_issued", world.student.pk)]
    letter.refresh_from_db()
    assert (letter.state, letter.issued_by) == (LetterState.ISSUED, world.coordinator)
    with letter.file.open("rb") as stored:
        assert (letter.sha256, stored.read()) == (hashlib.sha256(b"%PDF-1").hexdigest(), b"%PDF-1")
    assert list(letters_to_issue(world.coordinator)) == []


def test_where_the_cohort_says_so_it_is_issued_at_once(world, made):
    Cohort.objects.filter(pk=world.cohort.pk).update(letters_at_once=True)
    letter = ask_for_letter(world.enrolment, Wish(), actor=world.student)
    assert (letter.state, letter.issued_by, letter.company_name) == (LetterState.ISSUED, None, "")
    assert told() == [("applications.letter_issued", world.student.pk)]


def test_a_coordinator_issues_without_being_asked(world, made):
    letter = issue_letter(world.enrolment, Wish(), actor=world.coordinator)
    assert (letter.state, letter.language, letter.issued_by) == (LetterState.ISSUED, "en", world.coordinator)
    assert told() == [("applications.letter_issued", world.student.pk)]
    for person in (world.student, world.foreign_coordinator, world.representative):
        with pytest.raises(NotAllowed):
            issue_letter(world.enrolment, Wish(), actor=person)


def test_a_refused_student_reads_why(world):
    letter = ask_for_letter(world.enrolment, SIMBA, actor=world.student)
    perform(letter, "refuse", actor=world.coordinator, reason="Apply for the open vacancies first.")
    assert told() == [
        ("applications.letter_refused", world.student.pk),
    ]
    assert "Apply for the open vacancies first." in Notice.objects.get(recipient=world.student).facts["reason"]


def test_who_takes_a_letter_back_gets_none(world, made):
    letter = ask_for_letter(world.enrolment, SIMBA, actor=world.student)
    perform(letter, "take_back", actor=world.student)
    assert told() == []
    issued = issue_letter(world.enrolment, SIMBA, actor=world.coordinator)
    assert (may(issued, "take_back", world.student), may(issued, "withdraw", world.student)) == (False, False)
    perform(issued, "withdraw", actor=world.coordinator, reason="The dates have changed.")
    assert told() == []
    issued.refresh_from_db()
    assert issued.sha256 == ""


def test_only_who_is_enrolled_asks_and_not_without_end(world, monkeypatch):
    monkeypatch.setattr(letters, "MOST_A_DAY", 2)
    for person in (world.coordinator, world.representative):
        with pytest.raises(NotAllowed):
            ask_for_letter(world.enrolment, SIMBA, actor=person)
    ask_for_letter(world.enrolment, SIMBA, actor=world.student)
    assert refusal(ask_for_letter, world.enrolment, Wish("simba works"), actor=world.student) == "asked_already"
    ask_for_letter(world.enrolment, Wish(), actor=world.student)
    assert refusal(ask_for_letter, world.enrolment, Wish("Njia"), actor=world.student) == "too_often"
    Cohort.objects.update(end=timezone.localdate() - dt.timedelta(days=1), start=dt.date(2020, 1, 1))
    world.enrolment.cohort.refresh_from_db()
    assert refusal(ask_for_letter, world.enrolment, Wish("Njia"), actor=world.student) == "cohort_over"
    assert refusal(issue_letter, world.enrolment, Wish("Njia"), actor=world.coordinator) == "cohort_over"


def test_a_file_that_could_not_be_made_is_tried_again(world, monkeypatch):
    monkeypatch.setattr(receivers, "make_letter", lambda _key: None)
    letter = issue_letter(world.enrolment, SIMBA, actor=world.coordinator)
    note_letter_problem(letter, "The template asks for too much.")
    letter.refresh_from_db()
    assert letter.problem == "The template asks for too much."
    with pytest.raises(NotAllowed):
        make_letter_again(letter, actor=world.student)
    make_letter_again(letter, actor=world.coordinator)
    run_due_tasks()
    letter.refresh_from_db()
    assert (letter.problem, len(letter.sha256)) == ("", 64)
    assert refusal(make_letter_again, letter, actor=world.coordinator) == "made_already"
    first = letter.sha256
    keep_letter(letter, b"%PDF-2")
    note_letter_problem(letter, "too late")
    letter.refresh_from_db()
    assert (letter.sha256, letter.problem) == (first, "")


@pytest.mark.parametrize("state", LetterState.values)
def test_it_is_the_students_and_the_coordinators_in_every_state(world, state):
    letter = IntroductionLetterFactory.create(enrolment=world.enrolment, state=state)
    may_see = {world.student: True, world.coordinator: True, world.representative: False, world.fellow_student: False}
    assert {person: can_view_letter(letter, person) for person in may_see} == may_see
    assert {person: letter in letters_visible_to(person) for person in may_see} == may_see


# -- pages --------------------------------------------------------------------------------------------------------


def test_the_student_asks_on_one_page_and_takes_the_letter(world, made):
    student, ask = signed_in(world.student), reverse("letter_ask")
    assert ask not in student.get(reverse("my_placement")).text
    Placement.objects.update(state=PlacementState.CANCELLED)
    assert ask in student.get(reverse("my_placement")).text
    assert student.post(ask, {"company_name": "Simba Works", "language": "xx"}).context["form"].errors.keys() == {
        "language"
    }
    answer = student.post(ask, {"company_name": "Simba Works", "language": "sw"})
    letter = IntroductionLetter.objects.get()
    page = reverse("letter_detail", args=[letter.pk])
    assert (answer["Location"], said(answer)) == (page, ["Your coordinator is asked for the letter."])
    again = student.post(ask, {"company_name": "simba works", "language": "sw"})
    assert "You have asked for this letter already." in again.text
    assert student.get(reverse("letter_file", args=[letter.pk]))["Location"] == page
    perform(letter, "issue", actor=world.coordinator)
    assert student.get(reverse("letter_file", args=[letter.pk]))["Location"] == page
    run_due_tasks()
    assert page in student.get(reverse("my_placement")).text
    sent = student.get(reverse("letter_file", args=[letter.pk]))
    assert (sent.getvalue(), sent["Content-Type"]) == (b"%PDF-1", "application/pdf")
    assert student.get(reverse("letter_by_code", args=[letter.code.lower()]))["Location"] == page


def test_a_letter_by_rule_says_so_and_a_cohort_that_is_over_asks_nobody(world, made):
    student, ask = signed_in(world.student), reverse("letter_ask")
    Cohort.objects.update(letters_at_once=True)
    assert "You get the letter at once." in student.get(ask).text
    assert said(student.post(ask, {"language": "ar"})) == ["Your letter is being made."]
    Cohort.objects.update(end=timezone.localdate() - dt.timedelta(days=1), start=dt.date(2020, 1, 1))
    assert student.get(ask)["Location"] == reverse("my_placement")
    assert ask not in student.get(reverse("my_placement")).text
    assert signed_in(world.representative).get(ask).status_code == 403


@pytest.mark.parametrize("state", LetterState.values)
def test_every_state_has_its_pages(world, state):
    letter = IntroductionLetterFactory.create(enrolment=world.enrolment, state=state, company_name="", address="Dodoma")
    for address in (reverse("letter_detail", args=[letter.pk]), f"{LIST}{letter.pk}/change/"):
        assert signed_in(world.coordinator).get(address).status_code == 200


def test_the_student_takes_a_wish_back(world):
    letter = IntroductionLetterFactory.create(enrolment=world.enrolment)
    page = reverse("letter_detail", args=[letter.pk])
    signed_in(world.student).post(page, {"move": "take_back", "version": letter.version})
    letter.refresh_from_db()
    assert letter.state == LetterState.WITHDRAWN


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions(world, count, django_assert_num_queries):
    IntroductionLetterFactory.create_batch(count, enrolment__cohort=world.cohort)
    desk = signed_in(world.coordinator)
    desk.get(LIST)
    with django_assert_num_queries(8):
        page = desk.get(LIST)
    assert len(page.context["cl"].result_list) == count


def test_coordinators_issue_from_the_list_and_from_the_page_of_the_student(world, made):
    desk = signed_in(world.coordinator)
    rows = IntroductionLetterFactory.create_batch(2, enrolment__cohort=world.cohort)
    ticked = {"_selected_action": [row.pk for row in rows], "index": "0", "action": "move_issue", "confirmed": "1"}
    desk.post(LIST, ticked)
    assert IntroductionLetter.objects.filter(state=LetterState.ISSUED).count() == 2
    page = desk.get(reverse("admin:accounts_enrolment_change", args=[world.enrolment.pk])).text
    add = f"{LIST}add/?enrolment={world.enrolment.pk}"
    assert add in page
    typed = {"enrolment": world.enrolment.pk, "company_name": "Njia Works", "address": "", "language": ""}
    desk.post(add, typed)
    letter = IntroductionLetter.objects.get(company_name="Njia Works")
    assert (letter.state, letter.issued_by, letter.language) == (LetterState.ISSUED, world.coordinator, "en")
    assert (
        f"{LIST}{letter.pk}/change/"
        in desk.get(reverse("admin:accounts_enrolment_change", args=[world.enrolment.pk])).text
    )


def test_a_file_is_made_again_from_its_page(world, monkeypatch):
    letter = IntroductionLetterFactory.create(enrolment=world.enrolment, state=LetterState.ISSUED)
    desk, again = signed_in(world.coordinator), f"{LIST}{letter.pk}/make-again/"
    assert again in desk.get(f"{LIST}{letter.pk}/change/").text
    assert said(desk.post(again)) == ["The file is made again; look in a moment."]
    keep_letter(letter, b"%PDF-1")
    assert said(desk.post(again))[-1] == "The file is there already."
    assert reverse("letter_file", args=[letter.pk]) in desk.get(f"{LIST}{letter.pk}/change/").text


def test_it_waits_on_the_coordinators_first_page(world):
    letter = IntroductionLetterFactory.create(enrolment=world.enrolment)
    page = signed_in(world.coordinator).get("/admin/").text
    assert f"{LIST}{letter.pk}/change/" in page
