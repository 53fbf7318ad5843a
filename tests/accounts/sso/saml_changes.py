"""What an attacker changes in a SAML answer: each takes the root and returns the root that is sent."""

import base64
import copy

from lxml import etree

from tests.accounts.sso.saml_peer import NAMES, OTHER, A, D, P, Plan, sign

EVIL = "evil"


def find(root, path):
    return root.xpath(path, namespaces=NAMES)[0]


def assertion_of(root):
    return find(root, "//saml:Assertion")


def evil_copy(root, new_id="_evil", *, keep_signature=False):
    """Return a copy of the assertion that names somebody else."""
    twin = copy.deepcopy(assertion_of(root))
    twin.set("ID", new_id)
    find(twin, ".//saml:NameID").text = EVIL
    if not keep_signature:
        twin.remove(twin.find(f"{{{D}}}Signature"))
    return twin


# -- signature wrapping: what is signed is kept, what is read is another ------------------------------------------------


def wrap_response_in_signature(root):
    """XSW1: the signed answer as an object inside of the signature of a forged one."""
    forged = copy.deepcopy(root)
    forged.set("ID", "_forged")
    find(forged, ".//saml:NameID").text = EVIL
    signature = forged.find(f"{{{D}}}Signature")
    inner = copy.deepcopy(root)
    inner.remove(inner.find(f"{{{D}}}Signature"))
    etree.SubElement(signature, f"{{{D}}}Object").append(inner)
    return forged


def wrap_response_beside_signature(root):
    """XSW2: the signed answer beside the detached signature of a forged one."""
    forged = copy.deepcopy(root)
    forged.set("ID", "_forged")
    find(forged, ".//saml:NameID").text = EVIL
    inner = copy.deepcopy(root)
    inner.remove(inner.find(f"{{{D}}}Signature"))
    forged.find(f"{{{D}}}Signature").addprevious(inner)
    return forged


def wrap_assertion_before(root):
    """XSW3: a forged assertion before the signed one."""
    assertion_of(root).addprevious(evil_copy(root))
    return root


def wrap_assertion_around(root):
    """XSW4: a forged assertion around the signed one."""
    signed = assertion_of(root)
    forged = evil_copy(root)
    signed.addprevious(forged)
    forged.append(signed)
    return root


def wrap_assertion_at_end(root):
    """XSW5: the forged assertion carries the signature, the signed one is moved to the end."""
    signed = assertion_of(root)
    forged = evil_copy(root, keep_signature=True)
    signed.addprevious(forged)
    signed.remove(signed.find(f"{{{D}}}Signature"))
    root.append(signed)
    return root


def wrap_assertion_in_signature(root):
    """XSW6: the signed assertion inside of the signature of the forged one."""
    signed = assertion_of(root)
    forged = evil_copy(root, keep_signature=True)
    signed.addprevious(forged)
    signed.remove(signed.find(f"{{{D}}}Signature"))
    forged.find(f"{{{D}}}Signature").append(signed)
    return root


def wrap_in_extensions(root):
    """XSW7: the forged assertion in the extensions, where the schema takes anything."""
    extensions = etree.Element(f"{{{P}}}Extensions")
    extensions.append(evil_copy(root, new_id=assertion_of(root).get("ID")))
    root.find(f"{{{A}}}Issuer").addnext(extensions)
    return root


def wrap_in_object(root):
    """XSW8: the signed assertion in an object of its own signature, the forged one in its place."""
    signed = assertion_of(root)
    forged = evil_copy(root, keep_signature=True)
    root.replace(signed, forged)
    signed.remove(signed.find(f"{{{D}}}Signature"))
    etree.SubElement(forged.find(f"{{{D}}}Signature"), f"{{{D}}}Object").append(signed)
    return root


WRAPPINGS = [
    wrap_response_in_signature,
    wrap_response_beside_signature,
    wrap_assertion_before,
    wrap_assertion_around,
    wrap_assertion_at_end,
    wrap_assertion_in_signature,
    wrap_in_extensions,
    wrap_in_object,
]


# -- smaller changes ----------------------------------------------------------------------------------------------------


def other_subject(root):
    find(root, "//saml:NameID").text = EVIL
    return root


def other_attribute(root):
    find(root, "//saml:AttributeValue").text = "2024-04-09999"
    return root


def comment_in_name(root):
    name = find(root, "//saml:NameID")
    name.text = "anna-persistent"
    comment = etree.Comment("x")
    comment.tail = ".attacker"
    name.append(comment)
    return root


def instruction(root):
    root.append(etree.ProcessingInstruction("x", "y"))
    return root


def without(path):
    def change(root):
        node = find(root, path)
        node.getparent().remove(node)
        return root

    return change


def with_attribute(path, name, value):
    def change(root):
        node = find(root, path)
        node.set(name, value)
        return root

    return change


def doubled(path):
    def change(root):
        node = find(root, path)
        node.addnext(copy.deepcopy(node))
        return root

    return change


def second_assertion_signed_too(root):
    twin = evil_copy(root)
    sign(twin, Plan())
    assertion_of(root).addnext(twin)
    return root


def signature_value_flipped(root):
    value = find(root, "/samlp:Response/ds:Signature/ds:SignatureValue")
    raw = bytearray(base64.b64decode(value.text))
    raw[0] ^= 1
    value.text = base64.b64encode(bytes(raw)).decode()
    return root


def own_key_in_key_info(root):
    """Sign with another key and bring its certificate along."""
    body = "".join(OTHER.certificate.splitlines()[1:-1])
    for info in root.iter(f"{{{D}}}KeyInfo"):
        info.clear()
        data = etree.SubElement(info, f"{{{D}}}X509Data")
        etree.SubElement(data, f"{{{D}}}X509Certificate").text = body
    return root


def second_reference(root):
    info = find(root, "/samlp:Response/ds:Signature/ds:SignedInfo")
    info.append(copy.deepcopy(find(info, "ds:Reference")))
    return root


def reference_to_assertion(root):
    find(root, "/samlp:Response/ds:Signature/ds:SignedInfo/ds:Reference").set("URI", "#_assertion")
    return root


def empty_reference(root):
    find(root, "/samlp:Response/ds:Signature/ds:SignedInfo/ds:Reference").set("URI", "")
    return root


def second_audience(root):
    """Two restrictions are both to be kept."""
    place = find(root, "//saml:AudienceRestriction")
    other = copy.deepcopy(place)
    find(other, "saml:Audience").text = "https://other.example"
    place.addnext(other)
    return root


def second_issuer(root):
    issuer = find(root, "/samlp:Response/saml:Issuer")
    issuer.addnext(copy.deepcopy(issuer))
    return root
