import datetime as dt
from urllib.parse import unquote

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone

from apps.accounts.models import Company, Department, HistoryEntry, Job
from apps.accounts.states import CompanyState
from portal.kernel.errors import RuleViolation
from portal.kernel.views import (
    make_posted_move,
    page_of,
    row_or_404,
    say_refusal,
    send_file,
    state_labels,
    timeline_of,
)
from tests.factories.accounts import CompanyFactory, DepartmentFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def request_of(user=None, **form: str):
    request = RequestFactory().post("/", form)
    request.user = user
    request.session = SessionStore()
    setattr(request, "_messages", FallbackStorage(request))  # noqa: B010 - where the framework keeps them
    return request


def said(request) -> list[str]:
    return [str(message) for message in request._messages]


# -- rows and pages -----------------------------------------------------------------------------------------------


def test_a_row_of_the_set_is_found():
    department = DepartmentFactory.create()
    assert row_or_404(Department.objects.all(), pk=department.pk) == department


@pytest.mark.parametrize("key", [0, -1, 10**9, 10**40, "x", "", None])
def test_what_is_not_there_is_a_404(key):
    with pytest.raises(Http404):
        row_or_404(Department.objects.all(), pk=key)


@pytest.mark.parametrize(
    ("asked", "number"), [("", 1), ("2", 2), ("3", 3), ("4", 3), ("0", 3), ("x", 1), ("1" * 30, 3)]
)
def test_the_nearest_page_is_shown(asked, number):
    request = RequestFactory().get("/", {"page": asked} if asked else {})
    page = page_of(request, list(range(5)), size=2)
    assert (page.number, page.paginator.num_pages) == (number, 3)


# -- files --------------------------------------------------------------------------------------------------------


def test_a_file_is_sent_as_an_attachment_under_a_clean_name():
    job = JobFactory.create()
    job.result.save("x.html", ContentFile(b"<script>"))
    answer = send_file(job.result, "../week 1.html")
    assert (answer.getvalue(), answer.headers["Content-Disposition"], answer.headers["X-Content-Type-Options"]) == (
        b"<script>",
        'attachment; filename="week 1.html"',
        "nosniff",
    )
    answer.close()


def test_a_file_that_is_lost_is_a_404():
    with pytest.raises(Http404):
        send_file(JobFactory.create(result="jobs/lost.csv").result, "lost.csv")


class ObjectStore(Storage):
    """A storage elsewhere, which signs addresses as S3 does."""

    def url(self, name, parameters=None, expire=0):
        assert parameters is not None
        return f"https://store.example/{name}?{sorted(parameters.items())}&expire={expire}"


@pytest.mark.parametrize(
    ("name", "kind"), [("week 1.pdf", "application/pdf"), ("week 1.qqq", "application/octet-stream")]
)
def test_an_object_store_sends_the_file_itself(monkeypatch, name, kind):
    job = JobFactory.create(result="jobs/1")
    monkeypatch.setattr(job.result, "storage", ObjectStore())
    answer = send_file(job.result, name)
    assert unquote(answer["Location"]) == (
        f"https://store.example/jobs/1?[('ResponseContentDisposition', 'attachment; filename=\"{name}\"'), "
        f"('ResponseContentType', '{kind}')]&expire=60"
    )


# -- moves --------------------------------------------------------------------------------------------------------


def test_a_refusal_is_said_on_the_next_page():
    request = request_of()
    say_refusal(request, RuleViolation("no", "Not today."))
    assert said(request) == ["Not today."]


@pytest.fixture
def company():
    return CompanyFactory.create(name="Works", state=CompanyState.PROPOSED)


@pytest.fixture
def superuser():
    return UserFactory.create(is_superuser=True)


def test_a_posted_move_is_made_and_said(company, superuser):
    request = request_of(superuser, move="reject", reason=" No workshop. ", version="0")
    assert make_posted_move(request, company) is True
    assert (company.state, company.reason, said(request)) == ("rejected", "No workshop.", ["Works: Rejected."])


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"move": "reject"}, "Say why, so that the other side knows what to do."),
        (
            {"move": "approve", "version": "7"},
            "This was changed meanwhile. Look at it again before you decide.",
        ),
    ],
)
def test_a_posted_move_that_a_rule_refuses_is_said(company, superuser, form, sentence):
    request = request_of(superuser, **form)
    assert make_posted_move(request, company) is False
    assert (Company.objects.get().state, said(request)) == ("proposed", [sentence])


def test_a_posted_move_that_there_is_not_or_that_is_not_the_users(company, superuser):
    with pytest.raises(Http404):
        make_posted_move(request_of(superuser, move="vanish"), company)
    with pytest.raises(PermissionDenied):
        make_posted_move(request_of(UserFactory.create(), move="approve"), company)


# -- what happened ------------------------------------------------------------------------------------------------


def entry(**values: object) -> HistoryEntry:
    known = {"target_label": "accounts.Company", "target_id": 1, "at": timezone.now() - dt.timedelta(hours=1)}
    return HistoryEntry(**known | values)


def test_a_timeline_speaks_in_the_words_of_the_buttons():
    asha = UserFactory.create(first_name="Asha", last_name="Moshi")
    rows = [
        entry(action="reject", target="rejected", actor=asha, actor_key=asha.pk, reason="No workshop."),
        entry(action="create", target="proposed"),
        entry(action="change", actor_key=10**6),
        entry(action="odd", target="gone"),
        entry(action="change", reason="hr_email, name"),
        entry(action="change", reason="name, and more"),
    ]
    lines = timeline_of(Company, rows)
    assert [(line.who, line.what, line.state, line.why) for line in lines] == [
        ("Asha Moshi", "Reject → Rejected", "rejected", "No workshop."),
        ("Practicum", "Entered → Proposed", "proposed", ""),
        ("Somebody who is not here any more", "Changed", "", ""),
        ("Practicum", "odd", "", ""),
        ("Practicum", "Changed", "", "E-mail of human resources, name"),
        ("Practicum", "Changed", "", "name, and more"),
    ]


def test_a_model_without_a_machine_has_a_timeline_too():
    assert [line.what for line in timeline_of(Department, [entry(action="delete")])] == ["Deleted"]


def test_states_are_called_by_their_words():
    assert {key: str(word) for key, word in state_labels(Job).items()} == {
        "queued": "Waiting",
        "running": "Running",
        "done": "Done",
        "failed": "Failed",
        "cancelled": "Cancelled",
    }
