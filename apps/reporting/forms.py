"""What students type into a general report, staff choose for a zip, and strangers type where documents are checked."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.services.lists import MOST_QUERY
from apps.reporting.essay import HEADINGS
from apps.reporting.models import SECTIONS, GeneralReport
from apps.reporting.naming import FILE, FOLDER, PLACEHOLDERS
from apps.reporting.selectors.batches import batch_cohorts, batch_departments
from apps.reporting.selectors.issued import typed_code, typed_hash
from apps.reporting.services.batches import KINDS, Wish
from apps.reporting.services.reports import MOST_PART
from portal.kernel.errors import RuleViolation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from apps.accounts.models import User

MOST_TITLE = 200
MOST_COMPARED = 30 * 1024 * 1024
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


class CodeForm(forms.Form):
    """The code as it stands on a document."""

    code = forms.CharField(
        label=_("Code of the document"),
        max_length=40,
        help_text=_("It stands at the foot of each page, such as K7QMX-2XHDT. Capital or small does not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """Return it as we store it."""
        code = typed_code(self.cleaned_data["code"])
        if not code:
            raise forms.ValidationError(
                _("A code has ten or twenty letters and digits. Look at it again."), code="no_code"
            )
        return code


class CompareForm(forms.Form):
    """A file, or its hash where the file is not to leave the machine."""

    file = forms.FileField(
        label=_("The file as you have it"),
        required=False,
        help_text=_("PDF or Word, up to 30 MB. It is compared and not kept."),
    )
    sha256 = forms.CharField(
        label=_("Or its SHA-256"),
        required=False,
        max_length=200,
        help_text=_("If the file is not to leave your machine: the 64 signs that sha256sum shows."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is larger than any document of ours."""
        file = self.cleaned_data["file"]
        if file is not None and file.size > MOST_COMPARED:
            raise forms.ValidationError(_("No document of ours is that large."), code="file_too_large")
        return file

    def clean_sha256(self) -> str:
        """Return the hash as we store it."""
        text = self.cleaned_data["sha256"]
        found = typed_hash(text)
        if text and not found:
            raise forms.ValidationError(_("A SHA-256 has 64 signs from 0 to 9 and a to f."), code="no_hash")
        return found

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("file") and not cleaned.get("sha256"):
            raise forms.ValidationError(_("Choose the file, or paste its hash."), code="nothing_given")
        return cleaned


KIND_LABELS = {
    "logbook": _("Logbooks"),
    "week": _("Weekly sheets"),
    "report": _("General reports"),
}
MOST_ONLY = 500


class BatchForm(forms.Form):
    """Whose documents, which, in which form, and how the files are called."""

    whose = forms.ChoiceField(label=_("Whose"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Documents"),
        choices=[(kind.value, KIND_LABELS[kind.value]) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what the zip is to hold.")},
    )
    formats = forms.MultipleChoiceField(
        label=_("As"),
        choices=[("docx", "Word"), ("pdf", "PDF")],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose Word, PDF or both.")},
    )
    folder = forms.CharField(label=_("Folders"), required=False, widget=forms.TextInput(attrs={"dir": "ltr"}))
    file_name = forms.CharField(label=_("File names"), widget=forms.TextInput(attrs={"dir": "ltr"}))
    only = forms.CharField(required=False, widget=forms.HiddenInput)
    # The filters of the list in which "all that match" were chosen; empty there is a choice as well.
    matching = forms.CharField(required=False, max_length=MOST_QUERY, widget=forms.HiddenInput, strip=False)
    all_matching = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: "User", asked: "Mapping[str, str]") -> None:
        super().__init__(data, initial=self._asked(asked))
        whose: Any = self.fields["whose"]
        whose.choices = self._choices(user)
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        self.fields["folder"].help_text = _("Placeholders: %(known)s. A slash begins a folder in the folder.") % {
            "known": known
        }
        self._user = user
        if self._keys(asked) or self._keys(self.data) or self.takes_all_matching:
            # Chosen one by one in a list; a cohort has no say then.
            whose.widget = forms.HiddenInput()

    @staticmethod
    def _asked(asked: "Mapping[str, str]") -> dict[str, Any]:
        defaults = {"kinds": ["logbook"], "formats": ["pdf"], "folder": FOLDER, "file_name": FILE}
        plain = {name: asked.get(name, "") for name in ("whose", "only", "matching")}
        return {**defaults, **plain, "all_matching": "matching" in asked}

    @staticmethod
    def _choices(user: "User") -> list[tuple[str, Any]]:
        cohorts = [(f"cohort-{row.pk}", str(row)) for row in batch_cohorts(user)]
        departments = [(f"department-{row.pk}", str(row)) for row in batch_departments(user)]
        return [
            ("", _("All that are yours")),
            *([(str(_("Cohorts")), cohorts)] if cohorts else []),
            *([(str(_("Departments")), departments)] if departments else []),
        ]

    @staticmethod
    def _keys(values: "Mapping[str, Any]") -> list[int]:
        """Return the keys of placements that an address or form names; what cannot be a key is none."""
        words = str(values.get("only", "")).split(".")
        return [int(word) for word in words if word.isdecimal() and len(word) < 10][:MOST_ONLY]  # noqa: PLR2004 - longer ones are no keys

    @property
    def chosen(self) -> int:
        """How many placements were chosen in a list."""
        values = self.data if self.is_bound else self.initial
        if self.takes_all_matching:
            return int(Wish(matching=str(values.get("matching", ""))[:MOST_QUERY]).rows(self._user).count())
        return len(self._keys(values))

    @property
    def takes_all_matching(self) -> bool:
        """Whether all that match in a list were chosen."""
        return str((self.data if self.is_bound else self.initial).get("all_matching", "")) == "True"

    def wish(self, language: str) -> Wish:
        """Return what was chosen."""
        typed = self.cleaned_data
        only = self._keys(typed)
        matching = typed["matching"] if typed["all_matching"] else None
        anchor, _dash, key = ("" if only or matching is not None else typed["whose"]).partition("-")
        return Wish(
            cohort=int(key) if anchor == "cohort" else None,
            department=int(key) if anchor == "department" else None,
            only=only,
            matching=matching,
            kinds=typed["kinds"],
            formats=typed["formats"],
            folder=typed["folder"],
            file_name=typed["file_name"],
            language=language,
        )

    def refuse(self, error: RuleViolation) -> None:
        """Show a rule's refusal at its field, or above the form."""
        self.add_error(error.field if error.field in self.fields else None, str(error.message))
