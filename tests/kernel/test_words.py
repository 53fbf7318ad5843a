import pytest
from django.db import connection

from apps.vacancies.models import Vacancy
from portal.kernel.words import HasWords, create_word_index, index_text, words_of
from tests.factories.vacancies import VacancyFactory
from tests.kernel.naughty import joined_strings, naughty_strings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \t\u00a0\x00 ", []),
        ("Welding, CAD/CAM & 2-stroke", ["welding", "cad", "cam", "2", "stroke"]),
        ("ÉCOLE Straße", ["ecole", "strasse"]),
        ("İstanbul", ["istanbul"]),
        ("أُسْتَاذ كهـرباء", ["استاذ", "كهرباء"]),
        ("\ud800x", ["x"]),
        ("a_b", ["a", "b"]),
        ("co\u00adop ต้น", ["coop", "ตน"]),
        ("x" * 100, ["x" * 60]),
    ],
)
def test_a_text_is_cut_into_plain_words(text, words):
    assert words_of(text) == words


def test_the_index_keeps_every_word_once():
    assert index_text("Turn and turn", "AND mill") == "turn and mill"


def test_every_naughty_text_is_found_by_its_own_words():
    rows = {}
    for text in [*naughty_strings(), *joined_strings()]:
        if words_of(text):
            rows[VacancyFactory.create(title=text.replace("\x00", " ")[:160]).pk] = words_of(text[:160])[:6]
    lost = [words for pk, words in rows.items() if words and pk not in _found(words)]
    assert (lost, len(rows) > 50) == ([], True)


def _found(words: list[str]) -> set[int]:
    return set(Vacancy.objects.filter(HasWords(words)).values_list("pk", flat=True))


def test_the_index_follows_what_is_changed_and_deleted():
    row = VacancyFactory.create(title="Turner")
    Vacancy.objects.filter(pk=row.pk).update(search_text="miller")
    assert [_found([word]) for word in ("turner", "miller", "mil")] == [set(), {row.pk}, {row.pk}]
    row.delete()
    assert _found(["miller"]) == set()


def test_an_index_that_a_new_table_has_lost_is_made_again():
    row = VacancyFactory.create(title="Turner")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER vacancies_vacancy_words_insert")
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP INDEX vacancies_vacancy_words")
    late = VacancyFactory.create(title="Turner")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    create_word_index(connection, Vacancy)
    create_word_index(connection, Vacancy)
    assert _found(["turner"]) == {row.pk, late.pk}


def test_both_databases_get_words_and_never_a_piece_of_language():
    query = Vacancy.objects.all().query
    compiler = query.get_compiler(connection=connection)
    condition = HasWords(["turn", "mill"]).resolve_expression(query)
    sql, params = condition.as_sql(compiler, connection)
    assert sql.endswith("""."search_text", ' ')) @@ %s::tsquery""")
    assert params == ["'turn':* & 'mill':*"]
    sql, params = condition.as_sqlite(compiler, connection)
    assert sql.endswith('IN (SELECT rowid FROM "vacancies_vacancy_words" WHERE "vacancies_vacancy_words" MATCH %s)')
    assert params == ['"turn"* AND "mill"*']
