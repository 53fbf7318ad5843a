import time
import tomllib
from pathlib import Path

import pytest

from apps.applications.extraction import facts
from apps.applications.extraction.facts import Fact, ResumeFacts, find_facts

RESUME = """Amina Juma Example
Simu: 0712 345 678 · amina.juma@mail.example · linkedin.com/in/amina-juma
ELIMU
2022-2026 Bachelor of Science in Mechanical Engineering, University of Example
2019 - 2022 Stashahada ya uhandisi mitambo
UJUZI: AutoCAD, Microsoft  Excel, uchomeleaji, C++
"""


def values(kind: str, text: str, **options: str) -> list[tuple[str, str]]:
    found = getattr(find_facts(text, **options), kind)
    return [(fact.value, text[fact.start : fact.end]) for fact in found]


def test_find_facts_resume():
    assert {kind: values(kind, RESUME) for kind in ("emails", "phones", "links", "degrees", "skills")} == {
        "emails": [("amina.juma@mail.example", "amina.juma@mail.example")],
        "phones": [("+255712345678", "0712 345 678")],
        "links": [("https://linkedin.com/in/amina-juma", "linkedin.com/in/amina-juma")],
        "degrees": [("bachelor", "Bachelor"), ("diploma", "Stashahada")],
        "skills": [
            ("AutoCAD", "AutoCAD"),
            ("Microsoft Excel", "Microsoft  Excel"),
            ("Welding", "uchomeleaji"),
            ("C++", "C++"),
        ],
    }


def test_find_facts_empty_text():
    assert find_facts("") == ResumeFacts((), (), (), (), ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Write to A.B+c@Mail.Example.", [("a.b+c@mail.example", "A.B+c@Mail.Example")]),
        ("a@mail.example, A@MAIL.EXAMPLE", [("a@mail.example", "a@mail.example")]),
        ("<x_1@sub.mail.example>", [("x_1@sub.mail.example", "x_1@sub.mail.example")]),
        ("بريد:amina@mail.example", [("amina@mail.example", "amina@mail.example")]),
        ("@mail.example, a@b, a@.example, a@-b.example, a b@ c.example", []),
    ],
)
def test_find_facts_emails(text, found):
    assert values("emails", text) == found


@pytest.mark.parametrize(
    ("text", "region", "found"),
    [
        ("0712 345 678", "TZ", [("+255712345678", "0712 345 678")]),
        ("Tel.: (0712) 345-678 / +255 712 345 678", "TZ", [("+255712345678", "(0712) 345-678")]),
        ("+254 711 222 333", "TZ", [("+254711222333", "+254 711 222 333")]),
        ("0711 222 333", "KE", [("+254711222333", "0711 222 333")]),
        ("هاتف ٠٧١٢٣٤٥٦٧٨", "TZ", [("+255712345678", "٠٧١٢٣٤٥٦٧٨")]),
        ("2019 - 2022, 12/05/2003, GPA 4.2, P.O. Box 35091", "TZ", []),
    ],
)
def test_find_facts_phones(text, region, found):
    assert values("phones", text, region=region) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://amina.example/cv?x=1.", [("https://amina.example/cv?x=1", "https://amina.example/cv?x=1")]),
        ("(http://a.example/~x)", [("http://a.example/~x", "http://a.example/~x")]),
        ("www.site.example, GitHub.com/amina", [
            ("https://www.site.example", "www.site.example"),
            ("https://GitHub.com/amina", "GitHub.com/amina"),
        ]),
        ("javascript:alert(1) ftp://a.example notgithub.com/x a@www.example.example", []),
    ],
)  # fmt: skip
def test_find_facts_links(text, found):
    assert values("links", text) == found


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("B.Sc. Civil Engineering", "bachelor"),
        ("BSc", "bachelor"),
        ("Shahada ya Kwanza ya Sayansi", "bachelor"),
        ("درجة البكالوريوس", "bachelor"),
        ("Master of Science", "master"),
        ("Shahada ya Uzamili", "master"),
        ("Ph.D. student", "doctorate"),
        ("Ordinary Diploma", "diploma"),
        ("NTA\nLevel 6", "diploma"),
        ("دبلوم هندسة", "diploma"),
        ("Astashahada", "certificate"),
        ("Form IV (CSEE)", "secondary"),
        ("Kidato cha nne", "secondary"),
    ],
)
def test_find_facts_degree_in_each_language(text, level):
    assert [fact.value for fact in find_facts(text).degrees] == [level]


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("c#, C++ and ASP.NET", ["C#", "C++", ".NET"]),
        ("Java, not JavaScript", ["Java", "JavaScript"]),
        ("javascripts pythonic excellent c+++", []),
        ("MS Word; excel", ["Microsoft Word", "Microsoft Excel"]),
        ("والبرمجة وباللحام", ["Programming", "Welding"]),
        ("Kiswahili na Kiingereza", ["Swahili", "English"]),
        ("Welding, welding, WELDING", ["Welding"]),
        ("Scrum master, go there", []),
    ],
)
def test_find_facts_skills(text, skills):
    assert [fact.value for fact in find_facts(text).skills] == skills


def test_find_facts_place_of_arabic_word_is_without_its_article():
    text = "مهارات: اللحام"
    assert values("skills", text) == [("Welding", "لحام")]


def test_find_facts_at_most_sixty_of_a_kind():
    text = " ".join(f"user{number}@mail.example" for number in range(100))
    found = find_facts(text).emails
    assert (len(found), found[59]) == (60, Fact("user59@mail.example", 1170, 1189))


@pytest.mark.parametrize(
    "text",
    [
        "1234567 " * 9_000,
        "0712 345 678, " * 5_000,
        "0712-" * 15_000,
        "a" * 70_000,
        "a@" * 35_000,
        "a." * 35_000,
        "x@" + "b." * 35_000,
        "www." * 18_000,
        "+" * 70_000,
        "وال" * 24_000,
        "master " + " " * 70_000,
    ],
    ids=lambda text: text[:8],
)
def test_find_facts_hostile_text_in_time(text):
    began = time.process_time()
    find_facts(text)
    assert time.process_time() - began < 2


def test_vocabulary_has_each_word_once():
    tables = tomllib.loads(Path(facts.__file__).with_name("vocabulary.toml").read_text("utf-8"))
    assert list(tables) == ["degrees", "skills"]
    for table in tables.values():
        words = [" ".join(word.casefold().split()) for entry in table.values() for word in entry]
        assert len(words) == len(set(words))


def test_vocabulary_finds_each_of_its_words():
    tables = tomllib.loads(Path(facts.__file__).with_name("vocabulary.toml").read_text("utf-8"))
    for kind, table in tables.items():
        for name, words in table.items():
            assert [(name, word) for word in words if name not in {v for v, _ in values(kind, f"x, {word}, y")}] == []
