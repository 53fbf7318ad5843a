"""Our pair of keys for a SAML provider: with it assertions for us can be encrypted."""

import datetime as dt
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils import timezone

from apps.accounts.models import IdentityProvider
from apps.accounts.services.signon import keep_own_keys

if TYPE_CHECKING:
    from portal.kernel.access import Actor

BITS: Final = 3072
YEARS: Final = 10


def make_own_keys(row: IdentityProvider, *, actor: "Actor") -> None:
    """Make a new pair and store it. The provider must read our metadata again; with the old one nothing is opened."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"practicum {row.slug}")])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=365 * YEARS))
        .sign(key, hashes.SHA256())
    )
    keep_own_keys(
        row,
        certificate=certificate.public_bytes(Encoding.PEM).decode(),
        private_key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        actor=actor,
    )
