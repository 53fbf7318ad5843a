import fcntl
import os
import stat
import tempfile
import time
from pathlib import Path

import pypdfium2
import pytest

from portal.kernel import libreoffice
from portal.kernel.documents import docx_to_pdf, docx_to_pdf_each, libreoffice_available, why_no_conversion
from portal.kernel.errors import RuleViolation
from portal.kernel.sandbox import SandboxError
from tests.kernel.canary import listening
from tests.kernel.word_files import with_linked_picture, with_relation, word


def text_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[0].get_textpage().get_text_range().strip()
    finally:
        document.close()


@pytest.fixture(autouse=True)
def own_profiles(tmp_path, monkeypatch):
    """Keep the profiles of each test apart."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path / "tmp" / f"practicum-profiles-{os.getuid()}"


@pytest.fixture
def office(tmp_path, settings):
    """Put a script in the place of LibreOffice."""

    def install(script):
        program = tmp_path / "soffice"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        settings.SOFFICE = str(program)

    return install


def alive(number):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.services
def test_docx_to_pdf_converts_several_files_in_order():
    made = docx_to_pdf([word("Umlauts: äöü & Ω"), word("Habari"), word("مرحبا")])
    assert [text_of(pdf) for pdf in made[:2]] == ["Umlauts: äöü & Ω", "Habari"]
    assert set(text_of(made[2])) >= set("مرحبا")


def test_docx_to_pdf_without_libreoffice_says_so(settings):
    settings.SOFFICE = "/nowhere/soffice"
    assert not libreoffice_available()
    with pytest.raises(RuleViolation) as caught:
        docx_to_pdf([word("x")])
    assert caught.value.code == "pdf_unavailable"
    assert str(caught.value.message).startswith("Word files cannot be turned into PDF here")


def test_docx_to_pdf_nothing_starts_nothing(office):
    office("exit 1")
    assert why_no_conversion() == ""
    assert docx_to_pdf([]) == []


def test_docx_to_pdf_file_that_is_not_read_is_named(office):
    office("exit 0")
    with pytest.raises(RuleViolation) as caught:
        docx_to_pdf([word("x")])
    assert caught.value.code == "pdf_failed"
    assert str(caught.value.message) == "LibreOffice could not read the document."


def test_docx_to_pdf_unsafe_file_starts_nothing(office, tmp_path):
    office(f"touch {tmp_path}/started")
    with pytest.raises(RuleViolation) as caught:
        docx_to_pdf([with_relation(word("x"), "image", "http://127.0.0.1:1/x")])
    assert str(caught.value.message) == "The document has parts that are not safe to open."
    assert not (tmp_path / "started").exists()


def test_docx_to_pdf_check_that_ends_starts_nothing(office, monkeypatch):
    def end(*_args, **_options):
        raise SandboxError("time")

    office("exit 0")
    monkeypatch.setattr(libreoffice, "run_limited", end)
    with pytest.raises(RuleViolation) as caught:
        docx_to_pdf([word("x")])
    assert str(caught.value.message) == "The document could not be read."


def test_docx_to_pdf_hanging_office_ends_with_all_it_started(office, tmp_path, monkeypatch):
    monkeypatch.setattr(libreoffice, "START_SECONDS", 1)
    monkeypatch.setattr(libreoffice, "SECONDS_A_FILE", 0)
    office(f"sleep 300 & echo $! > {tmp_path}/child; wait")
    with pytest.raises(RuleViolation) as caught:
        docx_to_pdf([word("x")])
    assert str(caught.value.message) == "LibreOffice took too long."
    started = int((tmp_path / "child").read_text(encoding="utf-8"))
    deadline = time.monotonic() + 60
    while alive(started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(started)


# Made by the script in LibreOffice's place: a PDF for each file that holds no "bad", and the list of its starts.
CONVERTS = """
while [ "$1" != --outdir ]; do shift; done; shift 2
echo start $# >> {log}
for file in "$@"; do
  name=${{file%.docx}}
  unzip -p "$file" word/document.xml | grep -q bad && {bad}
  printf '%%PDF-%s\n%%%%EOF\n' "${{name##*/}}" > "$name.pdf"
done
exit 0
"""


@pytest.mark.parametrize(
    ("bad", "starts"),
    [("continue", ["start 4", "start 1"]), ("exit 1", ["start 4", "start 3", "start 2"])],
    ids=["skips it", "ends on it"],
)
def test_docx_to_pdf_each_bad_file_takes_no_other_with_it(office, tmp_path, bad, starts):
    office(CONVERTS.format(log=tmp_path / "log", bad=bad))
    pauses = []
    made = docx_to_pdf_each([word("a"), word("bad"), word("b"), word("c")], between=lambda: pauses.append(1))
    assert [type(one).__name__ for one in made] == ["bytes", "RuleViolation", "bytes", "bytes"]
    assert str(made[1].message) == "LibreOffice could not read the document."
    assert (tmp_path / "log").read_text().splitlines() == starts
    assert len(pauses) == len(starts)


def test_docx_to_pdf_each_unsafe_file_is_left_out(office, tmp_path):
    office(CONVERTS.format(log=tmp_path / "log", bad="exit 1"))
    unsafe = with_relation(word("x"), "image", "http://127.0.0.1:1/x")
    made = docx_to_pdf_each([unsafe, word("b")])
    assert str(made[0].message) == "The document has parts that are not safe to open."
    assert made[1] == b"%PDF-1\n%%EOF\n"


def test_docx_to_pdf_each_file_that_ends_the_check_is_named_alone(office, tmp_path, monkeypatch):
    def look(_target, _payload, *, options, limits):
        assert limits.cpu_s == 10 + len(options["sizes"])
        if len(options["sizes"]) > 1 or options["sizes"] == [len(heavy)]:
            raise SandboxError("memory")
        return [[]]

    heavy = word("heavy" * 500)
    monkeypatch.setattr(libreoffice, "run_limited", look)
    office(CONVERTS.format(log=tmp_path / "log", bad="exit 1"))
    made = docx_to_pdf_each([word("a"), heavy])
    assert made[0] == b"%PDF-1\n%%EOF\n"
    assert str(made[1].message) == "The document could not be read."


def test_docx_to_pdf_file_without_an_end_is_none(office):
    office('for last; do :; done; printf "%%PDF-1.7 and then" > "${last%.docx}.pdf"')
    with pytest.raises(RuleViolation) as caught:
        docx_to_pdf([word("x")])
    assert caught.value.code == "pdf_failed"


def test_docx_to_pdf_second_one_waits_and_is_told(office, monkeypatch):
    office("exit 0")
    monkeypatch.setattr(libreoffice, "WAIT_SECONDS", 0)
    with libreoffice._one_at_a_time(), pytest.raises(RuleViolation) as caught:
        docx_to_pdf([word("x")])
    assert caught.value.code == "pdf_busy"
    assert libreoffice._turn.acquire(timeout=0)
    libreoffice._turn.release()


def test_docx_to_pdf_limits_memory_time_and_files(office, tmp_path):
    office(f"ulimit -v > {tmp_path}/limits; ulimit -t >> {tmp_path}/limits; ulimit -f >> {tmp_path}/limits")
    with pytest.raises(RuleViolation):
        docx_to_pdf([word("x")])
    assert (tmp_path / "limits").read_text().split() == [str(2048 * 1024), "48", str(64 * 2048)]


def test_profile_is_kept_after_success_and_thrown_away_after_failure(office, own_profiles, tmp_path):
    office(CONVERTS.format(log=tmp_path / "log", bad="exit 1"))
    docx_to_pdf([word("a")])
    (own_profiles / "1" / "mark").touch()
    docx_to_pdf([word("b")])
    assert (own_profiles / "1" / "mark").exists()
    docx_to_pdf_each([word("bad")])
    assert not (own_profiles / "1").exists()


def test_profile_of_another_process_is_left_alone(own_profiles):
    own_profiles.mkdir(mode=0o700)
    with (own_profiles / "1.lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with libreoffice._profile() as profile:
            assert profile == own_profiles / "2"


def test_profile_folder_that_others_can_enter_is_refused(office, own_profiles):
    office("exit 0")
    own_profiles.mkdir(mode=0o755)
    with pytest.raises(RuleViolation) as caught:
        docx_to_pdf([word("x")])
    assert caught.value.code == "pdf_unavailable"


def test_docx_to_pdf_has_own_profile_no_secrets_and_leaves_nothing(office, own_profiles, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "the secret")
    office(f'env > {tmp_path}/env; echo "$@" > {tmp_path}/args; cp -r {own_profiles}/1 {tmp_path}/profile')
    with pytest.raises(RuleViolation):
        docx_to_pdf([word("x")])
    environment = dict(line.split("=", 1) for line in (tmp_path / "env").read_text(encoding="utf-8").splitlines())
    assert "SECRET_KEY" not in environment
    arguments = (tmp_path / "args").read_text(encoding="utf-8").split()
    home = environment["HOME"]
    assert arguments == [
        "--headless",
        "--norestore",
        "--nolockcheck",
        f"-env:UserInstallation=file://{own_profiles}/1",
        "--convert-to",
        "pdf",
        "--outdir",
        home,
        f"{home}/1.docx",
    ]
    assert "BlockUntrustedRefererLinks" in (tmp_path / "profile/user/registrymodifications.xcu").read_text()
    assert not Path(home).exists()


@pytest.mark.services
@pytest.mark.parametrize(("profile", "calls"), [(libreoffice._PROFILE, False), ("", True)], ids=["ours", "none"])
def test_run_office_profile_keeps_it_from_fetching(tmp_path, monkeypatch, profile, calls):
    monkeypatch.setattr(libreoffice, "_PROFILE", profile)
    with listening() as (address, hits):
        source = tmp_path / "1.docx"
        source.write_bytes(with_linked_picture(address))
        with libreoffice._profile() as own:
            assert libreoffice._run_office(tmp_path, own, [source])
    assert source.with_suffix(".pdf").exists()
    assert bool(hits) == calls
