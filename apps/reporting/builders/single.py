"""Letters, agreements, general reports and single sheets: one look for all that is no logbook."""

from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from apps.reporting.builders.ooxml import borders
from apps.reporting.builders.page import EDGE, QUIET, Page


class Single(Page):
    """A document that is not made of weeks."""

    def make(self, kind: str) -> bytes:
        """Return the template of a ``paper`` (letter or agreement), report, arrival, assessment or certificate."""
        {
            "paper": self._paper,
            "report": self._report,
            "arrival": self._arrival,
            "assessment": self._assessment,
            "certificate": self._certificate,
        }[kind]()
        return self.finish()

    def _paper(self) -> None:
        """Set a letter or an agreement: both are made of the same parts, each with those that it has."""
        self._head(size=13, first=True)
        self._line("{{ issued_at_text }}").paragraph_format.space_after = Pt(10)
        facts = [
            ["{{ labels.to_company }}", "{{ host.name }}"],
            ["{{ labels.company_address }}", "{{ host.address }}"],
            ["{{ labels.student }}", "{{ student.full_name }} · {{ student.reg_no }}"],
            ["{{ labels.programme }}", "{{ student.programme }}"],
            ["{{ labels.period }}", "{{ start_text }} \N{EN DASH} {{ end_text }}"],
        ]
        self._pairs(facts, [44, 132], lines=True)
        self._tag("{%p if salutation %}")
        self._line("{{ salutation }}").paragraph_format.space_before = Pt(14)
        self._tag("{%p endif %}")
        self._tag("{%p for text in paragraphs %}")
        self._line("{{ text }}").paragraph_format.space_before = Pt(8)
        self._tag("{%p endfor %}")
        self._tag("{%p for article in articles %}")
        self._line("{{ loop.index }}. {{ article.heading }}", "Heading 2")
        self._line("{{ article.text }}")
        self._tag("{%p endfor %}")
        self._tag("{%p if closing %}")
        self._line("{{ closing }}").paragraph_format.space_before = Pt(14)
        self._tag("{%p endif %}")
        self._line("")
        table = self._table([34, 54, 54, 34])
        labels = ("party", "name", "signature", "date")
        self._row(table, [f"{{{{ labels.{label} }}}}" for label in labels], head=True)
        self._loop(table, "signer in signers", ["{{ signer.party }}", "{{ signer.name }}", "", ""], height=14)

    # -- the general report -----------------------------------------------------------------------------------
    def _report(self) -> None:
        """Set a cover, and the parts one after the other with numbered headings."""
        for _ in range(7):
            self._line("")
        self._head(size=18, first=True)
        self._line("{{ report.title }}", size=17, bold=True, centred=True).paragraph_format.space_before = Pt(40)
        self._line("{{ student.full_name }}", size=14, centred=True).paragraph_format.space_before = Pt(20)
        self._line("{{ student.reg_no }}", centred=True).paragraph_format.space_after = Pt(40)
        facts = [
            ["{{ labels.programme }}", "{{ student.programme }}"],
            ["{{ labels.cohort }}", "{{ cohort_name }}"],
            ["{{ labels.company }}", "{{ host.name }}"],
            ["{{ labels.period }}", "{{ start_text }} \N{EN DASH} {{ end_text }}"],
            ["{{ labels.approved_by }}", "{{ report.approved.name }} {{ report.approved.at_text }}"],
        ]
        self._pairs(facts, [48, 128], lines=True)
        self._line("").paragraph_format.page_break_before = True
        self._tag("{%p for part in report.parts %}")
        head = self._line("{{ loop.index }}. {{ part.heading }}", "Heading 1")
        head.paragraph_format.keep_with_next = True
        self._tag("{%p for text in part.paragraphs %}")
        paragraph = self._line("{{ text }}", size=10.5)
        paragraph.paragraph_format.space_after = Pt(6)
        paragraph.paragraph_format.line_spacing = 1.3
        self._tag("{%p endfor %}")
        self._tag("{%p endfor %}")

    # -- single sheets ----------------------------------------------------------------------------------------
    def _who(self) -> list[list[str]]:
        return [
            ["{{ labels.student }}", "{{ student.full_name }}"],
            ["{{ labels.reg_no }}", "{{ student.reg_no }}"],
            ["{{ labels.programme }}", "{{ student.programme }}"],
            ["{{ labels.company }}", "{{ host.name }}"],
            ["{{ labels.period }}", "{{ start_text }} \N{EN DASH} {{ end_text }}"],
        ]

    def _signed(self, side: str, label: str) -> None:
        """Set name, signature and date of who confirmed; online confirmation stands on the line."""
        self._line(f"{{{{ labels.{label} }}}}", "Heading 2")
        online = f"{{% if {side}.at %}}{{{{ labels.signed_online }}}}{{% endif %}}"
        texts = ["{{ labels.name }}", f"{{{{ {side}.name }}}}", "{{ labels.signature }}", online]
        texts += ["{{ labels.date }}", f"{{{{ {side}.at_text }}}}"]
        self._pairs([texts], [16, 46, 22, 44, 14, 34], lines=True, height=12)

    def _arrival(self) -> None:
        self._head(size=13, first=True)
        rows = self._who()
        rows += [
            ["{{ labels.company_address }}", "{{ host.address }}"],
            ["{{ labels.arrived_on }}", "{{ arrival.arrived_on_text }}"],
            ["{{ labels.supervisor }}", "{{ arrival.supervisor_name }}"],
            ["{{ labels.phone }}", "{{ arrival.supervisor_phone }}"],
            ["{{ labels.email }}", "{{ arrival.supervisor_email }}"],
        ]
        self._pairs(rows, [52, 124], lines=True, height=9)
        self._signed("arrival.confirmed", "confirmed_by")

    def _assessment(self) -> None:
        self._head(size=13, first=True)
        self._line("{{ assessment.title }}", size=12, bold=True).paragraph_format.space_after = Pt(6)
        self._pairs(self._who(), [52, 124], lines=True)
        self._gap()
        table = self._table([10, 92, 48, 26])
        labels = ("#", "{{ labels.question }}", "{{ labels.answer }}", "{{ labels.points }}")
        self._row(table, labels, head=True)
        points = "{{ row.points }}{% if row.most %} / {{ row.most }}{% endif %}"
        self._loop(
            table,
            "row in assessment.answers",
            ["{{ row.number }}", "{{ row.question }}", "{{ row.answer }}", points],
            height=8,
        )
        total = self._row(table, ["", "", "", ""])
        self._write(total[1].paragraphs[0], "{{ labels.mark }}", bold=True)
        self._write(total[3].paragraphs[0], "{{ assessment.mark_text }}", bold=True)
        self._line("{{ labels.comment }}", "Heading 2")
        self._rules("assessment.comment")
        self._signed("assessment.by", "filled_in_by")

    def _certificate(self) -> None:
        """Set one framed page, everything in the middle."""
        frame = borders("w:pgBorders", ("top", "left", "bottom", "right"), "0F6B6B", size=18, space=22)
        frame.set(qn("w:offsetFrom"), "page")
        self.doc.sections[0]._sectPr.append(frame)
        self._line("").paragraph_format.space_before = Pt(60)
        self._tag("{%p if logo %}")
        self._line("{{ logo|image(70, 28) }}", centred=True)
        self._tag("{%p endif %}")
        self._line("{{ university }}", size=18, bold=True, centred=True)
        self._line("{{ department }}", size=11, centred=True)
        title = self._line("{{ title|upper }}", "Heading 1", size=17, centred=True)
        title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(46), Pt(30)
        self._line("{{ labels.certifies }}", size=12, centred=True)
        name = self._line("{{ student.full_name }}", size=24, bold=True, centred=True)
        name.paragraph_format.space_before, name.paragraph_format.space_after = Pt(14), Pt(4)
        self._line("{{ student.reg_no }}", size=11, centred=True).paragraph_format.space_after = Pt(16)
        sentence = self._line("{{ certificate.sentence }}", size=12, centred=True)
        sentence.paragraph_format.line_spacing = 1.5
        sentence.paragraph_format.left_indent = sentence.paragraph_format.right_indent = Mm(12)
        self._tag("{%p if certificate.skills_text %}")
        skills = self._line("{{ labels.skills }}: {{ certificate.skills_text }}", size=11, centred=True)
        skills.paragraph_format.space_before = Pt(14)
        self._tag("{%p endif %}")
        self._line("").paragraph_format.space_before = Pt(70)
        table = self._table([70, 36, 70], grid=False)
        for place, cell in enumerate(self._row(table, ["{{ issued_at_text }}", "", ""], height=16)):
            properties = cell._tc.get_or_add_tcPr()
            properties.append(self.at_the_bottom())
            if place != 1:
                properties.append(borders("w:tcBorders", ("bottom",), EDGE))
        for cell, label in zip(self._row(table, [""] * 3), ("date", "", "coordinator"), strict=True):
            self._write(cell.paragraphs[0], f"{{{{ labels.{label} }}}}" if label else "", size=8, colour=QUIET)
        self._tag("{%p if checked_code %}")
        check = self._line("{{ labels.check }} {{ checked_code }}", centred=True)
        check.paragraph_format.space_before = Pt(24)
        self._tag("{%p endif %}")
