"""The filters above the figures."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Department
from apps.accounts.selectors import cohorts_coordinated_by, departments_visible_to
from apps.accounts.states import IndustryType
from apps.reporting.analytics.asking import NO_REGION, Asked, Breakdown, Comparison, Period, this_year
from apps.reporting.analytics.sight import own_sight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portal.kernel.access import Viewer

# Days around which there are others.
FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2199, 12, 31)
ALL: Final = _("All")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class FiguresForm(forms.Form):
    """A question to the figures; what the address does not say is this year, everything, by cohort."""

    start = _day(_("From"))
    end = _day(_("To"))
    cohort = forms.ModelChoiceField(Cohort.objects.none(), label=_("Cohort"), required=False, empty_label=ALL)
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, empty_label=ALL
    )
    sector = forms.ChoiceField(label=_("Sector"), required=False, choices=[("", ALL), *IndustryType.choices])
    region = forms.ChoiceField(label=_("Region"), required=False)
    by = forms.ChoiceField(label=_("Broken down by"), required=False, choices=Breakdown.choices)
    compare = forms.ChoiceField(label=_("Compare with"), required=False, choices=Comparison.choices)

    def __init__(self, sent: "Mapping[str, str]", *, user: "Viewer") -> None:
        year = this_year()
        usual = {"start": year.start.isoformat(), "end": year.end.isoformat(), "by": Breakdown.COHORT.value}
        super().__init__(usual | {name: value for name, value in sent.items() if name in self.base_fields})
        self._choose("cohort").queryset = cohorts_coordinated_by(user).select_related("department")
        self._choose("department").queryset = departments_visible_to(user)
        named = own_sight(user).placements.order_by("company__region").values_list("company__region", flat=True)
        regions = [(region or NO_REGION, region or _("None named")) for region in named.distinct()]
        self._choose("region").choices = [("", ALL), *regions]

    def _choose(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        start, end = found.get("start"), found.get("end")
        for name, day in (("start", start), ("end", end)):
            if day and not FIRST_DAY <= day <= LAST_DAY:
                self.add_error(name, _("Choose a day between the years 2000 and 2199."))
        if start and end and start > end:
            self.add_error("end", _("The last day is before the first. Choose a later one."))
        return found

    @property
    def asked(self) -> Asked:
        """The question of a valid form."""
        found = self.cleaned_data
        return Asked(
            Period(found["start"], found["end"]),
            cohort=found["cohort"] and found["cohort"].pk,
            department=found["department"] and found["department"].pk,
            sector=found["sector"],
            region=found["region"],
            by=Breakdown(found["by"]) if found["by"] else None,
        )

    @property
    def filters(self) -> dict[str, str]:
        """The question as the parameters of an address."""
        return {name: str(self.data[name]) for name in self.fields if self.data.get(name)}

    @property
    def other_period(self) -> Period | None:
        """The period with which a valid form compares."""
        return self.asked.period.other(Comparison(self.cleaned_data["compare"]))


MOST_YEARS: Final = 5


class UniversityForm(forms.Form):
    """What deans choose: a calendar year. Shorter periods would let one work out what is true of a few students."""

    year = forms.TypedChoiceField(label=_("Year"), coerce=int)

    def __init__(self, sent: "Mapping[str, str]") -> None:
        this = this_year().start.year
        super().__init__({"year": str(this)} | {name: value for name, value in sent.items() if name == "year"})
        self._years.choices = [(year, str(year)) for year in range(this, this - MOST_YEARS, -1)]

    @property
    def _years(self) -> Any:
        return self.fields["year"]

    @property
    def period(self) -> Period:
        """The year of a valid form."""
        year = self.cleaned_data["year"]
        return Period(dt.date(year, 1, 1), dt.date(year, 12, 31))


def period_text(period: Period) -> str:
    """Return a period as its table names it."""
    return f"{date_format(period.start, 'j F Y')} – {date_format(period.end, 'j F Y')}"  # noqa: RUF001 - a dash of a range
