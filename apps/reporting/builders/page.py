"""The page on which our own Word templates are set: styles, tables, head and foot, with the tags of the fields."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from apps.reporting.builders.ooxml import borders, element, fixed_bytes, set_fonts, shade

if TYPE_CHECKING:
    from docx.document import Document as Doc

INK: Final = RGBColor(0x16, 0x20, 0x2A)
QUIET: Final = RGBColor(0x5B, 0x6B, 0x7A)
ACCENT: Final = RGBColor(0x0F, 0x6B, 0x6B)
WARN: Final = RGBColor(0x85, 0x48, 0x00)
TINT: Final = "E3F1F0"
GROUND: Final = "F5F7F9"
EDGE: Final = "7A8896"
# Arial is on every machine, has Arabic letters, and LibreOffice has a font of the same widths for it.
FONT: Final = "Arial"
WIDTH: Final = 176
_KEPT_STYLES: Final = {"Normal", "Header", "Footer", "Heading 1", "Heading 2", "Default Paragraph Font", "Normal Table"}
_RULES: Final = 3


class Page(ABC):
    """One template in the making; ``rtl`` for languages that run from right to left."""

    def __init__(self, *, rtl: bool) -> None:
        self.rtl = rtl
        self.doc: Doc = Document()
        self._set_up()

    @abstractmethod
    def make(self, kind: str) -> bytes:
        """Return the template of one kind of document."""

    def finish(self) -> bytes:
        """Return the file, with the foot under every page."""
        self._foot()
        return fixed_bytes(self.doc)

    # -- page and styles ------------------------------------------------------------------------------------
    def _set_up(self) -> None:
        section = self.doc.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
        section.top_margin, section.bottom_margin, section.footer_distance = Mm(15), Mm(24), Mm(7)
        styles = self.doc.styles
        for style in [*styles]:
            if style.name not in _KEPT_STYLES:
                style.delete()
        normal = styles["Normal"]
        normal.font.name, normal.font.size, normal.font.color.rgb = FONT, Pt(9.5), INK
        normal.element.get_or_add_rPr().append(element("w:szCs", val="19"))
        normal.paragraph_format.space_after = normal.paragraph_format.space_before = Pt(0)
        for name, size in (("Heading 1", 12), ("Heading 2", 10.5)):
            style = styles[name]
            style.font.name, style.font.size, style.font.bold, style.font.color.rgb = FONT, Pt(size), True, ACCENT
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(10), Pt(4)
            set_fonts(style.element.get_or_add_rPr(), FONT)
        set_fonts(normal.element.get_or_add_rPr(), FONT)
        if self.rtl:
            normal.element.get_or_add_pPr().insert(0, element("w:bidi"))
            section._sectPr.append(element("w:bidi"))
        properties = self.doc.core_properties
        properties.title, properties.author = "{{ title }} · {{ student.full_name }}", "{{ student.full_name }}"
        properties.comments, properties.last_modified_by = "", "Practicum"
        properties.created = properties.modified = datetime(2026, 1, 1, tzinfo=UTC)

    # -- small pieces ---------------------------------------------------------------------------------------
    def _tag(self, text: str) -> None:
        """Add a line that docxtpl takes away."""
        self.doc.add_paragraph(text)

    def _line(
        self, text: str, style: str = "Normal", *, size: float = 0, bold: bool = False, centred: bool = False
    ) -> Paragraph:
        paragraph = self.doc.add_paragraph(style=style)
        self._write(paragraph, text, size=size, bold=bold)
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return paragraph

    def _write(
        self, paragraph: Paragraph, text: str, *, size: float = 0, bold: bool = False, colour: RGBColor | None = None
    ) -> Run:
        run = paragraph.add_run(text)
        # Arabic letters take their weight and size from properties of their own.
        run.bold = run.font.cs_bold = bold or None
        if size:
            run.font.size = Pt(size)
            run._r.get_or_add_rPr().append(element("w:szCs", val=str(round(size * 2))))
        if colour is not None:
            run.font.color.rgb = colour
        if self.rtl:
            run.font.rtl = True
        return run

    def _rules(self, text: str) -> None:
        """Show a text, or lines to write on by pen where it is empty."""
        self._tag(f"{{%p if {text} %}}")
        self._line(f"{{{{ {text} }}}}")
        self._tag("{%p else %}")
        for _ in range(_RULES):
            # "between", because Word draws lines with the same border as one block.
            paragraph = self._line("")
            paragraph.paragraph_format.line_spacing = Pt(20)
            paragraph._p.get_or_add_pPr().append(borders("w:pBdr", ("bottom", "between"), EDGE))
        self._tag("{%p endif %}")

    def _table(self, widths: Sequence[float], *, grid: bool = True) -> Table:
        table = self.doc.add_table(rows=0, cols=len(widths))
        return self._shape(table, widths, grid=grid)

    def _shape(self, table: Table, widths: Sequence[float], *, grid: bool) -> Table:
        table.autofit = False
        properties = table._tbl.tblPr
        if self.rtl:
            properties.insert(0, element("w:bidiVisual"))
        if grid:
            properties.append(borders("w:tblBorders", ("top", "left", "bottom", "right", "insideH", "insideV"), EDGE))
        margins = element("w:tblCellMar")
        for side, twips in (("top", 60), ("left", 100), ("bottom", 60), ("right", 100)):
            margins.append(element(f"w:{side}", w=str(twips), type="dxa"))
        properties.append(margins)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
        return table

    def _row(self, table: Table, texts: Sequence[str], *, height: float = 0, head: bool = False) -> list[_Cell]:
        row = table.add_row()  # type: ignore[no-untyped-call] # python-docx leaves it untyped
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))
        if head:
            row._tr.get_or_add_trPr().append(element("w:tblHeader"))
        if height:
            row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        cells = list(row.cells)
        for cell, text, column in zip(cells, texts, table.columns, strict=True):
            cell.width = column.width or Length(0)
            if head:
                self._write(cell.paragraphs[0], text, size=8, bold=True, colour=QUIET)
                cell._tc.get_or_add_tcPr().append(shade(GROUND))
            else:
                self._write(cell.paragraphs[0], text)
        return cells

    def _loop(self, table: Table, loop: str, texts: Sequence[str], *, height: float = 0) -> list[_Cell]:
        """Add a row that is repeated."""
        blanks = [""] * (len(texts) - 1)
        self._row(table, [f"{{%tr for {loop} %}}", *blanks])
        cells = self._row(table, texts, height=height)
        self._row(table, ["{%tr endfor %}", *blanks])
        return cells

    def _pairs(self, rows: Sequence[Sequence[str]], widths: Sequence[float], *, lines: bool, height: float = 0) -> None:
        """Add a table of labels and values side by side; ``lines`` are drawn under the values."""
        table = self._table(widths, grid=False)
        for texts in rows:
            for place, cell in enumerate(self._row(table, [""] * len(texts), height=height)):
                is_value = place % 2 == 1
                self._write(cell.paragraphs[0], texts[place], bold=is_value, colour=None if is_value else QUIET)
                if is_value and lines:
                    cell._tc.get_or_add_tcPr().append(borders("w:tcBorders", ("bottom",), EDGE))
                if height:
                    cell._tc.get_or_add_tcPr().append(self.at_the_bottom())

    def at_the_bottom(self) -> Any:
        """Return the property of a cell whose text stands at its lower edge."""
        return element("w:vAlign", val="bottom")

    def _gap(self) -> None:
        # Word joins two tables that touch.
        self._line("", size=4)

    # -- what every document has ----------------------------------------------------------------------------
    def _head(self, *, size: float, first: bool) -> None:
        self._tag("{%p if logo %}")
        self._line("{{ logo|image(60, 18) }}", centred=True)
        self._tag("{%p endif %}")
        university = self._line("{{ university }}", size=size, bold=True, centred=True)
        university.paragraph_format.page_break_before = not first
        for name in ("college", "department"):
            self._tag(f"{{%p if {name} %}}")
            self._line(f"{{{{ {name} }}}}", centred=True)
            self._tag("{%p endif %}")
        title = self._line("{{ title|upper }}", "Heading 1", centred=True)
        title._p.get_or_add_pPr().append(borders("w:pBdr", ("bottom",), "0F6B6B", size=12, space=6))
        title.paragraph_format.space_after = Pt(8)

    def _foot(self) -> None:
        footer = self.doc.sections[0].footer
        table = self._shape(footer.add_table(1, 3, Mm(WIDTH)), [78, 20, 78], grid=False)
        start, middle, end = table.rows[0].cells
        self._write(start.paragraphs[0], "{{ student.full_name }} · {{ student.reg_no }}", size=8, colour=QUIET)
        middle.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        for instruction, after in (("PAGE", " / "), ("NUMPAGES", "")):
            field = element("w:fldSimple", instr=instruction)
            number = self._write(middle.paragraphs[0], "1", size=8, colour=QUIET)
            number._r.addprevious(field)
            field.append(number._r)
            self._write(middle.paragraphs[0], after, size=8, colour=QUIET)
        self._write(end.paragraphs[0], "{{ checked_code }}  ", size=8, colour=QUIET)
        self._write(end.paragraphs[0], "{{ check_qr|image(13, 13) }}", size=8)
        end.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for cell, width in zip((start, middle, end), (78, 20, 78), strict=True):
            cell.width = Mm(width)
        first = footer.paragraphs[0]
        first._p.getparent().remove(first._p)
        # A footer must end with a paragraph.
        footer.add_paragraph()
