import os
import zoneinfo

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.settings import env

KEY = "Zq7kP2mW" * 5
OTHER_KEY = "b9XtR4nL" * 5
CANARY = "canary-Zq7-value"
GOOD = {
    "SECRET_KEY": KEY,
    "AUDIT_KEY": OTHER_KEY,
    "SITE_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgresql://portal:db-word@db.example:5432/portal",
    "BROKER_URL": "redis://:redis-word@redis.example:6379/0",
    "REDIS_URL": "redis://redis.example:6379/1",
    "EMAIL_URL": "smtp+tls://portal:mail-word@mail.example:587",
}


def mistakes(changes, *, production=True):
    source = {name: value for name, value in (GOOD | changes).items() if value is not None}
    with pytest.raises(ImproperlyConfigured) as caught:
        env.load(source, production=production)
    head, *lines = str(caught.value).splitlines()
    assert head == "The settings have mistakes:"
    return lines


def read(changes, *, production=True):
    return env.load(
        {name: value for name, value in (GOOD | changes).items() if value is not None}, production=production
    )


WRONG = [
    ("SECRET_KEY", None),
    ("SECRET_KEY", ""),
    ("SECRET_KEY", "   "),
    ("SECRET_KEY", f"{CANARY}-short"),
    ("SECRET_KEY", f"change-me-{CANARY}-{KEY}"),
    ("SECRET_KEY", f"django-insecure-{CANARY}-{KEY}"),
    ("SECRET_KEY", f"{CANARY}-{KEY}\nDEBUG=1"),
    ("SECRET_KEY", f"your_secret_key_{CANARY}_{KEY}"),
    ("SECRET_KEY", "a" * 50),
    ("SECRET_KEY", "development-only-key-that-production-refuses"),
    ("AUDIT_KEY", None),
    ("AUDIT_KEY", CANARY),
    ("AUDIT_KEY", f"example-{CANARY}-{KEY}"),
    ("AUDIT_KEY", KEY),
    ("DEBUG", "True"),
    ("DEBUG", "1"),
    ("DEBUG", "maybe"),
    ("DEBUG", "'false'"),
    ("DEMO", "yes"),
    ("DEMO", "2"),
    ("SITE_URL", "http://portal.example"),
    ("SITE_URL", "portal.example"),
    ("SITE_URL", "https://"),
    ("SITE_URL", "ftp://portal.example"),
    ("SITE_URL", "https://portal.example:port"),
    ("SITE_URL", "https://[::1"),
    ("SITE_URL", "https://portal.example/?next=1"),
    ("SITE_URL", ""),
    ("ALLOWED_HOSTS", None),
    ("ALLOWED_HOSTS", " , "),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "portal.example,*"),
    ("ALLOWED_HOSTS", "https://portal.example"),
    ("ALLOWED_HOSTS", "portal.example:443"),
    ("DATABASE_URL", "mysql://portal:canary-Zq7-value@db.example/portal"),
    ("DATABASE_URL", "postgresql//portal"),
    ("DATABASE_URL", "postgresql://portal:canary-Zq7-value@db.example:port/portal"),
    ("DATABASE_URL", "postgresql://portal:canary-Zq7-value@db.example:99999/portal"),
    ("DATABASE_URL", "postgresql://portal:canary-Zq7-value@db.example"),
    ("DATABASE_URL", "just words"),
    ("BROKER_URL", "filesystem://"),
    ("BROKER_URL", "amqp://guest:canary-Zq7-value@rabbit.example"),
    ("BROKER_URL", "redis://"),
    ("BROKER_URL", "redis://redis.example:port/0"),
    ("BROKER_URL", "memory://"),
    ("REDIS_URL", "http://redis.example"),
    ("REDIS_URL", "redis://:canary-Zq7-value@"),
    ("EMAIL_URL", "mail.example:25"),
    ("EMAIL_URL", "imap://user:canary-Zq7-value@mail.example"),
    ("EMAIL_URL", "smtp://"),
    ("EMAIL_URL", "smtp://user:canary-Zq7-value@mail.example:port"),
    ("EMAIL_URL", "smtp://user:canary-Zq7-value@mail.example:70000"),
    ("EMAIL_URL", "smtp://[mail"),
    ("EMAIL_FROM", "Practicum <nobody>"),
    ("EMAIL_FROM", "portal@uni.example\r\nBcc: all@uni.example"),
    ("TIME_ZONE", "Africa/Nowhere"),
    ("TIME_ZONE", "../../etc/passwd"),
    ("TIME_ZONE", "+03:00"),
    ("LANGUAGE_CODE", "english"),
    ("LANGUAGE_CODE", "EN"),
    ("LANGUAGE_CODE", "de"),
    ("TRUSTED_PROXIES", "-1"),
    ("TRUSTED_PROXIES", "6"),
    ("TRUSTED_PROXIES", "one"),
    ("TRUSTED_PROXIES", "1.0"),
    ("TRUSTED_PROXIES", "٣"),
    ("DIGEST_HOUR", "24"),
    ("BOUNCE_ADDRESS", "bounces"),
    ("BOUNCE_ADDRESS", "Bounces <bounces@uni.example>"),
    ("BOUNCE_ADDRESS", "b" * 25 + "@uni.example"),
    ("MAILS_A_MINUTE", "0"),
    ("DIGEST_HOUR", "17:00"),
    ("DIGEST_HOUR", "9" * 5000),
    ("LOG_LEVEL", "LOUD"),
    ("UNIVERSITY_NAME", "Name\x00"),
    ("CORS_ORIGINS", "app.example"),
    ("CORS_ORIGINS", "https://app.example/path"),
    ("CORS_ORIGINS", "*"),
    ("DATA_DIR", "/dev/null/files"),
    ("ALLOW_STUDENT_REGISTRATION", "perhaps"),
    ("ALLOW_COMPANY_REGISTRATION", "-"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_load_wrong_value_gives_one_line_that_names_the_variable(name, value):
    lines = mistakes({name: value})
    assert [line.partition(":")[0] for line in lines] == [name]


@pytest.mark.parametrize(
    "name",
    ["DATABASE_URL", "TRUSTED_PROXIES", "DEBUG", "S3_BUCKET", "EMAIL_URL", "LOG_LEVEL", "TIME_ZONE", "DATA_DIR"],
)
def test_load_empty_value_counts_as_not_set(name):
    assert read({name: ""}) == read({name: None})


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_load_wrong_value_is_never_printed(name, value):
    text = "\n".join(mistakes({name: value}))
    secrets = (CANARY, KEY, OTHER_KEY, "db-word", "redis-word", "mail-word")
    assert [secret for secret in secrets if secret in text] == []


def test_load_several_mistakes_are_told_together():
    lines = mistakes({"SECRET_KEY": "", "TIME_ZONE": "Mars", "DEBUG": "1", "DIGEST_HOUR": "99"})
    assert sorted(line.partition(":")[0] for line in lines) == ["DEBUG", "DIGEST_HOUR", "SECRET_KEY", "TIME_ZONE"]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"S3_BUCKET": "files"}, ["S3_ACCESS_KEY", "S3_SECRET_KEY"]),
        ({"S3_BUCKET": "files", "S3_ACCESS_KEY": "a"}, ["S3_SECRET_KEY"]),
        ({"S3_BUCKET": "Files_", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": CANARY}, ["S3_BUCKET"]),
        (
            {"S3_BUCKET": "files", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": CANARY, "S3_ENDPOINT": "s3.example"},
            ["S3_ENDPOINT"],
        ),
    ],
)
def test_load_s3_wants_all_its_parts(changes, names):
    lines = mistakes(changes)
    assert [line.partition(":")[0] for line in lines] == names
    assert CANARY not in "".join(lines)


KEYS = {"S3_BUCKET": "files", "S3_ACCESS_KEY": "a", "S3_SECRET_KEY": CANARY}


@pytest.mark.parametrize(
    ("changes", "incoming"),
    [
        ({"DATA_DIR": "/tmp"}, {"location": "/tmp/incoming"}),  # noqa: S108 - exists everywhere
        ({"IMPORT_FOLDER": "/srv/tables"}, {"location": "/srv/tables"}),
        (KEYS, {"bucket_name": "files", "location": "incoming"}),
        ({**KEYS, "IMPORT_FOLDER": "/srv/tables"}, {"location": "/srv/tables"}),
        ({**KEYS, "IMPORT_FOLDER": "s3://registry/out/now/"}, {"bucket_name": "registry", "location": "out/now"}),
    ],
)
def test_load_says_where_tables_come_in(changes, incoming):
    assert read(changes).incoming == incoming


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"IMPORT_FOLDER": "tables"}, "IMPORT_FOLDER: must be a whole path, or s3://bucket/prefix"),
        (
            {"IMPORT_FOLDER": "s3://registry/out"},
            "IMPORT_FOLDER: names a bucket, but S3_BUCKET and its keys are not set",
        ),
        (
            {**KEYS, "IMPORT_FOLDER": "s3://R_/out"},
            "IMPORT_FOLDER: names a bucket that is not 3 to 63 small letters, digits, dots or hyphens",
        ),
    ],
)
def test_load_refuses_a_place_for_tables_that_there_cannot_be(changes, line):
    assert mistakes(changes) == [line]


def test_load_data_dir_that_cannot_be_written(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("a file, not a folder")
    assert [line.partition(":")[0] for line in mistakes({"DATA_DIR": str(blocked)})] == ["DATA_DIR"]


def test_load_production_reads_every_part():
    found = read(
        {
            "S3_BUCKET": "files",
            "S3_ENDPOINT": "https://s3.example/",
            "S3_ACCESS_KEY": "a",
            "S3_SECRET_KEY": "b",
            "CORS_ORIGINS": "https://app.example, http://127.0.0.1:3000",
            "ALLOWED_HOSTS": "portal.example, .uni.example",
            "TIME_ZONE": "Europe/Berlin",
            "DIGEST_HOUR": "6",
            "BOUNCE_ADDRESS": "bounces@uni.example",
            "MAILS_A_MINUTE": "30",
            "LOG_LEVEL": "warning",
            "TRUSTED_PROXIES": "1",
            "ALLOW_COMPANY_REGISTRATION": "no",
        }
    )
    assert (found.secret_key, found.audit_key) == (KEY, OTHER_KEY)
    assert found.s3 == {
        "bucket_name": "files",
        "endpoint_url": "https://s3.example",
        "region_name": "us-east-1",
        "access_key": "a",
        "secret_key": "b",
    }
    assert found.cors_origins == ["https://app.example", "http://127.0.0.1:3000"]
    assert found.allowed_hosts == ["portal.example", ".uni.example"]
    assert found.email == {
        "host": "mail.example",
        "port": 587,
        "user": "portal",
        "password": "mail-word",
        "tls": True,
        "ssl": False,
    }
    assert (found.database["HOST"], found.database["PASSWORD"]) == ("db.example", "db-word")
    assert (found.time_zone, found.digest_hour, found.log_level) == ("Europe/Berlin", 6, "WARNING")
    assert (found.bounce_address, found.mails_a_minute) == ("bounces@uni.example", 30)
    assert (found.trusted_proxies, found.allow_student_registration, found.allow_company_registration) == (
        1,
        True,
        False,
    )


def test_load_without_anything_is_the_embedded_default():
    found = env.load({})
    assert found.database["ENGINE"] == "django.db.backends.sqlite3"
    assert found.database["NAME"] == str(env.ROOT / "var" / "practicum.sqlite3")
    assert found.static_root == env.ROOT / "var" / "static"
    assert (found.debug, found.demo, found.s3, found.email) == (False, False, {}, {})
    assert found.broker_url == "filesystem://"


@pytest.mark.parametrize(
    ("value", "password"),
    [
        ("smtp://mail.example", ""),
        ("smtp://user:p%40ss%2Fword@mail.example", "p@ss/word"),
        ("smtp+ssl://user:pa$$#word@mail.example", None),
    ],
)
def test_load_mail_password_may_hold_special_characters_as_percent(value, password):
    if password is None:
        assert [line.partition(":")[0] for line in mistakes({"EMAIL_URL": value})] == ["EMAIL_URL"]
    else:
        assert read({"EMAIL_URL": value}).email["password"] == password


@pytest.mark.parametrize(
    ("url", "port"), [("smtp://m.example", 25), ("smtp+tls://m.example", 587), ("smtp+ssl://m.example", 465)]
)
def test_load_mail_port_follows_the_scheme(url, port):
    assert read({"EMAIL_URL": url}).email["port"] == port


@pytest.mark.parametrize("secret", ["$" + KEY, f"{KEY}#{KEY}", f"{KEY} {KEY}", f'"{KEY}', f"{KEY}=="])
def test_load_secret_with_special_characters_is_taken_as_it_is(secret):
    assert read({"SECRET_KEY": secret}).secret_key == secret


def test_load_time_zones_are_those_of_the_machine():
    name = min(zoneinfo.available_timezones())
    assert read({"TIME_ZONE": name}).time_zone == name


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A .env file that stands in the place of ours, over an empty environment."""
    values = {}
    monkeypatch.setattr(env, "ROOT", tmp_path)
    monkeypatch.setattr(os, "environ", values)
    monkeypatch.setattr(environ.Env, "ENVIRON", values)
    return tmp_path / ".env"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("UNIVERSITY_NAME=Uni\n", "Uni"),
        ("UNIVERSITY_NAME='Uni of X'\n", "Uni of X"),
        ('UNIVERSITY_NAME="Uni of X"\n', "Uni of X"),
        ("export UNIVERSITY_NAME=Uni\n", "Uni"),
        ("UNIVERSITY_NAME=Uni\r\nDEBUG=0\r\n", "Uni"),
        ("\ufeffUNIVERSITY_NAME=Uni\n", "Uni"),
        ("# a comment\n\nUNIVERSITY_NAME='Uni # 1'\n", "Uni # 1"),
        ("UNIVERSITY_NAME='Uni $HOME'\n", "Uni $HOME"),
        ("UNIVERSITY_NAME=جامعة\n", "جامعة"),
    ],
)
def test_env_file_forms_are_read(file, text, name):
    file.write_text(text, encoding="utf-8", newline="")
    assert env.load().university_name == name


def test_env_file_environment_wins(file):
    file.write_text("UNIVERSITY_NAME=File\n", encoding="utf-8")
    os.environ["UNIVERSITY_NAME"] = "Environment"
    assert env.load().university_name == "Environment"


@pytest.mark.parametrize("line", ["UNIVERSITY_NAME", "just words", "=value", "UNIVERSITY_NAME='open"])
def test_env_file_line_that_cannot_be_read_is_named_without_its_text(file, line):
    file.write_text(f"DEBUG=0\n{line}\n", encoding="utf-8")
    with pytest.raises(ImproperlyConfigured) as caught:
        env.load()
    assert str(caught.value).splitlines()[1:] == [".env: line 2 is not NAME=value"]


def test_env_file_that_is_not_utf8_is_told(file):
    file.write_bytes(b"UNIVERSITY_NAME=Universit\xe4t\n")
    with pytest.raises(ImproperlyConfigured) as caught:
        env.load()
    assert str(caught.value).splitlines()[1:] == [".env: is not UTF-8"]
