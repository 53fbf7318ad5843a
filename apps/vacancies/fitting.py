"""What of a person speaks for a vacancy: facts beside the offer. Nothing is ordered, scored or decided by it.

Vacancies know no resumes. The app that does says what fits, by one function that it names here (decision 0012).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.vacancies.models import Vacancy
    from portal.kernel.access import Viewer


@dataclass(frozen=True, slots=True)
class Fit:
    """Of the skills that a vacancy asks for, those that stand in the person's facts, and the others, as it spells them.

    ``own`` are the person's own lines from which that was taken.
    """

    have: tuple[str, ...]
    others: tuple[str, ...]
    own: tuple[str, ...] = ()

    @property
    def asked(self) -> int:
        """How many skills are asked for."""
        return len(self.have) + len(self.others)


type Explain = Callable[["Viewer", Sequence["Vacancy"]], Mapping[int, Fit]]

_explain: list[Explain] = []


def explains_fit(function: Explain) -> Explain:
    """Name the function that says what fits, by the vacancy's key; a vacancy of which nothing is known is left out."""
    _explain.append(function)
    return function


def explained() -> list[str]:
    """Return the functions by name, sorted."""
    return sorted(f"{function.__module__}.{function.__qualname__}" for function in _explain)


def fits_of(user: "Viewer", vacancies: Sequence["Vacancy"]) -> dict[int, Fit]:
    """Return what fits this person of each vacancy."""
    return {key: fit for function in _explain for key, fit in function(user, vacancies).items()}
