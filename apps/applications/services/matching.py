"""Why a vacancy fits a student: skills by rules, in a sentence if the student asks, with what is near in meaning.

It explains and decides nothing: the order of vacancies does not know of it, and no company sees it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Never

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.permissions import has_role
from apps.accounts.states import Role
from apps.ai.backends.base import Facts, Vector
from apps.ai.selectors import has_consented
from apps.ai.services.calls import Spot, Wish, embed
from apps.ai.services.drafting import Unavailable
from apps.ai.services.places import Place, Standing, register_place
from apps.ai.states import Purpose
from apps.applications.extraction.facts import find_facts
from apps.applications.selectors import resumes_of
from apps.applications.services.help import cohort_of
from apps.vacancies.fitting import Fit, explains_fit, fits_of
from apps.vacancies.models import Vacancy
from apps.vacancies.selectors import vacancies_visible_to
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from portal.kernel.access import Viewer

MATCH: Final = "applications.match"
SENTENCE: Final = "sentence"
# How many of the own lines are compared, and how many of the nearest are named.
MOST_COMPARED: Final = 24
MOST_NEAR: Final = 2


@explains_fit
def skills_that_fit(user: "Viewer", vacancies: Sequence[Vacancy]) -> dict[int, Fit]:
    """Return for each vacancy that asks for skills which of them the student's resumes name; one query."""
    if not has_role(user, Role.STUDENT) or not any(vacancy.skills for vacancy in vacancies):
        return {}
    shown = [resume.shown_facts for resume in resumes_of(user)]
    skills = list(dict.fromkeys(word for facts in shown for word in facts["skills"]))
    if not skills:
        return {}
    own = (*skills, *dict.fromkeys(line for facts in shown for line in facts["experience"]))
    known = {name for skill in skills for name in _names(skill)}
    return {vacancy.pk: _fit(vacancy.skills, known, own) for vacancy in vacancies if vacancy.skills}


def _fit(asked: Sequence[str], known: set[str], own: tuple[str, ...]) -> Fit:
    have = tuple(skill for skill in asked if _names(skill) & known)
    return Fit(have, tuple(skill for skill in asked if skill not in have), own)


def _names(skill: str) -> set[str]:
    """Return a skill in its plain form, and the vocabulary's names for it: "excel" is "Microsoft Excel"."""
    plain = " ".join(skill.casefold().split())
    return {plain, *(fact.value.casefold() for fact in find_facts(skill).skills)}


def match_wish(vacancy: Vacancy, *, actor: User) -> Wish:
    """Return what is asked for: one sentence over what is known. Raises ``ai_off``, ``nothing_known``, ``BudgetSpent``.

    The names of the student do not go into it; the resume does with its skills and lines alone.
    """
    cohort, fit = cohort_of(actor), fits_of(actor, [vacancy]).get(vacancy.pk)
    if cohort is None or not cohort.ai_enabled:
        raise RuleViolation("ai_off", _("AI help is switched off here."))
    if fit is None:
        raise RuleViolation("nothing_known", _("Upload a resume that names your skills first."))
    wished = vacancy.programmes.filter(pk=actor.student_profile.programme_id).first()
    known = {
        "skills": ", ".join(fit.have),
        "have": str(len(fit.have)),
        "asked": str(fit.asked),
        "programme": wished.name if wished else "",
        "near": " · ".join(near_in_meaning(vacancy, fit.own, actor)),
    }
    facts = Facts(
        fields=(SENTENCE,), known=known, private=(actor.get_full_name(), actor.email), language=actor.language
    )
    return Wish(Purpose.MATCH, facts, cohort=cohort, spot=Spot(MATCH, vacancy.pk, vacancy.title, {}))


def near_in_meaning(vacancy: Vacancy, own: Sequence[str], actor: User) -> list[str]:
    """Return the own lines that are nearest to the vacancy; none without the model of the extra ``ai-local``.

    The nearest of one's own, and no measure of how near: the model's numbers say too little for that.
    """
    if settings.AI.backend != "local" or not has_consented(actor):
        return []
    lines = list(own[:MOST_COMPARED])
    found = embed([f"{vacancy.title}. {vacancy.description}"[:1000], *lines])
    if isinstance(found, Unavailable):
        return []
    nearness = dict(zip(lines, (_alike(found[0], vector) for vector in found[1:]), strict=True))
    return sorted(lines, key=lambda line: -nearness[line])[:MOST_NEAR]


def _alike(one: Vector, other: Vector) -> float:
    """Return the product of two vectors of length one."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def _read(key: int, user: User) -> Standing | None:
    seen = vacancies_visible_to(user).filter(pk=key).exists()
    return Standing({}, reverse("vacancy_detail", args=[key])) if seen else None


def _write(_key: int, _parts: Mapping[str, str], _user: User) -> Never:
    raise RuleViolation("nothing_to_keep", _("This sentence is only there to be read."))


register_place(Place(MATCH, _("Why it fits"), {SENTENCE: _("Why it fits")}, _read, _write, keeps=False))
