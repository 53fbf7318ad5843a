"""The text of a mail to many people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.services.mass_mail import MOST_SUBJECT, MOST_TEXT


class MassMailForm(forms.Form):
    """Subject and text; the places for names are checked by the service."""

    subject = forms.CharField(label=_("Subject"), max_length=MOST_SUBJECT)
    text = forms.CharField(label=_("Text"), max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 10}))
