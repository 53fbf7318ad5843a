import json
import os
import signal
import socket
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError

from portal.management.commands import run
from portal.management.commands.run import Child, Command


def command():
    return Command(stdout=StringIO(), stderr=StringIO(), no_color=True)


def python(code):
    return [sys.executable, "-c", code]


def wait_until(condition, seconds=60):
    give_up = time.monotonic() + seconds
    while not condition() and time.monotonic() < give_up:
        time.sleep(0.02)
    return condition()


@pytest.fixture
def children():
    found = []
    yield found
    run._stop(found)


def test_demo_environment_that_is_there_starts_nothing_anew(monkeypatch):
    monkeypatch.setattr(
        os,
        "environ",
        {"DEMO": "0", "SITE_URL": "x", "LOG_LEVEL": "INFO", "DJANGO_SETTINGS_MODULE": "portal.settings.test"},
    )
    monkeypatch.setattr(os, "execve", lambda *_args: pytest.fail("started anew"))
    run._become_demo("http://127.0.0.1:8000")


def test_demo_environment_fills_only_what_is_missing(monkeypatch):
    seen = []
    monkeypatch.setattr(os, "environ", {"DEMO": "0", "PATH": "/bin"})
    monkeypatch.setattr(os, "execve", lambda *args: seen.append(args))
    run._become_demo("http://127.0.0.1:8123")
    assert seen == [
        (
            sys.executable,
            [sys.executable, *sys.argv],
            {
                "DEMO": "0",
                "PATH": "/bin",
                "SITE_URL": "http://127.0.0.1:8123",
                "LOG_LEVEL": "WARNING",
                "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            },
        )
    ]


def test_taken_port_is_told_with_the_next_one():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(CommandError) as caught:
            run._refuse_taken_port("127.0.0.1", port)
    assert str(caught.value) == f"Port {port} is taken; choose another: make run PORT={port + 1}"
    run._refuse_taken_port("127.0.0.1", port)


@pytest.mark.parametrize(("age", "compiled"), [(-10, False), (10, True)])
def test_catalogue_is_compiled_if_it_is_newer_than_its_source(tmp_path, age, compiled):
    source = tmp_path / "django.po"
    source.touch()
    assert run._is_compiled(source) is False
    target = tmp_path / "django.mo"
    target.touch()
    os.utime(target, (source.stat().st_mtime + age,) * 2)
    assert run._is_compiled(source) is compiled


@pytest.fixture
def catalogue(settings, tmp_path):
    folder = tmp_path / "sw" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").touch()
    settings.LOCALE_PATHS = [tmp_path]
    return folder


def test_catalogues_without_msgfmt_are_told_in_one_line(catalogue, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda _name: None)
    one = command()
    one._compile_catalogues()
    assert one.stdout.getvalue() == "Pages are in English only: msgfmt is missing (apt-get install gettext).\n"


def test_catalogues_are_compiled_only_when_stale(catalogue, monkeypatch):
    called = []
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(run, "call_command", lambda *args, **options: called.append((args, options)))
    one = command()
    one._compile_catalogues()
    (catalogue / "django.mo").touch()
    one._compile_catalogues()
    assert called == [(("compilemessages",), {"verbosity": 0, "ignore_patterns": [".venv", "var"]})]


def test_logins_are_those_that_the_demo_wrote_down(tmp_path):
    path = tmp_path / "demo-logins.json"
    assert run._demo_logins(path) == []
    login = {"role": "other_coordinator", "username": "hr0", "email": "hr@x.example", "password": "p", "sees": "it all"}
    path.write_text(json.dumps([login]))
    assert run._demo_logins(path) == [login]


def test_greeting_names_address_password_and_people(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    people = [("student", "asha"), ("other_coordinator", "li")]
    logins = [{"role": role, "username": name, "email": "", "password": "pw-1", "sees": "own"} for role, name in people]
    (tmp_path / "demo-logins.json").write_text(json.dumps(logins))
    one = command()
    one._greet("http://127.0.0.1:8123")
    assert one.stdout.getvalue().splitlines() == [
        "",
        "Practicum runs at http://127.0.0.1:8123/   (Ctrl-C ends it)",
        "Sign in as (password of all: pw-1)",
        "  asha  student: own",
        "  li    other coordinator: own",
    ]


def test_web_and_worker_write_no_paths_and_listen_where_they_are_told(settings):
    web, worker = run._web("127.0.0.1", 8123), run._worker()
    assert web[web.index("--bind") + 1] == "127.0.0.1:8123"
    assert run._web("::1", 8123)[web.index("--bind") + 1] == "[::1]:8123"
    assert [word for word in web if "access" in word] == []
    assert "--no-control-socket" in web
    assert worker[worker.index("--schedule") + 1] == str(settings.DATA_DIR / "celerybeat-schedule")


def test_wait_ends_with_a_sentence_when_the_web_server_dies(monkeypatch):
    monkeypatch.setattr(run, "_answers", lambda _address: False)
    web = Child("web", python("raise SystemExit(1)"))
    web.start()
    with pytest.raises(CommandError) as caught:
        command()._wait_for_web("http://127.0.0.1:1", web, [])
    assert str(caught.value) == "The web server did not start within 60 s; its last lines above say why."


def test_wait_ends_when_told_to_stop():
    assert command()._wait_for_web("http://127.0.0.1:1", Child("web", []), [signal.SIGTERM]) is False


def test_nobody_answers_on_a_closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert run._answers(f"http://127.0.0.1:{port}/") is False


def test_dead_child_is_started_again(children):
    child = Child("worker", python("import time; time.sleep(60)"))
    children.append(child)
    child.start()
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    assert wait_until(child.ended)
    one = command()
    one._start_again(child)
    assert (child.process.pid == first, child.ended(), child.short_lives) == (False, False, 1)
    assert one.stderr.getvalue() == "The worker ended after 0 s; starting it again.\n"


def test_child_that_always_dies_at_once_ends_the_command():
    child = Child("worker", python("pass"), started=time.monotonic(), short_lives=run.MAX_SHORT_LIVES - 1)
    with pytest.raises(CommandError) as caught:
        command()._start_again(child)
    assert str(caught.value) == "The worker ended 5 times at once; its last lines above say why."


def test_child_that_lived_long_is_forgiven(children):
    child = Child("worker", python("pass"), started=time.monotonic() - run.HEALTHY_S - 1, short_lives=4)
    children.append(child)
    command()._start_again(child)
    assert child.short_lives == 0


def test_watch_ends_with_a_signal(children):
    child = Child("worker", python("import time; time.sleep(60)"))
    children.append(child)
    child.start()
    stopping = run._catch_signals()
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        command()._watch(children, stopping)
    finally:
        for number, handler in (
            (signal.SIGTERM, signal.SIG_DFL),
            (signal.SIGINT, signal.default_int_handler),
            (signal.SIGHUP, signal.SIG_DFL),
        ):
            signal.signal(number, handler)
    assert stopping == [signal.SIGHUP]
    assert child.ended() is False


def test_stop_ends_stubborn_children_and_their_children(monkeypatch):
    monkeypatch.setattr(run, "STOP_S", 0.5)
    code = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(p.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    child = Child("web", python(code))
    child.process = subprocess.Popen(child.command, start_new_session=True, stdout=subprocess.PIPE)
    grandchild = int(child.process.stdout.readline())
    run._stop([child, Child("never started", [])])
    child.process.stdout.close()
    assert child.process.returncode == -signal.SIGKILL
    assert wait_until(lambda: stat_of(grandchild) == "Z")


def stat_of(pid):
    """Return the letter of a process's state; Z is one that is dead or gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2]
    except FileNotFoundError:
        return "Z"


@pytest.mark.django_db
def test_prepare_fills_an_empty_database_only(settings, tmp_path, monkeypatch, django_user_model):
    settings.DATA_DIR = tmp_path
    called = []
    monkeypatch.setattr(run, "call_command", lambda name, **_options: called.append(name))
    monkeypatch.setattr(run, "run_checks", list)
    monkeypatch.setattr(Command, "_compile_catalogues", lambda _self: None)
    command()._prepare()
    django_user_model.objects.create(username="somebody", email="somebody@uni.example")
    command()._prepare()
    assert called == ["migrate", "seed_demo", "migrate"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mail", "media", "queue", "queue-control", "static"]
