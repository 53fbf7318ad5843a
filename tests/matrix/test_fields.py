"""Which keys an answer of the API has, for everybody who gets one; and what only one side reads."""

import pytest
from django.urls import reverse

from apps.applications.models import Application
from apps.logbook.models import Assessment, Rubric
from apps.logbook.states import AssessmentKind
from portal.api import router
from tests.factories.logbook import AssessmentFactory
from tests.factories.world import World, build_world
from tests.house.everything import build_everything
from tests.matrix.visitors import PEOPLE, Visitor, visitors

# Code that has tests of its own: to trace each line would take as long as the requests do.
pytestmark = [pytest.mark.django_db, pytest.mark.matrix, pytest.mark.no_cover, pytest.mark.one_database]

# Contacts of a company, notes of a company, marks, and what the university knows of a student are not among them.
KEYS = {
    "api-person": "id username full_name email phone is_active",
    "api-department": "id code name faculty",
    "api-programme": "id department code name",
    "api-cohort": "id department name phase start end working_days country required_hours latest_day_back min_hours "
    "max_hours is_open ai_enabled location_hint self_found_allowed publication_date "
    "one_place_closes_others letters_at_once deputy_after_days coordinator_after_days",
    "api-enrolment": "id student student_name studies cohort cohort_name is_active",
    "api-staff": "id user staff_no name email department supervises",
    "api-note": "id about key enrolment company text author author_name created_at may_delete",
    "api-merger": "id kept kept_name merged merged_name source created_at undone_at",
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
    "api-companyagreement": "id company company_name number signed_on expires_on days_left has_file",
    "api-import": "id kind cohort file_name sha256 encoding headers counts message refusal_code job created_at "
    "applied_at state",
    "api-importrow": "id batch line values status problems changes applied",
    "api-history": "id target_label target_id action source target actor_name via reason department at",
    "api-bookmark": "id vacancy title company_name deadline state created_at",
    "api-savedsearch": "id title words work_mode work_type sector seen_until created_at",
    "api-amendment": "id placement number kind before after successor reason created_at state",
    "api-hostrating": "id placement company stars would_recommend comment updated_at",
    "api-hostfeedback": "id placement company again places comment updated_at",
    "api-agreement": "id placement student_name company_name kind language code sha256 problem signatures missing sign_as "
    "has_scan scanned_at sent_at completed_at reason state version",
    "api-letter": "id enrolment student_name company_name address language code sha256 problem issued_at reason "
    "created_at state version",
    "api-criterion": "id company vacancy name weight position is_active",
    "api-disclosure": "id application resume viewer_name company_name way at",
    "api-round": "id cohort title opens_on closes_on publish_on most_wishes host_cap department_cap fills_up "
    "uses_meaning students_confirm allows_pairs is_open",
    "api-offer": "id round company company_name vacancy vacancy_title places",
    "api-ranking": "id round enrolment student_name wishes draft region confirmed_at",
    "api-prioritycase": "id round enrolment student_name kind reason state answered_at",
    "api-run": "id round cohort title way seed rules digest result job publish_on solved_at published_at state version",
    "api-allotment": "id run enrolment student_name offer company_name rank waiting sentences by_hand placement problem",
    "api-rubric": "id cohort kind title weight is_required zero_below days_before_end questions",
    "api-markrule": "id cohort kind limit",
    "api-marks": "id student_name cohort parts work status mark reasons",
    "api-snippet": "id owner_name text circle",
    "api-draft": "id purpose place key title outcome decision why before after notes partial tokens_in tokens_out "
    "created_at finished_at",
    "api-massmail": "id author audience subject text translations job created_at sent_at state version",
    "api-erasure": "id person person_name due_at asked_by hold_reason done_at state version",
    "api-importschedule": "id kind cohort place rhythm applies is_active looked_at next_at message created_at",
    "api-webhook": "id name url events is_active created_by created_at last_sent_at last_problem",
    "api-servicetoken": "id name scopes hint created_by created_at expires_at last_used_at revoked_at",
    "api-outboxtask": "id kind state attempts not_before last_error created_at done_at",
    "api-credential": "id placement student_name status_index revoked_at reason state version",
    "api-issued": "id code kind form enrolment student_name placement week_start sha256 confirmed_at entry_count "
    "validated_count created_at withdrawn_at reason state version",
    "api-template": "id department cohort kind name number places tried_at published_at state version",
    "api-portfolio": "id enrolment title about shows_hours skills weeks assessments files",
}
# What the usual world holds none of; its lists are empty for everybody.
NOT_THERE = ("api-notice", "api-attachment", "api-absence", "api-import", "api-importrow", "api-disclosure")
NOTES = "Only for our own people: asks well."


@pytest.fixture(scope="module")
def world(module_db: None) -> World:
    world = build_world()
    build_everything(world)
    return world


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, Visitor]:
    return visitors(world)


def test_every_list_of_the_api_has_its_keys():
    assert set(KEYS) == {basename for _prefix, _viewset, basename in router.registry}


@pytest.mark.parametrize("basename", KEYS)
def test_everybody_gets_exactly_the_keys_of_the_list(world, people, basename):
    tried = 0
    for persona in PEOPLE:
        answer = people[persona].client.get(reverse(f"{basename}-list"))
        for row in answer.json().get("results", []):
            detail = people[persona].client.get(reverse(f"{basename}-detail", args=[row["id"]])).json()
            assert (set(row), set(detail)) == (set(KEYS[basename].split()),) * 2, persona
            tried += 1
    assert tried or basename in NOT_THERE


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
    Assessment.objects.all().delete()
    rubric = Rubric.objects.get(cohort=world.cohort, kind=AssessmentKind.INDUSTRY)
    found = AssessmentFactory.create(placement=world.placement, rubric=rubric, state=state, comment="canary comment")
    Assessment.objects.filter(pk=found.pk).update(mark="73.25")
    urls = [reverse("admin:logbook_assessment_change", args=[found.pk]), reverse("my_placement"), reverse("documents")]
    shown = {p for p in PEOPLE for url in urls if "73.25" in people[p].browser.get(url).text}
    assert shown == readers
