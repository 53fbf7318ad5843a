"""Who only reads leaves nothing behind: files by GET carry a code that needs no row."""

import datetime as dt
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.api.report_generator import REPORT_GENERATOR
from apps.accounts.services.late_seals import seal_older_rows
from apps.accounts.services.token_pairs import OURS
from apps.applications.extraction.codes import codes_in
from apps.logbook.models import DailyLog, WeeklyReport
from apps.reporting.carried import Carried, read_code
from apps.reporting.selectors.issued import check_of, typed_code
from apps.reporting.states import EntriesStanding, GeneralReportState, IssuedKind
from portal.kernel.dates import monday_of
from portal.kernel.fsm import perform
from tests.clients import access_token_for, signed_in
from tests.factories.reporting import GeneralReportFactory
from tests.factories.world import World, build_world
from tests.matrix.tables import digest
from tests.reporting.test_checks import validated_week

MONDAY = monday_of(timezone.localdate()) - dt.timedelta(days=7)
AT = dt.datetime(2026, 7, 14, 9, 30, 20, tzinfo=dt.UTC)
BOOK = Carried(IssuedKind.LOGBOOK, 4711, None, AT)


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.mark.parametrize(
    "carried",
    [
        BOOK,
        Carried(IssuedKind.WEEK, 1, dt.date(2026, 7, 6), AT),
        Carried(IssuedKind.REPORT, 2**28 - 1, None, AT),
        Carried(IssuedKind.PORTFOLIO, 2, dt.date(2020, 1, 6), dt.datetime(2050, 1, 1, tzinfo=dt.UTC)),
    ],
)
def test_a_code_carries_what_it_stands_for(carried):
    code = carried.code()
    assert [len(part) for part in code.split("-")] == [5, 5, 5, 5]
    assert typed_code(code.lower().replace("-", " ")) == code
    end = carried.made_at.replace(second=59, microsecond=999_999)
    assert read_code(code) == replace(carried, made_at=end)
    assert read_code(code) != read_code(replace(carried, key=3).code())


def test_no_other_signs_are_a_code(settings):
    code = BOOK.code()
    wrong = [
        code[:at] + ("2" if code[at] != "2" else "3") + code[at + 1 :] for at in range(len(code)) if code[at] != "-"
    ]
    wrong += ["ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ", "22222-22222-22222-22222", code[:-1], code.replace(code[0], "1"), ""]
    assert [one for one in wrong if read_code(one) is not None] == []
    settings.AUDIT_KEY = "another key of this installation, long enough"
    assert (read_code(code), BOOK.code() == code) == (None, False)


@pytest.mark.parametrize("wrong", [{"key": 2**28}, {"made_at": dt.datetime(2019, 1, 1, tzinfo=dt.UTC)}])
def test_what_has_no_room_gets_no_code(wrong):
    with pytest.raises(ValueError, match="no code has room"):
        replace(BOOK, **wrong).code()


def doors(world, report) -> dict[str, str]:
    """Return the addresses that give documents by GET."""
    week = WeeklyReport.objects.get(placement=world.placement)
    return {
        "logbook": reverse("api-logbook-document", args=[world.placement.pk]) + "?format=pdf",
        "week": reverse("api-logbook-week", args=[world.placement.pk, MONDAY]) + "?format=pdf",
        "report": reverse("api-report-document", args=[report.pk]) + "?format=pdf",
        "dialect": f"/api/export/weekly/{week.pk}/pdf",
    }


def test_reading_leaves_all_tables_as_they_were_and_the_code_holds(world, client):
    validated_week(world)
    report = GeneralReportFactory.create(enrolment=world.enrolment, state=GeneralReportState.SUBMITTED)
    perform(report, "approve", actor=world.university_supervisor)
    tokens = {
        name: access_token_for(world.student, audience)
        for name, audience in (("", OURS), ("dialect", REPORT_GENERATOR))
    }
    before, found = digest(), {}
    for name, address in doors(world, report).items():
        bearer = {"HTTP_AUTHORIZATION": f"Bearer {tokens.get(name, tokens[''])}"}
        client.head(address, **bearer)
        content = client.get(address, **bearer).content
        [url] = set(codes_in(content))
        found[name] = check_of(typed_code(url.rpartition("/check/")[2]))
    assert digest() == before
    said = {name: (one.kind, one.validated_count, one.entries, one.forms) for name, one in found.items()}
    same = EntriesStanding.SAME
    assert said == {
        "logbook": ("logbook", 3, same, ()),
        "week": ("week", 3, same, ()),
        "report": ("report", 1, same, ()),
        "dialect": ("week", 3, same, ()),
    }


def test_pages_give_documents_by_post_only(world):
    desk, pk = signed_in(world.student), world.placement.pk
    addresses = [
        reverse("logbook_download", args=[pk, "docx"]),
        reverse("week_download", args=[pk, MONDAY, "docx"]),
        reverse("certificate_download", args=[pk, "docx"]),
        reverse("arrival_download", args=[1, "docx"]),
        reverse("assessment_download", args=[1, "docx"]),
        reverse("report_download", args=[1, "docx"]),
        reverse("agreement_download", args=[1]),
        reverse("letter_download", args=[1]),
    ]
    assert [desk.get(address).status_code for address in addresses] == [405] * 8


def test_the_page_says_how_it_stands_today(world, client):
    days = validated_week(world)
    code = Carried(IssuedKind.WEEK, world.placement.pk, MONDAY, timezone.now()).code()
    text = client.get(reverse("document_check", args=[code])).text
    assert [world.student.get_full_name() in text, "3 of 4 validated" in text] == [True, True]
    assert ["its hash was not kept" in text, "Compare</button>" in text] == [True, False]
    DailyLog.objects.filter(pk=days[0].pk).update(hours=1)
    assert check_of(code).entries == EntriesStanding.CHANGED
    early = Carried(IssuedKind.WEEK, world.placement.pk, MONDAY, timezone.now() - dt.timedelta(days=1)).code()
    assert (check_of(early).validated_count, check_of(early).confirmed_at) == (0, None)
    gone = Carried(IssuedKind.REPORT, 999, None, timezone.now()).code()
    assert client.get(reverse("document_check", args=[gone])).status_code == 404


def test_entries_that_were_sealed_later_say_so(world, client, monkeypatch):
    monkeypatch.setattr("apps.accounts.services.history.sealed_in", lambda *_what: None)
    validated_week(world)
    monkeypatch.undo()
    code = Carried(IssuedKind.WEEK, world.placement.pk, MONDAY, timezone.now()).code()
    assert (check_of(code).entries, check_of(code).sealed_later) == (EntriesStanding.CHANGED, None)
    seal_older_rows()
    found = check_of(code)
    assert (found.entries, found.sealed_later is None) == (EntriesStanding.SAME, False)
    assert "were sealed later, on" in client.get(reverse("document_check", args=[code])).text
