"""Identity providers, the rules for whom they bring, and what became of each attempt: the superuser's pages."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from apps.accounts import permissions
from apps.accounts.forms import IdentityProviderForm, TrialForm
from apps.accounts.models import IdentityProvider, SignOnEvent, SignOnRule, User
from apps.accounts.services import signon
from apps.accounts.services.joining import Facts, Outlook, outlook
from apps.accounts.sso import selectors
from apps.accounts.sso.saml.keys import make_own_keys
from apps.accounts.sso.saml.metadata import with_metadata
from apps.accounts.states import ProviderKind
from portal.kernel.admin import ListLink, Panel, PortalModelAdmin, PortalTabularInline
from portal.kernel.errors import RuleViolation
from portal.kernel.views import say_refusal

SHOWN = 8


def _save_rules(provider: IdentityProvider, kept: list[SignOnRule], deleted: list[SignOnRule], *, actor: User) -> None:
    for rule in deleted:
        signon.delete_rule(rule, actor=actor)
    for rule in kept:
        signon.write_rule(provider, rule, actor=actor)


class Rules(PortalTabularInline):
    model = SignOnRule
    fields = ("position", "attribute", "value", "role", "department", "programme")
    save_with = staticmethod(_save_rules)


def _our_addresses(row: IdentityProvider, request: HttpRequest) -> dict[str, Any]:
    """What is entered at the provider."""
    if row.kind == ProviderKind.OIDC:
        pages = [
            (_("Redirect URI"), "openid_connect_callback"),
            (_("Back-channel logout URI"), "openid_connect_backchannel"),
        ]
    else:
        pages = [
            (_("Entity ID and metadata"), "saml_metadata"),
            (_("Assertion consumer service"), "saml_acs"),
            (_("Single logout service (HTTP-Redirect)"), "saml_sls"),
        ]
    found = [(label, request.build_absolute_uri(reverse(name, args=[row.slug]))) for label, name in pages]
    if row.kind == ProviderKind.OIDC:
        found.append((_("Post-logout redirect URI"), request.build_absolute_uri(reverse("account_login"))))
    return {"rows": found}


def _last_attempts(row: IdentityProvider, _request: HttpRequest) -> dict[str, Any]:
    return {"rows": list(row.events.select_related("person")[:SHOWN])}


@admin.register(IdentityProvider)
class IdentityProviderAdmin(PortalModelAdmin):
    selector = staticmethod(selectors.identity_providers_visible_to)
    can_view = can_change = can_delete = staticmethod(permissions.only_superuser)
    can_add = opens_for = staticmethod(permissions.is_superuser)
    delete_with = staticmethod(signon.delete_provider)
    form = IdentityProviderForm
    inlines = (Rules,)
    empty_sentence = gettext_lazy("Nobody signs in through the university yet. Enter its identity provider.")
    panels = (
        Panel("addresses", gettext_lazy("To enter at the provider"), "admin/accounts/addresses.html", _our_addresses),
        Panel("attempts", gettext_lazy("Last attempts"), "admin/accounts/attempts.html", _last_attempts),
    )
    fieldsets = (
        (None, {"fields": ("name", "kind", "slug", "issuer", "is_active", "required_for_staff")}),
        (gettext_lazy("OpenID Connect"), {"fields": ("client_id", "client_secret", "scopes")}),
        (
            gettext_lazy("SAML 2.0"),
            {"fields": ("metadata", "metadata_url", "sso_url", "slo_url", "certificates", "subject_attribute")},
        ),
        (gettext_lazy("People on our list"), {"fields": ("match_claim", "match_field", "match_scope")}),
        (
            gettext_lazy("New people"),
            {
                "fields": (
                    "takes_new_people",
                    *("email_claim", "trusts_email", "first_name_claim", "last_name_claim"),
                )
            },
        ),
    )
    list_display = ("name", "kind", "issuer", "is_active", "required_for_staff", "takes_new_people")
    list_filter = ("kind", "is_active")
    search_fields = ("name", "issuer")
    ordering = ("name", "id")

    def add_object(self, values: dict[str, Any], *, actor: User) -> IdentityProvider:
        values = with_metadata(values, values.pop("metadata"), _address_to_read(values), issuer=values["issuer"])
        row = signon.enter_provider(values, actor=actor)
        if row.kind == ProviderKind.SAML:
            make_own_keys(row, actor=actor)
        return row

    def change_object(self, row: IdentityProvider, changes: dict[str, Any], *, actor: User) -> IdentityProvider:
        changes = with_metadata(changes, changes.pop("metadata", ""), "", issuer=changes.get("issuer", row.issuer))
        return signon.change_provider(row, changes, actor=actor)

    # -- more than the form -------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        def at(name: str, view: Any) -> Any:
            address = f"<path:object_id>/{name}/"
            return path(address, self.admin_site.admin_view(view), name=f"accounts_identityprovider_{name}")

        return [
            at("trial", self.trial_view),
            at("metadata", require_POST(self.metadata_view)),
            at("keys", require_POST(self.keys_view)),
            *super().get_urls(),
        ]

    def object_links(self, request: HttpRequest, row: Any) -> list[ListLink]:  # noqa: ARG002 - the base's signature
        def at(name: str) -> str:
            return reverse(f"admin:accounts_identityprovider_{name}", args=[row.pk])

        links = [ListLink(_("What would this person get?"), at("trial"))]
        if row.metadata_url:
            links.append(ListLink(_("Read its metadata again"), at("metadata"), post=True))
        if row.kind == ProviderKind.SAML:
            links.append(ListLink(_("Make new keys of ours"), at("keys"), post=True))
        return links

    def trial_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say what somebody with these attributes would get; writes nothing."""
        row = self.object_or_404(request, object_id)
        form = TrialForm(request.POST or None)
        context = {
            **self.frame(request),
            "title": _("What would this person get?"),
            "subtitle": str(row),
            "original": row,
            "form": form,
            "found": _trial(row, form.cleaned_data) if form.is_bound and form.is_valid() else None,
        }
        return TemplateResponse(request, "admin/accounts/sign_on_trial.html", context)

    def metadata_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Read the metadata behind the stored address again: a new certificate is known from then on."""
        row = self.object_or_404(request, object_id)
        try:
            signon.change_provider(
                row, with_metadata({}, "", row.metadata_url, issuer=row.issuer), actor=self.actor_of(request)
            )
        except RuleViolation as error:
            say_refusal(request, error)
        else:
            messages.success(request, _("Address and certificates are those of its metadata."))
        return HttpResponseRedirect(self.url_of(row))

    def keys_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make a new pair of keys for encrypted assertions."""
        row = self.object_or_404(request, object_id)
        make_own_keys(row, actor=self.actor_of(request))
        messages.success(request, _("The keys are new. Let the provider read our metadata again."))
        return HttpResponseRedirect(self.url_of(row))


def _address_to_read(values: dict[str, Any]) -> str:
    filled_in = values["kind"] != ProviderKind.SAML or (values["sso_url"] and values["certificates"])
    return "" if filled_in else str(values["metadata_url"])


def _trial(row: IdentityProvider, values: dict[str, Any]) -> Outlook:
    return outlook(row, Facts(values["subject"], values["attributes"], email_verified=values["email_verified"]))


@admin.register(SignOnEvent)
class SignOnEventAdmin(PortalModelAdmin):
    selector = staticmethod(selectors.signon_events_visible_to)
    can_view = staticmethod(permissions.only_superuser)
    opens_for = staticmethod(permissions.is_superuser)
    empty_sentence = gettext_lazy("Nobody has tried to sign in through a provider yet.")
    fields = ("at", "provider", "outcome", "code", "detail", "person", "address")
    list_display = ("at", "provider", "outcome", "code", "person", "address")
    list_filter = ("outcome", "provider")
    list_select_related = ("provider", "person")
    search_fields = ("code", "detail", "person__username")
    ordering = ("-id",)
