"""AI help with reading a resume: skills, degrees and experience, each in the resume's own words, beside the rules'."""

from collections.abc import Mapping
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Enrolment, StudentProfile, User
from apps.ai.backends.base import Facts
from apps.ai.services.calls import Spot, Wish
from apps.ai.services.places import Place, Standing, register_place
from apps.ai.states import Purpose
from apps.applications.models import Resume
from apps.applications.selectors import resumes_of
from apps.applications.services.resumes import correct_facts
from portal.kernel.errors import RuleViolation, WrongState

RESUME: Final = "applications.resume"
FIELDS: Final = ("skills", "degrees", "experience")
RESUME_HELP: Final = [("skills", Purpose.RESUME)]


def cohort_of(student: User) -> Cohort | None:
    """Return the cohort of the student's newest enrolment that goes on, None without any."""
    own = Enrolment.objects.filter(student=student, is_active=True).select_related("cohort")
    newest = own.order_by("-cohort__start", "-pk").first()
    return newest.cohort if newest is not None else None


def resume_wish(resume: Resume, *, actor: User) -> Wish:
    """Return what is asked for a resume. Raises ``RuleViolation`` ``ai_off`` for who is in no cohort."""
    cohort = cohort_of(actor)
    if cohort is None:
        raise RuleViolation("ai_off", _("AI help is switched off here."))
    profile = StudentProfile.objects.filter(user=actor).first()
    private = [actor.get_full_name(), actor.email, actor.phone, profile.reg_no if profile else ""]
    facts = Facts(texts={"resume": resume.text}, fields=FIELDS, private=[value for value in private if value])
    spot = Spot(RESUME, resume.pk, resume.original_name, _parts(resume))
    return Wish(Purpose.RESUME, facts, cohort=cohort, spot=spot)


def _parts(resume: Resume) -> dict[str, str]:
    shown = resume.shown_facts
    return {name: "\n".join(shown[name]) for name in FIELDS}


def _read(key: int, user: User) -> Standing | None:
    resume = resumes_of(user).filter(pk=key).first()
    return Standing(_parts(resume), reverse("resume_facts", args=[key])) if resume is not None else None


def _write(key: int, parts: Mapping[str, str], user: User) -> None:
    resume = resumes_of(user).filter(pk=key).first()
    if resume is None:
        raise WrongState("gone", _("This resume is not there any more."))
    found = {name: text.splitlines() for name, text in parts.items()}
    correct_facts(resume, {**resume.shown_facts, **found}, actor=user)


def merged(before: str, draft: str) -> str:
    """Add lines to those that stand there; what the rules or the student know already is not doubled."""
    known = {line.casefold() for line in before.splitlines()}
    return "\n".join([*before.splitlines(), *(line for line in draft.splitlines() if line.casefold() not in known)])


register_place(
    Place(
        RESUME,
        _("Resume"),
        {"skills": _("Skills"), "degrees": _("Degrees"), "experience": _("Experience")},
        _read,
        _write,
        merged,
    )
)
