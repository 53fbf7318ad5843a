"""Addresses that were typed in: none leads into the network behind the portal."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest
import requests

from portal.kernel.fetching import MAX_BYTES, FetchRefused, GuardedSession, why_not


@pytest.fixture(scope="module")
def canary():
    """A server inside the network that counts who comes."""
    hits = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            hits.append(self.path)
            if self.path == "/away":
                self.send_response(302)
                self.send_header("Location", "/inside")
                self.end_headers()
                return
            body = b"x" * (MAX_BYTES + 1 if self.path == "/long" else 10)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_what):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(hits=hits, address=f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()
    thread.join()


def get(url):
    with GuardedSession() as session:
        return session.get(url)


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("https://idp.example/x", ""),
        ("https://idp.example:8443/x", ""),
        ("http://idp.example/", "not_https"),
        ("ftp://idp.example/", "unreadable"),
        ("file:///etc/passwd", "unreadable"),
        ("https://", "unreadable"),
        ("https://[/", "unreadable"),
        ("https://idp.example:99999/", "unreadable"),
        ("https://idp.example/a b", "unreadable"),
        ("https://idp.example/\n", "unreadable"),
        ("", "unreadable"),
        ("https://user@idp.example/", "credentials"),
        ("https://user:pw@idp.example/", "credentials"),
        ("https://10.0.0.1/", "private"),
        ("https://172.16.0.1/", "private"),
        ("https://192.168.1.1/", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("https://100.64.0.1/", "private"),
        ("https://0.0.0.0/", "private"),
        ("https://127.0.0.1/", "private"),
        ("https://localhost/", "private"),
        ("http://127.0.0.1/", "not_https"),
        ("https://[::1]/", "private"),
        ("https://[fe80::1]/", "private"),
        ("https://[::ffff:10.0.0.1]/", "private"),
        ("https://8.8.8.8/", ""),
    ],
)
def test_what_is_wrong_with_an_address_is_said(settings, url, wrong):
    settings.IDENTITY_LOOPBACK = False
    assert why_not(url) == wrong


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1/", "http://localhost/"])
def test_while_it_is_developed_loopback_is_good(settings, url):
    settings.IDENTITY_LOOPBACK = True
    assert why_not(url) == ""


def test_a_host_inside_the_network_is_good_where_the_installation_names_it(settings):
    settings.IDENTITY_PRIVATE_HOSTS = ["10.0.0.1"]
    assert [why_not("https://10.0.0.1/"), why_not("https://10.0.0.2/")] == ["", "private"]


def test_a_name_that_leads_inside_is_hung_up_on(settings, canary, monkeypatch):
    """The name passes every test of names; where it leads is seen at the connection."""
    settings.IDENTITY_LOOPBACK = False
    monkeypatch.setattr("portal.kernel.fetching.why_not", lambda _url: "")
    before = list(canary.hits)
    for address in (canary.address, canary.address.replace("http", "https")):
        with pytest.raises(requests.ConnectionError):
            get(address + "/secret")
    assert canary.hits == before


def test_a_refused_address_is_not_asked(settings, canary):
    settings.IDENTITY_LOOPBACK = False
    before = list(canary.hits)
    with pytest.raises(FetchRefused, match="not_https"):
        get(canary.address + "/secret")
    assert canary.hits == before


def test_an_answer_is_read_and_a_redirect_is_not_followed(settings, canary):
    settings.IDENTITY_LOOPBACK = True
    assert get(canary.address + "/short").text == "x" * 10
    assert get(canary.address + "/away").status_code == 302
    assert "/inside" not in canary.hits


def test_an_answer_without_end_is_none(settings, canary):
    settings.IDENTITY_LOOPBACK = True
    with pytest.raises(FetchRefused, match="too_long"):
        get(canary.address + "/long")
