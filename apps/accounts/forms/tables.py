"""Which columns of a list are taken along."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class TableForm(forms.Form):
    """Columns and the form of the file."""

    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one column.")},
    )
    form = forms.ChoiceField(
        label=_("As"),
        widget=forms.RadioSelect,
        choices=[("xlsx", _("Excel (XLSX)")), ("csv", _("CSV, for programs"))],
    )

    def __init__(self, data: Any, *, columns: Sequence[tuple[str, str]], initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        offered: Any = self.fields["columns"]
        offered.choices = columns
