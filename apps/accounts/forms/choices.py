"""How often a person wants what by mail."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.services.choices import choices_of
from apps.accounts.services.notice_kinds import NoticeKind, kinds_for, subject_of
from apps.accounts.states import NoticeFrequency
from portal.kernel.access import scope_of
from portal.kernel.errors import Text

PREFIX: Final = "kind:"


class ChoicesForm(forms.Form):
    """The usual pace, and one field for each kind that the person's roles are told."""

    usual = forms.ChoiceField(
        label=_("What can wait"),
        choices=NoticeFrequency.choices,
        help_text=_("Collected in one mail. In the portal you find everything at once."),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = kinds_for(scope_of(person).roles)
        self.fields["usual"].initial = person.notice_frequency
        self.binding = [kind.label for kind in kinds if kind.binding]
        self._kinds = [kind for kind in kinds if not kind.binding]
        chosen = choices_of([person.pk])
        for kind in self._kinds:
            self.fields[PREFIX + kind.kind] = forms.ChoiceField(
                label=str(kind.label),
                choices=[("", _usual(kind)), *NoticeFrequency.choices],
                required=False,
                initial=chosen.get((person.pk, kind.kind), ""),
            )

    def sections(self) -> "list[tuple[Text, list[forms.BoundField], bool]]":
        """Return the fields of the kinds by what they are about, and whether anything unusual is chosen among them."""
        found: dict[str, tuple[Text, list[forms.BoundField]]] = {}
        for kind in self._kinds:
            app, title = subject_of(kind.kind)
            found.setdefault(app, (title, []))[1].append(self[PREFIX + kind.kind])
        return [(title, fields, any(field.value() for field in fields)) for title, fields in found.values()]

    def wishes(self) -> dict[str, str]:
        """Return the chosen pace by kind; the empty text for the usual one."""
        return {kind.kind: self.cleaned_data[PREFIX + kind.kind] for kind in self._kinds}


def _usual(kind: NoticeKind) -> Text:
    return _("At once, as usual") if kind.urgent else _("With what can wait")
