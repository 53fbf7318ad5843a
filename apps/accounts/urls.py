"""The pages of accounts."""

from django.urls import URLPattern, URLResolver, path

from apps.accounts.services.registration import Door
from apps.accounts.views import invitations, links, own, registration, second_factor, sessions, welcome

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/<int:pk>/", own.job_detail, name="job_detail"),
    path("jobs/<int:pk>/progress/", own.job_progress, name="job_progress"),
    path("jobs/<int:pk>/cancel/", own.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/result/", own.job_result, name="job_result"),
    path("notices/", own.notices, name="notices"),
    path("notices/read/", own.notices_read, name="notices_read"),
    path("notices/<int:pk>/open/", own.notice_open, name="notice_open"),
    path("profile/", own.profile, name="profile"),
    path("l/<str:secret>/", links.link_open, name="link_open"),
    path("link/<int:pk>/join/", invitations.link_join, name="link_join"),
    path("link/done/", links.link_done, name="link_done"),
    path("link/again/", links.link_again, name="link_again"),
    path("profile/picture/", own.picture_change, name="picture_change"),
    path("people/<int:pk>/picture/", own.picture, name="person_picture"),
    path("welcome/", welcome.studies, name="welcome"),
    path("welcome/place/", welcome.place, name="welcome_place"),
    path("welcome/reach/", welcome.reach, name="welcome_reach"),
    path("accounts/sessions/", sessions.sessions, name="usersessions_list"),
    path("accounts/sessions/<int:pk>/end/", sessions.session_end, name="session_end"),
    path("accounts/sessions/end-others/", sessions.sessions_end_others, name="sessions_end_others"),
    path("accounts/email/", own.address, name="account_email"),
    path("accounts/2fa/webauthn/keys/<int:pk>/remove/", second_factor.remove_passkey, name="mfa_remove_webauthn"),
    path("accounts/signup/", registration.begin, {"door": Door.STUDENT}, name="account_signup"),
    path("accounts/signup/company/", registration.begin, {"door": Door.COMPANY}, name="register_company"),
    path("accounts/signup/sent/", registration.sent, name="register_sent"),
    path("accounts/signup/go-on/<str:token>/", registration.go_on, name="register_go_on"),
    path("unsubscribe/<str:token>/", own.unsubscribe_view, name="unsubscribe"),
]
