"""Forms of who comes in: address, registration, a student's first pages."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm
from django import forms
from django.conf import settings
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Programme
from apps.accounts.selectors import look_alikes_of, open_phases, site_settings
from apps.accounts.services import limits
from apps.accounts.services.people import canonical_phone
from apps.accounts.states import IndustryType
from portal.kernel.addresses import read_email
from portal.kernel.errors import RuleViolation
from portal.kernel.tasks import enqueue

BLANK = ("", "—")
LARGEST_PICTURE = 5 * 1024 * 1024

# -- signing in and registering -------------------------------------------------------------------------------------


def _checked_email(text: str) -> str:
    try:
        return read_email(text)
    except RuleViolation as error:
        raise forms.ValidationError(str(error.message), code=error.code) from error


class AddressForm(forms.Form):
    """An e-mail address, in its stored form."""

    email = forms.CharField(
        label=_("E-mail"), max_length=320, widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"})
    )

    def clean_email(self) -> str:
        return _checked_email(self.cleaned_data["email"])


class ResetForm(AddressForm):
    """Asks for a link to choose a new password; whether somebody has the address is looked up afterwards."""

    def save(self, request: HttpRequest, **_options: Any) -> str:
        """Count the try and let the worker send the link; the work done here is the same for every address."""
        email = str(self.cleaned_data["email"])
        limits.take(limits.RESET_OF_ADDRESS, limits.network_of(get_adapter().get_client_ip(request)))
        limits.take(limits.RESET_OF_ACCOUNT, email)
        enqueue("accounts.send_reset_letter", {"email": email, "language": get_language() or ""})
        return email


class ChangeAddressForm(AddEmailForm):  # type: ignore[misc] # the package is not typed
    """A new address of one's own: in its stored form, and no look-alike of somebody else's."""

    def clean_email(self) -> Any:
        email = super().clean_email()
        if look_alikes_of(email).exclude(pk=self.user.pk).exclude(email=email).exists():
            raise forms.ValidationError(_("Somebody has an e-mail address that looks the same. Use another one."))
        return email


class NewcomerForm(forms.Form):
    """Who registers with a confirmed address."""

    first_name = forms.CharField(
        label=_("First name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 15 characters; a few words are easy to remember."),
    )

    def company(self) -> dict[str, Any]:
        """Return what was said of the company; nothing here."""
        return {}


class CompanyNewcomerForm(NewcomerForm):
    """A company and the person who acts for it."""

    field_order = ["name", "industry_type", "region", "phone", "first_name", "last_name", "password"]

    name = forms.CharField(
        label=_("Name of the company"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    industry_type = forms.ChoiceField(label=_("Sector"), choices=IndustryType.choices, initial=IndustryType.OTHER)
    region = forms.CharField(label=_("Region"), max_length=80, required=False)
    phone = forms.CharField(
        label=_("Telephone of the company"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
        help_text=_("With country code, such as +255 712 345 678."),
    )

    def clean_phone(self) -> str:
        try:
            return canonical_phone(self.cleaned_data["phone"])
        except RuleViolation as error:
            raise forms.ValidationError(str(error.message), code=error.code) from error

    def company(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in ("name", "industry_type", "region", "phone")}
        person = f"{self.cleaned_data['first_name']} {self.cleaned_data['last_name']}"
        return values | {"contact_person": person[:120]}


# -- a student's first pages ----------------------------------------------------------------------------------------


class StudiesForm(forms.Form):
    """What a student studies. The phases are the installation's and those of cohorts that are open."""

    reg_no = forms.CharField(
        label=_("Registration number"),
        max_length=40,
        help_text=_("As it stands on your student card."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "characters"}),
    )
    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.none(), empty_label="—")
    year_of_study = forms.TypedChoiceField(label=_("Year of study"), coerce=int)
    phase = forms.ChoiceField(label=_("Phase of your practical training"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = site_settings()
        programme: Any = self.fields["programme"]
        programme.queryset = Programme.objects.select_related("department").order_by("department__name", "name")
        # By department, so that a programme is found by who teaches it.
        programme.iterator = ProgrammesByDepartment
        year: Any = self.fields["year_of_study"]
        year.choices = [BLANK, *((number, str(number)) for number in range(1, found.years_of_study + 1))]
        phase: Any = self.fields["phase"]
        names = [*found.phase_names(), *open_phases()]
        phase.choices = [BLANK, *((name, name) for name in dict.fromkeys(names))]


class ProgrammesByDepartment(ModelChoiceIterator[Programme]):
    """Programmes as a list in groups: one for each department."""

    def __iter__(self) -> Iterator[Any]:
        yield "", self.field.empty_label
        for department, programmes in groupby(self.queryset, key=lambda programme: programme.department):
            yield department.name, [self.choice(programme) for programme in programmes]


class PlaceForm(forms.Form):
    """Where the training is, as far as the student knows."""

    company_name = forms.CharField(
        label=_("Company"),
        max_length=160,
        required=False,
        help_text=_("Leave it empty if you look for a place still."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    supervisor_name = forms.CharField(label=_("Name of your supervisor there"), max_length=120, required=False)


class PictureForm(forms.Form):
    """A picture of oneself."""

    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("PNG, JPEG or WebP. Where it was taken is not kept."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_picture(self) -> Any:
        picture = self.cleaned_data["picture"]
        if picture and picture.size > LARGEST_PICTURE:
            raise forms.ValidationError(_("Send a picture of at most 5 MiB."), code="too_large")
        return picture


class ReachForm(PictureForm):
    """How a student is reached."""

    field_order = ["phone", "language", "picture"]

    phone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
        help_text=_("With country code, such as +255 712 345 678."),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As the browser says")), *settings.LANGUAGES], required=False
    )
