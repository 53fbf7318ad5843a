"""Papers, wishes, ratings and reviews through /api/v1/: what bad input is told, and one good way through each."""

import pytest

from apps.applications.models import Disclosure, HostRating, Placement, Ranking
from apps.applications.states import AgreementState, PlacementState
from tests.api.test_lists import client_for
from tests.factories.applications import (
    AgreementFactory,
    AllocationOfferFactory,
    ApplicationFactory,
    CriterionFactory,
    HostRatingFactory,
    IntroductionLetterFactory,
)
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def problems(answer) -> tuple[int, list[str]]:
    return answer.status_code, [error["field"] for error in answer.json().get("errors", [])]


def test_a_paper_is_found_read_and_signed_by_its_parties(world):
    paper = AgreementFactory.create(placement=world.placement, state=AgreementState.SENT)
    student = client_for(world.student)
    waiting = student.get("/api/v1/agreements/to-sign/").json()["results"]
    assert [(row["id"], row["sign_as"], row["missing"]) for row in waiting] == [
        (paper.pk, "student", ["student", "host", "university"])
    ]
    sign = f"/api/v1/agreements/{paper.pk}/sign/"
    assert student.post(sign, {"name": "Asha Juma", "sha256": "0" * 64}, format="json").status_code == 409
    assert problems(student.post(sign, {"name": "..", "sha256": paper.sha256}, format="json")) == (400, ["name"])
    done = student.post(sign, {"name": "Asha Juma", "sha256": paper.sha256}, format="json").json()
    assert (done["state"], done["sign_as"], done["missing"]) == ("signed", "", ["host", "university"])
    assert student.get("/api/v1/agreements/to-sign/").json()["results"] == []
    host = client_for(world.industrial_supervisor).post(
        sign, {"name": "J. Mushi", "sha256": paper.sha256}, format="json"
    )
    last = client_for(world.coordinator).post(sign, {"name": "K. Osei", "sha256": paper.sha256}, format="json")
    assert (host.json()["state"], last.json()["state"]) == ("signed", "complete")
    assert client_for(world.rival_representative).get(f"/api/v1/agreements/{paper.pk}/file/").status_code == 404


def test_a_letter_is_asked_for_issued_and_only_then_taken(world):
    student, enrolment = client_for(world.student), world.enrolment.pk
    asked = student.post("/api/v1/letters/ask/", {"enrolment": enrolment, "company_name": "Njia"}, format="json")
    address = asked.headers["Location"]
    assert (asked.status_code, student.get(f"{address}file/").status_code) == (201, 409)
    assert client_for(world.coordinator).post(f"{address}issue/").json()["state"] == "issued"
    assert problems(
        student.post("/api/v1/letters/ask/", {"enrolment": enrolment, "language": "xx"}, format="json")
    ) == (
        400,
        ["language"],
    )
    made = IntroductionLetterFactory.create(enrolment=world.enrolment, state="issued", content=b"%PDF-1.4 letter")
    assert student.get(f"/api/v1/letters/{made.pk}/file/").getvalue() == b"%PDF-1.4 letter"


def test_wishes_are_put_as_a_whole_list(world):
    first, second = AllocationOfferFactory.create_batch(2, round__cohort=world.cohort)
    second.round = first.round
    second.save()
    foreign = AllocationOfferFactory.create()
    student, address = client_for(world.student), f"/api/v1/allocation-rounds/{first.round_id}/wishes/"
    wrong = student.put(address, {"wishes": [first.pk, foreign.pk]}, format="json")
    assert (problems(wrong), Ranking.objects.count()) == ((400, ["wishes"]), 0)
    body = {"wishes": [second.pk, first.pk, second.pk], "confirm": True, "region": "Dodoma"}
    put = student.put(address, body, format="json").json()
    assert (put["wishes"], put["draft"], put["region"]) == ([second.pk, first.pk], [second.pk, first.pk], "Dodoma")
    changed = student.put(address, {"wishes": [first.pk]}, format="json").json()
    assert (changed["wishes"], changed["draft"]) == ([second.pk, first.pk], [first.pk])
    assert client_for(world.foreign_student).put(address, body, format="json").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"stars": 6, "would_recommend": True}, "stars"),
        ({"stars": 3}, "would_recommend"),
        ({"stars": 3, "would_recommend": True, "comment": "x" * 2001}, "comment"),
        ({"stars": 3, "would_recommend": True, "company": 1}, "company"),
    ],
)
def test_a_rating_that_is_none_names_the_field(world, body, field):
    Placement.objects.filter(pk=world.placement.pk).update(state=PlacementState.COMPLETED)
    answer = client_for(world.student).put(f"/api/v1/placements/{world.placement.pk}/rating/", body, format="json")
    assert (problems(answer), HostRating.objects.count()) == ((400, [field]), 0)


def test_the_host_does_not_read_its_rating(world):
    rating = HostRatingFactory.create(placement=world.placement)
    for person, status in ((world.student, 200), (world.coordinator, 200), (world.representative, 404)):
        assert client_for(person).get(f"/api/v1/host-ratings/{rating.pk}/").status_code == status


def test_reviews_of_others_are_shown_after_the_own_one(world):
    vacancy = VacancyFactory.create(company=world.company)
    sent = ApplicationFactory.create(vacancy=vacancy, enrolment=world.enrolment)
    client, application = client_for(world.representative), f"/api/v1/applications/{sent.pk}/"
    criterion = CriterionFactory.create(company=world.company)
    put = {"criteria": [{"name": "Draws", "weight": 3}], "for_all": True}
    kept = client.put(f"/api/v1/vacancies/{vacancy.pk}/criteria/", put, format="json").json()
    assert [(row["name"], row["weight"], row["vacancy"]) for row in kept] == [("Draws", 3, None)]
    criterion.refresh_from_db()
    assert not criterion.is_active
    assert client.get(f"{application}reviews/").json() == []
    for scores, field in (({"x": 3}, "scores"), ({str(kept[0]["id"]): 9}, f"scores.{kept[0]['id']}")):
        assert problems(client.put(f"{application}review/", {"scores": scores}, format="json")) == (400, [field])
    mine = client.put(f"{application}review/", {"scores": {str(kept[0]["id"]): 4}}, format="json")
    assert (mine.status_code, client.get(f"{application}reviews/").json()) == (200, [mine.json()])
    assert client_for(world.student).get(f"{application}reviews/").status_code == 403


def test_a_company_reads_the_text_on_record_and_the_student_sees_who(world):
    address = f"/api/v1/applications/{world.application.pk}/resume-text/"
    assert client_for(world.representative).get(address).status_code == 200
    assert client_for(world.coordinator).get(address).status_code == 200
    seen = client_for(world.student).get("/api/v1/disclosures/").json()["results"]
    assert [(row["viewer_name"], row["way"]) for row in seen] == [(world.representative.get_full_name(), "text")]
    assert Disclosure.objects.count() == 1
