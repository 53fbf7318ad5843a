"""Why a vacancy fits: what is shown beside it, and the sentence that a student asks for."""

import pytest
from django.urls import reverse

from apps.accounts.models import Cohort
from apps.accounts.services.outbox import run_due_tasks
from apps.ai.backends import local
from apps.ai.backends.base import BackendError, Vectors
from apps.ai.models import AiCall
from apps.ai.services.consent import give_consent
from apps.ai.services.places import place_named
from apps.applications.services.matching import MATCH, match_wish, near_in_meaning
from apps.vacancies.fitting import Fit, fits_of
from portal.kernel.errors import RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import EnrolmentFactory, UserFactory
from tests.factories.applications import ResumeFactory
from tests.factories.vacancies import VacancyFactory

pytestmark = pytest.mark.django_db

EXPERIENCE = "Fitter, Njia Works, 2024"


@pytest.fixture
def enrolment():
    found = EnrolmentFactory.create()
    Cohort.objects.update(ai_enabled=True)
    return found


@pytest.fixture
def student(enrolment):
    give_consent(actor=enrolment.student)
    return enrolment.student


@pytest.fixture
def resume(student):
    own = {"skills": ["MS Excel", "turning"], "experience": [EXPERIENCE]}
    return ResumeFactory.create(owner=student, own_facts=own)


@pytest.fixture
def vacancy():
    return VacancyFactory.create(skills=["Turning", "Excel", "Welding"], title="Trainee <b>")


@pytest.fixture
def no_model(monkeypatch):
    def missing():
        raise BackendError("no_embeddings")

    monkeypatch.setattr(local, "_model", missing)


def test_skills_fit_whatever_their_case_and_by_the_names_of_the_vocabulary(student, resume, vacancy):
    other = VacancyFactory.create(skills=[])
    own = ("MS Excel", "turning", EXPERIENCE)
    assert fits_of(student, [vacancy, other]) == {vacancy.pk: Fit(("Turning", "Excel"), ("Welding",), own)}


def test_without_a_resume_or_a_student_nothing_is_said(student, vacancy):
    ResumeFactory.create(owner=student, own_facts={})
    ResumeFactory.create(own_facts={"skills": ["Turning"]})
    assert fits_of(student, [vacancy]) == {}
    assert fits_of(UserFactory.create(), [vacancy]) == {}
    with pytest.raises(RuleViolation) as refused:
        match_wish(vacancy, actor=student)
    assert refused.value.code == "nothing_known"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.usefixtures("resume")
def test_what_fits_costs_the_list_one_query_for_any_number(student, count, django_assert_num_queries):
    vacancies = VacancyFactory.create_batch(count, skills=["Turning"])
    assert len(fits_of(student, vacancies)) == count
    with django_assert_num_queries(1):
        fits_of(student, vacancies)


def test_the_list_and_the_page_show_it_and_keep_their_order(student, resume, vacancy):
    VacancyFactory.create(skills=["Cooking"])
    client = signed_in(student)
    page = client.get(reverse("vacancy_list"))
    assert page.text.count("In your resume too: Turning, Excel") == 1
    order = [row.pk for row in page.context["page"]]
    detail = client.get(reverse("vacancy_detail", args=[vacancy.pk])).text
    assert ("not named in your resume" in detail, "Say it in a sentence" in detail) == (True, True)
    resume.delete()
    assert [row.pk for row in client.get(reverse("vacancy_list")).context["page"]] == order
    assert "Why it fits" not in client.get(reverse("vacancy_detail", args=[vacancy.pk])).text


@pytest.mark.usefixtures("no_model", "resume")
def test_the_sentence_is_read_and_stored_nowhere(student, enrolment, vacancy):
    vacancy.programmes.set([student.student_profile.programme])
    client = signed_in(student)
    answer = client.post(reverse("vacancy_why", args=[vacancy.pk]))
    run_due_tasks()
    page = client.get(answer["Location"]).text
    call = AiCall.objects.get()
    assert call.after == {"sentence": "You have 2 of 3 skills asked for: Turning, Excel. It is open to your programme."}
    assert ("Take the draft" in page, reverse("vacancy_detail", args=[vacancy.pk]) in page) == (False, True)
    client.post(reverse("ai_accept", args=[call.pk]), {"field": ["sentence"]})
    call.refresh_from_db()
    assert call.decision == "open"


@pytest.mark.usefixtures("resume")
def test_where_the_cohort_has_no_help_the_page_says_so_and_has_no_button(student, vacancy):
    Cohort.objects.update(ai_enabled=False)
    client = signed_in(student)
    assert "Say it in a sentence" not in client.get(reverse("vacancy_detail", args=[vacancy.pk])).text
    assert "switched off" in client.post(reverse("vacancy_why", args=[vacancy.pk]), follow=True).text
    assert AiCall.objects.count() == 0


def test_a_stranger_asks_nothing(student, vacancy):
    assert signed_in(UserFactory.create()).post(reverse("vacancy_why", args=[vacancy.pk])).status_code == 403
    assert signed_in(student).post(reverse("vacancy_why", args=[0])).status_code == 404
    assert place_named(MATCH).read(0, student) is None


def test_the_nearest_of_ones_own_lines_is_named_where_the_model_is_there(student, resume, vacancy, monkeypatch):
    vectors = Vectors([[1.0, 0.0], [0.6, 0.8], [0.0, 1.0], [0.8, 0.6]])
    monkeypatch.setattr(local.LocalBackend, "embed", lambda _self, texts: Vectors(vectors.vectors[: len(texts)]))
    wish = match_wish(vacancy, actor=student)
    assert wish.facts.known["near"] == f"{EXPERIENCE} · MS Excel"
    assert student.get_full_name() in wish.facts.private


@pytest.mark.parametrize("backend", ["off", "openai"])
def test_nothing_is_compared_without_the_local_model_or_consent(student, vacancy, no_model, settings, backend):
    assert near_in_meaning(vacancy, ["Turning"], student) == []
    assert near_in_meaning(vacancy, ["Turning"], UserFactory.create()) == []
    settings.AI = type(settings.AI)(backend=backend)
    assert near_in_meaning(vacancy, ["Turning"], student) == []
