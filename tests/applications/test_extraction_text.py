import pytest

from apps.applications.extraction import bidi, layout, normal
from apps.applications.extraction.layout import Box

# -- one form for text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("", ""),
        ("  a \t b\u00a0 c  ", "a b c"),
        ("one\r\ntwo\rthree\x0bfour\x0cfive", "one\ntwo\nthree\nfour\n\nfive"),
        ("a\n\n \n\n\nb", "a\n\nb"),
        ("nul\x00 bell\x07 escape\x1b[31m", "nul bell escape [31m"),
        ("e\u0301te\u0301", "été"),
        ("ﬁnal oﬃce ﬂow", "final office flow"),
        ("ﺔﻴﺗاﺬﻟا", "ةيتاذلا"),
        ("ﻻ", "لا"),
        ("con-\nsectetuer", "consectetuer"),
        ("con\u00ad\nsectetuer adip\ufffeiscing soft\u00adhyphen", "consectetuer adipiscing softhyphen"),
        ("2011-\n2014", "2011-\n2014"),
        ("May -\nJune", "May -\nJune"),
        ("\u202eevil\u202c \u2066x\u2069 \u200fر\u200e", "evil x ر"),
        ("nafasi\u200cya", "nafasi\u200cya"),
        ("icon \ue001 phone \U000f0001", "icon phone"),
        ("half \ud83d pair", "half pair"),
        ("(cid:12)(cid:7)", "\ufffd\ufffd"),
        ("😀 jambo", "😀 jambo"),
    ],
)
def test_clean(raw, clean):
    assert normal.clean(raw) == clean


def test_clean_twice_is_clean_once():
    raw = "a-\n\x00b\u202e  ﬁ\r\n\r\n\r\n\r\nﻻ e\u0301 (cid:3)"
    assert normal.clean(normal.clean(raw)) == normal.clean(raw)


@pytest.mark.parametrize(("text", "count"), [("", 0), ("a 1, é!", 3), ("مرحبا ٣", 6), ("● –", 0)])
def test_letters(text, count):
    assert normal.letters(text) == count


@pytest.mark.parametrize(
    ("raw", "share"),
    [
        ("", 0.0),
        (" \n", 0.0),
        ("abcd", 0.0),
        ("abc\ufffd", 0.25),
        ("ab\ue001\x01", 0.5),
        ("(cid:3)(cid:4)", 1.0),
        ("ab\u00ad\ufffe", 0.0),
    ],
)
def test_unreadable_share(raw, share):
    assert normal.unreadable_share(raw) == share


# -- from right to left ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "right_to_left", "read"),
    [
        ("abc 12", False, "abc 12"),
        ("abc 12", True, "abc 12"),
        ("ابحرم", True, "مرحبا"),
        ("ملاعلاب ابحرم", True, "مرحبا بالعالم"),
        ("678 345 712 255+ :فتاه", True, "هاتف: +255 712 345 678"),
        ("5 نم 4.2 لدعملا", True, "المعدل 4.2 من 5"),
        ("Excel 2019 و AutoCAD :تاراهملا", True, "المهارات: AutoCAD و Excel 2019"),
        ("Name: ةعمج ةنيمأ (Dar)", False, "Name: أمينة جمعة (Dar)"),
        ("A ةنيمأ 12", False, "A 12 أمينة"),
        ("A 7 ب", False, "A 7 ب"),
        (".مادم", True, "مدام."),
        ("12/2026 خيراتلا", True, "التاريخ 12/2026"),
        ("לארשי", True, "ישראל"),
    ],
)
def test_logical(seen, right_to_left, read):
    assert bidi.logical(list(seen), right_to_left=right_to_left) == read


@pytest.mark.parametrize(
    ("seen", "read"),
    [
        (")زاتمم( 5", "5 (ممتاز)"),
        ("(زاتمم) 5", "5 (ممتاز)"),
        (")x( ]زاتمم[", "[ممتاز] (x)"),
        ("(x) [زاتمم]", "[ممتاز] (x)"),
        ("«زاتمم»", "«ممتاز»"),
    ],
)
def test_logical_brackets_stored_as_meant_or_as_drawn(seen, read):
    assert bidi.logical(list(seen), right_to_left=True) == read


def test_logical_ligature_keeps_its_letters_in_order():
    assert bidi.logical([":", "م", "س", "لا", "ا"], right_to_left=True) == "الاسم:"


def test_logical_glyph_that_stands_for_words():
    assert bidi.logical(["حَبيبي h", *"abibi", " ", "حَبيبي"], right_to_left=True) == "حَبيبي habibi حَبيبي"


@pytest.mark.parametrize(("text", "answer"), [("", False), ("abc ب", False), ("ab بتث", True), ("12 ب", True)])
def test_runs_right_to_left(text, answer):
    assert bidi.runs_right_to_left(text) is answer


def test_letters_right_to_left_counts_letters_only():
    assert bidi.letters_right_to_left("a1 حَب ٣،") == 2


# -- the order of boxes ---------------------------------------------------------------------------------------


def row(y: float, *pieces: tuple[float, str], size: float = 10) -> list[Box]:
    """Words of six points a letter on one line; a piece starts at x and may have several words."""
    boxes = []
    for start, text in pieces:
        x = start
        for word in text.split():
            boxes.append(Box(x, x + 6 * len(word), y, y + size, word))
            x += 6 * len(word) + 3
    return boxes


def texts(lines: list[list[Box]]) -> list[str]:
    return [" ".join(box.text for box in line) for line in lines]


def test_lines_of_sorts_rows_and_words():
    boxes = [*row(30, (50, "third")), *row(10, (90, "b"), (50, "a")), *row(20, (50, "second"))]
    assert texts(layout.lines_of(boxes)) == ["a b", "second", "third"]


def test_lines_of_keeps_a_superscript_with_its_word():
    boxes = [*row(10, (50, "km")), Box(63, 67, 8, 14, "2"), *row(22, (50, "next"))]
    assert texts(layout.lines_of(boxes)) == ["km 2", "next"]


@pytest.mark.parametrize("count", [0, 3, 4, 12])
@pytest.mark.parametrize("starts", [(50,), (50, 300), (50, 220, 390)])
def test_whether_there_is_a_gutter_is_known_before_lines_are_made(count, starts):
    boxes = columns(count, *starts)
    assert layout.has_gutter(boxes) is (layout.find_gutter(layout.lines_of(boxes)) is not None)
    # Fewer pieces in the inner part than a side has lines: no line is made at all.
    assert layout.has_gutter(row(10, (50, "one"))) is False


def test_lines_of_nothing():
    assert (layout.lines_of([]), layout.reading_order([]), layout.find_gutter([])) == ([], [], None)


def columns(count: int, *starts: float, text: str = "four words of text") -> list[Box]:
    return [
        box
        for number in range(count)
        for box in row(100 + 12 * number, *((start, f"{start:.0f}.{number} {text}") for start in starts))
    ]


def test_reading_order_two_columns_of_prose_on_one_grid():
    boxes = [*row(80, (200, "a title over both of them all")), *columns(12, 50, 300)]
    expected = ["a title over both of them all"]
    expected += [f"{start}.{number} four words of text" for start in (50, 300) for number in range(12)]
    assert texts(layout.reading_order(boxes)) == expected


def test_reading_order_columns_of_a_page_from_right_to_left():
    found = texts(layout.reading_order(columns(12, 50, 300), right_to_left=True))
    assert [line.split(".")[0] for line in found] == ["300"] * 12 + ["50"] * 12


def test_reading_order_three_columns():
    found = texts(layout.reading_order(columns(12, 50, 220, 390)))
    assert [line.split(".")[0] for line in found] == ["50"] * 12 + ["220"] * 12 + ["390"] * 12


def test_reading_order_heading_between_two_blocks_of_columns():
    upper = columns(12, 50, 300)
    heading = row(260, (50, "a heading which runs over the whole width of this page and parts it"))
    lower = [Box(b.x0, b.x1, b.top + 190, b.bottom + 190, f"low{b.text}") for b in upper]
    found = [line.split(".")[0] for line in texts(layout.reading_order([*upper, *heading, *lower]))]
    assert found == ["50"] * 12 + ["300"] * 12 + [texts([heading])[0]] + ["low50"] * 12 + ["low300"] * 12


def test_reading_order_short_block_beside_a_heading_is_read_across():
    boxes = [
        *row(60, (50, "left"), (300, "right")),
        *row(72, (50, "a heading that crosses " * 3)),
        *columns(12, 50, 300),
    ]
    assert texts(layout.reading_order(boxes))[0] == "left right"


def test_reading_order_opposite_short_texts_are_rows():
    boxes = [box for number in range(8) for box in row(100 + 14 * number, (50, f"label{number}"), (300, "its value"))]
    assert texts(layout.reading_order(boxes)) == [f"label{number} its value" for number in range(8)]


def test_reading_order_sidebar_with_lines_of_its_own():
    side = [box for number in range(6) for box in row(100 + 17 * number, (50, f"side{number}"), size=8)]
    main = [box for number in range(12) for box in row(101 + 13 * number, (220, f"main{number} with some more words"))]
    found = [line.split()[0] for line in texts(layout.reading_order([*main, *side]))]
    assert found == [f"side{number}" for number in range(6)] + [f"main{number}" for number in range(12)]


@pytest.mark.parametrize(
    "boxes",
    [
        columns(3, 50, 300),
        [*columns(3, 50), *columns(12, 300)],
        columns(12, 50),
        columns(12, 50, 90, text="w"),
        [*columns(6, 50), *(Box(b.x0, b.x1, b.top + 300, b.bottom + 300, b.text) for b in columns(6, 300))],
        [
            *columns(12, 50, text="many words which fill this line so that it is wide indeed yes"),
            *(Box(500, 503, 100 + 12 * number, 110 + 12 * number, "x") for number in range(5)),
        ],
    ],
    ids=[
        "three lines",
        "three lines at the left",
        "one column",
        "close together",
        "one below the other",
        "hardly any text at the right",
    ],
)
def test_find_gutter_none(boxes):
    assert layout.find_gutter(layout.lines_of(boxes)) is None


def test_find_gutter_between_columns():
    gutter = layout.find_gutter(layout.lines_of(columns(12, 50, 300)))
    assert gutter is not None
    assert 180 < gutter < 300


@pytest.mark.parametrize(("tops", "up"), [((10, 22, 34), False), ((100, 10), True), ((60, 22), False), ((), False)])
def test_jumps_up(tops, up):
    assert layout.jumps_up([Box(50, 80, top, top + 10) for top in tops]) is up
