"""What students type into a general report."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.reporting.essay import HEADINGS
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.services.reports import MOST_PART
from portal.kernel.errors import RuleViolation

MOST_TITLE = 200
HINTS = {
    "acknowledgements": _("Whom do you thank? This part may stay empty."),
    "introduction": _("Who you are, where and when you were trained, what this report tells."),
    "company_overview": _("What the company does, how it is organised, where you worked in it."),
    "objectives": _("What you wanted to learn, and what the university asks for."),
    "methodology": _("How you worked: with whom, with which tools and methods."),
    "achievements": _("What you did and what came of it, week by week or by subject."),
    "skills": _("What you can do now that you could not do before."),
    "challenges": _("What was hard, and how you dealt with it."),
    "recommendations": _("What the company, the university or the next student should do differently."),
    "conclusion": _("What you take with you."),
}


class ReportForm(forms.Form):
    """Title and parts of a general report; the chosen weeks come beside it as the list ``weeks``."""

    title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=MOST_TITLE,
        widget=forms.TextInput(attrs={"dir": "auto", "data-part": "title"}),
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name in SECTIONS:
            attributes = {"rows": 5, "maxlength": MOST_PART, "dir": "auto", "data-part": name}
            if name != "acknowledgements":
                attributes["data-needed"] = ""
            self.fields[name] = forms.CharField(
                label=str(HEADINGS[name]),
                help_text=HINTS[name],
                required=False,
                widget=forms.Textarea(attrs=attributes),
            )

    @classmethod
    def of(cls, report: GeneralReport | None) -> "ReportForm":
        """Return the form of a report as it is stored."""
        if report is None:
            return cls()
        return cls(initial={name: getattr(report, name) for name in ("title", *SECTIONS, "version")})

    def written(self) -> dict[str, str]:
        """Return what was typed."""
        return {name: self.cleaned_data[name] for name in ("title", *SECTIONS)}

    def refuse(self, error: RuleViolation) -> None:
        """Show a rule's refusal at its field, or above the form."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))
