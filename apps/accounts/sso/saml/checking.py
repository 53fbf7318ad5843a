"""Is this the answer of our provider, to us, to a request of ours, now, for the first time?

python3-saml verifies the signatures, decrypts and validates the schema; what it takes as optional is demanded here:
both signatures, destination, recipient, audience, both issuers, both InResponseTo, an end of validity.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from lxml import etree
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from xmlsec import Error as XmlsecError

from apps.accounts.sso.refusals import wrong
from apps.accounts.sso.saml.shape import SAML, check_plain, check_signature, parse, read_answer

TOLERANCE: Final = dt.timedelta(seconds=60)
OLDEST: Final = dt.timedelta(minutes=10)
PERSISTENT: Final = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
BEARER: Final = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


@dataclass(frozen=True)
class Answer:
    """A verified answer: who, what of them, to which request, until when, and the ID that is good once.

    ``session`` is how the provider calls the session that it began, for the day on which one of us ends it.
    """

    assertion_id: str
    in_response_to: str
    ends: dt.datetime
    subject: str
    attributes: Mapping[str, Sequence[str]]
    session: Mapping[str, str]


def verified(encoded: str, settings: OneLogin_Saml2_Settings, *, subject_attribute: str) -> Answer:
    """Return what a signed answer says. Raises ``RuleViolation``; its code names the first thing that is wrong."""
    root = read_answer(encoded)
    idp, sp = settings.get_idp_data(), settings.get_sp_data()
    # Before anything is decrypted: nobody but the provider may ask us what our key opens.
    _check_message_signature(root, idp["x509certMulti"]["signing"])
    acs = sp["assertionConsumerService"]["url"]
    response = _validated(encoded, settings, acs)
    assertion = _assertion(root, response)
    in_response_to = root.get("InResponseTo", "")
    if root.get("Destination") != acs:
        raise wrong("destination")
    if not in_response_to:
        raise wrong("not_asked")
    for place in (root, assertion):
        issuer = place.find(SAML + "Issuer")
        if issuer is None or (issuer.text or "").strip() != idp["entityId"]:
            raise wrong("issuer")
        check_instant(place.get("IssueInstant"))
    ends = min(_check_conditions(assertion, sp["entityId"]), _check_subject(assertion, acs, in_response_to))
    attributes = _attributes(response)
    return Answer(
        assertion_id=assertion.get("ID"),
        in_response_to=in_response_to,
        ends=ends + TOLERANCE,
        subject=_subject(assertion, attributes, subject_attribute),
        attributes=attributes,
        session=_session(assertion),
    )


def _session(assertion: Any) -> dict[str, str]:
    name, statement = assertion.find(f"{SAML}Subject/{SAML}NameID"), assertion.find(SAML + "AuthnStatement")
    found = {"sid": "" if statement is None else statement.get("SessionIndex", "")}
    if name is not None:
        found |= {
            "name_id": (name.text or "").strip(),
            "name_format": name.get("Format", ""),
            "name_qualifier": name.get("NameQualifier", ""),
            "name_sp_qualifier": name.get("SPNameQualifier", ""),
        }
    return found


def _assertion(root: etree._Element, response: OneLogin_Saml2_Response) -> Any:
    """Return the assertion in a form that was looked at whole.

    What was encrypted is read anew: the package's own tree passes comments over, and a text ends at one.
    """
    if not response.encrypted:
        return root.find(SAML + "Assertion")
    opened = parse(etree.tostring(response.get_xml_document().find(SAML + "Assertion")))
    check_plain(opened)
    check_signature(opened, "assertion_unsigned")
    return opened


def _check_message_signature(root: etree._Element, certificates: Sequence[str]) -> None:
    path = OneLogin_Saml2_Utils.RESPONSE_SIGNATURE_XPATH
    for certificate in certificates:
        # A copy: the check writes into the tree.
        copy = etree.fromstring(etree.tostring(root))
        if OneLogin_Saml2_Utils.validate_sign(copy, certificate, xpath=path):
            return
    raise wrong("signature")


def _validated(encoded: str, settings: OneLogin_Saml2_Settings, acs: str) -> OneLogin_Saml2_Response:
    # The package asks where the answer came in; that is the one address which it must name.
    scheme, _sep, rest = acs.partition("://")
    host, slash, path = rest.partition("/")
    here: dict[str, Any] = {
        "https": "on" if scheme == "https" else "off",
        "http_host": host,
        "script_name": slash + path,
        "get_data": {},
        "post_data": {},
    }
    try:
        response = OneLogin_Saml2_Response(settings, encoded)
        response.is_valid(here, raise_exceptions=True)
    except OneLogin_Saml2_ValidationError as error:
        raise wrong(_code_of(error)) from error
    except (OneLogin_Saml2_Error, XmlsecError, etree.Error, ValueError, TypeError, AttributeError, KeyError) as error:
        raise wrong("unreadable") from error
    return response


def _code_of(error: OneLogin_Saml2_ValidationError) -> str:
    names = {value: name.lower() for name, value in vars(OneLogin_Saml2_ValidationError).items() if name.isupper()}
    return str(names.get(error.code, "invalid"))[:40]


def moment(text: str | None) -> dt.datetime | None:
    """Return a time as SAML writes it; None for what is none."""
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    if found is None:
        return None
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def check_instant(text: str | None) -> None:
    """Refuse a message that was made in the future or too long ago."""
    at, now = moment(text), timezone.now()
    if at is None or at > now + TOLERANCE or at < now - OLDEST:
        raise wrong("issue_instant")


def _check_conditions(assertion: Any, entity_id: str) -> dt.datetime:
    conditions = assertion.find(SAML + "Conditions")
    now = timezone.now()
    begins, ends = moment(conditions.get("NotBefore")), moment(conditions.get("NotOnOrAfter"))
    if ends is None or ends + TOLERANCE <= now:
        raise wrong("expired")
    if begins is not None and begins - TOLERANCE > now:
        raise wrong("too_early")
    restrictions = conditions.findall(SAML + "AudienceRestriction")
    audiences = [[(one.text or "").strip() for one in each.findall(SAML + "Audience")] for each in restrictions]
    if not audiences or not all(entity_id in each for each in audiences):
        raise wrong("audience")
    return ends


def _check_subject(assertion: Any, acs: str, in_response_to: str) -> dt.datetime:
    now = timezone.now()
    for confirmation in assertion.findall(f"{SAML}Subject/{SAML}SubjectConfirmation"):
        data = confirmation.find(SAML + "SubjectConfirmationData")
        if confirmation.get("Method") != BEARER or data is None or data.get("NotBefore") is not None:
            continue
        ends = moment(data.get("NotOnOrAfter"))
        same = data.get("Recipient") == acs and data.get("InResponseTo") == in_response_to
        if same and ends is not None and ends + TOLERANCE > now:
            return ends
    raise wrong("subject_confirmation")


def _attributes(response: OneLogin_Saml2_Response) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for told in (response.get_friendlyname_attributes(), response.get_attributes()):
        for name, values in told.items():
            # eduPersonTargetedID comes as a NameID inside of the value.
            texts = [value["NameID"]["value"] if isinstance(value, dict) else value for value in values]
            found[name] = [text for text in texts if text]
    return found


def _subject(assertion: Any, attributes: Mapping[str, Sequence[str]], subject_attribute: str) -> str:
    """Return who it is: the configured attribute with exactly one value, else a NameID that is persistent."""
    if subject_attribute:
        values = attributes.get(subject_attribute, [])
        if len(values) != 1:
            raise wrong("subject_missing")
        return values[0]
    names = assertion.findall(f"{SAML}Subject/{SAML}NameID")
    if len(names) != 1 or names[0].get("Format") != PERSISTENT or not (names[0].text or "").strip():
        # A transient name is another one each time, and an address may be given to somebody else.
        raise wrong("not_persistent")
    return str(names[0].text).strip()
