"""The addresses of SCIM."""

from django.urls import URLPattern, URLResolver, path, re_path

from apps.accounts.api.scim import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("ServiceProviderConfig", views.config, name="scim_config"),
    path("Schemas", views.schemas, name="scim_schemas"),
    path("Schemas/<str:urn>", views.schema, name="scim_schema"),
    path("ResourceTypes", views.resource_types, name="scim_resource_types"),
    path("ResourceTypes/<str:name>", views.resource_type, name="scim_resource_type"),
    path("Users", views.users, name="scim_users"),
    path("Users/.search", views.search_users, name="scim_users_search"),
    path("Users/<str:key>", views.user, name="scim_user"),
    path("Groups", views.groups, name="scim_groups"),
    path("Groups/.search", views.search_groups, name="scim_groups_search"),
    path("Groups/<str:key>", views.group, name="scim_group"),
    path(".search", views.search_everything, name="scim_search"),
    re_path(r"^(?P<rest>.*)$", views.nothing, name="scim_nothing"),
]
