"""Open Badges 3.0 as plain data: what a credential says, its issuer, and the list of those that were revoked.

Shapes follow Open Badges 3.0 (1EdTech), Verifiable Credentials 2.0 and Bitstring Status List 1.0 (W3C). Signed they are
JSON Web Tokens whose payload is the credential itself (section 8.2 of Open Badges).
"""

import base64
import datetime as dt
import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

# Never fetched here: names of vocabularies, which verifiers bring along.
VC: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
DID: Final = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1")
# The least that the W3C allows, so that one bit hides among many.
BITS: Final = 131_072
LIST_HOLDS: Final = dt.timedelta(days=7)


@dataclass(frozen=True)
class Issuer:
    """The university as others know it."""

    site_url: str
    name: str

    @property
    def did(self) -> str:
        """Its decentralised identifier; whoever owns the host's name and certificate owns it."""
        return f"did:web:{quote(urlsplit(self.site_url).netloc, safe='.-')}"

    def status_url(self, number: int = 0) -> str:
        """Where a list of revoked credentials is; the first one has no number in its address."""
        return f"{self.site_url}/credentials/status/" + (f"{number}/" if number else "")


@dataclass(frozen=True)
class Training:
    """What a credential says of a completed placement; days are local."""

    student: str
    programme: str
    company: str
    start: dt.date
    end: dt.date
    title: str
    sentence: str
    criteria: str
    skills: Sequence[str] = ()


def did_document(issuer: Issuer, keys: Mapping[str, str]) -> dict[str, Any]:
    """Return the document that says which keys speak for the issuer: name to base64url, the newest first."""
    methods = [
        {
            "id": f"{issuer.did}#{name}",
            "type": "JsonWebKey2020",
            "controller": issuer.did,
            "publicKeyJwk": {"kty": "OKP", "crv": "Ed25519", "x": public, "kid": name},
        }
        for name, public in keys.items()
    ]
    return {
        "@context": list(DID),
        "id": issuer.did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def credential_of(issuer: Issuer, training: Training, key: str, index: int, at: dt.datetime) -> dict[str, Any]:
    """Return the payload of a credential: ``key`` is its uuid, ``index`` its bit over all status lists."""
    subject = f"urn:uuid:{key}"
    number, bit = divmod(index, BITS)
    url = issuer.status_url(number)
    achievement: dict[str, Any] = {
        "id": f"{subject}#training",
        "type": ["Achievement"],
        "achievementType": "Fieldwork",
        "name": training.title,
        "description": training.sentence,
        "criteria": {"narrative": training.criteria},
    }
    if training.skills:
        achievement["tag"] = list(training.skills)
    return {
        "@context": [VC, OPEN_BADGES],
        "id": f"{issuer.site_url}/credentials/{key}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": training.title,
        "issuer": {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.site_url},
        "validFrom": _iso(at),
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "activityStartDate": f"{training.start.isoformat()}T00:00:00Z",
            "activityEndDate": f"{training.end.isoformat()}T00:00:00Z",
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": training.student,
                    "identityType": "name",
                }
            ],
            "achievement": achievement,
        },
        "credentialStatus": {
            "id": f"{url}#{bit}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(bit),
            "statusListCredential": url,
        },
        **_claims(issuer, f"{issuer.site_url}/credentials/{key}", at),
        "sub": subject,
    }


def status_list(issuer: Issuer, number: int, revoked: Iterable[int], at: dt.datetime) -> dict[str, Any]:
    """Return the payload of a status list, in which a bit is set for each revoked credential; good for a week.

    ``revoked`` are numbers over all lists, of this list only.
    """
    url, until = issuer.status_url(number), at + LIST_HOLDS
    return {
        "@context": [VC],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.did,
        "validFrom": _iso(at),
        "validUntil": _iso(until),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(index % BITS for index in revoked),
        },
        **_claims(issuer, url, at),
        "exp": int(until.timestamp()),
    }


def encoded(bits: Iterable[int]) -> str:
    """Return a list of ``BITS`` bits, the leftmost first, as zipped base64url with its prefix ``u``."""
    field = bytearray(BITS // 8)
    for bit in bits:
        field[bit // 8] |= 0x80 >> (bit % 8)
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(field), mtime=0)).decode().rstrip("=")


def _claims(issuer: Issuer, key: str, at: dt.datetime) -> dict[str, Any]:
    return {"iss": issuer.did, "jti": key, "nbf": int(at.timestamp())}


def _iso(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
