"""A real HTTP server on loopback that speaks OpenAI's protocol, well or badly.

Well: it answers with what the local rules make of the request, or with ``say``. Badly: one of nine ways in which such
servers fail. What it was sent is kept in ``bodies``.
"""

import contextlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, Self

MODES: Final = ("rate_limited", "hang", "server_error", "cut", "garbage", "huge", "drip", "refused", "wrong_shape")
HUGE: Final = 50 * 1024 * 1024


def echo(request: dict[str, Any]) -> str:
    """Return the data of the request: what stands between its marks."""
    user = request.get("messages", [{"content": ""}])[-1]["content"]
    parts = [part.split("\n</data-", 1)[0] for part in user.split(">\n") if "\n</data-" in part]
    return "\n".join(parts)


class Stub:
    """``mode`` is how it answers; empty for well."""

    def __init__(self, mode: str = "", say: Callable[[dict[str, Any]], str] = echo) -> None:
        self.mode, self.say = mode, say
        self.bodies: list[str] = []
        self.stopping = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                stub.bodies.append(body)
                self.close_connection = True
                # A client that had enough is what is tried.
                with contextlib.suppress(OSError):
                    getattr(stub, f"_{stub.mode or 'well'}")(self, json.loads(body))

            def log_message(self, *_args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()

    # -- well ------------------------------------------------------------------------------------------------

    def _well(self, handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        if handler.path.endswith("/embeddings"):
            rows = [
                {"index": n, "embedding": [float(len(t)), 1.0], "object": "embedding"}
                for n, t in enumerate(request["input"])
            ]
            usage = {"prompt_tokens": 7, "total_tokens": 7}
            self._json(handler, {"object": "list", "model": "stub", "data": rows, "usage": usage})
            return
        text = self.say(request)
        if request.get("stream"):
            self._head(handler, "text/event-stream")
            self._events(handler, text, finish=True)
            return
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        usage = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}
        self._json(
            handler,
            {
                "id": "1",
                "object": "chat.completion",
                "created": 1,
                "model": "stub",
                "choices": [choice],
                "usage": usage,
            },
        )

    def _head(self, handler: BaseHTTPRequestHandler, kind: str, status: int = 200, **headers: str) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Connection", "close")
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    def _json(self, handler: BaseHTTPRequestHandler, value: Any, status: int = 200, **headers: str) -> None:
        body = json.dumps(value).encode()
        self._head(handler, "application/json", status, Content_Length=str(len(body)), **headers)
        handler.wfile.write(body)

    def _events(self, handler: BaseHTTPRequestHandler, text: str, *, finish: bool) -> None:
        for start in range(0, len(text), 40):
            self._event(handler, {"index": 0, "delta": {"content": text[start : start + 40]}, "finish_reason": None})
        if finish:
            self._event(handler, {"index": 0, "delta": {}, "finish_reason": "stop"}, usage=True)
            handler.wfile.write(b"data: [DONE]\n\n")

    def _event(self, handler: BaseHTTPRequestHandler, choice: dict[str, Any], *, usage: bool = False) -> None:
        event: dict[str, Any] = {
            "id": "1",
            "object": "chat.completion.chunk",
            "created": 1,
            "model": "stub",
            "choices": [choice],
        }
        if usage:
            event["usage"] = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16}
        handler.wfile.write(f"data: {json.dumps(event)}\n\n".encode())

    # -- badly -----------------------------------------------------------------------------------------------

    def _rate_limited(self, handler: BaseHTTPRequestHandler, _request: dict[str, Any]) -> None:
        self._json(handler, {"error": {"message": "slow down"}}, 429, Retry_After="1")

    def _hang(self, _handler: BaseHTTPRequestHandler, _request: dict[str, Any]) -> None:
        self.stopping.wait(20)

    def _server_error(self, handler: BaseHTTPRequestHandler, _request: dict[str, Any]) -> None:
        self._json(handler, {"error": {"message": "boom"}}, 500)

    def _cut(self, handler: BaseHTTPRequestHandler, request: dict[str, Any]) -> None:
        self._head(handler, "text/event-stream")
        self._events(handler, self.say(request), finish=False)

    def _garbage(self, handler: BaseHTTPRequestHandler, _request: dict[str, Any]) -> None:
        self._head(handler, "text/event-stream")
        handler.wfile.write(b"data: {\x00\xff not json\n\n")

    def _huge(self, handler: BaseHTTPRequestHandler, _request: dict[str, Any]) -> None:
        self._head(handler, "text/event-stream", Content_Length=str(HUGE))
        for _piece in range(HUGE // 65536):
            handler.wfile.write(b"x" * 65536)

    def _drip(self, handler: BaseHTTPRequestHandler, _request: dict[str, Any]) -> None:
        self._head(handler, "text/event-stream")
        while not self.stopping.is_set():
            handler.wfile.write(b"d")
            time.sleep(0.02)

    def _refused(self, handler: BaseHTTPRequestHandler, _request: dict[str, Any]) -> None:
        self._json(handler, {"error": {"message": "no such key"}}, 401)

    def _wrong_shape(self, handler: BaseHTTPRequestHandler, _request: dict[str, Any]) -> None:
        self._json(handler, {"choices": "none", "data": 7})
