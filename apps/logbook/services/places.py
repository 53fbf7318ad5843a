"""Where the phone was when a day was sent: a hint near or far, with consent, for a time.

The position itself is compared and thrown away; what is kept is one of three words, which never hinders anything.
"""

import datetime as dt
import math
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from apps.accounts.models import Company, Enrolment
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.logbook.models import DailyLog, PlaceConsent
from apps.logbook.states import LocationHint
from portal.kernel.errors import NotAllowed

if TYPE_CHECKING:
    from portal.kernel.access import Actor

# Latitude and longitude in degrees.
type Position = tuple[float, float]

EARTH_RADIUS_M: Final = 6_371_000
KEEP_HINTS: Final = dt.timedelta(days=90)


def hint_of(company: Company, position: tuple[float, float]) -> LocationHint:
    """Say whether a position (degrees) lies within the company's radius; unknown where the company has no place."""
    if company.latitude is None or company.longitude is None:
        return LocationHint.UNKNOWN
    here, there = (math.radians(position[0]), math.radians(float(company.latitude)))
    north = math.sin((there - here) / 2) ** 2
    east = math.sin((math.radians(float(company.longitude)) - math.radians(position[1])) / 2) ** 2
    arc = north + math.cos(here) * math.cos(there) * east
    distance_m = 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(arc, 1.0)))
    return LocationHint.NEAR if distance_m <= company.radius_m else LocationHint.FAR


def keep_hint(log: DailyLog, position: Position, *, actor: "Actor") -> None:
    """Keep whether the phone is near the company, if the cohort asks for it and the student has agreed.

    Raises ``NotAllowed`` for everybody but the student.
    """
    _check_own(log.enrolment, actor)
    asked = log.enrolment.cohort.location_hint and PlaceConsent.objects.filter(enrolment=log.enrolment).exists()
    row = DailyLog.objects.select_related("placement__company").get(pk=log.pk)
    if not asked or row.placement is None:
        return
    # Beside the version: the hint is no content, whoever decides about the day decides about what was written.
    DailyLog.objects.filter(pk=log.pk).update(location_hint=hint_of(row.placement.company, position))


def consent_to_place(enrolment: Enrolment, *, actor: "Actor") -> PlaceConsent:
    """Take the student's word that the place may be compared; again changes nothing. Raises ``NotAllowed``."""
    _check_own(enrolment, actor)
    return PlaceConsent.objects.get_or_create(enrolment=enrolment)[0]


def withdraw_place_consent(enrolment: Enrolment, *, actor: "Actor") -> None:
    """Take the consent back, and with it every hint that was kept so far. Raises ``NotAllowed``."""
    _check_own(enrolment, actor)
    PlaceConsent.objects.filter(enrolment=enrolment).delete()
    _forget(enrolment=enrolment)


def forget_old_hints() -> int:
    """Erase the hints that have been kept as long as the privacy declaration says; returns how many there were."""
    return _forget(day__lt=timezone.localdate() - KEEP_HINTS)


def _forget(**which: object) -> int:
    rows = DailyLog.objects.exclude(location_hint=LocationHint.UNKNOWN)
    # Not through save(): locked rows keep their time of last change.
    return rows.filter(**which).update(location_hint=LocationHint.UNKNOWN)


def _check_own(enrolment: Enrolment, actor: "Actor") -> None:
    if enrolment.student_id != actor.pk or not has_role(actor, Role.STUDENT):
        raise NotAllowed
