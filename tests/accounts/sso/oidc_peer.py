"""An OpenID provider under the tests' hand: a server of this machine that says whatever a test wants it to say."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.test import Client

CLIENT_ID = "practicum"
SECRET = "a secret that no page shows"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE_KEY = ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: Any, kid: str, algorithm: str = "RS256") -> dict[str, Any]:
    """Return the public half as a JSON Web Key."""
    implementation: Any = jwt.get_algorithm_by_name(algorithm)
    return {**json.loads(implementation.to_jwk(key.public_key())), "kid": kid, "use": "sig", "alg": algorithm}


class Peer:
    """The provider. ``token`` is its next token answer, ``answers`` overrides a path by (status, body)."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.reset()

    def reset(self) -> None:
        """Be a well-behaved provider again."""
        self.keys = [public_jwk(KEY, "one")]
        self.id_token = ""
        self.userinfo: Any = {"sub": "anna"}
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.more_configuration: dict[str, Any] = {}
        self.asked: list[str] = []
        self.posted: dict[str, list[str]] = {}
        self.authorized = ""

    def answer(self, path: str) -> tuple[int, bytes]:
        """Return status and body for a path."""
        self.asked.append(path)
        if path in self.answers:
            return self.answers[path]
        pages = {
            "/.well-known/openid-configuration": {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
                "end_session_endpoint": f"{self.issuer}/end",
                **self.more_configuration,
            },
            "/keys": {"keys": self.keys},
            "/token": {"access_token": "opaque", "token_type": "Bearer", "id_token": self.id_token},
            "/me": self.userinfo,
        }
        found = pages.get(path)
        return (404, b"") if found is None else (200, json.dumps(found).encode())


@contextmanager
def running_peer() -> Iterator[Peer]:
    """Run the provider on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    peer = Peer(server.server_address[1])

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            if length:
                peer.posted = parse_qs(self.rfile.read(length).decode())
            peer.authorized = self.headers.get("Authorization", "")
            status, body = peer.answer(urlsplit(self.path).path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name that the server calls

        def log_message(self, *_what: Any) -> None:
            """Say nothing."""

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield peer
    server.shutdown()
    server.server_close()
    thread.join()


def begin(client: Client, slug: str, **query: str) -> dict[str, str]:
    """Press the button; return what the browser is sent to the provider with, flat."""
    response = client.post(f"/accounts/oidc/{slug}/login/", query_params=query)
    assert response.status_code == 302, response.content.decode()
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def claims_for(peer: Peer, sent: dict[str, str], **changes: Any) -> dict[str, Any]:
    """Return the claims of a good ID token for this attempt; ``None`` takes one away."""
    now = int(time.time())
    claims = {
        "iss": peer.issuer,
        "sub": "anna",
        "aud": CLIENT_ID,
        "iat": now,
        "exp": now + 300,
        "nonce": sent["nonce"],
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims: Any, *, key: Any = KEY, algorithm: str = "RS256", **header: Any) -> str:
    """Return the claims as a token signed by the provider, or as the test wants it."""
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "one", **header})


def come_back(client: Client, slug: str, sent: dict[str, str], **query: str) -> Any:
    """Come back from the provider with a code."""
    answer = {"code": "good", "state": sent["state"], **query}
    return client.get(f"/accounts/oidc/{slug}/login/callback/", answer)
