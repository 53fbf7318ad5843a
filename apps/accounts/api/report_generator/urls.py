"""The addresses of the report generator dialect that belong to accounts."""

from apps.accounts.api.report_generator import profile, recovering, signing_in
from portal.kernel.api.dialects import both

urlpatterns = [
    both("auth/register", signing_in.RegisterView, "api-rg-register"),
    both("auth/login", signing_in.LoginView, "api-rg-login"),
    both("auth/logout", signing_in.LogoutView, "api-rg-logout"),
    both("auth/refresh", signing_in.RefreshView, "api-rg-refresh"),
    both("auth/token/refresh", signing_in.RefreshView, "api-rg-refresh-seed"),
    both("auth/profile", profile.ProfileView, "api-rg-profile"),
    both("profile", profile.ProfileView, "api-rg-profile-seed"),
    both("profile/update", profile.ProfileView, "api-rg-profile-update"),
    both("auth/profile/upload-picture", profile.PictureView, "api-rg-picture"),
    both("auth/check-phone", recovering.CheckPhoneView, "api-rg-check-phone"),
    both("auth/send-otp", recovering.SendPhoneCodeView, "api-rg-send-otp"),
    both("auth/verify-otp", recovering.VerifyPhoneCodeView, "api-rg-verify-otp"),
    both("auth/send-email-otp", recovering.SendMailCodeView, "api-rg-send-email-otp"),
    both("auth/verify-email-otp", recovering.VerifyMailCodeView, "api-rg-verify-email-otp"),
    both("auth/password-reset", recovering.ResetView, "api-rg-password-reset"),
    both("auth/password-reset-confirm", recovering.ConfirmResetView, "api-rg-password-reset-confirm"),
    both("auth/resend-verification", recovering.ResendView, "api-rg-resend"),
    both("auth/feedback", recovering.FeedbackView, "api-rg-feedback"),
]
