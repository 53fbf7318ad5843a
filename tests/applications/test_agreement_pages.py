"""Letters and agreements in the portal, behind a link and in the workspace."""

import re

import pytest
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.services.links import Target, issue_link
from apps.accounts.states import LinkPurpose
from apps.applications.models import Agreement
from apps.applications.permissions import signs_next
from apps.applications.selectors import agreements_to_sign
from apps.applications.states import AgreementKind, AgreementState, Party
from portal.kernel.access import SYSTEM
from tests.applications.test_agreements import scan_of
from tests.clients import signed_in
from tests.factories.applications import AgreementFactory, AgreementSignatureFactory, PlacementFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

LIST = "/admin/applications/agreement/"
# Session, user, notices; the rows to sign and the page, each with signatures and supervisors; the count.
QUESTIONS = 11


@pytest.fixture
def world() -> World:
    return build_world()


@pytest.fixture
def agreement(world):
    return AgreementFactory.create(placement=world.placement)


@pytest.fixture
def desk(world):
    return signed_in(world.coordinator)


def page_of(agreement, name="detail"):
    return reverse(f"agreement_{name}", args=[agreement.pk])


def sent(browser, address):
    """Return type and name of a file that is sent, after reading it to its end."""
    answer = browser.get(address)
    assert b"".join(answer.streaming_content)
    return answer["Content-Type"], answer["Content-Disposition"]


def typed(agreement, **changes):
    return {"name": "Asha Moshi", "agree": "on", "seen": agreement.sha256, **changes}


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# -- signed in ----------------------------------------------------------------------------------------------------


def test_the_student_finds_reads_and_signs(world, agreement):
    student = signed_in(world.student)
    assert page_of(agreement) in student.get(reverse("my_placement")).text
    page = student.get(page_of(agreement))
    assert (page.context["signs_for"], "not signed yet" in page.text) == ("Student", True)
    name = f'attachment; filename="tripartite-{agreement.code}.pdf"'
    assert sent(student, page_of(agreement, "file")) == ("application/pdf", name)
    assert student.post(page_of(agreement), typed(agreement, agree="")).context["form"].errors.keys() == {"agree"}
    stale = student.post(page_of(agreement), typed(agreement, seen="x"))
    assert "This is not the file that you saw." in stale.text
    assert student.post(page_of(agreement), typed(agreement)).status_code == 302
    signature = agreement.signatures.get()
    assert (signature.party, signature.address) == (Party.STUDENT, "127.0.0.1")
    again = student.post(page_of(agreement), typed(agreement))
    assert (again.context["form"], "This was signed already." in again.text) == (None, True)


def test_the_company_finds_it_with_its_trainee(world, agreement):
    company = signed_in(world.representative)
    assert page_of(agreement) in company.get(reverse("company_trainees")).text
    assert company.get(page_of(agreement)).context["signs_for"] == "Company"


def test_the_lecturer_reads_and_signs_nothing(world, agreement):
    lecturer = signed_in(world.university_supervisor)
    assert lecturer.get(page_of(agreement)).context["form"] is None


@pytest.mark.parametrize("persona", ["fellow_student", "rival_representative", "foreign_coordinator"])
def test_strangers_find_no_paper(world, agreement, persona):
    agreement.scan.save("scan.jpg", ContentFile(b"x"))
    browser = signed_in(getattr(world, persona))
    pages = [page_of(agreement, name) for name in ("detail", "file", "scan_file")]
    pages += [reverse("agreement_by_code", args=[agreement.code])]
    assert [browser.get(page).status_code for page in pages] == [404] * 4
    assert browser.post(reverse("agreement_download", args=[agreement.pk])).status_code == 404


def test_the_code_on_the_paper_leads_to_its_page(world, agreement):
    student = signed_in(world.student)
    assert student.get(reverse("agreement_by_code", args=[agreement.code.lower()]))["Location"] == page_of(agreement)
    assert Client().get(reverse("agreement_by_code", args=[agreement.code])).status_code == 302


def test_a_file_that_is_not_there_is_not_found(world):
    draft = AgreementFactory.create(placement=world.placement, state="draft", sha256="", file="")
    desk = signed_in(world.coordinator)
    assert [desk.get(page_of(draft, name)).status_code for name in ("detail", "file", "scan_file")] == [200, 404, 404]
    assert signed_in(world.student).get(page_of(draft)).status_code == 404


def test_a_photo_is_sent_and_filed(world, agreement):
    student = signed_in(world.student)
    page = reverse("agreement_scan")
    assert student.get(page).status_code == 200
    wrong = student.post(page, {"file": SimpleUploadedFile("a.jpg", b"nothing")})
    assert list(wrong.context["form"].errors) == ["file"]
    upload = SimpleUploadedFile("photo.jpg", scan_of(agreement))
    assert student.post(page, {"file": upload})["Location"] == page_of(agreement)
    name = f'attachment; filename="tripartite-{agreement.code}-scan.jpg"'
    assert sent(student, page_of(agreement, "scan_file")) == ("image/jpeg", name)


def test_too_large_a_scan_is_refused_before_it_is_read(world, monkeypatch):
    monkeypatch.setattr("apps.applications.forms.places.LARGEST_SCAN", 3)
    answer = signed_in(world.student).post(reverse("agreement_scan"), {"file": SimpleUploadedFile("a.pdf", b"1234")})
    assert answer.context["form"].errors == {"file": ["This file is larger than 10 MB. Scan it in grey."]}


@pytest.mark.parametrize("state", AgreementState.values)
def test_every_state_has_its_page(world, state):
    paper = AgreementFactory.create(placement=world.placement, state=state)
    assert signed_in(world.coordinator).get(page_of(paper)).status_code == 200
    assert signed_in(world.coordinator).get(f"{LIST}{paper.pk}/change/").status_code == 200


# -- whose turn it is ---------------------------------------------------------------------------------------------

TURN = "Your turn: read and sign"


@pytest.mark.parametrize(
    ("person", "page"),
    [
        ("student", "my_placement"),
        ("representative", "company_trainees"),
        ("student", "agreement_list"),
        ("industrial_supervisor", "agreement_list"),
        ("coordinator", "agreement_list"),
    ],
)
def test_whoever_signs_finds_the_button_until_it_is_done(world, agreement, person, page):
    browser = signed_in(getattr(world, person))
    shown = browser.get(reverse(page)).text
    assert (TURN in shown, "Still to sign: Student, Company, University" in shown) == (True, True)
    browser.post(page_of(agreement), typed(agreement))
    shown = browser.get(reverse(page)).text
    assert (TURN in shown, "Still to sign" in shown) == (False, True)


def test_who_only_reads_sees_for_whom_it_waits(world, agreement):
    browser = signed_in(world.university_supervisor)
    assert reverse("agreement_list") in browser.get(reverse("validate_weeks")).text
    shown = browser.get(reverse("agreement_list")).text
    waits = [words in shown for words in (TURN, "Still to sign: Student, Company, University", "Nothing waits")]
    assert waits == [False, True, True]
    stranger = signed_in(world.foreign_student).get(reverse("agreement_list")).text
    assert (str(world.student) in stranger, "No paper yet." in stranger) == (False, True)


def test_home_pages_count_the_papers_to_sign(world, agreement):
    cards = signed_in(world.representative).get(reverse("company_home")).context["cards"]
    assert [(str(card.title), card.count) for card in cards][2] == ("Papers to sign", 1)
    host = signed_in(world.industrial_supervisor)
    assert "1 paper waits for your signature." in host.get(reverse("supervise")).text
    AgreementSignatureFactory.create(agreement=agreement, party=Party.HOST, user=world.representative)
    assert "waits for your signature" not in host.get(reverse("supervise")).text


@pytest.mark.parametrize("state", AgreementState.values)
@pytest.mark.parametrize("kind", AgreementKind.values)
def test_the_turn_is_the_same_as_query_and_as_predicate(world, state, kind):
    signed = AgreementFactory.create(placement=world.placement, state=state, kind=kind)
    for party, person in ((Party.STUDENT, world.student), (Party.UNIVERSITY, world.coordinator)):
        AgreementSignatureFactory.create(agreement=signed, party=party, user=person)
    AgreementFactory.create(placement=PlacementFactory.create(enrolment=world.enrolment), state=state, kind=kind)
    found = {}
    for name, person in world.personas().items():
        listed = set(agreements_to_sign(person))
        assert listed == {row for row in Agreement.objects.all() if signs_next(row, person)}, name
        found[name] = len(listed)
    waits = state in AgreementState.waiting()
    assert found["coordinator"] == waits
    assert found["student"] == (waits and kind == AgreementKind.TRIPARTITE)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_papers_asks_the_same_number_of_questions(world, count, django_assert_num_queries):
    for number in range(count):
        placement = PlacementFactory.create(enrolment=world.enrolment, share=number + 1)
        paper = AgreementFactory.create(placement=placement)
        AgreementSignatureFactory.create(agreement=paper, party=Party.HOST, user=world.representative)
    browser = signed_in(world.student)
    browser.get(reverse("agreement_list"))
    with django_assert_num_queries(QUESTIONS):
        page = browser.get(reverse("agreement_list"))
    assert (len(page.context["mine"]), len(page.context["papers"])) == (count, 0)


# -- behind a link ------------------------------------------------------------------------------------------------


def behind(agreement, person):
    target = Target("applications.Agreement", agreement.pk, {})
    address = issue_link(person, LinkPurpose.SIGN_AGREEMENT, target, actor=SYSTEM)
    browser = Client()
    return browser, browser.get(re.sub(r"^http://[^/]+", "", address)).headers["Location"]


def test_the_host_signs_by_link_without_an_account(world, agreement):
    browser, page = behind(agreement, world.representative)
    assert browser.get(page).context["signs_for"] == "Company"
    assert sent(browser, f"{page}?file=1")[0] == "application/pdf"
    assert browser.post(page, typed(agreement, name="")).status_code == 400
    assert browser.post(page, typed(agreement, seen="x")).status_code == 400
    assert agreement.signatures.count() == 0
    assert browser.post(page, typed(agreement)).headers["Location"] == reverse("link_done")
    signature = agreement.signatures.get()
    assert (signature.party, signature.user, signature.address) == (Party.HOST, world.representative, "127.0.0.1")
    assert browser.get(page).status_code == 404


def test_who_has_lost_the_right_finds_nothing_behind_the_link(world, agreement):
    browser, page = behind(agreement, world.rival_representative)
    assert browser.get(page).status_code == 404
    browser, page = behind(agreement, world.representative)
    agreement.placement.company.members.update(is_active=False)
    assert browser.get(page).status_code == 404


def test_a_paper_that_is_complete_says_so_behind_the_link(world):
    paper = AgreementFactory.create(placement=world.placement, state="complete")
    browser, page = behind(paper, world.representative)
    assert "This is settled already" in browser.get(page).text


# -- the workspace ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions(world, desk, count, django_assert_num_queries):
    for paper in AgreementFactory.create_batch(count, placement__enrolment__cohort=world.cohort):
        AgreementSignatureFactory.create(agreement=paper)
    desk.get(LIST)
    with django_assert_num_queries(9):
        page = desk.get(LIST)
    assert len(page.context["cl"].result_list) == count


def test_papers_are_prepared_from_a_placement_and_from_the_list(world, desk):
    prepare = reverse("admin:applications_placement_prepare", args=[world.placement.pk])
    assert prepare in desk.get(reverse("admin:applications_placement_change", args=[world.placement.pk])).text
    desk.post(prepare, {"kind": "tripartite"})
    desk.post(prepare, {"kind": "nonsense"})
    assert list(Agreement.objects.order_by("pk").values_list("kind", flat=True)) == ["tripartite", "letter"]
    assert said(desk.post(prepare, {"kind": "letter"}))[-1].startswith("This paper is on its way already.")
    second = PlacementFactory.create(enrolment=world.enrolment, share=1)
    ticked = {"_selected_action": [world.placement.pk, second.pk], "index": "0"}
    for action in ("prepare_letters", "prepare_agreements"):
        told = said(desk.post("/admin/applications/placement/", {**ticked, "action": action}))
        assert told[-1].startswith("1 prepared, 1 not: This paper is on its way already.")
    assert second.agreements.count() == 2
    enrolment = desk.get(reverse("admin:accounts_enrolment_change", args=[world.enrolment.pk])).text
    assert "Tripartite agreement" in enrolment


@pytest.mark.parametrize(
    ("todo", "found"), [("sign", ["sent", "scan"]), ("scan", ["scan"]), ("problem", ["broken"]), ("x", 4)]
)
def test_the_list_is_filtered_by_what_to_do(world, desk, todo, found):
    def make(code, **values):
        return AgreementFactory.create(code=code, placement__enrolment__cohort=world.cohort, **values)

    make("sent")
    make("scan").scan.save("scan.jpg", ContentFile(b"x"))
    make("broken", state="draft", problem="No.")
    AgreementSignatureFactory.create(agreement=make("signed"), party=Party.UNIVERSITY)
    rows = [row.code for row in desk.get(LIST, {"todo": todo}).context["cl"].result_list]
    assert (len(rows) if isinstance(found, int) else sorted(rows)) == (
        found if isinstance(found, int) else sorted(found)
    )


def test_unsigned_papers_find_their_placements(world, desk, agreement):
    PlacementFactory.create(enrolment=world.enrolment, share=1)
    page = desk.get("/admin/applications/placement/", {"todo": "unsigned"})
    assert list(page.context["cl"].result_list) == [world.placement]


def test_many_are_signed_for_the_university_with_one_name(world, desk, agreement):
    done = AgreementFactory.create(placement=world.placement, kind=AgreementKind.LETTER, state="complete")
    ticked = {"action": "sign_many", "_selected_action": [agreement.pk, done.pk], "index": "0"}
    assert desk.post(LIST, ticked).context["count"] == 2
    told = said(desk.post(LIST, {**ticked, "name": "Dr. Registrar"}))
    assert told == ["1 signed.", f"{done}: There is nothing to be signed any more."]
    assert agreement.signatures.get().name == "Dr. Registrar"
    root = signed_in(world.superuser)
    assert said(root.post(LIST, {**ticked, "name": "Root"}))[0].endswith("You do not coordinate this student.")


def test_a_scan_is_looked_at_and_its_signatures_entered(world, desk, agreement):
    agreement.scan.save("scan.jpg", ContentFile(b"x"))
    accept = reverse("admin:applications_agreement_accept_scan", args=[agreement.pk])
    assert accept in desk.get(f"{LIST}{agreement.pk}/change/").text
    assert said(desk.post(accept))[-1] == "Tick who has signed."
    assert said(desk.post(accept, {"party": ["student", "nobody"]}))[-1] == "The signatures are entered."
    assert said(desk.post(accept, {"party": ["student"]}))[-1] == "This was signed already."
    assert agreement.signatures.get().party == Party.STUDENT


def test_a_file_is_made_again_from_its_page(world, desk, agreement):
    draft = AgreementFactory.create(
        placement=world.placement, kind=AgreementKind.LETTER, state="draft", sha256="", file=""
    )
    again = reverse("admin:applications_agreement_make_again", args=[draft.pk])
    assert again in desk.get(f"{LIST}{draft.pk}/change/").text
    assert said(desk.post(again))[-1] == "The file is made again; look in a moment."
    refused = desk.post(reverse("admin:applications_agreement_make_again", args=[agreement.pk]))
    assert said(refused)[-1] == "The file is there already."
