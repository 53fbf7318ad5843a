"""Full-text search that gives the same answers on PostgreSQL and on SQLite.

The two databases cut text into words by rules of their own: "2-stroke", "é" and Arabic vowel signs come out different.
So we cut it ourselves, keep the words in a column with one blank between them, and let each database only index them:
PostgreSQL by a GIN index over ``array_to_tsvector``, which takes words as they are, SQLite by an FTS5 table whose
``ascii`` tokenizer splits nothing but at our blanks. Tried before and slower: ``LIKE '%word%'`` over six columns reads
every row.
"""

import unicodedata
from typing import TYPE_CHECKING, Any, Final

from django.db.models import BooleanField, F, Func

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models import Model

MOST_WORDS: Final = 6
# A lexeme of PostgreSQL has at most 2,046 bytes; no word that people search for has sixty letters.
LONGEST_WORD: Final = 60
# The stroke by which Arabic words are stretched is a letter to Unicode and nothing to a reader.
TATWEEL: Final = "\u0640"
# Marks on letters, and signs that cannot be seen.
SILENT: Final = frozenset({"Mn", "Mc", "Me", "Cf"})


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are indexed and searched: no case, no accents, letters and digits only."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return [word[:LONGEST_WORD] for word in "".join(map(_heard, plain)).split()]


def _heard(char: str) -> str:
    if char == TATWEEL or unicodedata.category(char) in SILENT:
        return ""
    return char if char.isalnum() else " "


def index_text(*texts: str) -> str:
    """Return what is kept in the indexed column for these texts: every word once."""
    return " ".join(dict.fromkeys(word for text in texts for word in words_of(text)))


class HasWords(Func):
    """Whether each of the ``words`` (of ``words_of``) begins some word of the row's column ``text``.

    The model's table needs ``create_word_index``.
    """

    output_field = BooleanField()

    def __init__(self, words: list[str], text: str = "search_text") -> None:
        super().__init__(F("pk"), F(text))
        self.words = words

    def as_sql(self, compiler: Any, connection: "BaseDatabaseWrapper", **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override] # the template plays no part
        """Compile for PostgreSQL; the expression is that of the index."""
        del connection
        _key, text = self.get_source_expressions()
        column, params = compiler.compile(text)
        wanted = " & ".join(f"'{word}':*" for word in self.words)
        return f"{_vector(column)} @@ %s::tsquery", [*params, wanted]

    def as_sqlite(self, compiler: Any, connection: "BaseDatabaseWrapper", **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override] # as above
        """Compile for SQLite: the keys that the FTS5 table beside the model's own finds."""
        key, text = self.get_source_expressions()
        column, params = compiler.compile(key)
        name = connection.ops.quote_name(_words_table(text.target.model))
        wanted = " AND ".join(f'"{word}"*' for word in self.words)
        keys = f"SELECT rowid FROM {name} WHERE {name} MATCH %s"  # noqa: S608 - the name of a table of ours
        return f"{column} IN ({keys})", [*params, wanted]


def _vector(column: str) -> str:
    return f"array_to_tsvector(string_to_array({column}, ' '))"


def _words_table(model: "type[Model]") -> str:
    return f"{model._meta.db_table}_words"


def create_word_index(connection: "BaseDatabaseWrapper", model: "type[Model]", text: str = "search_text") -> None:
    """Make the index of a model's words where there is none; called by its migration and after every migration.

    SQLite changes a table by making another one, and the triggers that keep the FTS5 table in step go with the old.
    """
    table, words = model._meta.db_table, _words_table(model)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {words} ON {table} USING gin ({_vector(f'"{text}"')})")
            return
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE name IN (%s, %s)", [words, f"{words}_insert"])
        if cursor.fetchone() == (2,):
            return
        for statement in _fts5(table, words, text):
            cursor.execute(statement)


def _fts5(table: str, words: str, text: str) -> list[str]:
    gone = f"INSERT INTO {words} ({words}, rowid, {text}) VALUES ('delete', old.id, old.{text});"  # noqa: S608 - names of our own tables
    here = f"INSERT INTO {words} (rowid, {text}) VALUES (new.id, new.{text});"  # noqa: S608 - as above
    options = f"{text}, content='{table}', content_rowid='id', tokenize='ascii', prefix='2 3 4'"
    trigger = "CREATE TRIGGER IF NOT EXISTS"
    return [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {words} USING fts5({options})",
        f"{trigger} {words}_insert AFTER INSERT ON {table} BEGIN {here} END",
        f"{trigger} {words}_delete AFTER DELETE ON {table} BEGIN {gone} END",
        f"{trigger} {words}_update AFTER UPDATE OF {text} ON {table} BEGIN {gone} {here} END",
        f"INSERT INTO {words} ({words}) VALUES ('rebuild')",  # noqa: S608 - as above
    ]
