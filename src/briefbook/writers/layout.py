"""Document + theme + widths → pages of placed runs and rules.

Pure: knows nothing of PDF or of faces, only how wide a text is. The stages: `block_setting` cuts blocks into
strips, `pagination` shares the strips out to pages, `lay_out` puts every run at its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from types import MappingProxyType
from typing import assert_never

from briefbook.document import Citations, Document, SourceEntry, furniture_of
from briefbook.frozen import frozen
from briefbook.marking import Banner
from briefbook.notes import notes_of, with_endnotes, without_notes
from briefbook.outline import outlined
from briefbook.sheets import Edge
from briefbook.writers.banner import EDGE, SIDE, banner_lines, banner_style, roomed
from briefbook.writers.block_setting import hang_footnotes, set_document
from briefbook.writers.line_breaking import break_lines
from briefbook.writers.pagination import FilledPage, StripOnPage, paginated
from briefbook.writers.placed import (
    HERE,
    HeadingMark,
    Owner,
    PlacedFigure,
    PlacedPage,
    PlacedRule,
    PlacedRun,
    SourceMark,
    edge_owners,
)
from briefbook.writers.strips import Hairline, TextSetter, baseline
from briefbook.writers.styled_text import Line, Measure, Span, composed, drawn
from briefbook.writers.theme import Theme

NO_OWNERS: Mapping[str, Owner] = MappingProxyType({})

_FOOTER_LINES = 2  # at most; below them the sheet ends
_FOOTER_GAP = 3.0  # between that hairline and the footer's line
_NOTE_RULE = 0.3  # of the measure; above notes that come from the page before all of it
_NOTE_RULE_GAP = 5.0  # points between that rule and the first note

_UNDERLINE = 0.13  # of the size below the baseline
_UNDERLINE_WIDTH = 0.5
_DOTS = 0.8  # points across


def lay_out(document: Document, theme: Theme, measure: Measure) -> tuple[PlacedPage, ...]:
    """Lay a document out on pages of the theme; an empty document gets one page with its footer."""
    return lay_out_printed(document, printed(document), theme, measure)


def lay_out_printed(
    document: Document, shown: Document, theme: Theme, measure: Measure
) -> tuple[PlacedPage, ...]:
    """The same for whoever has what `printed` makes of the document."""
    theme = roomed(theme, document.banner, len(banner_lines(document.banner, theme, measure)))
    text = TextSetter(theme=theme, measure=measure)
    notes = notes_of(document) if document.citations is Citations.FOOTNOTES else {}
    pages = filled(shown, notes, text) or [FilledPage()]
    return tuple(
        placed(page, _furniture(document, theme, measure, number, len(pages)), theme, measure)
        for number, page in enumerate(pages, 1)
    )


def filled(
    document: Document, notes: Mapping[int, SourceEntry], text: TextSetter, first: int = 0
) -> list[FilledPage]:
    """What stands on the pages of a document that is ready to print, with the notes that hang in it.

    `first` is the number of its first block. A document without a block has no page.
    """
    strips = set_document(document, text, first).strips
    if document.citations is Citations.FOOTNOTES:
        hang_footnotes(strips, notes, text)
    return paginated(strips, text.theme.page.room)


def printed(document: Document) -> Document:
    """The document as its pages show it: outlined, endnotes in a last section, without what notes tell."""
    match document.citations:
        case Citations.NUMBERED:
            return outlined(document)
        case Citations.FOOTNOTES:
            return outlined(without_notes(document))
        case Citations.ENDNOTES:
            return outlined(with_endnotes(document))
        case _:
            assert_never(document.citations)


# ------------------------------------------------------------------------------------- placing


def placed(page: FilledPage, around: PlacedPage, theme: Theme, measure: Measure) -> PlacedPage:
    """Put the strips of a page at their places on the sheet, before what stands there already."""
    left, top = theme.page.left, theme.page.top
    content: list[tuple[Owner, list[PlacedRun]]] = []
    furniture: list[PlacedRun] = []
    rules: list[PlacedRule] = []
    headings: list[HeadingMark] = []
    sources: list[SourceMark] = []
    figures: list[PlacedFigure] = []
    for shown in page.text:
        strip, y, repeated = shown.strip, top + shown.top, shown.repeated
        for part in strip.fragments:
            owner = part.owner
            runs = _runs(part.line, left + part.x, y + part.baseline, owner, repeated)
            if repeated:
                furniture += runs
            else:
                content.append((owner, runs))
        if strip.rule is not None:
            rules.append(_ruled(strip.rule, left, y, theme))
        if strip.heading is not None:
            title, level = strip.heading
            headings.append(HeadingMark(title=title, level=level, y=y, owner=strip.fragments[0].owner))
        if strip.source is not None:
            sources.append(SourceMark(source=strip.source, y=y))
        if strip.figure is not None:
            figures.append(replace(strip.figure, x=left + strip.figure.x, y=y + strip.figure.y))
    # Lines that stand side by side (label and value, cells) are read one column after the other.
    content.sort(key=itemgetter(0))
    notes, marks = _notes(page.notes, theme)
    if page.notes:
        share = 1 if page.continued else _NOTE_RULE
        y = top + page.notes[0].top - _NOTE_RULE_GAP
        rules.append(_hairline(y, theme.page.measure * share, theme))
    text = [run for _, runs in content for run in runs] + notes
    return replace(
        around,
        runs=(*text, *furniture, *around.runs),
        rules=(*_underlines(text, measure), *rules, *around.rules),
        headings=(*headings, *around.headings),
        sources=(*sources, *marks, *around.sources),
        figures=(*figures, *around.figures),
    )


def _underlines(runs: Iterable[PlacedRun], measure: Measure) -> Iterator[PlacedRule]:
    """A line under each link, as in the DOCX: colour alone would not do (WCAG 2.2, 1.4.1)."""
    for run in runs:
        if run.link is not None and run.cited is None and not run.link.startswith(HERE):
            words = run.text.rstrip(" ")
            yield PlacedRule(
                x=run.x,
                y=run.baseline + _UNDERLINE * run.size,
                width=measure(words, run.strong, run.emphasis) * run.size,
                thickness=_UNDERLINE_WIDTH,
                colour=run.colour,
            )


def _ruled(rule: Hairline, left: float, y: float, theme: Theme) -> PlacedRule:
    """The rule of a strip whose top is `y` below the sheet's."""
    return PlacedRule(
        x=left + rule.x,
        y=y + rule.y,
        width=rule.width,
        thickness=_DOTS if rule.dotted else theme.hairline_width,
        colour=theme.quiet if rule.dotted else theme.hairline,
        dotted=rule.dotted,
    )


def _notes(strips: Sequence[StripOnPage], theme: Theme) -> tuple[list[PlacedRun], list[SourceMark]]:
    """The runs of the notes of a page, and where notes begin on it."""
    left, top = theme.page.left, theme.page.top
    runs: list[PlacedRun] = []
    marks: list[SourceMark] = []
    for shown in strips:
        y = top + shown.top
        for fragment in shown.strip.fragments:
            runs += _runs(
                fragment.line, left + fragment.x, y + fragment.baseline, fragment.owner, furniture=False
            )
        if shown.strip.source is not None:
            marks.append(SourceMark(source=shown.strip.source, y=y))
    return runs, marks


def _runs(line: Line, x: float, base: float, owner: Owner | None, furniture: bool) -> list[PlacedRun]:
    """The runs of a line; made by the hundred, and so by places: in the order of `PlacedRun`'s fields."""
    runs: list[PlacedRun] = []
    pieces = line.pieces
    for piece in pieces:
        span, width, text = piece.span, piece.width, piece.text
        if not text.isascii():
            text = drawn(text, ends_line=piece is pieces[-1])
        if text:
            runs.append(
                PlacedRun(
                    x, base - span.rise, width, text, span.size, span.strong, span.emphasis, span.colour,
                    span.inline, span.link, span.cited, None if furniture else span.note, span.language,
                    owner, furniture, span.anchor,
                )
            )  # fmt: skip
        x += width
    return runs


def _hairline(y: float, width: float, theme: Theme) -> PlacedRule:
    return PlacedRule(
        x=theme.page.left,
        y=y,
        width=width,
        thickness=theme.hairline_width,
        colour=theme.hairline,
    )


def _bands(banner: Banner | None, theme: Theme, measure: Measure) -> tuple[list[PlacedRun], list[PlacedRule]]:
    """The banner at the head and at the foot of a page, flush right, and the paper behind it."""
    runs: list[PlacedRun] = []
    papers: list[PlacedRule] = []
    if banner is None:
        return runs, papers
    lines = banner_lines(banner, theme, measure)
    page, style = theme.page, banner_style(banner)
    for top in (EDGE, page.height - EDGE - len(lines) * style.leading):
        for number, line in enumerate(lines):
            y = top + number * style.leading
            x = page.left + page.measure - SIDE - line.width
            runs += _runs(line, x, y + baseline(style), None, furniture=True)
            papers.append(
                PlacedRule(
                    x=x - SIDE,
                    y=y + style.leading / 2,
                    width=line.width + 2 * SIDE,
                    thickness=style.leading,
                    colour=banner.paper,
                )
            )
    return runs, papers


def _furniture(document: Document, theme: Theme, measure: Measure, number: int, pages: int) -> PlacedPage:
    """A page of a memo with its furniture alone."""
    edges = furniture_of(document)
    top, bottom = (edges.first_top, edges.first_bottom) if number == 1 else (edges.top, edges.bottom)
    once = edge_owners(document) if number == 1 else {}
    return furnished(top, bottom, document.banner, theme, measure, number, pages, once=once)


def furnished(
    top: Edge,
    bottom: Edge,
    banner: Banner | None,
    theme: Theme,
    measure: Measure,
    number: int,
    pages: int = 0,
    once: Mapping[str, Owner] = NO_OWNERS,
) -> PlacedPage:
    """A page with its furniture alone: the lines at its head and at its foot, and the banner around them.

    The theme is one that `roomed` made for the banner. `pages` is how many there are, where the lines say it.
    What is in `once` is no furniture but part of the document, of these owners.
    """
    page, style = theme.page, theme.footer
    setter = _EdgeSetter(theme=theme, measure=measure, number=number, pages=pages, once=once)
    rule = page.height - theme.footer_distance - style.leading - _FOOTER_GAP
    hairlines = (_hairline(rule, page.measure, theme),) if theme.footer_ruled and bottom != Edge() else ()
    bands, papers = _bands(banner, theme, measure)
    return PlacedPage(
        number=number,
        width=page.width,
        height=page.height,
        runs=(
            *bands,
            *setter.runs(top, theme.header_distance, 1),
            *setter.runs(bottom, rule + _FOOTER_GAP, _FOOTER_LINES),
        ),
        rules=(*hairlines, *papers),
        headings=(),
        sources=(),
    )


@frozen
class _EdgeSetter:
    """Sets the line at the head or at the foot of a page."""

    theme: Theme
    measure: Measure
    number: int
    pages: int
    once: Mapping[str, Owner]

    def runs(self, edge: Edge, y: float, most: int) -> Iterator[PlacedRun]:
        """What stands left, in the middle and right, `y` below the sheet's top; left `most` lines at most."""
        page, style = self.theme.page, self.theme.footer
        right, middle = (self._lines(text, page.measure, 1) for text in (edge.right, edge.middle))
        taken = max((line.width for line in right), default=0)
        if middle:
            taken = max(taken, (page.measure + middle[0].width) / 2)
        room = page.measure - taken - self.theme.column_gap if taken else page.measure
        left = [(0.0, line) for line in self._lines(edge.left, room, most)]
        placed = [
            (edge.left, left),
            (edge.middle, [((page.measure - line.width) / 2, line) for line in middle]),
            (edge.right, [(page.measure - line.width, line) for line in right]),
        ]
        for text, lines in placed:
            owner = self.once.get(text)
            for index, (x, line) in enumerate(lines):
                base = y + baseline(style) + index * style.leading
                yield from _runs(line, page.left + x, base, owner, furniture=owner is None)

    def _lines(self, text: str, width: float, most: int) -> list[Line]:
        """As many lines at most; what has no room is three dots."""
        if not text:
            return []
        style = self.theme.footer
        text = text.replace("{page}", str(self.number)).replace("{pages}", str(self.pages))
        span = Span(composed(text), style.size, colour=style.colour)
        broken = break_lines([span], width, self.measure)
        kept = "".join(piece.text for line in broken[:most] for piece in line.pieces)
        while len(broken) > most:
            kept = kept.rstrip()[:-1]
            broken = break_lines([replace(span, text=f"{kept.rstrip()}\u00a0…")], width, self.measure)
        return broken
