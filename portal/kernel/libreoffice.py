"""Word to PDF through LibreOffice, where it is installed."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.kernel.documents_child.packing import pack
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError, run_limited

START_SECONDS: Final = 40
SECONDS_A_FILE: Final = 5
# No macros, and no pictures from elsewhere: without BlockUntrustedRefererLinks the conversion fetches them (measured).
# The documents were checked before; this is the second lock.
_PROFILE: Final = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def libreoffice_available() -> bool:
    """Whether LibreOffice is where the setting SOFFICE says."""
    return shutil.which(settings.SOFFICE) is not None


def why_no_conversion() -> Text:
    """Return in one line why Word files cannot become PDF here; empty where they can."""
    if libreoffice_available():
        return ""
    return _("Word files cannot be turned into PDF here: LibreOffice Writer is not installed. Take the Word file.")


def docx_to_pdf(files: Sequence[bytes]) -> list[bytes]:
    """Turn Word files into PDFs, in the same order, with one start of LibreOffice (the start is most of the time).

    Raises ``RuleViolation``: ``pdf_unavailable`` without LibreOffice, ``pdf_failed`` for a file that is refused, that
    it cannot read, or when it takes too long. Call it from a task: it takes a second and more.
    """
    if reason := why_no_conversion():
        raise RuleViolation("pdf_unavailable", reason)
    if not files:
        return []
    _refuse_unsafe(files)
    with tempfile.TemporaryDirectory(prefix="practicum-office-") as name:
        folder = Path(name)
        sources = [folder / f"{number}.docx" for number in range(1, len(files) + 1)]
        for source, content in zip(sources, files, strict=True):
            source.write_bytes(content)
        _run_office(folder, sources)
        return [_result(source) for source in sources]


def _refuse_unsafe(files: Sequence[bytes]) -> None:
    payload, sizes = pack(files)
    try:
        problems = run_limited(
            "portal.kernel.documents_child.word:inspect_many",
            payload,
            options={"sizes": sizes},
            limits=Limits(cpu_s=10 + len(files)),
        )
    except (SandboxError, ChildRefusedError) as error:
        raise RuleViolation("pdf_failed", _("The document could not be read.")) from error
    if problems:
        raise RuleViolation("pdf_failed", _("The document has parts that are not safe to open."))


def _run_office(folder: Path, sources: Sequence[Path]) -> None:
    """Run LibreOffice on a profile of its own (two runs on one profile hang), and end all of it when time is up."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE)
    command = [
        settings.SOFFICE,
        "--headless",
        "--norestore",
        "--nolockcheck",
        f"-env:UserInstallation={profile.as_uri()}",
    ]
    command += ["--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)]
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
    }
    process = subprocess.Popen(  # noqa: S603 - the program is the operator's setting, the arguments are ours
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(START_SECONDS + SECONDS_A_FILE * len(sources))
    except subprocess.TimeoutExpired as error:
        raise RuleViolation("pdf_failed", _("LibreOffice took too long.")) from error
    finally:
        # Its launcher starts others; the session ends with all of them.
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()


def _result(source: Path) -> bytes:
    made = source.with_suffix(".pdf")
    if not made.exists():
        message = gettext("LibreOffice could not read document %(number)s.") % {"number": source.stem}
        raise RuleViolation("pdf_failed", message)
    return made.read_bytes()
