"""The pieces of the sandbox that decide, called in this process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.kernel import sandbox
from portal.kernel.sandbox import ROOT, RefusedError, SandboxError


@pytest.mark.parametrize(
    ("event", "args", "refused"),
    [
        ("open", (3, "r", 0), ""),
        ("open", ("/opt/data/a.txt", "r", os.O_RDONLY), ""),
        ("open", ("/opt/data", None, os.O_RDONLY), ""),
        ("open", ("/opt/data/../other/a.txt", "r", os.O_RDONLY), "read /opt/other/a.txt"),
        ("open", ("/opt/database", "r", os.O_RDONLY), "read /opt/database"),
        ("open", (b"/opt/data/a.txt", "r", os.O_RDONLY), ""),
        ("open", (Path("/opt/other"), "r", os.O_RDONLY), "read /opt/other"),
        ("open", ("/opt/data/a.txt", "w", os.O_WRONLY | os.O_CREAT), "write /opt/data/a.txt"),
        ("open", ("/opt/data/a.txt", "r", None), ""),
        ("import", ("json",), ""),
        ("os.listdir", ("/etc",), ""),
        ("socket.connect", (), "socket.connect"),
    ],
)
def test_refusal_of_event(event, args, refused):
    assert sandbox._refusal(event, args, ("/opt/data",)) == refused


def test_readable_covers_installation_and_what_is_named(tmp_path):
    readable = sandbox._readable((str(tmp_path),))
    assert {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, tmp_path, "/dev/null")} <= set(readable)
    assert [str(ROOT), "/", "/etc", "/proc/self"] == [
        path for path in (str(ROOT), "/", "/etc", "/proc/self") if path not in readable
    ]


def refuse(_payload: bytes, _options: object) -> None:
    message = "write /etc/passwd"
    raise RefusedError(message)


def run_out_of_memory(_payload: bytes, _options: object) -> None:
    raise MemoryError


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        (lambda payload, options: payload + options, b"Bab"),
        (lambda payload, options: [payload.decode(), None], b'J["a", null]'),  # noqa: ARG005 - the signature of a target
        (lambda payload, options: payload[7], b'E["IndexError", "index out of range"]'),  # noqa: ARG005 - the signature of a target
        (refuse, b'S["refused", "write /etc/passwd"]'),
        (run_out_of_memory, b'S["memory", ""]'),
        (lambda payload, options: bytes(1 << 20), b"B" + bytes(1 << 20)),  # noqa: ARG005 - the signature of a target
        (lambda payload, options: bytes((1 << 20) + 1), b'S["memory", "more output than allowed"]'),  # noqa: ARG005 - the signature of a target
    ],
)
def test_call_answers(function, answer):
    assert sandbox._call(function, b"a", b"b", 1) == answer


@pytest.mark.parametrize(
    ("answer", "error"),
    [(b'S["memory", ""]', SandboxError("memory")), (b'S["refused", "x"]', SandboxError("refused", "x"))],
)
def test_read_answer_stopped(answer, error):
    with pytest.raises(SandboxError) as caught:
        sandbox._read_answer(0, answer, b"")
    assert (caught.value.reason, caught.value.detail, str(caught.value)) == (error.reason, error.detail, str(error))


def test_end_of_child_that_vanishes(monkeypatch):
    def gone(group: int, number: int) -> None:
        os.kill(group, number)
        raise ProcessLookupError

    monkeypatch.setattr(os, "killpg", gone)
    with subprocess.Popen(["/bin/sleep", "30"]) as child:
        sandbox._end(child)
    assert child.returncode == -signal.SIGKILL
