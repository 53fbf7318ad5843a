"""The East African layout: a sheet with a row a day, the main job with its operations, comments and a diagram."""

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from apps.reporting.builders.ooxml import shade
from apps.reporting.builders.page import QUIET, TINT, WARN, WIDTH, Page


class EastAfrican(Page):
    """Weekly sheet and logbook as the universities of East Africa print them."""

    def make(self, kind: str) -> bytes:
        """Return the template of a week or a whole logbook."""
        if kind == "week":
            self._week(first=True)
        else:
            self._cover()
            self._overview()
            self._tag("{%p for week in weeks %}")
            self._week(first=False)
            self._tag("{%p endfor %}")
        return self.finish()

    def _week(self, *, first: bool) -> None:
        self._head(size=13, first=first)
        self._pairs(
            [
                ["{{ labels.student }}", "{{ student.full_name }}", "{{ labels.reg_no }}", "{{ student.reg_no }}"],
                ["{{ labels.company }}", "{{ host.name }}", "{{ labels.department }}", "{{ student.department }}"],
            ],
            [32, 66, 26, 52],
            lines=True,
        )
        self._gap()
        self._week_line()
        self._gap()
        self._days()
        self._line("{{ labels.summary }}", "Heading 2")
        self._rules("week.summary")
        self._main_job()
        self._decision("industry")
        self._decision("academic")
        self._line("{{ labels.diagram }}", "Heading 2").paragraph_format.keep_with_next = True
        box = self._table([WIDTH])
        [cell] = self._row(box, ["{{ week.sketch|image(166, 58) }}"], height=62)
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _week_line(self) -> None:
        table = self._table([WIDTH / 3] * 3, grid=False)
        words = (("week_no", "number"), ("from", "start_text"), ("to", "end_text"))
        aligned = (WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT)
        for cell, (label, field), alignment in zip(self._row(table, [""] * 3), words, aligned, strict=True):
            self._write(cell.paragraphs[0], f"{{{{ labels.{label} }}}} ")
            self._write(cell.paragraphs[0], f"{{{{ week.{field} }}}}", bold=True)
            cell.paragraphs[0].alignment = alignment
            cell._tc.get_or_add_tcPr().append(shade(TINT))

    def _days(self) -> None:
        table = self._table([34, 125, 17])
        self._row(table, ["{{ labels.day_date }}", "{{ labels.activity }}", "{{ labels.hours }}"], head=True)
        name, text, _ = self._loop(table, "day in week.days", ["", "{{ day.text }}", "{{ day.hours_text }}"], height=16)
        self._write(name.paragraphs[0], "{{ day.day_name }}", bold=True)
        self._write(name.add_paragraph(), "{{ day.date_text }}")
        self._write(
            text.paragraphs[0],
            "{% if not day.text and day.absence %}{{ labels.absent }}: {{ day.absence }}{% endif %}",
            colour=QUIET,
        )
        self._write(text.paragraphs[0], "{% if day.missing %}{{ labels.missing }}{% endif %}", colour=WARN)
        total = self._row(table, ["", "", ""])
        self._write(total[0].paragraphs[0], "{{ labels.total }}", bold=True)
        self._write(total[2].paragraphs[0], "{{ week.total_hours_text }}", bold=True)

    def _main_job(self) -> None:
        self._line("{{ labels.main_job }}", "Heading 2").paragraph_format.page_break_before = True
        paragraph = self._line("")
        self._write(paragraph, "{{ labels.main_job_title }}: ", colour=QUIET)
        self._write(paragraph, "{{ week.main_job_title }}", bold=True)
        paragraph.paragraph_format.space_after = Pt(4)
        self._rules("week.main_job_detail")
        self._gap()
        table = self._table([10, 83, 83])
        self._row(table, ["#", "{{ labels.operation }}", "{{ labels.tools }}"], head=True)
        fields = ["{{ row.number }}", "{{ row.description }}", "{{ row.tools }}"]
        self._loop(table, "row in week.operation_rows", fields, height=6.5)

    def _decision(self, side: str) -> None:
        self._line(f"{{{{ labels.{side}_comments }}}}", "Heading 2").paragraph_format.keep_with_next = True
        self._rules(f"week.{side}.comment")
        signed = f"{{% if week.{side}.at %}}{{{{ labels.signed_online }}}}{{% endif %}}"
        texts = ["{{ labels.name }}", f"{{{{ week.{side}.name }}}}", "{{ labels.signature }}", signed]
        texts += ["{{ labels.date }}", f"{{{{ week.{side}.at_text }}}}"]
        self._pairs([texts], [16, 46, 22, 44, 14, 34], lines=True, height=9)

    def _cover(self) -> None:
        for _ in range(6):
            self._line("")
        self._head(size=19, first=True)
        self._line("{{ student.full_name }}", size=17, bold=True, centred=True).paragraph_format.space_before = Pt(24)
        self._line("")
        facts = [
            ("reg_no", "student.reg_no"),
            ("programme", "student.programme"),
            ("year_of_study", "student.year_of_study"),
            ("phase", "student.phase"),
            ("cohort", "cohort_name"),
            ("company", "host.name"),
            ("company_address", "host.address"),
            ("industrial_supervisor", "host.supervisor_name"),
        ]
        rows = [[f"{{{{ labels.{label} }}}}", f"{{{{ {field} }}}}"] for label, field in facts]
        rows += [
            ["{{ labels.period }}", "{{ start_text }} \N{EN DASH} {{ end_text }}"],
            ["{{ labels.days }}", "{{ days_done }} {{ labels.of }} {{ days_required }}"],
            ["{{ labels.total_hours }}", "{{ total_hours_text }}"],
            ["{{ labels.issued }}", "{{ issued_at_text }}"],
        ]
        self._pairs(rows, [56, 120], lines=True)
        self._tag("{%p if checked_code %}")
        line = self._line("{{ labels.check }} {{ checked_code }}", centred=True)
        line.paragraph_format.space_before = Pt(24)
        self._tag("{%p endif %}")

    def _overview(self) -> None:
        self._line("{{ labels.weeks }}", "Heading 2").paragraph_format.page_break_before = True
        table = self._table([16, 38, 38, 16, 34, 34])
        labels = ("week", "from", "to", "hours", "industrial_supervisor", "university_supervisor")
        self._row(table, [f"{{{{ labels.{label} }}}}" for label in labels], head=True)
        fields = ("number", "start_text", "end_text", "total_hours_text", "industry.at_text", "academic.at_text")
        self._loop(table, "week in weeks", [f"{{{{ week.{field} }}}}" for field in fields])
