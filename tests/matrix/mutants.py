"""Removes one guard at a time and says whether the suite notices: ``python -m tests.matrix.mutants [word]``.

A guard is a function whose body is swapped for one expression, so that every module which has imported it gets the
mutant. It is noticed by the cells of the objects that it guards, or where the rights of a model's rows are proved.
"""

import importlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import django


@dataclass(frozen=True)
class Mutant:
    """``where`` is ``module:function``; ``becomes`` the expression in that module; ``notices`` the cells to try.

    ``notices`` is ``"object[state] action action"``, several with ``;``.
    """

    where: str
    becomes: str
    notices: str


def _all(model: str) -> str:
    return f"{model}.objects.all()"


ACCOUNTS: Final = "apps.accounts.permissions:"
ACCOUNT_ROWS: Final = "apps.accounts.selectors:"
PLACING: Final = "apps.applications.permissions:"
PLACING_ROWS: Final = "apps.applications.selectors:"
LOGBOOK: Final = "apps.logbook.permissions:"
LOGBOOK_ROWS: Final = "apps.logbook.selectors.rows:"
VACANCIES: Final = "apps.vacancies.permissions:"
VACANCY_ROWS: Final = "apps.vacancies.selectors:"
FSM: Final = "portal.kernel.fsm.performing:"

MUTANTS: Final = (
    # -- who somebody is
    Mutant(ACCOUNTS + "has_role", "True", "log[submitted] list view"),
    Mutant(ACCOUNTS + "is_superuser", "True", "audit list"),
    Mutant(ACCOUNTS + "coordinates_cohort", "True", "log[flagged] resolve_return; profile change"),
    Mutant(ACCOUNTS + "coordinates_department", "True", "programme change; rows"),
    Mutant(ACCOUNTS + "represents_company", "True", "vacancy[draft] change publish"),
    Mutant(ACCOUNTS + "moderates_company", "True", "company[pending] approve; vacancy[draft] publish"),
    Mutant(ACCOUNTS + "coordinates_something", "True", "company[pending] add"),
    Mutant(ACCOUNTS + "coordinates_whole_department", "True", "lone_cohort add"),
    Mutant(ACCOUNTS + "only_superuser", "True", "department change; rows"),
    # -- people and organisations
    Mutant(ACCOUNTS + "can_moderate_company", "True", "company[pending] approve; company[approved] archive"),
    Mutant(ACCOUNTS + "can_view_company", "True", "rows"),
    Mutant(ACCOUNTS + "can_change_company", "True", "company[approved] change"),
    Mutant(ACCOUNTS + "can_view_enrolment", "True", "rows"),
    Mutant(ACCOUNTS + "can_change_enrolment", "True", "profile change"),
    Mutant(ACCOUNTS + "can_enter_company", "True", "company[pending] add"),
    Mutant(ACCOUNTS + "can_change_programme", "False", "programme change"),
    Mutant(ACCOUNTS + "can_delete_cohort", "False", "cohort delete"),
    Mutant(ACCOUNTS + "can_view_job", "True", "rows"),
    Mutant(ACCOUNTS + "can_cancel_job", "True", "job cancel"),
    Mutant(ACCOUNTS + "can_confirm_import", "False", "import_job confirm"),
    Mutant(ACCOUNTS + "can_view_notice", "True", "rows"),
    Mutant(ACCOUNTS + "can_view_history_entry", "True", "rows"),
    Mutant(ACCOUNTS + "can_invite_student", "False", "profile invite"),
    Mutant(ACCOUNT_ROWS + "companies_visible_to", _all("Company"), "company[pending] list view"),
    Mutant(ACCOUNT_ROWS + "enrolments_visible_to", _all("Enrolment"), "profile list view"),
    Mutant(ACCOUNT_ROWS + "cohorts_visible_to", _all("Cohort"), "cohort list"),
    Mutant(ACCOUNT_ROWS + "programmes_visible_to", _all("Programme"), "programme list"),
    Mutant(ACCOUNT_ROWS + "departments_visible_to", _all("Department"), "department list"),
    Mutant(ACCOUNT_ROWS + "jobs_visible_to", _all("Job"), "job list view"),
    Mutant(ACCOUNT_ROWS + "imports_visible_to", _all("ImportBatch"), "import_job list"),
    Mutant(ACCOUNT_ROWS + "notices_visible_to", _all("Notice"), "notification list view mark_read"),
    Mutant(ACCOUNT_ROWS + "history_visible_to", _all("HistoryEntry"), "audit list"),
    Mutant(ACCOUNT_ROWS + "links_visible_to", _all("AccessLink"), "signed_link list"),
    Mutant(ACCOUNT_ROWS + "links_revocable_by", _all("AccessLink"), "signed_link revoke"),
    Mutant(ACCOUNT_ROWS + "in_scope", "Q()", "log[submitted] list; application[pending] list"),
    Mutant(ACCOUNT_ROWS + "represented", "Q()", "application[pending] list; vacancy[draft] list"),
    Mutant(ACCOUNT_ROWS + "moderated", "Q()", "company[pending] list"),
    Mutant("apps.accounts.services.links:_good", "Q()", "log[submitted] verify"),
    # -- vacancies
    Mutant(VACANCIES + "can_view_vacancy", "True", "rows"),
    Mutant(VACANCIES + "can_change_vacancy", "True", "vacancy[closed] change"),
    Mutant(VACANCIES + "manages_vacancy", "True", "vacancy[active] close"),
    Mutant(VACANCIES + "can_delete_vacancy", "True", "vacancy[active] delete"),
    Mutant(VACANCIES + "can_add_vacancy", "False", "vacancy[draft] add"),
    Mutant(VACANCIES + "coordinates_wished", "True", "rows"),
    Mutant(VACANCY_ROWS + "vacancies_visible_to", _all("Vacancy"), "vacancy[draft] list view"),
    Mutant(VACANCY_ROWS + "vacancies_offered_by", _all("Vacancy"), "vacancy[draft] list view"),
    Mutant(VACANCY_ROWS + "eligible", "Q()", "vacancy[active] list"),
    Mutant(VACANCY_ROWS + "saved_searches_of", _all("SavedSearch"), "saved_search delete"),
    # -- from wish to place
    Mutant(PLACING + "can_view_application", "True", "rows"),
    Mutant(PLACING + "can_decide_application", "True", "application[pending] accept reject shortlist"),
    Mutant(PLACING + "is_applicant", "True", "application[pending] withdraw"),
    Mutant(PLACING + "can_view_resume_of", "True", "application[any] view_company_notes; resume view; rows"),
    Mutant(PLACING + "can_delete_resume", "False", "resume delete_when_unused"),
    Mutant(PLACING + "can_view_placement", "True", "rows"),
    Mutant(PLACING + "can_change_placement", "True", "placement[completed] change"),
    Mutant(PLACING + "coordinates_placement", "True", "placement[planned] activate; placement[active] complete"),
    Mutant(PLACING + "can_cancel_placement", "True", "placement[planned] cancel"),
    Mutant(PLACING + "can_confirm_placement", "True", "placement[proposed] confirm"),
    Mutant(PLACING + "can_name_supervisor", "True", "placement[active] assign_supervisors name_own_supervisor"),
    Mutant(PLACING_ROWS + "applications_visible_to", _all("Application"), "application[pending] list view"),
    Mutant(PLACING_ROWS + "applications_of", _all("Application"), "application[pending] list view"),
    Mutant(
        PLACING_ROWS + "applications_received_by",
        _all("Application"),
        "application[withdrawn] view; application[pending] view",
    ),
    Mutant(PLACING_ROWS + "resumes_visible_to", _all("Resume"), "resume download download_after_withdrawal"),
    Mutant(PLACING_ROWS + "resumes_of", _all("Resume"), "resume view delete_when_unused"),
    Mutant(PLACING_ROWS + "placements_visible_to", _all("Placement"), "placement[active] list view"),
    Mutant(PLACING_ROWS + "placements_of", _all("Placement"), "placement[active] list"),
    Mutant(PLACING_ROWS + "placements_hosted_by", _all("Placement"), "placement[active] list name_own_supervisor"),
    Mutant("apps.applications.selectors.places:_supervised", "Q()", "placement[active] list"),
    # -- the logbook
    Mutant(LOGBOOK + "is_author", "True", "log[submitted] recall; weekly[draft] submit"),
    Mutant(LOGBOOK + "verifies", "True", "log[submitted] verify return"),
    Mutant(LOGBOOK + "validates", "True", "log[verified_industry] validate flag"),
    Mutant(LOGBOOK + "coordinates_author", "True", "log[flagged] resolve_return resolve_uphold"),
    Mutant(LOGBOOK + "can_view_entry", "True", "rows"),
    Mutant(LOGBOOK + "confirms_arrival", "True", "arrival[submitted] confirm return"),
    Mutant(LOGBOOK + "coordinates_arrival", "True", "arrival[confirmed] reopen_with_reason"),
    Mutant(LOGBOOK + "reports_arrival", "True", "arrival[disputed] submit"),
    Mutant(LOGBOOK + "can_view_arrival", "True", "rows"),
    Mutant(LOGBOOK + "coordinates_assessment", "True", "assessment_academic[submitted] release"),
    Mutant(LOGBOOK + "can_view_assessment", "True", "rows"),
    Mutant(LOGBOOK_ROWS + "logs_visible_to", _all("DailyLog"), "log[draft] list view"),
    Mutant(LOGBOOK_ROWS + "weeks_visible_to", _all("WeeklyReport"), "weekly[draft] list view"),
    Mutant(LOGBOOK_ROWS + "attachments_visible_to", _all("LogAttachment"), "attachment[of submitted] download"),
    Mutant(LOGBOOK_ROWS + "arrivals_visible_to", _all("ArrivalNote"), "arrival[submitted] list view"),
    Mutant(LOGBOOK_ROWS + "assessments_visible_to", _all("Assessment"), "assessment_industry[draft] list view; rows"),
    Mutant(LOGBOOK_ROWS + "visits_visible_to", _all("Visit"), "visit list"),
    Mutant(LOGBOOK_ROWS + "supervised", "Q()", "log[submitted] list"),
    Mutant("apps.reporting.selectors:logbooks_visible_to", _all("Placement"), "log[any] export; weekly[any] export"),
    # -- the foundation
    Mutant(FSM + "_allows", "True", "log[submitted] verify"),
    Mutant(FSM + "_refusal", "None", "log[returned] verify"),
    Mutant("portal.admin_site:CoordinatorSite.has_permission", "True", "log[submitted] list"),
    Mutant("portal.kernel.admin.rows:ScopedModelAdmin.has_change_permission", "True", "vacancy[closed] change"),
    Mutant("portal.kernel.admin.rows:ScopedModelAdmin.has_delete_permission", "True", "vacancy[active] delete"),
    Mutant("portal.kernel.admin.rows:ScopedModelAdmin.has_add_permission", "True", "company[pending] add"),
    Mutant(
        "portal.kernel.admin.rows:ScopedModelAdmin.get_queryset",
        "self.model._default_manager.all()",
        "log[draft] list view",
    ),
    Mutant(
        "portal.kernel.api.rows:ScopedViewSet.get_queryset", "self.model._default_manager.all()", "log[draft] list view"
    ),
    Mutant(
        "apps.accounts.services.token_pairs:_family",
        "TokenFamily.objects.select_related('user').get(pk=claims['family'])",
        "log[submitted] view",
    ),
    Mutant("portal.kernel.api.programs:PeopleOrPrograms.has_permission", "True", "log[submitted] view verify"),
    Mutant("django.contrib.auth.models:AnonymousUser.is_authenticated.fget", "True", "log[submitted] view"),
    Mutant("django.contrib.auth.backends:ModelBackend.user_can_authenticate", "True", "user[active] view"),
)


@contextmanager
def removed(mutant: Mutant) -> Iterator[None]:
    """Swap the guard's body for the mutant's expression, and give it back its own afterwards."""
    module, _colon, path = mutant.where.partition(":")
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    names: dict[str, Any] = {}
    # The first parameter keeps its name, so that the expression can say ``self``.
    first = found.__code__.co_varnames[: found.__code__.co_argcount]
    given = ", ".join([*(f"{name}=None" for name in first), "*_args", "**_kwargs"])
    # A method that says ``super`` keeps its class in a cell, and takes only code with as many.
    cells = found.__code__.co_freevars
    body = f"({''.join(f'{name}, ' for name in cells)}); return {mutant.becomes}"
    source = f"def enclosing({', '.join(cells)}):\n def mutant({given}): {body}\n return mutant"
    exec(source, found.__globals__, names)  # noqa: S102 - the mutants above
    swapped = names["enclosing"](*(None for _cell in cells))
    kept, defaults = found.__code__, found.__defaults__
    found.__code__, found.__defaults__ = swapped.__code__, swapped.__defaults__
    try:
        yield
    finally:
        found.__code__, found.__defaults__ = kept, defaults


def _cells_fail(words: str) -> bool:
    from tests.matrix import trying  # noqa: PLC0415 - Django has to be set up before
    from tests.matrix.mapping import scene_of  # noqa: PLC0415 - as above
    from tests.matrix.tables import undone  # noqa: PLC0415 - as above
    from tests.matrix.worlds import build_matrix_world  # noqa: PLC0415 - as above

    where, actions = words.rsplit("]", 1) if "]" in words else words.split(" ", 1)
    thing, _bracket, state = where.partition("[")
    trying.forget_answers()
    with undone():
        trial = trying.Trial(scene_of(build_matrix_world(), thing, state), actions=frozenset(actions.split()))
        return bool(trial.run().problems)


def _rows_fail() -> bool:
    from tests.factories.world import build_world  # noqa: PLC0415 - as above
    from tests.house.everything import KINDS, build_everything  # noqa: PLC0415 - as above
    from tests.matrix.tables import undone  # noqa: PLC0415 - as above

    with undone():
        world = build_world()
        build_everything(world)
        for kind in KINDS:
            rows = list(kind.model._default_manager.all())
            for person in world.personas().values():
                if {row.pk for row in kind.selector(person)} != {r.pk for r in rows if kind.predicate(r, person)}:
                    return True
    return False


def is_noticed(mutant: Mutant) -> bool:
    """Say whether a test fails without this guard; one that crashes has noticed as well."""
    from django.db import DatabaseError  # noqa: PLC0415 - as above

    with removed(mutant):
        try:
            parts = [part.strip() for part in mutant.notices.split(";")]
            return any(_rows_fail() if part == "rows" else _cells_fail(part) for part in parts)
        except (AttributeError, TypeError, AssertionError, LookupError, DatabaseError) as error:
            print(f"      {type(error).__name__}: {error}"[:150])  # noqa: T201 - a script
            return True


def main(word: str = "") -> int:
    """Try the mutants whose place contains a word; returns how many were not noticed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    django.setup()
    from django.test.utils import setup_databases, setup_test_environment  # noqa: PLC0415 - as above

    logging.disable(logging.CRITICAL)
    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)
    chosen = [mutant for mutant in MUTANTS if word in mutant.where]
    survivors = []
    for number, mutant in enumerate(chosen, 1):
        begun = time.monotonic()
        noticed = is_noticed(mutant)
        survivors += [] if noticed else [mutant.where]
        said = "noticed" if noticed else "SURVIVED"
        print(f"{number:3} {said} {mutant.where} -> {mutant.becomes} ({time.monotonic() - begun:.0f} s)", flush=True)  # noqa: T201 - the script speaks to whoever calls it
    print(f"mutants: {len(chosen) - len(survivors)} of {len(chosen)} noticed")  # noqa: T201 - the script speaks to whoever calls it
    return len(survivors)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
