import pytest
from django.urls import reverse

from apps.accounts.models import CompanyMember, User
from apps.accounts.services.people import grant
from apps.accounts.states import MemberKind, Role
from apps.logbook.models import Snippet
from apps.logbook.permissions import can_change_snippet, can_view_snippet
from apps.logbook.selectors import circle_key, circles_of, snippets_visible_to
from apps.logbook.services.snippets import MOST_OF_ONE, Sentence, change_snippet, drop_snippet, keep_snippet
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.factories.accounts import (
    CompanyMemberFactory,
    DepartmentFactory,
    StaffProfileFactory,
    StudentFactory,
    UserFactory,
)
from tests.factories.logbook import SnippetFactory

pytestmark = pytest.mark.django_db

QUERIES_LIST = 7


def fresh(person: User) -> User:
    return User.objects.get(pk=person.pk)


@pytest.fixture
def lecturer():
    person = UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    StaffProfileFactory.create(user=person)
    return fresh(person)


@pytest.fixture
def host():
    return fresh(CompanyMemberFactory.create(kind=MemberKind.SUPERVISOR).user)


def test_a_sentence_is_kept_changed_and_thrown_away_by_its_owner(lecturer):
    row = keep_snippet(Sentence("  Name the\n machine. "), actor=lecturer)
    assert (row.text, circle_key(row)) == ("Name the machine.", "")
    circle = f"d{lecturer.staff_profile.department_id}"
    assert circle_key(change_snippet(row, Sentence("Name the tool.", circle), actor=lecturer)) == circle
    stranger = UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    for refused in (
        lambda: change_snippet(row, Sentence("x"), actor=stranger),
        lambda: drop_snippet(row, actor=stranger),
    ):
        with pytest.raises(NotAllowed):
            refused()
    drop_snippet(row, actor=lecturer)
    assert Snippet.objects.count() == 0


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        (Sentence(" "), "text_missing"),
        (Sentence("x" * 501), "text_too_long"),
        (Sentence("a\x00b"), "control_character"),
        (Sentence("x", "d0"), "circle_unknown"),
        (Sentence("Known."), "kept_already"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_field(lecturer, sentence, code):
    keep_snippet(Sentence("Known."), actor=lecturer)
    with pytest.raises(RuleViolation) as refused:
        keep_snippet(sentence, actor=lecturer)
    assert (refused.value.code, refused.value.field) == (code, "circle" if code == "circle_unknown" else "text")


def test_a_hundred_are_enough(lecturer):
    Snippet.objects.bulk_create(Snippet(owner=lecturer, text=str(number)) for number in range(MOST_OF_ONE))
    with pytest.raises(RuleViolation) as refused:
        keep_snippet(Sentence("One more."), actor=lecturer)
    assert refused.value.code == "too_many_snippets"


def test_students_keep_none():
    with pytest.raises(NotAllowed):
        keep_snippet(Sentence("x"), actor=StudentFactory.create())


def test_who_belongs_to_the_circle_uses_a_shared_sentence_and_nobody_else(lecturer, host):
    colleague, coordinator, stranger = (UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR]) for _ in range(3))
    department = lecturer.staff_profile.department
    StaffProfileFactory.create(user=colleague, department=department)
    grant(coordinator, department, actor=SYSTEM)
    member = CompanyMemberFactory.create(company_id=_company(host))
    rows = {
        "own": keep_snippet(Sentence("Own."), actor=lecturer),
        "department": keep_snippet(Sentence("Shared.", f"d{department.pk}"), actor=lecturer),
        "company": keep_snippet(Sentence("Ours.", f"c{_company(host)}"), actor=host),
    }
    assert circle_key(rows["company"]) == f"c{_company(host)}"
    people = {
        "lecturer": lecturer,
        "colleague": colleague,
        "coordinator": coordinator,
        "stranger": stranger,
        "host": host,
        "member": member.user,
    }
    expected = {
        "lecturer": ["department", "own"],
        "colleague": ["department"],
        "coordinator": ["department"],
        "stranger": [],
        "host": ["company"],
        "member": ["company"],
    }
    for name, person in people.items():
        listed = set(snippets_visible_to(fresh(person)))
        assert sorted(key for key, row in rows.items() if row in listed) == expected[name], name
        allowed = [key for key, row in rows.items() if can_view_snippet(row, fresh(person))]
        assert sorted(allowed) == expected[name], name
    assert [can_change_snippet(rows["department"], fresh(p)) for p in (lecturer, colleague)] == [True, False]


def _company(host: User) -> int:
    return CompanyMember.objects.get(user=host).company_id


def test_circles_are_those_to_which_one_belongs(lecturer, host):
    department = DepartmentFactory.create(name="Zoology")
    grant(lecturer, department, actor=SYSTEM)
    own = lecturer.staff_profile.department
    assert set(circles_of(fresh(lecturer))) == {"", f"d{own.pk}", f"d{department.pk}"}
    assert set(circles_of(host)) == {"", f"c{_company(host)}"}
    without = UserFactory.create(roles=[Role.UNIVERSITY_SUPERVISOR])
    assert set(circles_of(without)) == {""}


# -- the page -----------------------------------------------------------------------------------------------------


def test_the_page_keeps_changes_and_throws_away(client, lecturer):
    client.force_login(lecturer)
    url = reverse("snippet_list")
    assert client.post(url, {"text": "Name the machine."}).status_code == 302
    row = Snippet.objects.get()
    change = reverse("snippet_change", args=[row.pk])
    circle = f"d{lecturer.staff_profile.department_id}"
    assert client.post(change, {f"{row.pk}-text": "Name the tool.", f"{row.pk}-circle": circle}).status_code == 302
    row.refresh_from_db()
    assert (row.text, row.department) == ("Name the tool.", lecturer.staff_profile.department)
    assert client.get(reverse("snippet_drop", args=[row.pk])).status_code == 405
    assert client.post(reverse("snippet_drop", args=[row.pk])).status_code == 302
    assert Snippet.objects.count() == 0


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(client, lecturer):
    client.force_login(lecturer)
    rows = [SnippetFactory.create(owner=lecturer, text=text) for text in ("One.", "Two.")]
    answer = client.post(reverse("snippet_list"), {"text": "One."})
    assert (answer.status_code, answer.context["form"].errors) == (400, {"text": ["You keep this sentence already."]})
    form = {f"{rows[0].pk}-text": "Two.", f"{rows[0].pk}-circle": ""}
    answer = client.post(reverse("snippet_change", args=[rows[0].pk]), form)
    assert answer.status_code == 400
    assert answer.context["own"][0][1].errors == {"text": ["You keep this sentence already."]}
    assert client.post(reverse("snippet_list"), {"text": ""}).status_code == 400
    assert client.post(reverse("snippet_change", args=[rows[0].pk]), {}).status_code == 400


def test_others_sentences_are_read_and_never_changed(client, lecturer):
    shared = SnippetFactory.create(department=lecturer.staff_profile.department, text="Shared by a colleague.")
    foreign = SnippetFactory.create(text="Nobody else's business.")
    client.force_login(lecturer)
    page = client.get(reverse("snippet_list"))
    assert list(page.context["shared"]) == [shared]
    assert foreign.text not in page.content.decode()
    for name in ("snippet_change", "snippet_drop"):
        for row in (shared, foreign):
            assert client.post(reverse(name, args=[row.pk]), {}).status_code == 404
    assert Snippet.objects.count() == 2


def test_the_page_is_for_who_gives_feedback(client):
    assert client.get(reverse("snippet_list")).status_code == 302
    client.force_login(StudentFactory.create())
    assert client.get(reverse("snippet_list")).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_for_any_number(client, lecturer, rows, django_assert_num_queries):
    for _ in range(rows):
        SnippetFactory.create(owner=lecturer)
        SnippetFactory.create(department=lecturer.staff_profile.department)
    client.force_login(lecturer)
    with django_assert_num_queries(QUERIES_LIST):
        assert len(client.get(reverse("snippet_list")).context["own"]) == rows
