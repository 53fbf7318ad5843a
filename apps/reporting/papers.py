"""Introduction letters and tripartite agreements as plain data: who, when, and our own sentences."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext

from apps.applications.states import AgreementKind
from apps.reporting.context import CHECK_QR, Host, Person, labels


@dataclass(frozen=True)
class Article:
    """One numbered part of an agreement."""

    heading: str
    text: str


@dataclass(frozen=True)
class Signer:
    """One line to sign on: the party, and who signs for it as far as it is known."""

    party: str
    name: str = ""


@dataclass(frozen=True)
class Paper:
    """What a letter or agreement says. ``code`` is printed beside the QR code, which holds ``check_url``."""

    kind: str
    language: str
    university: str
    college: str
    department: str
    student: Person
    host: Host
    cohort_name: str
    start: date
    end: date
    share: int
    task: str
    signers: tuple[Signer, ...]
    code: str
    check_url: str
    issued_on: date

    @property
    def is_rtl(self) -> bool:
        """Whether the paper's language runs from right to left."""
        return bool(get_language_info(self.language)["bidi"])

    def as_plain(self) -> dict[str, Any]:
        """Return the whole paper for a template, with our sentences in the active language."""
        facts = self._facts()
        is_letter = self.kind == AgreementKind.LETTER
        return {
            "university": self.university,
            "college": self.college,
            "department": self.department,
            "title": gettext("Introduction letter") if is_letter else gettext("Agreement on practical training"),
            "student": asdict(self.student),
            "host": asdict(self.host) | {"name": self.host.name or gettext("To whom it may concern")},
            "cohort_name": self.cohort_name,
            "start": self.start.isoformat(),
            "start_text": facts["start"],
            "end": self.end.isoformat(),
            "end_text": facts["end"],
            "share": self.share,
            "task": self.task,
            "salutation": gettext("Dear Sir or Madam,") if is_letter else "",
            "paragraphs": letter_text(facts) if is_letter else [],
            "articles": [] if is_letter else [asdict(article) for article in agreement_text(facts)],
            "closing": gettext("Yours faithfully,") if is_letter else "",
            "signers": [asdict(signer) for signer in self.signers],
            "checked_code": self.code,
            "check_url": self.check_url,
            "check_qr": CHECK_QR,
            "issued_at": self.issued_on.isoformat(),
            "issued_at_text": dated(self.issued_on),
            "language": self.language,
            "logo": "",
            "labels": labels() | {"to_company": gettext("To"), "party": gettext("Party")},
        }

    def _facts(self) -> dict[str, str]:
        return {
            "student": self.student.full_name,
            "reg_no": self.student.reg_no,
            "programme": self.student.programme,
            "university": self.university,
            "company": self.host.name,
            "supervisor": self.host.supervisor_name,
            "place": self.host.address,
            "start": dated(self.start),
            "end": dated(self.end),
            "share": str(self.share),
            "task": self.task,
        }


def letter_text(facts: Mapping[str, str]) -> list[str]:
    """Return the paragraphs of the introduction letter."""
    return [
        gettext("we introduce %(student)s, registration number %(reg_no)s, student of %(programme)s at %(university)s.")
        % facts,
        _request(facts),
        gettext(
            "The student writes a log each day. We ask you to name somebody who looks at it each week and approves it;"
            " a link in a mail is enough for that, without an account. At the end we ask for your assessment."
        ),
        gettext(
            "During the training the student stays enrolled at the university, and keeps your rules on working hours,"
            " safety and confidentiality. A supervisor of the university is there for your questions."
        ),
        gettext("We thank you for the help that you give to the training of young people."),
    ]


def _request(facts: Mapping[str, str]) -> str:
    if not facts["company"]:
        sentence = gettext(
            "A practical training in a company is part of the degree. %(student)s looks for a place from %(start)s to"
            " %(end)s. We ask you to receive the student, and to give work by which the profession is learned."
        )
    else:
        sentence = gettext(
            "A practical training in a company is part of the degree. We ask you to receive %(student)s at %(company)s"
            " from %(start)s to %(end)s, and to give work by which the student learns the profession."
        )
    return sentence % facts


def agreement_text(facts: Mapping[str, str]) -> list[Article]:
    """Return the articles of the agreement between student, company and university."""
    where = gettext("The place of work is %(place)s.") % facts if facts["place"] else ""
    what = gettext("Work: %(task)s") % facts if facts["task"] else ""
    who = gettext("At the start this is %(supervisor)s.") % facts if facts["supervisor"] else ""
    return [
        Article(
            gettext("Purpose"),
            _joined(
                gettext(
                    "%(company)s receives %(student)s, student of %(programme)s at %(university)s, for a practical"
                    " training, so that the student learns the profession in real work. It is part of the degree and no"
                    " contract of employment."
                )
                % facts,
                what,
            ),
        ),
        Article(
            gettext("Time and place"),
            _joined(
                gettext("The training lasts from %(start)s to %(end)s and takes %(share)s per cent of the week.")
                % facts,
                where,
                gettext("Hours of work and days off are those of the company."),
            ),
        ),
        Article(
            gettext("The company"),
            _joined(
                gettext(
                    "It gives work that fits the studies, shows the dangers of the place and gives what protects from"
                    " them, names a supervisor, looks at the student's logs each week and assesses the training at its"
                    " end."
                ),
                who,
            ),
        ),
        Article(
            gettext("The student"),
            gettext(
                "The student keeps the hours and the rules of the company, above all those on safety, writes a log each"
                " day, tells the company and the university at once of absence, accident or illness, and treats what"
                " belongs to the company with care."
            ),
        ),
        Article(
            gettext("The university"),
            gettext(
                "It names a supervisor of its own, keeps in touch with the company and the student, validates the logs"
                " and marks the training. It tells the company of whatever it has to know of the student's studies."
            ),
        ),
        Article(
            gettext("Confidence and data"),
            gettext(
                "What the student learns of the company's affairs stays in confidence, also after the end. All use"
                " personal data for this training only."
            ),
        ),
        Article(
            gettext("Changes and end"),
            gettext(
                "Changes of time, place or supervisor are agreed by all three and written down. Each may end it"
                " for a grave reason, after having spoken with the other two."
            ),
        ),
        Article(
            gettext("Signatures"),
            gettext("Electronic signatures in the university's portal and signatures on this paper count alike."),
        ),
    ]


def dated(day: date) -> str:
    """Return a day in the active language."""
    return date_format(day, "j F Y")


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
