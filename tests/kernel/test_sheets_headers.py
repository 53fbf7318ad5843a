"""Headers as registrars write them, in three languages, and what becomes of the others."""

import time

import pytest
from django.utils.translation import gettext_lazy as _

from portal.kernel.sheets import Column, RepeatedColumn, UnknownHeader, match_headers
from portal.kernel.sheets.headers import header_key

REG_NO = Column(
    "reg_no",
    _("Registration number"),
    ("reg. no.", "student id", "number", "matric no", "namba ya usajili", "رقم القيد", "الرقم الجامعي"),
    required=True,
)
FIRST_NAME = Column(
    "first_name", _("First name"), ("first", "given name", "jina la kwanza", "الاسم الأول"), required=True
)
LAST_NAME = Column("last_name", _("Last name"), ("last", "surname", "family name", "jina la ukoo", "اسم العائلة"))
EMAIL = Column("email", _("E-mail"), ("mail", "e-mail address", "barua pepe", "البريد الإلكتروني"))
PHONE = Column("phone", _("Telephone"), ("mobile", "téléphone", "simu", "الهاتف", "هاتف محمول"))
COLUMNS = (REG_NO, FIRST_NAME, LAST_NAME, EMAIL, PHONE)

SAME = {
    "English": ["Reg. No.", "First Name", "LAST_NAME", "e-mail", "Mobile"],
    "names for programs": ["reg_no", "first_name", "last_name", "email", "phone"],
    "labels": ["Registration number", "First name", "Last name", "E-mail", "Telephone"],
    "Swahili": ["Namba ya Usajili", "JINA LA KWANZA", "jina la ukoo", "Barua pepe", "Simu"],
    "Arabic": ["رقم القيد", "الاسم الاول", "اسم العائله", "البريد الالكتروني", "الهاتـــف"],
    "Arabic with vowel marks": ["رَقْم القَيْد", "الاسم الأوّل", "اسم العائلة", "البريد الإلكترونى", "هاتف محمول"],
    "accents and blanks": ["regno", "  First   name ", "Last-Name", "E Mail", "Telephone"],
}


@pytest.mark.parametrize("case", SAME)
def test_headers_are_found_in_every_spelling(case):
    match = match_headers(SAME[case], COLUMNS)
    assert match.mapping == {"reg_no": 0, "first_name": 1, "last_name": 2, "email": 3, "phone": 4}
    assert (match.unknown, match.missing, match.repeated) == ([], [], [])


def test_headers_in_another_order_are_found_where_they_are():
    assert match_headers(["Phone", "Given name", "x", "Student ID"], COLUMNS).mapping == {
        "phone": 0,
        "first_name": 1,
        "reg_no": 3,
    }


def test_missing_required_columns_are_named():
    assert match_headers(["Surname"], COLUMNS).missing == [REG_NO, FIRST_NAME]


def test_unknown_headers_get_a_suggestion_where_one_is_near():
    match = match_headers(["Frist name", "Favourite colour", "\u0435mail", "%"], COLUMNS)
    assert match.unknown == [
        UnknownHeader("Frist name", 0, FIRST_NAME),
        UnknownHeader("Favourite colour", 1, None),
        UnknownHeader("\u0435mail", 2, EMAIL),
        UnknownHeader("%", 3, None),
    ]


def test_headers_that_mean_the_same_are_told_and_the_first_is_taken():
    match = match_headers(["E-Mail", "reg_no", "Mail", "e mail"], COLUMNS)
    assert (match.mapping, match.repeated) == (
        {"email": 0, "reg_no": 1},
        [RepeatedColumn(EMAIL, ["E-Mail", "Mail", "e mail"])],
    )


def test_word_of_two_columns_belongs_to_the_first():
    host = Column("host_phone", "Phone of the host", ("phone",))
    assert match_headers(["phone"], [PHONE, host]).mapping == {"phone": 0}
    assert match_headers(["phone"], [host, PHONE]).mapping == {"host_phone": 0}


def test_column_without_letters_matches_nothing():
    assert match_headers(["#"], [Column("%", "%")]).mapping == {}


@pytest.mark.parametrize(
    ("text", "key"),
    [("Reg. No_", "regno"), ("Téléphone", "telephone"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("№ 1", "no1")],
)
def test_header_key(text, key):
    assert header_key(text) == key


def test_two_hundred_long_headers_are_compared_quickly():
    begin = time.process_time()
    match = match_headers(["registration nimber " * 10 + str(n) for n in range(200)], COLUMNS)
    assert len(match.unknown) == 200
    assert time.process_time() - begin < 2


def test_a_choice_for_a_column_that_is_no_more_changes_nothing():
    """Choices are remembered; the column may have gone since."""
    headers = ["Reg. No.", "First name", "Mobile", "Notes"]
    gone = {header_key("Mobile"): "fax", header_key("Notes"): "fax"}
    assert match_headers(headers, COLUMNS, gone) == match_headers(headers, COLUMNS)
