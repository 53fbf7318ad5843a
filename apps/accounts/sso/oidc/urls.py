"""The pages of OpenID Connect providers; allauth mounts them where its own would be."""

from django.urls import path

from apps.accounts.sso.oidc import views

urlpatterns = [
    path("oidc/signed-out/", views.signed_out, name="signed_out"),
    path("oidc/<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
    path("oidc/<slug:provider_id>/backchannel-logout/", views.backchannel_logout, name="openid_connect_backchannel"),
]
