"""Forms of accounts: of the workspace and of the portal."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import holidays
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.db.models import Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts.models import (
    Cohort,
    Company,
    Department,
    Enrolment,
    IdentityProvider,
    Programme,
    StudentProfile,
    User,
)
from apps.accounts.selectors import programmes_visible_to
from apps.accounts.services.webhooks import EVENTS
from apps.accounts.states import Gender, Role, TokenScope
from portal.kernel.admin import PortalAdminForm

BLANK = ("", "—")
LARGEST_PICTURE = 5 * 1024 * 1024


class CohortForm(PortalAdminForm):
    working_days = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Cohort
        fields: list[str] = []

    def clean_country(self) -> str:
        country = str(self.cleaned_data["country"]).upper()
        if country not in holidays.list_supported_countries():
            raise forms.ValidationError(_("Write the two letters of a country, such as TZ or SA."), code="country")
        return country


# -- one student ----------------------------------------------------------------------------------------------------


def _text(label: Any, longest: int, *, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=longest, required=required, widget=UnfoldAdminTextInputWidget, strip=True
    )


class StudentForm(PortalAdminForm):
    """One student in a cohort; the cells of the import as fields."""

    reg_no = _text(_("Registration number"), 40, required=True)
    first_name = _text(_("First name"), 150, required=True)
    middle_name = _text(_("Middle name"), 80)
    last_name = _text(_("Last name"), 150, required=True)
    gender = forms.ChoiceField(
        label=_("Gender"), choices=[BLANK, *Gender.choices], required=False, widget=UnfoldAdminSelectWidget
    )
    email = _text(_("E-mail"), 254)
    phone = _text(_("Telephone"), 40)
    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), widget=UnfoldAdminSelectWidget
    )
    year_of_study = forms.TypedChoiceField(
        label=_("Year of study"),
        choices=[BLANK, *((year, str(year)) for year in range(1, 9))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    region_preference = _text(_("Wished region"), 80)
    special_need = _text(_("Special need"), 200)

    class Meta:
        model = Enrolment
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "programme" in self.fields:
            programme: Any = self.fields["programme"]
            programme.queryset = programmes_visible_to(self.request.user).select_related("department")
        if self.instance.pk is not None:
            self.initial = {**self.initial, **student_values(self.instance.student)}


def student_values(student: User) -> dict[str, Any]:
    """Return what is stored of a student by the names of the form's fields."""
    profile: StudentProfile = student.student_profile
    of_person = {name: getattr(student, name) for name in ("first_name", "last_name", "email", "phone")}
    names = ("reg_no", "middle_name", "gender", "programme", "year_of_study", "region_preference", "special_need")
    return of_person | {name: getattr(profile, name) for name in names}


def as_cells(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of the form as the cells of a table."""
    cells = {name: "" if value is None else str(value) for name, value in values.items() if name != "programme"}
    if values.get("programme") is not None:
        cells["programme_code"] = values["programme"].code
    return cells


# -- imports --------------------------------------------------------------------------------------------------------


# -- single sign-on -------------------------------------------------------------------------------------------------


class IdentityProviderForm(PortalAdminForm):
    """A provider. The secret is written and never shown; what is left empty stays as it is."""

    issuer = _text(_("Issuer"), 500)
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=500,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Is never shown. Left empty, the stored one stays."),
    )
    metadata = forms.CharField(
        label=_("Metadata (XML)"),
        required=False,
        max_length=500_000,
        widget=UnfoldAdminTextareaWidget,
        help_text=_("Paste it to fill in issuer, address and certificates; or give the address below."),
    )

    class Meta:
        model = IdentityProvider
        fields: list[str] = []


class TrialForm(forms.Form):
    """Somebody who might come through a provider, as the provider would tell of them."""

    subject = forms.CharField(
        label=_("Subject"), max_length=400, initial="nobody-yet", help_text=_("The sub or NameID.")
    )
    attributes = forms.CharField(
        label=_("Attributes"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("One a line, as name = value; a name may come several times."),
    )
    email_verified = forms.BooleanField(label=_("Says that the e-mail address is verified"), required=False)

    def clean_attributes(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for number, line in enumerate(self.cleaned_data["attributes"].splitlines(), start=1):
            name, equals, value = line.partition("=")
            if not line.strip():
                continue
            if not equals or not name.strip():
                raise forms.ValidationError(_("Line %(line)s is not name = value."), params={"line": number})
            found.setdefault(name.strip(), []).append(value.strip())
        return found


# -- people and their rights ----------------------------------------------------------------------------------------


class PersonForm(forms.ModelForm[User]):
    """One's own details. A student's name is the university's: it comes by import."""

    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("As the browser says")), *settings.LANGUAGES], required=False
    )

    class Meta:
        model = User
        fields = ["first_name", "last_name", "phone", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if hasattr(self.instance, "student_profile"):
            for name in ("first_name", "last_name"):
                self.fields[name].disabled = True


class JoinForm(forms.Form):
    """A password of one's own; the name where nobody has entered one who would know it better."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    password = forms.CharField(
        label=_("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Long is better than complicated: several words are a good password."),
    )
    repeated = forms.CharField(
        label=_("Password once more"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        for name in ("first_name", "last_name"):
            self.fields[name].initial = getattr(person, name)
            # The names of students and staff are the university's: they come by import.
            if hasattr(person, "student_profile") or hasattr(person, "staff_profile"):
                del self.fields[name]

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        password_validation.validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "password" in cleaned and cleaned["password"] != cleaned.get("repeated"):
            self.add_error("repeated", _("The two passwords are not the same."))
        return cleaned

    def values(self) -> dict[str, str]:
        """Return what ``accept_invitation`` takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "repeated"}


class TokenForm(forms.Form):
    """A token for another program; it ends by itself at the end of a day."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Who uses it, for instance “Directory”."))
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=TokenScope.choices, widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean_expires_at(self) -> dt.datetime:
        day: dt.date = self.cleaned_data["expires_at"]
        return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


class WebhookForm(forms.Form):
    """Another program that is told of events."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Who is told, for instance “Timetable”."))
    url = forms.CharField(label=_("Address"), max_length=300, help_text=_("Begins with https://."))
    events = forms.MultipleChoiceField(
        label=_("Told of"), choices=[(event, event) for event in EVENTS], widget=forms.CheckboxSelectMultiple
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class GrantForm(forms.Form):
    """Exactly one anchor for a coordinator's grant."""

    department = forms.ModelChoiceField(label=_("Department"), queryset=Department.objects.all(), required=False)
    cohort = forms.ModelChoiceField(label=_("Cohort"), queryset=Cohort.objects.all(), required=False)
    company = forms.ModelChoiceField(label=_("Company"), queryset=Company.objects.all(), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned[name] for name in ("department", "cohort", "company") if cleaned.get(name)]
        if len(chosen) != 1:
            raise forms.ValidationError(_("Choose one department, one cohort or one company."), code="one")
        return cleaned | {"anchor": chosen[0]}


class AccessForm(forms.Form):
    """Whom to let coordinate the anchor of a page or, of a department, one of its cohorts."""

    person = forms.CharField(label=_("User name or e-mail"), max_length=254)
    part = forms.ModelChoiceField(label=_("Only this cohort"), queryset=Cohort.objects.none(), required=False)

    def __init__(self, *args: Any, anchor: Department | Cohort | Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.anchor = anchor
        if isinstance(anchor, Department):
            part: Any = self.fields["part"]
            part.queryset = anchor.cohorts.all()
        else:
            del self.fields["part"]

    def clean_person(self) -> User:
        given = self.cleaned_data["person"].strip().lower()
        found = User.objects.filter(Q(username__iexact=given) | Q(email=given), is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("Nobody has this user name or e-mail address."), code="unknown")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        return cleaned | {"anchor": cleaned.get("part") or self.anchor}
