"""Browsers of signed-in people, and the files that they send."""

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import User
from apps.accounts.services.token_pairs import OURS, Audience, issue_pair

RESUMES = Path(__file__).parent / "data" / "resumes"


def signed_in(person: User) -> Client:
    """Return the browser of a person who is signed in."""
    client = Client()
    client.force_login(person)
    return client


def resume_file(sample: str = "libreoffice-writer.pdf", name: str = "My CV.pdf") -> SimpleUploadedFile:
    """Return a real resume of ``tests/data/resumes`` as a form sends it."""
    return SimpleUploadedFile(name, (RESUMES / sample).read_bytes(), content_type="application/pdf")


def access_token_for(person: User, audience: Audience = OURS) -> str:
    """Return a token as signing in to the API, or to one of its dialects, gives it."""
    return issue_pair(User.objects.get(pk=person.pk), audience=audience).access
