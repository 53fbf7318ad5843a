"""Portfolios: only validated things, only the chosen ones, only as long as the link works."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AccessLink
from apps.accounts.services.erasure import ask_erasure, erase
from apps.applications.extraction.codes import codes_in
from apps.logbook.models import DailyLog, LogAttachment, WeeklyReport
from apps.reporting.models import IssuedDocument, Portfolio
from apps.reporting.selectors.portfolios import links_of_portfolio, page_of_portfolio, portfolio_behind
from apps.reporting.services import portfolios
from apps.reporting.services.portfolios import Choice, save_portfolio, share_portfolio
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.logs import mask
from tests.clients import signed_in
from tests.factories.logbook import AssessmentFactory, DailyLogFactory, WeeklyReportFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db
WEEK = dt.timedelta(days=7)


@pytest.fixture
def world() -> World:
    return build_world()


def logged(world, number, state, **values) -> tuple[DailyLog, WeeklyReport]:
    """Write a day and a week, so many weeks ago."""
    monday = timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday()) - number * WEEK
    stamps = {"validated_at": timezone.now()} if state == "verified_academic" else {}
    place = {"placement": world.placement, "week_start": monday, "state": state, **stamps}
    log = DailyLogFactory.create(day=monday, hours=8, **{**place, **values})
    return log, WeeklyReportFactory.create(number=9 - number, main_job_title=f"Job {number}", **place)


def everything(world) -> Choice:
    """Tick all rows that there are, whosever and in whatever state."""
    return Choice(
        title="What I can do",
        about="I turn shafts.",
        shows_hours=True,
        weeks=list(WeeklyReport.objects.values_list("pk", flat=True)),
        assessments=[1, 2, 3, *AssessmentFactory._meta.model.objects.values_list("pk", flat=True)],
        files=list(LogAttachment.objects.values_list("pk", flat=True)),
        skills=["turning", "flying", "welding"],
    )


@pytest.fixture
def shown(world) -> tuple[Portfolio, str]:
    """A portfolio with all that is validated, and the path of its link."""
    log, _week = logged(world, 2, "verified_academic", skills=["turning"])
    open_log, _open = logged(world, 1, "submitted", skills=["welding"], text="Not yet looked at.")
    for row, name in ((log, "drawing.pdf"), (open_log, "secret.pdf")):
        LogAttachment.objects.create(
            log=row, file=ContentFile(b"%PDF-1.4 x", name=name), original_name=name, size=10, sha256="a" * 64
        )
    AssessmentFactory.create(placement=world.placement, state="released", mark=90, submitted_at=timezone.now())
    found = save_portfolio(world.enrolment, everything(world), actor=world.student)
    secret = share_portfolio(found, "Kilimo Works", 30, actor=world.student)
    return found, reverse("portfolio_shared", args=[secret])


def test_only_what_is_validated_can_be_chosen(world, shown):
    page = page_of_portfolio(shown[0])
    assert [week.main_job_title for week in page.weeks] == ["Job 2"]
    assert ([*page.skills], page.hours, page.days) == ([("turning", 1)], 8, 1)
    assert [(mark.mark, mark.by) for mark in page.marks] == [("90", "industrial_supervisor")]
    assert [file.original_name for file in page.files] == ["drawing.pdf"]
    with pytest.raises(NotAllowed):
        save_portfolio(world.enrolment, everything(world), actor=world.fellow_student)


def test_the_page_shows_the_chosen_to_whoever_has_the_link_and_nothing_more(world, shown, client):
    answer = client.get(shown[1])
    assert (answer.status_code, answer["X-Robots-Tag"], answer["Referrer-Policy"], answer["Cache-Control"]) == (
        200,
        "noindex, nofollow",
        "no-referrer",
        "no-store, private",
    )
    wanted = (world.student.get_full_name(), "Job 2", "turning", "90 %", "8 validated hours on 1 day<", "drawing.pdf")
    assert [word for word in wanted if word not in answer.text] == []
    profile = world.student.student_profile
    hidden = ("Job 1", "welding", "secret.pdf", "Not yet", profile.reg_no, world.student.email)
    assert [word for word in (*hidden, world.industrial_supervisor.get_full_name()) if word in answer.text] == []
    files = {file.original_name: f"{shown[1]}files/{file.pk}/" for file in LogAttachment.objects.all()}
    assert b"".join(client.get(files["drawing.pdf"]).streaming_content) == b"%PDF-1.4 x"
    assert client.get(files["secret.pdf"]).status_code == 404
    assert AccessLink.objects.get().opened_at is not None
    assert mask(f"GET {shown[1]}") == "GET /p/***/"


def test_without_a_title_the_name_stands_there_once_and_hours_end_with_the_last_digit(shown, client):
    found, address = shown
    name = found.enrolment.student.get_full_name()
    assert client.get(address).text.count(f"<bdi>{name}</bdi>") == 1
    DailyLog.objects.update(hours="7.50")
    Portfolio.objects.update(title="")
    page = client.get(address).text
    assert (page.count(f"<bdi>{name}</bdi>"), f'<h1 dir="auto">{name}</h1>' in page) == (0, True)
    assert "7.5 validated hours on 1 day<" in page


def test_what_is_not_validated_any_more_goes_at_once(shown, client):
    WeeklyReport.objects.update(state="flagged")
    DailyLog.objects.update(is_current=False)
    assert [word for word in ("Job 2", "turning", "drawing.pdf") if word in client.get(shown[1]).text] == []


def test_as_pdf_it_carries_a_code(world, shown, client):
    answer = client.get(f"{shown[1]}portfolio.pdf")
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    [address] = set(codes_in(answer.content))
    page = client.get(f"/check/{address.rpartition('/check/')[2]}").text
    assert [world.student.get_full_name() in page, "comes from here and holds" in page] == [True, True]
    assert not IssuedDocument.objects.exists()


def test_a_pdf_that_cannot_be_made_says_why(shown, client, monkeypatch):
    def refused(*_args, **_options):
        raise RuleViolation("pdf_unavailable", "Pango is not here.")

    monkeypatch.setattr("apps.reporting.views.portfolios.make_portfolio", refused)
    assert "Pango is not here." in client.get(f"{shown[1]}portfolio.pdf", follow=True).text


def test_an_expired_or_withdrawn_link_is_one_clear_page(world, shown, client):
    wrong = client.get("/p/nothing/")
    assert (wrong.status_code, "not shown any more" in wrong.text) == (404, True)
    link = links_of_portfolio(shown[0]).get()
    assert client.get(shown[1].replace("/p/", "/l/")).status_code == 404
    AccessLink.objects.update(expires_at=timezone.now())
    assert "not shown any more" in client.get(shown[1]).text
    AccessLink.objects.update(expires_at=timezone.now() + WEEK)
    address = reverse("portfolio_withdraw", args=[link.pk])
    assert signed_in(world.fellow_student).post(address).status_code == 404
    desk = signed_in(world.student)
    assert "Withdrawn. Whoever has the link" in desk.post(address, follow=True).text
    assert [client.get(f"{shown[1]}{path}").status_code for path in ("", "portfolio.pdf", "files/1/")] == [404] * 3
    assert "This link has been used or has expired." in desk.post(address, follow=True).text


def test_a_link_for_something_else_shows_no_portfolio(shown):
    link = AccessLink.objects.get()
    assert (portfolio_behind(link), portfolio_behind(None)) == (shown[0], None)
    link.purpose = "join"
    assert portfolio_behind(link) is None


def test_the_student_composes_previews_and_shares(world):
    _log, week = logged(world, 2, "verified_academic", skills=["turning"])
    desk, page = signed_in(world.student), reverse("portfolio")
    assert desk.get(reverse("portfolio_preview")).status_code == 404
    assert "Job 2" in desk.get(page).text
    assert Portfolio.objects.count() == 0
    values = {"title": "Mine", "about": "Hello", "weeks": [week.pk, "x", "9" * 30], "skills": ["turning"]}
    assert "Look at it before you share it." in desk.post(page, values, follow=True).text
    preview = desk.get(reverse("portfolio_preview")).text
    assert [word in preview for word in ("Mine", "Job 2", "validated hours")] == [True, True, False]
    made = desk.post(reverse("portfolio_share"), {"label": "Njia", "days": "7"})
    address = made.text.partition('readonly value="')[2].partition('"')[0]
    assert signed_in(world.rival_representative).get(address).status_code == 200
    assert "was opened" in desk.get(page).text
    assert "Choose how long" in desk.post(reverse("portfolio_share"), {"days": "365"}, follow=True).text
    assert Portfolio.objects.get().title == "Mine"
    assert reverse("portfolio") in desk.get(reverse("documents")).text


def test_twenty_links_are_enough(world, shown, monkeypatch):
    monkeypatch.setattr(portfolios, "MOST_LINKS", 1)
    with pytest.raises(RuleViolation, match="Withdraw a link first"):
        share_portfolio(shown[0], "", 7, actor=world.student)


def test_composing_asks_as_often_for_many_weeks_as_for_one(world, django_assert_num_queries):
    desk, counts = signed_in(world.student), []
    for number in (1, 2, 3):
        logged(world, number, "verified_academic", skills=[f"skill {number}"])
        save_portfolio(world.enrolment, everything(world), actor=world.student)
        if number != 2:
            with django_assert_num_queries(15):
                counts.append(desk.get(reverse("portfolio")).status_code)
    assert counts == [200, 200]


def test_erasure_takes_the_portfolio_and_its_links(world, shown, client):
    erase(ask_erasure(world.student, actor=world.superuser))
    assert (Portfolio.objects.count(), AccessLink.objects.filter(purpose="show_portfolio").count()) == (0, 0)
    assert client.get(shown[1]).status_code == 404
