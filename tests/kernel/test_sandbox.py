import ast
import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError, run_limited

SMALL = Limits(memory_mb=128, cpu_s=2, wall_s=10, output_mb=1)
QUICK = Limits(memory_mb=128, cpu_s=1, wall_s=1, output_mb=1)


def call(
    function: str, payload: bytes = b"", *, limits: Limits = SMALL, allow_read: tuple[str, ...] = (), **options: Any
) -> Any:
    return run_limited(
        f"tests.kernel.sandbox_targets:{function}", payload, options=options, limits=limits, allow_read=allow_read
    )


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / (1 << 20)


def orphans() -> list[str]:
    """Sandbox processes that have lost their parent, by process number."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            its_parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            if its_parent == "1" and b"portal.kernel.sandbox" in (folder / "cmdline").read_bytes():
                found.append(folder.name)
        except OSError:
            continue
    return found


def children() -> set[str]:
    """Processes of this one, by number; also those that have ended and that nobody has waited for."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (folder / "stat").read_text().rpartition(")")[2].split()[1] == str(os.getpid()):
                found.add(folder.name)
    return found


# -- what comes back ------------------------------------------------------------------------------------------


def test_run_limited_target_returns_bytes():
    assert call("reverse", b"\x00\xffabc") == b"cba\xff\x00"


def test_run_limited_target_returns_json():
    assert call("describe", b"four", a=[1, None], b="ö") == {
        "size": 4,
        "options": {"a": [1, None], "b": "ö"},
        "arabic": "مرحبا",
    }


def test_run_limited_default_options_and_limits():
    assert run_limited("tests.kernel.sandbox_targets:describe", b"") == {"size": 0, "options": {}, "arabic": "مرحبا"}


def test_run_limited_payload_larger_than_pipe():
    payload = bytes(range(256)) * 20_000
    assert call("reverse", payload, limits=Limits()) == payload[::-1]


def test_run_limited_target_prints():
    assert call("chatter") == "quiet"


def test_run_limited_target_raises():
    with pytest.raises(ChildRefusedError) as caught:
        call("raise_value_error", length=5000)
    assert (caught.value.kind, str(caught.value)) == ("ValueError", "n" * 2000)


def test_run_limited_target_recurses():
    with pytest.raises(ChildRefusedError) as caught:
        call("recurse")
    assert caught.value.kind == "RecursionError"


def test_run_limited_target_returns_what_json_cannot_carry():
    with pytest.raises(ChildRefusedError) as caught:
        call("give_object")
    assert caught.value.kind == "TypeError"


def test_run_limited_target_missing():
    with pytest.raises(SandboxError) as caught:
        call("nothing_of_this_name")
    assert caught.value.reason == "crash"
    assert "nothing_of_this_name" in caught.value.detail


# -- limits ---------------------------------------------------------------------------------------------------


def test_run_limited_limits_reach_the_kernel():
    assert call("limits", limits=Limits(memory_mb=100, cpu_s=3)) == {
        "memory": [100 << 20, 100 << 20],
        "cpu": [3, 4],
        "file": [0, 0],
    }


@pytest.mark.parametrize("function", ["fill_memory", "fill_with_small_things"])
def test_run_limited_memory_used_up(function):
    with pytest.raises(SandboxError) as caught:
        call(function)
    assert caught.value.reason == "memory"


def test_run_limited_cpu_time_used_up():
    with pytest.raises(SandboxError) as caught:
        call("spin", limits=Limits(memory_mb=128, cpu_s=1, wall_s=300))
    assert caught.value.reason == "time"


def test_run_limited_cpu_signal_ignored():
    began = time.monotonic()
    with pytest.raises(SandboxError) as caught:
        call("spin_on_after_the_signal", limits=Limits(memory_mb=128, cpu_s=1, wall_s=300))
    assert caught.value.reason == "crash"
    assert time.monotonic() - began < 120


@pytest.mark.parametrize("function", ["sleep", "close_and_sleep", "leave_a_grandchild"])
def test_run_limited_wall_time_used_up(function):
    began = time.monotonic()
    with pytest.raises(SandboxError) as caught:
        call(function, limits=QUICK, seconds=300)
    assert caught.value.reason == "time"
    assert time.monotonic() - began < 120


def test_run_limited_wall_time_used_up_leaves_no_process():
    before = children()
    with pytest.raises(SandboxError):
        call("sleep", limits=QUICK, seconds=300)
    assert children() - before == set()


def test_children_that_nobody_has_waited_for_are_seen():
    before = children()
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert children() - before == {str(child.pid)}


def test_run_limited_wall_time_used_up_leaves_no_grandchild():
    before = set(orphans())
    with pytest.raises(SandboxError):
        call("leave_a_grandchild", limits=QUICK)
    patience = time.monotonic() + 60
    while (left := set(orphans()) - before) and time.monotonic() < patience:
        time.sleep(0.05)
    assert left == set()


def test_run_limited_output_at_limit():
    assert len(call("output", size=1 << 20)) == 1 << 20


def test_run_limited_output_above_limit():
    with pytest.raises(SandboxError) as caught:
        call("output", size=(1 << 20) + 1)
    assert (caught.value.reason, caught.value.detail) == ("memory", "more output than allowed")


def test_run_limited_output_without_end_does_not_fill_the_parent():
    before = resident_mb()
    with pytest.raises(SandboxError) as caught:
        call("pour_into_answer")
    assert (caught.value.reason, caught.value.detail) == ("memory", "more output than allowed")
    assert resident_mb() - before < 16


# -- crashes --------------------------------------------------------------------------------------------------


def test_run_limited_child_segfaults():
    with pytest.raises(SandboxError) as caught:
        call("segfault")
    assert (caught.value.reason, caught.value.detail) == ("crash", f"exit {-signal.SIGSEGV}: ")


def test_run_limited_child_exits():
    with pytest.raises(SandboxError) as caught:
        call("leave", code=3)
    assert (caught.value.reason, caught.value.detail) == ("crash", "exit 3: the last words")
    assert str(caught.value) == "crash: exit 3: the last words"


def test_run_limited_child_ends_before_it_reads(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(SandboxError) as caught:
        call("reverse", bytes(5_000_000))
    assert caught.value.reason == "crash"


@pytest.mark.parametrize("answer", ["", "J", "Jnope", "J" + "[" * 100_000, "Z[]", "E[1]", "E7", "Snull", "S[]"])
def test_run_limited_answer_garbled(answer):
    with pytest.raises(SandboxError) as caught:
        call("garble", answer=answer)
    assert (caught.value.reason, caught.value.detail) == ("crash", "garbled answer")


# -- what the child may not do --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "event"),
    [
        ("connect", "socket.getaddrinfo"),
        ("resolve", "socket.getaddrinfo"),
        ("fetch", "socket.getaddrinfo"),
        ("run", "subprocess.Popen"),
        ("system", "os.system"),
        ("fork", "os.fork"),
        ("kill", "os.kill"),
        ("killpg", "os.killpg"),
        ("unlimit", "resource.setrlimit"),
        ("unpickle", "pickle.find_class"),
    ],
)
def test_run_limited_forbidden_act(what, event):
    with pytest.raises(SandboxError) as caught:
        call("attempt", what=what)
    assert (caught.value.reason, caught.value.detail) == ("refused", event)


@pytest.mark.parametrize(
    ("what", "detail"),
    [
        ("database", "sqlite3.connect"),
        ("write", "write {path}"),
        ("append", "write {path}"),
        ("create", "write {path}"),
        ("remove", "os.remove"),
        ("rename", "os.rename"),
        ("mkdir", "os.mkdir"),
        ("symlink", "os.symlink"),
        ("truncate", "os.truncate"),
    ],
)
def test_run_limited_writing(what, detail, tmp_path):
    path = tmp_path.resolve() / "kept.txt"
    path.write_text("kept")
    with pytest.raises(SandboxError) as caught:
        call("attempt", what=what, path=str(path), allow_read=(str(tmp_path),))
    assert (caught.value.reason, caught.value.detail) == ("refused", detail.format(path=path))
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("kept.txt", "kept")]


@pytest.mark.parametrize("what", ["read", "read_bytes_name", "read_low", "read_path_object"])
def test_run_limited_reading_outside(what, tmp_path):
    path = tmp_path.resolve() / "secret.txt"
    path.write_text("secret")
    with pytest.raises(SandboxError) as caught:
        call("attempt", what=what, path=str(path))
    assert (caught.value.reason, caught.value.detail) == ("refused", f"read {path}")


def test_run_limited_reading_the_parents_environment():
    with pytest.raises(SandboxError) as caught:
        call("attempt", what="read", path=f"/proc/{os.getpid()}/environ")
    assert (caught.value.reason, caught.value.detail) == ("refused", f"read /proc/{os.getpid()}/environ")


def test_run_limited_reading_through_a_link(tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    allowed = tmp_path / "allowed"
    allowed.mkdir()
    (allowed / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(SandboxError) as caught:
        call("attempt", what="read", path=str(allowed / "link.txt"), allow_read=(str(allowed),))
    assert caught.value.reason == "refused"


def test_run_limited_reading_a_neighbour_of_what_is_allowed(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder-of-others").mkdir()
    secret = tmp_path / "folder-of-others" / "secret.txt"
    secret.write_text("secret")
    with pytest.raises(SandboxError) as caught:
        call("attempt", what="read", path=str(secret), allow_read=(str(tmp_path / "folder"),))
    assert caught.value.reason == "refused"


@pytest.mark.parametrize("what", ["read", "read_bytes_name", "read_path_object"])
def test_run_limited_reading_what_is_allowed(what, tmp_path):
    path = tmp_path / "template.txt"
    path.write_text("hello")
    assert "hello" in call("attempt", what=what, path=str(path), allow_read=(str(tmp_path),))
    assert "hello" in call("attempt", what=what, path=str(path), allow_read=(str(path),))


def test_run_limited_refusal_is_not_swallowed(tmp_path):
    with pytest.raises(SandboxError) as caught:
        call("swallow", what="read", path=str(tmp_path / "secret.txt"))
    assert caught.value.reason == "refused"


def test_run_limited_native_code_writes_nothing(tmp_path):
    path = tmp_path / "native.txt"
    assert call("write_below_the_hook", path=str(path)) == "wrote -1"
    assert path.read_bytes() == b""


def test_run_limited_network_namespace():
    """Where the system lets a process leave the network, the child has left it; elsewhere it sees what we see."""
    leave = "import os, socket; os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET); print(socket.if_nameindex())"
    alone = subprocess.run([sys.executable, "-c", leave], capture_output=True, text=True, check=False)
    seen = ast.literal_eval(alone.stdout) if alone.returncode == 0 else socket.if_nameindex()
    assert call("interfaces") == [name for _, name in seen]


def test_run_limited_environment_carries_no_secret(monkeypatch):
    for name in ("SECRET_KEY", "DATABASE_URL", "PYTHONPATH", "LD_LIBRARY_PATH", "HOME"):
        monkeypatch.setenv(name, "canary-of-the-parent")
    with Path(os.devnull).open("rb") as ours:
        os.set_inheritable(ours.fileno(), True)
        seen = call("environment")
    assert seen == {
        "environment": {"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
        "arguments": [],
        "open": [0, 1, 2, 3],
    }
