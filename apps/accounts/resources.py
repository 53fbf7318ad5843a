"""The columns of tables, declared once for import and export: how people call them, how cells become values."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from import_export.widgets import Widget

from apps.accounts.models import Cohort
from apps.accounts.services.people import canonical_email, canonical_phone
from apps.accounts.services.students import STUDENTS
from apps.accounts.states import Gender
from portal.kernel.errors import RuleViolation
from portal.kernel.imports import CellRefusedError, SheetField, SheetResource, importable
from portal.kernel.sheets import Column
from portal.kernel.sheets.headers import header_key

# Letters, digits and the signs by which universities divide their numbers; no "+", which would be 2.02E+10.
_NUMBER = re.compile(r"[^\W_][\w./() -]*", re.ASCII)
# Marks that turn the direction of what follows or are not seen at all; a name holds none.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
LAST_YEAR = 8


class TextWidget(Widget):  # type: ignore[misc] # import-export ships no types
    """Text in one line without invisible marks."""

    def __init__(self, longest: int) -> None:
        super().__init__()
        self.longest = longest

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        text = " ".join(_INVISIBLE.sub("", value).split())
        if len(text) > self.longest:
            raise CellRefusedError(
                "too_long", format_lazy(_("Shorten this to {limit} characters."), limit=self.longest)
            )
        return text


class NumberWidget(TextWidget):
    """A registration number: kept exactly as it stands, zeros in front and all."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        text = super().clean(value, row)
        if not _NUMBER.fullmatch(text):
            raise CellRefusedError(
                "reg_no_unreadable",
                _("This is no registration number. Format the column as text, so that the program does not change it."),
            )
        return text


class EmailWidget(Widget):  # type: ignore[misc] # as above
    """An address in the one form under which it is stored."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        email = canonical_email(value)
        try:
            if email:
                validate_email(email)
        except ValidationError as error:
            raise CellRefusedError("email_unreadable", _("This is no e-mail address.")) from error
        return email


class PhoneWidget(Widget):  # type: ignore[misc] # as above
    """A telephone number; one without a country code belongs to the country of the cohort."""

    country = ""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        try:
            return canonical_phone(value, country=self.country)
        except RuleViolation as error:
            raise CellRefusedError(error.code, error.message) from error


class GenderWidget(Widget):  # type: ignore[misc] # as above
    """A letter or a word for it in our languages."""

    words: Mapping[str, str] = {
        **dict.fromkeys(("f", "female", "woman", "ke", "mwanamke", "أنثى", "انثى"), Gender.FEMALE.value),
        **dict.fromkeys(("m", "male", "man", "me", "mwanamume", "mwanaume", "ذكر"), Gender.MALE.value),
        **dict.fromkeys(("x", "other", "nyingine", "آخر"), Gender.OTHER.value),
    }

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        if not value:
            return ""
        found = self.words.get(value.casefold())
        if found is None:
            raise CellRefusedError("gender_unknown", _("Write F, M or X, or leave it empty."))
        return found


class YearWidget(Widget):  # type: ignore[misc] # as above
    """The year of study, 1 to 8."""

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> int | None:
        del row
        if not value:
            return None
        if not (value.isascii() and value.isdecimal() and len(value) == 1 and 1 <= int(value) <= LAST_YEAR):
            raise CellRefusedError("year_unknown", _("Write the year as a number from 1 to 8."))
        return int(value)


class OneOfWidget(Widget):  # type: ignore[misc] # as above
    """One of a few codes, written as the code or as the name that goes with it; ``known`` maps both to the code."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__()
        self.code = code
        self.message = message
        self.known: Mapping[str, str] = {}

    def clean(self, value: str, row: Any = None, **_kwargs: Any) -> str:
        del row
        found = self.known.get(header_key(value))
        if found is None:
            raise CellRefusedError(self.code, self.message)
        return found


@importable(STUDENTS)
class StudentResource(SheetResource):
    """Students of a cohort: a row is an enrolment. ``cohort`` is the one into which a table is imported."""

    reg_no = SheetField(
        Column(
            "reg_no",
            _("Registration number"),
            (
                *("registration no", "reg number", "student id", "student number", "student no", "admission number"),
                *("matric no", "matriculation number", "namba ya usajili", "nambari ya usajili", "namba ya mwanafunzi"),
                *("رقم القيد", "الرقم الجامعي", "رقم الطالب", "رقم التسجيل"),
            ),
            required=True,
        ),
        attribute="student__student_profile__reg_no",
        widget=NumberWidget(40),
    )
    first_name = SheetField(
        Column(
            "first_name",
            _("First name"),
            ("given name", "forename", "jina la kwanza", "الاسم الأول"),
        ),
        attribute="student__first_name",
        widget=TextWidget(150),
    )
    middle_name = SheetField(
        Column(
            "middle_name",
            _("Middle name"),
            ("second name", "other names", "jina la kati", "الاسم الأوسط", "اسم الأب"),
        ),
        attribute="student__student_profile__middle_name",
        widget=TextWidget(80),
    )
    last_name = SheetField(
        Column(
            "last_name",
            _("Last name"),
            ("surname", "family name", "jina la mwisho", "jina la ukoo", "اسم العائلة", "اللقب"),
        ),
        attribute="student__last_name",
        widget=TextWidget(150),
    )
    gender = SheetField(
        Column("gender", _("Gender"), ("sex", "jinsia", "jinsi", "الجنس", "النوع")),
        attribute="student__student_profile__gender",
        widget=GenderWidget(),
    )
    email = SheetField(
        Column(
            "email",
            _("E-mail"),
            ("mail", "email address", "barua pepe", "baruapepe", "البريد الإلكتروني", "البريد", "الإيميل"),
        ),
        attribute="student__email",
        widget=EmailWidget(),
    )
    phone = SheetField(
        Column(
            "phone",
            _("Telephone"),
            (
                *("phone number", "telephone number", "mobile", "mobile number", "tel"),
                *("simu", "namba ya simu", "nambari ya simu", "الهاتف", "رقم الهاتف", "الجوال"),
            ),
        ),
        attribute="student__phone",
        widget=PhoneWidget(),
    )
    programme_code = SheetField(
        Column(
            "programme_code",
            _("Programme"),
            (
                *("program", "programme", "program code", "course", "course code", "degree", "major"),
                *("programu", "kozi", "msimbo wa programu", "البرنامج", "رمز البرنامج", "التخصص"),
            ),
        ),
        attribute="student__student_profile__programme__code",
        widget=OneOfWidget(
            "programme_unknown", _("The department of this cohort has no such programme. Write the programme's code.")
        ),
    )
    year_of_study = SheetField(
        Column(
            "year_of_study",
            _("Year of study"),
            ("year", "study year", "level", "mwaka wa masomo", "mwaka", "السنة الدراسية", "السنة", "المستوى"),
        ),
        attribute="student__student_profile__year_of_study",
        widget=YearWidget(),
    )
    phase = SheetField(
        Column("phase", _("Phase"), ("pt phase", "training phase", "awamu", "المرحلة", "مرحلة التدريب")),
        attribute="cohort__phase",
        widget=OneOfWidget(
            "phase_other", _("This cohort is of another phase. Choose the other cohort, or correct the cell.")
        ),
        constant=True,
    )
    department = SheetField(
        Column(
            "department",
            _("Department"),
            ("dept", "department code", "department name", "idara", "القسم", "الإدارة"),
        ),
        attribute="cohort__department__code",
        widget=OneOfWidget(
            "department_other", _("This cohort is of another department. Choose the other cohort, or correct the cell.")
        ),
        constant=True,
    )
    region_preference = SheetField(
        Column(
            "region_preference",
            _("Wished region"),
            ("region", "preferred region", "mkoa", "mkoa unaopendelea", "المنطقة المفضلة", "المنطقة"),
        ),
        attribute="student__student_profile__region_preference",
        widget=TextWidget(80),
    )
    special_need = SheetField(
        Column(
            "special_need",
            _("Special need"),
            ("special needs", "disability", "mahitaji maalum", "ulemavu", "احتياجات خاصة", "الإعاقة"),
        ),
        attribute="student__student_profile__special_need",
        widget=TextWidget(200),
    )

    def __init__(self, cohort: Cohort | None = None) -> None:
        super().__init__()
        if cohort is not None:
            department = cohort.department
            programmes = department.programmes.all()
            names = {header_key(p.name): p.code for p in programmes}
            self.fields["programme_code"].widget.known = names | {header_key(p.code): p.code for p in programmes}
            self.fields["phase"].widget.known = {header_key(cohort.phase): cohort.phase}
            self.fields["department"].widget.known = {
                header_key(department.name): department.code,
                header_key(department.code): department.code,
            }
            self.fields["phone"].widget.country = cohort.country
