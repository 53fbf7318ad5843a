"""Run one pure function on hostile bytes in a child process with limits.

Everything that parses what a stranger sent (PDF, Word, spreadsheet) or renders what a stranger wrote goes
through ``run_limited``. The child is a fresh interpreter without our environment (so without secrets) and without
our open files. The kernel holds its memory, CPU time and the size of files it could write; an audit hook refuses
Python code the network, new processes, writing files, and reading files outside the Python installation and the
paths that the caller names. An audit hook does not see native code: for a parser written in C the resource limits
and, where the system allows it, a network namespace of its own are what remains. Do not call it a jail.

The target's module is imported before the limits begin, so import what the function needs at the module's top.

A forked child would start faster (21 ms instead of 85 ms) but forking a threaded web or Celery process copies
locks in unknown states; the fresh interpreter is the one that cannot hang for that reason.
"""

import contextlib
import importlib
import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

ROOT = Path(__file__).resolve().parents[2]

_KIND_JSON, _KIND_BYTES, _KIND_ERROR, _KIND_STOPPED = b"J", b"B", b"E", b"S"
_HEADER = struct.Struct(">I")
_CHUNK = 1 << 16
_COMPLAINT = 4096
_REFUSED_EVENTS = (
    "socket.",
    "subprocess.",
    "pty.",
    "shutil.",
    "sqlite3.",
    # A parser that loads a pickle from the installation has already run code that a file chose (CVE-2025-64512).
    "pickle.find_class",
    "resource.setrlimit",
    "resource.prlimit",
    "signal.pthread_kill",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.kill",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.mkdir",
    "os.chmod",
    "os.chown",
    "os.symlink",
    "os.link",
    "os.truncate",
    "os.utime",
    "os.setxattr",
    "os.removexattr",
)
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_ALWAYS_READABLE = (
    "/dev/null",
    "/dev/urandom",
    "/etc/fonts",
    "/etc/mime.types",
    "/usr/share/fonts",
    "/usr/share/zoneinfo",
)


@dataclass(frozen=True)
class Limits:
    """What the child may use: address space in MiB, CPU and wall seconds, output in MiB."""

    memory_mb: int = 512
    cpu_s: int = 10
    wall_s: int = 20
    output_mb: int = 32


class SandboxError(Exception):
    """The child did not answer: ``reason`` is ``"memory"``, ``"time"``, ``"crash"`` or ``"refused"``.

    Too much output counts as ``"memory"``. A native parser that runs out of memory mostly aborts: ``"crash"``.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class ChildRefusedError(Exception):
    """The function in the child raised: ``kind`` is the exception's class name, ``str()`` its message."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def run_limited(
    target: str,
    payload: bytes,
    *,
    options: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    allow_read: tuple[str, ...] = (),
) -> Any:
    """Call ``target`` (``"package.module:function"``) as ``function(payload, options)`` in a limited child.

    Returns what the function returns: ``bytes`` or anything that JSON can carry.
    Raises ``ChildRefusedError`` for an exception of the function itself, ``SandboxError`` for a limit or a crash.
    """
    limits = limits or Limits()
    head = json.dumps(
        {
            "target": target,
            "options": dict(options or {}),
            "memory_mb": limits.memory_mb,
            "cpu_s": limits.cpu_s,
            "output_mb": limits.output_mb,
            "allow_read": list(allow_read),
        }
    ).encode()
    deadline = time.monotonic() + limits.wall_s
    with subprocess.Popen(
        [sys.executable, "-E", "-s", "-B", "-m", "portal.kernel.sandbox"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd=ROOT,
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "OPENBLAS_NUM_THREADS": "1"},
        start_new_session=True,
    ) as child:
        try:
            answer, complaint = _exchange(
                child, _HEADER.pack(len(head)) + head + payload, deadline, (limits.output_mb << 20) + 1
            )
            child.wait(max(deadline - time.monotonic(), 0))
        except subprocess.TimeoutExpired as error:
            raise SandboxError("time", f"{limits.wall_s} s") from error
        finally:
            _end(child)
    return _read_answer(child.returncode, answer, complaint)


def _exchange(
    child: subprocess.Popen[bytes], request: bytes, deadline: float, room: int
) -> tuple[bytearray, bytearray]:
    """Write the request, read the answer and the end of what stderr says, until both are closed.

    ``Popen.communicate`` would keep all that a child gone wild writes; here the parent never holds more than ``room``.
    Raises ``SandboxError`` when the answer is longer than that or ``deadline`` (monotonic seconds) has come.
    """
    answer, complaint, unsent = bytearray(), bytearray(), memoryview(request)
    stdin, stdout, stderr = (cast("IO[bytes]", pipe) for pipe in (child.stdin, child.stdout, child.stderr))
    os.set_blocking(stdin.fileno(), False)
    with selectors.DefaultSelector() as waiting:
        waiting.register(stdin, selectors.EVENT_WRITE)
        waiting.register(stdout, selectors.EVENT_READ, answer)
        waiting.register(stderr, selectors.EVENT_READ, complaint)
        while waiting.get_map():
            ready = waiting.select(max(deadline - time.monotonic(), 0))
            if not ready or time.monotonic() > deadline:
                raise SandboxError("time")
            for key, _ in ready:
                if key.data is None:
                    unsent = _send(stdin, unsent)
                    finished = not unsent
                else:
                    chunk = os.read(key.fd, _CHUNK)
                    key.data.extend(chunk)
                    finished = not chunk
                if finished:
                    waiting.unregister(key.fileobj)
                    cast("IO[bytes]", key.fileobj).close()
            del complaint[:-_COMPLAINT]
            if len(answer) > room:
                raise SandboxError("memory", "more output than allowed")
    return answer, complaint


def _send(stdin: IO[bytes], unsent: memoryview) -> memoryview:
    """Write what the pipe takes; a child that ended before it read everything gets no more."""
    try:
        return unsent[os.write(stdin.fileno(), unsent[:_CHUNK]) :]
    except BrokenPipeError:
        return unsent[:0]


def _end(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and whatever it started, unless it has answered and was waited for.

    Its number cannot belong to anybody else as long as nobody has waited for it.
    """
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def _read_answer(returncode: int, answer: bytes | bytearray, complaint: bytes | bytearray) -> Any:
    if returncode != 0:
        reason = "time" if returncode == -signal.SIGXCPU else "crash"
        raise SandboxError(reason, f"exit {returncode}: {complaint[-300:].decode(errors='replace')}")
    kind, body = bytes(answer[:1]), bytes(answer[1:])
    if kind == _KIND_BYTES:
        return body
    try:
        value = json.loads(body)
        if kind == _KIND_JSON:
            return value
        error = {_KIND_ERROR: ChildRefusedError, _KIND_STOPPED: SandboxError}[kind](*value)
    except (KeyError, TypeError, ValueError, RecursionError) as garbled:
        raise SandboxError("crash", "garbled answer") from garbled
    raise error


class RefusedError(BaseException):
    """Raised by the audit hook; not an ``Exception``, so that a parser's broad ``except`` does not swallow it."""


def _refusal(event: str, args: tuple[Any, ...], readable: tuple[str, ...]) -> str:
    """Say what the audit event may not do, or ``""``. ``readable``: real paths of files or of whole folders."""
    if event.startswith(_REFUSED_EVENTS):
        return event
    # args: path, mode, flags; an int is a file that is open already.
    if event != "open" or isinstance(args[0], int):
        return ""
    path = os.path.realpath(os.fsdecode(args[0]))
    if isinstance(args[2], int) and args[2] & _WRITE_FLAGS:
        return f"write {path}"
    if any(path == allowed or path.startswith(allowed.rstrip("/") + "/") for allowed in readable):
        return ""
    return f"read {path}"


def _readable(allow_read: tuple[str, ...]) -> tuple[str, ...]:
    ours = (sys.prefix, sys.base_prefix, ROOT / "portal", ROOT / "apps")
    return tuple(os.path.realpath(str(path)) for path in (*ours, *allow_read, *_ALWAYS_READABLE))


def _call(function: Callable[[bytes, Any], Any], payload: bytes, options: Any, output_mb: int) -> bytes:
    """Call the target and put what it returned or raised into an answer for ``_read_answer``."""
    try:
        result = function(payload, options)
        answer = (_KIND_BYTES + result) if isinstance(result, bytes) else (_KIND_JSON + json.dumps(result).encode())
    except MemoryError:
        # The traceback still holds what filled the memory: nothing that needs more may happen here.
        return _KIND_STOPPED + b'["memory", ""]'
    except RefusedError as error:
        return _KIND_STOPPED + json.dumps(["refused", str(error)]).encode()
    except Exception as error:  # noqa: BLE001 - the parent turns every failure into its own
        return _KIND_ERROR + json.dumps([type(error).__name__, str(error)[:2000]]).encode()
    if len(answer) > (output_mb << 20) + 1:
        return _KIND_STOPPED + b'["memory", "more output than allowed"]'
    return answer


def _install_guard(allow_read: tuple[str, ...]) -> None:  # pragma: no cover - cannot be taken off again: child only
    readable = _readable(allow_read)

    def guard(event: str, args: tuple[Any, ...]) -> None:
        if refused := _refusal(event, args, readable):
            raise RefusedError(refused)

    sys.addaudithook(guard)


def _limit(memory_mb: int, cpu_s: int) -> None:  # pragma: no cover - would limit the caller: child only
    import resource  # noqa: PLC0415 - POSIX only, and only the child needs it

    # Hidden where the platform or its policy does not offer it: then the audit hook alone refuses the network.
    with contextlib.suppress(OSError, AttributeError):
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # At the soft limit comes SIGXCPU, which we can tell from others; a second later the kernel kills.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))


def main() -> None:  # pragma: no cover - runs in the child, where the parent's coverage cannot look
    """Read one request from stdin, answer on stdout. Only ``run_limited`` calls this."""
    # What the target or a library prints must not mix with the answer: from here on it goes to stderr.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    stdin = sys.stdin.buffer
    head = json.loads(stdin.read(_HEADER.unpack(stdin.read(_HEADER.size))[0]))
    payload = stdin.read()
    module_name, _, function_name = head["target"].partition(":")
    function = getattr(importlib.import_module(module_name), function_name)
    _limit(head["memory_mb"], head["cpu_s"])
    _install_guard(tuple(head["allow_read"]))
    answer = memoryview(_call(function, payload, head["options"], head["output_mb"]))
    while answer:
        answer = answer[os.write(answer_to, answer) :]
    # No clean-up: whatever the target left behind (threads, exit hooks, a heap to free) ends here.
    os._exit(0)


if __name__ == "__main__":  # pragma: no cover - the child's entry
    main()
