"""What coordinators note about a student, a company and what belongs to a student: who reads, writes and deletes it."""

import json
import zipfile

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.accounts.models import HistoryEntry, Job, Note
from apps.accounts.selectors import history_of, notes_about, notes_visible_to
from apps.accounts.services import notes
from apps.accounts.services.erasure import ask_erasure, erase
from apps.accounts.services.mergers import merge_companies
from apps.accounts.services.notes import LONGEST, delete_note, write_note
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.own_data import export_own_data
from apps.accounts.services.people import grant
from apps.accounts.states import Role
from apps.applications.services.amendments import delete_placement
from apps.applications.states import PlacementState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import CompanyFactory, EnrolmentFactory, NoteFactory, UserFactory
from tests.factories.applications import ApplicationFactory, PlacementFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def page_of(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def texts(rows) -> list[str]:
    return [note.text for note in rows]


def test_a_note_stands_on_the_objects_page_newest_first_and_on_the_students(world):
    application = ApplicationFactory.create(enrolment=world.enrolment, vacancy__company=world.company)
    browser = signed_in(world.coordinator)
    for row, text in ((world.enrolment, "Of herself"), (application, "Of it"), (world.placement, "First")):
        answer = browser.post(f"{page_of(row).removesuffix('change/')}note/", {"text": f"  {text}\r\n<b>1</b> "})
        assert answer["Location"] == page_of(row) + "#notes"
    write_note(world.placement, "Second", actor=world.coordinator)
    shown = browser.get(page_of(world.placement)).text
    assert 0 < shown.index("Second") < shown.index("First\n&lt;b&gt;1&lt;/b&gt;")
    assert "Of herself" not in shown
    assert str(world.coordinator) in shown
    whole = browser.get(page_of(world.enrolment)).text
    assert [text in whole for text in ("Of herself", "Of it", "First", "Second")] == [True] * 4
    assert page_of(world.placement) in whole


def test_a_note_about_a_company_goes_with_a_merger_and_comes_back(world):
    other = CompanyFactory.create(proposed_for=world.department)
    note = write_note(other, "Pays for transport.", actor=world.coordinator)
    merge_companies(world.company, other, actor=world.superuser)
    assert texts(notes_about(world.company, world.superuser)) == ["Pays for transport."]
    note.refresh_from_db()
    assert (note.company_id, note.anchor) == (world.company.pk, world.company)


@pytest.mark.parametrize(
    ("text", "code"), [(" \r\n\0 ", "text_missing"), ("x" * (LONGEST + 1), "text_too_long"), ("One", "too_many")]
)
def test_what_is_no_note_is_refused_with_what_to_do(world, monkeypatch, text, code):
    monkeypatch.setattr(notes, "MOST_NOTES", 0 if code == "too_many" else 1)
    with pytest.raises(RuleViolation) as refusal:
        write_note(world.placement, text, actor=world.coordinator)
    assert (refusal.value.code, refusal.value.field, Note.objects.count()) == (code, "text", 0)
    answer = signed_in(world.coordinator).post(
        f"/admin/applications/placement/{world.placement.pk}/note/", {"text": text}, follow=True
    )
    assert str(refusal.value.message) in answer.text.replace("&#x27;", "'")


def test_a_note_is_deleted_by_its_author_while_in_scope_or_by_the_superuser(world):
    note = write_note(world.placement, "Mine", actor=world.coordinator)
    colleague = UserFactory.create(roles=[Role.COORDINATOR])
    grant(colleague, world.cohort, actor=SYSTEM)
    address = reverse("admin:applications_placement_note_delete", args=[world.placement.pk, note.pk])
    assert address not in signed_in(colleague).get(page_of(world.placement)).text
    assert signed_in(colleague).post(address).status_code == 403
    for person in (colleague, world.foreign_coordinator, world.student):
        with pytest.raises(NotAllowed):
            delete_note(note, actor=person)
    foreign = NoteFactory.create(author=world.coordinator)
    with pytest.raises(NotAllowed):
        delete_note(foreign, actor=world.coordinator)
    with pytest.raises(NotAllowed):
        write_note(world.placement, "Looking on", actor=world.superuser)
    elsewhere = reverse("admin:applications_placement_note_delete", args=[world.placement.pk, foreign.pk])
    assert signed_in(world.coordinator).post(elsewhere).status_code == 404
    assert address in signed_in(world.coordinator).get(page_of(world.placement)).text
    signed_in(world.coordinator).post(address)
    delete_note(foreign, actor=world.superuser)
    assert Note.objects.count() == 0


def test_the_history_says_that_there_was_a_note_and_not_what_it_said(world):
    note = write_note(world.placement, "Very private words", actor=world.coordinator)
    key = note.pk
    delete_note(note, actor=world.coordinator)
    entries = HistoryEntry.objects.filter(target_label="accounts.Note", target_id=key).order_by("pk")
    assert list(entries.values_list("action", "department", "reason")) == [
        ("create", world.department.pk, ""),
        ("delete", world.department.pk, ""),
    ]
    assert history_of(world.placement).filter(target_label="accounts.Note").count() == 0


def test_a_coordinator_without_the_company_reads_nothing_of_it_on_its_page(world):
    world.company.proposed_for = world.department
    world.company.save()
    write_note(world.company, "They pay late.", actor=world.coordinator)
    for person in (world.foreign_coordinator, world.representative, world.student):
        assert list(notes_visible_to(person)) == []
    page = signed_in(world.foreign_coordinator).get(page_of(world.company))
    assert (page.status_code, "They pay late." in page.text, "note-text" in page.text) == (200, False, False)
    assert "They pay late." in signed_in(world.superuser).get(page_of(world.company)).text


def test_notes_go_with_the_row_and_with_the_person_they_are_about(world):
    place = PlacementFactory.create(enrolment=world.enrolment, company=world.company, state=PlacementState.CONFIRMED)
    write_note(place, "Entered twice.", actor=world.coordinator)
    delete_placement(place, actor=world.coordinator)
    assert Note.objects.count() == 0
    write_note(world.placement, "About the student", actor=world.coordinator)
    kept = write_note(world.company, f"{world.student.email} had trouble there.", actor=world.coordinator)
    write_note(EnrolmentFactory.create(cohort=world.cohort), "About another", actor=world.coordinator)
    erase(ask_erasure(world.student, actor=world.superuser))
    kept.refresh_from_db()
    assert sorted(texts(Note.objects.all())) == ["", "About another"]
    assert kept.text == ""


def test_own_data_tells_that_there_is_a_note_and_not_its_words(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    write_note(world.placement, "Words for colleagues", actor=world.coordinator)
    export_own_data(actor=world.student)
    run_due_tasks()
    job = Job.objects.get()
    with job.result.open("rb") as opened, zipfile.ZipFile(opened) as archive:
        told = archive.read("data.json").decode()
    assert (len(json.loads(told)["accounts.Note"]["rows"]), "Words for colleagues" in told) == (1, False)


def test_the_database_keeps_each_note_to_one_anchor(world):
    for wrong in (
        {"enrolment": None},
        {"enrolment": world.enrolment, "company": world.company},
        {"enrolment": world.enrolment, "label": "applications.Placement"},
        {"enrolment": world.enrolment, "key": 7},
        {"enrolment": None, "company": world.company, "label": "applications.Placement", "key": 7},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            NoteFactory.create(**wrong)


def test_the_api_lists_writes_and_deletes_notes(world):
    browser = signed_in(world.coordinator)
    body = {"about": "placement", "key": world.placement.pk, "text": "By a program"}
    made = browser.post("/api/v1/notes/", body, content_type="application/json")
    assert (made.status_code, made.json()["author_name"], made.json()["may_delete"]) == (
        201,
        str(world.coordinator),
        True,
    )
    NoteFactory.create()
    write_note(world.enrolment, "Of herself", actor=world.coordinator)

    def listed(query: str) -> list[tuple[str, int, str]]:
        found = browser.get(f"/api/v1/notes/{query}").json()["results"]
        return [(row["about"], row["key"], row["text"]) for row in found]

    placed = ("placement", world.placement.pk, "By a program")
    herself = ("enrolment", world.enrolment.pk, "Of herself")
    assert listed("") == listed(f"?enrolment={world.enrolment.pk}") == [herself, placed]
    assert listed(f"?about=placement&key={world.placement.pk}") == [placed]
    assert listed("?about=enrolment") == [herself]
    assert browser.get("/api/v1/notes/?about=user").status_code == 400
    for wrong in ({"about": "user"}, {"key": 10**6}, {"text": " "}, {"about": "company", "key": world.rival.pk + 99}):
        refused = browser.post("/api/v1/notes/", body | wrong, content_type="application/json")
        assert (wrong, refused.status_code) == (wrong, 400)
    assert browser.delete(f"/api/v1/notes/{made.json()['id']}/").status_code == 204
    assert listed("") == [herself]


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_notes_takes_as_many_questions_as_one_note(world, count, django_assert_num_queries):
    for number in range(count):
        write_note(world.placement, f"Note {number}", actor=world.coordinator)
    browser = signed_in(world.coordinator)
    browser.get("/api/v1/notes/")
    with django_assert_num_queries(4):
        assert len(browser.get("/api/v1/notes/").json()["results"]) == count
