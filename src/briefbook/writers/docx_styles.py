"""The styles of the DOCX, made from the theme, and the small words for writing WordprocessingML.

Elements stand in the order of the schema (ECMA-376 Part 1 §17.3.1.26, §17.3.2.28, §17.7.4), or Word asks to
repair the file. They are written one by one because the same styles cost 40 ms by python-docx's calls, once
in every process, and 2 ms so.
"""

from collections.abc import Iterator
from dataclasses import field, replace
from typing import TYPE_CHECKING

from briefbook.frozen import frozen
from briefbook.marking import Banner
from briefbook.writers.banner import GAP, banner_style
from briefbook.writers.bound_look import HANGING, TAB_WIDTH, contents_style, cover_theme, index_style
from briefbook.writers.theme import TextStyle, Theme

W_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = f"{{{W_NS}}}"
R = f"{{{R_NS}}}"
if TYPE_CHECKING:
    from lxml.etree import _Element  # lxml has no public name for it

    Element = _Element
else:
    Element = object  # it stands in annotations: a memo in a look that was printed before needs no lxml
NSMAP = {"w": W_NS, "r": R_NS}

HEADING_LEVELS = 6
CONTINUE_LEVELS = 5  # "List Continue" to "List Continue 5" are built into Word
MARKER_GAP = 6.0  # points between an item's number and its text
# What closes a list or a block of fields keeps the distance of running text to what follows.
LAST_STYLES = {name: f"{name}Last" for name in ("ListBullet", "ListNumber", "Field", "Source")}
# Styles that number their paragraphs, with the list instances that they use (ECMA-376 Part 1 §17.9.18).
NUM_IDS = {"ListBullet": 1, "ListNumber": 2, "Source": 3}
TABLE_STYLE = "MemoTable"
_WIDE_LABEL = 16  # points by which a wide label pushes its value to the right
_FOOTER_RULE_DISTANCE = 3  # points from the hairline above the footer to its text
_RULE_DISTANCE = 5  # points from the header block's text to the hairline below
# Languages whose script Word looks up under another attribute of w:lang (ECMA-376 Part 1 §17.3.2.20).
_EAST_ASIAN = frozenset({"zh", "ja", "ko"})
_COMPLEX = frozenset({"ar", "fa", "he", "hi", "th", "ur", "yi"})


def add(parent: Element, tag: str, **attributes: str | int) -> Element:
    """Append the element w:`tag` with its w: attributes and return it."""
    from lxml import etree

    element = etree.SubElement(parent, W + tag)
    for name, value in attributes.items():
        element.set(W + name, str(value))
    return element


def twips(points: float) -> int:
    """Points as twentieths of a point, the measure of most of WordprocessingML."""
    return round(points * 20)


def add_language(parent: Element, language: str) -> None:
    """Append w:lang: the language (BCP 47) of the whole document."""
    element = add(parent, "lang", val=language)
    for script in scripts_of(language):
        element.set(W + script, language)


def scripts_of(language: str) -> Iterator[str]:
    """The attributes under which Word looks for a language beside the usual one."""
    primary = language.split("-")[0].lower()
    if primary in _EAST_ASIAN:
        yield "eastAsia"
    if primary in _COMPLEX:
        yield "bidi"


def template_styles(theme: Theme, language: str, banner: Banner | None = None) -> Element:
    """The root of word/styles.xml: defaults, then every style that a memo uses."""
    from lxml import etree

    root = etree.Element(W + "styles", nsmap={"w": W_NS})
    _defaults(root, theme, language)
    _headings(root, theme)
    _running_text(root, theme)
    _lists(root, theme)
    _notes(root, theme)
    _figures(root, theme)
    _tables(root, theme)
    _furniture(root, theme)
    if banner is not None:
        _banner(root, banner)
    _characters(root, theme)
    if theme.title is not None:
        _contents_and_index(root, theme)
    return root


def _defaults(root: Element, theme: Theme, language: str) -> None:
    defaults = add(root, "docDefaults")
    properties = add(add(defaults, "rPrDefault"), "rPr")
    face = theme.docx_face
    add(properties, "rFonts", ascii=face, hAnsi=face, eastAsia=face, cs=face)
    add(properties, "color", val=theme.ink)
    _add_size(properties, theme.body.size)
    add_language(properties, language)
    add(defaults, "pPrDefault")
    # No exceptions listed: Word's other styles stay out of sight until somebody asks for one.
    add(
        root, "latentStyles", defLockedState=0, defUIPriority=99, defSemiHidden=1, defUnhideWhenUsed=1,
        defQFormat=0, count=376,
    )  # fmt: skip
    normal = _add_style(root, "paragraph", "Normal", default=True)
    properties = add(normal, "pPr")
    add(properties, "widowControl")
    _add_leading(properties, theme.body)
    _add_style(root, "character", "Default Paragraph Font", default=True, hidden=True)
    table = _add_style(root, "table", "Normal Table", identity="TableNormal", default=True, hidden=True)
    _add_cell_margins(add(table, "tblPr"), top=0, left=0, bottom=0, right=0)
    _add_style(root, "numbering", "No List", default=True, hidden=True)


def _headings(root: Element, theme: Theme) -> None:
    looks = theme.headings
    for level in range(1, HEADING_LEVELS + 1):
        shape = _Paragraph(
            name=f"heading {level}",
            identity=f"Heading{level}",
            follower="BodyText",
            keep_next=True,
            tabs=((theme.page.measure, "right"),),
            outline=level - 1,
        )
        _add_paragraph_style(root, looks[min(level, len(looks)) - 1], shape)


def _running_text(root: Element, theme: Theme) -> None:
    _add_paragraph_style(root, theme.body, _Paragraph(name="Body Text"))
    close = replace(theme.body, after=min(theme.body.after, theme.heading_2.after))
    lead_in = _Paragraph(name="Lead In", custom=True, follower="BodyText", keep_next=True)
    _add_paragraph_style(root, close, lead_in)
    left = theme.label_width
    field_look = replace(theme.body, after=theme.label.after)
    # The second stop is for a label that another face makes wider than its column.
    tabs = ((left, "left"), (left + _WIDE_LABEL, "left"))
    shape = _Paragraph(name="Field", custom=True, left=left, hanging=left, tabs=tabs)
    _add_paragraph_style(root, field_look, shape)
    for name in ("Field Last", "Field Stacked"):  # stacked: the label on a line of its own
        _add_variant(root, name, "Field", after=theme.body.after)
    ruled = _add_style(root, "paragraph", "Field Ruled", custom=True, base="Field")
    properties = add(ruled, "pPr")
    _add_line(add(properties, "pBdr"), "bottom", theme, space=_RULE_DISTANCE)
    add(properties, "spacing", after=twips(theme.heading_2.before))


def _lists(root: Element, theme: Theme) -> None:
    """Items, what goes on in them, and sources. Where an item's number stands is the numbering's business."""
    for name in ("List Bullet", "List Number"):
        _add_paragraph_style(root, theme.item, _Paragraph(name=name))
        _add_variant(root, f"{name} Last", name, after=theme.list_after)
    for level in range(1, CONTINUE_LEVELS + 1):
        name = "List Continue" if level == 1 else f"List Continue {level}"
        _add_paragraph_style(root, theme.item, _Paragraph(name=name, left=level * theme.item_indent))
    _add_paragraph_style(root, theme.source, _Paragraph(name="Source", custom=True))
    _add_variant(root, "Source Last", "Source", after=theme.body.after)


def _notes(root: Element, theme: Theme) -> None:
    """Notes and their numbers, by the names that Word gives them; a note's lines begin beside its number."""
    left = theme.item_indent
    for kind in ("footnote", "endnote"):
        text = _Paragraph(name=f"{kind} text", identity=f"{kind.title()}Text", left=left, hanging=left)
        _add_paragraph_style(root, theme.source, text)
        reference = f"{kind} reference"
        style = _add_style(
            root, "character", reference, identity=f"{kind.title()}Reference", base="DefaultParagraphFont"
        )
        _add_superior(add(style, "rPr"), theme)


def _figures(root: Element, theme: Theme) -> None:
    """A picture keeps with the caption below it."""
    look = replace(theme.body, before=theme.body.after)
    _add_paragraph_style(root, look, _Paragraph(name="Figure", custom=True, keep_next=True))
    alone = _add_style(root, "paragraph", "Figure Alone", custom=True, base="Figure")
    properties = add(alone, "pPr")
    add(properties, "keepNext", val=0)
    add(properties, "spacing", after=twips(theme.heading_2.before))
    caption = replace(theme.source, after=theme.heading_2.before)
    _add_paragraph_style(root, caption, _Paragraph(name="caption", identity="Caption", follower="BodyText"))


def _tables(root: Element, theme: Theme) -> None:
    # The header row never stays alone at the foot of a page.
    _add_paragraph_style(root, theme.table_head, _Paragraph(name="Table Head", custom=True, keep_next=True))
    _add_paragraph_style(root, theme.table_cell, _Paragraph(name="Table Text", custom=True))
    for name, base in (("Table Head Figures", "Table Head"), ("Table Figures", "Table Text")):
        _add_variant(root, name, base, align="right")
    for name in ("Table Text", "Table Figures"):
        _add_variant(root, f"{name} Last", name, after=theme.body.after + theme.cell_padding)
    gap = TextStyle(size=1, leading=1, after=theme.body.after)
    _add_paragraph_style(root, gap, _Paragraph(name="Table Gap", custom=True))
    style = _add_style(root, "table", "Memo Table", custom=True, base="TableNormal")
    above, below = theme.cell_paddings
    _add_cell_margins(add(style, "tblPr"), top=above, left=0, bottom=below, right=theme.column_gap)
    cell = add(add(style, "tblStylePr", type="firstRow"), "tcPr")
    _add_line(add(cell, "tcBorders"), "bottom", theme, space=0)
    add(cell, "vAlign", val="bottom")  # a short column head stands on the hairline
    last = add(add(style, "tblStylePr", type="lastCol"), "tcPr")
    add(add(last, "tcMar"), "right", w=0, type="dxa")  # no gap to the right of the last column


def _furniture(root: Element, theme: Theme) -> None:
    from lxml import etree

    tabs: tuple[tuple[float, str], ...] = ((theme.page.measure, "right"),)
    if theme.middle:
        tabs = ((theme.page.measure / 2, "center"), *tabs)
    look = theme.footer
    for name, its in (("header", replace(look, after=0)), ("footer", replace(look, before=0))):
        _add_paragraph_style(root, its, _Paragraph(name=name, identity=name.title(), tabs=tabs))
    if not theme.footer_ruled:
        return
    properties = root[-1].find(W + "pPr")
    assert properties is not None
    borders = etree.Element(W + "pBdr")  # before the tabs, in the schema's order
    _add_line(borders, "top", theme, space=_FOOTER_RULE_DISTANCE)
    properties.insert(0, borders)


BANNER_STYLE = "Marking"
PLACEHOLDER_STYLE = "PlaceholderText"


def _banner(root: Element, banner: Banner) -> None:
    """The marking in header and footer, the paper behind its letters in its own colour (§17.3.2.32)."""
    look = replace(banner_style(banner), before=GAP, after=GAP)
    _add_paragraph_style(root, look, _Paragraph(name=BANNER_STYLE, custom=True))
    properties = root[-1].find(W + "pPr")
    letters = root[-1].find(W + "rPr")
    assert properties is not None
    assert letters is not None
    add(properties, "contextualSpacing")  # none between its lines
    add(properties, "jc", val="right")
    add(letters, "shd", val="clear", color="auto", fill=banner.paper)


def _characters(root: Element, theme: Theme) -> None:
    def style(name: str, *, custom: bool = False) -> Element:
        base = "DefaultParagraphFont"
        return add(_add_style(root, "character", name, custom=custom, base=base), "rPr")

    add(style("Strong"), "b")
    add(style("Emphasis"), "i")
    both = style("Strong Emphasis", custom=True)
    add(both, "b")
    add(both, "i")
    link = style("Hyperlink")
    add(link, "color", val=theme.accent)
    add(link, "u", val="single")  # colour alone would not do (WCAG 1.4.1)
    _add_superior(style("Citation", custom=True), theme)
    add(style("Source Back", custom=True), "color", val=theme.accent)
    add(style("Placeholder Text"), "color", val=theme.quiet)
    label = style("Label", custom=True)
    add(label, "color", val=theme.label.colour)
    _add_size(label, theme.label.size)
    aside = style("Aside", custom=True)
    add(aside, "b", val=0)
    add(aside, "color", val=theme.quiet)
    _add_size(aside, theme.body.size)


def _contents_and_index(root: Element, theme: Theme) -> None:
    """What a bound book has more, by the names that Word gives it: a subtitle, contents, an index."""
    _add_paragraph_style(root, cover_theme(theme).body, _Paragraph(name="Subtitle"))
    # No indent on the right, as LibreOffice would not show the number that stands in it.
    tabs = ((TAB_WIDTH, "left"), (theme.page.measure, "dots"))
    row = _Paragraph(name="toc 1", identity="TOC1", left=TAB_WIDTH, hanging=TAB_WIDTH, tabs=tabs)
    _add_paragraph_style(root, contents_style(theme), row)
    entry = _Paragraph(name="index 1", identity="Index1", left=HANGING, hanging=HANGING)
    _add_paragraph_style(root, index_style(theme), entry)


# ------------------------------------------------------------------------------------- pieces


@frozen
class _Paragraph:
    """What a paragraph style fixes beside the look of its text; lengths in points."""

    name: str
    identity: str = ""  # the name without its spaces if empty
    custom: bool = False  # not one that Word knows by name
    follower: str = ""  # the style of the paragraph that one types next
    keep_next: bool = False
    left: float = 0
    hanging: float = 0
    tabs: tuple[tuple[float, str], ...] = field(default=())  # position, alignment; “dots”: right, after dots
    outline: int | None = None


def _add_style(
    root: Element,
    kind: str,
    name: str,
    *,
    identity: str = "",
    custom: bool = False,
    base: str = "",
    follower: str = "",
    default: bool = False,
    hidden: bool = False,
) -> Element:
    """Append a style without properties (§17.7.4.17): ours are offered, Word's defaults hidden."""
    style = add(root, "style", type=kind)
    if default:
        style.set(W + "default", "1")
    if custom:
        style.set(W + "customStyle", "1")
    style.set(W + "styleId", identity or name.replace(" ", ""))
    add(style, "name", val=name)
    if base:
        add(style, "basedOn", val=base)
    if follower:
        add(style, "next", val=follower)
    add(style, "uiPriority", val=99 if hidden else 1)
    if hidden:
        add(style, "semiHidden")
        add(style, "unhideWhenUsed")
    else:
        add(style, "qFormat")
    return style


def _add_paragraph_style(root: Element, look: TextStyle, shape: _Paragraph) -> None:
    style = _add_style(
        root,
        "paragraph",
        shape.name,
        identity=shape.identity,
        custom=shape.custom,
        base="Normal",
        follower=shape.follower,
    )
    properties = add(style, "pPr")
    if shape.keep_next:
        add(properties, "keepNext")
        add(properties, "keepLines")
    if shape.name.replace(" ", "") in NUM_IDS:
        add(add(properties, "numPr"), "numId", val=NUM_IDS[shape.name.replace(" ", "")])
    if shape.tabs:
        tabs = add(properties, "tabs")
        for position, alignment in shape.tabs:
            if alignment == "dots":
                add(tabs, "tab", val="right", leader="dot", pos=twips(position))
            else:
                add(tabs, "tab", val=alignment, pos=twips(position))
    _add_leading(properties, look)
    if shape.left:
        indent = add(properties, "ind", left=twips(shape.left))
        if shape.hanging:
            indent.set(W + "hanging", str(twips(shape.hanging)))
    if look.centred:
        add(properties, "jc", val="center")
    if shape.outline is not None:
        add(properties, "outlineLvl", val=shape.outline)
    properties = add(style, "rPr")
    if look.strong:
        add(properties, "b")
    add(properties, "color", val=look.colour)
    _add_size(properties, look.size)


def _add_variant(root: Element, name: str, base: str, *, after: float | None = None, align: str = "") -> None:
    """Append a style like another but for the space below it or the side that it stands on."""
    style = _add_style(root, "paragraph", name, custom=True, base=base.replace(" ", ""))
    properties = add(style, "pPr")
    if after is not None:
        add(properties, "spacing", after=twips(after))
    if align:
        add(properties, "jc", val=align)


def _add_leading(properties: Element, look: TextStyle) -> None:
    # "At least", not "exactly": another face, an accent or an enlarged text is never cut off.
    add(
        properties, "spacing", before=twips(look.before), after=twips(look.after), line=twips(look.leading),
        lineRule="atLeast",
    )  # fmt: skip


def _add_size(properties: Element, points: float) -> None:
    for tag in ("sz", "szCs"):  # in half points
        add(properties, tag, val=round(points * 2))


def _add_superior(properties: Element, theme: Theme) -> None:
    add(properties, "color", val=theme.accent)
    add(properties, "vertAlign", val="superscript")


def _add_line(parent: Element, side: str, theme: Theme, *, space: int) -> None:
    eighths = max(2, round(theme.hairline_width * 8))  # of a point; 2 is the thinnest that Word draws
    add(parent, side, val="single", sz=eighths, space=space, color=theme.hairline)


def _add_cell_margins(parent: Element, **sides: float) -> None:
    margins = add(parent, "tblCellMar")
    for side, points in sides.items():
        add(margins, side, w=twips(points), type="dxa")
