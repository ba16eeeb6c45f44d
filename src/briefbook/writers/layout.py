"""Document + theme + widths → pages of placed runs and rules.

Pure: knows nothing of PDF or of faces, only how wide a text is. The stages: `block_setting` cuts blocks into
strips, `paginated` shares the strips out to pages, `lay_out` puts every run at its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from briefbook.document import Document
from briefbook.writers.block_setting import set_document
from briefbook.writers.line_breaking import Line, Measure, Span, break_lines, composed, drawn
from briefbook.writers.placed import (
    HeadingMark,
    Owner,
    PlacedDrawing,
    PlacedPage,
    PlacedPicture,
    PlacedRule,
    PlacedRun,
    SourceMark,
)
from briefbook.writers.strips import Strip, TextSetter, baseline
from briefbook.writers.theme import Theme

_FOOTER_RULE = 41.0  # points from the sheet's lower edge to the hairline above the footer
_HEADER = 27.0  # points from the sheet's upper edge to the reference, from page 2 on
_FOOTER_GAP = 3.0  # between that hairline and the footer's line
_TOLERANCE = 1e-6  # points; sums of floats differ in the last digits


@dataclass(frozen=True, slots=True, kw_only=True)
class StripOnPage:
    """A strip and how far its top lies below the top of the page's text; `repeated` for a header row."""

    strip: Strip
    top: float
    repeated: bool = False


def lay_out(document: Document, theme: Theme, measure: Measure) -> tuple[PlacedPage, ...]:
    """Lay a document out on pages of the theme; an empty document gets one page with its footer."""
    strips = set_document(document, TextSetter(theme=theme, measure=measure)).strips
    room = theme.page.height - theme.page.top - theme.page.bottom
    pages = paginated(strips, room) or [[]]
    return tuple(
        _placed(page, _furniture(document, theme, measure, number, len(pages)), theme)
        for number, page in enumerate(pages, 1)
    )


def paginated(strips: Sequence[Strip], room: float) -> list[list[StripOnPage]]:
    """Fill pages of `room` points, breaking where no strip is bound to the next.

    A page begins without space above, but with the header row that its first strip wants repeated. Where
    bound strips fill more than a page, the page is filled and the bond broken.
    """
    pages: list[list[StripOnPage]] = []
    start = 0
    while start < len(strips):
        page = [StripOnPage(strip=strip, top=0, repeated=True) for strip in strips[start].repeat]
        repeated = len(page)
        bottom = sum(placed.strip.height for placed in page)
        legal = end = start
        while end < len(strips):
            top = bottom + (strips[end].before if end > start else 0)
            bottom = top + strips[end].height
            if bottom > room + _TOLERANCE and end > start:
                break
            page.append(StripOnPage(strip=strips[end], top=top))
            end += 1
            if not strips[end - 1].bound:
                legal = end
        if end < len(strips) and legal > start:
            end = legal
        pages.append(page[: repeated + end - start])
        start = end
    return pages


# ------------------------------------------------------------------------------------- placing


def _placed(page: Sequence[StripOnPage], around: PlacedPage, theme: Theme) -> PlacedPage:
    """Put the strips of a page at their places on the sheet; the runs of header and footer come last."""
    left, top = theme.page.left, theme.page.top
    content: list[tuple[Owner, list[PlacedRun]]] = []
    furniture: list[PlacedRun] = []
    rules: list[PlacedRule] = []
    headings: list[HeadingMark] = []
    sources: list[SourceMark] = []
    figures: list[PlacedDrawing | PlacedPicture] = []
    for placed in page:
        strip, y = placed.strip, top + placed.top
        for fragment in strip.fragments:
            runs = _runs(
                fragment.line, left + fragment.x, y + fragment.baseline, fragment.owner, placed.repeated
            )
            if placed.repeated:
                furniture += runs
            else:
                content.append((fragment.owner, runs))
        if strip.rule is not None:
            rules.append(_hairline(y + strip.rule.y, strip.rule.width, theme))
        if strip.figure is not None:
            figures.append(replace(strip.figure, x=left + strip.figure.x, y=y + strip.figure.y))
        if strip.heading is not None:
            title, level = strip.heading
            headings.append(HeadingMark(title=title, level=level, y=y, owner=strip.fragments[0].owner))
        if strip.source is not None:
            sources.append(SourceMark(source=strip.source, y=y))
    # Lines that stand side by side (label and value, cells) are read one column after the other.
    content.sort(key=lambda owned: owned[0])
    return replace(
        around,
        runs=(*(run for _, runs in content for run in runs), *furniture, *around.runs),
        rules=(*rules, *around.rules),
        headings=tuple(headings),
        sources=tuple(sources),
        figures=tuple(figures),
    )


def _runs(line: Line, x: float, base: float, owner: Owner | None, furniture: bool) -> list[PlacedRun]:
    runs: list[PlacedRun] = []
    for index, piece in enumerate(line.pieces):
        span = piece.span
        text = drawn(piece.text, ends_line=index == len(line.pieces) - 1)
        if text:
            runs.append(
                PlacedRun(
                    x=x,
                    baseline=base - span.rise,
                    width=piece.width,
                    text=text,
                    size=span.size,
                    strong=span.strong,
                    emphasis=span.emphasis,
                    colour=span.colour,
                    link=span.link,
                    cited=span.cited,
                    language=span.language,
                    owner=owner,
                    furniture=furniture,
                )
            )
        x += piece.width
    return runs


def _hairline(y: float, width: float, theme: Theme) -> PlacedRule:
    return PlacedRule(
        x=theme.page.left,
        y=y,
        width=width,
        thickness=theme.hairline_width,
        colour=theme.hairline,
    )


def _furniture(document: Document, theme: Theme, measure: Measure, number: int, pages: int) -> PlacedPage:
    """A page with its furniture alone: the footer, and from page 2 on the reference at its head."""
    page, style = theme.page, theme.footer

    def lines(text: str, width: float) -> list[Line]:
        span = Span(text=composed(text), size=style.size, colour=style.colour)
        return break_lines([span] if text else [], width, measure)

    rule = page.height - _FOOTER_RULE
    base = rule + _FOOTER_GAP + baseline(style)
    counter = document.page_of.replace("{page}", str(number)).replace("{pages}", str(pages))
    right = lines(counter, page.measure)
    taken = max((line.width for line in right), default=0)
    runs: list[PlacedRun] = []
    if number > 1:
        for line in lines(document.reference, page.measure)[:1]:
            runs += _runs(line, page.left, _HEADER + baseline(style), None, furniture=True)
    for index, line in enumerate(lines(document.footer, page.measure - taken - theme.column_gap)):
        runs += _runs(line, page.left, base + index * style.leading, None, furniture=True)
    for index, line in enumerate(right):
        x = page.left + page.measure - line.width
        runs += _runs(line, x, base + index * style.leading, None, furniture=True)
    return PlacedPage(
        number=number,
        width=page.width,
        height=page.height,
        runs=tuple(runs),
        rules=(_hairline(rule, page.measure, theme),),
        headings=(),
        sources=(),
    )
