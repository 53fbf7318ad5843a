"""Which keys an answer of the API has, for everybody who gets one; and what only one side reads."""

import pytest
from django.urls import reverse

from apps.applications.models import Application
from apps.logbook.models import Assessment
from apps.logbook.states import AssessmentKind
from portal.api import router
from tests.factories.logbook import AssessmentFactory, RubricFactory
from tests.factories.world import World, build_world
from tests.house.everything import build_everything
from tests.matrix.visitors import PEOPLE, Visitor, visitors

# Code that has tests of its own: to trace each line would take as long as the requests do.
pytestmark = [pytest.mark.django_db, pytest.mark.matrix, pytest.mark.no_cover]

# Contacts of a company, notes of a company, marks, and what the university knows of a student are not among them.
KEYS = {
    "api-person": "id username full_name email phone is_active",
    "api-department": "id code name faculty",
    "api-programme": "id department code name",
    "api-cohort": "id department name phase start end working_days country required_hours latest_day_back min_hours "
    "max_hours is_open ai_enabled location_hint self_found_allowed publication_date",
    "api-enrolment": "id student student_name cohort cohort_name is_active",
    "api-company": "id name industry_type description address region country website state version",
    "api-notice": "id kind sentence url created_at read_at",
    "api-job": "id kind title state done_count total_count message error created_at finished_at",
    "api-vacancy": "id company company_name title short_description description location deadline work_mode work_type "
    "places places_left state version",
    "api-resume": "id original_name size sha256 page_count extraction quality created_at",
    "api-application": "id vacancy vacancy_title student_name cover_letter interview_at interview_place created_at "
    "decided_at reason state version",
    "api-placement": "id enrolment student_name company company_name origin start end share site_address arrived_on "
    "state version",
    "api-arrival": "id student_name placement arrived_on supervisor_name reason state version",
    "api-log": "id enrolment student_name placement day week_start text hours skills host_comment reason submitted_at "
    "verified_at validated_at state status version",
    "api-attachment": "id log original_name content_type size sha256 created_at",
    "api-week": "id enrolment student_name placement number week_start summary main_job_title main_job_detail "
    "operations host_comment reason state version",
    "api-absence": "id enrolment placement day reason note hours_to_make_up",
    "api-assessment": "id placement student_name rubric title kind answers comment mark submitted_at state version",
    "api-visit": "id placement student_name visitor planned_on done_on report",
    "api-report": "id enrolment student_name title acknowledgements introduction company_overview objectives "
    "methodology achievements skills challenges recommendations conclusion completeness reason submitted_at approved_at "
    "state version",
    "api-logbook": "id student_name company_name start end state",
}
NOTES = "Only for our own people: asks well."


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def people(world: World) -> dict[str, Visitor]:
    return visitors(world)


def test_every_list_of_the_api_has_its_keys():
    assert set(KEYS) == {basename for _prefix, _viewset, basename in router.registry}


@pytest.mark.parametrize("basename", KEYS)
def test_everybody_gets_exactly_the_keys_of_the_list(world, people, basename):
    build_everything(world)
    tried = 0
    for persona in PEOPLE:
        answer = people[persona].client.get(reverse(f"{basename}-list"))
        for row in answer.json().get("results", []):
            detail = people[persona].client.get(reverse(f"{basename}-detail", args=[row["id"]])).json()
            assert (set(row), set(detail)) == (set(KEYS[basename].split()),) * 2, persona
            tried += 1
    assert tried or basename in ("api-notice", "api-attachment", "api-absence")


def test_nobody_but_the_company_reads_its_notes(world, people):
    Application.objects.filter(pk=world.application.pk).update(company_notes=NOTES)
    key = world.application.pk
    pages = [
        reverse("application_detail", args=[key]),
        reverse("company_application", args=[key]),
        reverse("admin:applications_application_change", args=[key]),
        reverse("admin:applications_application_history", args=[key]),
        reverse("api-application-detail", args=[key]),
    ]
    readers = {p for p in PEOPLE for url in pages if NOTES in people[p].browser.get(url).text}
    assert readers == {"CO"}


@pytest.mark.parametrize(
    ("state", "readers"), [("open", set()), ("submitted", {"KO", "RO"}), ("released", {"KO", "RO"})]
)
def test_a_mark_is_read_only_when_it_is_given(world, people, state, readers):
    rubric = RubricFactory.create(cohort=world.cohort, kind=AssessmentKind.INDUSTRY)
    found = AssessmentFactory.create(placement=world.placement, rubric=rubric, state=state, comment="canary comment")
    Assessment.objects.filter(pk=found.pk).update(mark="73.25")
    urls = [reverse("admin:logbook_assessment_change", args=[found.pk]), reverse("my_placement"), reverse("documents")]
    shown = {p for p in PEOPLE for url in urls if "73.25" in people[p].browser.get(url).text}
    assert shown == readers
