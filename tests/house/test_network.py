"""The tests' own fence: nothing but this machine can be reached."""

import socket

import pytest

from tests.conftest import NetworkRefusedError, is_loopback


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("::1%lo", True),
        (b"localhost", True),
        ("", True),
        ("192.0.2.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address under test
        ("portal.example", False),
        ("localhost.portal.example", False),
    ],
)
def test_loopback_is_told_from_the_rest(host, inside):
    assert is_loopback(host) is inside


@pytest.mark.parametrize("attempt", ["connect", "connect_ex"])
def test_connection_to_another_machine_is_refused(attempt):
    with socket.socket() as one, pytest.raises(NetworkRefusedError, match=r"wanted to reach 192\.0\.2\.1"):
        getattr(one, attempt)(("192.0.2.1", 80))


def test_datagram_to_another_machine_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, pytest.raises(NetworkRefusedError):
        one.sendto(b"x", ("192.0.2.1", 53))


def test_look_up_of_a_name_is_refused():
    with pytest.raises(NetworkRefusedError, match=r"wanted to look up portal\.example"):
        socket.create_connection(("portal.example", 80))


def test_connection_to_this_machine_works():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as one,
        server.accept()[0] as other,
    ):
        one.sendall(b"x")
        assert other.recv(1) == b"x"
