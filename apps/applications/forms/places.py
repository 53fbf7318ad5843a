"""What students and companies fill in between the application and the first day."""

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Company
from apps.applications.extraction.codes import MAX_BYTES as LARGEST_SCAN
from apps.applications.extraction.reader import MAX_BYTES
from apps.applications.models import Resume
from apps.applications.scoring import HIGHEST, LOWEST
from apps.applications.services.applications import LONGEST_LETTER
from apps.applications.services.interviews import LONGEST_MINUTES, USUAL_MINUTES
from apps.applications.services.reviews import HEAVIEST, LONGEST_COMMENT, LONGEST_NAME, MOST_CRITERIA
from apps.applications.states import ExtractionState, SupervisorKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from apps.accounts.models import Cohort
    from apps.applications.models import Criterion
    from portal.kernel.errors import RuleViolation


FREE_ROWS: Final = 3


class PortalForm(forms.Form):
    """A form that can show what a service has refused."""

    def refuse(self, error: "RuleViolation") -> None:
        """Show a rule's refusal at its field, or above the form."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))


def _day(label: Any, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class PdfField(forms.FileField):
    """A PDF; too large a file is refused before it is read into memory."""

    widget = forms.FileInput(attrs={"accept": "application/pdf,.pdf"})

    def clean(self, data: Any, initial: Any = None) -> Any:
        found = super().clean(data, initial)
        if isinstance(found, UploadedFile) and (found.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("This file is larger than 5 MB. Save your resume with smaller pictures."))
        return found


class ResumeUploadForm(PortalForm):
    file = PdfField(label=_("Your resume as PDF"), help_text=_("5 MB at most."))


def _lines(label: Any, help_text: Any = "") -> forms.CharField:
    """One thing a line; at most as much as the service would take."""
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=12_000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ResumeFactsForm(PortalForm):
    skills = _lines(_("Skills"), _("One a line."))
    degrees = _lines(_("Degrees"), _("One a line."))
    experience = _lines(_("Experience"), _("One a line."))
    emails = _lines(_("E-mail"), _("One a line."))
    phones = _lines(_("Phone"), _("One a line."))
    links = _lines(_("Links"), _("One a line, beginning with https://."))

    def clean_emails(self) -> str:
        typed: str = self.cleaned_data["emails"]
        for line in typed.split():
            validate_email(line)
        return typed

    def facts(self) -> dict[str, list[str]]:
        """Return what was typed, a list of lines for each kind."""
        return {kind: typed.splitlines() for kind, typed in self.cleaned_data.items()}


class ApplyForm(PortalForm):
    resume = forms.ModelChoiceField(
        label=_("Resume"), queryset=Resume.objects.none(), required=False, empty_label=None, widget=forms.RadioSelect
    )
    file = PdfField(label=_("Upload a resume"), required=False, help_text=_("A PDF of 5 MB at most."))
    cover_letter = forms.CharField(
        label=_("Cover letter"),
        required=False,
        max_length=LONGEST_LETTER,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Why this place, and what you bring. A few sentences are enough."),
    )

    def __init__(self, *args: Any, resumes: "QuerySet[Resume]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["resume"]
        field.queryset = resumes
        proposed = resumes.exclude(extraction=ExtractionState.UNREADABLE).first() or resumes.first()
        if proposed is None:
            del self.fields["resume"]
            self.fields["file"].label = _("Your resume as PDF")
            self.fields["file"].required = True
        else:
            # A file that comes along counts, whatever is chosen.
            field.required = not self.files.get("file")
            field.initial = self.initial.get("resume", proposed)
            self.fields["file"].label = _("Or upload another one")


class FoundPlaceForm(PortalForm):
    company_name = forms.CharField(label=_("Company"), max_length=160, help_text=_("The name as it is on its papers."))
    address = forms.CharField(label=_("Address where you will work"), max_length=240)
    supervisor_name = forms.CharField(label=_("Your supervisor there"), max_length=120)
    supervisor_email = forms.EmailField(
        label=_("E-mail of your supervisor"),
        help_text=_("Your logs are sent there for approval. Not your own address."),
    )
    supervisor_phone = forms.CharField(label=_("Phone of your supervisor"), max_length=20, required=False)
    start = _day(_("First day"))
    end = _day(_("Last day"))
    task = forms.CharField(label=_("What you will do"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, cohort: "Cohort", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"start": cohort.start, "end": cohort.end, **self.initial}


class LetterForm(PortalForm):
    """To whom an introduction letter is; the same two fields stand on the coordinators' page."""

    company_name = forms.CharField(
        label=_("Company"),
        max_length=160,
        required=False,
        help_text=_("Without a name the letter can be shown to any company."),
    )
    address = forms.CharField(label=_("Address of the company"), max_length=240, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class HostAnswerForm(PortalForm):
    """What the host completes about a place that a student has found; the company's own data only while it waits."""

    start = _day(_("First day"))
    end = _day(_("Last day"))
    site_address = forms.CharField(label=_("Where the student works"), max_length=240)
    task = forms.CharField(
        label=_("What the student will do"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    supervisor_name = forms.CharField(label=_("Who looks after the student"), max_length=120)
    supervisor_email = forms.EmailField(
        label=_("E-mail of this person"), help_text=_("The weekly logs are sent there for approval.")
    )
    supervisor_phone = forms.CharField(label=_("Phone of this person"), max_length=20, required=False)
    contact_person = forms.CharField(label=_("Contact person of the company"), max_length=120, required=False)
    phone = forms.CharField(label=_("Phone of the company"), max_length=20, required=False)
    email = forms.EmailField(label=_("E-mail of the company"), required=False)
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    registration_no = forms.CharField(label=_("Registration number of the company"), max_length=60, required=False)

    OF_COMPANY = ("contact_person", "phone", "email", "website", "registration_no")

    def __init__(self, *args: Any, company_waits: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not company_waits:
            for name in self.OF_COMPANY:
                del self.fields[name]


class SignForm(PortalForm):
    """A signature by typing; ``seen`` is the hash of the file that the page offered."""

    name = forms.CharField(
        label=_("Your full name"), max_length=120, help_text=_("Typing it here is your signature under this document.")
    )
    agree = forms.BooleanField(label=_("I have read the document and sign it."))
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)


class ScanForm(PortalForm):
    file = forms.FileField(
        label=_("Scan or photo"),
        help_text=_("PDF, JPEG or PNG of 10 MB at most. The code in the corner says which paper it is."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png,image/webp"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_SCAN:
            raise forms.ValidationError(_("This file is larger than 10 MB. Scan it in grey."))
        return file


class InterviewForm(PortalForm):
    at = forms.DateTimeField(
        label=_("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=1, max_value=LONGEST_MINUTES, initial=USUAL_MINUTES
    )
    place = forms.CharField(label=_("Where, or the link of the call"), max_length=240)

    def clean_minutes(self) -> int:
        return self.cleaned_data["minutes"] or USUAL_MINUTES


class ReviewForm(PortalForm):
    """One row of numbers for each criterion in force."""

    comment = forms.CharField(
        label=_("Comment"),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the people of your company see it."),
    )

    def __init__(self, *args: Any, criteria: "Sequence[Criterion]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        comment = self.fields.pop("comment")
        for row in criteria:
            self.fields[f"score-{row.pk}"] = forms.TypedChoiceField(
                label=row.name,
                coerce=int,
                choices=[(value, str(value)) for value in range(LOWEST, HIGHEST + 1)],
                widget=forms.RadioSelect,
            )
        self.fields["comment"] = comment

    def scores(self) -> dict[int, int]:
        """Return the score of each criterion by its key."""
        return {
            int(name.removeprefix("score-")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("score-")
        }


class CriteriaForm(PortalForm):
    """Rows of a name and a weight; an empty name takes the row out."""

    for_all = forms.BooleanField(label=_("For all vacancies without criteria of their own"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(MOST_CRITERIA):
            self.fields[f"name-{number}"] = forms.CharField(
                label=_("Criterion"), required=False, max_length=LONGEST_NAME
            )
            self.fields[f"weight-{number}"] = forms.IntegerField(
                label=_("Weight"), required=False, min_value=1, max_value=HEAVIEST, initial=1
            )

    def rows(self) -> "list[tuple[forms.BoundField, forms.BoundField]]":
        """Return the fields of each row, side by side."""
        return [(self[f"name-{number}"], self[f"weight-{number}"]) for number in range(MOST_CRITERIA)]

    def shown_rows(self) -> "list[tuple[forms.BoundField, forms.BoundField]]":
        """Return the rows that hold something, and three more to go on."""
        return self.rows()[: self._shown()]

    def further_rows(self) -> "list[tuple[forms.BoundField, forms.BoundField]]":
        """Return the rest, which few companies need."""
        return self.rows()[self._shown() :]

    def _shown(self) -> int:
        filled = [number for number, (name, _weight) in enumerate(self.rows(), 1) if name.value()]
        return max(filled, default=0) + FREE_ROWS

    def lines(self) -> list[tuple[str, int]]:
        """Return the rows with a name as (name, weight)."""
        typed = self.cleaned_data
        rows = [(typed[f"name-{number}"], typed[f"weight-{number}"] or 1) for number in range(MOST_CRITERIA)]
        return [(name, weight) for name, weight in rows if name]


class NotesForm(PortalForm):
    notes = forms.CharField(
        label=_("Notes of your company"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Neither the student nor the university sees them."),
    )


class SupervisorForm(PortalForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"))
    is_deputy = forms.BooleanField(label=_("As a deputy"), required=False)


# -- coordinators -------------------------------------------------------------------------------------------------


class PlaceManyForm(PortalForm):
    """Where the ticked students are to go; the days are the cohort's unless said otherwise."""

    company = forms.ModelChoiceField(label=_("Company"), queryset=Company.objects.none())
    start = _day(_("First day"), required=False)
    end = _day(_("Last day"), required=False)
    student_confirms = forms.BooleanField(
        label=_("Ask the students first"),
        required=False,
        help_text=_("Each place is an offer until the student confirms it."),
    )

    def __init__(self, *args: Any, companies: "QuerySet[Company]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.queryset = companies


class NamedSupervisorForm(SupervisorForm):
    kind = forms.ChoiceField(label=_("Side"), choices=SupervisorKind.choices)

    field_order = ("kind", "name", "email", "is_deputy")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        self.fields["name"].help_text = _("Only for somebody in the company who is new here.")


def _why() -> forms.CharField:
    return forms.CharField(
        label=_("Why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is kept with the change; everybody concerned reads it."),
    )


class HandOverForm(PortalForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("Only for somebody in the company who is new here."),
    )
    email = forms.EmailField(label=_("E-mail"))
    reason = _why()


class ChangeHostForm(PortalForm):
    company = forms.ModelChoiceField(label=_("New company"), queryset=Company.objects.none())
    first_day = _day(_("First day there"))
    reason = _why()

    def __init__(self, *args: Any, companies: "QuerySet[Company]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        company: Any = self.fields["company"]
        company.queryset = companies


# -- when it is over ----------------------------------------------------------------------------------------------


class HostRatingForm(PortalForm):
    stars = forms.TypedChoiceField(
        label=_("Stars"),
        coerce=int,
        choices=[(number, "★" * number) for number in range(5, 0, -1)],
        widget=forms.RadioSelect(attrs={"class": "inline-choices"}),
        help_text=_("5 is the best."),
    )
    would_recommend = forms.BooleanField(label=_("I would recommend it to others"), required=False)
    comment = forms.CharField(
        label=_("What should the university know?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class HostFeedbackForm(PortalForm):
    again = forms.ChoiceField(
        label=_("Would you host again?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect(attrs={"class": "inline-choices"}),
    )
    places = forms.IntegerField(label=_("How many places?"), required=False, min_value=0, max_value=1000)
    comment = forms.CharField(
        label=_("What should be different next time?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def values(self) -> dict[str, Any]:
        """Return what was typed as ``answer_as_host`` takes it."""
        return {**self.cleaned_data, "again": self.cleaned_data["again"] == "yes"}
