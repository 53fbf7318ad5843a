from importlib import metadata
from types import SimpleNamespace

import pytest
from django.db import connections
from django.db.utils import ConnectionHandler

from portal import checks


def told(messages):
    return [(message.id, message.msg) for message in messages]


@pytest.fixture
def sqlite_file(tmp_path, monkeypatch, django_db_blocker):
    """Return a function that makes a database file the one that is checked, with the given first statements."""

    def install(init_command):
        handler = ConnectionHandler(
            {
                "default": {
                    "ENGINE": "django.db.backends.sqlite3",
                    "NAME": tmp_path / "checked.sqlite3",
                    "OPTIONS": {"init_command": init_command},
                }
            }
        )
        monkeypatch.setattr(checks, "connections", handler)
        handlers.append(handler)

    handlers = []
    with django_db_blocker.unblock():
        yield install
    for handler in handlers:
        handler.close_all()


def test_pragmas_of_the_settings_take_effect(sqlite_file):
    sqlite_file("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
    assert told(checks.check_sqlite_pragmas(databases=["default"])) == []


def test_pragmas_that_did_not_take_effect_are_named(sqlite_file):
    sqlite_file("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;")
    assert told(checks.check_sqlite_pragmas(databases=["default"])) == [
        ("portal.E001", "SQLite runs with journal_mode=delete, not wal."),
        ("portal.E001", "SQLite runs with synchronous=2, not 1."),
    ]


def test_pragmas_are_looked_at_only_where_a_database_is_asked():
    assert checks.check_sqlite_pragmas() == []


@pytest.mark.django_db
def test_pragmas_of_other_databases_and_of_memory_are_left_alone():
    assert connections["default"].vendor in {"sqlite", "postgresql"}
    assert checks.check_sqlite_pragmas(databases=["default"]) == []


def test_one_state_machine_holds_here():
    assert checks.check_one_state_machine() == []


@pytest.mark.parametrize("name", ["django-fsm", "Django-FSM-Log"])
def test_rival_of_the_state_machine_is_an_error(monkeypatch, name):
    installed = [SimpleNamespace(metadata={"Name": "django-fsm-2"}), SimpleNamespace(metadata={"Name": name})]
    monkeypatch.setattr(metadata, "distributions", lambda: installed)
    assert told(checks.check_one_state_machine()) == [
        ("portal.E002", f"{name.lower()} is installed beside django-fsm-2; both write into the folder django_fsm.")
    ]


def test_data_dir_that_can_be_made_is_fine(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "new" / "deeper"
    assert checks.check_data_dir() == []
    assert not (tmp_path / "new").exists()


def test_data_dir_under_a_file_is_an_error(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.DATA_DIR = tmp_path / "file" / "data"
    assert told(checks.check_data_dir()) == [("portal.E003", f"DATA_DIR: cannot write to {settings.DATA_DIR}.")]


def test_static_files_not_collected_is_a_warning(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    assert told(checks.check_static_files()) == [("portal.W004", "The static files are not collected.")]
    (tmp_path / "staticfiles.json").touch()
    assert checks.check_static_files() == []


def test_programs_that_are_missing_are_infos(settings, monkeypatch):
    settings.SOFFICE = "no-such-office"
    monkeypatch.setattr("ctypes.util.find_library", {"pango-1.0": "libpango-1.0.so.0"}.get)
    messages = checks.check_programs()
    assert told(messages) == [
        ("portal.I005", "Reports cannot be made as PDF, pangoft2-1.0 is missing."),
        ("portal.I006", "Word templates are filled as .docx only, LibreOffice is missing to turn them into PDF."),
    ]
    assert [message.is_serious() for message in messages] == [False, False]


def test_programs_that_are_there_are_not_mentioned(settings, monkeypatch):
    settings.SOFFICE = "sh"
    monkeypatch.setattr("ctypes.util.find_library", lambda name: f"lib{name}.so.0")
    assert checks.check_programs() == []
