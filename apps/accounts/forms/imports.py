"""Forms of imports: the upload, and the folder from which tables are taken by themselves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from apps.accounts.models import Cohort, User
from apps.accounts.selectors import cohorts_coordinated_by
from apps.accounts.services.import_kinds import ImportKind, import_kinds
from apps.accounts.states import ImportRhythm


class ImportForm(forms.Form):
    cohort = forms.ModelChoiceField(label=_("Cohort"), queryset=Cohort.objects.none())
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV, XLSX, XLS or ODS with the headers in the first row, at most 20 MiB and 120,000 rows; or the zip of "
            "OneRoster 1.2."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.xls,.ods,.zip"}),
        error_messages={"empty": _("The file is empty. Choose the file that holds the table.")},
    )

    def __init__(self, *args: Any, user: User, kind: ImportKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind.into_cohort:
            cohort: Any = self.fields["cohort"]
            cohort.queryset = cohorts_coordinated_by(user)
        else:
            del self.fields["cohort"]


class ImportScheduleForm(forms.Form):
    """Which tables are taken by themselves, and how often."""

    kind = forms.ChoiceField(label=_("Tables of"), widget=UnfoldAdminSelectWidget)
    cohort = forms.ModelChoiceField(
        label=_("Cohort"),
        queryset=Cohort.objects.none(),
        required=False,
        help_text=_("Needed for tables of students, places and marks, which belong to one."),
        widget=UnfoldAdminSelectWidget,
    )
    rhythm = forms.ChoiceField(
        label=_("How often"),
        choices=ImportRhythm.choices,
        initial=ImportRhythm.DAY,
        widget=UnfoldAdminSelectWidget,
    )
    applies = forms.BooleanField(
        label=_("Import tables without errors by themselves"),
        required=False,
        help_text=_("Otherwise each table waits until you have looked at it; one with errors waits in any case."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.choices = [(known.kind, known.title) for known in import_kinds()]
        cohort: Any = self.fields["cohort"]
        cohort.queryset = cohorts_coordinated_by(user)
