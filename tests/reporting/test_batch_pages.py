from dataclasses import asdict

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Job
from apps.accounts.states import JobState
from apps.applications.models import Placement
from apps.applications.states import PlacementState
from apps.reporting.admin import panels
from apps.reporting.selectors.batches import BATCH
from apps.reporting.services.batches import Wish, start_batch
from tests.factories.accounts import EnrolmentFactory, JobFactory
from tests.factories.applications import PlacementFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.mark.parametrize("who", ["student", "representative", "industrial_supervisor", "superuser"])
def test_page_is_for_staff(client, world, who):
    client.force_login(getattr(world, who))
    assert client.get(reverse("exports")).status_code == 403


def sent(**changes):
    typed = {"whose": "", "kinds": ["logbook"], "formats": ["docx"], "folder": "{cohort}", "file_name": "{reg_no}"}
    return {**typed, **changes}


@pytest.mark.parametrize("whose", ["", "cohort", "department"])
def test_page_starts_the_work_and_leads_to_it(client, world, whose):
    client.force_login(world.coordinator)
    key = {"": "", "cohort": f"cohort-{world.cohort.pk}", "department": f"department-{world.department.pk}"}[whose]
    answer = client.post(reverse("exports"), sent(whose=key))
    job = Job.objects.get()
    assert answer.url == reverse("job_detail", args=[job.pk])
    wanted = Wish(kinds=["logbook"], formats=["docx"], folder="{cohort}", file_name="{reg_no}")
    expected = asdict(wanted) | ({whose: getattr(world, whose).pk} if whose else {})
    assert (job.owner, job.payload, job.title) == (world.coordinator, expected, "Documents of 2 trainings")


def test_page_takes_placements_chosen_in_a_list(client, world):
    client.force_login(world.university_supervisor)
    address = reverse("exports") + f"?only={world.placement.pk}.x.12345678901&whose=cohort-9"
    assert b"1 training, chosen in the list." in client.get(address).content
    client.post(reverse("exports"), sent(only=str(world.placement.pk)))
    assert Job.objects.get().payload["only"] == [world.placement.pk]


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"kinds": []}, "kinds", "Choose what the zip is to hold."),
        ({"formats": []}, "formats", "Choose Word, PDF or both."),
        ({"file_name": "{reg_no"}, "file_name", "Write each placeholder in braces by itself, such as {last_name}."),
        ({"whose": "cohort-999"}, "whose", "Select a valid choice. cohort-999 is not one of the available choices."),
    ],
)
def test_page_says_at_the_field_what_is_wrong(client, world, changes, field, text):
    client.force_login(world.coordinator)
    answer = client.post(reverse("exports"), sent(**changes))
    assert (answer.status_code, answer.context["form"].errors[field]) == (400, [text])
    assert not Job.objects.exists()


def test_page_says_above_the_form_what_has_no_field(client, world):
    start_batch(Wish(), actor=world.coordinator)
    client.force_login(world.coordinator)
    answer = client.post(reverse("exports"), sent())
    assert answer.context["form"].non_field_errors() == [
        "Another zip of yours is being made. Wait for it, or cancel it."
    ]


def test_page_names_what_is_missing_of_ones_own_students_only(client, world):
    lost = PlacementFactory.create(enrolment=EnrolmentFactory.create(cohort=world.other_cohort))
    lines = [[world.placement.pk, "Logbook", "pdf", "Too long."], [lost.pk, "Logbook", "", "Not told."]]
    outcome = {"placements": [world.placement.pk], "missing": lines, "missing_count": 2}
    done = {"kind": BATCH, "state": JobState.DONE, "outcome": outcome}
    JobFactory.create(owner=world.coordinator, **done)
    JobFactory.create(owner=world.coordinator, kind=BATCH, state=JobState.FAILED, error="It broke.")
    JobFactory.create(owner=world.coordinator, kind=BATCH, state=JobState.RUNNING, done_count=3, total_count=9)
    client.force_login(world.coordinator)
    text = client.get(reverse("exports")).content.decode()
    assert f"<strong>{world.student}</strong>, Logbook (pdf): Too long." in text
    assert ("Not told." in text, "It broke." in text, "3 of 9 students" in text) == (False, True, True)


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_for_any_number(client, world, django_assert_num_queries, rows):
    outcome = {"placements": [world.placement.pk], "missing": [[world.placement.pk, "Logbook", "", "x"]]}
    now = timezone.now()
    JobFactory.create_batch(
        rows, owner=world.coordinator, kind=BATCH, state=JobState.DONE, outcome=outcome, finished_at=now
    )
    client.force_login(world.coordinator)
    client.get(reverse("exports"))
    with django_assert_num_queries(10):
        answer = client.get(reverse("exports"))
    assert len(answer.context["batches"]) == rows


def test_result_says_who_is_whole_and_leads_to_the_zips(client, world):
    outcome = {"moved": [world.placement.pk], "refused": {}, "placements": [world.placement.pk]}
    job = JobFactory.create(owner=world.coordinator, kind=BATCH, state=JobState.DONE, outcome=outcome)
    client.force_login(world.coordinator)
    shown = client.get(reverse("bulk_result", args=[job.pk]))
    assert (shown.context["text"], shown.context["more"]) == (
        "1 complete in the zip.",
        ("Your zips", reverse("exports")),
    )


# -- from the workspace -------------------------------------------------------------------------------------------


def test_action_of_the_list_of_placements_leads_to_the_page(client, world):
    cancelled = PlacementFactory.create(enrolment__cohort=world.cohort, state=PlacementState.CANCELLED)
    foreign = PlacementFactory.create(enrolment__cohort=world.other_cohort)
    client.force_login(world.coordinator)
    chosen = [world.placement.pk, cancelled.pk, foreign.pk]
    address = reverse("admin:applications_placement_changelist")
    answer = client.post(address, {"action": "take_documents", "_selected_action": chosen})
    assert answer.url == reverse("exports") + f"?only={world.placement.pk}"


def test_all_that_match_are_taken_however_many_they_are(client, world):
    PlacementFactory.create(enrolment__cohort=world.cohort, company__name="Zebra Works")
    client.force_login(world.coordinator)
    address = reverse("admin:applications_placement_changelist") + "?q=Zebra"
    across = {"action": "take_documents", "_selected_action": [world.placement.pk], "select_across": "1"}
    answer = client.post(address, across)
    assert answer.url == reverse("exports") + "?matching=q%3DZebra"
    page = client.get(answer.url)
    assert (page.context["form"].chosen, b"1 training, chosen in the list." in page.content) == (1, True)
    client.post(reverse("exports"), sent(matching="q=Zebra", all_matching="True"))
    job = Job.objects.get()
    assert (job.title, job.payload["matching"]) == ("Documents of 1 training", "q=Zebra")
    assert [row.company.name for row in Wish(**job.payload).rows(world.coordinator)] == ["Zebra Works"]
    assert Wish(matching="").rows(world.student).count() == 0


@pytest.mark.parametrize(
    ("most", "text"),
    [(500, "None of these has a logbook yet"), (0, "These are more than 0. Choose all that match, or a cohort.")],
)
def test_action_says_why_it_leads_nowhere(client, world, monkeypatch, most, text):
    monkeypatch.setattr(panels, "MOST_ONLY", most)
    if most:
        Placement.objects.update(state=PlacementState.CANCELLED)
    client.force_login(world.coordinator)
    address = reverse("admin:applications_placement_changelist")
    answer = client.post(address, {"action": "take_documents", "_selected_action": [world.placement.pk]}, follow=True)
    assert [str(message).startswith(text) for message in answer.context["messages"]] == [True]


def test_page_of_a_cohort_leads_to_its_documents(client, world):
    client.force_login(world.coordinator)
    page = client.get(reverse("admin:accounts_cohort_change", args=[world.cohort.pk]))
    link = reverse("exports") + f"?whose=cohort-{world.cohort.pk}"
    assert link in page.content.decode()
    assert b"selected>" in client.get(link).content
    client.force_login(world.superuser)
    page = client.get(reverse("admin:accounts_cohort_change", args=[world.cohort.pk]))
    assert reverse("exports") not in page.content.decode()
