"""Forms of the register of companies: of the workspace, of a company's own people and of students."""

from typing import Any, Final

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Agreement, Company
from apps.accounts.states import IndustryType, MemberKind
from portal.kernel.admin import PortalAdminForm
from portal.kernel.errors import RuleViolation

ALIKE: Final = ("name", "registration_no", "website", "email", "hr_email")


def warn_while_typing(form: forms.BaseForm) -> None:
    """Let the fields by which a company is known again ask for look-alikes as they are typed; works without, too."""
    for name in ALIKE:
        if name in form.fields:
            form.fields[name].widget.attrs |= {
                "hx-get": reverse("company_look_alikes"),
                "hx-trigger": "input changed delay:400ms, change",
                "hx-include": "closest form",
                "hx-target": "#look-alikes",
            }


class CompanyAdminForm(PortalAdminForm):
    """The register's own form; warns of look-alikes below the name."""

    class Meta:
        model = Company
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None and "name" in self.fields:
            warn_while_typing(self)
            self.fields["name"].help_text = format_html('<span id="{}" aria-live="polite"></span>', "look-alikes")


class AgreementForm(PortalAdminForm):
    """The signed paper is opened by its own door, so the form shows no address of it."""

    class Meta:
        model = Agreement
        fields: list[str] = []
        widgets = {"file": forms.FileInput(attrs={"accept": "application/pdf,.pdf"})}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        signed, expires = self.cleaned_data.get("signed_on"), self.cleaned_data.get("expires_on")
        if signed and expires and expires < signed:
            self.add_error("expires_on", _("It ends before it was signed."))
        return cleaned


class CompanyForm(forms.ModelForm[Company]):
    """A company's own facts, as its people and students write them."""

    # No URLField: the service completes an address without a scheme and refuses all but http and https.
    website = forms.CharField(
        label=_("Website"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )

    class Meta:
        model = Company
        fields = [
            "name",
            "registration_no",
            "industry_type",
            "description",
            "address",
            "region",
            "country",
            "latitude",
            "longitude",
            "radius_m",
            "contact_person",
            "phone",
            "email",
            "hr_email",
            "website",
            "established_year",
        ]
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            # A number begins at its plus sign in every language.
            "phone": forms.TextInput(attrs={"type": "tel", "dir": "ltr", "autocomplete": "tel"}),
        }
        help_texts = {
            "phone": _("With its country code, such as +255 712 345 678."),
            "hr_email": _("Where applications are read, if it is another address."),
            "radius_m": _("How far from there the trainees may be when they confirm that they are at work."),
        }

    place: tuple[str, ...] = ("latitude", "longitude", "radius_m")

    def _post_clean(self) -> None:
        """Leave the instance as it is stored: the service writes, and says what is wrong."""

    def has_place(self) -> bool:
        """Say whether the part with the place on the map is shown open."""
        return any(self[name].value() for name in self.place[:2]) or any(name in self.errors for name in self.place)

    def refuse(self, error: RuleViolation) -> None:
        """Show what a service has refused at its field."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))


class CompanyProposalForm(CompanyForm):
    """What a student knows of a company; ``another`` is asked for where one like it is in the register already."""

    class Meta(CompanyForm.Meta):
        fields = [
            *("name", "registration_no", "industry_type", "address", "region"),
            *("contact_person", "phone", "email", "website"),
        ]

    place = ()
    another = forms.BooleanField(label=_("It is another company"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        warn_while_typing(self)


class CompanySearchForm(forms.Form):
    """What the register is narrowed by."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name of the company…")}),
    )
    sector = forms.ChoiceField(
        label=_("Sector"), required=False, choices=[("", _("Any sector")), *IndustryType.choices]
    )


class InviteMemberForm(forms.Form):
    """Who is asked to join, and as what."""

    email = forms.EmailField(label=_("E-mail"))
    full_name = forms.CharField(label=_("Name"), max_length=120, required=False)
    title = forms.CharField(label=_("Position"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("What the person does"), choices=MemberKind.choices)

    def __init__(self, data: Any = None) -> None:
        # It stands below the form of the company, which has an e-mail address as well.
        super().__init__(data, auto_id="id_invite_%s")
