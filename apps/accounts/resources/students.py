"""Students of a cohort, and their enrolments, as tables."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Cohort
from apps.accounts.resources.widgets import (
    EmailWidget,
    GenderWidget,
    NumberWidget,
    OneOfWidget,
    PhoneWidget,
    TextWidget,
    YearWidget,
    YesNoWidget,
)
from apps.accounts.services.enrolments import ENROLMENTS
from apps.accounts.services.students import STUDENTS
from portal.kernel.imports import SheetField, SheetResource, importable
from portal.kernel.sheets import Column
from portal.kernel.sheets.headers import header_key

REG_NO = Column(
    "reg_no",
    _("Registration number"),
    (
        *("registration no", "reg number", "student id", "student number", "student no", "admission number"),
        *("matric no", "matriculation number", "namba ya usajili", "nambari ya usajili", "namba ya mwanafunzi"),
        *("رقم القيد", "الرقم الجامعي", "رقم الطالب", "رقم التسجيل"),
    ),
    required=True,
)
FIRST_NAME = Column("first_name", _("First name"), ("given name", "forename", "jina la kwanza", "الاسم الأول"))
LAST_NAME = Column(
    "last_name",
    _("Last name"),
    ("surname", "family name", "jina la mwisho", "jina la ukoo", "اسم العائلة", "اللقب"),
)
EMAIL = Column(
    "email",
    _("E-mail"),
    ("mail", "email address", "barua pepe", "baruapepe", "البريد الإلكتروني", "البريد", "الإيميل"),
)
PHONE = Column(
    "phone",
    _("Telephone"),
    (
        *("phone number", "telephone number", "mobile", "mobile number", "tel"),
        *("simu", "namba ya simu", "nambari ya simu", "الهاتف", "رقم الهاتف", "الجوال"),
    ),
)
DEPARTMENT = Column(
    "department",
    _("Department"),
    ("dept", "department code", "department name", "idara", "القسم", "الإدارة"),
)


@importable(STUDENTS)
class StudentResource(SheetResource):
    """Students of a cohort: a row is an enrolment. ``cohort`` is the one into which a table is imported."""

    reg_no = SheetField(
        REG_NO,
        attribute="student__student_profile__reg_no",
        widget=NumberWidget(40),
    )
    first_name = SheetField(
        FIRST_NAME,
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
        LAST_NAME,
        attribute="student__last_name",
        widget=TextWidget(150),
    )
    gender = SheetField(
        Column("gender", _("Gender"), ("sex", "jinsia", "jinsi", "الجنس", "النوع")),
        attribute="student__student_profile__gender",
        widget=GenderWidget(),
    )
    email = SheetField(
        EMAIL,
        attribute="student__email",
        widget=EmailWidget(),
    )
    phone = SheetField(
        PHONE,
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
        DEPARTMENT,
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

    def __init__(self, cohort: Cohort | None = None, **_known: Any) -> None:
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


@importable(ENROLMENTS)
class EnrolmentResource(SheetResource):
    """Who is in a cohort, without personal details: students who are known already are enrolled, or taken out."""

    reg_no = SheetField(REG_NO, attribute="student__student_profile__reg_no", widget=NumberWidget(40))
    name = SheetField(
        Column("name", _("Name"), ("full name", "student name", "jina", "jina kamili", "الاسم", "الاسم الكامل")),
        attribute="student__get_full_name",
        widget=TextWidget(300),
        constant=True,
    )
    active = SheetField(
        Column("active", _("Active"), ("is active", "enrolled", "hai", "amesajiliwa", "نشط", "مسجل")),
        attribute="is_active",
        widget=YesNoWidget(),
    )

    def __init__(self, **_known: Any) -> None:
        super().__init__()
