"""Eighty tokens that open nothing: each is a good one with one thing wrong, most of them signed with the right key."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any, Final

from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services.token_pairs import issue_pair
from portal.kernel.api.tokens import ALGORITHM, _backend

type Maker = Callable[["Forge"], str]


def coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def read(part: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return found


class Forge:
    """The pair of one person, and the key with which the portal signs: what no attacker has."""

    def __init__(self, person: User, other: User) -> None:
        pair = issue_pair(person)
        self.access, self.refresh, self.person, self.other = pair.access, pair.refresh, person, other
        self.header, self.body, self.signature = self.access.split(".")
        self.claims = read(self.body)
        key: Any = _backend("practicum-api").signing_key
        self.key = key.encode()

    def signed(self, header: str, body: str, digest: str = "sha256", key: bytes | None = None) -> str:
        found = hmac.new(self.key if key is None else key, f"{header}.{body}".encode(), digest).digest()
        return f"{header}.{body}.{coded(found)}"

    def with_header(self, **header: Any) -> str:
        """Sign the good claims under another header."""
        return self.signed(coded(json.dumps({"alg": ALGORITHM, "typ": "JWT", **header}).encode()), self.body)

    def with_claims(self, **claims: Any) -> str:
        """Sign other claims under the good header; None leaves one out."""
        found = {name: value for name, value in {**self.claims, **claims}.items() if value is not None}
        return self.with_body(json.dumps(found))

    def with_body(self, body: str) -> str:
        return self.signed(self.header, coded(body.encode()))

    def unsigned(self, algorithm: Any, signature: str = "") -> str:
        return f"{coded(json.dumps({'alg': algorithm, 'typ': 'JWT'}).encode())}.{self.body}.{signature}"


def _now() -> int:
    return int(timezone.now().timestamp())


RSA_LIKE: Final = b"-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAK\n-----END PUBLIC KEY-----\n"


def _unsigned(algorithm: Any) -> Maker:
    return lambda f: f.unsigned(algorithm)


def _swapped(algorithm: str) -> Maker:
    return lambda f: f.unsigned(algorithm, f.signature)


HEADERS: Final[dict[str, Maker]] = {
    **{f"alg {name}": _unsigned(name) for name in ("none", "None", "nOnE", "NONE", "", None)},
    **{f"alg {name}": _swapped(name) for name in ("HS384", "RS256", "ES256")},
    "alg none with our signature": lambda f: f.unsigned("none", f.signature),
    "alg list": lambda f: f.unsigned(["HS256"], f.signature),
    "alg object": lambda f: f.unsigned({"a": 1}, f.signature),
    "alg HS384 signed so": lambda f: f.signed(coded(b'{"alg":"HS384","typ":"JWT"}'), f.body, "sha384"),
    "alg HS512 signed so": lambda f: f.signed(coded(b'{"alg":"HS512","typ":"JWT"}'), f.body, "sha512"),
    "header in another order": lambda f: f.signed(coded(b'{"typ":"JWT","alg":"HS256"}'), f.body),
    "header twice": lambda f: f.signed(coded(b'{"alg":"none","alg":"HS256","typ":"JWT"}'), f.body),
    "header no object": lambda f: f.signed(coded(b"[]"), f.body),
    "header no JSON": lambda f: f.signed(coded(b"\xff\xfe{"), f.body),
    "header empty": lambda f: f.signed("", f.body),
    "kid path": lambda f: f.with_header(kid="../../../../dev/null"),
    "kid sql": lambda f: f.with_header(kid="x' UNION SELECT 'key' --"),
    "kid nul": lambda f: f.with_header(kid="key\0"),
    "kid list": lambda f: f.with_header(kid=["a"]),
    "jwk": lambda f: f.with_header(jwk={"kty": "oct", "k": coded(b"mine")}),
    "jku": lambda f: f.with_header(jku="https://keys.example/jwks.json"),
    "x5u": lambda f: f.with_header(x5u="https://keys.example/cert.pem"),
    "x5c": lambda f: f.with_header(x5c=["MIIB"]),
    "crit": lambda f: f.with_header(crit=["exp"]),
    "b64 false": lambda f: f.with_header(b64=False, crit=["b64"]),
    "zip": lambda f: f.with_header(zip="DEF"),
    "typ at+jwt": lambda f: f.with_header(typ="at+jwt"),
    "typ JWE": lambda f: f.with_header(typ="JWE"),
    "cty JWT": lambda f: f.with_header(cty="JWT"),
}
SIGNATURES: Final[dict[str, Maker]] = {
    "no signature": lambda f: f"{f.header}.{f.body}.",
    "two parts": lambda f: f"{f.header}.{f.body}",
    "four parts": lambda f: f"{f.access}.{f.signature}",
    "five parts, as a JWE": lambda f: ".".join([coded(b'{"alg":"dir","enc":"A128GCM"}'), "", f.body, "aa", "aa"]),
    "another key": lambda f: f.signed(f.header, f.body, key=b"secret"),
    "empty key": lambda f: f.signed(f.header, f.body, key=b""),
    "public key as secret": lambda f: f.signed(f.header, f.body, key=RSA_LIKE),
    "signature cut": lambda f: f.access[:-4],
    "signature turned": lambda f: f"{f.header}.{f.body}.{f.signature[::-1]}",
    "signature of a refresh token": lambda f: f"{f.header}.{f.body}.{f.refresh.rpartition('.')[2]}",
    "body of another": lambda f: f"{f.header}.{issue_pair(f.other).access.split('.')[1]}.{f.signature}",
    "plain hash": lambda f: f"{f.header}.{f.body}.{coded(hashlib.sha256(f.key).digest())}",
    "no base64": lambda f: f"{f.header}.{f.body}.!!!!",
    "an empty body": lambda f: f"{f.header}..{f.signature}",
    "a megabyte": lambda f: f"{f.header}.{'A' * 1_048_576}.{f.signature}",
    "nested": lambda f: f.with_body(f.access),
}
TIMES: Final[dict[str, Maker]] = {
    "over": lambda f: f.with_claims(exp=_now() - 1, iat=_now() - 600),
    "no exp": lambda f: f.with_claims(exp=None),
    "exp text": lambda f: f.with_claims(exp=str(_now() + 300)),
    "exp float": lambda f: f.with_claims(exp=_now() + 300.5),
    "exp 10^12": lambda f: f.with_claims(exp=10**12),
    "exp 10^400": lambda f: f.with_claims(exp=10**400),
    "exp true": lambda f: f.with_claims(exp=True),
    "exp list": lambda f: f.with_claims(exp=[_now() + 300]),
    "exp far": lambda f: f.with_claims(exp=_now() + 86_400),
    "exp below zero": lambda f: f.with_claims(exp=-1),
    "nbf ahead": lambda f: f.with_claims(nbf=_now() + 300),
    "iat ahead": lambda f: f.with_claims(iat=_now() + 300, exp=_now() + 600),
    "no iat": lambda f: f.with_claims(iat=None),
    "iat long ago": lambda f: f.with_claims(iat=_now() - 86_400),
}
CLAIMS: Final[dict[str, Maker]] = {
    "refresh as access": lambda f: f.refresh,
    "kind of another": lambda f: f.with_claims(token_type="sliding"),
    "no kind": lambda f: f.with_claims(token_type=None),
    "wrong audience": lambda f: f.with_claims(aud="practicum-other"),
    "audience list": lambda f: f.with_claims(aud=["practicum-api", "x"]),
    "no audience": lambda f: f.with_claims(aud=None),
    "wrong issuer": lambda f: f.with_claims(iss="https://login.example"),
    "no issuer": lambda f: f.with_claims(iss=None),
    "user list": lambda f: f.with_claims(user_id=[f.person.pk]),
    "no user": lambda f: f.with_claims(user_id=None),
    "user text": lambda f: f.with_claims(user_id=str(f.person.pk)),
    "user true": lambda f: f.with_claims(user_id=True),
    "user of another family": lambda f: f.with_claims(user_id=f.other.pk),
    "user that is not there": lambda f: f.with_claims(user_id=10**9),
    "user 2^63": lambda f: f.with_claims(user_id=2**63),
    "family that is not there": lambda f: f.with_claims(family=10**9),
    "family below zero": lambda f: f.with_claims(family=-1),
    "other session version": lambda f: f.with_claims(session=7),
    "other rights": lambda f: f.with_claims(rights=7),
    "claim twice": lambda f: f.with_body(json.dumps(f.claims)[:-1] + f', "user_id": {f.person.pk}}}'),
    "claims no object": lambda f: f.with_body(json.dumps([f.claims])),
    "claims null": lambda f: f.with_body("null"),
    "claims deep": lambda f: f.with_body('{"a":' * 500 + "1" + "}" * 500),
    "id no text": lambda f: f.with_claims(jti=5),
}
HOSTILE: Final = {**HEADERS, **SIGNATURES, **TIMES, **CLAIMS}
