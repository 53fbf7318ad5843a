"""What clients of InternSync rely on, and what the old server leaked or broke."""

import base64
import datetime as dt
import json

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.accounts.api.internsync import INTERNSYNC, escaped, is_over, unless_escaped
from apps.accounts.models import Company, CompanyMember, Enrolment, SiteSettings, TokenFamily, User
from apps.accounts.selectors import SETTINGS_KEY, site_settings
from apps.accounts.services.token_pairs import issue_pair
from apps.applications.models import Application, Disclosure, Resume
from apps.vacancies.models import Vacancy
from portal.kernel.api.tokens import Kind, sign_token
from tests.dialects.conftest import CV, TITLE
from tests.dialects.contract import Stage
from tests.factories.accounts import CohortFactory, UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db

PASSWORD = "four dull brass lamps"


def post(address: str, body: object, client: Client | None = None):
    return (client or Client()).post(f"/api/{address}", body, content_type="application/json")


def settings_of(**values: object) -> None:
    site_settings()
    SiteSettings.objects.update_or_create(pk=1, defaults=values)
    cache.delete(SETTINGS_KEY)


# -- tokens -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "keys"), [("student", {"role", "sid"}), ("company", {"role", "cid"})])
def test_the_token_holds_ids_and_one_letter(internsync: Stage, who, keys):
    person = internsync.people[who]
    token = post("users/login", {"userName": person.username, "password": "pw"}).json()["token"]
    part = token.split(".")[1]
    claims = json.loads(base64.b64decode(part + "=" * (-len(part) % 4), validate=True))
    own = {"user_id", "family", "session", "rights", "iat", "exp", "jti", "token_type", "aud", "iss"}
    assert (set(claims), claims["role"], claims["exp"] - claims["iat"]) == (own | keys, who[0], 3600)
    assert (claims["user_id"], claims.get("sid", person.pk)) == (person.pk, person.pk)
    assert internsync.client(who).get("/api/users/is-authed").json()["userName"] == person.username


def expired(person: User) -> str:
    issue_pair(person, audience=INTERNSYNC)
    family = TokenFamily.objects.filter(user=person).latest("pk")
    claims = {"user_id": person.pk, "family": family.pk, "session": person.session_version, "rights": 0}
    return sign_token(Kind.ACCESS, INTERNSYNC.name, dt.timedelta(seconds=-5), claims)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("", "Authorization header missing or invalid"),
        ("Token abc", "Authorization header missing or invalid"),
        ("Bearer abc", "Invalid token"),
        ("Bearer a.e30.c", "Invalid token"),
        ("Bearer {expired}", "Token has expired"),
    ],
)
def test_a_token_that_opens_nothing_is_named_in_the_old_words(internsync: Stage, header, words):
    given = header.format(expired=expired(User.objects.get(pk=internsync.world.student.pk)))
    answer = Client(headers={"Authorization": given} if given else {}).get("/api/jobs")
    assert (answer.status_code, answer.json()) == (401, {"error": words})


def test_only_a_time_that_is_over_is_over():
    def token(claims: object) -> bytes:
        return b"a." + base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=") + b".c"

    now = int(timezone.now().timestamp())
    found = [is_over(token(claims)) for claims in ({"exp": now - 9}, {"exp": now + 9}, {}, {"exp": "x"}, [])]
    assert found == [True, False, False, False, False]


def test_a_second_role_signs_in_as_the_company(internsync: Stage):
    answer = internsync.client("coordinator").get("/api/users/is-authed").json()
    assert (answer["success"], answer["role"]) == ("OK!", "")


# -- text ---------------------------------------------------------------------------------------------------------


def test_stored_text_stays_raw_and_is_escaped_when_it_is_answered(internsync: Stage):
    jobs = internsync.client("company").get("/api/jobs").json()
    shown = next(job["title"] for job in jobs if job["id"] == internsync.keys["job"])
    assert shown == "Fitter &lt;b&gt; &amp; &quot;turner&quot;"
    assert Vacancy.objects.get(pk=internsync.keys["job"]).title == TITLE


def test_an_escaped_text_that_comes_back_changes_nothing(internsync: Stage):
    client, key = internsync.client("company"), internsync.keys["job"]
    job = client.get(f"/api/jobs/{key}").json()
    body = {
        "title": job["title"],
        "job_description": job["description"],
        "short_description": job["short_description"],
        "location": job["location"],
        "endDate": job["end"] + "T00:00:00Z",
        "work_mode": job["work_mode"],
        "work_type": job["work_type"],
        "status": "active",
    }
    answer = client.put(f"/api/jobs/{key}", body, content_type="application/json")
    row = Vacancy.objects.get(pk=key)
    assert (answer.status_code, row.title, row.deadline.isoformat()) == (200, TITLE, job["end"])


def test_every_text_of_an_answer_is_escaped():
    assert escaped({"a": ["<b>", ("&", 1, None)], "c": True}) == {"a": ["&lt;b&gt;", ["&amp;", 1, None]], "c": True}
    assert (unless_escaped("a &amp; b", "a & b"), unless_escaped("c", "a & b")) == ("a & b", "c")


# -- jobs ---------------------------------------------------------------------------------------------------------


def test_a_page_has_four_the_newest_first(internsync: Stage):
    VacancyFactory.create_batch(5, company=internsync.world.company)
    client = internsync.client("company")
    pages = [[job["id"] for job in client.get(f"/api/jobs?page={n}").json()] for n in (1, 2, 3, 4)]
    keys = sorted(Vacancy.objects.filter(company=internsync.world.company).values_list("pk", flat=True), reverse=True)
    assert (pages, [len(page) for page in pages]) == ([keys[:4], keys[4:8], keys[8:], []], [4, 4, 1, 0])


def test_students_see_active_jobs_and_no_mailbox_of_the_company(internsync: Stage):
    Company.objects.filter(pk=internsync.world.company.pk).update(hr_email="hr@njia.example")
    for who, mail in (("student", ""), ("company", "hr@njia.example")):
        jobs = [
            job
            for job in internsync.client(who).get("/api/jobs").json()
            if job["cid"]["id"] == internsync.world.company.pk
        ]
        assert {job["cid"]["hr_mail"] for job in jobs} == {mail}
        assert who == "company" or {job["status"] for job in jobs} == {"active"}


def test_a_job_of_others_is_not_among_the_own(internsync: Stage):
    keys = {job["id"] for job in internsync.client("company").get("/api/jobs").json()}
    assert internsync.keys["foreign"] not in keys


@pytest.mark.parametrize("wanted", ["closed", "active"])
def test_a_closed_job_is_reopened_and_changed_in_one_go(internsync: Stage, wanted):
    key = internsync.keys["job"]
    Vacancy.objects.filter(pk=key).update(state="closed")
    body = {
        **dict.fromkeys(("title", "job_description", "short_description", "location"), "Turner"),
        "endDate": "2031-01-31",
        "work_mode": "Remote",
        "work_type": "Part-Time",
        "status": wanted,
    }
    answer = internsync.client("company").put(f"/api/jobs/{key}", body, content_type="application/json")
    row = Vacancy.objects.get(pk=key)
    known = (row.state, row.title == "Turner")
    assert (answer.status_code, known) == ((200, ("active", True)) if wanted == "active" else (409, ("closed", False)))


# -- applying -----------------------------------------------------------------------------------------------------


def test_a_refused_application_leaves_no_file(internsync: Stage):
    before = Resume.objects.count()
    answer = post(
        f"jobs/{internsync.keys['job']}/apply",
        {"cv": CV.replace("JVBERi0xLj", "JVBERi0xLj", 1)},
        internsync.client("student"),
    )
    assert (answer.status_code, Resume.objects.count()) == (400, before)
    fresh = base64.b64encode(base64.b64decode(CV) + b"\n%new").decode()
    answer = post(f"jobs/{internsync.keys['job']}/apply", {"cv": fresh}, internsync.client("student"))
    assert (answer.status_code, Resume.objects.count()) == (400, before)


def test_a_body_of_almost_seven_megabytes_arrives(internsync: Stage):
    large = base64.b64encode(base64.b64decode(CV) + b"%" * (5 * 1024 * 1024 - len(base64.b64decode(CV)))).decode()
    assert len(large) > 6_700_000
    answer = post(f"jobs/{internsync.keys['open']}/apply", {"cv": large, "cover": ""}, internsync.client("student"))
    assert (answer.status_code, answer.json()) == (200, {"success": "You successfuly applied!"})
    assert Resume.objects.latest("pk").size == 5 * 1024 * 1024


def test_opening_a_resume_is_on_record(internsync: Stage):
    client = internsync.client("company")
    client.get(f"/api/applications/{internsync.keys['app']}/cv")
    client.get(f"/api/applications/{internsync.keys['app']}/extract-pdf")
    found = Disclosure.objects.filter(application=internsync.keys["app"]).order_by("pk").values_list("way", flat=True)
    assert list(found) == ["download", "text"]


def test_a_resume_that_waits_is_read_without_being_stored(internsync: Stage):
    application = Application.objects.get(pk=internsync.keys["app"])
    Resume.objects.filter(pk=application.resume_id).update(text="", method="", extraction="waiting")
    answer = internsync.client("company").get(f"/api/applications/{application.pk}/extract-pdf").json()
    assert (len(answer["text"]) > 100, Resume.objects.get(pk=application.resume_id).text) == (True, "")


def test_a_rejected_applicants_resume_is_closed(internsync: Stage):
    Application.objects.filter(pk=internsync.keys["app"]).update(state="rejected")
    for address in ("cv", "extract-pdf"):
        answer = internsync.client("company").get(f"/api/applications/{internsync.keys['app']}/{address}")
        assert (answer.status_code, set(answer.json())) == (403, {"error"})


def test_a_decision_that_is_over_is_refused(internsync: Stage):
    Application.objects.filter(pk=internsync.keys["app"]).update(state="rejected")
    client = internsync.client("company")
    for status in ("accepted", "pending"):
        answer = client.put(
            f"/api/applications/{internsync.keys['app']}/status", {"status": status}, content_type="application/json"
        )
        assert (answer.status_code in {400, 409}, set(answer.json())) == (True, {"error"})


def test_who_was_rejected_without_a_reason_reads_that_there_was_none(internsync: Stage):
    address, client = f"/api/applications/{internsync.keys['app']}/status", internsync.client("company")
    client.put(address, {"status": "rejected"}, content_type="application/json")
    assert Application.objects.get(pk=internsync.keys["app"]).reason == "The company gave no reason."


def test_reading_files_is_counted(internsync: Stage):
    client = internsync.client("student")
    statuses = [post("applications/extract-pdf", {"pdf_base64": "JVBERi0xLjQ="}, client).status_code for _ in range(11)]
    assert statuses == [400] * 10 + [429]


def test_a_supervisor_has_no_files_read(internsync: Stage):
    token = issue_pair(User.objects.get(pk=internsync.world.university_supervisor.pk), audience=INTERNSYNC).access
    answer = post("applications/extract-pdf", {"pdf_base64": CV}, Client(headers={"Authorization": f"Bearer {token}"}))
    assert (answer.status_code, set(answer.json())) == (403, {"error"})


# -- registering --------------------------------------------------------------------------------------------------


def test_whoever_registers_can_sign_in_and_apply(internsync: Stage):
    cohort = CohortFactory.create(department=internsync.world.department)
    settings_of(student_registration=True, default_cohort=cohort)
    person = {"userName": "asha", "role": "s", "password": PASSWORD, "fullName": "Asha Moshi"}
    assert post("users", person).status_code == 200
    token = post("users/login", {"userName": "asha", "password": PASSWORD}).json()["token"]
    client = Client(headers={"Authorization": f"Bearer {token}"})
    vacancy = VacancyFactory.create()
    answer = post(f"jobs/{vacancy.pk}/apply", {"cv": CV, "cover": ""}, client)
    asha = User.objects.get(username="asha")
    assert (answer.status_code, asha.get_full_name(), asha.email) == (200, "Asha Moshi", "")
    assert Enrolment.objects.get(student=asha).cohort == cohort


def test_a_company_waits_for_its_approval_and_its_mailbox_for_a_word(internsync: Stage):
    settings_of(company_registration=True)
    host = {
        "userName": "njia",
        "role": "c",
        "password": PASSWORD,
        "componyName": "Njia Works",
        "website": "njia.example",
    }
    assert post("user/add", {**host, "HRMail": "hr@njia.example"}).status_code == 200
    company = Company.objects.get(name="Njia Works")
    member = CompanyMember.objects.get(company=company)
    assert (company.state, company.hr_email, member.user.username, member.user.email) == (
        "proposed",
        "hr@njia.example",
        "njia",
        "",
    )


@pytest.mark.parametrize("role", ["s", "c"])
def test_a_closed_door_lets_nobody_in(role):
    settings_of(student_registration=False, company_registration=False)
    body = {
        "userName": "x",
        "role": role,
        "password": PASSWORD,
        "fullName": "X",
        "componyName": "X",
        "website": "x.example",
        "HRMail": "a@x.example",
    }
    answer = post("users", body)
    assert (answer.status_code, set(answer.json()), User.objects.filter(username="x").exists()) == (
        400,
        {"error"},
        False,
    )


def test_a_name_with_other_capitals_is_taken():
    UserFactory.create(username="Asha")
    settings_of(student_registration=True)
    answer = post("users", {"userName": "asha", "role": "s", "password": PASSWORD, "fullName": "Asha"})
    assert (answer.json(), User.objects.filter(username__iexact="asha").count()) == (
        {"message": "User: asha has been registered!"},
        1,
    )


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("address", "who", "questions"),
    [("jobs", "company", 3), ("students/applications", "student", 4), ("jobs/{job}/applications", "company", 5)],
)
def test_a_list_asks_the_same_number_of_questions(
    internsync: Stage, address, who, questions, count, django_assert_num_queries
):
    for _number in range(1, count):
        fresh = VacancyFactory.create(company=internsync.world.company)
        ApplicationFactory.create(vacancy=fresh, enrolment=internsync.world.enrolment)
        ApplicationFactory.create(vacancy_id=internsync.keys["job"])
    client = internsync.client(who)
    with django_assert_num_queries(questions):
        assert len(client.get(f"/api/{address}".format(**internsync.keys)).json()) >= count
