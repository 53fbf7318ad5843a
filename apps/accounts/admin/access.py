"""Who may see a department, a cohort or a company: one page on which the superuser gives and withdraws."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import permissions, selectors
from apps.accounts.forms import AccessForm
from apps.accounts.services import people
from apps.accounts.states import Role
from portal.kernel.admin import ListLink, PortalModelAdmin

if TYPE_CHECKING:
    Base = PortalModelAdmin
else:
    Base = object


class AccessPages(Base):
    """Adds the page to the pages of an anchor; its coordinators see it, the superuser changes it."""

    def get_urls(self) -> list[URLPattern]:
        def at(address: str, view: Any, name: str) -> URLPattern:
            full = f"accounts_{self.opts.model_name}_{name}"
            wrapped: Any = self.admin_site.admin_view(view)
            found: URLPattern = path(f"<path:object_id>/{address}", wrapped, name=full)
            return found

        show = require_http_methods(["GET", "HEAD", "POST"])(self.access_view)
        return [
            at("access/", show, "access"),
            at("access/withdraw/", require_POST(self.access_withdraw_view), "access-withdraw"),
            *super().get_urls(),
        ]

    def object_links(self, request: HttpRequest, row: Any) -> list[ListLink]:
        links = list(super().object_links(request, row))
        if permissions.can_see_access(row, request.user):
            links.append(ListLink(_("Who may see this"), self._address("access", row)))
        return links

    def access_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show who coordinates it and through what; by POST let one more person."""
        row = self._anchor(request, object_id)
        may_change = permissions.is_superuser(request.user)
        if request.method == "POST" and not may_change:
            raise PermissionDenied
        form = AccessForm(request.POST or None, anchor=row)
        if request.method == "POST" and form.is_valid():
            person, anchor = form.cleaned_data["person"], form.cleaned_data["anchor"]
            people.grant(person, anchor, actor=self.actor_of(request))
            text = _("%(person)s coordinates %(anchor)s.") % {"person": person, "anchor": anchor}
            messages.success(request, text)
            return HttpResponseRedirect(self._address("access", row))
        context = {
            **self.frame(request),
            "title": _("Who may see this"),
            "subtitle": str(row),
            "original": row,
            "object_url": self.url_of(row),
            "withdraw_url": self._address("access-withdraw", row),
            "grants": [self._shown(grant, row) for grant in selectors.grants_reaching(row)],
            "superusers": selectors.active_superusers(),
            "form": form if may_change else None,
        }
        return TemplateResponse(request, "admin/accounts/access.html", context)

    def access_withdraw_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take one grant away that stands on this page."""
        row = self._anchor(request, object_id)
        if not permissions.is_superuser(request.user):
            raise PermissionDenied
        wanted = request.POST.get("grant", "")
        found = next((grant for grant in selectors.grants_reaching(row) if grant_key(grant) == wanted), None)
        if found is None:
            raise Http404
        people.withdraw_grant(found.user, found.content_object, actor=self.actor_of(request))
        text = _("%(person)s does not coordinate %(anchor)s any more.")
        messages.success(request, text % {"person": found.user, "anchor": found.content_object})
        return HttpResponseRedirect(self._address("access", row))

    def _anchor(self, request: HttpRequest, object_id: str) -> Any:
        row = self.object_or_404(request, object_id)
        if not permissions.can_see_access(row, request.user):
            raise PermissionDenied
        return row

    def _address(self, name: str, row: Any) -> str:
        return reverse(f"admin:accounts_{self.opts.model_name}_{name}", args=[row.pk])

    @staticmethod
    def _shown(grant: Any, row: Any) -> dict[str, Any]:
        return {
            "key": grant_key(grant),
            "person": grant.user,
            "anchor": grant.content_object,
            "kind": grant.content_object._meta.verbose_name,
            "is_whole": grant.content_object == row,
            "counts": grant.user.is_active and any(g.name == Role.COORDINATOR for g in grant.user.groups.all()),
        }


def grant_key(grant: Any) -> str:
    """Return what names a grant among those of a page: the kinds have tables of their own."""
    return f"{grant._meta.model_name}:{grant.pk}"
