"""The pages of AI help."""

from django.urls import URLPattern, URLResolver, path

from apps.ai.views import drafts, usage

urlpatterns: list[URLPattern | URLResolver] = [
    path("ai/", usage.own_usage, name="ai_usage"),
    path("ai/consent/", usage.consent, name="ai_consent"),
    path("ai/cohorts/", usage.cohort_usage, name="ai_usage_cohorts"),
    path("ai/<int:pk>/", drafts.draft_detail, name="ai_draft"),
    path("ai/<int:pk>/accept/", drafts.draft_accept, name="ai_accept"),
    path("ai/<int:pk>/dismiss/", drafts.draft_dismiss, name="ai_dismiss"),
    path("ai/<int:pk>/cancel/", drafts.draft_cancel, name="ai_cancel"),
    path("ai/<int:pk>/undo/", drafts.draft_undo, name="ai_undo"),
]
