import datetime as dt
import re
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.test import RequestFactory

from portal.kernel.fsm import Danger
from portal.kernel.looks import Blank, Cell, Day, GridRow, Look, WeekGrid


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As on your card.")
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    number = forms.CharField(label="Number", required=False, disabled=True)
    mode = forms.ChoiceField(label="Mode", choices=[("a", "On site"), ("b", "Remote")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="I agree.")
    version = forms.IntegerField(widget=forms.HiddenInput)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def move(name: str, danger: Danger, *, needs_reason: bool = False) -> SimpleNamespace:
    info = SimpleNamespace(label=name.title(), danger=danger, needs_reason=needs_reason, help="")
    return SimpleNamespace(name=name, info=info)


def test_form_ties_help_and_error_to_the_control() -> None:
    page = squeezed(str(Sample({"version": "1"})))
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert '<div class="helptext" id="id_name_helptext">As on your card.</div>' in page
    assert '<ul class="errorlist" id="id_name_error"><li>This field is required.</li></ul>' in page


def test_form_marks_the_optional_and_keeps_hidden_fields() -> None:
    page = squeezed(str(Sample()))
    assert page.count('<span class="optional">(optional)</span>') == 1
    assert page.count('<input type="hidden" name="version" id="id_version">') == 1
    assert "<legend>Mode</legend>" in page
    assert '<div class="field field--check">' in page


def test_form_shows_errors_of_the_whole_form_once() -> None:
    form = Sample({"name": "A", "mode": "a", "agree": "on", "version": "1"})
    form.full_clean()
    form.add_error(None, "The week is closed.")
    assert str(form).count("The week is closed.") == 1


def test_form_without_visible_fields_keeps_the_hidden_ones() -> None:
    class Hidden(forms.Form):
        version = forms.IntegerField(widget=forms.HiddenInput)

    assert str(Hidden()).strip() == '<input type="hidden" name="version" id="id_version">'


def test_moves_are_forms_with_the_version_and_the_look_of_their_danger() -> None:
    context = {"moves": [move("verify", Danger.MAIN), move("reject", Danger.FINAL)], "move_url": "/m/", "version": 7}
    page = squeezed(render_to_string("components/moves.html", context))
    assert page.count('<form method="post" action="/m/">') == 2
    assert page.count('<input type="hidden" name="version" value="7">') == 2
    assert '<button type="submit" class="button button--main" name="move" value="verify">Verify</button>' in page
    assert '<button type="submit" class="button button--final" name="move" value="reject">Reject</button>' in page


def test_move_with_reason_asks_for_it_without_script() -> None:
    context = {"moves": [move("request_revision", Danger.CAREFUL, needs_reason=True)], "move_url": "/m/", "version": 7}
    page = squeezed(render_to_string("components/moves.html", context))
    assert '<summary class="button button--careful">Request_Revision</summary>' in page
    assert '<textarea id="reason-request_revision" name="reason" rows="3" required maxlength="2000"' in page
    assert '<input type="hidden" name="move" value="request_revision">' in page


def test_moves_of_nobody_show_nothing() -> None:
    assert render_to_string("components/moves.html", {"moves": []}).strip() == ""


def test_week_grid_speaks_every_cell() -> None:
    monday = dt.date(2026, 7, 13)
    days = [Day(monday, "Mon", "Monday 13 July", today=True), Day(monday + dt.timedelta(1), "Tue", "Tuesday 14 July")]
    cells = [Cell(Look.VERIFIED, "Verified, 8 h", "/d/1/"), Cell(Blank.MISSING, "Missing")]
    grid = WeekGrid("Week 3", days, [GridRow("Asha Moshi", cells, "/s/1/", "31 of 48 days")], "Student")
    page = squeezed(render_to_string("components/week_grid.html", {"grid": grid}))
    assert page.count('role="img"') == 2
    assert '<a href="/d/1/" title="Verified, 8 h"><svg class="glyph glyph-verified"' in page
    assert '<td class="look-missing"><span title="Missing">' in page
    assert '<th scope="col" class="today" aria-current="date"><abbr title="Monday 13 July">Mon</abbr></th>' in page
    assert '<th scope="row"><a href="/s/1/">Asha Moshi</a></th>' in page


def test_week_grid_of_one_row_has_no_first_column() -> None:
    monday = dt.date(2026, 7, 13)
    grid = WeekGrid("Week", [Day(monday, "Mon", "Monday")], [GridRow("", [Cell(Look.DRAFT, "Draft")])], single=True)
    page = render_to_string("components/week_grid.html", {"grid": grid})
    assert ('scope="row"' in page, page.count("<th ")) == (False, 1)


def test_every_shape_is_in_the_sprite() -> None:
    sprite = render_to_string("components/sprite.html")
    shapes = set(re.findall(r'id="g-(\w+)"', sprite))
    assert shapes == {str(look) for look in (*Look, *Blank)}


def test_pager_keeps_the_other_parameters() -> None:
    request = RequestFactory().get("/list/?q=asha&page=2")
    context = {"page": Paginator(range(120), 40).page(2)}
    page = squeezed(render_to_string("components/pager.html", context, request))
    assert 'rel="prev" href="?q=asha&amp;page=1"' in page
    assert "41\u201380 of 120" in page
    assert 'rel="next" href="?q=asha&amp;page=3"' in page


def test_pager_of_one_page_shows_nothing() -> None:
    assert render_to_string("components/pager.html", {"page": Paginator([1], 40).page(1)}).strip() == ""


def test_progress_polls_only_while_the_job_runs() -> None:
    job = SimpleNamespace(pk=3, state="running", label="Export", done=4, total=9, error="", message="", result_url="")
    context = {"job": job, "poll_url": "/jobs/3/"}
    assert '<progress value="4" max="9"' in render_to_string("components/progress.html", context)
    assert 'data-poll="/jobs/3/"' in render_to_string("components/progress.html", context)
    job.state, job.result_url = "done", "/files/3/"
    page = render_to_string("components/progress.html", context)
    assert ("data-poll" in page, 'href="/files/3/">Download' in page) == (False, True)


def test_mail_in_plain_text_is_not_escaped() -> None:
    context = {
        "action_url": "https://portal.example/l/a?b=1&c=2",
        "action_label": "Look at week 3",
        "why": "You supervise Asha & Said.",
        "university_name": "Practicum University",
    }
    assert render_to_string("emails/base.txt", context).split("\n") == [
        "",
        "",
        "Look at week 3:",
        "https://portal.example/l/a?b=1&c=2",
        "",
        "-- ",
        "Practicum University · Practicum",
        "You supervise Asha & Said.",
        "",
        "",
    ]


def test_mail_in_html_writes_the_link_out() -> None:
    context = {"action_url": "https://portal.example/l/a", "action_label": "Look", "university_name": "U"}
    assert render_to_string("emails/base.html", context).count("https://portal.example/l/a") == 3
