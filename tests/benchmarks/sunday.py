"""``python -m tests.benchmarks.sunday fill 256`` and ``... check 256 5``, in the environment of a served portal.

``fill`` makes the tables and so many students in the middle of their training, signs them in and prints their cookies.
``check`` prints what is missing of the days that they have sent since: one file each, at its place and readable.
"""

import datetime as dt
import json
import sys
from collections.abc import Callable
from typing import Any, Final

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - the models come first
from django.db import connection  # noqa: E402 - as above
from django.test import Client  # noqa: E402 - as above
from django.utils import timezone  # noqa: E402 - as above
from PIL import Image  # noqa: E402 - as above

from apps.logbook.models import DailyLog  # noqa: E402 - as above
from apps.logbook.states import ChainState  # noqa: E402 - as above
from tests.factories.accounts import (  # noqa: E402 - as above
    CohortFactory,
    CompanyFactory,
    EnrolmentFactory,
    ProgrammeFactory,
)
from tests.factories.applications import PlacementFactory  # noqa: E402 - as above
from tests.factories.logbook import monday_of  # noqa: E402 - as above

LENGTH: Final = 60
WRITTEN: Final = 25
# The unmasked secret is a token that Django takes, and it is the same in the cookie and in the form.
CSRF: Final = "s" * 32


def fill(students: int) -> list[str]:
    """Make the students, each with days that were sent before; return what each one's requests carry as Cookie."""
    call_command("migrate", interactive=False, verbosity=0)
    start = timezone.localdate() - dt.timedelta(days=LENGTH)
    cohort = CohortFactory.create(start=start, working_days=[*range(7)], latest_day_back=LENGTH)
    programme, company = ProgrammeFactory.create(department=cohort.department), CompanyFactory.create()
    cookies, logs = [], []
    for _number in range(students):
        enrolment = EnrolmentFactory.create(cohort=cohort, student__profile__programme=programme)
        place = PlacementFactory.create(enrolment=enrolment, company=company, start=start)
        logs += [_sent(place, start + dt.timedelta(days=number)) for number in range(WRITTEN)]
        browser = Client()
        browser.force_login(enrolment.student)
        cookies.append(f"sessionid={browser.cookies['sessionid'].value}; csrftoken={CSRF}")
    DailyLog.objects.bulk_create(logs)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return cookies


def _sent(place: Any, day: dt.date) -> DailyLog:
    return DailyLog(
        enrolment=place.enrolment,
        placement=place,
        day=day,
        week_start=monday_of(day),
        text="Measured shafts and turned a new one.",
        state=ChainState.SUBMITTED,
        submitted_at=timezone.now(),
    )


def check(students: int, rounds: int) -> list[str]:
    """Return what is lost, in words; empty where every day of the last so many is there with its file."""
    first = timezone.localdate() - dt.timedelta(days=rounds - 1)
    logs = DailyLog.objects.filter(day__gte=first).prefetch_related("attachments")
    lost = [] if len(logs) == students * rounds else [f"{len(logs)} days instead of {students * rounds}"]
    for log in logs:
        files = list(log.attachments.all())
        if log.state != ChainState.SUBMITTED or len(files) != 1:
            lost.append(f"{log.day}: {log.state} with {len(files)} files")
        for file in files:
            with file.file.open("rb") as stored, Image.open(stored) as picture:
                picture.verify()
    return lost


if __name__ == "__main__":
    command, *numbers = sys.argv[1:]
    commands: dict[str, Callable[..., list[str]]] = {"fill": fill, "check": check}
    result = commands[command](*map(int, numbers))
    print(json.dumps(result))
