"""A plain European layout: a training record with fine lines and no boxes, as an apprentice's record is kept."""

from collections.abc import Sequence

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from docx.table import Table

from apps.reporting.builders.ooxml import borders
from apps.reporting.builders.page import EDGE, QUIET, WARN, WIDTH, Page

HAIR = "C9D1D8"


class European(Page):
    """Weekly sheet and logbook with open tables: one line under each row."""

    def make(self, kind: str) -> bytes:
        """Return the template of a week or a whole logbook."""
        if kind == "week":
            self._week(first=True)
        else:
            self._contents()
            self._tag("{%p for week in weeks %}")
            self._week(first=False)
            self._tag("{%p endfor %}")
        return self.finish()

    def _open_table(self, widths: Sequence[float], labels: Sequence[str]) -> Table:
        """Begin a table with a line under its head and finer ones between its rows."""
        table = self._table(widths, grid=False)
        properties = table._tbl.tblPr
        properties.append(borders("w:tblBorders", ("insideH", "bottom"), HAIR))
        for cell in self._row(table, labels, head=True):
            cell._tc.get_or_add_tcPr().append(borders("w:tcBorders", ("bottom",), EDGE, size=8))
        return table

    def _letterhead(self, *, first: bool) -> None:
        """Set university and department at the start, the logo at the end."""
        table = self._table([126, 50], grid=False)
        words, logo = self._row(table, ["", ""])
        self._write(words.paragraphs[0], "{{ university }}", bold=True)
        self._write(words.add_paragraph(), "{{ department }}", colour=QUIET)
        self._write(logo.paragraphs[0], "{{ logo|image(46, 14) }}")
        logo.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        words.paragraphs[0].paragraph_format.page_break_before = not first

    def _week(self, *, first: bool) -> None:
        self._letterhead(first=first)
        title = self._line("{{ labels.week }} {{ week.number }}", size=20, bold=True)
        title.paragraph_format.space_before = Pt(2)
        span = self._line("{{ week.start_text }} \N{EN DASH} {{ week.end_text }}", size=11)
        span.paragraph_format.space_after = Pt(2)
        self._pairs(
            [
                ["{{ labels.student }}", "{{ student.full_name }}", "{{ labels.reg_no }}", "{{ student.reg_no }}"],
                ["{{ labels.company }}", "{{ host.name }}", "{{ labels.programme }}", "{{ student.programme }}"],
            ],
            [30, 64, 26, 56],
            lines=False,
        )
        self._gap()
        self._days()
        self._line("{{ labels.summary }}", "Heading 2")
        self._rules("week.summary")
        self._main_job()
        self._tag("{%p if week.sketch %}")
        self._line("{{ week.sketch|image(120, 80) }}", centred=True).paragraph_format.space_before = Pt(8)
        self._tag("{%p endif %}")
        self._comments()
        self._signatures()

    def _days(self) -> None:
        labels = ("day", "activity", "hours")
        table = self._open_table([50, 109, 17], [f"{{{{ labels.{label} }}}}" for label in labels])
        name, text, hours = self._loop(table, "day in week.days", ["", "{{ day.text }}", "{{ day.hours_text }}"])
        self._write(name.paragraphs[0], "{{ day.day_name }}", bold=True)
        self._write(name.paragraphs[0], "  {{ day.date_text }}", size=8, colour=QUIET)
        self._write(
            text.paragraphs[0],
            "{% if not day.text and day.absence %}{{ labels.absent }}: {{ day.absence }}{% endif %}",
            colour=QUIET,
        )
        self._write(text.paragraphs[0], "{% if day.missing %}{{ labels.missing }}{% endif %}", colour=WARN)
        total = self._row(table, ["", "", ""])
        self._write(total[1].paragraphs[0], "{{ labels.total }}", bold=True)
        self._write(total[2].paragraphs[0], "{{ week.total_hours_text }}", bold=True)
        ends = [cell.paragraphs[0] for cell in (table.rows[0].cells[2], hours, total[2], total[1])]
        for paragraph in ends:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def _main_job(self) -> None:
        self._line("{{ labels.main_job_title }}: {{ week.main_job_title }}", "Heading 2")
        self._tag("{%p if week.main_job_detail %}")
        self._line("{{ week.main_job_detail }}").paragraph_format.space_after = Pt(4)
        self._tag("{%p endif %}")
        self._tag("{%p if week.operations %}")
        table = self._open_table([10, 94, 72], ["#", "{{ labels.operation }}", "{{ labels.tools }}"])
        self._loop(table, "row in week.operations", ["{{ row.number }}", "{{ row.description }}", "{{ row.tools }}"])
        self._tag("{%p endif %}")

    def _comments(self) -> None:
        for side in ("industry", "academic"):
            self._tag(f"{{%p if week.{side}.comment %}}")
            self._line(f"{{{{ labels.{side}_comments }}}}", "Heading 2")
            self._line(f"{{{{ week.{side}.comment }}}}")
            self._tag("{%p endif %}")

    def _signatures(self) -> None:
        """Set three lines to sign on beside each other; who confirmed online stands on the line."""
        self._gap()
        table = self._table([WIDTH / 3] * 3, grid=False)
        signed = "{{% if week.{side}.at %}}{{{{ labels.signed_online }}}}, {{{{ week.{side}.at_text }}}}{{% endif %}}"
        lines = ["", signed.format(side="industry"), signed.format(side="academic")]
        for cell in self._row(table, lines, height=12):
            properties = cell._tc.get_or_add_tcPr()
            properties.append(borders("w:tcBorders", ("bottom",), EDGE))
            properties.append(self.at_the_bottom())
            cell.paragraphs[0].paragraph_format.keep_with_next = True
        names = ["{{ student.full_name }}", "{{ week.industry.name }}", "{{ week.academic.name }}"]
        roles = ["student", "industrial_supervisor", "university_supervisor"]
        for cell, role in zip(self._row(table, names), roles, strict=True):
            self._write(cell.add_paragraph(), f"{{{{ labels.{role} }}}}", size=8, colour=QUIET)

    def _contents(self) -> None:
        """Set the first page: whose record it is, where and when, and how many hours each week had."""
        self._letterhead(first=True)
        self._line("{{ title }}", size=24, bold=True).paragraph_format.space_before = Pt(60)
        self._line("{{ student.full_name }}", size=16).paragraph_format.space_after = Pt(20)
        facts = [
            ("reg_no", "student.reg_no"),
            ("programme", "student.programme"),
            ("company", "host.name"),
            ("company_address", "host.address"),
            ("industrial_supervisor", "host.supervisor_name"),
        ]
        rows = [[f"{{{{ labels.{label} }}}}", f"{{{{ {field} }}}}"] for label, field in facts]
        rows.append(["{{ labels.period }}", "{{ start_text }} \N{EN DASH} {{ end_text }}"])
        rows.append(["{{ labels.days }}", "{{ days_done }} {{ labels.of }} {{ days_required }}"])
        rows.append(["{{ labels.total_hours }}", "{{ total_hours_text }}"])
        self._pairs(rows, [52, 124], lines=False)
        self._tag("{%p if checked_code %}")
        self._line("{{ labels.check }} {{ checked_code }}").paragraph_format.space_before = Pt(24)
        self._tag("{%p endif %}")
