"""What students and coordinators type into the pages of an allocation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.applications.matching.allocate import has_flow
from apps.applications.states import AllocationWay, PriorityKind


class RegionForm(forms.Form):
    region = forms.CharField(
        label=_("Wished region"),
        max_length=80,
        required=False,
        help_text=_("Places there, and places near it, suit you better. You need not say where you live."),
    )


class ConfirmForm(RegionForm):
    companion = forms.CharField(
        label=_("Whom do you want near you?"),
        max_length=40,
        required=False,
        help_text=_(
            "The registration number of somebody in your cohort who names you as well. Where seats are left that both"
            " of you wish for, you come to one company or region, even by a later wish."
        ),
    )


class PriorityForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=PriorityKind)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the coordinators of your cohort read it; it is deleted after a year."),
    )


class RunForm(forms.Form):
    way = forms.ChoiceField(label=_("Way"), widget=forms.RadioSelect)
    seed = forms.IntegerField(
        label=_("Seed of the lottery"),
        min_value=1,
        max_value=2**31 - 1,
        initial=1,
        help_text=_("The same seed gives the same answer. Draw it before anybody knows the wishes."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # handed through
        ways = [way for way in AllocationWay if way != AllocationWay.FEWEST_WITHOUT or has_flow()]
        field = self.fields["way"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(way.value, way.label) for way in ways]
        field.initial = AllocationWay.STABLE


class PublishForm(forms.Form):
    day = forms.DateField(
        label=_("Publish on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty or today: at once. On a later day the portal does it by itself."),
    )
