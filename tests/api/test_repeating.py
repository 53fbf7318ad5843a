"""POSTs that may be sent again, tags of what was read, and how much may still be asked."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import Company, KeptAnswer, User
from apps.accounts.states import CompanyState, Role
from apps.applications.models import Resume
from portal.kernel.api.limits import ToldThrottle
from tests.api.test_lists import client_for
from tests.clients import RESUMES
from tests.factories.accounts import CompanyFactory, EnrolmentFactory, UserFactory

pytestmark = pytest.mark.django_db
NEW = {"name": "Njia Works", "address": "Plot 1"}


@pytest.fixture
def student() -> User:
    return EnrolmentFactory.create().student


@pytest.fixture
def root() -> APIClient:
    return client_for(UserFactory.create(is_superuser=True))


def post(client: APIClient, key: str, body: dict[str, str] | None = None, path: str = "/api/v1/companies/"):
    return client.post(path, NEW if body is None else body, format="json", headers={"Idempotency-Key": key})


def test_the_same_request_is_done_once_and_answered_the_same(student):
    client = client_for(student)
    first, second = post(client, "k1"), post(client, "k1")
    assert (first.status_code, second.status_code, Company.objects.count()) == (201, 201, 1)
    assert first.content == second.content
    assert {name: second.headers[name] for name in ("Location", "ETag")} == {
        name: first.headers[name] for name in ("Location", "ETag")
    }
    assert (first.headers.get("Idempotency-Replayed"), second.headers["Idempotency-Replayed"]) == (None, "true")
    assert second.headers["Content-Type"] == first.headers["Content-Type"]


def test_a_refusal_is_kept_as_well_and_another_key_tries_again(student):
    client = client_for(student)
    assert post(client, "k1", {"name": ""}).status_code == 400
    assert post(client, "k1", {"name": ""}).headers["Idempotency-Replayed"] == "true"
    assert post(client, "k2").status_code == 201
    taken = post(client, "k3")
    assert (taken.status_code, taken.json()["code"]) == (400, "name_taken")


def test_the_key_of_another_request_is_refused(student):
    client = client_for(student)
    post(client, "k1")
    for answer in (post(client, "k1", {"name": "Other"}), post(client, "k1", NEW, "/api/v1/companies/?x=1")):
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


def test_a_key_is_of_one_person_and_for_a_day(student):
    client = client_for(student)
    post(client, "k1")
    other = client_for(EnrolmentFactory.create().student)
    assert post(other, "k1", {"name": "Other"}).status_code == 201
    KeptAnswer.objects.update(created_at=timezone.now() - dt.timedelta(days=1, minutes=1))
    assert post(client, "k1", {"name": "Third"}).status_code == 201


def test_a_request_that_was_cut_off_is_not_done_again(student):
    client = client_for(student)
    post(client, "k1")
    KeptAnswer.objects.update(status=0)
    answer = post(client, "k1")
    assert (answer.status_code, answer.json()["code"], Company.objects.count()) == (409, "still_running", 1)


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_a_key_that_cannot_be_is_refused(student, key):
    answer = post(client_for(student), key)
    assert (answer.status_code, answer.json()["code"]) == (400, "key_too_long")


def test_without_a_key_nothing_is_kept(student):
    client_for(student).post("/api/v1/companies/", NEW, format="json")
    assert post(APIClient(), "k1").status_code == 401
    assert not KeptAnswer.objects.exists()


def test_an_upload_is_known_again_by_its_content():
    client = client_for(UserFactory.create(roles=[Role.STUDENT]))
    data = (RESUMES / "libreoffice-writer.pdf").read_bytes()

    def send(name: str, content: bytes):
        file = SimpleUploadedFile(name, content, content_type="application/pdf")
        return client.post("/api/v1/resumes/", {"file": file}, headers={"Idempotency-Key": "k1"})

    first, second = send("cv.pdf", data), send("cv.pdf", data)
    assert (first.status_code, second.content, Resume.objects.count()) == (201, first.content, 1)
    assert send("cv.pdf", data + b"\n").status_code == 422


def test_after_a_failure_of_ours_nobody_knows_whether_it_was_done(student, monkeypatch):
    client = client_for(student)
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("apps.accounts.api.v1.propose_as", lambda **_given: 1 / 0)
        assert post(client, "k1").status_code == 500
    assert post(client, "k1").json()["code"] == "still_running"


# -- tags -------------------------------------------------------------------------------------------------------------


def test_what_is_known_already_is_not_sent_again(root):
    company = CompanyFactory.create()
    address = f"/api/v1/companies/{company.pk}/"
    tag = root.get(address).headers["ETag"]
    assert tag.startswith('"0.')
    again = root.get(address, headers={"If-None-Match": f'"x", {tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    changed = root.patch(address, {"address": "Plot 2"}, format="json", headers={"If-Match": tag})
    assert (changed.status_code, changed.json()["version"]) == (200, 1)
    assert root.get(address, headers={"If-None-Match": tag}).headers["ETag"] == changed.headers["ETag"]


@pytest.mark.parametrize("tag", ['"7.0123456789abcdef"', '"x"', "0", '"-1.a"', 'W/"99999999999.a"'])
def test_a_change_of_something_else_than_was_read_is_refused(root, tag):
    company = CompanyFactory.create(state=CompanyState.PROPOSED)
    tags = {"If-Match": tag}
    answers = [
        root.patch(f"/api/v1/companies/{company.pk}/", {"address": "Plot 2"}, format="json", headers=tags),
        root.post(f"/api/v1/companies/{company.pk}/approve/", {}, format="json", headers=tags),
    ]
    company.refresh_from_db()
    wanted = [200, 200] if tag == "0" else [412, 412]
    if tag == "0":
        # The second one reads what the first one has changed.
        wanted = [200, 412]
    assert [answer.status_code for answer in answers] == wanted
    assert company.state == CompanyState.PROPOSED


def test_any_version_is_taken_without_a_tag_or_with_a_star(root):
    company = CompanyFactory.create(state=CompanyState.PROPOSED, version=5)
    address = f"/api/v1/companies/{company.pk}/"
    assert root.patch(address, {"address": "Plot 2"}, format="json", headers={"If-Match": "*"}).status_code == 200
    stale = root.post(f"{address}approve/", {"version": 5}, format="json")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert root.post(f"{address}approve/", {}, format="json", headers={"If-Match": '"6.x"'}).status_code == 200


def test_what_is_not_any_more_what_was_read_is_not_thrown_away(root):
    address = f"/api/v1/companies/{CompanyFactory.create(state=CompanyState.PROPOSED, version=3).pk}/"
    refused = root.delete(address, headers={"If-Match": '"2.abc"'})
    assert (refused.status_code, refused.json()["code"], Company.objects.count()) == (412, "precondition_failed", 1)
    assert root.delete(address, headers={"If-Match": root.get(address).headers["ETag"]}).status_code == 204


def test_what_has_no_version_is_compared_by_what_is_shown(root, student):
    address = f"/api/v1/people/{student.pk}/"
    tag = {"If-Match": root.get(address).headers["ETag"]}
    assert root.post(f"{address}deactivate/", headers=tag).status_code == 200
    assert root.post(f"{address}reactivate/", headers=tag).status_code == 412
    assert root.post(f"{address}reactivate/", headers={"If-Match": "*"}).status_code == 200


def test_a_move_tells_the_tag_of_what_came_of_it(root):
    address = f"/api/v1/companies/{CompanyFactory.create(state=CompanyState.PROPOSED).pk}/"
    moved = root.post(f"{address}approve/", {}, format="json")
    assert moved.headers["ETag"] == root.get(address).headers["ETag"]


# -- limits -----------------------------------------------------------------------------------------------------------


def test_every_answer_says_how_much_may_still_be_asked(root, monkeypatch):
    monkeypatch.setattr(ToldThrottle, "THROTTLE_RATES", {"user": "3/min"})
    answers = [root.get("/api/v1/me") for _number in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["RateLimit-Limit"] for answer in answers} == {"3"}
    assert all(1 <= int(answer.headers["RateLimit-Reset"]) <= 60 for answer in answers)
    assert int(answers[3].headers["Retry-After"]) <= 60
    assert answers[3].json()["code"] == "throttled"


# -- bodies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b'{"name": "A", "name": "B"}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"", "application/json", 400),
        (b"name=A", "text/plain", 415),
        (b"<name/>", "application/xml", 415),
        (b"{" + b" " * (8 * 1024 * 1024), "application/json", 413),
    ],
    ids=["twice", "deep", "nan", "utf-8", "list", "null", "empty", "text", "xml", "large"],
)
def test_a_body_that_cannot_be_is_refused(student, body, kind, status):
    answer = client_for(student).generic("POST", "/api/v1/companies/", body, content_type=kind)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert not Company.objects.exists()


def test_how_large_a_body_may_be_is_a_setting(student):
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10):
        assert client_for(student).post("/api/v1/companies/", NEW, format="json").status_code == 413
