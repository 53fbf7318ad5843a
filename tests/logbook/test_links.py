import datetime as dt
import os
import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import AccessLink
from apps.accounts.services.links import Target, hash_secret, issue_link
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.states import LinkPurpose
from apps.applications.states import SupervisorKind
from apps.logbook.selectors import week_of
from apps.logbook.services.attachments import attach_file
from apps.logbook.states import ArrivalState, ChainState
from portal.kernel.access import SYSTEM
from portal.kernel.dates import monday_of
from portal.kernel.fsm import perform
from tests.factories.accounts import UserFactory
from tests.factories.applications import PlacementFactory, PlacementSupervisorFactory
from tests.factories.logbook import ArrivalNoteFactory, DailyLogFactory
from tests.logbook.test_weeks import png

MONDAY = monday_of(timezone.localdate() - dt.timedelta(days=7))


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def supervision(db):
    return PlacementSupervisorFactory.create()


@pytest.fixture
def logs(supervision):
    days = [MONDAY + dt.timedelta(days=n) for n in range(3)]
    return [DailyLogFactory.create(placement=supervision.placement, day=day, state="submitted") for day in days]


def week_link(supervision) -> str:
    target = Target("applications.Placement", supervision.placement_id, {"week": MONDAY.isoformat()})
    return issue_link(supervision.user, LinkPurpose.VERIFY_WEEK, target, actor=SYSTEM).replace(
        "http://127.0.0.1:8000", ""
    )


def opened(address: str) -> tuple[Client, str]:
    """Return a browser that has opened the link, and the clean address."""
    browser = Client()
    answer = browser.get(address)
    assert answer.status_code == 302
    return browser, answer["Location"]


def seen_text(supervision) -> str:
    return str(week_of(supervision.placement, MONDAY).waiting(SupervisorKind.INDUSTRIAL).seen)


def states(logs) -> list[str]:
    return [type(log).objects.get(pk=log.pk).state for log in logs]


def test_opening_by_a_scanner_changes_nothing(supervision, logs):
    address = week_link(supervision)
    for _ in range(5):
        assert Client().get(address, follow=True).status_code == 200
    assert Client().head(address).status_code == 302
    assert states(logs) == [ChainState.SUBMITTED] * 3
    assert AccessLink.objects.get().used_at is None


def test_the_secret_is_exchanged_for_a_cookie_and_a_clean_address(supervision, logs):
    address = week_link(supervision)
    answer = Client().get(address)
    link = AccessLink.objects.get()
    cookie = answer.cookies["link"]
    assert answer["Location"] == reverse("link_week", args=[link.pk])
    assert (cookie["path"], cookie["httponly"], cookie["samesite"], cookie["max-age"]) == ("/link/", True, "Lax", 1800)
    assert (answer["Referrer-Policy"], answer["Cache-Control"]) == ("no-referrer", "no-store, private")
    assert link.opened_at is not None
    browser, clean = opened(address)
    page = browser.get(clean)
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("strict-origin", "no-store, private")


def test_a_week_is_approved_without_an_account_and_only_once(supervision, logs):
    browser, clean = opened(week_link(supervision))
    form = {"seen": seen_text(supervision), "decision": "approve", "comment": "Well done"}
    assert browser.post(clean, form)["Location"] == reverse("link_done")
    assert states(logs) == [ChainState.VERIFIED_INDUSTRY] * 3
    log = type(logs[0]).objects.get(pk=logs[2].pk)
    assert (log.verified_by, log.host_comment) == (supervision.user, "Well done")
    link = AccessLink.objects.get()
    assert (link.used_at is not None, link.used_from) == (True, "127.0.0.1")
    assert browser.post(clean, form).status_code == 404
    assert browser.get(reverse("link_done")).status_code == 200


def test_a_post_without_the_csrf_token_is_refused(supervision, logs):
    browser = Client(enforce_csrf_checks=True)
    clean = browser.get(week_link(supervision))["Location"]
    form = {"seen": seen_text(supervision), "decision": "approve"}
    assert browser.post(clean, form).status_code == 403
    assert states(logs) == [ChainState.SUBMITTED] * 3


def test_one_day_is_sent_back_and_the_rest_approved(supervision, logs):
    browser, clean = opened(week_link(supervision))
    pk = logs[1].pk
    form = {"seen": seen_text(supervision), "decision": "back", "back": [pk], f"reason-{pk}": "Which lathe?"}
    assert browser.post(clean, form).status_code == 302
    assert states(logs) == [
        ChainState.VERIFIED_INDUSTRY,
        ChainState.REVISION_REQUESTED,
        ChainState.VERIFIED_INDUSTRY,
    ]
    assert type(logs[1]).objects.get(pk=pk).reason == "Which lathe?"


@pytest.mark.parametrize("fault", ["no mark", "no reason", "no decision", "foreign seen"])
def test_a_form_that_is_not_complete_does_nothing_and_keeps_the_link(supervision, logs, fault):
    browser, clean = opened(week_link(supervision))
    form = {"seen": seen_text(supervision), "decision": "back", "comment": "typed"}
    changes: dict[str, dict[str, object]] = {
        "no mark": {},
        "no reason": {"back": [logs[0].pk]},
        "no decision": {"decision": ""},
        "foreign seen": {"seen": "rubbish"},
    }
    answer = browser.post(clean, form | changes[fault])
    assert answer.status_code == 400
    assert answer.context["comment"] == "typed"
    assert states(logs) == [ChainState.SUBMITTED] * 3
    assert AccessLink.objects.get().used_at is None


def test_a_week_that_changed_meanwhile_is_not_decided_and_the_link_stays_good(supervision, logs):
    browser, clean = opened(week_link(supervision))
    form = {"seen": seen_text(supervision), "decision": "approve"}
    perform(logs[0], "recall", actor=supervision.placement.enrolment.student)
    assert browser.post(clean, form).status_code == 409
    assert states(logs) == [ChainState.DRAFT, ChainState.SUBMITTED, ChainState.SUBMITTED]
    assert AccessLink.objects.get().used_at is None
    assert browser.post(clean, form | {"seen": seen_text(supervision)}).status_code == 302
    assert states(logs) == [ChainState.DRAFT, ChainState.VERIFIED_INDUSTRY, ChainState.VERIFIED_INDUSTRY]


def body(answer) -> str:
    """Return the page without what differs on every page: CSRF tokens, the nonce, and the page's own address."""
    text = re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", answer.content.decode())
    return re.sub(r'nonce="[^"]*"', "", text)


def test_altered_secrets_get_one_and_the_same_answer(supervision, logs):
    address = week_link(supervision)
    secret = address.rstrip("/").rsplit("/", 1)[1]
    browser = Client()
    answers = set()
    for number in range(300):
        place = number % len(secret)
        letter = "A" if secret[place] != "A" else "B"
        altered = secret[:place] + letter + secret[place + 1 :] + "x" * (number // len(secret))
        answer = browser.get(reverse("link_open", args=[altered]))
        answers.add((answer.status_code, body(answer)))
    assert [status for status, _text in answers] == [404]


@pytest.mark.parametrize("spoil", ["expires_at", "revoked_at", "used_at"])
def test_a_spoilt_link_gets_the_same_404_before_and_after_it_was_opened(supervision, logs, spoil):
    address = week_link(supervision)
    browser, clean = opened(address)
    AccessLink.objects.update(**{spoil: timezone.now() - dt.timedelta(seconds=1)})
    wrong = body(Client().get(reverse("link_open", args=["wrong"])))
    for answer in (Client().get(address), browser.get(clean), browser.post(clean, {"decision": "approve"})):
        assert (answer.status_code, body(answer)) == (404, wrong)


def test_the_cookie_of_another_link_opens_nothing(supervision, logs):
    other = PlacementSupervisorFactory.create()
    browser, _clean = opened(week_link(other))
    _browser, foreign = opened(week_link(supervision))
    assert browser.get(foreign).status_code == 404
    assert Client().get(foreign).status_code == 404


def test_a_week_link_opens_no_arrival(supervision, logs):
    browser, _clean = opened(week_link(supervision))
    assert browser.get(reverse("link_arrival", args=[AccessLink.objects.get().pk])).status_code == 404


def test_who_does_not_supervise_any_more_sees_nothing(supervision, logs):
    browser, clean = opened(week_link(supervision))
    type(supervision).objects.update(is_active=False)
    assert browser.get(clean).status_code == 404


def test_a_file_of_the_week_is_read_behind_the_link_and_no_other(supervision, logs):
    student, foreign = supervision.placement.enrolment.student, PlacementSupervisorFactory.create().placement
    other_week = DailyLogFactory.create(placement=supervision.placement, day=MONDAY - dt.timedelta(days=7))
    other_person = DailyLogFactory.create(placement=foreign, day=MONDAY)
    rows = []
    for log, actor in ((logs[0], student), (other_week, student), (other_person, foreign.enrolment.student)):
        type(log).objects.filter(pk=log.pk).update(state="draft")
        log.refresh_from_db()
        rows.append(attach_file(log, png(), name="shaft.png", actor=actor))
        type(log).objects.filter(pk=log.pk).update(state="submitted")
    browser, clean = opened(week_link(supervision))
    link = AccessLink.objects.get()
    assert reverse("link_file", args=[link.pk, rows[0].pk]) in browser.get(clean).content.decode()
    answers = [browser.get(reverse("link_file", args=[link.pk, row.pk])) for row in rows]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[0]["Content-Disposition"] == 'attachment; filename="shaft.png"'
    assert answers[0].getvalue()[:4] == b"\x89PNG"
    assert browser.post(reverse("link_file", args=[link.pk, rows[0].pk])).status_code == 404
    assert Client().get(reverse("link_file", args=[link.pk, rows[0].pk])).status_code == 404
    assert AccessLink.objects.get().used_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer; PostgreSQL shows the race")
def test_twenty_posts_at_once_act_exactly_once():
    supervision = PlacementSupervisorFactory.create()
    log = DailyLogFactory.create(placement=supervision.placement, day=MONDAY, state="submitted")
    browser, clean = opened(week_link(supervision))
    form = {"seen": seen_text(supervision), "decision": "approve"}

    def post(_number: int) -> int:
        try:
            own = Client()
            own.cookies = browser.cookies
            return own.post(clean, form).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(post, range(20)))
    assert answers.count(302) == 1
    log.refresh_from_db()
    assert (log.state, log.version) == (ChainState.VERIFIED_INDUSTRY, 1)


# -- arrival ------------------------------------------------------------------------------------------------------


@pytest.fixture
def note(db):
    placement = PlacementFactory.create(state="confirmed")
    PlacementSupervisorFactory.create(placement=placement)
    return ArrivalNoteFactory.create(placement=placement)


def arrival_link(note) -> str:
    user, target = note.placement.supervisors.get().user, Target("logbook.ArrivalNote", note.pk, {})
    return issue_link(user, LinkPurpose.CONFIRM_ARRIVAL, target, actor=SYSTEM).replace("http://127.0.0.1:8000", "")


def test_an_arrival_is_confirmed_by_link(note):
    browser, clean = opened(arrival_link(note))
    assert browser.get(clean).status_code == 200
    assert browser.post(clean, {"move": "confirm", "version": note.version}).status_code == 302
    note.refresh_from_db()
    note.placement.refresh_from_db()
    assert (note.state, note.placement.state) == (ArrivalState.CONFIRMED, "active")
    assert browser.get(clean).status_code == 404


def test_an_arrival_is_disputed_by_link_with_a_reason(note):
    browser, clean = opened(arrival_link(note))
    form = {"move": "dispute", "version": note.version, "reason": " "}
    assert browser.post(clean, form).status_code == 400
    assert AccessLink.objects.get().used_at is None
    assert browser.post(clean, form | {"reason": "Came on Tuesday"}).status_code == 302
    note.refresh_from_db()
    assert (note.state, note.reason) == (ArrivalState.DISPUTED, "Came on Tuesday")


# -- once more ----------------------------------------------------------------------------------------------------


def test_a_lost_link_is_sent_again_with_the_same_answer_for_everybody(supervision, logs):
    UserFactory.create(email="nobody@uni.example")
    answers = []
    for email in ("unknown@host.example", "nobody@uni.example", supervision.user.email.upper()):
        answer = Client().post(reverse("link_again"), {"email": email}, follow=True)
        answers.append((answer.status_code, answer.redirect_chain, [str(m) for m in answer.context["messages"]]))
    run_due_tasks()
    assert answers == [answers[0]] * 3
    assert [letter.to for letter in mail.outbox] == [[supervision.user.email]]
    assert mail.outbox[0].body.count("/l/") == 1
    assert AccessLink.objects.count() == 1


def test_a_lost_link_is_sent_at_most_three_times_an_hour(supervision, logs):
    asked = []
    for _ in range(5):
        Client().post(reverse("link_again"), {"email": supervision.user.email})
        asked.append(run_due_tasks() > 0)
    assert asked == [True, True, True, False, False]


def test_who_has_no_account_can_say_that_it_is_not_the_own_trainee(supervision, logs):
    browser, clean = opened(week_link(supervision))
    assert browser.post(clean, {"decision": "disown"})["Location"] == reverse("link_done")
    supervision.refresh_from_db()
    assert (supervision.is_active, states(logs)) == (False, [ChainState.SUBMITTED] * 3)
    assert browser.get(clean).status_code == 404


# -- altered links ------------------------------------------------------------------------------------------------

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def altered(secret: str, number: int, randomly: random.Random) -> str:
    """Return the secret with something wrong with it: a sign changed at each place in turn, cut, longer, swapped."""
    place = number % len(secret)
    other = randomly.choice([sign for sign in ALPHABET if sign != secret[place]])
    swapped = secret[place:] + secret[:place]
    kinds = (
        secret[:place] + other + secret[place + 1 :],
        secret[: place + 1] if place + 1 < len(secret) else secret[:-1],
        secret + randomly.choice(ALPHABET),
        secret.swapcase(),
        swapped if swapped != secret else secret[::-1],
        "".join(randomly.choices(ALPHABET, k=len(secret))),
        hash_secret(secret),
    )
    return kinds[number % len(kinds)]


def test_no_altered_link_opens_anything_and_all_get_one_answer(supervision, logs):
    """``ALTERED_LINKS`` is how many are tried, 300 unless it is set; the figure that the product states is for 10,000."""
    address = week_link(supervision)
    secret, randomly = address.removeprefix("/l/").strip("/"), random.Random(9)
    browser, answers = Client(), Counter[tuple[int, bytes]]()
    for number in range(int(os.environ.get("ALTERED_LINKS", "300"))):
        wrong = altered(secret, number, randomly)
        assert wrong != secret
        answer = browser.get(reverse("link_open", args=[wrong]))
        # The token of the form and the nonce of the policy differ in every answer.
        body = re.sub(rb'(nonce|value)="[^"]*"', b"", answer.content)
        answers[answer.status_code, body] += 1
    assert [status for status, _body in answers] == [404]
    assert (states(logs), AccessLink.objects.get().opened_at) == ([ChainState.SUBMITTED] * 3, None)
    assert browser.get(address).status_code == 302


def test_an_altered_cookie_opens_nothing(supervision, logs):
    browser, clean = opened(week_link(supervision))
    value = browser.cookies["link"].value
    for place in range(len(value)):
        other = "A" if value[place] != "A" else "B"
        browser.cookies["link"] = value[:place] + other + value[place + 1 :]
        assert browser.get(clean).status_code == 404
    browser.cookies["link"] = value
    assert browser.get(clean).status_code == 200
