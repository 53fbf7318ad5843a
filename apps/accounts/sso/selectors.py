"""Which rows of single sign-on a user may have."""

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from apps.accounts.models import IdentityProvider, SignOnEvent
from apps.accounts.selectors import everything_for

if TYPE_CHECKING:
    from portal.kernel.access import Viewer


def identity_providers_visible_to(user: "Viewer") -> QuerySet[IdentityProvider]:
    """The installation's identity providers, for the superuser; others have none."""
    return IdentityProvider.objects.filter(everything_for(user, Q(pk__in=[])))


def signon_events_visible_to(user: "Viewer") -> QuerySet[SignOnEvent]:
    """What became of attempts to sign in through a provider, for the superuser; others have none."""
    return SignOnEvent.objects.filter(everything_for(user, Q(pk__in=[])))
