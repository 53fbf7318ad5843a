"""Many applicants at once: the list with ticks, and the board."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.applications.models import Application
from apps.applications.states import ApplicationState
from apps.applications.views import applicants
from tests.clients import signed_in
from tests.factories.accounts import CompanyMemberFactory, StudentFactory
from tests.factories.applications import ApplicationFactory, CriterionFactory, ReviewFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return CompanyMemberFactory.create()


@pytest.fixture
def company(member) -> Client:
    return signed_in(member.user)


@pytest.fixture
def vacancy(member):
    return VacancyFactory.create(company=member.company, places=1)


def states(vacancy) -> list[str]:
    return list(Application.objects.filter(vacancy=vacancy).order_by("pk").values_list("state", flat=True))


def answer(client: Client, vacancy, rows, move: str, reason: str = ""):
    typed = {"pick": [row.pk for row in rows], "move": move, "reason": reason}
    return client.post(reverse("company_applicants_move", args=[vacancy.pk]), typed, follow=True)


def told(response) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# -- many at once -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("move", "state"),
    [("start_review", ApplicationState.UNDER_REVIEW), ("shortlist", ApplicationState.SHORTLISTED)],
)
def test_all_who_are_ticked_are_answered_and_nobody_else(company, vacancy, move, state):
    first, second, _third = ApplicationFactory.create_batch(3, vacancy=vacancy)
    assert told(answer(company, vacancy, [first, second], move)) == ["2 answered."]
    assert states(vacancy) == [state, state, ApplicationState.PENDING]


def test_many_are_rejected_with_one_reason_that_each_reads(company, vacancy):
    rows = ApplicationFactory.create_batch(2, vacancy=vacancy)
    assert told(answer(company, vacancy, rows, "reject")) == ["Say why, so that the other side knows what to do."]
    assert states(vacancy) == ["pending", "pending"]
    assert told(answer(company, vacancy, rows, "reject", " All places are given. ")) == ["2 answered."]
    assert set(Application.objects.values_list("state", "reason")) == {("rejected", "All places are given.")}


def test_of_many_who_are_accepted_the_places_decide_and_it_is_said_for_whom_not(company, vacancy, monkeypatch):
    monkeypatch.setattr(applicants, "MOST_TOLD", 1)
    rows = ApplicationFactory.create_batch(4, vacancy=vacancy)
    assert told(answer(company, vacancy, rows, "accept")) == [
        "1 answered.",
        f"{rows[1].student}: All places of this vacancy are taken.",
        "It was not possible for 2 more.",
    ]
    assert states(vacancy) == ["accepted", "pending", "pending", "pending"]
    vacancy.refresh_from_db()
    assert vacancy.places_taken == 1


def test_who_was_decided_meanwhile_stays_and_it_is_said(company, vacancy):
    pending = ApplicationFactory.create(vacancy=vacancy)
    rejected = ApplicationFactory.create(vacancy=vacancy, state=ApplicationState.REJECTED)
    messages = told(answer(company, vacancy, [pending, rejected], "shortlist"))
    assert messages == [
        "1 answered.",
        f"{rejected.student}: This is not possible any more: the state has changed meanwhile.",
    ]
    assert states(vacancy) == ["shortlisted", "rejected"]


def test_nobody_ticked_is_said(company, vacancy):
    assert told(answer(company, vacancy, [], "shortlist")) == ["Tick somebody first."]


@pytest.mark.parametrize("pick", ["x", "-1", "9" * 10, "0"])
def test_ticks_that_no_form_of_ours_sends_are_not_there(company, vacancy, pick):
    typed = {"pick": [pick], "move": "shortlist"}
    assert company.post(reverse("company_applicants_move", args=[vacancy.pk]), typed).status_code == 404


@pytest.mark.parametrize("move", ["withdraw", "schedule_interview", "decline", "nonsense", ""])
def test_moves_that_are_not_for_many_are_not_there(company, vacancy, move):
    row = ApplicationFactory.create(vacancy=vacancy)
    assert answer(company, vacancy, [row], move).status_code == 404
    assert states(vacancy) == ["pending"]


def test_a_foreign_applicant_among_the_ticked_stops_all(company, vacancy):
    mine, foreign = ApplicationFactory.create(vacancy=vacancy), ApplicationFactory.create()
    gone = ApplicationFactory.create(vacancy=vacancy, state=ApplicationState.WITHDRAWN)
    for stranger in (foreign, gone):
        assert answer(company, vacancy, [mine, stranger], "shortlist").status_code == 404
    assert states(vacancy)[0] == "pending"
    for person in (StudentFactory.create(), CompanyMemberFactory.create().user):
        assert answer(signed_in(person), vacancy, [mine], "shortlist").status_code == 404


def test_a_tab_of_the_decided_has_nothing_for_many(company, vacancy):
    ApplicationFactory.create(vacancy=vacancy)
    ApplicationFactory.create(vacancy=vacancy, state=ApplicationState.REJECTED)
    address = reverse("company_applicants", args=[vacancy.pk])
    offered = [
        [move.name for move in company.get(address, {"state": tab}).context["for_many"]] for tab in ("", "rejected")
    ]
    assert offered == [["start_review", "shortlist", "accept", "reject"], []]


# -- the board ----------------------------------------------------------------------------------------------------


def test_the_board_has_a_column_for_each_state_with_who_is_in_it(company, vacancy, monkeypatch):
    monkeypatch.setattr(applicants, "COLUMN_SIZE", 2)
    for state in ApplicationState:
        ApplicationFactory.create(vacancy=vacancy, state=state)
    first = Application.objects.get(state=ApplicationState.PENDING)
    ApplicationFactory.create_batch(2, vacancy=vacancy)
    ApplicationFactory.create(student__first_name="SECRET")
    page = company.get(reverse("company_board", args=[vacancy.pk]))
    columns = page.context["columns"]
    assert [column["state"] for column in columns] == [s for s in ApplicationState if s != ApplicationState.WITHDRAWN]
    assert [(column["count"], len(column["cards"]), column["more"]) for column in columns] == [
        (3, 2, 1),
        *[(1, 1, 0)] * 5,
    ]
    assert columns[0]["cards"][0]["application"] == first
    assert ("SECRET" in page.text, "and 1 more" in page.text) == (False, True)


def test_a_card_is_moved_and_the_board_comes_back(company, vacancy):
    row = ApplicationFactory.create(vacancy=vacancy)
    address = reverse("company_application_move", args=[row.pk]) + "?from=board"
    moved = company.post(address, {"move": "shortlist", "version": 0})
    assert moved.headers["Location"] == reverse("company_board", args=[vacancy.pk])
    assert states(vacancy) == ["shortlisted"]


def test_the_board_of_a_rival_is_not_there(vacancy):
    for person in (StudentFactory.create(), CompanyMemberFactory.create().user):
        assert signed_in(person).get(reverse("company_board", args=[vacancy.pk])).status_code == 404
    assert Client().get(reverse("company_board", args=[vacancy.pk])).status_code == 302


@pytest.mark.parametrize(("name", "questions"), [("company_board", 9), ("company_applicants", 10)])
@pytest.mark.parametrize("count", [1, 3])
def test_board_and_list_ask_the_same_number_of_questions(
    company, vacancy, name, questions, count, django_assert_num_queries
):
    criterion = CriterionFactory.create(company=vacancy.company)
    for row in ApplicationFactory.create_batch(count, vacancy=vacancy):
        ReviewFactory.create(application=row, scores={criterion: 4})
    # session, person, scope, vacancy, counts, (number of rows,) rows, criteria, scores, unread notices
    with django_assert_num_queries(questions):
        page = company.get(reverse(name, args=[vacancy.pk]))
    assert "of 5, 1 review" in page.text
