"""Document + theme + widths → pages of placed runs and rules.

Pure: knows nothing of PDF or of faces, only how wide a text is. The stages: `block_setting` cuts blocks into
strips, `pagination` shares the strips out to pages, `lay_out` puts every run at its place.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from briefbook.document import (
    Citations,
    Document,
    SourceEntry,
    notes_of,
    with_endnotes,
    without_notes,
)
from briefbook.outline import outlined
from briefbook.writers.block_setting import set_document, with_footnotes
from briefbook.writers.line_breaking import Line, Measure, Span, break_lines, composed, drawn
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
)
from briefbook.writers.strips import Strip, TextSetter, baseline
from briefbook.writers.theme import Theme

_FOOTER_RULE = 41.0  # points from the sheet's lower edge to the hairline above the footer
_HEADER = 27.0  # points from the sheet's upper edge to the reference, from page 2 on
_FOOTER_LINES = 2  # at most; below them the sheet ends
_FOOTER_GAP = 3.0  # between that hairline and the footer's line
_NOTE_RULE = 0.3  # of the measure; above notes that come from the page before all of it
_NOTE_RULE_GAP = 5.0  # points between that rule and the first note

_UNDERLINE = 0.13  # of the size below the baseline
_UNDERLINE_WIDTH = 0.5
_DOTS = 0.8  # points across


def lay_out(document: Document, theme: Theme, measure: Measure) -> tuple[PlacedPage, ...]:
    """Lay a document out on pages of the theme; an empty document gets one page with its footer."""
    text = TextSetter(theme=theme, measure=measure)
    pages = filled(printed(document), notes_of(document), text) or [FilledPage()]
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
    strips: Sequence[Strip] = set_document(document, text, first).strips
    if document.citations is Citations.FOOTNOTES:
        strips = with_footnotes(strips, notes, text)
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
    """Put the strips of a page at their places on the sheet; the runs of header and footer come last."""
    left, top = theme.page.left, theme.page.top
    content: list[tuple[Owner, list[PlacedRun]]] = []
    furniture: list[PlacedRun] = []
    rules: list[PlacedRule] = []
    for shown in page.text:
        strip, y = shown.strip, top + shown.top
        for fragment in strip.fragments:
            runs = _runs(
                fragment.line, left + fragment.x, y + fragment.baseline, fragment.owner, shown.repeated
            )
            if shown.repeated:
                furniture += runs
            else:
                content.append((fragment.owner, runs))
        if strip.rule is not None:
            rule = _hairline(y + strip.rule.y, strip.rule.width, theme)
            if strip.rule.dotted:
                rule = replace(rule, dotted=True, thickness=_DOTS, colour=theme.quiet)
            rules.append(replace(rule, x=left + strip.rule.x))
    # Lines that stand side by side (label and value, cells) are read one column after the other.
    content.sort(key=lambda owned: owned[0])
    headings, sources, figures = _marked_places(page, theme)
    notes, marks = _notes(page.notes, theme)
    if page.notes:
        share = 1 if page.continued else _NOTE_RULE
        y = top + page.notes[0].top - _NOTE_RULE_GAP
        rules.append(_hairline(y, theme.page.measure * share, theme))
    text = [*(run for _, runs in content for run in runs), *notes]
    return replace(
        around,
        runs=(*text, *furniture, *around.runs),
        rules=(*_underlines(text, measure), *rules, *around.rules),
        headings=tuple(headings),
        sources=(*sources, *marks),
        figures=tuple(figures),
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


def _marked_places(
    page: FilledPage, theme: Theme
) -> tuple[list[HeadingMark], list[SourceMark], list[PlacedFigure]]:
    """Where on the sheet headings and sources begin, and pictures stand."""
    headings: list[HeadingMark] = []
    sources: list[SourceMark] = []
    figures: list[PlacedFigure] = []
    for shown in page.text:
        strip, y = shown.strip, theme.page.top + shown.top
        if strip.heading is not None:
            title, level = strip.heading
            headings.append(HeadingMark(title=title, level=level, y=y, owner=strip.fragments[0].owner))
        if strip.source is not None:
            sources.append(SourceMark(source=strip.source, y=y))
        if strip.figure is not None:
            figures.append(replace(strip.figure, x=theme.page.left + strip.figure.x, y=y + strip.figure.y))
    return headings, sources, figures


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
                    inline=span.inline,
                    link=span.link,
                    cited=span.cited,
                    note=None if furniture else span.note,
                    language=span.language,
                    owner=owner,
                    furniture=furniture,
                    anchor=span.anchor,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around the text of a page, in its four corners."""

    head: str = ""
    head_right: str = ""
    foot: str = ""
    foot_right: str = ""


def _furniture(document: Document, theme: Theme, measure: Measure, number: int, pages: int) -> PlacedPage:
    """A page with its furniture alone: the footer, and from page 2 on the reference at its head."""
    counter = document.page_of.replace("{page}", str(number)).replace("{pages}", str(pages))
    head = document.reference if number > 1 else ""
    around = Around(head=head, foot=document.footer, foot_right=counter)
    return furnished(around, theme, measure, number)


def furnished(around: Around, theme: Theme, measure: Measure, number: int) -> PlacedPage:
    """The page of a number, with what stands around its text alone."""
    page, style = theme.page, theme.footer

    def lines(text: str, width: float, most: int) -> list[Line]:
        """As many lines at most; what has no room is three dots."""
        span = Span(text=composed(text), size=style.size, colour=style.colour)
        broken = break_lines([span] if text else [], width, measure)
        kept = "".join(piece.text for line in broken[:most] for piece in line.pieces)
        while len(broken) > most:
            kept = kept.rstrip()[:-1]
            broken = break_lines([replace(span, text=f"{kept.rstrip()}\u00a0…")], width, measure)
        return broken

    rule = page.height - _FOOTER_RULE
    base = rule + _FOOTER_GAP + baseline(style)
    runs: list[PlacedRun] = []

    def beside(left: str, right: str, at: float, most: int) -> None:
        """Words on the left, on so many lines at most, and some flush right."""
        ending = lines(right, page.measure, 1)
        room = page.measure - max((line.width + theme.column_gap for line in ending), default=0)
        for index, line in enumerate(lines(left, room, most)):
            runs.extend(_runs(line, page.left, at + index * style.leading, None, furniture=True))
        for line in ending:
            runs.extend(_runs(line, page.left + page.measure - line.width, at, None, furniture=True))

    beside(around.head, around.head_right, _HEADER + baseline(style), 1)
    beside(around.foot, around.foot_right, base, _FOOTER_LINES)
    return PlacedPage(
        number=number,
        width=page.width,
        height=page.height,
        runs=tuple(runs),
        rules=(_hairline(rule, page.measure, theme),),
        headings=(),
        sources=(),
    )
