"""The form of a SAML answer, looked at before anything in it is believed.

Most attacks on SAML hide in form: a second assertion where the reader looks and the signature does not, a comment
that cuts a name, an entity that reads a file, an old algorithm. An answer that is not plain is refused whole.
"""

import base64
import binascii
from typing import Final

from lxml import etree

from apps.accounts.sso.refusals import wrong

MAX_LENGTH: Final = 256 * 1024
SAMLP: Final = "{urn:oasis:names:tc:SAML:2.0:protocol}"
SAML: Final = "{urn:oasis:names:tc:SAML:2.0:assertion}"
DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XENC: Final = "{http://www.w3.org/2001/04/xmlenc#}"

_MORE: Final = "http://www.w3.org/2001/04/xmldsig-more#"
SIGNATURES: Final = frozenset(
    _MORE + name for name in ("rsa-sha256", "rsa-sha384", "rsa-sha512", "ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512")
)
DIGESTS: Final = frozenset(
    {"http://www.w3.org/2001/04/xmlenc#sha256", _MORE + "sha384", "http://www.w3.org/2001/04/xmlenc#sha512"}
)
TRANSFORMS: Final = frozenset(
    {"http://www.w3.org/2000/09/xmldsig#enveloped-signature", "http://www.w3.org/2001/10/xml-exc-c14n#"}
)
# RSA with padding 1.5 and Triple DES are left out: the first tells an attacker byte by byte what was encrypted.
ENCRYPTIONS: Final = frozenset(
    [f"http://www.w3.org/2001/04/xmlenc#aes{bits}-cbc" for bits in (128, 192, 256)]
    + [f"http://www.w3.org/2009/xmlenc11#aes{bits}-gcm" for bits in (128, 192, 256)]
    + ["http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "http://www.w3.org/2009/xmlenc11#rsa-oaep"]
)
ALLOWED: Final = {
    DS + "SignatureMethod": SIGNATURES,
    DS + "Transform": TRANSFORMS,
    DS + "CanonicalizationMethod": TRANSFORMS,
    XENC + "EncryptionMethod": ENCRYPTIONS,
}


def read_answer(encoded: str) -> etree._Element:
    """Return the root of an answer of the only form that we take. Raises ``RuleViolation`` with a code."""
    if not encoded or len(encoded) > MAX_LENGTH:
        raise wrong("length")
    try:
        raw = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong("base64") from error
    root = parse(raw)
    if root.tag != SAMLP + "Response":
        raise wrong("root")
    check_plain(root)
    _check_places(root)
    return root


def parse(raw: bytes) -> etree._Element:
    """Return the root of XML without a document type, whatever it would declare."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise wrong("xml") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise wrong("doctype")
    return root


def check_plain(root: etree._Element) -> None:
    """Refuse comments, instructions, doubled IDs, embedded objects and algorithms that are not on our list."""
    ids: set[str] = set()
    for node in root.iter():
        if not isinstance(node.tag, str):
            raise wrong("comment")
        if node.tag in {DS + "Object", DS + "Manifest", DS + "RetrievalMethod"} and _is_foreign(node):
            raise wrong("object")
        for name in ("ID", "Id", "id"):
            value = node.get(name)
            if value is not None and (value in ids or not value):
                raise wrong("double_id")
            ids.add(value or "")
        _check_algorithm(node)


def _is_foreign(node: etree._Element) -> bool:
    # An encrypted assertion may point from its data to the key that lies beside it in the same element.
    inside = any(parent.tag == SAML + "EncryptedAssertion" for parent in node.iterancestors())
    return not (node.tag == DS + "RetrievalMethod" and inside)


def _check_algorithm(node: etree._Element) -> None:
    algorithm = node.get("Algorithm")
    if node.tag in ALLOWED and algorithm not in ALLOWED[str(node.tag)]:
        raise wrong("algorithm")
    if node.tag == DS + "DigestMethod":
        # Inside OAEP the digest masks a key and signs nothing; there SHA-1 is no weakness.
        parent = node.getparent()
        masks = parent is not None and parent.tag == XENC + "EncryptionMethod"
        if not masks and algorithm not in DIGESTS:
            raise wrong("algorithm")


def _check_places(root: etree._Element) -> None:
    """One assertion, plain or encrypted, as child of the answer; one signature on the answer, over the whole of it."""
    plain, hidden = list(root.iter(SAML + "Assertion")), list(root.iter(SAML + "EncryptedAssertion"))
    if len(plain) + len(hidden) != 1 or (plain + hidden)[0].getparent() is not root:
        raise wrong("assertions")
    if len(list(root.iter(SAMLP + "Response"))) != 1:
        raise wrong("root")
    check_signature(root, "message_unsigned")
    if plain:
        check_signature(plain[0], "assertion_unsigned")
    signatures = list(root.iter(DS + "Signature"))
    if len(signatures) != 1 + len(plain):
        raise wrong("signatures")


def check_signature(node: etree._Element, code: str) -> None:
    """Refuse an element that is not signed by one signature over exactly itself."""
    own = node.findall(DS + "Signature")
    if len(own) != 1:
        raise wrong(code)
    references = own[0].findall(f"{DS}SignedInfo/{DS}Reference")
    if len(references) != 1 or references[0].get("URI") != f"#{node.get('ID', '')}" or not node.get("ID"):
        raise wrong("reference")
