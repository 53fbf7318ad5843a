"""Applications and placements in the coordinators' workspace, and who has no place on its first page."""

from apps.applications.admin import (
    agreements,
    applications,
    cards,
    hosts,
    letters,
    placements,
    rounds,
    runs,
    trends,
    vacancies,
)

__all__ = [
    "agreements",
    "applications",
    "cards",
    "hosts",
    "letters",
    "placements",
    "rounds",
    "runs",
    "trends",
    "vacancies",
]
