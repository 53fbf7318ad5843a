"""What test_sandbox.py calls in the child: one function for each thing that hostile input might bring about."""

import ctypes
import io
import os
import pickle
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, NoReturn

type Options = dict[str, Any]


def reverse(payload: bytes, _options: Options) -> bytes:
    return payload[::-1]


def describe(payload: bytes, options: Options) -> dict[str, Any]:
    return {"size": len(payload), "options": options, "arabic": "مرحبا"}


def environment(_payload: bytes, _options: Options) -> dict[str, Any]:
    descriptors = []
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        descriptors.append(number)
    return {"environment": dict(os.environ), "arguments": sys.argv[1:], "open": descriptors}


def limits(_payload: bytes, _options: Options) -> dict[str, list[int]]:
    kinds = {"memory": resource.RLIMIT_AS, "cpu": resource.RLIMIT_CPU, "file": resource.RLIMIT_FSIZE}
    return {name: list(resource.getrlimit(kind)) for name, kind in kinds.items()}


def fill_memory(_payload: bytes, _options: Options) -> int:
    hoard = []
    while True:
        hoard.append(bytes(1 << 20))


def fill_with_small_things(_payload: bytes, _options: Options) -> int:
    hoard: list[object] = []
    while True:
        hoard.append([len(hoard)])


def spin(_payload: bytes, _options: Options) -> NoReturn:
    while True:
        pass


def spin_on_after_the_signal(_payload: bytes, _options: Options) -> NoReturn:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True:
        pass


def sleep(_payload: bytes, options: Options) -> str:
    time.sleep(options["seconds"])
    return "awake"


def segfault(_payload: bytes, _options: Options) -> int:
    return ctypes.string_at(0)[0]


def leave(_payload: bytes, options: Options) -> NoReturn:
    sys.stderr.write("the last words")
    sys.stderr.flush()
    os._exit(options["code"])


def close_and_sleep(_payload: bytes, _options: Options) -> None:
    for number in range(16):
        try:
            os.close(number)
        except OSError:
            continue
    time.sleep(300)


def raise_value_error(_payload: bytes, options: Options) -> NoReturn:
    raise ValueError("n" * options["length"])


def recurse(payload: bytes, options: Options) -> object:
    return recurse(payload, options)


def give_object(_payload: bytes, _options: Options) -> object:
    return object()


def output(_payload: bytes, options: Options) -> bytes:
    return bytes(options["size"])


def pour_into_answer(_payload: bytes, _options: Options) -> NoReturn:
    """As native code that was taken over might: every descriptor gets rubbish without end."""
    rubbish = bytes(1 << 16)
    while True:
        for number in range(3, 8):
            try:
                os.write(number, rubbish)
            except OSError:
                continue


def garble(_payload: bytes, options: Options) -> NoReturn:
    """Write an answer of our own on the descriptor that carries it, the first above stderr."""
    os.write(3, options["answer"].encode())
    os._exit(0)


def chatter(_payload: bytes, _options: Options) -> str:
    for _ in range(2000):
        sys.stdout.write("out " * 250 + "\n")
        sys.stderr.write("err " * 250 + "\n")
    sys.stdout.flush()
    os.write(1, b"from below\n")
    return "quiet"


class _Unpickled:
    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.getenv, ("PATH",)


def attempt(_payload: bytes, options: Options) -> object:
    """Do one forbidden thing: ``what`` names it, ``path`` is the file concerned."""
    path = options.get("path", "")
    things: dict[str, Any] = {
        "connect": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
        "resolve": lambda: socket.getaddrinfo("practicum.example", 80),
        "fetch": lambda: urllib.request.urlopen("http://127.0.0.1:9/", timeout=1),
        "run": lambda: subprocess.run(["/bin/true"], check=True),
        "system": lambda: os.system("true"),
        "fork": os.fork,
        "kill": lambda: os.kill(os.getppid(), 0),
        "killpg": lambda: os.killpg(os.getppid(), 0),
        "unlimit": lambda: resource.setrlimit(resource.RLIMIT_AS, (-1, -1)),
        "unpickle": lambda: pickle.loads(pickle.dumps(_Unpickled())),
        "database": lambda: sqlite3.connect(path),
        "write": lambda: Path(path).write_text("x"),
        "append": lambda: open(path, "ab"),
        "create": lambda: os.open(path, os.O_CREAT),
        "remove": lambda: os.remove(path),
        "rename": lambda: os.rename(path, path + "2"),
        "mkdir": lambda: os.mkdir(path),
        "symlink": lambda: os.symlink("/etc/passwd", path),
        "truncate": lambda: os.truncate(path, 0),
        "read": lambda: Path(path).read_text(),
        "read_bytes_name": lambda: open(os.fsencode(path)).read(),
        "read_low": lambda: os.open(path, os.O_RDONLY),
        "read_path_object": lambda: io.FileIO(Path(path)).read(),
    }
    return str(things[options["what"]]())


def swallow(_payload: bytes, options: Options) -> str:
    """As careless parsers do: whatever happens, go on."""
    try:
        attempt(b"", options)
    except Exception as error:
        return f"swallowed {type(error).__name__}"
    return "done"


def write_below_the_hook(_payload: bytes, options: Options) -> str:
    """Native code is not seen by the audit hook: the limit on file size must hold it."""
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.open(options["path"].encode(), os.O_WRONLY | os.O_CREAT, 0o600)
    written = libc.write(number, b"x" * 100, 100)
    return f"wrote {written}"


def interfaces(_payload: bytes, _options: Options) -> list[str]:
    return [name for _, name in socket.if_nameindex()]


def leave_a_grandchild(_payload: bytes, _options: Options) -> NoReturn:
    """Start a process below the hook which holds our answer open for minutes."""
    if ctypes.CDLL(None).fork() == 0:
        time.sleep(300)
    os._exit(0)
