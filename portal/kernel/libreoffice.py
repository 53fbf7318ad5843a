"""Word to PDF through LibreOffice, where it is installed.

One conversion at a time in each process: who comes meanwhile waits, at most ``WAIT_SECONDS``. A start is given limits
of memory, processor, file size and time, and ends with everything that it started. Profiles are kept, because the
first start on a new one takes half as long again; each belongs to one process at a time.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.kernel.documents_child.packing import pack
from portal.kernel.errors import RuleViolation, Text
from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError, run_limited

START_SECONDS: Final = 40
# A logbook of half a year takes 1.4 s of an idle processor.
SECONDS_A_FILE: Final = 8
WAIT_SECONDS: Final = 30
MEMORY_MB: Final = 2048
FILE_MB: Final = 64
# The shell sets the limits and becomes the program: setting them in Python between fork and exec is not safe where
# there are threads. The numbers are kilobytes, seconds and blocks of 512 bytes.
_LIMITED: Final = 'ulimit -c 0; ulimit -v "$1" && ulimit -t "$2" && ulimit -f "$3" && shift 3 && exec "$@"'
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


_turn = threading.Lock()


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

    Raises ``RuleViolation``: ``pdf_unavailable`` without LibreOffice, ``pdf_busy`` when another conversion does not
    end, ``pdf_failed`` for a file that is refused, that it cannot read, or when it takes too long.
    """
    made: list[bytes] = []
    for result in docx_to_pdf_each(files):
        if isinstance(result, RuleViolation):
            raise result
        made.append(result)
    return made


def docx_to_pdf_each(
    files: Sequence[bytes], *, between: Callable[[], None] = lambda: None
) -> list[bytes | RuleViolation]:
    """Turn Word files into PDFs; in the place of one that cannot be turned stands the reason.

    A file on which LibreOffice ends or hangs takes none of the others with it: it is started again for what comes
    after. ``between`` is called before each start, for who must show a sign of life. Raises ``pdf_unavailable`` and
    ``pdf_busy`` as ``docx_to_pdf``.
    """
    if reason := why_no_conversion():
        raise RuleViolation("pdf_unavailable", reason)
    results: dict[int, bytes | RuleViolation] = {}
    results |= _refused(files) if files else {}
    pending = [number for number in range(len(files)) if number not in results]
    while pending:
        between()
        found, why = _convert([files[number] for number in pending])
        made = {number: content for number, content in zip(pending, found, strict=True) if content is not None}
        # Without a single result the first file is the one that stopped it.
        results |= made
        if not made:
            results[pending[0]] = why
        pending = [number for number in pending if number not in results]
    return [results[number] for number in range(len(files))]


def _refused(files: Sequence[bytes]) -> dict[int, RuleViolation]:
    payload, sizes = pack(files)
    try:
        problems = run_limited(
            "portal.kernel.documents_child.word:inspect_many",
            payload,
            options={"sizes": sizes},
            limits=Limits(cpu_s=10 + len(files)),
        )
    except (SandboxError, ChildRefusedError):
        if len(files) > 1:
            # One of them is too much; the others are looked at without it.
            return {n: why for n, file in enumerate(files) for why in _refused([file]).values()}
        return {0: RuleViolation("pdf_failed", _("The document could not be read."))}
    unsafe = RuleViolation("pdf_failed", _("The document has parts that are not safe to open."))
    return {number: unsafe for number, found in enumerate(problems) if found}


def _convert(files: Sequence[bytes]) -> tuple[list[bytes | None], RuleViolation]:
    """Start LibreOffice once; return what it made of each file, and why where it made nothing."""
    why = RuleViolation("pdf_failed", _("LibreOffice could not read the document."))
    with _one_at_a_time(), _profile() as profile, tempfile.TemporaryDirectory(prefix="practicum-office-") as name:
        folder = Path(name)
        sources = [folder / f"{number}.docx" for number in range(1, len(files) + 1)]
        for source, content in zip(sources, files, strict=True):
            source.write_bytes(content)
        if not _run_office(folder, profile, sources):
            why = RuleViolation("pdf_failed", _("LibreOffice took too long."))
        found = [_result(source) for source in sources]
        if None in found:
            # What ended badly may have left a profile on which the next start ends badly too.
            shutil.rmtree(profile, ignore_errors=True)
    return found, why


def _result(source: Path) -> bytes | None:
    made = source.with_suffix(".pdf")
    content = made.read_bytes() if made.exists() else b""
    # One that was being written when time was up has no end.
    return content if content.rstrip().endswith(b"%%EOF") else None


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_SECONDS):
        raise RuleViolation("pdf_busy", _("Other documents are being turned into PDF. Try again in a minute."))
    try:
        yield
    finally:
        _turn.release()


@contextmanager
def _profile() -> Iterator[Path]:
    """Give a profile that nobody else uses now (two starts on one hang); the system frees it when a process dies."""
    home = _own_folder()
    number = 1
    while True:
        lock = os.open(home / f"{number}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            number += 1
            continue
        break
    try:
        profile = home / str(number)
        (profile / "user").mkdir(parents=True, exist_ok=True)
        # Written anew each time: what an earlier run has changed in its settings does not hold.
        (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE)
        yield profile
    finally:
        os.close(lock)


def _own_folder() -> Path:
    """Return the folder of the profiles; one that somebody else has put there is not taken."""
    folder = Path(tempfile.gettempdir()) / f"practicum-profiles-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    if folder.is_symlink() or seen.st_uid != os.getuid() or seen.st_mode & 0o077:
        raise RuleViolation("pdf_unavailable", _("The folder for LibreOffice's settings belongs to somebody else."))
    return folder


def _run_office(folder: Path, profile: Path, sources: Sequence[Path]) -> bool:
    """Run LibreOffice and end all of it when time is up; say whether it ended by itself."""
    seconds = START_SECONDS + SECONDS_A_FILE * len(sources)
    limits = [str(MEMORY_MB << 10), str(seconds), str(FILE_MB << 11)]
    command = ["/bin/sh", "-c", _LIMITED, "sh", *limits, settings.SOFFICE, "--headless", "--norestore"]
    command += ["--nolockcheck", f"-env:UserInstallation={profile.as_uri()}"]
    command += ["--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)]
    process = subprocess.Popen(  # noqa: S603 - the program is the operator's setting, the arguments are ours
        command,
        env={
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "LANG": "C.UTF-8",
        },
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        # Its launcher starts others; the session ends with all of them.
        _end(process)
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        process.wait()
