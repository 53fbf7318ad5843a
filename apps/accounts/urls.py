"""The pages of accounts."""

from django.urls import URLPattern, URLResolver, path

from apps.accounts.views import invitations, links, own

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/<int:pk>/", own.job_detail, name="job_detail"),
    path("jobs/<int:pk>/progress/", own.job_progress, name="job_progress"),
    path("jobs/<int:pk>/cancel/", own.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/result/", own.job_result, name="job_result"),
    path("notices/", own.notices, name="notices"),
    path("notices/read/", own.notices_read, name="notices_read"),
    path("notices/<int:pk>/open/", own.notice_open, name="notice_open"),
    path("profile/", own.profile, name="profile"),
    path("unsubscribe/<str:token>/", own.unsubscribe_view, name="unsubscribe"),
    path("l/<str:secret>/", links.link_open, name="link_open"),
    path("link/<int:pk>/join/", invitations.link_join, name="link_join"),
    path("link/done/", links.link_done, name="link_done"),
    path("link/again/", links.link_again, name="link_again"),
]
