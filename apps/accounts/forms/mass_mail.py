"""The text of a mail to many people."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import MassMail
from apps.accounts.services.mass_mail import MOST_SUBJECT, MOST_TEXT


class MassMailForm(forms.Form):
    """Subject and text, and both in each other language of the portal; the places are checked by the service."""

    subject = forms.CharField(label=_("Subject"), max_length=MOST_SUBJECT)
    text = forms.CharField(label=_("Text"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 10}))

    def __init__(self, data: Any = None, *, mail: MassMail) -> None:
        super().__init__(data, initial={"subject": mail.subject, "text": mail.text})
        written = mail.translations
        self.others = [code for code, _name in settings.LANGUAGES if code in written or code != get_language()]
        for code in self.others:
            name = dict(settings.LANGUAGES)[code]
            had = written.get(code, {})
            self.fields[f"subject_{code}"] = forms.CharField(
                label=_("Subject (%(language)s)") % {"language": name},
                max_length=MOST_SUBJECT,
                required=False,
                initial=had.get("subject", ""),
            )
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": name},
                max_length=MOST_TEXT,
                required=False,
                initial=had.get("text", ""),
                widget=forms.Textarea(attrs={"rows": 6, "lang": code, "dir": "auto"}),
            )

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """The text for everybody."""
        return [self["subject"], self["text"]]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """The same in other languages."""
        return [self[f"{name}_{code}"] for code in self.others for name in ("subject", "text")]

    @property
    def opens_others(self) -> bool:
        """Whether there is something in other languages, right or wrong."""
        return any(field.value() for field in self.other_fields)

    def written(self) -> dict[str, Any]:
        """Return what the service stores."""
        found = self.cleaned_data
        translations = {code: (found[f"subject_{code}"], found[f"text_{code}"]) for code in self.others}
        return {"subject": found["subject"], "text": found["text"], "translations": translations}
