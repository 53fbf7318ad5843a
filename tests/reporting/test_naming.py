import pytest

from apps.reporting.naming import FILE, FOLDER, PLACEHOLDERS, check_pattern, path_of
from portal.kernel.errors import RuleViolation

VALUES = {
    "reg_no": "2023-04-00123/T",
    "last_name": "Moshi",
    "first_name": "Asha",
    "programme": "BSc Mechanical",
    "department": "Mechanical",
    "cohort": "PT2 2026/27",
    "company": "..\\..\\Kilimo: Ltd",
    "document": "Week 03",
}


@pytest.mark.parametrize(
    ("pattern", "field", "code"),
    [
        (FOLDER, "folder", None),
        (FILE, "file_name", None),
        ("", "folder", None),
        ("logbooks/{company}/{cohort}/x", "folder", None),
        ("plain", "file_name", None),
        ("{{{reg_no}}}", "file_name", None),
        ("{last_nam}", "file_name", "pattern_unknown"),
        ("{}", "file_name", "pattern_unknown"),
        ("{0}", "file_name", "pattern_unknown"),
        ("{reg_no.__class__}", "file_name", "pattern_unknown"),
        ("{reg_no[0]}", "folder", "pattern_unknown"),
        ("{reg_no!r}", "file_name", "pattern_broken"),
        ("{reg_no:>999999999}", "file_name", "pattern_broken"),
        ("{reg_no:{last_name}}", "file_name", "pattern_broken"),
        ("{reg_no", "file_name", "pattern_broken"),
        ("reg_no}", "folder", "pattern_broken"),
        ("", "file_name", "pattern_empty"),
        (" . ", "file_name", "pattern_empty"),
        ("a/{reg_no}", "file_name", "pattern_deep"),
        ("a/b/c/d/e", "folder", "pattern_deep"),
        ("x" * 201, "folder", "pattern_long"),
    ],
)
def test_check_pattern(pattern, field, code):
    if code is None:
        check_pattern(pattern, field=field)
        return
    with pytest.raises(RuleViolation) as caught:
        check_pattern(pattern, field=field)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_check_pattern_names_what_there_is():
    with pytest.raises(RuleViolation) as caught:
        check_pattern("{surname}", field="file_name")
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    assert str(caught.value.message) == f"There is no {{surname}}. You can write: {known}."


@pytest.mark.parametrize(
    ("folder", "file_name", "path"),
    [
        (FOLDER, FILE, "PT2 2026_27/Moshi Asha/2023-04-00123_T Week 03.pdf"),
        ("", "{document}", "Week 03.pdf"),
        ("../../etc", "{reg_no}", "etc/2023-04-00123_T.pdf"),
        ("/root/./..//{company}", "..", "root/Kilimo_ Ltd/file.pdf"),
        ("..\\..\\x", "con", "x/_con.pdf"),
        ("{{cohort}}", "{first_name}{last_name}", "{cohort}/AshaMoshi.pdf"),
    ],
)
def test_path_of(folder, file_name, path):
    assert path_of(folder, file_name, VALUES, "pdf") == path


def test_path_of_values_without_text_leave_no_folder():
    assert path_of("{company}/{cohort}", "{reg_no}", dict.fromkeys(VALUES, ""), "docx") == "file.docx"
