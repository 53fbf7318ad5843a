"""Codes, forgotten passwords and feedback: ``{success, message}``, and never whether somebody is known.

There are no text messages: the code for a telephone number goes to the address of its account. ``frontend_url`` of a
reset is left alone; the letter leads to our own page, because whoever asks may name any address.
"""

from typing import TYPE_CHECKING, Any, cast

from allauth.account.adapter import get_adapter
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.api.report_generator import ReportGeneratorView, done
from apps.accounts.api.report_generator.profile import with_country
from apps.accounts.api.report_generator.signing_in import EntranceView
from apps.accounts.services import limits
from apps.accounts.services.choosing_password import choose_password
from apps.accounts.services.codes import ask_for_code, check_code, confirm_by_code
from apps.accounts.services.feedback import give_feedback
from apps.accounts.services.people import canonical_phone
from apps.accounts.services.registering_by_name import ask_to_confirm_again
from portal.kernel.addresses import read_email
from portal.kernel.api.dialects import body_of, text_in
from portal.kernel.errors import RuleViolation
from portal.kernel.tasks import enqueue

if TYPE_CHECKING:
    from apps.accounts.models import User


class AnonymousView(EntranceView):
    """Refusals of rules are ``{success: false, message}``; too many tries stay 429."""

    def shape_refusal(self, problem: Any, _error: Exception) -> Any:
        return {"success": False, "message": str(problem["detail"])}


class CheckPhoneView(AnonymousView):
    """Says whether it is a telephone number; a number belongs to nobody alone, and whose it is nobody learns."""

    def get(self, request: Request) -> Response:
        try:
            phone = canonical_phone(with_country(request.query_params.get("phone_number", "")))
        except RuleViolation as error:
            return Response({"available": False, "message": str(error.message)})
        message = _("You can use this number.") if phone else _("Enter a telephone number.")
        return Response({"available": bool(phone), "message": message})


class SendPhoneCodeView(AnonymousView):
    def post(self, request: Request) -> Response:
        phone = canonical_phone(with_country(text_in(body_of(request.data), "phone_number", "phone")))
        ask_for_code(phone=phone, language=get_language() or "")
        return done(_("If it is known here, a mail is on its way."))


class VerifyPhoneCodeView(AnonymousView):
    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        phone = canonical_phone(with_country(text_in(body, "phone_number", "phone")))
        check_code(text_in(body, "otp", "otp_code", "code"), phone=phone)
        return done(_("The code is right."))


class SendMailCodeView(AnonymousView):
    def post(self, request: Request) -> Response:
        ask_for_code(email=text_in(body_of(request.data), "email"), language=get_language() or "")
        return done(_("If it is known here, a mail is on its way."))


class VerifyMailCodeView(AnonymousView):
    """A right code confirms the address for whoever has typed it as the own one."""

    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        confirm_by_code(text_in(body, "email"), text_in(body, "otp", "otp_code", "code"))
        return done(_("The code is right."))


class ResendView(AnonymousView):
    def post(self, request: Request) -> Response:
        email = read_email(text_in(body_of(request.data), "email"))
        ask_to_confirm_again(email, language=get_language() or "")
        return done(_("If it is known here, a mail is on its way."))


class ResetView(AnonymousView):
    def post(self, request: Request) -> Response:
        email = read_email(text_in(body_of(request.data), "email"))
        if not email:
            raise RuleViolation("email_missing", _("Enter your e-mail address."), field="email")
        network = limits.network_of(get_adapter().get_client_ip(request._request))  # noqa: SLF001 - the package wants Django's
        limits.take(limits.RESET_OF_ADDRESS, network)
        limits.take(limits.RESET_OF_ACCOUNT, email)
        enqueue("accounts.send_reset_letter", {"email": email, "language": get_language() or ""})
        return done(_("If it is known here, a mail is on its way."))


class ConfirmResetView(AnonymousView):
    """Form-encoded or JSON ``uid``, ``token``, ``password``."""

    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        password = text_in(body, "password", "new_password")
        choose_password(text_in(body, "uid", "uidb64"), text_in(body, "token"), password)
        return done(_("Your password is changed. Sign in."))


class FeedbackView(ReportGeneratorView):
    def post(self, request: Request) -> Response:
        body = body_of(request.data)
        parts = [text_in(body, name) for name in ("subject", "category", "rating", "message", "feedback", "comment")]
        give_feedback("\n".join(part for part in parts if part), actor=cast("User", request.user))
        return done(_("Thank you. Whoever looks after the portal reads it."))

    def shape_refusal(self, problem: Any, _error: Exception) -> Any:
        return {"success": False, "message": str(problem["detail"])}
