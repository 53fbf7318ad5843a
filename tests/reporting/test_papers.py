"""Letters and agreements as files."""

import io
import zipfile

import pypdfium2
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import translation

from apps.accounts.services.outbox import run_due_tasks
from apps.applications.extraction.codes import codes_in
from apps.applications.models import Agreement
from apps.applications.services.agreements import prepare_agreement
from apps.applications.services.letters import Wish, issue_letter
from apps.applications.states import AgreementKind, AgreementState
from apps.reporting.builders import docx
from apps.reporting.services import papers
from apps.reporting.services.papers import make_agreement, make_letter, paper_of, paper_of_letter
from portal.kernel.errors import RuleViolation
from tests.clients import signed_in
from tests.factories.applications import AgreementFactory, IntroductionLetterFactory, PlacementFactory
from tests.factories.reporting import DocumentTemplateFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build_world()


def draft_of(world, **values):
    empty = {"state": "draft", "sha256": "", "file": "", "send_at_once": False}
    return AgreementFactory.create(placement=world.placement, **{**empty, **values})


def words_of(content):
    document = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return " ".join(text.split())


def test_a_prepared_agreement_becomes_a_pdf_with_its_code_and_is_sent(world):
    made = prepare_agreement(world.placement, AgreementKind.TRIPARTITE, actor=world.coordinator)
    run_due_tasks()
    made.refresh_from_db()
    with made.file.open("rb") as stored:
        content = stored.read()
    text = words_of(content)
    assert [word in text for word in (world.company.name, str(world.student), "8. Signatures", made.code)] == [True] * 4
    assert {code.rpartition("/check/")[2] for code in codes_in(content)} == {f"{made.code}/"}
    assert made.state == AgreementState.SENT


def test_a_letter_has_its_own_words_and_one_signature(world):
    plain = paper_of(draft_of(world, kind=AgreementKind.LETTER)).as_plain()
    assert (plain["articles"], len(plain["paragraphs"]), len(plain["signers"])) == ([], 5, 1)
    assert plain["paragraphs"][0].startswith(f"we introduce {world.student}")


def test_an_agreement_leaves_out_what_nobody_knows(world):
    placement = PlacementFactory.create(enrolment=world.enrolment, share=40, company__address="")
    paper = paper_of(AgreementFactory.create(placement=placement))
    text = " ".join(article["text"] for article in paper.as_plain()["articles"])
    found = [words in text for words in ("40 per cent", "place of work", "Work:", "At the start")]
    assert found == [True, False, False, False]
    world.placement.task = "Pumps"
    text = " ".join(article["text"] for article in paper_of(draft_of(world)).as_plain()["articles"])
    assert f"At the start this is {world.industrial_supervisor.get_full_name()}." in text
    assert "Work: Pumps" in text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_word_file_is_in_the_direction_of_its_language(world, language):
    content = docx.paper_filling(paper_of(draft_of(world, language=language))).document()
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        body = package.read("word/document.xml").decode()
    assert ("<w:bidi/>" in body, world.company.name in body) == (language == "ar", True)


def test_the_universitys_own_template_is_taken_where_it_can_be_turned_into_pdf(world, monkeypatch):
    template = docx.default_template("paper")
    DocumentTemplateFactory.create(
        kind="tripartite", department=world.department, state="published", file=ContentFile(template, name="t.docx")
    )
    monkeypatch.setattr(papers, "why_no_conversion", lambda: "")
    monkeypatch.setattr(papers, "docx_to_pdf", lambda files: [b"%PDF-" + files[0][:2]])
    made = draft_of(world)
    make_agreement(made.pk)
    with Agreement.objects.get(pk=made.pk).file.open("rb") as stored:
        assert stored.read() == b"%PDF-PK"


def test_the_universitys_own_template_without_libreoffice_is_never_another_layout(world, monkeypatch):
    DocumentTemplateFactory.create(kind="tripartite", department=world.department, state="published")
    monkeypatch.setattr(papers, "why_no_conversion", lambda: "LibreOffice is not here.")
    made = draft_of(world)
    make_agreement(made.pk)
    made.refresh_from_db()
    assert (made.problem, made.sha256) == ("LibreOffice is not here.", "")
    page = reverse("admin:applications_agreement_change", args=[made.pk])
    assert "LibreOffice is not here." in signed_in(world.coordinator).get(page).text


def test_what_is_wrong_is_kept_for_the_coordinator(world, monkeypatch):
    def refused(*_args, **_options):
        raise RuleViolation("pdf_unavailable", "PDF needs the Pango library.")

    monkeypatch.setattr("apps.reporting.builders.pdf.build_paper", refused)
    made = draft_of(world)
    make_agreement(made.pk)
    made.refresh_from_db()
    assert (made.problem, made.sha256) == ("PDF needs the Pango library.", "")
    make_agreement(0)


def test_coordinators_take_the_word_file_and_others_do_not(world, monkeypatch):
    paper = AgreementFactory.create(placement=world.placement)
    address = reverse("agreement_download", args=[paper.pk])
    desk = signed_in(world.coordinator)
    answer = desk.post(address)
    assert answer["Content-Disposition"] == f'attachment; filename="tripartite-{paper.code}.docx"'
    assert address in desk.get(f"/admin/applications/agreement/{paper.pk}/change/").text
    assert signed_in(world.student).post(address).status_code == 403

    def refused(*_args, **_options):
        raise RuleViolation("template_failed", "The template could not be filled.")

    monkeypatch.setattr("apps.reporting.views.documents.make_word_file", refused)
    assert desk.post(address)["Location"] == reverse("agreement_detail", args=[paper.pk])


# -- letters before there is a place ------------------------------------------------------------------------------


def test_an_issued_letter_becomes_a_pdf_that_names_who_issued_it(world):
    letter = issue_letter(world.enrolment, Wish("Njia Works", "Dodoma"), actor=world.coordinator)
    run_due_tasks()
    letter.refresh_from_db()
    with letter.file.open("rb") as stored:
        content = stored.read()
    text = words_of(content)
    wanted = ("Njia Works", "Dodoma", str(world.student), world.coordinator.get_full_name(), letter.code)
    assert [word in text for word in wanted] == [True] * 5
    assert {code.rpartition("/check/")[2] for code in codes_in(content)} == {f"{letter.code}/"}


@pytest.mark.parametrize(("language", "name"), [("en", "To whom it may concern"), ("sw", ""), ("ar", "")])
def test_a_letter_for_any_company_names_none(world, language, name):
    letter = IntroductionLetterFactory.create(
        enrolment=world.enrolment, company_name="", language=language, state="issued"
    )
    with translation.override(language):
        plain = paper_of_letter(letter).as_plain()
    assert name in plain["host"]["name"]
    assert plain["signers"][0]["name"] == settings.UNIVERSITY_NAME
    assert (" at  " in plain["paragraphs"][1], plain["language"]) == (False, language)


def test_a_letter_comes_from_the_template_of_the_university_and_says_what_is_wrong_with_it(world, monkeypatch):
    DocumentTemplateFactory.create(kind="letter", department=world.department, state="published")
    letter = IntroductionLetterFactory.create(enrolment=world.enrolment, state="issued")
    monkeypatch.setattr(papers, "why_no_conversion", lambda: "")
    monkeypatch.setattr(docx, "paper_filling", refuse)
    make_letter(letter.pk)
    letter.refresh_from_db()
    assert (letter.problem, letter.sha256) == ("The template asks for too much.", "")
    make_letter(0)


def refuse(*_args, **_kwargs):
    raise RuleViolation("template", "The template asks for too much.")


def test_coordinators_take_the_letter_as_a_word_file(world, monkeypatch):
    letter = IntroductionLetterFactory.create(enrolment=world.enrolment, state="issued", content=b"%PDF-1")
    address, desk = reverse("letter_download", args=[letter.pk]), signed_in(world.coordinator)
    with zipfile.ZipFile(io.BytesIO(desk.post(address).content)) as package:
        assert "Simba Works" in package.read("word/document.xml").decode()
    page = reverse("admin:applications_introductionletter_change", args=[letter.pk])
    assert address in desk.get(page).text
    assert signed_in(world.student).post(address).status_code == 403
    monkeypatch.setattr(docx, "paper_filling", refuse)
    assert desk.post(address)["Location"] == reverse("letter_detail", args=[letter.pk])
