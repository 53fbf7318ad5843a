"""What students search by and companies fill in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort, Company, Programme
from apps.accounts.states import IndustryType
from apps.vacancies.models import Vacancy
from apps.vacancies.permissions import YEARS_OF_STUDY
from apps.vacancies.states import WorkMode, WorkType

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portal.kernel.errors import RuleViolation


class VacancySearchForm(forms.Form):
    """What the list is narrowed and sorted by; ``wish()`` says it in the words of the selectors."""

    NEWEST = "newest"
    ORDERS = {NEWEST: ("-published_at", "-id"), "deadline": ("deadline", "id")}

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Title, company, skill…")}),
    )
    mode = forms.ChoiceField(label=_("Where"), required=False, choices=[("", _("Anywhere")), *WorkMode.choices])
    type = forms.ChoiceField(label=_("How much"), required=False, choices=[("", _("Any hours")), *WorkType.choices])
    sector = forms.ChoiceField(
        label=_("Sector"), required=False, choices=[("", _("Any sector")), *IndustryType.choices]
    )
    sort = forms.ChoiceField(
        label=_("Order"), required=False, choices=[(NEWEST, _("Newest first")), ("deadline", _("Next to close first"))]
    )
    kept = forms.BooleanField(label=_("Only those that you keep"), required=False)

    def wish(self) -> dict[str, str]:
        """Return what was asked for; what is wrong in the address asks for nothing."""
        self.full_clean()
        names = {"q": "words", "mode": "work_mode", "type": "work_type", "sector": "sector"}
        return {key: self.cleaned_data.get(name, "") for name, key in names.items()}

    def order(self) -> tuple[str, ...]:
        """Return the fields by which the list is sorted and leafed."""
        return self.ORDERS[self.cleaned_data.get("sort") or self.NEWEST]


class CommaListField(forms.CharField):
    """A list of short texts, written with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override] # a list where Django has a text
        text = super().to_python(value) or ""
        # U+060C is the comma of Arabic.
        return [part.strip() for part in text.replace("،", ",").replace("\n", ",").split(",") if part.strip()]


class VacancyForm(forms.ModelForm[Vacancy]):
    places = forms.IntegerField(
        label=_("Places"), min_value=1, max_value=10_000, initial=1, help_text=_("How many trainees you take.")
    )
    skills = CommaListField(
        label=_("Skills"),
        required=False,
        max_length=1000,
        help_text=_("With commas between them, such as: welding, CAD."),
    )
    programmes = forms.ModelMultipleChoiceField(
        label=_("Programmes"),
        required=False,
        queryset=Programme.objects.none(),
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Choose none if students of all programmes may apply."),
    )
    years = forms.TypedMultipleChoiceField(
        label=_("Years of study"),
        required=False,
        coerce=int,
        choices=[(year, str(year)) for year in YEARS_OF_STUDY],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "inline-choices"}),
        help_text=_("Tick none if all years may apply."),
    )
    phase = forms.ChoiceField(label=_("Phase of training"), required=False)

    class Meta:
        model = Vacancy
        fields = [
            "title",
            "short_description",
            "description",
            "location",
            "work_mode",
            "work_type",
            "places",
            "deadline",
            "skills",
            "programmes",
            "years",
            "phase",
        ]
        widgets = {
            "description": forms.Textarea(attrs={"rows": 8}),
            "deadline": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "short_description": forms.TextInput,
        }
        help_texts = {
            "description": _("What the trainee does and learns, and what you expect."),
        }

    eligibility = ("programmes", "years", "phase")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programmes: Any = self.fields["programmes"]
        programmes.queryset = Programme.objects.order_by("name")
        phase: Any = self.fields["phase"]
        phase.choices = [("", _("All phases")), *((name, name) for name in self._phases())]

    def _phases(self) -> list[str]:
        going_on = Cohort.objects.filter(end__gte=timezone.localdate()).order_by("phase")
        found = set(going_on.values_list("phase", flat=True).distinct())
        return sorted(found | {self.instance.phase} - {""})

    def has_eligibility(self) -> bool:
        """Say whether some students are left out, so that the part of the form is shown open."""
        wanted = any(self[name].value() for name in self.eligibility)
        return wanted or any(name in self.errors for name in self.eligibility)

    def refuse(self, error: "RuleViolation") -> None:
        """Show what a service has refused at its field."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))


class ReopenForm(forms.Form):
    deadline = forms.DateField(
        label=_("Apply until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class NewVacancyForm(VacancyForm):
    """With the company, for who represents several."""

    company = forms.ModelChoiceField(label=_("Company"), queryset=Company.objects.none(), empty_label=None)

    class Meta(VacancyForm.Meta):
        fields = ["company", *VacancyForm.Meta.fields]

    def __init__(self, *args: Any, companies: "QuerySet[Company]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.queryset = companies
        only = list(companies[:2])
        if len(only) == 1:
            company.initial = only[0]
            company.widget = forms.HiddenInput()
