import pytest

from apps.accounts.resources import StudentResource
from portal.kernel.imports import CellRefusedError, Line, clean_line
from portal.kernel.sheets import match_headers
from tests.factories.accounts import CohortFactory, EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db

COLUMNS = (
    *("reg_no", "first_name", "middle_name", "last_name", "gender", "email", "phone", "programme_code"),
    *("year_of_study", "phase", "department", "region_preference", "special_need"),
)


@pytest.fixture
def resource():
    cohort = CohortFactory.create(
        department__code="mech", department__name="Mechanical Engineering", phase="PT2", country="TZ"
    )
    ProgrammeFactory.create(department=cohort.department, code="BSC-ME", name="BSc Mechanical Engineering")
    ProgrammeFactory.create(code="BSC-CE", name="BSc Civil Engineering")
    return StudentResource(cohort=cohort)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("reg_no", "00123", "00123"),
        ("reg_no", "2021-04-02100", "2021-04-02100"),
        ("reg_no", "T/UDOM/2020/00012", "T/UDOM/2020/00012"),
        ("first_name", "  Asha \u200f  Grace ", "Asha Grace"),
        ("first_name", "فاطمة", "فاطمة"),
        ("last_name", "NULL", "NULL"),
        ("middle_name", "=1+1", "=1+1"),
        ("gender", "Female", "F"),
        ("gender", "mwanaume", "M"),
        ("gender", "أنثى", "F"),
        ("gender", "X", "X"),
        ("email", " Asha.Moshi@UNI.Example ", "asha.moshi@uni.example"),
        ("phone", "0712 345 678", "+255712345678"),
        ("phone", "712345678", "+255712345678"),
        ("phone", "+966 50 123 4567", "+966501234567"),
        ("programme_code", "bsc me", "BSC-ME"),
        ("programme_code", "BSc Mechanical Engineering", "BSC-ME"),
        ("year_of_study", "8", 8),
        ("phase", "pt 2", "PT2"),
        ("department", "MECH", "mech"),
        ("department", "Mechanical engineering", "mech"),
        ("region_preference", "Moshi", "Moshi"),
    ],
)
def test_a_cell_becomes_the_value_that_is_stored(resource, column, cell, value):
    line = Line(2, {column: cell})
    clean_line(resource, line)
    assert (line.values, line.problems) == ({column: value}, [])


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("reg_no", "2.02104E+09", "reg_no_unreadable"),
        ("reg_no", "1e+1000000", "reg_no_unreadable"),
        ("reg_no", "=cmd|' /C calc'!A0", "reg_no_unreadable"),
        ("reg_no", "٢٠٢١", "reg_no_unreadable"),
        ("reg_no", "1" * 41, "too_long"),
        ("first_name", "x" * 151, "too_long"),
        ("gender", "yes", "gender_unknown"),
        ("email", "asha@uni", "email_unreadable"),
        ("email", "a@uni.example\r\nBcc: b@x.example", "email_unreadable"),
        ("phone", "12", "phone_unreadable"),
        ("phone", "call me", "phone_unreadable"),
        ("programme_code", "BSC-CE", "programme_unknown"),
        ("year_of_study", "9", "year_unknown"),
        ("year_of_study", "2.5", "year_unknown"),
        ("year_of_study", "1e1000000", "year_unknown"),
        ("year_of_study", "NaN", "year_unknown"),
        ("year_of_study", "٢", "year_unknown"),
        ("phase", "PT1", "phase_other"),
        ("department", "Civil", "department_other"),
        ("special_need", "x" * 201, "too_long"),
    ],
)
def test_a_cell_that_cannot_be_a_value_is_refused(resource, column, cell, code):
    line = Line(2, {column: cell})
    clean_line(resource, line)
    assert ([problem.code for problem in line.problems if problem.column == column], line.values) == ([code], {})


@pytest.mark.parametrize(
    ("column", "value"), [("gender", ""), ("email", ""), ("phone", ""), ("year_of_study", None), ("first_name", "")]
)
def test_a_form_empties_what_may_be_empty(resource, column, value):
    assert resource.fields[column].clean({column: ""}) == value


@pytest.mark.parametrize("column", ["reg_no", "programme_code"])
def test_a_form_does_not_empty_what_must_be_there(resource, column):
    with pytest.raises(CellRefusedError):
        resource.fields[column].clean({column: ""})


@pytest.mark.parametrize(
    "headers",
    [
        COLUMNS,
        (
            *("Reg. No.", "First Name", "Middle Name", "Surname", "Sex", "E-mail", "Phone Number", "Programme"),
            *("Year of Study", "Phase", "Department", "Preferred Region", "Disability"),
        ),
        (
            *("Namba ya Usajili", "Jina la Kwanza", "Jina la Kati", "Jina la Ukoo", "Jinsia", "Barua pepe", "Simu"),
            *("Programu", "Mwaka wa Masomo", "Awamu", "Idara", "Mkoa", "Mahitaji maalum"),
        ),
        (
            *("رقم القيد", "الاسم الأول", "الاسم الأوسط", "اسم العائلة", "الجنس", "البريد الإلكتروني", "رقم الهاتف"),
            *("التخصص", "السنة الدراسية", "المرحلة", "القسم", "المنطقة", "احتياجات خاصة"),
        ),
    ],
    ids=["names", "english", "swahili", "arabic"],
)
def test_headers_are_understood_in_every_language(resource, headers):
    match = match_headers(headers, resource.columns())
    assert (tuple(match.mapping), list(match.unknown)) == (COLUMNS, [])


def test_no_two_columns_share_a_header(resource):
    words = [word for column in resource.columns() for word in (column.name, *column.synonyms)]
    assert sorted(words) == sorted(set(words))


def test_a_stored_student_is_written_as_the_cells_that_are_read(resource):
    enrolment = EnrolmentFactory.create(
        cohort__department__code="civil",
        cohort__phase="PT3",
        student__first_name="Asha",
        student__last_name="Moshi",
        student__email="asha@uni.example",
        student__profile__reg_no="00123",
        student__profile__gender="F",
        student__profile__programme__code="BSC-CE2",
    )
    assert StudentResource().texts_of(enrolment) == {
        "reg_no": "00123",
        "first_name": "Asha",
        "middle_name": "",
        "last_name": "Moshi",
        "gender": "F",
        "email": "asha@uni.example",
        "phone": "",
        "programme_code": "BSC-CE2",
        "year_of_study": "2",
        "phase": "PT3",
        "department": "civil",
        "region_preference": "",
        "special_need": "",
    }
