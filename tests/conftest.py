"""What every test gets: no network but the machine's own."""

import os
import socket
import sys
from ipaddress import ip_address
from types import FrameType

import pytest
from django.core import management
from django.core.cache import cache
from django.db import transaction
from django.http import FileResponse
from django_fsm.signals import pre_transition
from hypothesis import HealthCheck, settings

from tests import schema

# Whoever asks for one of these has a database.
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}
LOOPBACK_NAMES = {"localhost", "testserver", ""}

# How long an example takes says how busy the machine is, not whether the law holds.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add what the second of two runs, on another database, is told."""
    parser.addoption(
        "--database-only", action="store_true", help="leave out tests that ask no database: an earlier run had them"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out with ``--database-only`` whatever cannot behave otherwise on another database."""
    if not config.getoption("database_only"):
        return
    with_database = [
        item
        for item in items
        if not item.get_closest_marker("one_database")
        and (item.get_closest_marker("django_db") or DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ())))
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(with_database)])
    items[:] = with_database


class NetworkRefusedError(RuntimeError):
    """A test wanted to reach another machine."""


def is_loopback(host: object) -> bool:
    """Say whether an address means this machine; a name counts only if it cannot mean another one."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name in LOOPBACK_NAMES:
        return True
    try:
        return ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """Refuse connections and name look-ups that leave the machine, in every test and fixture."""
    originals = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex", "sendto")}

    def guarded(name):
        original = originals[name]

        def call(self, *args):
            address = args[-1]
            if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
                message = f"a test wanted to reach {address[0]}"
                raise NetworkRefusedError(message)
            return original(self, *args)

        return call

    look_up = socket.getaddrinfo

    def guarded_look_up(host, *args, **kwargs):
        if host is not None and not is_loopback(host):
            message = f"a test wanted to look up {host}"
            raise NetworkRefusedError(message)
        return look_up(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        for name in originals:
            patch.setattr(socket.socket, name, guarded(name))
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


@pytest.fixture(scope="session")
def migrates_once():
    """Let test databases be made from the schema that an earlier run has migrated."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(management, "call_command", schema.call_command)
        yield patch


@pytest.fixture(scope="session")
def django_db_setup(migrates_once, django_db_setup):
    """Make the test databases; afterwards commands are Django's own again."""
    migrates_once.undo()


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker):
    """Keep what the fixtures of a module store for all of its tests; each test still takes back what it did itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def only_perform_moves():
    """Fail any test in which a transition is called by anything but ``perform``."""

    def check(name, **_signal):
        frame: FrameType | None = sys._getframe()
        while frame is not None:
            if frame.f_globals.get("__name__") == "portal.kernel.fsm.performing":
                return
            frame = frame.f_back
        message = f"{name}() was called outside perform"
        raise AssertionError(message)

    pre_transition.connect(check)
    yield
    pre_transition.disconnect(check)


@pytest.fixture(autouse=True)
def fresh_cache():
    """Start each test without counted requests and cached answers of the one before, in the portal's own look.

    Every page asks for the look, also in tests that have no database.
    """
    from apps.accounts.selectors import LOOK_KEY, SiteLook  # noqa: PLC0415 - the models are loaded after this module

    cache.clear()
    cache.set(LOOK_KEY, SiteLook(), None)


@pytest.fixture(autouse=True)
def closes_downloads(monkeypatch):
    """Close the files that pages hand out, as a server does; a later test would be blamed for one that stays open."""
    handed_out: list[FileResponse] = []
    set_headers = FileResponse.set_headers

    def remember(response, filelike):
        handed_out.append(response)
        set_headers(response, filelike)

    monkeypatch.setattr(FileResponse, "set_headers", remember)
    yield
    for response in handed_out:
        # Not `close()`: it says that the request is finished, and connections would end that the test is in.
        for close in response._resource_closers:  # type: ignore[attr-defined] # the stubs leave it out
            close()


@pytest.fixture
def update_golden() -> bool:
    """Say whether golden files are written anew instead of compared (``make golden``)."""
    return os.environ.get("UPDATE_GOLDEN") == "1"
