"""Single sign-on: the identity providers of the installation, whom they bring, and what became of each attempt.

Who somebody is at a provider, (issuer, subject), is a row of allauth's ``SocialAccount``: its ``provider`` is our
``slug``, which stands for one issuer for ever, its ``uid`` is the subject.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.states import MatchField, ProviderKind, SignOnOutcome, SignOnRole
from portal.kernel.models import Timestamped


class IdentityProvider(Timestamped):
    """One issuer. ``client_secret`` and ``private_key`` are sealed; no page shows them."""

    kind = models.CharField(_("protocol"), max_length=4, choices=ProviderKind)
    slug = models.SlugField(
        _("short name"), max_length=40, unique=True, help_text=_("Stands in our addresses; it stays as it is.")
    )
    name = models.CharField(_("name"), max_length=40, help_text=_("As it stands on the button: Sign in with …"))
    issuer = models.CharField(
        _("issuer"),
        max_length=500,
        unique=True,
        help_text=_("OpenID Connect: the address of the issuer. SAML: the entity ID of the identity provider."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    required_for_staff = models.BooleanField(
        _("the only way in for staff"),
        default=False,
        help_text=_("Supervisors of the university and coordinators cannot use a password; superusers always can."),
    )
    # -- whom it brings
    match_claim = models.CharField(
        _("claim that names the person"),
        max_length=200,
        blank=True,
        help_text=_("Such as reg_no, employeeNumber or eduPersonPrincipalName. Matched once to an imported person."),
    )
    match_field = models.CharField(_("is our"), max_length=10, choices=MatchField, blank=True)
    match_scope = models.CharField(
        _("scope of the claim"),
        max_length=120,
        blank=True,
        help_text=_("For values like number@uni.example: the part after the @, which must be there and is left out."),
    )
    takes_new_people = models.BooleanField(
        _("takes people who were not imported"), default=False, help_text=_("As its rules say: role and department.")
    )
    trusts_email = models.BooleanField(
        _("its e-mail addresses are verified"), default=False, help_text=_("Also where it does not say so itself.")
    )
    email_claim = models.CharField(_("claim of the e-mail address"), max_length=200, blank=True, default="email")
    first_name_claim = models.CharField(_("claim of the first name"), max_length=200, blank=True, default="given_name")
    last_name_claim = models.CharField(_("claim of the last name"), max_length=200, blank=True, default="family_name")
    # -- OpenID Connect
    client_id = models.CharField(_("client ID"), max_length=191, blank=True)
    client_secret = models.TextField(_("client secret"), blank=True)
    scopes = models.CharField(_("scopes"), max_length=200, blank=True, default="openid profile email")
    # -- SAML
    sso_url = models.URLField(_("address for signing in"), max_length=500, blank=True)
    slo_url = models.URLField(
        _("address for signing out"),
        max_length=500,
        blank=True,
        help_text=_("Of its single logout by HTTP-Redirect; whoever signs out here is then signed out there as well."),
    )
    certificates = models.TextField(
        _("certificates for signatures"),
        blank=True,
        help_text=_("PEM, one after the other; the new one beside the old."),
    )
    metadata_url = models.URLField(_("address of its metadata"), max_length=500, blank=True)
    subject_attribute = models.CharField(
        _("attribute that is the identity"),
        max_length=200,
        blank=True,
        help_text=_("Only where it sends no persistent NameID: an attribute that never changes and is never reused."),
    )
    own_certificate = models.TextField(_("our certificate"), blank=True, editable=False)
    private_key = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class SignOnRule(Timestamped):
    """Who comes with this value of this attribute, and was not imported, gets this role; the first that fits wins."""

    provider = models.ForeignKey(
        IdentityProvider, on_delete=models.CASCADE, related_name="rules", verbose_name=_("identity provider")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    attribute = models.CharField(_("attribute"), max_length=200)
    value = models.CharField(_("value"), max_length=200, help_text=_("Compared exactly; * takes any value."))
    role = models.CharField(_("role"), max_length=30, choices=SignOnRole)
    department = models.ForeignKey(
        "accounts.Department", on_delete=models.PROTECT, related_name="+", verbose_name=_("department")
    )
    programme = models.ForeignKey(
        "accounts.Programme",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("programme"),
        help_text=_("For students; without one they say it themselves."),
    )

    class Meta:
        verbose_name = _("rule for new people")
        verbose_name_plural = _("rules for new people")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.attribute} = {self.value}: {self.get_role_display()}"


class SpentMessage(models.Model):
    """An assertion or logout token that was used: a second one with its ID is refused until it would have expired."""

    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "digest"], name="accounts_message_once")]

    def __str__(self) -> str:
        return self.digest


class SignOnSession(models.Model):
    """A session that began at a provider, so that the provider can end it."""

    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=191)
    sid = models.CharField(max_length=255, blank=True)
    # Of SAML: how the provider named the person, which is not the subject where an attribute is.
    name_id = models.CharField(max_length=500, blank=True)
    session_key = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["provider", "subject"])]

    def __str__(self) -> str:
        return f"{self.user} · {self.provider}"


class SignOnEvent(models.Model):
    """What became of an attempt to sign in, for whoever sets a provider up or asks why somebody cannot get in."""

    provider = models.ForeignKey(
        IdentityProvider,
        on_delete=models.CASCADE,
        related_name="events",
        verbose_name=_("identity provider"),
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=SignOnOutcome)
    code = models.CharField(_("code"), max_length=40, blank=True)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    address = models.GenericIPAddressField(_("from"), null=True, blank=True)
    at = models.DateTimeField(_("when"), db_index=True)

    class Meta:
        verbose_name = _("sign-in through a provider")
        verbose_name_plural = _("sign-ins through providers")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} · {self.provider}"
