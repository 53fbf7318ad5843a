"""What students and supervisors type into the logbook."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.applications.models import Placement
from apps.logbook.models import Absence, Assessment, Criterion, DailyLog, WeeklyReport
from apps.logbook.models.snippets import MOST_SNIPPET
from apps.logbook.selectors import Circle
from apps.logbook.services.absences import Away
from apps.logbook.services.assessments import FIELD, MOST_ANSWER
from apps.logbook.services.entries import MOST_LINE, MOST_TEXT
from apps.logbook.services.logs import DayText
from apps.logbook.services.receipts import SentDay
from apps.logbook.services.snippets import Sentence
from apps.logbook.services.weeks import Step, WeekText
from apps.logbook.states import AbsenceReason, CriterionKind
from portal.kernel.errors import RuleViolation

SPARE_STEPS = 3
STEP_ROWS = 7


def refuse(form: forms.Form, error: RuleViolation) -> None:
    """Show a rule's refusal at its field, or above the form."""
    form.add_error(error.field if error.field in form.fields else None, str(error.message))


class DayForm(forms.Form):
    text = forms.CharField(
        label=_("What did you do?"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": MOST_TEXT, "dir": "auto"}),
    )
    hours = forms.DecimalField(
        label=_("Hours"),
        min_value=Decimal("0.5"),
        max_value=24,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )
    skills = forms.CharField(label=_("Skills"), required=False, help_text=_("Separate them with commas."))
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)

    @classmethod
    def of(cls, log: DailyLog | None, hours: Decimal) -> "DayForm":
        """Return the form of a day as it is stored; ``hours`` are proposed for a day without a log."""
        key = uuid.uuid4()
        if log is None:
            return cls(initial={"hours": f"{hours.normalize():f}", "key": key})
        stored = {"text": log.text, "hours": f"{log.hours.normalize():f}", "skills": ", ".join(log.skills)}
        return cls(initial={**stored, "version": log.version, "key": key})

    def clean(self) -> dict[str, Any]:
        """Leave a place out that is none: it is a hint and never keeps a day from being taken."""
        for name in ("latitude", "longitude"):
            self.errors.pop(name, None)
        return self.cleaned_data

    def written(self) -> DayText:
        """Return what was typed."""
        skills = [skill.strip() for skill in self.cleaned_data["skills"].replace("،", ",").split(",")]
        return DayText(self.cleaned_data["text"], self.cleaned_data["hours"], [skill for skill in skills if skill])

    def sent(self, *, files: list[tuple[str, bytes]], submit: bool) -> SentDay:
        """Return what was typed as it is to be taken; a day that was shown without a log has the version 0."""
        cleaned = self.cleaned_data
        place = (cleaned.get("latitude"), cleaned.get("longitude"))
        position = None if place[0] is None or place[1] is None else (place[0], place[1])
        return SentDay(self.written(), cleaned["version"] or 0, cleaned["key"], files, submit, position)

    def show_version(self, version: int) -> None:
        """Show what was typed again, over a newer version of the day; it is a sending of its own."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(version), "key": str(uuid.uuid4())}


class WeekForm(forms.Form):
    """A week; the operations come beside it as the lists ``operation`` and ``tools``, one line each."""

    summary = forms.CharField(
        label=_("Summary of the week"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": MOST_TEXT, "dir": "auto"}),
    )
    main_job_title = forms.CharField(label=_("Main job of the week"), required=False, max_length=MOST_LINE)
    main_job_detail = forms.CharField(
        label=_("Details of the main job"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": MOST_TEXT, "dir": "auto"}),
    )
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, report: WeeklyReport | None) -> "WeekForm":
        """Return the form of a week as it is stored."""
        if report is None:
            return cls()
        names = ("summary", "main_job_title", "main_job_detail", "version")
        return cls(initial={name: getattr(report, name) for name in names})

    def typed_steps(self) -> list[Step]:
        """Return the lines of operations as they were sent."""
        data: Any = self.data
        lines = zip(data.getlist("operation"), data.getlist("tools"), strict=False)
        return [Step(description.strip(), tools.strip()) for description, tools in lines]

    def written(self) -> WeekText:
        """Return what was typed, in the order that a pressed button asks for; the service leaves out empty lines."""
        cleaned = self.cleaned_data
        steps = rearranged(self.typed_steps(), self.data.get("step", ""))
        return WeekText(cleaned["summary"], cleaned["main_job_title"], cleaned["main_job_detail"], tuple(steps))


def rearranged(steps: list[Step], command: str) -> list[Step]:
    """Return the lines after a button at one of them: ``up:2``, ``down:2``, ``drop:2``; others change nothing.

    The number is the place of the line on the page, from 0; empty lines count.
    """
    name, _colon, place = command.partition(":")
    if not (place.isdecimal() and len(place) < 4 and int(place) < len(steps)):  # noqa: PLR2004 - there are fewer lines
        return steps
    here, lines = int(place), list(steps)
    if name == "drop":
        del lines[here]
    other = {"up": here - 1, "down": here + 1}.get(name, -1)
    if 0 <= other < len(lines):
        lines[here], lines[other] = lines[other], lines[here]
    return lines


def step_rows(steps: list[Step]) -> list[Step]:
    """Return the lines of the operations' table: what is there and some empty ones, at least seven in all."""
    return [*steps, *[Step("")] * max(SPARE_STEPS, STEP_ROWS - len(steps))]


class ArrivalForm(forms.Form):
    arrived_on = forms.DateField(label=_("I am here since"), widget=forms.DateInput(attrs={"type": "date"}))
    supervisor_name = forms.CharField(label=_("My supervisor is"), max_length=120)
    supervisor_email = forms.EmailField(
        label=_("The supervisor's e-mail"),
        help_text=_("We send a link there; no account is needed. An address of the company is taken at once."),
        required=False,
    )
    supervisor_phone = forms.CharField(
        label=_("The supervisor's phone"),
        max_length=20,
        required=False,
        help_text=_("If you do not know the e-mail."),
        widget=forms.TextInput(attrs={"type": "tel", "dir": "ltr"}),
    )

    @classmethod
    def for_placement(cls, placement: Placement, data: Any = None) -> "ArrivalForm":
        """Return the form with what is known already."""
        initial = {
            "arrived_on": placement.start.isoformat(),
            "supervisor_name": placement.supervisor_name,
            "supervisor_email": placement.supervisor_email,
            "supervisor_phone": placement.supervisor_phone,
        }
        return cls(data, initial=initial)


class AbsenceForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why were you not at work?"), choices=AbsenceReason)
    to_make_up = forms.DecimalField(
        label=_("Hours to make up"),
        min_value=0,
        max_value=24,
        decimal_places=2,
        required=False,
        help_text=_("The hours that you work later instead; 0 if nothing has to be made up."),
        widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
    )
    note = forms.CharField(label=_("Note"), max_length=240, required=False)

    @classmethod
    def of(cls, absence: Absence | None, hours: Decimal, data: Any = None) -> "AbsenceForm":
        """Return the form of an absence as it is stored; of a new one ``hours`` are proposed to be made up."""
        if absence is None:
            return cls(data, initial={"to_make_up": f"{hours.normalize():f}"})
        hours_then = f"{absence.hours_to_make_up.normalize():f}"
        return cls(data, initial={"reason": absence.reason, "note": absence.note, "to_make_up": hours_then})

    def away(self) -> Away:
        """Return what was typed."""
        cleaned = self.cleaned_data
        return Away(AbsenceReason(cleaned["reason"]), cleaned["note"], cleaned["to_make_up"] or Decimal(0))


class AssessmentForm(forms.Form):
    """The questions of one rubric; a field's name is that of the service's refusals."""

    # The browser would not let a half-filled form be kept.
    use_required_attribute = False

    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, assessment: Assessment, data: Any = None) -> None:
        self.criteria = list(assessment.rubric.criteria.all())
        initial = {f"{FIELD}{key}": answer for key, answer in assessment.answers.items()}
        super().__init__(data, initial={**initial, "comment": assessment.comment, "version": assessment.version})
        for criterion in self.criteria:
            field = _field_of(criterion)
            field.required = criterion.is_required
            self.fields[f"{FIELD}{criterion.pk}"] = field
        self.fields["comment"] = forms.CharField(
            label=_("Comment"),
            required=False,
            widget=forms.Textarea(attrs={"rows": 4, "maxlength": MOST_TEXT, "dir": "auto"}),
        )

    def full_clean(self) -> None:
        """Check what was typed, but ask for nothing: half a form is kept, and only sending it needs every answer.

        The fields say all the same which answers are needed, and so does the page.
        """
        needed = [self.fields[f"{FIELD}{one.pk}"] for one in self.criteria if one.is_required]
        for field in needed:
            field.required = False
        super().full_clean()
        for field in needed:
            field.required = True

    def show_version(self, version: int) -> None:
        """Show what was typed again, over a newer version of the row."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(version)}

    def answers(self) -> dict[str, str]:
        """Return what was typed, by the criterion's key."""
        return {str(one.pk): str(self.cleaned_data.get(f"{FIELD}{one.pk}") or "") for one in self.criteria}


def _field_of(criterion: Criterion) -> forms.Field:
    """Return the field of a question."""
    label = f"{criterion.number}. {criterion.question}"
    if criterion.kind == CriterionKind.TEXT:
        widget = forms.Textarea(attrs={"rows": 3, "maxlength": MOST_ANSWER, "dir": "auto"})
        return forms.CharField(label=label, required=False, widget=widget)
    if criterion.kind == CriterionKind.SCALE:
        steps = [(str(number), step) for number, step in enumerate(criterion.steps)]
        return forms.ChoiceField(label=label, required=False, choices=steps, widget=forms.RadioSelect)
    points = [(f"{half / 2:g}", f"{half / 2:g}") for half in range(2 * criterion.most + 1)]
    help_text = _("From 0 to %(most)d points.") % {"most": criterion.most}
    return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *points], help_text=help_text)


class VisitPlanForm(forms.Form):
    planned_on = forms.DateField(label=_("Day of the visits"), widget=forms.DateInput(attrs={"type": "date"}))


class VisitReportForm(forms.Form):
    done_on = forms.DateField(label=_("Visited on"), widget=forms.DateInput(attrs={"type": "date"}))
    report = forms.CharField(
        label=_("What you saw and agreed"),
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": MOST_TEXT, "dir": "auto"}),
    )


class SnippetForm(forms.Form):
    """A feedback sentence and with whom it is shared."""

    text = forms.CharField(
        label=_("Sentence"),
        max_length=MOST_SNIPPET,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    circle = forms.ChoiceField(label=_("Who uses it"), required=False)

    def __init__(self, circles: Mapping[str, Circle], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["circle"].choices = [(key, circle.label) for key, circle in circles.items()]  # type: ignore[attr-defined] # a field with choices

    def sentence(self) -> Sentence:
        """Return what was typed."""
        return Sentence(self.cleaned_data["text"], self.cleaned_data["circle"])
