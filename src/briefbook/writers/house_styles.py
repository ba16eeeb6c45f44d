"""The styles of the DOCX, made from the theme, and the small words for writing WordprocessingML.

python-docx makes each style and puts its properties in the schema's order (ECMA-376 Part 1 §17.7); what it
has no words for (borders, language, table style) is added as elements in that order by hand.
"""

from dataclasses import replace
from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml.parser import parse_xml
from docx.shared import Pt, RGBColor
from docx.styles.styles import Styles
from lxml import etree

from briefbook.writers.theme import TextStyle, Theme

W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = f"{{{W_NS}}}"
R = f"{{{R_NS}}}"
NSMAP = {"w": W_NS, "r": R_NS}

HEADING_LEVELS = 6
CONTINUE_LEVELS = 5  # "List Continue" to "List Continue 5" are built into Word
MARKER_GAP = 6.0  # points between an item's number and its text
# What closes a list or a block of fields keeps the distance of running text to what follows.
LAST_STYLES = {name: f"{name}Last" for name in ("ListBullet", "ListNumber", "Field", "Source")}
TABLE_STYLE = "MemoTable"
# Languages whose script Word looks up under another attribute of w:lang (ECMA-376 Part 1 §17.3.2.20).
_EAST_ASIAN = frozenset({"zh", "ja", "ko"})
_COMPLEX = frozenset({"ar", "fa", "he", "hi", "th", "ur", "yi"})


def add(parent: etree._Element, tag: str, **attributes: str | int) -> etree._Element:
    """Append the element w:`tag` with its w: attributes and return it."""
    return etree.SubElement(parent, W + tag, {W + name: str(value) for name, value in attributes.items()})


def twips(points: float) -> int:
    """Points as twentieths of a point, the measure of most of WordprocessingML."""
    return round(points * 20)


def add_language(parent: etree._Element, language: str) -> None:
    """Append w:lang: the language (BCP 47) of a run or of the whole document."""
    attributes = {"val": language}
    primary = language.split("-")[0].lower()
    if primary in _EAST_ASIAN:
        attributes["eastAsia"] = language
    if primary in _COMPLEX:
        attributes["bidi"] = language
    add(parent, "lang", **attributes)


def house_styles(theme: Theme, language: str) -> etree._Element:
    """The root of word/styles.xml: defaults, then every style that a memo uses."""
    root = parse_xml(f'<w:styles xmlns:w="{W_NS}"/>')
    _defaults(root, theme, language)
    styles = Styles(root)
    _foundations(styles, theme)
    _headings(styles, theme)
    _running_text(styles, theme)
    _furniture(styles, theme)
    _characters(styles, theme)
    _table_style(root, theme)
    return root


def _defaults(root: etree._Element, theme: Theme, language: str) -> None:
    defaults = add(root, "docDefaults")
    properties = add(add(defaults, "rPrDefault"), "rPr")
    face = theme.docx_face
    add(properties, "rFonts", ascii=face, hAnsi=face, eastAsia=face, cs=face)
    add(properties, "color", val=theme.ink)
    add(properties, "kern", val=2)  # pair kerning from 1 pt up: Word leaves it off otherwise
    add(properties, "sz", val=round(theme.body.size * 2))
    add(properties, "szCs", val=round(theme.body.size * 2))
    add_language(properties, language)
    add(defaults, "pPrDefault")
    # No exceptions listed: Word's other styles stay out of sight until somebody asks for one.
    add(
        root, "latentStyles", defLockedState=0, defUIPriority=99, defSemiHidden=1, defUnhideWhenUsed=1,
        defQFormat=0, count=376,
    )  # fmt: skip


def _foundations(styles: Styles, theme: Theme) -> None:
    normal = styles.add_style("Normal", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    normal.quick_style = True
    normal.paragraph_format.widow_control = True
    _set_leading(normal, theme.body)
    for name, kind in (
        ("Default Paragraph Font", WD_STYLE_TYPE.CHARACTER),
        ("Normal Table", WD_STYLE_TYPE.TABLE),
        ("No List", WD_STYLE_TYPE.LIST),
    ):
        styles.add_style(name, kind, builtin=True).hidden = True
    normal_table = styles["Normal Table"].element
    _cell_margins(add(normal_table, "tblPr"), top=0, left=0, bottom=0, right=0)
    for name in ("Normal", "Default Paragraph Font", "Normal Table", "No List"):
        styles[name].element.set(W + "default", "1")


def _headings(styles: Styles, theme: Theme) -> None:
    looks = [theme.heading_1, theme.heading_2, theme.heading_3]
    for level in range(1, HEADING_LEVELS + 1):
        look = looks[min(level, len(looks)) - 1]
        style = _paragraph_style(styles, f"Heading {level}", look, follower="Body Text")
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.keep_together = True
        _right_tab(style, theme)
        add(style.element.get_or_add_pPr(), "outlineLvl", val=level - 1)


def _running_text(styles: Styles, theme: Theme) -> None:
    body = _paragraph_style(styles, "Body Text", theme.body)
    body.next_paragraph_style = body
    lead_in = _paragraph_style(styles, "Lead In", theme.body, builtin=False, follower="Body Text")
    lead_in.paragraph_format.keep_with_next = True
    lead_in.paragraph_format.space_after = Pt(min(theme.body.after, theme.item.after))
    for name in ("List Bullet", "List Number"):  # where items begin and hang is the numbering's business
        _paragraph_style(styles, name, theme.item)
    for level in range(1, CONTINUE_LEVELS + 1):
        name = "List Continue" if level == 1 else f"List Continue {level}"
        _indent(_paragraph_style(styles, name, theme.item), level * theme.item_indent)
    field = _paragraph_style(styles, "Field", replace(theme.body, after=theme.label.after), builtin=False)
    _indent(field, theme.label_width, hanging=theme.label_width)
    source = _paragraph_style(styles, "Source", theme.source, builtin=False)
    _indent(source, theme.item_indent, hanging=theme.item_indent)
    end_of_number = Pt(theme.item_indent - MARKER_GAP)
    source.paragraph_format.tab_stops.add_tab_stop(end_of_number, WD_TAB_ALIGNMENT.RIGHT)
    for name in ("List Bullet", "List Number", "Field", "Source"):
        _variant(styles, f"{name} Last", name, after=max(theme.body.after, theme.item.after))
    ruled = _variant(styles, "Field Ruled", "Field", after=theme.heading_2.before)
    _rule_below(ruled, theme, distance=5)


def _furniture(styles: Styles, theme: Theme) -> None:
    head = _paragraph_style(styles, "Table Head", theme.table_head, builtin=False)
    head.paragraph_format.keep_with_next = True  # a header row never stays alone at the foot of a page
    _paragraph_style(styles, "Table Text", theme.table_cell, builtin=False)
    for name, base in (("Table Head Figures", "Table Head"), ("Table Figures", "Table Text")):
        _variant(styles, name, base).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for name in ("Table Text", "Table Figures"):
        _variant(styles, f"{name} Last", name, after=theme.body.after + theme.cell_padding)
    gap = _paragraph_style(styles, "Table Gap", TextStyle(size=1, leading=1), builtin=False)
    gap.paragraph_format.space_after = Pt(theme.body.after)
    for name in ("Header", "Footer"):
        style = _paragraph_style(styles, name, theme.footer)
        style.element.styleId = name  # python-docx would take the internal name, in small letters
        _right_tab(style, theme)


def _characters(styles: Styles, theme: Theme) -> None:
    def character(name: str, *, builtin: bool) -> Any:
        style = styles.add_style(name, WD_STYLE_TYPE.CHARACTER, builtin=builtin)
        style.base_style = styles["Default Paragraph Font"]
        style.quick_style = True
        return style

    character("Strong", builtin=True).font.bold = True
    character("Emphasis", builtin=True).font.italic = True
    both = character("Strong Emphasis", builtin=False)
    both.font.bold = both.font.italic = True
    link = character("Hyperlink", builtin=True)
    link.font.color.rgb = RGBColor.from_string(theme.accent)
    link.font.underline = True  # colour alone would not do (WCAG 1.4.1)
    citation = character("Citation", builtin=False)
    citation.font.superscript = True
    citation.font.color.rgb = RGBColor.from_string(theme.accent)
    label = character("Label", builtin=False)
    _set_characters(label, theme.label)
    aside = character("Aside", builtin=False)
    _set_characters(aside, replace(theme.body, colour=theme.quiet))
    aside.font.bold = False


def _table_style(root: etree._Element, theme: Theme) -> None:
    style = add(root, "style", type="table", customStyle=1, styleId=TABLE_STYLE)
    add(style, "name", val="Memo Table")
    add(style, "basedOn", val="NormalTable")
    add(style, "qFormat")
    properties = add(style, "tblPr")
    padding = theme.cell_padding
    _cell_margins(properties, top=padding, left=0, bottom=padding, right=theme.column_gap)
    first = add(style, "tblStylePr", type="firstRow")
    cell = add(first, "tcPr")
    _line(add(cell, "tcBorders"), "bottom", theme, space=0)
    add(cell, "vAlign", val="bottom")  # a short column head stands on the hairline


# ------------------------------------------------------------------------------------- pieces


def _paragraph_style(
    styles: Styles, name: str, look: TextStyle, *, builtin: bool = True, follower: str | None = None
) -> Any:
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=builtin)
    style.base_style = styles["Normal"]
    style.quick_style = True
    if follower and follower in styles:
        style.next_paragraph_style = styles[follower]
    style.paragraph_format.space_before = Pt(look.before)
    style.paragraph_format.space_after = Pt(look.after)
    _set_leading(style, look)
    _set_characters(style, look)
    return style


def _variant(styles: Styles, name: str, base: str, *, after: float | None = None) -> Any:
    """A style like another but for the space below it."""
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles[base]
    style.quick_style = True
    if after is not None:
        style.paragraph_format.space_after = Pt(after)
    return style


def _set_leading(style: Any, look: TextStyle) -> None:
    # "At least", not "exactly": another face, an accent or an enlarged text is never cut off.
    style.paragraph_format.line_spacing = Pt(look.leading)
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.AT_LEAST


def _set_characters(style: Any, look: TextStyle) -> None:
    style.font.size = Pt(look.size)
    style.font.color.rgb = RGBColor.from_string(look.colour)
    if look.strong:
        style.font.bold = True


def _indent(style: Any, left: float, *, hanging: float = 0) -> None:
    style.paragraph_format.left_indent = Pt(left)
    if hanging:
        style.paragraph_format.first_line_indent = Pt(-hanging)
        style.paragraph_format.tab_stops.add_tab_stop(Pt(left))


def _right_tab(style: Any, theme: Theme) -> None:
    style.paragraph_format.tab_stops.add_tab_stop(Pt(theme.page.measure), WD_TAB_ALIGNMENT.RIGHT)


def _rule_below(style: Any, theme: Theme, *, distance: float) -> None:
    borders = etree.Element(W + "pBdr")
    _line(borders, "bottom", theme, space=round(distance))
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:outlineLvl", "w:rPr"
    )


def _line(parent: etree._Element, side: str, theme: Theme, *, space: int) -> None:
    eighths = max(2, round(theme.hairline_width * 8))
    add(parent, side, val="single", sz=eighths, space=space, color=theme.hairline)


def _cell_margins(parent: etree._Element, **sides: float) -> None:
    margins = add(parent, "tblCellMar")
    for side, points in sides.items():
        add(margins, side, w=twips(points), type="dxa")
