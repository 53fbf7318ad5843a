"""The typed client: every operation is called as it is described, and what comes back is told apart."""

import inspect
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

import pytest
from django.urls import reverse

from portal.client.operations import Client
from portal.client.transport import (
    Changed,
    Invalid,
    Limit,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Problem,
    TooMany,
    Unreachable,
    Upload,
    WrongState,
)
from portal.client.writing import whole_client
from tests.house.descriptions import operations, read
from tests.house.test_golden import GOLDEN

# Answers of the stub by path: each time the next one, the last one again and again.
type Script = dict[str, list[tuple[int, dict[str, str], bytes]]]


class Stub(BaseHTTPRequestHandler):
    """Answers what the test has written down and keeps what was asked."""

    address: str
    script: Script
    asked: list[tuple[str, str, dict[str, str], bytes]]

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.asked.append((self.command, self.path, dict(self.headers), body))
        answers = self.script[self.path]
        status, headers, content = answers.pop(0) if len(answers) > 1 else answers[0]
        if not status:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = answer  # noqa: N815 - names that the library calls

    def log_message(self, *_given: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def stub(monkeypatch) -> Iterator[type[Stub]]:
    monkeypatch.setattr("portal.client.transport.time.sleep", lambda _s: None)

    class OneStub(Stub):
        script: Script = {}
        asked: list[Any] = []

    with ThreadingHTTPServer(("127.0.0.1", 0), OneStub) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        OneStub.address = f"http://127.0.0.1:{server.server_port}"
        yield OneStub
        server.shutdown()


def written(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
    return status, headers or {}, json.dumps(body).encode()


def pair(number: int, seconds: int = 600) -> tuple[int, dict[str, str], bytes]:
    return written({"access_token": f"a{number}", "refresh_token": f"r{number}", "expires_in": seconds})


def test_every_operation_is_called_as_it_is_described(monkeypatch):
    described = operations(read((GOLDEN / "schema.yml").read_text()))
    called = {}

    class Recorder(Client):
        def ask(self, method: str, path: str, **_how: Any) -> Any:
            called[inspect.currentframe().f_back.f_code.co_name] = f"{method.lower()} {path}"

        def fetch(self, path: str, *, method: str = "GET", **_how: Any) -> Any:
            called[inspect.currentframe().f_back.f_code.co_name] = f"{method.lower()} {path}"

    client = Recorder("http://portal.test")
    for name, method in vars(Client).items():
        if not name.startswith("_"):
            keys = inspect.signature(method).parameters.values()
            method(client, *(f"{{{key.name}}}" for key in keys if key.default is key.empty and key.name != "self"))
    assert called == {found["operationId"]: address for address, found in described.items()}


def test_the_client_is_handed_out_as_one_file_that_runs(client):
    answer = client.get(reverse("api-client"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/x-python; charset=utf-8")
    text = answer.content.decode()
    alone = ModuleType("practicum_client")
    exec(compile(text, "practicum_client.py", "exec"), alone.__dict__)  # noqa: S102 - our own file, as people run it
    assert ("import portal" in text, "from portal" in text) == (False, False)
    assert set(dir(Client)) == set(dir(alone.Client))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Invalid),
        (401, NotSignedIn),
        (403, NotAllowed),
        (404, NotFound),
        (409, WrongState),
        (412, Changed),
        (422, Invalid),
        (500, Problem),
    ],
)
def test_a_refusal_is_of_its_kind(stub, status, kind):
    wrong = {"code": "invalid", "detail": "Some fields are not right.", "errors": [{"field": "day", "message": "No."}]}
    stub.script["/api/v1/logs/7/"] = [written(wrong, status)]
    with pytest.raises(Problem) as caught:
        Client(stub.address).logs_retrieve(7)
    assert (type(caught.value), caught.value.status, caught.value.code) == (kind, status, "invalid")
    assert str(caught.value) == f"{status} invalid: Some fields are not right. day: No."


def test_a_refusal_that_is_no_json_shows_what_came(stub):
    stub.script["/api/v1/me/"] = [(502, {}, b"<h1>Bad gateway</h1>")]
    with pytest.raises(Problem, match="502 : <h1>Bad gateway</h1>"):
        Client(stub.address).me()


def test_too_many_requests_say_when_there_are_more(stub):
    stub.script["/api/v1/me/"] = [written({"code": "throttled"}, 429, {"Retry-After": "7"})]
    with pytest.raises(TooMany) as caught:
        Client(stub.address).me()
    assert caught.value.retry_after_s == 7


def test_how_many_requests_are_left_is_noted(stub):
    told = {"RateLimit-Limit": "600", "RateLimit-Remaining": "3", "RateLimit-Reset": "20"}
    stub.script["/api/v1/me/"] = [written({}, headers=told)]
    client = Client(stub.address)
    client.me()
    assert client.limit == Limit(600, 3, 20)


def test_a_post_without_an_answer_is_sent_again_with_the_same_key(stub):
    stub.script["/api/v1/logs/"] = [(0, {}, b""), written({"id": 7}, 201)]
    assert Client(stub.address).logs_create({"text": "Turned a shaft."})["id"] == 7
    keys = [headers["Idempotency-Key"] for _method, _path, headers, _body in stub.asked]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_what_is_not_done_once_is_not_sent_twice(stub):
    stub.script["/api/v1/logs/7/"] = [(0, {}, b"")]
    with pytest.raises(Unreachable):
        Client(stub.address).logs_partial_update(7, {"text": "Other."})
    assert len(stub.asked) == 1


@pytest.mark.parametrize(("given", "sent"), [(3, '"3"'), ('"3.abc"', '"3.abc"')])
def test_a_condition_is_a_version_or_a_whole_tag(stub, given, sent):
    stub.script["/api/v1/logs/7/"] = [written({})]
    Client(stub.address).logs_partial_update(7, {"text": "Other."}, if_match=given)
    assert stub.asked[0][2]["If-Match"] == sent


def test_a_list_is_leafed_through_at_the_own_address(stub):
    following = "https://inside.example/api/v1/logs/?after=xyz"
    stub.script["/api/v1/logs/?current=true&state=submitted"] = [
        written({"next": following, "previous": None, "results": [{"id": 1}]})
    ]
    stub.script["/api/v1/logs/?after=xyz"] = [written({"next": None, "previous": None, "results": [{"id": 2}]})]
    client = Client(stub.address)
    assert [log["id"] for log in client.each(client.logs_list(state="submitted", current=True))] == [1, 2]


def test_a_file_in_a_store_is_fetched_without_the_token(stub):
    stub.script["/api/v1/jobs/7/result/"] = [(302, {"Location": "/store/7?signed"}, b"")]
    named = {"Content-Disposition": "attachment; filename*=UTF-8''Stud%C3%A9nts.csv"}
    stub.script["/store/7?signed"] = [(200, {"Content-Type": "text/csv", **named}, b"a,b")]
    found = Client(stub.address, token="secret").jobs_result(7)
    assert (found.name, found.content, found.content_type) == ("Studénts.csv", b"a,b", "text/csv")
    assert ["Authorization" in headers for _method, _path, headers, _body in stub.asked] == [True, False]


def test_a_file_is_sent_as_a_form(stub):
    stub.script["/api/v1/resumes/"] = [written({}, 201)]
    Client(stub.address).resumes_create({"file": Upload("Müller.pdf", b"%PDF", "application/pdf")})
    _method, _path, headers, body = stub.asked[0]
    assert headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b"filename*=UTF-8''M%C3%BCller.pdf\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n" in body


def test_the_next_tokens_are_got_before_the_old_ones_end(stub):
    stub.script["/api/v1/auth/login/"] = [pair(1, seconds=10)]
    stub.script["/api/v1/auth/refresh/"] = [pair(2)]
    stub.script["/api/v1/me/"] = [written({})]
    stub.script["/api/v1/auth/logout/"] = [(204, {}, b"")]
    client = Client(stub.address).sign_in("asha", "pw", code="123456")
    for step in (client.me, client.me, client.sign_out, client.me):
        step()
    asked = [(path.split("/")[3:], headers.get("Authorization"), body) for _m, path, headers, body in stub.asked]
    assert [(parts[-2], bearer) for parts, bearer, _body in asked] == [
        ("login", None),
        ("refresh", None),
        ("me", "Bearer a2"),
        ("me", "Bearer a2"),
        ("logout", "Bearer a2"),
        ("me", None),
    ]
    assert json.loads(asked[0][2]) == {"email": "asha", "password": "pw", "code": "123456"}
    assert json.loads(asked[1][2]) == {"refresh_token": "r1"}


def test_an_address_is_of_the_web():
    with pytest.raises(ValueError, match="https://"):
        Client("file:///etc/passwd")


def test_the_file_is_small_enough_to_read():
    assert len(whole_client()) < 300_000
