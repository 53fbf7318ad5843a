"""What the cells do not try: other people's keys in parameters and bodies, and questions asked through filters."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, Model, OneToOneField
from django.urls import reverse

from apps.accounts.models import StudentProfile, User
from apps.accounts.selectors import people_visible_to
from apps.accounts.states import CompanyState
from apps.applications.models import Application
from apps.logbook.models import DailyLog
from portal.api import router
from portal.kernel.fsm import moves_of
from portal.kernel.models import StatefulModel
from tests.factories.accounts import CompanyFactory
from tests.factories.world import World, build_world
from tests.house.everything import build_everything
from tests.matrix import mapping
from tests.matrix.visitors import PEOPLE, Visitor, visitors

# Code that has tests of its own: to trace each line would take as long as the requests do.
pytestmark = [pytest.mark.django_db, pytest.mark.matrix, pytest.mark.no_cover]

VIEWSETS = [(basename, viewset) for _prefix, viewset, basename in router.registry]
LISTS = [model for model in admin.site._registry if model is not User]


@pytest.fixture(scope="module")
def world(module_db: None) -> World:
    return build_world()


@pytest.fixture(scope="module")
def everything(world: World) -> dict[str, list[Any]]:
    return build_everything(world)


@pytest.fixture(scope="module")
def people(world: World) -> dict[str, Visitor]:
    return visitors(world)


def ids_in(visitor: Visitor, basename: str, query: str = "") -> set[int]:
    answer = visitor.client.get(reverse(f"{basename}-list") + "?page_size=200" + query)
    return {row["id"] for row in answer.json()["results"]} if answer.status_code == 200 else set()


# -- keys in addresses and parameters -----------------------------------------------------------------------------


@pytest.mark.parametrize(("basename", "viewset"), VIEWSETS, ids=[basename for basename, _viewset in VIEWSETS])
@pytest.mark.usefixtures("everything")
@pytest.mark.one_database
def test_a_list_is_the_set_whose_details_answer(people, basename, viewset):
    keys = list(viewset.model._default_manager.values_list("pk", flat=True))
    for persona in PEOPLE:
        visitor = people[persona]
        answers = {pk: visitor.client.get(reverse(f"{basename}-detail", args=[pk])).status_code for pk in keys}
        assert ids_in(visitor, basename) == {pk for pk, status in answers.items() if status == 200}, persona


@pytest.mark.parametrize(
    "query",
    ["&ordering=student__password", "&search=a", "&student=1&enrolment=1", "&id=1", "&cursor=bD0x", "&expand=student"],
)
def test_no_parameter_widens_a_list(world, people, query):
    for basename, _viewset in VIEWSETS:
        for persona in ("SX", "CX", "IX", "UX", "KX"):
            widened = ids_in(people[persona], basename, query) - ids_in(people[persona], basename)
            assert widened == set(), (basename, persona)


# -- fields that a body may not set -------------------------------------------------------------------------------


def _changed(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    return "x" if value is None or isinstance(value, (str, dt.date)) else 1


@pytest.mark.parametrize(("basename", "viewset"), VIEWSETS, ids=[basename for basename, _viewset in VIEWSETS])
@pytest.mark.one_database
def test_a_move_takes_no_field_of_the_model(everything, people, basename, viewset):
    rows = everything.get(viewset.model._meta.label, [])
    moves = moves_of(viewset.model) if issubclass(viewset.model, StatefulModel) else []
    # Made from the declaration; the others have bodies of their own.
    names = [move.name for move in moves if hasattr(viewset, f"bulk_{move.name}")]
    if not names:
        return
    row = rows[0]
    stored = type(row)._default_manager.filter(pk=row.pk).values().get()
    fields = sorted(set(stored) - {"version", "reason"})
    tried = [*((names[0], field) for field in fields), *((name, "state") for name in names)]
    for name, field in tried:
        url = reverse(f"{basename}-{name}", args=[row.pk])
        body = json.dumps({"reason": "Why not?", field: _changed(stored[field])}, default=str)
        answer = people["RO"].client.post(url, body, content_type="application/json")
        assert answer.status_code in (400, 404), (name, field, answer.status_code)
    assert type(row)._default_manager.filter(pk=row.pk).values().get() == stored


def test_a_form_of_the_workspace_takes_no_field_that_it_does_not_show(world, people):
    company = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=world.department)
    url = reverse("admin:accounts_company_change", args=[company.pk])
    from tests.matrix.pages import form_of  # noqa: PLC0415 - only this test reads a form

    form = form_of(people["KO"].browser.get(url).content.decode())
    smuggled = {"state": "approved", "proposed_by": world.student.pk, "normal_name": "x", "version_": "9", "id": "1"}
    smuggled["proposed_for"] = world.other_department.pk
    answer = people["KO"].browser.post(url, {**form, **smuggled, "address": "Plot 5"})
    company.refresh_from_db()
    assert (answer.status_code, company.address, company.state) == (302, "Plot 5", "proposed")
    assert (company.proposed_by, company.proposed_for) == (None, world.department)


def test_the_profile_takes_no_right(world, people):
    before = User.objects.filter(pk=world.student.pk).values("is_superuser", "is_staff", "username", "email").get()
    form = {"first_name": "Asha", "last_name": "M", "language": "en"}
    smuggled = {"is_superuser": "on", "is_staff": "on", "groups": "1", "username": "root", "session_version": "9"}
    answer = people["SO"].browser.post(reverse("profile"), {**form, **smuggled})
    after = User.objects.filter(pk=world.student.pk).values("is_superuser", "is_staff", "username", "email").get()
    assert (answer.status_code, after | {"email": ""}) == (302, before | {"email": ""})


# -- questions through the workspace's lists ----------------------------------------------------------------------


def paths_to_people(model: type[Model], depth: int = 3, prefix: str = "") -> Iterator[str]:
    """Yield the lookup paths from a model to people, by foreign keys only."""
    for field in model._meta.get_fields():
        if isinstance(field, (ForeignKey, OneToOneField)) and depth:
            path = f"{prefix}{field.name}"
            if field.related_model is User:
                yield path
            else:
                yield from paths_to_people(field.related_model, depth - 1, f"{path}__")


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
@pytest.mark.one_database
def test_no_filter_of_a_list_asks_for_secrets(world, people, model):
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for path in paths_to_people(model):
        for lookup in ("password__startswith", "password", "email__icontains", "is_superuser", "session_version"):
            for persona in ("KO", "RO"):
                answer = people[persona].browser.get(url, {f"{path}__{lookup}": "p"})
                assert answer.status_code in (302, 400, 404), (persona, path, lookup, answer.status_code)


@pytest.mark.parametrize("model", LISTS, ids=lambda model: model._meta.label)
@pytest.mark.one_database
def test_no_list_hands_out_another_column(world, people, model):
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for field in ("password", "secret_hash", "email", "digest"):
        answer = people["KO"].browser.get(url, {"_to_field": field, "_popup": "1"})
        assert answer.status_code in (400, 404), field


def test_a_window_of_choices_shows_own_rows_only(world, people):
    url = reverse("admin:accounts_enrolment_changelist")
    found = {p: people[p].browser.get(url, {"_popup": "1"}).content.decode() for p in ("KO", "KX")}
    assert [world.enrolment.student.last_name in found[p] for p in ("KO", "KX")] == [True, False]


def test_choices_that_are_searched_for_are_own_rows_only(world, people):
    query = {"app_label": "applications", "model_name": "placement", "field_name": "enrolment", "term": ""}
    found = {p: people[p].browser.get(reverse("admin:autocomplete"), query).json()["results"] for p in ("KO", "KX")}
    own = {p: {row["id"] for row in rows} for p, rows in found.items()}
    assert str(world.enrolment.pk) in own["KO"]
    assert own["KO"] & own["KX"] == set()


def test_people_that_are_searched_for_are_those_of_the_own_list(world, people):
    query = {"app_label": "accounts", "model_name": "enrolment", "field_name": "student", "term": ""}
    found = {p: people[p].browser.get(reverse("admin:autocomplete"), query).json()["results"] for p in ("KO", "KX")}
    own = {
        p: {str(pk) for pk in people_visible_to(getattr(world, PEOPLE[p])).values_list("pk", flat=True)} for p in found
    }
    assert {p: {row["id"] for row in rows} for p, rows in found.items()} == own
    assert own["KO"] - own["KX"] != set()


@pytest.mark.parametrize(
    "query",
    [
        {"app_label": "applications", "model_name": "placement", "field_name": "company__members"},
        {"app_label": "auth", "model_name": "permission", "field_name": "content_type"},
        {"app_label": "accounts", "model_name": "user", "field_name": "groups"},
        {},
    ],
    ids=["path", "permission", "groups", "nothing"],
)
def test_choices_of_other_fields_are_not_searched(people, query):
    answer = people["KO"].browser.get(reverse("admin:autocomplete"), {**query, "term": "a"})
    assert answer.status_code in (403, 404)


def test_an_action_on_all_of_the_list_reaches_own_rows_only(world, people):
    mine = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=world.department)
    other = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=world.other_department)
    form = {"action": "move_approve", "select_across": "1", "_selected_action": [mine.pk, other.pk]}
    people["KX"].browser.post(reverse("admin:accounts_company_changelist"), form)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, other.state) == ("proposed", "approved")


def test_a_foreign_key_in_a_form_is_no_valid_choice(world, people):
    form = {"cohort": world.other_cohort.pk, "reg_no": "2021-04-00009", "first_name": "A", "last_name": "B"}
    form |= {"programme": world.student.student_profile.programme.pk, "year_of_study": "2"}
    answer = people["KO"].browser.post(reverse("admin:accounts_enrolment_add"), form)
    assert answer.status_code == 200
    assert "Select a valid choice. That choice is not one of the available choices." in answer.text
    assert not StudentProfile.objects.filter(reg_no="2021-04-00009").exists()


def test_nobody_applies_with_another_persons_resume(world, people):
    Application.objects.filter(student=world.foreign_student).delete()
    theirs = world.application.resume
    url = reverse("vacancy_apply", args=[world.vacancy.pk])
    answer = people["SF"].browser.post(url, {"resume": theirs.pk, "cover_letter": "Mine."})
    assert answer.status_code in (200, 404)
    assert not Application.objects.filter(student=world.foreign_student).exists()


def test_the_shortcut_to_an_objects_own_page_leads_nowhere(world, people):
    kind = ContentType.objects.get_for_model(DailyLog).pk
    own = people["KO"].browser.get(reverse("admin:view_on_site", args=[kind, world.placement.pk]))
    missing = people["KO"].browser.get(reverse("admin:view_on_site", args=[kind, 10**8]))
    assert (own.status_code, missing.status_code) == (404, 404)
    # Nonces, tokens and the address itself differ from one request to the next.
    shown = [re.sub(r'(nonce|value)="[^"]*"', "", answer.text) for answer in (own, missing)]
    assert shown[0] == shown[1]


# -- what a company learns of a student ---------------------------------------------------------------------------

CANARIES = {"phone": "+255711000111", "email": "canary.address@uni.example"}


def test_companies_and_supervisors_get_no_contact_data(world, everything, people):
    User.objects.filter(pk=world.student.pk).update(**CANARIES)
    StudentProfile.objects.filter(user=world.student).update(special_need="canary need", reg_no="CANARY-7")
    pages = [
        *(("CO", "company_application", row.pk) for row in everything["applications.Application"]),
        ("CO", "company_applicants", world.vacancy.pk),
        ("CO", "company_trainees", None),
        ("CO", "company_home", None),
        ("IO", "supervise", None),
    ]
    shown = []
    for persona, name, key in pages:
        answer = people[persona].browser.get(reverse(name, args=[key] if key else []))
        shown += [(name, word) for word in (*CANARIES.values(), "canary need") if word in answer.text]
    for basename, _viewset in VIEWSETS:
        for persona in ("CO", "CX", "IO", "IX"):
            text = people[persona].client.get(reverse(f"{basename}-list")).text
            shown += [(basename, word) for word in (*CANARIES.values(), "canary need", "CANARY-7") if word in text]
    assert shown == []


def test_every_address_of_the_mapping_can_be_built(world):
    assert {endpoint.surface for endpoint in mapping.endpoints()} == {"api", "admin", "page", "link", "token"}
