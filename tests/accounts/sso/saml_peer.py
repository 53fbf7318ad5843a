"""A SAML provider under the tests' hand: it signs whatever a test wants to have signed."""

import base64
import datetime as dt
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import xmlsec as _xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.test import Client
from lxml import etree

# Its types leave out half of what it has.
xmlsec: Any = _xmlsec

ISSUER = "https://idp.uni.example/metadata"
ACS = "http://testserver/accounts/saml/campus/acs/"
ENTITY = "http://testserver/accounts/saml/campus/metadata/"
P = "urn:oasis:names:tc:SAML:2.0:protocol"
A = "urn:oasis:names:tc:SAML:2.0:assertion"
D = "http://www.w3.org/2000/09/xmldsig#"
NAMES = {"samlp": P, "saml": A, "ds": D}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"

type Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Pair:
    """A private key with its certificate, both PEM."""

    key: bytes
    certificate: str


def make_pair(*, begins: int = -1, ends: int = 365, curve: bool = False) -> Pair:
    """Make a pair that holds from ``begins`` to ``ends``, in days from today; RSA, or of the curve P-256."""
    key: Any = ec.generate_private_key(ec.SECP256R1()) if curve else rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=begins))
        .not_valid_after(now + dt.timedelta(days=ends))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Pair(pem, certificate.public_bytes(Encoding.PEM).decode())


PAIR = make_pair()
OTHER = make_pair()
EXPIRED = make_pair(begins=-30, ends=-2)


def instant(seconds: float = 0) -> str:
    """Return a time from now as SAML writes it."""
    return (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Plan:
    """What an answer says and how it is signed. The three changes get the root: before signing, between, after."""

    in_response_to: str = ""
    subject: str = "anna-persistent"
    name_format: str = PERSISTENT
    issuer: str = ISSUER
    assertion_issuer: str = ISSUER
    destination: str | None = ACS
    recipient: str | None = ACS
    audience: str | None = ENTITY
    not_before: float | None = -5
    not_on_or_after: float | None = 300
    confirmed_until: float | None = 300
    issued: float = 0
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    method: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    confirmed_request: str | None = ""
    attributes: tuple[tuple[str, str], ...] = (("reg_no", "2024-04-00001"),)
    assertion_id: str = "_assertion"
    key: bytes = PAIR.key
    sign_assertion: bool = True
    sign_message: bool = True
    method_of_signature: Any = xmlsec.Transform.RSA_SHA256
    digest: Any = xmlsec.Transform.SHA256
    canonical: Any = xmlsec.Transform.EXCL_C14N
    encrypt_for: str = ""
    cipher: Any = xmlsec.Transform.AES256
    transport: Any = xmlsec.Transform.RSA_OAEP
    before: Change = lambda root: root
    between: Change = lambda root: root
    after: Change = lambda root: root


def _attribute(name: str, value: str | None) -> str:
    return "" if value is None else f' {name}="{value}"'


def _time(name: str, seconds: float | None) -> str:
    return "" if seconds is None else _attribute(name, instant(seconds))


def build(plan: Plan) -> Any:
    """Return the answer as a tree, signed as planned."""
    request = plan.in_response_to if plan.confirmed_request == "" else plan.confirmed_request
    audience = f"<saml:AudienceRestriction><saml:Audience>{plan.audience}</saml:Audience></saml:AudienceRestriction>"
    told = "".join(
        f'<saml:Attribute Name="{name}"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>'
        for name, value in plan.attributes
    )
    root = etree.fromstring(
        f'<samlp:Response xmlns:samlp="{P}" xmlns:saml="{A}" ID="_response" Version="2.0"'
        f"{_time('IssueInstant', plan.issued)}{_attribute('Destination', plan.destination)}"
        f"{_attribute('InResponseTo', plan.in_response_to or None)}>"
        f"<saml:Issuer>{plan.issuer}</saml:Issuer>"
        f'<samlp:Status><samlp:StatusCode Value="{plan.status}"/></samlp:Status>'
        f'<saml:Assertion ID="{plan.assertion_id}" Version="2.0"{_time("IssueInstant", plan.issued)}>'
        f"<saml:Issuer>{plan.assertion_issuer}</saml:Issuer>"
        f'<saml:Subject><saml:NameID Format="{plan.name_format}">{plan.subject}</saml:NameID>'
        f'<saml:SubjectConfirmation Method="{plan.method}"><saml:SubjectConfirmationData'
        f"{_time('NotOnOrAfter', plan.confirmed_until)}{_attribute('Recipient', plan.recipient)}"
        f"{_attribute('InResponseTo', request or None)}/></saml:SubjectConfirmation></saml:Subject>"
        f"<saml:Conditions{_time('NotBefore', plan.not_before)}{_time('NotOnOrAfter', plan.not_on_or_after)}>"
        f"{audience if plan.audience is not None else ''}</saml:Conditions>"
        f'<saml:AuthnStatement AuthnInstant="{instant()}"><saml:AuthnContext><saml:AuthnContextClassRef>'
        "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext>"
        f"</saml:AuthnStatement><saml:AttributeStatement>{told}</saml:AttributeStatement></saml:Assertion>"
        "</samlp:Response>"
    )
    root = plan.before(root)
    if plan.sign_assertion:
        sign(root.find(f"{{{A}}}Assertion"), plan)
    if plan.encrypt_for:
        encrypt(root, plan)
    root = plan.between(root)
    if plan.sign_message:
        sign(root, plan)
    return plan.after(root)


def sign(node: Any, plan: Plan) -> None:
    """Sign an element as a whole, behind its issuer."""
    signature = xmlsec.template.create(node, plan.canonical, plan.method_of_signature, ns="ds")
    node.find(f"{{{A}}}Issuer").addnext(signature)
    reference = xmlsec.template.add_reference(signature, plan.digest, uri=f"#{node.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    xmlsec.template.add_transform(reference, plan.canonical)
    xmlsec.template.add_key_name(xmlsec.template.ensure_key_info(signature))
    xmlsec.tree.add_ids(node, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(plan.key, xmlsec.KeyFormat.PEM, None)
    context.sign(signature)


def encrypt(root: Any, plan: Plan) -> None:
    """Put the assertion into an EncryptedAssertion for the certificate of the plan."""
    assertion = root.find(f"{{{A}}}Assertion")
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(plan.encrypt_for, xmlsec.KeyFormat.CERT_PEM, None))
    data = xmlsec.template.encrypted_data_create(root, plan.cipher, type=xmlsec.EncryptionType.ELEMENT, ns="xenc")
    xmlsec.template.encrypted_data_ensure_cipher_value(data)
    info = xmlsec.template.encrypted_data_ensure_key_info(data, ns="dsig")
    xmlsec.template.encrypted_data_ensure_cipher_value(xmlsec.template.add_encrypted_key(info, plan.transport))
    context = xmlsec.EncryptionContext(manager)
    triple = plan.cipher == xmlsec.Transform.DES3
    kind, bits = (xmlsec.KeyData.DES, 192) if triple else (xmlsec.KeyData.AES, 256)
    context.key = xmlsec.Key.generate(kind, bits, xmlsec.KeyDataType.SESSION)
    place = etree.SubElement(root, f"{{{A}}}EncryptedAssertion")
    place.append(assertion)
    context.encrypt_xml(data, assertion)


def encoded(root: Any) -> str:
    """Return a tree, or bytes as they are, as the browser posts it."""
    raw = root if isinstance(root, bytes) else etree.tostring(root)
    return base64.b64encode(raw).decode()


def begin(client: Client, slug: str = "campus") -> str:
    """Press the button; return the ID of the request that the browser is sent with."""
    response = client.post(f"/accounts/saml/{slug}/login/")
    assert response.status_code == 302, response.content.decode()
    query = parse_qs(urlsplit(response.headers["Location"]).query)
    request = etree.fromstring(zlib.decompress(base64.b64decode(query["SAMLRequest"][0]), -15))
    return str(request.get("ID"))


def post(client: Client, answer: str, *, slug: str = "campus", **more: str) -> Any:
    """Bring the answer back as the browser does: a POST, then the page to which it leads."""
    response = client.post(f"/accounts/saml/{slug}/acs/", {"SAMLResponse": answer, **more})
    return client.get(response.headers["Location"]) if response.status_code == 302 else response


def planned(client: Client, plan: Plan | None = None) -> Plan:
    """Begin, and return the plan for an answer to that request."""
    return replace(plan or Plan(), in_response_to=begin(client))
