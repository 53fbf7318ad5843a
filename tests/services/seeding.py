"""``python -m tests.services.seeding``: tables and people in an empty database, so that somebody can sign in."""

import django

django.setup()

from allauth.mfa.totp.internal.auth import TOTP  # noqa: E402 - the models come first
from django.core.management import call_command  # noqa: E402 - as above

from apps.accounts.services.people import grant  # noqa: E402 - as above
from portal.kernel.access import SYSTEM  # noqa: E402 - as above
from tests.factories.accounts import (  # noqa: E402 - as above
    CohortFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    UserFactory,
)
from tests.services.browsing import TOTP_SECRET  # noqa: E402 - as above


def main() -> None:
    """Make a coordinator with a cohort, and two of its students; the password of all is "pw"."""
    call_command("migrate", interactive=False, verbosity=0)
    cohort = CohortFactory.create(name="Mechanical PT2")
    programme = ProgrammeFactory.create(department=cohort.department, code="BSC-ME")
    coordinator = UserFactory.create(username="coordinator")
    grant(coordinator, cohort.department, actor=SYSTEM)
    TOTP.activate(coordinator, TOTP_SECRET)
    for name in ("asha", "said"):
        EnrolmentFactory.create(cohort=cohort, student__username=name, student__profile__programme=programme)


if __name__ == "__main__":
    main()
