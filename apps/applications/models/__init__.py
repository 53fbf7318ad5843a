"""From wish to place."""

from apps.applications.models.agreements import Agreement, AgreementSignature
from apps.applications.models.amendments import PlacementAmendment
from apps.applications.models.applications import Application
from apps.applications.models.disclosures import Disclosure
from apps.applications.models.letters import IntroductionLetter
from apps.applications.models.matching import AllocationRun, Allotment
from apps.applications.models.placements import Placement, PlacementSupervisor
from apps.applications.models.ratings import HostFeedback, HostRating
from apps.applications.models.resumes import Resume
from apps.applications.models.reviews import Criterion, Review, ReviewScore
from apps.applications.models.rounds import AllocationOffer, AllocationRound, PriorityCase, Ranking

__all__ = [
    "Agreement",
    "AgreementSignature",
    "AllocationOffer",
    "AllocationRound",
    "AllocationRun",
    "Allotment",
    "Application",
    "Criterion",
    "Disclosure",
    "HostFeedback",
    "HostRating",
    "IntroductionLetter",
    "Placement",
    "PlacementAmendment",
    "PlacementSupervisor",
    "PriorityCase",
    "Ranking",
    "Resume",
    "Review",
    "ReviewScore",
]
