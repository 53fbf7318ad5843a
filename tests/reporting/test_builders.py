import dataclasses
import io
import re
import zipfile
from datetime import UTC, date, datetime

import pypdfium2
import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import translation
from docx import Document
from PIL import Image

from apps.accounts.selectors import LOOK_KEY, SiteLook
from apps.reporting.builders import docx as word_builder
from apps.reporting.builders import pdf as pdf_builder
from apps.reporting.builders.defaults import LAYOUTS, default_templates
from apps.reporting.builders.pictures import qr_png
from apps.reporting.context import (
    DayRow,
    Decision,
    Host,
    Logbook,
    OperationRow,
    Person,
    WeekPage,
    known_fields,
    unknown_fields,
)
from apps.reporting.example import example_logbook, fields_of
from apps.reporting.states import TemplateKind
from apps.reporting.templatetags.pages import direction
from portal.kernel import documents
from portal.kernel.documents import check_docx
from portal.kernel.errors import RuleViolation
from tests.kernel.in_process import run_here
from tests.kernel.word_files import word

MONDAY = date(2026, 7, 6)
pytestmark = pytest.mark.usefixtures("here")

KINDS = [f"{name}{direction}.docx" for name in LAYOUTS for direction in ("", "_rtl")]


@pytest.fixture(scope="module")
def made():
    return default_templates()


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(documents, "run_limited", run_here)


def a_week(**changes):
    return dataclasses.replace(WeekPage(number=3, start=MONDAY, end=date(2026, 7, 11)), **changes)


def a_book(*weeks, **changes):
    book = Logbook(
        university="Ardhi University",
        college="",
        department="Mechanical",
        title="Practical training log-book",
        student=Person("Asha & Said <Moshi>", "2023-04-02100"),
        host=Host("Kilimo Works"),
        cohort_name="PT2 2026",
        start=MONDAY,
        end=date(2026, 9, 26),
        weeks=weeks,
    )
    return dataclasses.replace(book, **changes)


def picture(width=300, height=200):
    made = io.BytesIO()
    Image.new("RGB", (width, height), "#0f6b6b").save(made, "PNG")
    return made.getvalue()


def pages_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def cells_of(package):
    """Return the rows of all tables of the body, cell by cell."""
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in Document(io.BytesIO(package)).tables]


def paragraphs_of(package):
    return [paragraph.text for paragraph in Document(io.BytesIO(package)).paragraphs if paragraph.text]


# -- default templates ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_default_template_is_what_the_command_makes(settings, made, name):
    committed = (settings.ROOT / "templates" / "reporting" / "docx" / name).read_bytes()
    assert made[name] == committed


def test_build_default_templates_writes_the_files(settings, made, tmp_path, capsys):
    (tmp_path / "templates" / "reporting" / "docx").mkdir(parents=True)
    settings.ROOT = tmp_path
    call_command("build_default_templates")
    written = {path.name: path.read_bytes() for path in (tmp_path / "templates/reporting/docx").iterdir()}
    assert written == made
    assert [line.split(":")[0] for line in capsys.readouterr().out.splitlines()] == KINDS


@pytest.mark.parametrize("name", KINDS)
def test_default_template_asks_only_for_known_fields(made, name):
    kind = re.split("[_.]", name)[0]
    found = check_docx(made[name])
    assert found.problems == ()
    known = fields_of(TemplateKind(kind.replace("paper", "letter")))
    assert unknown_fields([*found.fields, *found.loops], known) == {}


# -- context ----------------------------------------------------------------------------------------------------


def test_week_as_plain_has_a_row_for_every_day_and_room_for_seven_operations():
    monday = DayRow(MONDAY, "Turned a shaft", 7.5, "submitted", "Submitted", ("turning",))
    week = a_week(days=(monday,), operations=(OperationRow(1, "Turn", "Lathe"),), missing_days=(date(2026, 7, 8),))
    plain = week.as_plain()
    assert [(day["date"], day["day_name"], day["text"], day["missing"]) for day in plain["days"]] == [
        ("2026-07-06", "Monday", "Turned a shaft", False),
        ("2026-07-07", "Tuesday", "", False),
        ("2026-07-08", "Wednesday", "", True),
        ("2026-07-09", "Thursday", "", False),
        ("2026-07-10", "Friday", "", False),
        ("2026-07-11", "Saturday", "", False),
    ]
    assert plain["days"][0] == {
        "date": "2026-07-06",
        "date_text": "6 July 2026",
        "day_name": "Monday",
        "text": "Turned a shaft",
        "hours": 7.5,
        "hours_text": "7.5",
        "state": "submitted",
        "state_label": "Submitted",
        "skills": ["turning"],
        "absence": "",
        "missing": False,
    }
    assert plain["operations"] == [{"number": 1, "description": "Turn", "tools": "Lathe"}]
    assert plain["operation_rows"] == [*plain["operations"], *[{"number": "", "description": "", "tools": ""}] * 6]
    assert plain["missing_days"] == [{"date": "2026-07-08", "date_text": "8 July 2026", "day_name": "Wednesday"}]
    assert plain["industry"] == {"role_label": "", "name": "", "at": "", "at_text": "", "comment": ""}


def test_week_as_plain_keeps_more_operations_and_two_logs_of_one_day():
    operations = tuple(OperationRow(number, "Turn") for number in range(1, 10))
    days = (DayRow(MONDAY, "At the mill", 4), DayRow(MONDAY, "At the port", 4))
    plain = a_week(operations=operations, days=days).as_plain()
    assert len(plain["operation_rows"]) == 9
    assert [day["text"] for day in plain["days"][:3]] == ["At the mill", "At the port", ""]


@pytest.mark.parametrize(
    ("language", "day_name", "start", "hours"),
    [
        ("en", "Monday", "6 July 2026", "7.5"),
        ("sw", "Jumatatu", "6 Julai 2026", "7.5"),
        ("ar", "الاثنين", "6 يوليو 2026", "7,5"),
    ],
)
def test_as_plain_dates_are_iso_and_in_the_active_language(language, day_name, start, hours):
    with translation.override(language):
        plain = a_week(days=(DayRow(MONDAY, "x", 7.5),), total_hours=7.5).as_plain()
    assert (plain["start"], plain["start_text"]) == ("2026-07-06", start)
    assert (plain["days"][0]["day_name"], plain["days"][0]["hours_text"], plain["total_hours_text"]) == (
        day_name,
        hours,
        hours,
    )


def test_decision_date_is_the_day_where_the_university_is():
    late = Decision("Industrial supervisor", "Joseph", datetime(2026, 7, 11, 22, 30, tzinfo=UTC), "Good")
    assert late.as_plain()["at"] == "2026-07-12"


def test_unknown_fields_names_the_nearest():
    known = known_fields({"student": {"full_name": "x"}, "weeks": [{"days": [{"text": "x"}]}], "empty": []})
    assert known == {
        *("student", "student.full_name", "weeks", "weeks[]", "weeks[].days", "weeks[].days[]"),
        *("weeks[].days[].text", "empty"),
    }
    asked = ["student.fullname", "weeks[].days[].text", "zzz"]
    assert unknown_fields(asked, known) == {"student.fullname": "student.full_name", "zzz": ""}


@pytest.mark.parametrize(
    ("text", "expected"), [("Asha", "ltr"), ("12 مرحبا abc", "rtl"), ("שלום", "rtl"), ("12", "ltr")]
)
def test_direction_follows_the_first_letter(text, expected):
    assert direction(text) == expected


# -- word -------------------------------------------------------------------------------------------------------


def test_build_week_word_file_has_the_east_african_page():
    week = a_week(
        summary="We mended\nthe lathe.",
        main_job_title="Shaft <repair>",
        days=(DayRow(MONDAY, "Turned & measured", 8.0), DayRow(date(2026, 7, 7), absence="Sick")),
        operations=(OperationRow(1, "Turn", "Lathe"),),
        total_hours=8,
        missing_days=(date(2026, 7, 8),),
        industry=Decision("x", "Joseph Mushi", datetime(2026, 7, 11, 9, 0, tzinfo=UTC), "Careful work"),
    )
    made = word_builder.week_filling(a_book(week), week).document()
    who, line, days, operations, industry, academic, diagram = cells_of(made)
    assert who == [
        ["Student's name", "Asha & Said <Moshi>", "Reg. no.", "2023-04-02100"],
        ["Company", "Kilimo Works", "Department", ""],
    ]
    assert line == [["Week no. 3", "From 6 July 2026", "To 11 July 2026"]]
    assert days == [
        ["Day / date", "Activity", "Hours"],
        ["Monday\n6 July 2026", "Turned & measured", "8"],
        ["Tuesday\n7 July 2026", "Absent: Sick", ""],
        ["Wednesday\n8 July 2026", "No entry for this day", ""],
        ["Thursday\n9 July 2026", "", ""],
        ["Friday\n10 July 2026", "", ""],
        ["Saturday\n11 July 2026", "", ""],
        ["Total", "", "8"],
    ]
    assert operations == [["#", "Operation", "Machinery / tools used"], ["1", "Turn", "Lathe"], *[["", "", ""]] * 6]
    assert industry == [["Name", "Joseph Mushi", "Signature", "Confirmed online", "Date", "11 July 2026"]]
    assert academic == [["Name", "", "Signature", "", "Date", ""]]
    assert diagram == [[""]]
    assert paragraphs_of(made) == [
        "Ardhi University",
        "Mechanical",
        "PRACTICAL TRAINING LOG-BOOK",
        "Summary of the week",
        "We mended\nthe lathe.",
        "Details of the main job of the week",
        "Main job: Shaft <repair>",
        "Comments from industrial supervisor",
        "Careful work",
        "Comments from university supervisor",
        "Detailed diagram of the main job",
    ]


def test_build_week_word_file_shows_sketch_logo_and_code():
    week = a_week(sketch="sketch-3")
    book = a_book(week, checked_code="K7QM", check_url="https://portal.example/check/K7QM")
    made = word_builder.week_filling(
        book, week, images={"sketch-3": picture(300, 900), "logo": picture(), "other": picture()}
    ).document()
    document = Document(io.BytesIO(made))
    shown = [(round(shape.width.mm), round(shape.height.mm)) for shape in document.inline_shapes]
    assert shown == [(27, 18), (19, 58)]
    footer = document.sections[0].footer
    assert footer.tables[0].cell(0, 2).text.strip() == "K7QM"
    images = [rel.target_part.blob for rel in footer.part.rels.values() if rel.reltype.endswith("/image")]
    assert images == [qr_png("https://portal.example/check/K7QM")]


def test_build_week_own_template_is_filled():
    book = a_book(a_week())
    made = word_builder.week_filling(book, book.weeks[0], word("{{ university }}: {{ week.number }}")).document()
    assert paragraphs_of(made) == ["Ardhi University: 3"]


def test_build_week_own_template_with_a_wrong_field_is_refused():
    book = a_book(a_week())
    with pytest.raises(RuleViolation) as caught:
        word_builder.week_filling(book, book.weeks[0], word("{{ week.nummer }}")).document()
    assert caught.value.code == "template_field_unknown"


@pytest.mark.parametrize("build", [word_builder.week_filling, pdf_builder.build_week], ids=["docx", "pdf"])
def test_build_week_sketch_that_is_not_given_is_an_error(build):
    book = a_book(a_week(sketch="sketch-3"))
    with pytest.raises(ValueError, match="no image for the sketch sketch-3"):
        build(book, book.weeks[0], images={"sketch-4": picture()})


def test_build_logbook_word_file_has_26_weeks():
    made = word_builder.logbook_filling(example_logbook(26)).document()
    tables = cells_of(made)
    facts, overview = tables[:2]
    assert facts[0] == ["Reg. no.", "2023-04-02100"]
    assert [row[0] for row in overview] == ["Week", *map(str, range(1, 27))]
    assert [table[0][0] for table in tables[2:] if table[0][0].startswith("Week no.")] == [
        f"Week no. {number}" for number in range(1, 27)
    ]
    assert len(tables) == 2 + 26 * 7


# -- pdf --------------------------------------------------------------------------------------------------------


def test_build_week_pdf_has_the_east_african_page_on_two_sheets():
    week = a_week(
        summary="We mended the lathe.",
        main_job_title="Shaft <repair>",
        days=(DayRow(MONDAY, "Turned & measured", 8.0), DayRow(date(2026, 7, 7), absence="Sick")),
        operations=(OperationRow(1, "Turn", "Lathe"),),
        total_hours=8,
        missing_days=(date(2026, 7, 8),),
        industry=Decision("x", "Joseph Mushi", datetime(2026, 7, 11, 9, 0, tzinfo=UTC), "Careful work"),
    )
    front, back = pages_of(pdf_builder.build_week(a_book(week), week))
    for text in (
        *("Ardhi University", "PRACTICAL TRAINING LOG-BOOK", "Asha & Said <Moshi>", "2023-04-02100", "Kilimo Works"),
        *("Week no. 3", "From 6 July 2026", "To 11 July 2026", "Monday", "Turned & measured", "Absent: Sick"),
        *("No entry for this day", "Saturday", "We mended the lathe.", "1 / 2"),
    ):
        assert text in front
    for text in (
        *("Details of the main job of the week", "Shaft <repair>", "MACHINERY / TOOLS USED", "Lathe", "Careful work"),
        *("Comments from industrial supervisor", "Joseph Mushi", "Confirmed online", "11 July 2026"),
        *("Comments from university supervisor", "Detailed diagram of the main job", "2 / 2"),
    ):
        assert text in back


def test_build_week_pdf_shows_sketch_logo_and_code_on_every_page():
    week = a_week(sketch="sketch-3")
    book = a_book(week, checked_code="K7QM", check_url="https://portal.example/check/K7QM")
    made = pdf_builder.build_week(book, week, images={"sketch-3": picture(), "logo": picture()})
    document = pypdfium2.PdfDocument(made)
    counts = [
        sum(1 for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=8)) for page in document
    ]
    assert (counts, document.get_metadata_value("Title")) == (
        [2, 2],
        "Practical training log-book · Week 3 · Asha & Said <Moshi>",
    )
    document.close()
    assert all("K7QM" in text for text in pages_of(made))


def test_build_logbook_pdf_has_26_weeks():
    pages = pages_of(pdf_builder.build_logbook(example_logbook(26)))
    assert len(pages) == 2 + 26 * 2
    assert [text.split("Week no. ")[1].split("\n")[0].split(" ")[0] for text in pages[2::2]] == [
        str(number) for number in range(1, 27)
    ]
    assert "155 of 156" in pages[0]


@pytest.mark.parametrize(("language", "words"), [("sw", ["Jumatatu", "Julai"]), ("ar", ["7,5"])])
def test_build_logbook_pdf_is_in_its_own_language(language, words):
    with translation.override(language):
        book = example_logbook(1)
    assert book.language == language
    text = "".join(pages_of(pdf_builder.build_logbook(book)))
    assert [word for word in words if word not in text] == []


def test_build_logbook_word_file_in_arabic_runs_from_right_to_left():
    with translation.override("ar"):
        book = example_logbook(1)
    document = Document(io.BytesIO(word_builder.logbook_filling(book).document()))
    assert book.is_rtl
    assert all(table._tbl.tblPr.xpath("./w:bidiVisual") for table in document.tables)
    assert "الاثنين" in document.tables[4].cell(1, 0).text


def test_build_logbook_without_weeks_or_host_is_a_cover():
    book = a_book(host=Host())
    assert len(pages_of(pdf_builder.build_logbook(book))) == 1
    assert cells_of(word_builder.logbook_filling(book).document())[1] == [
        ["Week", "From", "To", "Hours", "Industrial supervisor", "University supervisor"]
    ]


def test_our_layouts_take_the_universitys_colour():
    before = word_builder.layout("week")
    cache.set(LOOK_KEY, SiteLook(accent="#7a1f3d"))
    after = word_builder.layout("week")
    colours = {
        name: [colour in xml_of(made) for colour in ("0F6B6B", "7A1F3D")]
        for name, made in (("before", before), ("after", after))
    }
    assert colours == {"before": [True, False], "after": [False, True]}
    sheet = pdf_builder.print_css()
    assert [colour in sheet for colour in ("#7a1f3d", "#efe4e8", "#0f6b6b", "var(")] == [True, True, False, False]
    assert Document(io.BytesIO(after)).paragraphs


def xml_of(made: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        return "".join(file.read(name).decode() for name in file.namelist() if name.endswith(".xml"))
