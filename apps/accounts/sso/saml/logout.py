"""Single logout of SAML: messages by HTTP-Redirect, signed over the address itself.

A request that is not signed is refused, whichever side begins: otherwise any page could end anybody's session.
"""

import base64
import binascii
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.http import HttpRequest
from django.utils import timezone
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.errors import OneLogin_Saml2_Error
from onelogin.saml2.logout_response import OneLogin_Saml2_Logout_Response

from apps.accounts.models import IdentityProvider
from apps.accounts.sso.refusals import wrong
from apps.accounts.sso.saml.checking import OLDEST, TOLERANCE, check_instant, moment
from apps.accounts.sso.saml.shape import MAX_LENGTH, SAML, SAMLP, SIGNATURES, check_plain, parse
from apps.accounts.sso.saml.trust import SECURITY, settings_of, valid_certificates
from portal.kernel.errors import RuleViolation

log = logging.getLogger(__name__)

REQUEST: Final = "SAMLRequest"
RESPONSE: Final = "SAMLResponse"
ROOTS: Final = {REQUEST: SAMLP + "LogoutRequest", RESPONSE: SAMLP + "LogoutResponse"}
SUCCESS: Final = "urn:oasis:names:tc:SAML:2.0:status:Success"
# What the standard lets a provider send along; we give it back and do nothing else with it.
LONGEST_RELAY: Final = 80
HASHES: Final = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
# A message is refused by its age after this, so that its ID need not be remembered longer.
KEPT: Final = OLDEST + TOLERANCE


@dataclass(frozen=True)
class Message:
    """A verified message of the provider; ``relay_state`` is what it wants back."""

    kind: str
    root: Any
    relay_state: str

    @property
    def identifier(self) -> str:
        """The ID, good once."""
        return str(self.root.get("ID"))


# -- what comes ---------------------------------------------------------------------------------------------------


def read_message(query: str, row: IdentityProvider, *, here: str) -> Message:
    """Return the message in an address's query, as it came; ``here`` is the address that it must name.

    Raises ``RuleViolation``; its code names the first thing that is wrong.
    """
    parts = [part.partition("=") for part in query.split("&") if part]
    given = {name: value for name, _equals, value in parts}
    kinds = [kind for kind in ROOTS if kind in given]
    if len(given) != len(parts) or len(kinds) != 1 or len(query) > MAX_LENGTH:
        raise wrong("form")
    kind = kinds[0]
    _check_signature(kind, given, valid_certificates(row))
    relay_state = unquote(given.get("RelayState", ""))
    if len(relay_state) > LONGEST_RELAY:
        raise wrong("relay_state")
    root = parse(_inflated(given[kind]))
    check_plain(root)
    issuer = root.find(SAML + "Issuer")
    if root.tag != ROOTS[kind] or root.get("Version") != "2.0" or not root.get("ID"):
        raise wrong("root")
    if issuer is None or (issuer.text or "").strip() != row.issuer:
        raise wrong("issuer")
    if root.get("Destination") != here:
        raise wrong("destination")
    check_instant(root.get("IssueInstant"))
    return Message(kind, root, relay_state)


def _check_signature(kind: str, given: Mapping[str, str], certificates: list[str]) -> None:
    algorithm = unquote(given.get("SigAlg", ""))
    if algorithm not in SIGNATURES:
        raise wrong("algorithm" if algorithm else "message_unsigned")
    # Over the query exactly as it was sent: whatever is decoded and encoded again may differ.
    signed = "&".join(f"{name}={given[name]}" for name in (kind, "RelayState", "SigAlg") if name in given).encode()
    signature = _decoded(given.get("Signature", ""), "signature")
    digest = HASHES[algorithm.rpartition("-sha")[2]]
    for certificate in certificates:
        key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
        try:
            if isinstance(key, rsa.RSAPublicKey) and "#rsa-" in algorithm:
                key.verify(signature, signed, padding.PKCS1v15(), digest)
                return
            if isinstance(key, ec.EllipticCurvePublicKey) and "#ecdsa-" in algorithm:
                half = len(signature) // 2
                both = int.from_bytes(signature[:half]), int.from_bytes(signature[half:])
                key.verify(encode_dss_signature(*both), signed, ec.ECDSA(digest))
                return
        except InvalidSignature:
            continue
    raise wrong("signature")


def _decoded(value: str, code: str) -> bytes:
    try:
        return base64.b64decode(unquote(value), validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong(code) from error


def _inflated(value: str) -> bytes:
    unpacking = zlib.decompressobj(-15)
    try:
        raw = unpacking.decompress(_decoded(value, "base64"), MAX_LENGTH)
    except zlib.error as error:
        raise wrong("xml") from error
    if not unpacking.eof:
        # Cut off, or more than any message has: what would unpack to a gigabyte is not unpacked.
        raise wrong("length")
    return raw


@dataclass(frozen=True)
class Leaving:
    """Whose sessions the provider ends: all of the name, or those that it numbers."""

    name_id: str
    session_indexes: tuple[str, ...]


def leaving(message: Message) -> Leaving:
    """Return whom a request means. Raises ``RuleViolation`` ``expired`` or ``subject_missing``."""
    ends = message.root.get("NotOnOrAfter")
    until = moment(ends)
    if ends is not None and (until is None or until + TOLERANCE <= timezone.now()):
        raise wrong("expired")
    names = [node for node in message.root if node.tag in {SAML + "NameID", SAML + "EncryptedID", SAML + "BaseID"}]
    if len(names) != 1 or names[0].tag != SAML + "NameID" or not (names[0].text or "").strip():
        raise wrong("subject_missing")
    indexes = tuple((node.text or "").strip() for node in message.root.findall(SAMLP + "SessionIndex"))
    return Leaving(names[0].text.strip(), indexes)


def has_ended(message: Message, expected: str) -> bool:
    """Say whether the answer to our request is that all has ended. Raises ``RuleViolation`` ``state``."""
    if not expected or message.root.get("InResponseTo") != expected:
        raise wrong("state")
    code = message.root.find(f"{SAMLP}Status/{SAMLP}StatusCode")
    return code is not None and code.get("Value") == SUCCESS


# -- what we send -------------------------------------------------------------------------------------------------


def request_address(request: HttpRequest, row: IdentityProvider, signed: Mapping[str, str]) -> tuple[str, str]:
    """Return the address at which the provider ends the session that it began, and the ID of our request.

    Both are empty where it has no such address or we have no key: nothing goes out unsigned.
    """
    name_id = signed.get("name_id", "")
    auth = _speaker(request, row) if name_id else None
    if auth is None:
        return "", ""
    address = auth.logout(
        return_to="",
        name_id=name_id,
        name_id_format=signed.get("name_format") or None,
        nq=signed.get("name_qualifier") or None,
        spnq=signed.get("name_sp_qualifier") or None,
        session_index=signed.get("sid") or None,
    )
    return address, str(auth.get_last_request_id())


def answer_address(request: HttpRequest, row: IdentityProvider, message: Message) -> str:
    """Return the address that tells the provider that its request was done; empty as in ``request_address``."""
    auth = _speaker(request, row)
    if auth is None:
        return ""
    answer = OneLogin_Saml2_Logout_Response(auth.get_settings())
    answer.build(message.identifier)
    parameters = {RESPONSE: answer.get_response(), "RelayState": message.relay_state}
    auth.add_response_signature(parameters, SECURITY["signatureAlgorithm"])
    return str(auth.redirect_to(row.slo_url, parameters))


def _speaker(request: HttpRequest, row: IdentityProvider) -> OneLogin_Saml2_Auth | None:
    if not row.slo_url or not row.private_key:
        return None
    try:
        settings = settings_of(request, row, certificates=valid_certificates(row))
    except (RuleViolation, LookupError, OneLogin_Saml2_Error) as error:
        log.info("%s cannot be told that somebody signs out: %s", row.slug, error)
        return None
    return OneLogin_Saml2_Auth({"http_host": request.get_host(), "script_name": ""}, old_settings=settings)
