"""Mail through a server that refuses, hangs and dies: nothing is lost, and what comes twice is counted.

``SMTP_NOTICES`` says how many notices are sent; 5000 is the proof, the default what fits into every run.
"""

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.utils import timezone

from apps.accounts.models import Notice, OutboxTask, User
from apps.accounts.notifications import SIGN_IN_CHANGED
from apps.accounts.services import digests
from apps.accounts.services.notices import Telling, tell_many
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import NoticeState, OutboxState

pytestmark = pytest.mark.django_db

NUMBER: Final = int(os.environ.get("SMTP_NOTICES", "60"))
HANGS_S: Final = 0.4
TIMEOUT_S: Final = 0.2
UNKNOWN: Final = 10  # Every so many addresses is one that the server does not know.


class Unreliable:
    """Takes mails, and gets every few of them wrong in turn: later, hangs, dies before or after it took the mail."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.refused: Counter[str] = Counter()
        self.died_after_taking: list[str] = []
        self.asked = 0
        self.is_sound = False

    async def handle_RCPT(  # noqa: N802 - the package's name
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.asked += 1
        if address.startswith("unknown"):
            self.refused["5xx"] += 1
            return "550 5.1.1 no such user"
        if not self.is_sound:
            if self.asked % 5 == 1:
                self.refused["4xx"] += 1
                return "450 4.2.1 try later"
            if self.asked % 29 == 2:
                self.refused["hangs"] += 1
                await asyncio.sleep(HANGS_S)
            if self.asked % 13 == 3:
                self.refused["dies"] += 1
                self.hang_up(server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        content = envelope.content or b""
        text = content if isinstance(content, bytes) else content.encode()
        message_id = next(line for line in text.splitlines() if line.lower().startswith(b"message-id:"))
        if not self.is_sound and self.asked % 17 == 4:
            self.refused["451 after the text"] += 1
            return "451 4.3.0 disk full"
        self.taken.append(message_id.decode())
        if not self.is_sound and self.asked % 7 == 5:
            self.died_after_taking.append(message_id.decode())
            self.hang_up(server)
        return "250 OK"

    @staticmethod
    def hang_up(server: SMTP) -> None:
        transport: Any = server.transport
        transport.abort()


@pytest.fixture
def server() -> Unreliable:
    return Unreliable()


@pytest.fixture
def controller(server, settings) -> Iterator[Controller]:
    found = Controller(server, hostname="127.0.0.1", port=free_port())
    found.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port_of(found)
    settings.EMAIL_TIMEOUT = TIMEOUT_S
    yield found
    if found.server is not None:
        found.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def port_of(controller: Controller) -> int:
    listening: Any = controller.server
    port: int = listening.sockets[0].getsockname()[1]
    return port


def everybody() -> None:
    people = [
        User(
            username=f"p{number}",
            email=f"{'unknown' if number % UNKNOWN == 0 else 'known'}{number}@host.example",
            password="!",
        )
        for number in range(NUMBER)
    ]
    User.objects.bulk_create(people)
    tell_many([Telling(person, SIGN_IN_CHANGED, {}) for person in User.objects.order_by("pk")])


def try_all_again() -> None:
    """Let the pauses and leases pass that would take hours."""
    OutboxTask.objects.filter(state=OutboxState.WAITING).update(not_before=timezone.now())
    OutboxTask.objects.filter(state=OutboxState.RUNNING).update(lease_until=timezone.now())
    Notice.objects.filter(state=NoticeState.QUEUED).update(taken_until=None)


def test_nothing_is_lost_and_what_came_twice_is_what_the_server_did_not_answer(
    server, controller, settings, monkeypatch
):
    everybody()
    killed: list[str] = []
    settle = digests._settle

    def die_before_the_mark(notices: list[Notice], move: str, reason: str = "") -> None:
        # A worker is killed between the server's answer and our mark.
        if move == "mark_sent" and server.asked % 31 == 6 and not server.is_sound:
            killed.append(notices[0].message_id)
            raise KeyboardInterrupt
        settle(notices, move, reason)

    monkeypatch.setattr(digests, "_settle", die_before_the_mark)
    for turn in range(4):
        if turn == 2:
            # The server is away altogether.
            settings.EMAIL_PORT = 9
        for _kill in range(NUMBER):
            try:
                run_due_tasks()
            except KeyboardInterrupt:
                continue
            break
        settings.EMAIL_PORT = port_of(controller)
        try_all_again()
    server.is_sound = True
    for _turn in range(3):
        run_due_tasks()
        try_all_again()

    known = NUMBER - len(range(0, NUMBER, UNKNOWN))
    doubled = len(server.taken) - len(set(server.taken))
    print(  # noqa: T201 - the figures of the proof
        f"\nsent {NUMBER} under faults: taken {len(server.taken)}, lost {known - len(set(server.taken))}, "
        f"doubled {doubled} (died after taking {len(server.died_after_taking)}, killed {len(killed)}); "
        f"faults {dict(server.refused)}"
    )
    states = Counter(Notice.objects.values_list("state", flat=True))
    assert states == {NoticeState.SENT: known, NoticeState.FAILED: NUMBER - known}
    assert len(set(server.taken)) == known
    assert set(Notice.objects.filter(state=NoticeState.FAILED).values_list("reason", flat=True)) == {
        "550 5.1.1 no such user"
    }
    # Doubled are exactly those whose answer never came or was never marked; all under one Message-ID.
    assert doubled == len(server.died_after_taking) + len(killed)
    assert min(len(killed), len(server.died_after_taking), *server.refused.values()) > 0
    assert set(OutboxTask.objects.values_list("state", flat=True)) == {OutboxState.DONE}
