import io
import logging
import time
from types import SimpleNamespace

import pytest

from portal.kernel import logs
from portal.kernel.logs import MASK, MaskSecrets, escape_controls, known_secrets, mask

CANARY = "Zx9-canary_Qp4"


@pytest.fixture
def journal():
    """A logger and the stream that it writes to."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    handler.addFilter(MaskSecrets())
    logger = logging.getLogger("tests.journal")
    logger.propagate = False
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"GET /l/{CANARY}/ 200", "GET /l/***/ 200"),
        (f"POST /l/{CANARY}", "POST /l/***"),
        (f"http://x.example/l/{CANARY}?next=1", "http://x.example/l/***?next=1"),
        (f"GET /u/{CANARY}/", "GET /u/***/"),
        (f"/accounts/password/reset/key/3-{CANARY}/", "/accounts/password/reset/key/***/"),
        (f"/accounts/confirm-email/{CANARY}/", "/accounts/confirm-email/***/"),
        (f"Authorization: Bearer {CANARY}", "Authorization: ***"),
        (f"authorization: Token {CANARY} tail", "authorization: ***"),
        (f"{{'Authorization': 'Basic {CANARY}'}}", "{'Authorization': '***'}"),
        (f"('authorization', 'JWT {CANARY}')", "('authorization', '***')"),
        (f"sent with bearer {CANARY}", "sent with bearer ***"),
        (f"Cookie: sessionid={CANARY}; a=b", "Cookie: ***"),
        (f"Set-Cookie: a={CANARY}", "Set-Cookie: ***"),
        (f"X-CSRFToken: {CANARY}", "X-CSRFToken: ***"),
        (f"password={CANARY}&user=asha", "password=***&user=asha"),
        (f'{{"password": "{CANARY} with blanks", "user": "asha"}}', '{"password": ***, "user": "asha"}'),
        (f"{{'new_password1': '{CANARY}'}}", "{'new_password1': ***}"),
        (f"PASSWD: {CANARY}", "PASSWD: ***"),
        (f"OPENAI_API_KEY={CANARY}", "OPENAI_API_KEY=***"),
        (f"api-key: {CANARY}", "api-key: ***"),
        (f"S3_SECRET_KEY='{CANARY}'", "S3_SECRET_KEY=***"),
        (f"aws_secret_access_key = {CANARY}", "aws_secret_access_key = ***"),
        (f"refresh_token={CANARY}", "refresh_token=***"),
        (f"client_secret: {CANARY},", "client_secret: ***,"),
        (f"csrfmiddlewaretoken={CANARY}", "csrfmiddlewaretoken=***"),
        (f"X-Amz-Signature={CANARY}&X-Amz-Date=1", "X-Amz-Signature=***&X-Amz-Date=1"),
        (f"postgresql://portal:{CANARY}@db.example:5432/portal", "postgresql://portal:***@db.example:5432/portal"),
        (f"redis://:{CANARY}@cache.example/0", "redis://:***@cache.example/0"),
        ("got eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoxfQ.c2lnbmF0dXJl here", "got *** here"),
        (f"Incorrect key provided: sk-proj-{CANARY}", "Incorrect key provided: ***"),
        (
            f"/accounts/oidc/uni/login/callback/?code={CANARY}&state={CANARY}",
            f"/accounts/oidc/uni/login/callback/?code={MASK}&state={MASK}",
        ),
    ],
)
def test_mask_known_form_is_replaced(text, expected):
    assert mask(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "GET /logs/12/ 200",
        "GET /link/12/",
        "Task accounts.send_digests 7f0c done",
        "12 of 48 days, 6 missing",
        "https://portal.example/weeks/?page=2",
        "The key of week 3 was not found",
        "basic rules",
    ],
)
def test_mask_ordinary_text_stays(text):
    assert mask(text) == text


@pytest.fixture
def installation(monkeypatch):
    """Settings of an installation with a secret of each kind; the real ones are left alone."""
    values = SimpleNamespace(
        SECRET_KEY="k" * 40 + "1",
        AUDIT_KEY="k" * 40,
        EMAIL_HOST_PASSWORD="mail-pass",
        DATABASES={"default": {"PASSWORD": "db-pass"}},
        STORAGES={"default": {"OPTIONS": {"secret_key": "s3-secret-value"}}},
    )
    monkeypatch.setattr(logs, "settings", values)
    known_secrets.cache_clear()
    yield values
    known_secrets.cache_clear()


def test_known_secrets_come_from_the_settings_longest_first(installation):
    assert known_secrets() == ("k" * 40 + "1", "k" * 40, "s3-secret-value", "mail-pass", "db-pass")
    assert mask(f"odd place {'k' * 40}1! and mail-pass.") == "odd place ***! and ***."


def test_known_secrets_leave_out_what_is_short_or_unset(installation):
    installation.SECRET_KEY, installation.AUDIT_KEY, installation.EMAIL_HOST_PASSWORD = "short", "", ""
    installation.DATABASES, installation.STORAGES = {"default": {}}, {"default": {}}
    assert known_secrets() == ()


@pytest.mark.parametrize("unit", ["token", "a", "eyJa.", "://", "/l/", "x://y", "cookie:", "bearer "])
def test_mask_megabyte_is_cut_and_quick(unit):
    started = time.process_time()
    text = mask(unit * (1_000_000 // len(unit)))
    # Milliseconds; a pattern that goes back over what it has read would take minutes.
    assert time.process_time() - started < 30
    assert text.endswith("characters more)") or MASK in text


def test_mask_long_record_says_how_much_is_missing():
    assert mask("é" * 16_010) == "é" * 16_000 + "... (10 characters more)"


def test_escape_controls_line_break_cannot_forge_a_line():
    assert escape_controls("a\nERROR b\r\x1b[31m\x00\u202e\u2028") == "a\\nERROR b\\r\\x1b[31m\\x00\\u202e\\u2028"


def test_escape_controls_keep_lines_keeps_only_lines_and_tabs():
    assert escape_controls("a\n\tb\rc\x07", keep_lines=True) == "a\n\tb\\rc\\x07"


def test_escape_controls_letters_of_all_languages_stay():
    assert escape_controls("Ünïcode مرحبا 🙂") == "Ünïcode مرحبا 🙂"


def test_filter_arguments_are_masked(journal):
    logger, stream = journal
    logger.warning("open %s for %s", f"/l/{CANARY}/", "asha\nERROR forged")
    assert stream.getvalue() == "WARNING open /l/***/ for asha\\nERROR forged\n"


def test_filter_traceback_is_masked_and_keeps_its_lines(journal):
    logger, stream = journal

    def fail():
        message = f"password={CANARY}\x1b"
        raise ValueError(message)

    try:
        fail()
    except ValueError:
        logger.exception("failed")
    lines = stream.getvalue().splitlines()
    assert lines[:2] == ["ERROR failed", "Traceback (most recent call last):"]
    assert lines[-1] == "ValueError: password=***"
    assert CANARY not in stream.getvalue()


def test_filter_stack_is_masked(journal):
    logger, stream = journal
    logger.warning("here", stack_info=True)
    assert stream.getvalue().splitlines()[1] == "Stack (most recent call last):"


def test_filter_wrong_number_of_arguments_is_written_masked(journal):
    logger, stream = journal
    logger.warning("only %s", f"password={CANARY}", "more")  # noqa: PLE1205 - the mistake under test
    assert stream.getvalue() == "WARNING only %s ('password=***', 'more')\n"


def test_filter_twice_changes_nothing_more():
    record = logging.LogRecord("x", logging.INFO, "f.py", 1, "token=%s", (CANARY,), None)
    assert MaskSecrets().filter(record) is True
    once = record.getMessage()
    assert MaskSecrets().filter(record) is True
    assert (once, record.getMessage()) == ("token=***", "token=***")


def test_settings_every_handler_masks(settings):
    assert {name: handler["filters"] for name, handler in settings.LOGGING["handlers"].items()} == {
        "console": ["secrets"]
    }


def test_settings_libraries_with_handlers_of_their_own_write_through_ours(settings):
    loggers = settings.LOGGING["loggers"]
    assert {name: (loggers[name]["handlers"], loggers[name]["propagate"]) for name in loggers} == dict.fromkeys(
        ("django", "django.server", "gunicorn.access", "gunicorn.error"), ([], True)
    )
