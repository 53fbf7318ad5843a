"""Mail: one function, text first, never silent about a failure."""

import smtplib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.mime.text import MIMEText

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

PERMANENT = 500  # SMTP reply codes from here on mean "never", those below "not now"


class AddressRefusedError(Exception):
    """The mail server refuses this recipient for good; trying again does not help."""


@dataclass(frozen=True)
class Attachment:
    """A text that goes with a mail as a file: ``kind`` is the part after ``text/``, ``parameters`` belong to it."""

    name: str
    content: str
    kind: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def as_part(self) -> MIMEText:
        """Return the part of the message."""
        part = MIMEText(self.content, self.kind, "utf-8")
        for name, value in self.parameters.items():
            part.set_param(name, value)
        part.add_header("Content-Disposition", "attachment", filename=self.name)
        return part


@dataclass(frozen=True)
class Letter:
    """One mail to one person, in the person's language already. To ``return_path`` it comes back, if it does."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Attachment] = ()
    return_path: str = ""


def send_letter(letter: Letter) -> None:
    """Hand a mail to the mail server.

    The subject is made one line, so that no header can be injected. Raises ``AddressRefusedError`` when the
    server refuses the recipient or the mail for good (5xx) and whatever the connection raises when the server is away.
    """
    message = EmailMultiAlternatives(
        subject=" ".join(letter.subject.split())[:200],
        body=letter.text,
        # The envelope's sender; what the reader sees is the header below.
        from_email=letter.return_path or settings.DEFAULT_FROM_EMAIL,
        to=[letter.to],
        headers={
            "From": settings.DEFAULT_FROM_EMAIL,
            "Message-ID": letter.message_id,
            "Auto-Submitted": "auto-generated",
            **letter.headers,
        },
        connection=get_connection(fail_silently=False),
    )
    message.attach_alternative(letter.html, "text/html")
    for attachment in letter.attachments:
        message.attach(attachment.as_part())
    try:
        message.send(fail_silently=False)
    except smtplib.SMTPRecipientsRefused as error:
        answers = [(code, _said(text)) for code, text in error.recipients.values()]
        if all(code >= PERMANENT for code, _text in answers):
            raise AddressRefusedError("; ".join(f"{code} {text}" for code, text in answers)[:300]) from error
        raise
    except smtplib.SMTPDataError as error:
        if error.smtp_code >= PERMANENT:
            text = _said(error.smtp_error)
            raise AddressRefusedError(f"{error.smtp_code} {text}"[:300]) from error
        raise


def _said(answer: bytes | str) -> str:
    return answer if isinstance(answer, str) else answer.decode(errors="replace")
