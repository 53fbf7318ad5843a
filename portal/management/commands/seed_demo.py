"""Fill an empty database with a made-up university, and write down how to sign in."""

import datetime as dt
import json
import random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services.history import seal_history
from apps.applications.states import PlacementState
from apps.logbook.services.counts import recount_days
from portal.management.demo.allocation import open_round
from portal.management.demo.closing import make_closing
from portal.management.demo.former import make_former
from portal.management.demo.history import tell_history
from portal.management.demo.logs import make_logs
from portal.management.demo.people import University, make_dean, make_people, open_doors
from portal.management.demo.places import Places, make_places

PASSWORD = "practicum-demo-2026"  # noqa: S105 - printed on purpose: the demo's own door
SEED = 20260706


def demo_logins(u: University, places: Places, superuser: User) -> list[tuple[str, User, str]]:
    """Return (role, person, what the person sees) of one story: the student's placement joins all but the last two."""
    placement = next(p for p in places.placements if p.state == PlacementState.ACTIVE and p.application is not None)
    cohort = placement.enrolment.cohort
    other = next(person for code, person in u.coordinators.items() if code != cohort.department.code)
    student = placement.enrolment.student
    return [
        ("student", student, f"own logbook of {cohort} at {placement.company}"),
        ("company", u.representatives[placement.company_id], f"vacancies and applicants of {placement.company}"),
        ("industrial_supervisor", places.industrial[placement.pk], f"trainees at {placement.company}, like {student}"),
        ("university_supervisor", places.academic[placement.pk], f"students of {cohort.department}, like {student}"),
        ("coordinator", u.coordinators[cohort.department.code], f"everything of {cohort.department}"),
        ("other_coordinator", other, "another department: nothing of the people above"),
        ("superuser", superuser, "everything, to configure it"),
    ]


class Command(BaseCommand):
    help = "Fill an empty database with a made-up university; refuses where somebody is in it already."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--today", type=dt.date.fromisoformat, default=None, help="the day that counts as today")

    def handle(self, *_args: Any, today: dt.date | None = None, **_options: Any) -> None:
        if User.objects.exists():
            message = "The database is not empty; the demo is for an empty one."
            raise CommandError(message)
        rng = random.Random(SEED)  # noqa: S311 - a demo, not a secret
        university = University(rng=rng, today=today or timezone.localdate(), password=PASSWORD)
        with transaction.atomic():
            people = make_people(university)
            places = make_places(university)
            count = make_logs(university, places)
            make_closing(university, places)
            count += make_former(university, places, people)
            recount_days(reported=False)
            choosing = open_round(university, people)[-1].student
            tell_history()
            seal_history(most=1_000_000)
            superuser = User.objects.create_superuser("admin", "admin@practicum.example", None)
            logins = demo_logins(university, places, superuser)
            logins.insert(1, ("student_choosing", choosing, "places to choose from, for the next term"))
            logins.insert(-1, ("dean", make_dean(), "figures of all departments, and nothing of a person"))
            open_doors([person for _role, person, _sees in logins], PASSWORD)
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        (settings.DATA_DIR / "demo-logins.json").write_text(
            json.dumps(
                [
                    {
                        "role": role,
                        "username": person.username,
                        "email": person.email,
                        "password": PASSWORD,
                        "sees": sees,
                    }
                    for role, person, sees in logins
                ],
                indent=2,
                ensure_ascii=False,
            )
            + "\n"
        )
        self.stdout.write(f"A made-up university: {len(university.enrolments)} students, {count} daily logs.")
