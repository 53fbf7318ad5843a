"""How allauth opens our doors."""

from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import SignOnSession, User
from apps.accounts.notifications import SIGN_IN_CHANGED
from apps.accounts.permissions import needs_second_factor
from apps.accounts.services import limits
from apps.accounts.services.joining import must_use_provider
from apps.accounts.services.letters import Occasion, send_account_letter
from apps.accounts.services.notices import tell
from apps.accounts.services.passwords import SECOND_FACTORS, set_password
from portal.kernel.addresses import read_email
from portal.kernel.errors import RuleViolation

# Of the package's many occasions those that open or close a door.
CHANGED: Final = frozenset(
    {
        *("password_changed", "password_set", "password_reset", "recovery_codes_generated"),
        *("totp_activated", "totp_deactivated", "webauthn_added", "webauthn_removed"),
    }
)
SIGNED_ON: Final = "portal_signed_on"
NO_ADDRESS: Final = "0.0.0.0"  # noqa: S104 - nothing listens on it
OF_ACCOUNT: Final = (limits.SIGN_IN_OF_ACCOUNT, limits.SIGN_IN_IN_A_ROW)


def account_of(given: str) -> str:
    """Return what is counted for a name or address that somebody typed: the person's key, else what was typed.

    One query for whoever it is, so that the unknown cost what the known cost.
    """
    given = given.strip().lower()[:320]
    found = User.objects.filter(Q(username__iexact=given) | Q(email__iexact=given)).values_list("pk", flat=True)
    keys = sorted(found[:2])
    return f"person:{keys[0]}" if keys else f"unknown:{given}"


def client_network(request: HttpRequest) -> str:
    """Return what of the client's network address is counted."""
    return limits.network_of(get_adapter().get_client_ip(request))


class PortalAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # the package is not typed
    """Counts who tries to sign in, stores addresses and passwords through services, and writes our mails."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Close the package's own registration: ours sends a mail first and asks afterwards."""
        return False

    def clean_email(self, email: str) -> Any:
        """Return the one form under which an address is stored; says nothing of whether somebody has it."""
        try:
            return read_email(email)
        except RuleViolation as error:
            raise ValidationError(str(error.message), code=error.code) from error

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's network address; one for all where the server tells none, as behind a Unix socket."""
        return get_client_ip(request) or NO_ADDRESS

    # -- signing in ---------------------------------------------------------------------------------------------

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Count the try, then ask for the password; a success gives the try back.

        Raises ``TooManyTries``. Both names of an account are one count.
        """
        given = str(credentials.get("username") or credentials.get("email") or "")
        account, address = account_of(given), client_network(request)
        limits.take(limits.SIGN_IN_OF_ADDRESS, address)
        for limit in OF_ACCOUNT:
            limits.take(limit, account)
        # One name only: given as both, a known address would cost two hashes and an unknown one costs one.
        person = super().authenticate(request, username=given, password=credentials.get("password"))
        if person is not None:
            limits.give_back(limits.SIGN_IN_OF_ADDRESS, address)
            limits.give_back(limits.SIGN_IN_OF_ACCOUNT, account)
            limits.forget(limits.SIGN_IN_IN_A_ROW, account)
        return person

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing in the cache: it is counted in the database."""

    def set_password(self, user: User, password: str) -> None:
        """End what the old password opened, and let the account be tried again."""
        set_password(user, password)
        for limit in OF_ACCOUNT:
            limits.forget(limit, f"person:{user.pk}")

    # -- through a provider ---------------------------------------------------------------------------------------

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """Send staff who must use the university's sign-in there, after the password was right; never a superuser."""
        signal_kwargs = kwargs.get("signal_kwargs") or {}
        if "sociallogin" not in signal_kwargs and (provider := must_use_provider(user)) is not None:
            return render(request, "socialaccount/use_provider.html", {"provider": provider}, status=403)
        response: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return response

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Lead over the provider's own sign-out where the session began at one."""
        return reverse("signed_out") if request.session.get(SIGNED_ON) else reverse("account_login")

    def logout(self, request: HttpRequest) -> None:
        """End the session; what the provider must be told is handed over to the next one."""
        signed = request.session.get(SIGNED_ON)
        SignOnSession.objects.filter(session_key=request.session.session_key or "").delete()
        super().logout(request)
        if signed:
            request.session["portal_signed_out"] = signed

    # -- mails --------------------------------------------------------------------------------------------------

    def get_email_confirmation_url(self, _request: HttpRequest, emailconfirmation: Any) -> str:
        """Build the address from SITE_URL: what the request calls our host is nobody's business here."""
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:  # noqa: FBT001 - the package's signature
        """Write it in our words."""
        del signup
        address = self.get_email_confirmation_url(request, emailconfirmation)
        send_account_letter(
            Occasion.CONFIRM_EMAIL, emailconfirmation.email_address.email, address, language=get_language() or ""
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send nothing: the package's other mails tell whoever typed an address; ours are sent by services."""

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Tell the person that the sign-in was changed; of a new address, the old one is told."""
        del context
        what = template_prefix.rpartition("/")[2]
        if email and email != user.email:
            send_account_letter(Occasion.EMAIL_CHANGED, email, settings.SITE_URL, language=user.language)
        elif what in CHANGED:
            tell(user, SIGN_IN_CHANGED, facts={}, url=reverse("mfa_index"))


class PortalMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc] # the package is not typed
    """Names us in authenticator apps, and keeps a second factor where one is needed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Your account needs a second factor: set up another one first.")
    }

    def _get_site_name(self) -> str:
        return f"Practicum · {settings.UNIVERSITY_NAME}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Refuse the last second factor of who must have one, or whose password is too short to stand alone."""
        if authenticator.type not in SECOND_FACTORS:
            return True
        person = authenticator.user
        others = Authenticator.objects.filter(user=person, type__in=SECOND_FACTORS).exclude(pk=authenticator.pk)
        return others.exists() or not (needs_second_factor(person) or person.has_short_password)
