"""A SAML provider's metadata: read once and again on request, by the superuser, from a public https address."""

import textwrap
from typing import Any

import requests
from django.utils.translation import gettext_lazy as _

from apps.accounts.sso.saml.shape import parse
from portal.kernel.errors import RuleViolation
from portal.kernel.fetching import GuardedSession

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"


def fetch_metadata(url: str) -> bytes:
    """Return the file behind the address. Raises ``RuleViolation`` ``metadata_away`` with the field."""
    try:
        with GuardedSession() as session:
            response = session.get(url)
        response.raise_for_status()
    except requests.RequestException as error:
        text = _("The metadata cannot be read from there: %(reason)s") % {"reason": error}
        raise RuleViolation("metadata_away", text, field="metadata_url") from error
    return response.content


def with_metadata(values: dict[str, Any], pasted: str, url: str, *, issuer: str = "") -> dict[str, Any]:
    """Return the values of a form filled up from metadata that was pasted, or else lies at the address."""
    if not pasted and not url:
        return values
    found = read_metadata(pasted.encode() if pasted else fetch_metadata(url), issuer=issuer)
    return values | found


def read_metadata(raw: bytes, *, issuer: str = "") -> dict[str, Any]:
    """Return ``issuer``, ``sso_url``, ``slo_url``, ``certificates`` of the provider of this entity ID, or the only one.

    Raises ``RuleViolation`` ``metadata_unreadable``: no metadata, none of this issuer, no address for HTTP-Redirect,
    no certificate for signatures.
    """
    try:
        root = parse(raw)
    except RuleViolation as error:
        raise _unreadable() from error
    found = [one for one in root.iter(MD + "EntityDescriptor") if one.find(MD + "IDPSSODescriptor") is not None]
    if issuer:
        found = [one for one in found if one.get("entityID") == issuer]
    if len(found) != 1:
        raise _unreadable()
    descriptor = found[0].find(MD + "IDPSSODescriptor")
    services = descriptor.findall(MD + "SingleSignOnService") if descriptor is not None else []
    addresses = [one.get("Location", "") for one in services if one.get("Binding") == REDIRECT]
    keys = descriptor.findall(MD + "KeyDescriptor") if descriptor is not None else []
    bodies = [
        "".join((one.text or "").split())
        for key in keys
        if key.get("use", "signing") == "signing"
        for one in key.iter(DS + "X509Certificate")
    ]
    if not addresses or not bodies:
        raise _unreadable()
    leaving = descriptor.findall(MD + "SingleLogoutService") if descriptor is not None else []
    return {
        "issuer": found[0].get("entityID", ""),
        "sso_url": addresses[0],
        "slo_url": next((one.get("Location", "") for one in leaving if one.get("Binding") == REDIRECT), ""),
        "certificates": "\n".join(dict.fromkeys(_pem(body) for body in bodies)),
    }


def _pem(body: str) -> str:
    return "\n".join(["-----BEGIN CERTIFICATE-----", *textwrap.wrap(body, 64), "-----END CERTIFICATE-----"])


def _unreadable() -> RuleViolation:
    return RuleViolation(
        "metadata_unreadable",
        _("This is no metadata of one SAML identity provider with an address for HTTP-Redirect and a certificate."),
        field="metadata_url",
    )
