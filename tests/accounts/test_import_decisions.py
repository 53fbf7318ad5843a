"""After the upload: the preview, the decision, the result, and what is handed out."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Enrolment, ImportBatch, Job, User
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.people import grant
from apps.accounts.states import ImportState
from portal.kernel.access import SYSTEM
from portal.kernel.sheets import read_sheet
from tests.accounts.tables import ASHA, HEADERS, SAID, preview, table, upload
from tests.factories.accounts import (
    CohortFactory,
    DepartmentFactory,
    EnrolmentFactory,
    ProgrammeFactory,
    StudentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cohort():
    cohort = CohortFactory.create(name="Mechanical PT2", country="TZ")
    ProgrammeFactory.create(department=cohort.department, code="BSC-ME")
    return cohort


@pytest.fixture
def coordinator(cohort):
    person = UserFactory.create()
    grant(person, cohort.department, actor=SYSTEM)
    return person


@pytest.fixture
def signed_in(client, coordinator):
    client.force_login(coordinator)
    return client


def students() -> list[str]:
    return sorted(User.objects.filter(student_profile__isnull=False).values_list("username", flat=True))


# -- the preview --------------------------------------------------------------------------------------------------


def test_the_page_itself_takes_nothing_posted(signed_in, cohort):
    preview(signed_in, cohort, table(ASHA).encode())
    batch = ImportBatch.objects.get()
    answer = signed_in.post(
        reverse("admin:accounts_importbatch_change", args=[batch.pk]), {"state": ImportState.APPLIED}
    )
    assert answer.status_code == 403
    assert ImportBatch.objects.get().state == batch.state


def test_the_preview_shows_counts_old_and_new_errors_and_unknown_columns(signed_in, cohort):
    known = StudentFactory.create(
        username="2021-04-00001", first_name="Asha", last_name="Moshi", profile__reg_no="2021-04-00001"
    )
    known.student_profile.programme = cohort.department.programmes.get()
    known.student_profile.save()
    EnrolmentFactory.create(student=known, cohort=cohort)
    rows = [
        (ASHA[0], "Asha", "Mrema", "BSC-ME", "x"),
        (*SAID, "x"),
        ("2021-04-00003", "Grace", "", "BSC-XX", "x"),
    ]
    data = table(*rows, headers=(*HEADERS, "Hobby")).encode()
    page = preview(signed_in, cohort, data)
    assert [(tab["label"], tab["count"], tab["current"]) for tab in page.context["tabs"]] == [
        ("With errors", 1, True),
        ("Changed", 1, False),
        ("New", 1, False),
        ("Unchanged", 0, False),
    ]
    (line,) = page.context["lines"]
    assert (line["number"], line["key"]) == (4, "2021-04-00003")
    assert [(str(label), message) for label, message in line["problems"]] == [
        (
            "Programme",
            "The department of this cohort has no such programme. Write the programme's code.",
        ),
        ("Last name", "A new student needs this."),
    ]
    assert "The column “Hobby” is not known and is left out." in page.text
    changed = signed_in.get(f"{page.request['PATH_INFO']}?status=changed")
    (line,) = changed.context["lines"]
    assert [(str(label), old, new) for label, old, new in line["changes"]] == [("Last name", "Moshi", "Mrema")]
    assert signed_in.get(f"{page.request['PATH_INFO']}?status=nonsense").context["status"] == "error"


def test_an_enrolment_that_would_be_new_is_a_change_of_a_known_student(signed_in, cohort):
    StudentFactory.create(
        first_name="Asha",
        last_name="Moshi",
        profile__reg_no=ASHA[0],
        profile__programme=cohort.department.programmes.get(),
    )
    page = preview(signed_in, cohort, table(ASHA).encode())
    (line,) = page.context["lines"]
    assert line["changes"] == [("Cohort", "", "Mechanical PT2")]


def test_the_preview_is_paged_with_as_many_queries_for_one_line_as_for_fifty(
    signed_in, cohort, django_assert_num_queries
):
    for count in (1, 51):
        rows = [(f"2021-04-{n:05d}", "Asha", f"Moshi{n}", "BSC-ME") for n in range(count)]
        upload(signed_in, cohort, table(*rows).encode())
        run_due_tasks()
        address = reverse("admin:accounts_importbatch_change", args=[ImportBatch.objects.latest("id").pk])
        with django_assert_num_queries(8):
            page = signed_in.get(address)
        assert len(page.context["lines"]) == min(count, 50)
    assert len(signed_in.get(address + "?page=2").context["lines"]) == 1


def test_the_same_file_once_more_says_so(signed_in, cohort):
    data = table(ASHA).encode()
    batch = preview(signed_in, cohort, data).context["batch"]
    signed_in.post(reverse("admin:accounts_importbatch_confirm", args=[batch.pk]))
    run_due_tasks()
    again = preview(signed_in, cohort, data)
    assert again.context["earlier"] == batch
    assert "This very file was imported already" in again.text
    assert "No line of this table would change anything." in again.text


def test_while_it_is_read_the_page_leads_to_the_bar(signed_in, cohort):
    upload(signed_in, cohort, table(ASHA).encode())
    batch = ImportBatch.objects.get()
    page = signed_in.get(reverse("admin:accounts_importbatch_change", args=[batch.pk]))
    assert reverse("job_detail", args=[batch.job_id]) in page.text


# -- the decision -------------------------------------------------------------------------------------------------


def test_confirmed_it_leads_to_the_bar_and_then_to_the_result(signed_in, cohort):
    batch = preview(signed_in, cohort, table(ASHA, SAID).encode()).context["batch"]
    first = signed_in.post(reverse("admin:accounts_importbatch_confirm", args=[batch.pk]))
    second = signed_in.post(reverse("admin:accounts_importbatch_confirm", args=[batch.pk]))
    assert (first.status_code, second.url) == (302, first.url)
    run_due_tasks()
    bar = signed_in.get(first.url)
    assert (bar.context["job"].state, bar.context["job"].next_url) == (
        "done",
        reverse("admin:accounts_importbatch_change", args=[batch.pk]),
    )
    result = signed_in.get(bar.context["job"].next_url)
    assert "2 new, 0 changed, 0 unchanged, 0 with errors" in result.text
    assert students() == ["2021-04-00001", "2021-04-00002"]


def test_confirming_what_changes_nothing_says_so(signed_in, cohort):
    batch = preview(signed_in, cohort, table(("1", "Asha", "", "")).encode()).context["batch"]
    page = signed_in.post(reverse("admin:accounts_importbatch_confirm", args=[batch.pk]), follow=True)
    assert [str(message) for message in page.context["messages"]] == ["No line of this table would change anything."]


def test_thrown_away_it_stays_as_a_line_of_the_list_only(signed_in, cohort):
    batch = preview(signed_in, cohort, table(ASHA).encode()).context["batch"]
    page = signed_in.post(reverse("admin:accounts_importbatch_discard", args=[batch.pk]), follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "The upload was thrown away. Nothing of it was imported."
    ]
    again = signed_in.post(reverse("admin:accounts_importbatch_discard", args=[batch.pk]), follow=True)
    assert [str(message) for message in again.context["messages"]] == [
        "This import has moved on meanwhile. Look at it again."
    ]
    assert "This upload was thrown away." in again.text
    wrong = signed_in.post(
        reverse("admin:accounts_importbatch_encoding", args=[batch.pk]), {"encoding": "utf-8"}, follow=True
    )
    assert [str(message) for message in wrong.context["messages"]] == [
        "This import has moved on meanwhile. Look at it again."
    ]


@pytest.mark.parametrize("what", ["confirm", "discard", "encoding", "errors", "change", "undo"])
def test_the_upload_of_somebody_else_is_not_there(client, signed_in, cohort, what):
    batch = preview(signed_in, cohort, table(ASHA).encode()).context["batch"]
    other = UserFactory.create()
    grant(other, cohort.department, actor=SYSTEM)
    client.force_login(other)
    address = reverse(f"admin:accounts_importbatch_{what}", args=[batch.pk])
    answer = client.get(address) if what in {"errors", "change"} else client.post(address)
    assert answer.status_code == 404
    listed = client.get(reverse("admin:accounts_importbatch_changelist"))
    assert list(listed.context["cl"].result_list) == []


@pytest.mark.parametrize("what", ["confirm", "discard", "encoding"])
def test_nothing_is_decided_by_get(signed_in, cohort, what):
    batch = preview(signed_in, cohort, table(ASHA).encode()).context["batch"]
    assert signed_in.get(reverse(f"admin:accounts_importbatch_{what}", args=[batch.pk])).status_code == 405


def test_the_superuser_sees_but_does_not_decide(client, signed_in, cohort):
    batch = preview(signed_in, cohort, table(ASHA).encode()).context["batch"]
    client.force_login(UserFactory.create(is_superuser=True))
    page = client.get(reverse("admin:accounts_importbatch_change", args=[batch.pk]))
    assert (page.status_code, page.context["may_decide"]) == (200, False)
    assert client.post(reverse("admin:accounts_importbatch_confirm", args=[batch.pk])).status_code == 403


def test_who_reads_in_another_language_reads_what_is_wrong_in_it(signed_in, cohort, settings):
    rows = [("2021-04-00003", "Grace", "", "BSC-ME", "x"), ("2021-4-3", "Grace", "Moshi", "BSC-ME", "x")]
    page = preview(signed_in, cohort, table(*rows, headers=(*HEADERS, "Sexe")).encode())
    batch = page.context["batch"]
    row = batch.rows.get(line=3)
    row.problems = [{key: problem[key] for key in ("column", "code", "message")} for problem in row.problems]
    row.save()
    signed_in.cookies[settings.LANGUAGE_COOKIE_NAME] = "sw"
    first, second = signed_in.get(page.request["PATH_INFO"]).context["lines"]
    assert [message for _label, message in first["problems"]] == [
        "Mstari wa 3 unaonekana kuwa wa mwanafunzi yuleyule. Bakiza mmoja tu.",
        "Mwanafunzi mpya anahitaji hii.",
    ]
    # What was read before sentences were kept in every language stays as it was kept.
    assert second["problems"][0][1] == "Line 2 looks like the same student. Keep one of them."
    handed = signed_in.get(reverse("admin:accounts_importbatch_errors", args=[batch.pk])).content.decode()
    assert "Mwanafunzi mpya anahitaji hii." in handed
    (told, _other) = signed_in.get(f"/api/v1/import-rows/?import={batch.pk}").json()["results"]
    assert told["problems"][1]["message"] == "Mwanafunzi mpya anahitaji hii."


def test_who_reads_in_another_language_reads_why_a_table_was_refused(signed_in, cohort, settings):
    page = preview(signed_in, cohort, table(headers=HEADERS[1:]).encode())
    assert "Below the headers there is not one row." in page.text
    signed_in.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    batch = page.context["batch"]
    batch.refresh_from_db()
    shown = signed_in.get(page.request["PATH_INFO"]).text
    assert (batch.message in shown, batch.details["said"]["ar"] in shown) == (False, True)


# -- what is handed out -------------------------------------------------------------------------------------------


def test_the_lines_with_errors_are_handed_out_as_they_stand_with_the_reason(signed_in, cohort):
    rows = [ASHA, ("00123", "=1+1", "", "BSC-ME"), ("", "Nobody", "Here", "BSC-ME")]
    batch = preview(signed_in, cohort, table(*rows).encode()).context["batch"]
    answer = signed_in.get(reverse("admin:accounts_importbatch_errors", args=[batch.pk]))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="errors of students.csv.csv"'
    sheet = read_sheet(answer.content, "errors.csv")
    assert sheet.headers == [*HEADERS, "What is wrong"]
    assert [row.values for row in sheet.rows] == [
        ["00123", "=1+1", "", "BSC-ME", "Last name: A new student needs this."],
        ["", "Nobody", "Here", "BSC-ME", "Registration number: The registration number is missing."],
    ]
    assert b"'=1+1" in answer.content


def test_corrected_error_lines_can_be_uploaded_as_they_are(signed_in, cohort):
    batch = preview(signed_in, cohort, table(("00123", "Asha", "", "BSC-ME")).encode()).context["batch"]
    handed = signed_in.get(reverse("admin:accounts_importbatch_errors", args=[batch.pk])).content
    corrected = handed.replace(b"Asha,,", b"Asha,Moshi,")
    assert preview(signed_in, cohort, corrected).context["batch"].counts["new"] == 1


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_is_imported_without_a_change(signed_in, cohort, form):
    programme = cohort.department.programmes.get()
    for number in ("00123", "T/UDOM/2020/7", "2021-04-00001"):
        student = StudentFactory.create(
            profile__reg_no=number, profile__programme=programme, profile__gender="F", phone="+255712345678"
        )
        EnrolmentFactory.create(student=student, cohort=cohort)
    EnrolmentFactory.create(student__first_name="Foreign")
    answer = signed_in.post(reverse("admin:accounts_enrolment_export") + f"?format={form}&cohort={cohort.pk}")
    run_due_tasks()
    job = Job.objects.get()
    assert answer.url == reverse("job_detail", args=[job.pk])
    assert (job.state, job.result_name) == ("done", f"Students of Mechanical PT2 {today()}.{form}")
    file = signed_in.get(reverse("job_result", args=[job.pk]))
    data = file.getvalue()
    assert [row.values[0] for row in read_sheet(data, job.result_name).rows] == [
        "00123",
        "2021-04-00001",
        "T/UDOM/2020/7",
    ]
    page = preview(signed_in, cohort, data, job.result_name)
    assert page.context["batch"].counts == {"new": 0, "changed": 0, "unchanged": 3, "error": 0}


def today() -> dt.date:
    return timezone.localdate()


def test_an_export_holds_the_users_students_only(signed_in, cohort):
    EnrolmentFactory.create(cohort=cohort, student__first_name="Mine")
    EnrolmentFactory.create(student__first_name="Foreign")
    signed_in.post(reverse("admin:accounts_enrolment_export") + "?format=csv")
    run_due_tasks()
    data = signed_in.get(reverse("job_result", args=[Job.objects.get().pk])).getvalue()
    assert (b"Mine" in data, b"Foreign" in data) == (True, False)


def test_an_export_of_what_is_not_the_users_is_a_404(signed_in):
    foreign = EnrolmentFactory.create().cohort
    address = reverse("admin:accounts_enrolment_export")
    answers = [
        signed_in.post(f"{address}?format=csv&cohort={foreign.pk}"),
        signed_in.post(f"{address}?format=csv&cohort=x"),
        signed_in.post(f"{address}?format=pdf"),
        signed_in.get(f"{address}?format=csv"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 405]
    assert Job.objects.count() == 0


def test_two_departments_do_not_meet(client, signed_in, cohort):
    """The other department imports a student of ours, and learns only that it is not theirs."""
    EnrolmentFactory.create(cohort=cohort, student__first_name="Secret", student__profile__reg_no="2021-04-00009")
    elsewhere = CohortFactory.create(department=DepartmentFactory.create())
    ProgrammeFactory.create(department=elsewhere.department, code="BSC-CE")
    other = UserFactory.create()
    grant(other, elsewhere.department, actor=SYSTEM)
    client.force_login(other)
    page = preview(client, elsewhere, table(("2021-04-00009", "Mine", "Now", "BSC-CE")).encode())
    assert [(p[1]) for p in page.context["lines"][0]["problems"]] == ["This student is not in your departments."]
    assert "Secret" not in page.text
    client.post(reverse("admin:accounts_importbatch_confirm", args=[page.context["batch"].pk]))
    run_due_tasks()
    assert Enrolment.objects.filter(cohort=elsewhere).count() == 0
    assert User.objects.filter(first_name="Mine").count() == 0
