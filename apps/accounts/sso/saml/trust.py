"""What python3-saml must know of a provider and of us: one place where all its switches stand on strict."""

from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Saml
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from apps.accounts.models import IdentityProvider
from apps.accounts.services.signon import certificates_in
from portal.kernel.errors import RuleViolation
from portal.kernel.sealing import unseal

SECURITY: Final = {
    "authnRequestsSigned": False,
    "signMetadata": False,
    "wantMessagesSigned": True,
    "wantAssertionsSigned": True,
    "wantAssertionsEncrypted": False,
    "wantNameId": False,  # an identity is demanded below; it may stand in an attribute
    "wantNameIdEncrypted": False,
    "wantAttributeStatement": False,
    "requestedAuthnContext": False,
    "rejectDeprecatedAlgorithm": True,
    "allowRepeatAttributeName": True,
    "allowSingleLabelDomains": True,  # Django has checked the host of the request already
    "signatureAlgorithm": Saml.RSA_SHA256,
    "digestAlgorithm": Saml.SHA256,
}


def address(request: HttpRequest, name: str, row: IdentityProvider) -> str:
    """Return the full address of one of our pages for this provider; that of the metadata is our entity ID."""
    return request.build_absolute_uri(reverse(name, args=[row.slug]))


def valid_certificates(row: IdentityProvider) -> list[str]:
    """Return the provider's certificates that hold today, as PEM. Raises ``RuleViolation`` where none does."""
    now = timezone.now()
    known = certificates_in(row.certificates)
    held = [one for one in known if one.not_valid_before_utc <= now < one.not_valid_after_utc]
    if not held:
        text = _("The certificate of this sign-in has expired. Tell those who run it; a password still works.")
        raise RuleViolation("certificate_expired", text)
    return [_pem(one) for one in held]


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def settings_of(
    request: HttpRequest, row: IdentityProvider, *, certificates: list[str], offers_encryption: bool = False
) -> OneLogin_Saml2_Settings:
    """Return the package's settings. ``offers_encryption`` is for the metadata, which then names our key for it."""
    has_key = bool(row.private_key)
    signs = {"logoutRequestSigned": has_key, "logoutResponseSigned": has_key}
    security = SECURITY | signs | {"wantAssertionsEncrypted": offers_encryption}
    config: dict[str, Any] = {
        "strict": True,
        "debug": False,
        "security": security,
        "idp": {
            "entityId": row.issuer,
            "singleSignOnService": {"url": row.sso_url, "binding": Saml.BINDING_HTTP_REDIRECT},
            "singleLogoutService": {"url": row.slo_url, "binding": Saml.BINDING_HTTP_REDIRECT},
            "x509certMulti": {"signing": certificates},
        },
        "sp": {
            "entityId": address(request, "saml_metadata", row),
            "assertionConsumerService": {"url": address(request, "saml_acs", row), "binding": Saml.BINDING_HTTP_POST},
            "singleLogoutService": {"url": address(request, "saml_sls", row), "binding": Saml.BINDING_HTTP_REDIRECT},
            "NameIDFormat": Saml.NAMEID_UNSPECIFIED if row.subject_attribute else Saml.NAMEID_PERSISTENT,
            "x509cert": row.own_certificate,
            "privateKey": unseal(row.private_key),
        },
    }
    return OneLogin_Saml2_Settings(settings=config, sp_validation_only=offers_encryption)
