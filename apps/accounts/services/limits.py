"""How often something may be tried: counted in the database, so that no flushed cache begins anew."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.accounts.models import LimitCount
from portal.kernel.errors import TooManyTries

MINUTE_S: Final = 60
HOUR_S: Final = 3600
DAY_S: Final = 24 * HOUR_S


@dataclass(frozen=True)
class Limit:
    """``most`` tries within ``seconds`` of the first one."""

    name: str
    most: int
    seconds: int


# A university's network has one address for a whole lecture hall, so an address may fail more often than an account.
SIGN_IN_OF_ACCOUNT: Final = Limit("sign_in_account", 5, MINUTE_S)
SIGN_IN_IN_A_ROW: Final = Limit("sign_in_row", 100, DAY_S)
SIGN_IN_OF_ADDRESS: Final = Limit("sign_in_address", 30, MINUTE_S)
SECOND_STEP: Final = Limit("second_step", 5, MINUTE_S)
SECOND_STEP_IN_A_ROW: Final = Limit("second_step_row", 100, DAY_S)
RESET_OF_ACCOUNT: Final = Limit("reset_account", 5, HOUR_S)
RESET_OF_ADDRESS: Final = Limit("reset_address", 60, HOUR_S)
REGISTER_OF_ACCOUNT: Final = Limit("register_account", 5, HOUR_S)


def register_of_address(most: int) -> Limit:
    """Return the limit of registrations from one network address, which the superuser sets."""
    return Limit("register_address", most, HOUR_S)


def take(limit: Limit, subject: str) -> None:
    """Count one try of the subject. Raises ``TooManyTries`` when there were as many as there may be.

    The row is locked while it is counted: of fifty who try at once exactly ``most`` pass. Call it outside of a
    transaction that may be rolled back.
    """
    now = timezone.now()
    until = now + dt.timedelta(seconds=limit.seconds)
    key = _key(limit, subject)
    with transaction.atomic():
        LimitCount.objects.bulk_create([LimitCount(key=key, since=now, until=until)], ignore_conflicts=True)
        row = LimitCount.objects.select_for_update().get(key=key)
        if row.until <= now:
            row.since, row.until, row.count = now, until, 0
        if row.count >= limit.most:
            raise TooManyTries(max(1, round((row.until - now).total_seconds())))
        row.count += 1
        row.save()


def give_back(limit: Limit, subject: str) -> None:
    """Take one counted try back: it was no failure."""
    with transaction.atomic():
        row = LimitCount.objects.select_for_update().filter(key=_key(limit, subject), count__gt=0).first()
        if row is not None:
            row.count -= 1
            row.save()


def forget(limit: Limit, subject: str) -> None:
    """Begin to count anew."""
    LimitCount.objects.filter(key=_key(limit, subject)).delete()


def sweep_limits() -> int:
    """Delete what counts no more; nightly. Returns how many rows."""
    return LimitCount.objects.filter(until__lt=timezone.now()).delete()[0]


def network_of(address: str) -> str:
    """Return what of a network address is counted: of IPv6 the /64, which is what one subscriber has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:  # noqa: PLR2004 - the two versions of the protocol
        return address
    return str(ipaddress.ip_network(f"{address}/64", strict=False).network_address)


def _key(limit: Limit, subject: str) -> str:
    return salted_hmac("apps.accounts.limits", f"{limit.name}:{subject}", algorithm="sha256").hexdigest()
