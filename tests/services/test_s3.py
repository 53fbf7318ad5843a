"""Resumes in a real object store: private, never overwritten, read by nobody without a signature of a minute."""

import datetime as dt
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import ImportBatch, ImportSchedule, StudentProfile
from apps.accounts.services import import_schedules
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.students import STUDENTS
from apps.accounts.states import ImportState
from apps.applications.models import Application, Disclosure, Resume
from apps.applications.services import resume_files
from apps.applications.services.resume_files import sweep_files
from apps.applications.services.resumes import delete_resume, store_resume
from apps.applications.states import ApplicationState, ExtractionState
from portal.kernel.errors import RuleViolation
from portal.settings import base, env
from tests.accounts.tables import ASHA, table
from tests.clients import RESUMES, signed_in
from tests.factories.accounts import CompanyMemberFactory, ProgrammeFactory, StudentFactory
from tests.factories.applications import ApplicationFactory, ResumeFactory
from tests.factories.world import build_world
from tests.services.conftest import ObjectStore

pytestmark = [pytest.mark.services, pytest.mark.django_db]

PDF = (RESUMES / "latex-john-doe-3pages.pdf").read_bytes()


def variables(store: ObjectStore) -> dict[str, str]:
    """What an operator sets."""
    return {
        "S3_BUCKET": "practicum-test",
        "S3_ENDPOINT": store.endpoint,
        "S3_ACCESS_KEY": store.access_key,
        "S3_SECRET_KEY": store.secret_key,
    }


def storage_settings(store: ObjectStore) -> dict[str, Any]:
    """The settings that an operator's variables lead to."""
    return base.object_storage(env.load(variables(store)).s3)


@pytest.fixture(scope="module")
def bucket(object_store) -> Storage:
    storage: Any = storages.create_storage(storage_settings(object_store))
    for attempt in range(300):
        try:
            storage.connection.create_bucket(Bucket="practicum-test")
        except Exception:
            # The server answers before its volumes do.
            if attempt == 299:
                raise
            time.sleep(0.2)
        else:
            break
    kept: Storage = storage
    return kept


@pytest.fixture
def resumes_in(bucket, monkeypatch) -> Iterator[Storage]:
    monkeypatch.setattr(Resume._meta.get_field("file"), "storage", bucket)
    yield bucket
    for name in names(bucket):
        bucket.delete(name)


def names(storage: Storage) -> list[str]:
    return sorted(f"resumes/{last}" for last in storage.listdir("resumes")[1])


def get(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, b""


@pytest.fixture
def student():
    return StudentFactory.create()


@pytest.fixture
def resume(resumes_in, student):
    return store_resume(PDF, name="John Doe – سيرة.pdf", actor=student)


def signed_address(client, resume) -> str:
    answer = client.get(reverse("resume_download", args=[resume.pk]))
    assert answer.status_code == 302
    address: str = answer.headers["Location"]
    return address


def test_a_resume_goes_in_is_read_and_comes_out_as_an_attachment(resumes_in, resume, student):
    run_due_tasks()
    resume.refresh_from_db()
    assert (resume.extraction, resume.page_count, names(resumes_in)) == (ExtractionState.READ, 3, [resume.file.name])
    with urllib.request.urlopen(signed_address(signed_in(student), resume), timeout=60) as answer:
        headers, content = answer.headers, answer.read()
    assert content == PDF
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment; filename*=utf-8''John%20Doe")


def test_who_does_not_sign_or_signs_wrongly_gets_nothing(resume, student):
    address = signed_address(signed_in(student), resume)
    unsigned = address.split("?")[0]
    signature = parse_qs(urlsplit(address).query)["X-Amz-Signature"][0]
    forged = address.replace(signature, signature[:-1] + ("0" if signature[-1] != "0" else "1"))
    longer = address.replace("X-Amz-Expires=60", "X-Amz-Expires=600")
    inline = address.replace("attachment", "inline")
    another = address.replace(resume.file.name, "resumes/another.pdf")
    assert [get(url)[0] for url in (address, unsigned, forged, longer, inline, another)] == [
        200,
        403,
        403,
        403,
        403,
        403,
    ]


def test_nobody_lists_or_writes_without_a_key(resumes_in, resume, object_store):
    assert get(f"{object_store.endpoint}/practicum-test/")[0] == 403
    for method in ("PUT", "DELETE"):
        request = urllib.request.Request(
            f"{object_store.endpoint}/practicum-test/{resume.file.name}", data=b"%PDF-", method=method
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=60)
        refused.value.close()
        assert refused.value.code == 403
    assert names(resumes_in) == [resume.file.name]


def test_an_address_is_good_for_a_minute_and_not_after_it(resumes_in, resume, student):
    assert parse_qs(urlsplit(signed_address(signed_in(student), resume)).query)["X-Amz-Expires"] == ["60"]
    storage: Any = resumes_in
    short = storage.url(resume.file.name, expire=1)
    assert get(short)[0] == 200
    time.sleep(2.1)
    assert get(short)[0] == 403


def test_only_who_may_is_given_an_address_and_a_company_leaves_a_line(resume, student):
    member = CompanyMemberFactory.create()
    company, address = signed_in(member.user), reverse("resume_download", args=[resume.pk])
    assert company.get(address).status_code == 404
    application = ApplicationFactory.create(vacancy__company=member.company, enrolment__student=student, resume=resume)
    assert get(signed_address(company, resume)) == (200, PDF)
    assert list(Disclosure.objects.values_list("application", "viewer")) == [(application.pk, member.user.pk)]
    Application.objects.update(state=ApplicationState.WITHDRAWN)
    strangers = [company, signed_in(StudentFactory.create()), signed_in(CompanyMemberFactory.create().user)]
    assert [client.get(address).status_code for client in strangers] == [404, 404, 404]


def test_an_object_is_never_overwritten(resumes_in, resume):
    again = resumes_in.save(resume.file.name, ContentFile(b"something else"))
    assert again != resume.file.name
    with resume.file.open("rb") as file:
        assert file.read() == PDF


def test_a_deleted_resume_goes_by_the_outbox_and_what_is_lost_is_swept(resumes_in, resume, student, monkeypatch):
    delete_resume(resume, actor=student)
    assert names(resumes_in) == [resume.file.name]
    run_due_tasks()
    assert names(resumes_in) == []
    lost = resumes_in.save("resumes/lost.pdf", ContentFile(b"x"))
    assert (sweep_files(), names(resumes_in)) == (0, [lost])
    monkeypatch.setattr(resume_files, "ABANDONED_AFTER", dt.timedelta(seconds=-60))
    assert (sweep_files(), names(resumes_in)) == (1, [])


def test_a_store_that_is_away_is_said_within_seconds(student, object_store, monkeypatch):
    closed = ObjectStore("http://127.0.0.1:9")
    monkeypatch.setattr(Resume._meta.get_field("file"), "storage", storages.create_storage(storage_settings(closed)))
    with pytest.raises(RuleViolation) as refused:
        store_resume(PDF, name="a.pdf", actor=student)
    assert (refused.value.code, Resume.objects.filter(stored_at__isnull=False).count()) == ("storage_away", 0)


def test_a_wrong_key_stores_nothing(student, object_store, bucket, monkeypatch):
    stranger = ObjectStore(object_store.endpoint, secret_key="another-secret-of-more-than-forty-characters")
    monkeypatch.setattr(Resume._meta.get_field("file"), "storage", storages.create_storage(storage_settings(stranger)))
    with pytest.raises(RuleViolation) as refused:
        store_resume(PDF, name="a.pdf", actor=student)
    assert (refused.value.code, bucket.exists("resumes")) == ("storage_away", False)


def test_the_size_of_a_resume_is_no_matter(resumes_in, student):
    padded = PDF + b"\n" * (5 * 1024 * 1024 - len(PDF))
    kept = store_resume(padded, name="large.pdf", actor=student)
    assert resumes_in.size(kept.file.name) == 5 * 1024 * 1024
    ResumeFactory.create(owner=student)
    assert len(names(resumes_in)) == 2


# -- scheduled imports --------------------------------------------------------------------------------------------


def test_tables_below_a_prefix_are_imported_and_stay(object_store, bucket, settings, monkeypatch):
    found = env.load(variables(object_store) | {"IMPORT_FOLDER": "s3://practicum-test/registry/out"})
    settings.STORAGES = {**settings.STORAGES, "incoming": base.object_storage(found.s3 | found.incoming)}
    monkeypatch.setattr(import_schedules, "SETTLED_AFTER", dt.timedelta())
    world = build_world()
    ProgrammeFactory.create(code="BSC-ME", department=world.department)
    schedule = import_schedules.add_schedule(
        kind=STUDENTS, cohort=world.cohort, rhythm="hour", applies=True, actor=world.coordinator
    )
    import_schedules.take_scheduled_imports()
    schedule.refresh_from_db()
    assert (schedule.message, ImportBatch.objects.count()) == ("", 0)
    assert import_schedules.place_of(schedule) == f"s3://practicum-test/registry/out/{schedule.folder}/"

    laid = bucket.save(f"registry/out/{schedule.folder}/students.csv", ContentFile(table(ASHA).encode()))
    for _beat in range(4):
        ImportSchedule.objects.update(next_at=timezone.now())
        import_schedules.take_scheduled_imports()
        run_due_tasks()
    assert list(ImportBatch.objects.values_list("state", "is_pending")) == [(ImportState.APPLIED, False)]
    assert StudentProfile.objects.filter(reg_no=ASHA[0]).count() == 1
    assert bucket.exists(laid)
    bucket.delete(laid)
