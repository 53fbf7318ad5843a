"""Print what follows when something became so: parts of moves, reactions, tasks, notices, and who fills which list."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.accounts.selectors import labels_of_scoped_links
from apps.accounts.services.cohorts import copied_with
from apps.accounts.services.links import sent_again
from apps.accounts.services.mergers import followers
from apps.accounts.services.notices import notice_kinds
from apps.vacancies.fitting import explained
from portal.kernel.fsm import parts, reactions
from portal.kernel.tasks import known_kinds


def lines() -> list[str]:
    """Return the golden list, one line each."""
    found = [f"part | {model}.{move} | {name}" for model, move, name in parts()]
    for reaction in reactions():
        by = f" by {', '.join(reaction.moves)}" if reaction.moves else ""
        found.append(f"reaction | {reaction.model} -> {reaction.target}{by} | {reaction.name}")
    found += [f"task | {kind}" for kind in known_kinds()]
    found += [f"notice | {kind.kind} | {'at once' if kind.urgent else 'digest'}" for kind in notice_kinds()]
    # Decision 0012: lists that upper apps fill.
    found += sorted(f"follows a company | {follower.key}" for follower in followers())
    found += sorted(f"copied with a cohort | {copy.__module__}.{copy.__qualname__}" for copy in copied_with())
    found += [f"sends links again | {kind}" for kind in sent_again()]
    found += [f"scopes links | {label}" for label in labels_of_scoped_links()]
    found += [f"explains what fits | {name}" for name in explained()]
    return found


class Command(BaseCommand):
    help = "Print every part of a move, reaction, task and notice, one line each."

    def handle(self, *_args: Any, **_options: Any) -> None:
        for line in lines():
            self.stdout.write(line)
