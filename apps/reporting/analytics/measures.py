"""What is measured: each with its definition in words and the placements behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from apps.applications.states import PlacementOrigin
from apps.reporting.analytics import counting
from apps.reporting.analytics.asking import Asked
from apps.reporting.analytics.counting import Placements, Tallies
from apps.reporting.analytics.sight import Sight
from apps.reporting.analytics.tallies import Column, Unit, mean, percentile, ratio, share_column
from portal.kernel.errors import Text


@dataclass(frozen=True)
class Measure:
    """``placements`` are those behind the number, ``tallies`` counts what is known of them by group.

    ``names_skills``: the skills themselves are listed below.
    """

    slug: str
    title: Text
    definition: Text
    columns: tuple[Column, ...]
    placements: Callable[[Sight, Asked], Placements]
    tallies: Callable[[Sight, Asked, Placements], Tallies]
    names_skills: bool = False


ENDED: Final = _(
    "Counted are placements whose last day is in the period and over, and those that were ended before it."
)
# Half of the cases took no longer than the first, nine of ten no longer than the second.
TWO_OF_DAYS: Final = (
    Column(_("Median, days"), Unit.DAYS, percentile(50)),
    Column(_("Nine of ten, days"), Unit.DAYS, percentile(90)),
)


def _share(label: Text) -> tuple[Column, ...]:
    """Return the only column of what is or is not so: of how many per cent it is."""
    return (share_column(label, True),)  # noqa: FBT003 - the value that is counted


def _of_ended(sentence: Text) -> Text:
    return format_lazy("{} {}", sentence, ENDED)


MEASURES: Final = (
    Measure(
        "time-to-place",
        _("Time to place"),
        _(
            "Days from a student's registration in the cohort to the confirmation of the first place, for first places"
            " that were confirmed in the period and not cancelled. Half of the students waited no longer than the"
            " median, nine of ten no longer than the other figure."
        ),
        TWO_OF_DAYS,
        counting.first_places,
        counting.by_days_to_place,
    ),
    Measure(
        "ways-in",
        _("Places by way in"),
        _("Settled placements whose first day is in the period, and how many per cent of them came in which way."),
        tuple(share_column(origin.label, origin.value) for origin in PlacementOrigin),
        counting.begun,
        counting.by_origin,
    ),
    Measure(
        "completion",
        _("Completion"),
        _of_ended(_("How many per cent of the placements are completed.")),
        _share(_("Completed")),
        counting.ended,
        counting.by_state,
    ),
    Measure(
        "hours",
        _("Hours done against required"),
        _of_ended(
            _(
                "Hours of the days that the company has verified, in per cent of the hours that the cohorts require."
                " Of a student with several such placements each counts for an equal part of the required hours."
            )
        ),
        (Column(_("Done"), Unit.PERCENT, ratio("done", "required")),),
        counting.ended,
        counting.by_hours,
    ),
    Measure(
        "verification",
        _("Time to verify"),
        _(
            "Calendar days from the last sending of a daily log to its verification by the company, for logs that were"
            " sent in the period and are verified. Half of them waited no longer than the median, nine of ten no"
            " longer than the other figure."
        ),
        TWO_OF_DAYS,
        counting.verified,
        counting.by_days_to_verify,
    ),
    Measure(
        "skills",
        _("Skills gained of those asked"),
        _(
            "Placements that began in the period and came of a vacancy that names skills: how many per cent of the"
            " named skills stand in a verified daily log of the same placement. Names are compared without capitals."
        ),
        _share(_("Gained")),
        counting.with_skills_asked,
        counting.by_practice,
        names_skills=True,
    ),
    Measure(
        "ratings",
        _("Students about hosts"),
        _of_ended(_("The mean of the one to five stars that students have given their hosts.")),
        (Column(_("Stars"), Unit.STARS, mean),),
        counting.rated,
        counting.by_stars,
    ),
    Measure(
        "recommended",
        _("Students who would recommend the host"),
        _of_ended(_("How many per cent of the students who have rated their host would recommend it.")),
        _share(_("Would recommend")),
        counting.rated,
        counting.by_recommendation,
    ),
    Measure(
        "again",
        _("Hosts that would host again"),
        _of_ended(_("How many per cent of the hosts that have answered would host again.")),
        _share(_("Would host again")),
        counting.answered,
        counting.by_answer,
    ),
)
