import os
import stat
import time
from pathlib import Path

import pypdfium2
import pytest

from portal.kernel import libreoffice
from portal.kernel.documents import docx_to_pdf, libreoffice_available, why_no_conversion
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
    assert (caught.value.code, str(caught.value.message)) == ("pdf_failed", "LibreOffice could not read document 1.")


def test_docx_to_pdf_unsafe_file_starts_nothing(office, tmp_path):
    office(f"touch {tmp_path}/started")
    with pytest.raises(RuleViolation) as caught:
        docx_to_pdf([word("x"), with_relation(word("x"), "image", "http://127.0.0.1:1/x")])
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
    deadline = time.monotonic() + 5
    while alive(started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(started)


def test_docx_to_pdf_has_own_profile_no_secrets_and_leaves_nothing(office, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "the secret")
    office(f'env > {tmp_path}/env; echo "$@" > {tmp_path}/args; cp -r "$HOME" {tmp_path}/home')
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
        f"-env:UserInstallation=file://{home}/profile",
        "--convert-to",
        "pdf",
        "--outdir",
        home,
        f"{home}/1.docx",
    ]
    assert "BlockUntrustedRefererLinks" in (tmp_path / "home/profile/user/registrymodifications.xcu").read_text()
    assert not Path(home).exists()


@pytest.mark.services
@pytest.mark.parametrize(("profile", "calls"), [(libreoffice._PROFILE, False), ("", True)], ids=["ours", "none"])
def test_run_office_profile_keeps_it_from_fetching(tmp_path, monkeypatch, profile, calls):
    monkeypatch.setattr(libreoffice, "_PROFILE", profile)
    with listening() as (address, hits):
        source = tmp_path / "1.docx"
        source.write_bytes(with_linked_picture(address))
        libreoffice._run_office(tmp_path, [source])
    assert source.with_suffix(".pdf").exists()
    assert bool(hits) == calls
