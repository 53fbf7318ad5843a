"""OneRoster 1.2: the zip of a student system goes the way of every table."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import ImportBatch, StaffProfile, StudentProfile, User
from apps.accounts.services import imports
from apps.accounts.services.oneroster import is_oneroster
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import ImportState
from portal.kernel.access import SYSTEM
from tests.accounts.tables import COMPANIES, STAFF
from tests.factories.accounts import CohortFactory, ProgrammeFactory, UserFactory

pytestmark = pytest.mark.django_db

STUDENTS = "accounts.students"
FILES = {
    "manifest": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.2\nfile.users,bulk\n",
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier\no1,,,BSc Mechanical,department,BSC-ME\no2,,,Mechanical,department,mech\n",
    "users": (
        "sourcedId,status,enabledUser,username,givenName,familyName,middleName,identifier,email,sms,phone,grades\n"
        "u1,,true,asha,Asha,Juma,A.,2024-1,asha@uni.example,+255712345678,,02\n"
        "u2,,true,said,Said,Ali,,2024-2,,,,\n"
        "u3,tobedeleted,true,gone,Gone,Person,,2024-3,,,,\n"
        "u4,,true,neema,Neema,Mushi,,S-1,neema@uni.example,,,\n"
        "u5,,false,off,Off,Person,,2024-5,,,,\n"
    ),
    "roles": (
        "sourcedId,userSourcedId,roleType,role,orgSourcedId\n"
        "r1,u1,secondary,student,o2\nr2,u1,primary,student,o1\nr3,u2,primary,student,o1\nr4,u3,primary,student,o1\n"
        "r5,u4,primary,teacher,o2\nr6,u5,primary,student,o1\n"
    ),
    "academicSessions": "sourcedId,title,type,startDate,endDate,schoolYear\nt1,Long vacation,term,2026-07-01,2026-09-30,2026\n",
    "classes": "sourcedId,title,classCode,termSourcedIds\nc1,Mechanical PT2,ME-PT2,t1\nc2,Other,X,t1\n",
    "enrollments": "sourcedId,classSourcedId,userSourcedId,role\ne1,c1,u1,student\ne2,c2,u2,student\ne3,c1,u3,student\n",
}


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cohort():
    cohort = CohortFactory.create(name="Mechanical PT2", department__code="mech")
    ProgrammeFactory.create(department=cohort.department, code="BSC-ME")
    return cohort


@pytest.fixture
def coordinator(cohort) -> User:
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


def roster(**changes: str | None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (FILES | changes).items():
            if text is not None:
                archive.writestr(f"{name}.csv", text)
        archive.writestr("folder/users.csv", "sourcedId\nevil\n")
        archive.writestr("read.me", "hello")
    return target.getvalue()


def staged(kind: str, data: bytes, actor: User, cohort=None) -> ImportBatch:
    batch = imports.upload_table(kind, cohort, SimpleUploadedFile("roster.zip", data), actor=actor)
    run_due_tasks()
    batch.refresh_from_db()
    return batch


def test_students_of_the_class_of_the_cohort_come_in(cohort, coordinator):
    batch = staged(STUDENTS, roster(), coordinator, cohort)
    assert (batch.state, batch.counts["new"], batch.counts["error"]) == (ImportState.STAGED, 1, 0)
    assert [note["text"] for note in batch.details["notes"]] == [
        "Terms of the class: Long vacation.",
        "People who are marked as gone were left out: 1. Nobody is deleted by an import.",
    ]
    assert batch.rows.get().line == 2
    imports.confirm_import(batch, actor=coordinator)
    run_due_tasks()
    profile = StudentProfile.objects.get()
    assert (profile.reg_no, str(profile.user), profile.user.email, profile.user.phone, profile.year_of_study) == (
        "2024-1",
        "Asha Juma",
        "asha@uni.example",
        "+255712345678",
        2,
    )
    assert profile.programme.code == "BSC-ME"
    assert staged(STUDENTS, roster(), coordinator, cohort).counts["unchanged"] == 1


def test_without_a_class_of_the_cohort_all_students_are_read(cohort, coordinator):
    batch = staged(STUDENTS, roster(classes=None), coordinator, cohort)
    assert batch.counts["new"] == 2
    assert "No class of the file is called like the cohort" in batch.details["notes"][0]["text"]


def test_teachers_are_staff_of_the_departments_of_who_imports(cohort, coordinator):
    batch = staged(STAFF, roster(), coordinator)
    imports.confirm_import(batch, actor=coordinator)
    run_due_tasks()
    assert list(StaffProfile.objects.values_list("staff_no", "user__email", "department")) == [
        ("S-1", "neema@uni.example", cohort.department_id)
    ]
    foreign = staged(STAFF, roster(orgs=FILES["orgs"].replace("mech\n", "civil\n")), coordinator)
    assert [p["code"] for p in foreign.rows.get().problems] == ["department_unknown"]


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"manifest": "propertyName,value\noneroster.version,1.0\n"}, "oneroster_version", "not of OneRoster 1.2"),
        ({"manifest": "propertyName,value\n"}, "oneroster_version", "not of OneRoster 1.2"),
        ({"users": None}, "oneroster_files", "users.csv"),
        ({"roles": "sourcedId,role\n"}, "oneroster_files", "roles.csv"),
        ({"roles": "sourcedId,userSourcedId,role\nr1,u1,parent\n"}, "oneroster_nobody", "nobody"),
        ({"users": 'sourcedId,x\n"u1,2\n'}, "unclosed_quote", "users.csv: "),
        ({"orgs": "0" * 4_000_000}, "oneroster_broken", "far larger inside"),
    ],
)
def test_a_roster_that_cannot_be_is_refused(cohort, coordinator, changes, code, words):
    batch = staged(STUDENTS, roster(**changes), coordinator, cohort)
    assert (batch.state, batch.refusal_code, words in batch.message) == (ImportState.REFUSED, code, True)
    assert (StudentProfile.objects.count(), batch.file.name) == (0, "")


def test_a_damaged_roster_is_refused(cohort, coordinator):
    data = bytearray(roster())
    at = data.index(b"orgs.csv") + 20
    data[at : at + 10] = b"\xff" * 10
    assert staged(STUDENTS, bytes(data), coordinator, cohort).refusal_code == "oneroster_broken"


def test_a_roster_holds_no_companies(coordinator):
    assert staged(COMPANIES, roster(), coordinator).refusal_code == "oneroster_kind"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04broken", b"reg_no\n1\n"])
def test_what_is_no_roster_is_none(data):
    assert not is_oneroster(data)


def test_the_primary_role_counts_wherever_it_stands_and_a_class_without_a_term_has_none(cohort, coordinator):
    ProgrammeFactory.create(department=cohort.department, code="BSC-EE")
    roles = "sourcedId,userSourcedId,roleType,role,orgSourcedId\nr1,u1,primary,student,o1\nr2,u1,secondary,student,o2\n"
    classes = "sourcedId,title,classCode,termSourcedIds\nc1,Mechanical PT2,ME-PT2,\n"
    batch = staged(STUDENTS, roster(roles=roles, classes=classes), coordinator, cohort)
    assert (batch.counts["new"], batch.counts["error"], batch.details["notes"]) == (1, 0, [])
    imports.confirm_import(batch, actor=coordinator)
    run_due_tasks()
    assert StudentProfile.objects.get().programme.code == "BSC-ME"
