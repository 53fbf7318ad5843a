"""One day of an installation in production: people come, a worker is killed, Redis loses everything and goes away.

It is one test, because the installation is dear: each step finds what the one before has left.
"""

import os
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from celery import Celery

from tests.clients import RESUMES
from tests.services.browsing import TOTP_SECRET, Browser
from tests.services.installation import BUCKET, Installation, missing, wait_for

pytestmark = pytest.mark.services

TABLE = b"""reg_no,first_name,last_name,programme_code
2024-09-00001,Neema,Kimaro,BSC-ME
2024-09-00002,Juma,Mushi,NO-SUCH
"""


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    if lacks := missing():
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(f"REQUIRE_SERVICES=1, but this machine lacks {lacks}")
        pytest.skip(f"needs {lacks}")
    site = Installation(tmp_path)
    try:
        site.build()
        yield site
    finally:
        site.tear_down()


def test_an_installation_keeps_its_promises(installation: Installation, tmp_path: Path):
    wait_for(lambda: ready(installation), "the portal does not get ready")
    coordinator_imports_a_table(installation)
    resume_goes_to_s3_and_back_by_rights(installation)
    killed_worker_loses_no_work(installation, tmp_path)
    emptied_redis_loses_no_work(installation, tmp_path)
    pages_answer_without_redis_and_work_waits(installation)
    beat_sends_again_what_nobody_was_told_of(installation)


def ready(site: Installation) -> bool:
    try:
        return Browser(site.web_port).get("/health/ready").status == 200
    except OSError:
        return False


def signed_in(site: Installation, name: str) -> Browser:
    """Sign in as people do, with a second factor where the account has one."""
    browser = Browser(site.web_port)
    assert browser.get("/accounts/login/").status == 200
    answer = browser.post("/accounts/login/", {"login": name, "password": "pw"})
    assert answer.status == 302, answer.body
    if "2fa" in answer.location:
        browser.get(answer.location)
        code = format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // 30))
        assert browser.post(answer.location, {"code": code}).status == 302
    assert browser.cookies["sessionid"]
    return browser


def coordinator_imports_a_table(site: Installation) -> None:
    coordinator = signed_in(site, "coordinator")
    page = "/admin/accounts/enrolment/import/"
    assert coordinator.get(page).status == 200
    [(cohort,)] = site.sql("SELECT id FROM accounts_cohort")
    answer = coordinator.post(page, {"cohort": str(cohort)}, ("file", "students.csv", TABLE))
    assert answer.status == 302, answer.body
    [(batch,)] = wait_for(lambda: site.sql("SELECT id FROM accounts_importbatch WHERE state = 'staged'"), "staging")
    shown = coordinator.get(f"/admin/accounts/importbatch/{batch}/change/")
    assert (shown.status, b"NO-SUCH" in shown.body) == (200, True)
    assert coordinator.post(f"/admin/accounts/importbatch/{batch}/confirm/", {}).status == 302
    wait_for(lambda: site.sql("SELECT 1 FROM accounts_importbatch WHERE state = 'applied'"), "applying")
    imported = "SELECT reg_no FROM accounts_studentprofile WHERE reg_no LIKE '2024-09-%%'"
    assert site.sql(imported) == [("2024-09-00001",)]


def resume_goes_to_s3_and_back_by_rights(site: Installation) -> None:
    asha, said = signed_in(site, "asha"), signed_in(site, "said")
    content = (RESUMES / "libreoffice-writer.pdf").read_bytes()
    asha.get("/resumes/")
    assert asha.post("/resumes/", {}, ("file", "My CV.pdf", content)).status == 302
    read = "SELECT id, file FROM applications_resume WHERE extraction = 'read' AND text <> ''"
    [(pk, name)] = wait_for(lambda: site.sql(read), "reading the text")
    assert "CV" not in name
    assert site.s3().get_object(Bucket=BUCKET, Key=name)["Body"].read() == content
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(f"{site.s3_address}/{BUCKET}/{name}", timeout=60)
    got = asha.get(f"/resumes/{pk}/")
    if got.status == 302:
        with urllib.request.urlopen(got.location, timeout=60) as answer:
            assert answer.read() == content
    else:
        assert (got.status, got.body) == (200, content)
    assert said.get(f"/resumes/{pk}/").status == 404


# -- work that outlives its machine -------------------------------------------------------------------------------


def slow_work(site: Installation, folder: Path) -> str:
    """Put a piece of work into the outbox that hangs as long as there is a file ``wait``; returns its uuid."""
    folder.mkdir()
    (folder / "wait").touch()
    key = str(uuid.uuid4())
    site.sql(
        "INSERT INTO accounts_outboxtask (uuid, kind, payload, state, attempts, not_before, last_error, created_at)"
        " VALUES (%s, 'tests.take_your_time', jsonb_build_object('folder', %s::text), 'waiting', 0, now(), '', now())",
        key,
        str(folder),
    )
    return key


def send(site: Installation, name: str, argument: str) -> None:
    with Celery(broker=f"{site.redis_url}/0", set_as_current=False) as app:
        app.send_task(name, args=[argument])


def state_of(site: Installation, key: str) -> tuple[str, int]:
    [(state, attempts)] = site.sql("SELECT state, attempts FROM accounts_outboxtask WHERE uuid = %s", key)
    return state, attempts


def let_lease_end(site: Installation, key: str) -> None:
    """Let the two minutes of the lease pass at once, and look for what is due."""
    site.sql(
        "UPDATE accounts_outboxtask SET lease_until = now() - interval '1 min', not_before = now() - interval '1 min'"
        " WHERE uuid = %s",
        key,
    )
    send(site, "portal.run_periodic", "accounts.relay_outbox")


def killed_worker_loses_no_work(site: Installation, tmp_path: Path) -> None:
    key, folder = slow_work(site, tmp_path / "killed"), tmp_path / "killed"
    send(site, "portal.run_outbox", key)
    wait_for(lambda: (folder / "begun").exists(), "the work does not begin")
    site.stop("worker")
    assert state_of(site, key) == ("running", 1)
    (folder / "wait").unlink()
    site.start_worker()
    let_lease_end(site, key)
    wait_for(lambda: state_of(site, key) == ("done", 2), "the work is not done after its lease")
    assert (folder / "begun").read_text() == "xx"
    assert (folder / "done").exists()


def emptied_redis_loses_no_work(site: Installation, tmp_path: Path) -> None:
    site.stop("worker")
    key, folder = slow_work(site, tmp_path / "emptied"), tmp_path / "emptied"
    (folder / "wait").unlink()
    send(site, "portal.run_outbox", key)
    site.stop("redis")
    site.start_redis()
    site.start_worker()
    assert state_of(site, key) == ("waiting", 0)
    let_lease_end(site, key)
    wait_for(lambda: state_of(site, key) == ("done", 1), "the work is lost with the broker")


def pages_answer_without_redis_and_work_waits(site: Installation) -> None:
    said = signed_in(site, "said")
    said.get("/resumes/")
    site.stop("redis")
    began = time.monotonic()
    answer = said.post("/resumes/", {}, ("file", "cv.pdf", (RESUMES / "google-docs-skia.pdf").read_bytes()))
    assert (answer.status, time.monotonic() - began < 60) == (302, True)
    waiting = site.sql("SELECT kind, attempts FROM accounts_outboxtask WHERE state = 'waiting' AND not_before <= now()")
    assert waiting == [("applications.extract_resume", 0)]
    assert Browser(site.web_port).get("/health/live").status == 200
    site.start_redis()


def beat_sends_again_what_nobody_was_told_of(site: Installation) -> None:
    """The row of the step before was never announced to a worker; nobody sends it here but the beat."""
    site.sql("UPDATE accounts_outboxtask SET not_before = now() - interval '1 min' WHERE state = 'waiting'")
    read = "SELECT 1 FROM applications_resume WHERE extraction = 'read'"
    wait_for(lambda: len(site.sql(read)) == 2, "the beat does not send again", seconds=240)
