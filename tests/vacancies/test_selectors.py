import pytest
from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import Enrolment, User
from apps.accounts.states import Role
from apps.vacancies.models import Vacancy
from apps.vacancies.permissions import can_view_vacancy
from apps.vacancies.selectors import found, noting_applied, vacancies_offered_by, vacancies_visible_to
from apps.vacancies.states import VacancyState
from tests.factories.accounts import EnrolmentFactory, ProgrammeFactory, UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    built = build_world()
    built.company.proposed_for = built.department
    built.company.save()
    built.other_cohort.phase = "PT3"
    built.other_cohort.save()
    return built


def make_all_sorts(world):
    programme = world.student.student_profile.programme
    for company in (world.company, world.rival):
        for state in VacancyState:
            VacancyFactory.create(company=company, state=state)
        for wishes in ({"phase": "PT2"}, {"phase": "PT3"}, {"years": [2, 3]}, {"years": [1, 4]}):
            VacancyFactory.create(company=company, **wishes)
        VacancyFactory.create(company=company).programmes.add(programme)
        VacancyFactory.create(company=company).programmes.add(ProgrammeFactory.create())
        closed = VacancyFactory.create(company=company, state=VacancyState.CLOSED)
        ApplicationFactory.create(vacancy=closed, enrolment=world.enrolment)


def test_the_list_of_everybody_is_what_the_predicate_says(world):
    make_all_sorts(world)
    rows = list(Vacancy.objects.order_by("pk"))
    for name, person in world.personas().items():
        listed = list(vacancies_visible_to(person).order_by("pk"))
        assert (name, listed) == (name, [row for row in rows if can_view_vacancy(row, person)])


def test_the_anonymous_and_people_without_a_role_see_nothing(world):
    assert [list(vacancies_visible_to(person)) for person in (AnonymousUser(), UserFactory.create())] == [[], []]


def test_a_student_without_an_active_enrolment_sees_only_what_was_applied_for():
    application = ApplicationFactory.create()
    VacancyFactory.create()
    Enrolment.objects.update(is_active=False)
    assert list(vacancies_visible_to(application.student)) == [application.vacancy]


def test_a_student_without_a_profile_sees_what_is_open_to_all():
    enrolment = EnrolmentFactory.create(student=UserFactory.create(roles=[Role.STUDENT]))
    everybody = VacancyFactory.create()
    VacancyFactory.create(years=[2])
    VacancyFactory.create().programmes.add(ProgrammeFactory.create())
    assert list(vacancies_visible_to(enrolment.student)) == [everybody]


def test_a_student_in_two_phases_sees_what_is_open_to_either():
    first = EnrolmentFactory.create(cohort__phase="PT1")
    EnrolmentFactory.create(student=first.student, cohort__phase="PT2")
    wanted = [VacancyFactory.create(phase=phase) for phase in ("PT1", "PT2", "PT3")][:2]
    assert list(vacancies_visible_to(first.student).order_by("pk")) == wanted


def test_a_company_has_what_it_offers(world):
    draft = VacancyFactory.create(company=world.company, state=VacancyState.DRAFT)
    VacancyFactory.create(company=world.rival)
    assert list(vacancies_offered_by(world.representative)) == [draft, world.vacancy]
    assert list(vacancies_offered_by(world.coordinator)) == []


def test_what_was_applied_for_is_marked_once(world):
    other = VacancyFactory.create()
    ApplicationFactory.create(vacancy=world.vacancy)
    ApplicationFactory.create(vacancy=other)
    rows = noting_applied(vacancies_visible_to(world.student), world.student)
    assert [(row.pk, vars(row)["applied"]) for row in rows] == [(other.pk, False), (world.vacancy.pk, True)]
    marked = noting_applied(Vacancy.objects.all(), AnonymousUser())
    assert [vars(row)["applied"] for row in marked] == [False, False]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("", ["Welder", "Surveyor"]),
        ("weld", ["Welder"]),
        ("WELD tanga", ["Welder"]),
        ("weld dodoma", []),
        ("theodolite", ["Surveyor"]),
        ("measure", ["Surveyor"]),
        ("nuru", ["Welder"]),
        ("steel", ["Welder"]),
        ("كهرباء", ["Surveyor"]),
        ("100%", []),
        ("a b c d e f nowhere", []),
        ("nuru welder", ["Welder"]),
        ("elder", []),
        ("!?", []),
        ("2-stroke", ["Welder"]),
        ("stroke-2", ["Welder"]),
        ("cafe", ["Surveyor"]),
        ("كَهْرَبَاء", ["Surveyor"]),
        ("كهـــرباء", ["Surveyor"]),
        ("Strasse", ["Surveyor"]),
        ("it's", ["Welder"]),
        ("O'R", []),
        ('"weld" OR 1', []),
        ("weld* & !x:*", []),
        ("'); DROP", []),
        ("1e5", ["Surveyor"]),
        ("10.5", ["Surveyor"]),
        ("a_b", ["Surveyor"]),
    ],
)
def test_a_search_finds_every_word_somewhere(text, titles):
    VacancyFactory.create(
        title="Welder",
        location="Tanga",
        description="Joins steel, it's for 2-stroke engines.",
        company__name="Nuru Power",
    )
    VacancyFactory.create(
        title="Surveyor",
        location="Dodoma",
        short_description="You measure 1e5 times 10.5 m, a_b, at the Café in Straße 3.",
        skills=["Theodolite", "كهرباء"],
    )
    assert [row.title for row in found(Vacancy.objects.order_by("pk"), text)] == titles


def test_a_search_takes_the_first_six_words_only():
    VacancyFactory.create(title="one two three four five six")
    assert found(Vacancy.objects.all(), "one two three four five six seven").count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_a_students_list_costs_the_same_for_any_number(django_assert_num_queries, count):
    enrolment = EnrolmentFactory.create()
    VacancyFactory.create_batch(count)
    fresh = User.objects.get(pk=enrolment.student_id)
    # The scope, the enrolments, the list.
    with django_assert_num_queries(3):
        assert len(vacancies_visible_to(fresh)) == count
