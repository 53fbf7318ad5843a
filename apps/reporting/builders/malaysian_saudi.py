"""The layout of forms as Malaysian and Saudi universities print them: everything in a ruled grid, boxes to sign in."""

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from apps.reporting.builders.ooxml import shade
from apps.reporting.builders.page import GROUND, QUIET, TINT, WARN, WIDTH, Page


class MalaysianSaudi(Page):
    """Weekly sheet and logbook as a form: numbered sections, a grid of facts, days with skills, boxes for stamps."""

    def make(self, kind: str) -> bytes:
        """Return the template of a week or a whole logbook."""
        if kind == "week":
            self._week(first=True)
        else:
            self._head(size=16, first=True)
            self._facts(self._of_the_training())
            self._overview()
            self._tag("{%p for week in weeks %}")
            self._week(first=False)
            self._tag("{%p endfor %}")
        return self.finish()

    def _facts(self, rows: list[list[str]]) -> None:
        """Set labels and values side by side in a grid, labels on a ground."""
        table = self._table([34, 54, 34, 54])
        for texts in rows:
            for place, cell in enumerate(self._row(table, [""] * 4)):
                is_value = place % 2 == 1
                self._write(cell.paragraphs[0], texts[place], size=9, bold=is_value, colour=None if is_value else QUIET)
                if not is_value:
                    cell._tc.get_or_add_tcPr().append(shade(GROUND))

    def _of_the_training(self) -> list[list[str]]:
        return [
            ["{{ labels.student }}", "{{ student.full_name }}", "{{ labels.reg_no }}", "{{ student.reg_no }}"],
            ["{{ labels.programme }}", "{{ student.programme }}", "{{ labels.cohort }}", "{{ cohort_name }}"],
            [
                "{{ labels.company }}",
                "{{ host.name }}",
                "{{ labels.industrial_supervisor }}",
                "{{ host.supervisor_name }}",
            ],
            ["{{ labels.from }}", "{{ start_text }}", "{{ labels.to }}", "{{ end_text }}"],
            [
                "{{ labels.days }}",
                "{{ days_done }} {{ labels.of }} {{ days_required }}",
                "{{ labels.total_hours }}",
                "{{ total_hours_text }}",
            ],
        ]

    def _section(self, number: int, label: str, *, breaks: bool = False) -> None:
        """Set the bar above a section of the form."""
        self._gap()
        table = self._table([WIDTH])
        [cell] = self._row(table, [""])
        self._write(cell.paragraphs[0], f"{number}  {{{{ labels.{label} }}}}", bold=True)
        cell._tc.get_or_add_tcPr().append(shade(TINT))
        cell.paragraphs[0].paragraph_format.keep_with_next = True
        cell.paragraphs[0].paragraph_format.page_break_before = breaks

    def _box(self, text: str, *, height: float) -> None:
        # A table that touches the bar above it would become one with it; that is what we want here.
        table = self._table([WIDTH])
        self._row(table, [text], height=height)

    def _week(self, *, first: bool) -> None:
        self._head(size=12, first=first)
        self._facts(
            [
                ["{{ labels.student }}", "{{ student.full_name }}", "{{ labels.reg_no }}", "{{ student.reg_no }}"],
                ["{{ labels.company }}", "{{ host.name }}", "{{ labels.week_no }}", "{{ week.number }}"],
                ["{{ labels.from }}", "{{ week.start_text }}", "{{ labels.to }}", "{{ week.end_text }}"],
            ]
        )
        self._section(1, "activity")
        self._days()
        self._section(2, "summary")
        self._box("{{ week.summary }}", height=22)
        self._section(3, "main_job", breaks=True)
        self._box(
            "{{ week.main_job_title }}{% if week.main_job_detail %}: {{ week.main_job_detail }}{% endif %}", height=22
        )
        table = self._table([10, 90, 76])
        self._row(table, ["#", "{{ labels.operation }}", "{{ labels.tools }}"], head=True)
        self._loop(
            table,
            "row in week.operation_rows",
            ["{{ row.number }}", "{{ row.description }}", "{{ row.tools }}"],
            height=6.5,
        )
        self._section(4, "diagram")
        box = self._table([WIDTH])
        [cell] = self._row(box, ["{{ week.sketch|image(160, 52) }}"], height=56)
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._section(5, "industry_comments")
        self._signed("industry")
        self._section(6, "academic_comments")
        self._signed("academic")

    def _days(self) -> None:
        table = self._table([30, 90, 40, 16])
        labels = ("day_date", "activity", "skills", "hours")
        self._row(table, [f"{{{{ labels.{label} }}}}" for label in labels], head=True)
        skills = "{% for skill in day.skills %}{{ skill }}{% if not loop.last %}, {% endif %}{% endfor %}"
        cells = self._loop(table, "day in week.days", ["", "{{ day.text }}", skills, "{{ day.hours_text }}"], height=13)
        self._write(cells[0].paragraphs[0], "{{ day.day_name }}", bold=True)
        self._write(cells[0].add_paragraph(), "{{ day.date_text }}", size=8)
        absent = "{% if not day.text and day.absence %}{{ labels.absent }}: {{ day.absence }}{% endif %}"
        self._write(cells[1].paragraphs[0], absent, colour=QUIET)
        self._write(cells[1].paragraphs[0], "{% if day.missing %}{{ labels.missing }}{% endif %}", colour=WARN)
        total = self._row(table, ["", "", "", ""])
        self._write(total[0].paragraphs[0], "{{ labels.total }}", bold=True)
        self._write(total[3].paragraphs[0], "{{ week.total_hours_text }}", bold=True)

    def _signed(self, side: str) -> None:
        """Set the comment, and below it name, signature, stamp and date beside each other."""
        self._box(f"{{{{ week.{side}.comment }}}}", height=14)
        table = self._table([WIDTH / 3] * 3)
        online = f"{{% if week.{side}.at %}}{{{{ labels.signed_online }}}}{{% endif %}}"
        values = {"name": f"{{{{ week.{side}.name }}}}", "signature": online, "date": f"{{{{ week.{side}.at_text }}}}"}
        for cell, (label, value) in zip(self._row(table, [""] * 3, height=14), values.items(), strict=True):
            self._write(cell.paragraphs[0], f"{{{{ labels.{label} }}}}", size=8, colour=QUIET)
            self._write(cell.add_paragraph(), value, bold=True)

    def _overview(self) -> None:
        self._gap()
        table = self._table([14, 40, 40, 18, 32, 32])
        labels = ("week", "from", "to", "hours", "industrial_supervisor", "university_supervisor")
        self._row(table, [f"{{{{ labels.{label} }}}}" for label in labels], head=True)
        fields = ("number", "start_text", "end_text", "total_hours_text", "industry.at_text", "academic.at_text")
        self._loop(table, "week in weeks", [f"{{{{ week.{field} }}}}" for field in fields])
        self._line("").paragraph_format.space_after = Pt(6)
