"""Single logout of SAML: begun here, begun at the provider, and every message that is none."""

import base64
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate
from django.test import Client
from lxml import etree

from apps.accounts.models import SignOnEvent, SignOnSession
from apps.accounts.sso.saml.keys import make_own_keys
from portal.kernel.access import SYSTEM
from tests.accounts.sso.saml_peer import (
    ENTITY,
    EXPIRED,
    ISSUER,
    OTHER,
    PAIR,
    A,
    P,
    Plan,
    build,
    encoded,
    instant,
    make_pair,
    planned,
    post,
)
from tests.accounts.sso.test_oidc import imported_student, who

SLS = "http://testserver/accounts/saml/campus/sls/"
SLO = "https://idp.uni.example/slo"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"


@dataclass(frozen=True)
class Word:
    """A message of logout, and how it goes out. ``inside`` follows the issuer; ``change`` gets the signed query."""

    root: str = "LogoutRequest"
    identifier: str = "_leave"
    issuer: str = ISSUER
    destination: str = SLS
    issued: float = 0
    ends: float | None = 300
    inside: str = "<saml:NameID>anna-persistent</saml:NameID>"
    more: str = ""
    kind: str = "SAMLRequest"
    relay_state: str | None = None
    algorithm: str = f"{MORE}rsa-sha256"
    key: bytes = PAIR.key
    raw: bytes | None = None
    change: Callable[[str], str] = lambda query: query

    def text(self) -> str:
        ends = "" if self.ends is None else f' NotOnOrAfter="{instant(self.ends)}"'
        return (
            f'<samlp:{self.root} xmlns:samlp="{P}" xmlns:saml="{A}" ID="{self.identifier}" Version="2.0" '
            f'IssueInstant="{instant(self.issued)}" Destination="{self.destination}"{ends}{self.more}>'
            f"<saml:Issuer>{self.issuer}</saml:Issuer>{self.inside}</samlp:{self.root}>"
        )

    def query(self) -> str:
        packing = zlib.compressobj(9, zlib.DEFLATED, -15)
        raw = packing.compress(self.text().encode()) + packing.flush() if self.raw is None else self.raw
        parts = [f"{self.kind}={_quoted(raw)}"]
        if self.relay_state is not None:
            parts.append(f"RelayState={quote(self.relay_state, safe='')}")
        parts.append(f"SigAlg={quote(self.algorithm, safe='')}")
        signed = "&".join(parts)
        return self.change(f"{signed}&Signature={_quoted(_signature(self.key, signed.encode(), self.algorithm))}")


def _quoted(raw: bytes) -> str:
    return quote(base64.b64encode(raw).decode(), safe="")


def _signature(key: bytes, signed: bytes, algorithm: str) -> bytes:
    found: Any = load_pem_private_key(key, None)
    digest = hashes.SHA1() if algorithm.endswith("sha1") else getattr(hashes, f"SHA{algorithm[-3:]}")()  # noqa: S303 - what must be refused
    if isinstance(found, ec.EllipticCurvePrivateKey):
        return b"".join(part.to_bytes(32) for part in decode_dss_signature(found.sign(signed, ec.ECDSA(digest))))
    return bytes(found.sign(signed, padding.PKCS1v15(), digest))


def said(client: Client, word: Word) -> Any:
    return client.get(f"{urlsplit(SLS).path}?{word.query()}")


def opened(address: str, kind: str) -> Any:
    """Check our signature over an address and return the message in it."""
    sent = dict(part.split("=", 1) for part in urlsplit(address).query.split("&"))
    given = {name: unquote(value) for name, value in sent.items()}
    signed = "&".join(f"{name}={sent[name]}" for name in (kind, "RelayState", "SigAlg")).encode()
    certificate = load_pem_x509_certificate(OWN["certificate"].encode())
    signature = base64.b64decode(given["Signature"])
    certificate.public_key().verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())  # type: ignore[call-arg, arg-type] # it is RSA
    return etree.fromstring(zlib.decompress(base64.b64decode(given[kind]), -15))


OWN: dict[str, str] = {}


@pytest.fixture
def leaving(campus):
    """The provider with an address for single logout, and keys of ours."""
    campus.slo_url = SLO
    campus.save()
    make_own_keys(campus, actor=SYSTEM)
    OWN["certificate"] = campus.own_certificate
    return campus


def with_index(index: str) -> Callable[[Any], Any]:
    def change(root: Any) -> Any:
        root.find(f".//{{{A}}}AuthnStatement").set("SessionIndex", index)
        return root

    return change


def signs_in(client: Client, index: str = "one") -> None:
    plan = planned(client, Plan(before=with_index(index), assertion_id=f"_of_{index}"))
    post(client, encoded(build(plan)))


# -- begun at the provider ----------------------------------------------------------------------------------------


def test_the_provider_ends_every_session_of_the_person_and_gets_a_signed_answer(client, leaving):
    imported_student()
    second = Client()
    signs_in(client)
    signs_in(second, "two")
    # The browser that brings the word need not be one that is signed in.
    response = said(Client(), Word(relay_state="back to & the start"))
    assert [who(each) for each in (client, second)] == [None, None]
    assert (SignOnSession.objects.count(), SignOnEvent.objects.latest("id").code) == (0, "frontchannel")
    assert response.url.startswith(f"{SLO}?SAMLResponse=")
    answer = opened(response.url, "SAMLResponse")
    assert parse_qs(urlsplit(response.url).query)["RelayState"] == ["back to & the start"]
    assert {name: answer.get(name) for name in ("InResponseTo", "Destination")} == {
        "InResponseTo": "_leave",
        "Destination": SLO,
    }
    assert answer.find(f"{{{A}}}Issuer").text == ENTITY
    assert answer.find(f"{{{P}}}Status/{{{P}}}StatusCode").get("Value").endswith(":Success")


def test_the_provider_ends_the_session_that_it_numbers(client, leaving):
    student = imported_student()
    second = Client()
    signs_in(client)
    signs_in(second, "two")
    index = "<samlp:SessionIndex>one</samlp:SessionIndex><samlp:SessionIndex>three</samlp:SessionIndex>"
    assert said(client, Word(inside=Word().inside + index)).status_code == 302
    assert (who(client), who(second)) == (None, student)


def test_a_name_that_nobody_has_ends_nothing(client, leaving):
    student = imported_student()
    signs_in(client)
    assert said(client, Word(inside="<saml:NameID>eve</saml:NameID>")).status_code == 302
    assert who(client) == student


@pytest.mark.parametrize("algorithm", ["rsa-sha384", "rsa-sha512"])
def test_the_longer_digests_are_taken_too(client, leaving, algorithm):
    imported_student()
    signs_in(client)
    assert said(client, Word(algorithm=MORE + algorithm)).status_code == 302
    assert who(client) is None


@pytest.mark.parametrize("lacks", ["slo_url", "private_key"])
def test_without_an_address_or_a_key_the_session_ends_and_nothing_goes_out(client, leaving, lacks):
    setattr(leaving, lacks, "")
    leaving.save()
    imported_student()
    signs_in(client)
    assert said(client, Word()).url == "/accounts/login/"
    assert who(client) is None


def _bomb() -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packing.compress(b"<a>" + b" " * 8_000_000) + packing.flush()


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "another key": ({"key": OTHER.key}, "signature"),
    "no signature": ({"change": lambda query: query.partition("&Signature=")[0]}, "signature"),
    "no algorithm": ({"change": lambda query: query.partition("&SigAlg=")[0]}, "message_unsigned"),
    "an empty signature": ({"change": lambda query: query.partition("&Signature=")[0] + "&Signature="}, "signature"),
    "a signature of nonsense": ({"change": lambda query: query.partition("&Sign")[0] + "&Signature=%21"}, "signature"),
    "SHA-1": ({"algorithm": "http://www.w3.org/2000/09/xmldsig#rsa-sha1"}, "algorithm"),
    "another algorithm than signed": ({"change": lambda query: query.replace("sha256", "sha512")}, "signature"),
    "a curve for an RSA key": ({"change": lambda query: query.replace("rsa-sha256", "ecdsa-sha256")}, "signature"),
    "RelayState altered": ({"relay_state": "a", "change": lambda q: q.replace("=a&", "=b&")}, "signature"),
    "RelayState added": ({"change": lambda query: query + "&RelayState=x"}, "signature"),
    "RelayState of a page": ({"relay_state": "x" * 81}, "relay_state"),
    "the message twice": ({"change": lambda query: f"{query}&SAMLRequest=x"}, "form"),
    "a request and an answer": ({"change": lambda query: f"{query}&SAMLResponse=x"}, "form"),
    "neither": ({"kind": "Other"}, "form"),
    "too long": ({"change": lambda query: query + "&x=" + "y" * 300_000}, "form"),
    "another issuer": ({"issuer": "https://evil.example"}, "issuer"),
    "another destination": ({"destination": "https://evil.example/sls/"}, "destination"),
    "no destination": ({"destination": ""}, "destination"),
    "an hour old": ({"issued": -3600}, "issue_instant"),
    "of tomorrow": ({"issued": 3600}, "issue_instant"),
    "expired": ({"ends": -120}, "expired"),
    "no ID": ({"identifier": ""}, "double_id"),
    "another root": ({"root": "AuthnRequest"}, "root"),
    "an answer as a request": ({"root": "LogoutResponse"}, "root"),
    "nobody": ({"inside": ""}, "subject_missing"),
    "two names": ({"inside": Word().inside * 2}, "subject_missing"),
    "an encrypted name": ({"inside": "<saml:EncryptedID/>"}, "subject_missing"),
    "a name beside an encrypted one": ({"inside": Word().inside + "<saml:EncryptedID/>"}, "subject_missing"),
    "an empty name": ({"inside": "<saml:NameID> </saml:NameID>"}, "subject_missing"),
    "a comment that cuts the name": ({"inside": "<saml:NameID>anna<!-- x -->-persistent</saml:NameID>"}, "comment"),
    "no XML": ({"raw": zlib.compress(b"nonsense")[2:-4]}, "xml"),
    "not deflated": ({"raw": b"<samlp:LogoutRequest/>"}, "xml"),
    "cut off": ({"raw": _bomb()[:100]}, "length"),
    "a bomb": ({"raw": _bomb()}, "length"),
    "a document type": (
        {"raw": zlib.compress(b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>')[2:-4]},
        "doctype",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_word_that_is_none_ends_nothing(client, leaving, name):
    student = imported_student()
    signs_in(client)
    changes, code = BAD[name]
    response = said(client, replace(Word(), **changes))
    assert (response.status_code, who(client)) == (403, student)
    event = SignOnEvent.objects.latest("id")
    assert (event.outcome, event.code, event.detail) == ("refused", code, "logout")
    assert "so it ended nothing" in response.content.decode()


def test_a_word_is_good_once(client, leaving):
    imported_student()
    word = Word()
    address = f"{urlsplit(SLS).path}?{word.query()}"
    assert [client.get(address).status_code, client.get(address).status_code] == [302, 403]
    assert SignOnEvent.objects.latest("id").code == "replayed"


def test_a_provider_that_is_switched_off_ends_nothing(client, leaving):
    student = imported_student()
    signs_in(client)
    leaving.is_active = False
    leaving.save()
    assert (said(client, Word()).status_code, who(client)) == (404, student)


def test_no_word_comes_by_post(client, leaving):
    assert client.post(urlsplit(SLS).path, {"SAMLRequest": "x"}).status_code == 405


def test_a_certificate_that_has_expired_proves_nothing(client, leaving):
    student = imported_student()
    signs_in(client)
    leaving.certificates = EXPIRED.certificate
    leaving.save()
    assert said(client, Word(key=EXPIRED.key)).status_code == 403
    assert (SignOnEvent.objects.latest("id").code, who(client)) == ("certificate_expired", student)


# -- begun here ---------------------------------------------------------------------------------------------------


def test_who_signs_out_here_signs_out_there(client, leaving):
    imported_student()
    signs_in(client)
    assert client.post("/accounts/logout/").url == "/accounts/oidc/signed-out/"
    page = client.get("/accounts/oidc/signed-out/")
    assert page.context["address"].startswith(f"{SLO}?SAMLRequest=")
    asked = opened(page.context["address"], "SAMLRequest")
    name = asked.find(f"{{{A}}}NameID")
    assert (asked.get("Destination"), asked.find(f"{{{A}}}Issuer").text) == (SLO, ENTITY)
    assert (name.text, name.get("Format").rpartition(":")[2]) == ("anna-persistent", "persistent")
    assert asked.find(f"{{{P}}}SessionIndex").text == "one"
    assert who(client) is None
    response = said(client, answer_to(asked.get("ID")))
    assert response.url == "/accounts/login/"
    assert "You are signed out of" in client.get(response.url).content.decode()


def answer_to(identifier: str, status: str = "Success", **changes: Any) -> Word:
    value = f"urn:oasis:names:tc:SAML:2.0:status:{status}"
    return Word(
        **{
            "root": "LogoutResponse",
            "kind": "SAMLResponse",
            "ends": None,
            "more": f' InResponseTo="{identifier}"',
            "inside": f'<samlp:Status><samlp:StatusCode Value="{value}"/></samlp:Status>',
            **changes,
        }
    )


def test_a_provider_that_could_not_end_everything_is_said(client, leaving):
    imported_student()
    signs_in(client)
    client.post("/accounts/logout/")
    asked = opened(client.get("/accounts/oidc/signed-out/").context["address"], "SAMLRequest")
    response = said(client, answer_to(asked.get("ID"), "PartialLogout"))
    assert "could not end everything" in client.get(response.url).content.decode()


@pytest.mark.parametrize(
    ("changes", "code"),
    [({}, "state"), ({"key": OTHER.key}, "signature"), ({"issuer": "https://evil.example"}, "issuer")],
)
def test_an_answer_to_no_request_of_this_browser_is_refused(client, leaving, changes, code):
    assert said(client, answer_to("_never_asked", **changes)).status_code == 403
    assert SignOnEvent.objects.latest("id").code == code


def test_without_a_request_an_answer_without_one_is_refused(client, leaving):
    assert said(client, answer_to("", more="")).status_code == 403


@pytest.mark.parametrize("lacks", ["slo_url", "private_key"])
def test_where_nothing_can_be_signed_or_sent_the_sign_in_page_comes(client, leaving, lacks):
    imported_student()
    signs_in(client)
    setattr(leaving, lacks, "")
    leaving.save()
    assert client.get(client.post("/accounts/logout/").url).url == "/accounts/login/"


def test_a_key_that_cannot_be_opened_sends_nothing(client, leaving):
    imported_student()
    signs_in(client)
    leaving.private_key = "sealed with another key"
    leaving.save()
    assert client.get(client.post("/accounts/logout/").url).url == "/accounts/login/"


# -- curves -------------------------------------------------------------------------------------------------------


def test_a_provider_with_a_curve_is_understood(client, leaving):
    pair = make_pair(curve=True)
    leaving.certificates = PAIR.certificate + pair.certificate
    leaving.save()
    imported_student()
    signs_in(client)
    assert said(client, Word(key=pair.key, algorithm=f"{MORE}ecdsa-sha256")).status_code == 302
    assert who(client) is None
