"""Webhooks: who is told of what, signed, once, again until it is taken, and never inside of a network."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.test import override_settings
from django.urls import reverse

from apps.accounts.models import HistoryEntry, OutboxTask, User, Webhook
from apps.accounts.services.history import seal_history
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.webhooks import (
    EVENTS,
    NotTaken,
    add_webhook,
    key_of,
    queue_webhooks,
    send_webhook,
    set_webhook_active,
)
from apps.accounts.states import CompanyState, OutboxState
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import perform, perform_many, stateful_models
from portal.kernel.views import state_labels
from tests.clients import signed_in
from tests.factories.accounts import CompanyFactory, UserFactory, WebhookFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> User:
    return UserFactory.create(is_superuser=True)


class Listener(HTTPServer):
    """Another program: takes what it is sent, or answers as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []


class Taking(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.taken.append((dict(self.headers.items()), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_given: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        with override_settings(IDENTITY_LOOPBACK=True):
            yield server
        server.shutdown()
        thread.join()


def hook_at(listener: Listener, root: User, *events: str) -> Webhook:
    url = f"http://127.0.0.1:{listener.server_port}/told"
    return add_webhook(name="Timetable", url=url, events=events or ["company.approved"], actor=root)[0]


def approve(root: User) -> int:
    company = CompanyFactory.create(state=CompanyState.PROPOSED)
    perform(company, "approve", actor=root)
    return company.pk


def tell() -> None:
    seal_history()
    queue_webhooks()
    run_due_tasks()


def test_every_event_is_a_state_of_a_machine():
    states = {(model._meta.label, value) for model in stateful_models() for value in state_labels(model)}
    assert set(EVENTS.values()) - states == set()


def test_a_program_is_told_once_with_keys_and_a_signature(root, listener):
    row = hook_at(listener, root)
    pk = approve(root)
    tell()
    tell()
    ((headers, body),) = listener.taken
    told = json.loads(body)
    assert (told["event"], told["ids"], set(told)) == ("company.approved", [pk], {"event", "ids", "at"})
    assert headers["Practicum-Event"] == "company.approved"
    moment, _comma, digest = headers["Practicum-Signature"].partition(",v1=")
    signed = moment.removeprefix("t=").encode() + b"." + body
    assert hmac.compare_digest(hmac.new(key_of(row).encode(), signed, hashlib.sha256).hexdigest(), digest)
    row.refresh_from_db()
    assert (row.last_problem, row.last_sent_at is not None) == ("", True)


def test_what_happened_before_and_other_events_are_not_told(root, listener):
    approve(root)
    seal_history()
    hook_at(listener, root, "company.proposed", "log.verified")
    approve(root)
    tell()
    assert listener.taken == []


def test_many_at_once_are_one_message(root, listener):
    hook_at(listener, root)
    waiting = CompanyFactory.create_batch(3, state=CompanyState.PROPOSED)
    perform_many(type(waiting[0]).objects.filter(pk__in=[row.pk for row in waiting]), "approve", actor=root)
    tell()
    assert [json.loads(body)["ids"] for _headers, body in listener.taken] == [[row.pk for row in waiting]]


@pytest.mark.parametrize("status", [500, 404, 302, 301])
def test_what_is_not_taken_is_tried_again_until_it_is_dead(root, listener, status):
    row = hook_at(listener, root)
    listener.answers = [status] * 50
    approve(root)
    tell()
    task = OutboxTask.objects.get(kind="accounts.send_webhook")
    assert (task.state, task.attempts, len(listener.taken)) == (OutboxState.WAITING, 1, 1)
    row.refresh_from_db()
    assert (row.last_problem, row.last_sent_at) == (f"HTTP {status}", None)
    listener.answers = []
    send_webhook(**task.payload)
    row.refresh_from_db()
    assert row.last_problem == ""


def test_a_paused_program_is_told_nothing_and_not_of_what_it_missed(root, listener):
    row = hook_at(listener, root)
    set_webhook_active(row, active=False, actor=root)
    approve(root)
    tell()
    send_webhook(row.pk, "company.approved", [1], "2026-07-14T09:00:00")
    set_webhook_active(row, active=True, actor=root)
    tell()
    assert listener.taken == []
    entries = HistoryEntry.objects.filter(target_label="accounts.Webhook").order_by("id")
    assert list(entries.values_list("action", flat=True)) == [*("create", "deactivate", "reactivate")]


def test_a_name_that_leads_into_the_network_is_hung_up_on(listener, monkeypatch):
    row = WebhookFactory.create(url=f"https://timetable.example:{listener.server_port}/told")
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", listener.server_port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_more: inside)
    with override_settings(IDENTITY_LOOPBACK=False), pytest.raises(NotTaken):
        send_webhook(row.pk, "company.approved", [1], "2026-07-14T09:00:00")
    row.refresh_from_db()
    assert (row.last_problem, listener.taken) == ("ConnectionError", [])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"events": []}, "events_missing"),
        ({"events": ["secret.told"]}, "events_missing"),
        ({"url": "http://timetable.example/"}, "address_wrong"),
        ({"url": "https://10.0.0.1/"}, "address_wrong"),
        ({"url": "https://127.0.0.1/"}, "address_wrong"),
        ({"url": "https://[::1]/"}, "address_wrong"),
        ({"url": "https://user:pass@timetable.example/"}, "address_wrong"),
        ({"url": "file:///etc/passwd"}, "address_wrong"),
        ({"url": "x"}, "address_wrong"),
        ({"name": "Taken"}, "name_taken"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused(root, values, code):
    WebhookFactory.create(name="Taken")
    given = {"name": "New", "url": "https://timetable.example/told", "events": ["company.approved"], **values}
    with override_settings(IDENTITY_LOOPBACK=False), pytest.raises(RuleViolation) as refusal:
        add_webhook(**given, actor=root)
    assert (refusal.value.code, Webhook.objects.count()) == (code, 1)


def test_only_superusers_enter_and_pause_webhooks():
    row, person = WebhookFactory.create(), UserFactory.create()
    with pytest.raises(NotAllowed):
        add_webhook(name="N", url="https://a.example/", events=["company.approved"], actor=person)
    with pytest.raises(NotAllowed):
        set_webhook_active(row, active=False, actor=person)


def test_the_key_is_shown_once_and_stored_nowhere(root):
    browser = signed_in(root)
    address = reverse("admin:accounts_webhook_enter")
    assert browser.get(address).status_code == 200
    form = {"name": "Timetable", "url": "https://timetable.example/told", "events": ["log.validated"]}
    page = browser.post(address, form)
    key = page.context["key"]
    assert (key, key in page.text) == (key_of(Webhook.objects.get()), True)
    assert key not in str(list(Webhook.objects.values()))
    again = browser.post(address, form)
    assert (again.context["key"], "There is a webhook of this name already." in again.text) == ("", True)
    row = Webhook.objects.get()
    changelist = reverse("admin:accounts_webhook_changelist")
    for action, active in (("pause", False), ("resume", True), ("resume", True)):
        browser.post(changelist, {"action": action, "_selected_action": [row.pk]})
        row.refresh_from_db()
        assert row.is_active is active
