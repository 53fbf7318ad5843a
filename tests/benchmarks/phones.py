"""``python -m tests.benchmarks.phones``: reads a plan from stdin, asks everything at the same moment, prints what came.

The plan is ``{"host", "port", "requests": [{"method", "path", "cookie", "fields", "file"}]}``; each request is one
client with a connection of its own, as a phone behind a proxy has one. Everything is written out before the clock
starts. Printed are the ``seconds`` until the last answer, the number of answers by ``statuses``, and the ``slowest``.
"""

import asyncio
import json
import sys
import time
from base64 import b64decode
from collections import Counter
from typing import Any, Final

BOUNDARY: Final = "a-boundary-that-no-picture-holds"


def written_out(host: str, request: dict[str, Any]) -> bytes:
    """Return the bytes of a request."""
    body = _body(request) if request["method"] == "POST" else b""
    lines = [f"{request['method']} {request['path']} HTTP/1.1", f"Host: {host}", f"Cookie: {request['cookie']}"]
    if body:
        lines += [f"Content-Type: multipart/form-data; boundary={BOUNDARY}", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def _body(request: dict[str, Any]) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in request["fields"].items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="shaft.jpg"\r\n'
    parts += [head.encode(), b"Content-Type: image/jpeg\r\n\r\n", b64decode(request["file"]), b"\r\n"]
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


async def ask(host: str, port: int, request: bytes) -> tuple[str, float]:
    """Return the status of the answer and the seconds until its end."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(request)
    answer = await reader.read()
    writer.close()
    status = answer.split(b" ", 2)[1].decode() if answer.startswith(b"HTTP/1.1 ") else "none"
    return status, time.perf_counter() - began


async def ask_all(plan: dict[str, Any]) -> dict[str, Any]:
    """Ask everything at once."""
    host, port = plan["host"], plan["port"]
    requests = [written_out(host, request) for request in plan["requests"]]
    began = time.perf_counter()
    answers = await asyncio.gather(*(ask(host, port, request) for request in requests))
    return {
        "seconds": time.perf_counter() - began,
        "statuses": Counter(status for status, _seconds in answers),
        "slowest": max(seconds for _status, seconds in answers),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(ask_all(json.load(sys.stdin)))))
