"""Document to HTML: one file that needs nothing else, to read on a screen, to print and to walk by ear.

`_escaped` is the one place that makes text safe, and `_element` the one place that writes a tag. There is no
script and no outside resource, and the file's own policy (Content-Security-Policy) forbids both. What comes
from a fact says so: `data-fact` and `data-field` on the run, and on each paragraph, row or item
`data-sources`, the ids of all sources cited in it, those that print leaves out among them. Where a date is
our reading, `data-inferred` on its run says why.
"""

import html
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import assert_never

from briefbook.document import (
    MARKING,
    Block,
    Cite,
    CitedSource,
    Document,
    Fields,
    Figure,
    Heading,
    Image,
    Inline,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Paragraph,
    Row,
    Section,
    SourceEntry,
    SourceList,
    Table,
    Text,
    Timeline,
    blocks_of,
    inlines_of,
)
from briefbook.writers.faces import measure_of
from briefbook.writers.html_style import style_sheet
from briefbook.writers.logo import with_logo
from briefbook.writers.svg import svg_of, themed_paint
from briefbook.writers.theme import Theme
from briefbook.writers.timeline_drawing import draw_timeline
from briefbook.writers.words import AT_WORDS, listed_sources, safe_opening, safe_target

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"))


def write_html(document: Document, theme: Theme) -> bytes:
    """The document as one UTF-8 file of HTML (the living standard), with LF line ends."""
    document = with_logo(document, theme)
    head = _lines(
        _element("meta", charset="utf-8"),
        _element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        _element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        _element("meta", name="author", content=document.author) if document.author else "",
        _element("title", _escaped(document.title)),
        _element(
            "style", style_sheet(theme, page_of=document.page_of, banner=document.banner)
        ),  # CSS that holds no `<`
    )
    body = _lines(
        _element(
            "main",
            _lines(*_Writer(document, theme).sections()),
            data_memo=document.memo,
            data_as_of=document.as_of.isoformat(),
            data_known_by=document.known_by.isoformat(),
        ),
        _element("footer", _lines(_element("p", _escaped(document.footer)), _banner(document))),
    )
    root = _element(
        "html",
        _lines(_element("head", head), _element("body", body)),
        lang=document.language,
        dir=_direction(document.language),
    )
    return f"<!DOCTYPE html>\n{root}\n".encode()


def _banner(document: Document) -> str:
    """The banner once more, at the end."""
    if document.banner is None:
        return ""
    return _element("p", _element("strong", _escaped(document.banner.text)), data_section=MARKING)


# ---------------------------------------------------------------------------------------- tags


def _escaped(text: str) -> str:
    """A text that stands for itself, in an element as in an attribute between double quotes."""
    return html.escape(text)


def _element(name: str, content: str | None = None, /, **attributes: str | None) -> str:
    """A tag; `content` is HTML already. An attribute that is None is left out; `data_fact` is data-fact."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_escaped(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in ("meta", "br", "img"):
        return f"<{name}{written}>"
    return f"<{name}{written}>{content or ''}</{name}>"


def _lines(*parts: str) -> str:
    """Block elements below one another, so that their words stay apart whoever strips the tags."""
    return "\n" + "\n".join(part for part in parts if part) + "\n"


def _direction(language: str) -> str | None:
    return "rtl" if language.lower().partition("-")[0] in _RIGHT_TO_LEFT else None


def _sources(inlines: Iterable[Inline]) -> str | None:
    """The value of `data-sources`: each cited source once, in reading order."""
    cited = (found.source for inline in inlines if isinstance(inline, Cite) for found in inline.sources)
    return " ".join(dict.fromkeys(cited)) or None


# -------------------------------------------------------------------------------------- blocks


class _Writer:
    """Walks one document once; counts citations as it goes, so that each can be led back to."""

    def __init__(self, document: Document, theme: Theme) -> None:
        self._theme = theme
        self._figures = 0  # so far, for the ids of their names
        self._document = document
        self._spoken = document.spoken
        self._spoken_language = document.spoken.language
        self._listed = listed_sources(document)
        self._citations = Counter(
            cited.source
            for block in blocks_of(document)
            for inline in inlines_of(block)
            if isinstance(inline, Cite) and inline.shown
            for cited in inline.sources
        )
        self._written: Counter[str] = Counter()  # citations so far, by source
        self._anchored: set[str] = set()  # sources whose entry has its id; a binder may list one again

    def sections(self) -> list[str]:
        return [self._section(section, place) for place, section in enumerate(self._document.sections, 1)]

    def _section(self, section: Section, place: int) -> str:
        """A memo's first lines as `header`, what has a heading as `section`, all else as `div`."""
        first = section.blocks[0] if section.blocks else None
        title = f"section-{place}-title" if isinstance(first, Heading) else None
        content = _lines(
            *(self._block(block, id_=title if block is first else None) for block in section.blocks)
        )
        match first:
            case Heading(level=1) if section.name == "header":
                return _element("header", content, data_section=section.name)
            case Heading():
                return _element("section", content, aria_labelledby=title, data_section=section.name)
            case _:
                return _element("div", content, data_section=section.name)

    def _block(self, block: Block, *, id_: str | None = None) -> str:
        match block:
            case Heading():
                return self._heading(block, id_=id_)
            case Paragraph():
                return _element(
                    "p",
                    self._inlines(block.children),
                    class_="lead-in" if block.lead_in else None,
                    data_sources=_sources(block.children),
                )
            case ItemList(ordered=True):
                start = None if block.start == 1 else str(block.start)
                return _element("ol", _lines(*map(self._item, block.items)), start=start)
            case ItemList():
                return _element("ul", _lines(*map(self._item, block.items)))
            case Fields():
                return self._fields(block)
            case Table():
                return self._table(block)
            case SourceList():
                return _element("ol", _lines(*map(self._source, block.entries)), class_="sources")
            case Figure():
                return self._figure(block)
            case _:
                assert_never(block)

    def _figure(self, figure: Figure) -> str:
        """A picture with its alternative text, and its caption."""
        self._figures += 1
        match figure.picture:
            case Timeline():
                drawing = draw_timeline(figure.picture, self._theme, measure_of(self._theme))
                name = f"figure-{self._figures}"
                picture = svg_of(drawing, themed_paint, title=figure.alt, title_id=name)
            case Image() as image:
                address = f"data:{image.media_type};base64,{b64encode(image.data).decode()}"
                size = {"width": str(image.width), "height": str(image.height)}
                picture = _element("img", src=address, alt=figure.alt, **size)
            case _:
                assert_never(figure.picture)
        words = self._inlines(figure.caption)
        caption = _element("figcaption", words) if words else ""
        return _element("figure", _lines(picture, caption), data_sources=_sources(figure.caption))

    def _heading(self, heading: Heading, *, id_: str | None) -> str:
        title = _element(
            f"h{min(heading.level, 6)}",
            self._inlines(heading.children),
            id=id_,
            data_sources=_sources(heading.children),
        )
        if not heading.aside:
            return title
        aside = _element("p", self._inlines(heading.aside), data_sources=_sources(heading.aside))
        return _element("div", _lines(title, aside), class_="headline")

    def _item(self, item: ListItem) -> str:
        match item.blocks:
            case (Paragraph(children=children),):
                return _element("li", self._inlines(children), data_sources=_sources(children))
            case blocks:
                return _element("li", _lines(*map(self._block, blocks)))

    def _fields(self, fields: Fields) -> str:
        rows = (
            _element(
                "div",
                _lines(
                    _element("dt", self._inlines(field.label)), _element("dd", self._inlines(field.value))
                ),
                data_sources=_sources((*field.label, *field.value)),
            )
            for field in fields.rows
        )
        return _element("dl", _lines(*rows))

    def _table(self, table: Table) -> str:
        return _element(
            "table",
            _lines(
                _element("caption", _escaped(table.name), class_="unseen"),
                _element("thead", _lines(self._row(table.header, "th", scope="col"))),
                _element("tbody", _lines(*(self._row(row, "td") for row in table.rows))),
            ),
        )

    def _row(self, row: Row, cell_name: str, *, scope: str | None = None) -> str:
        cells = (_element(cell_name, self._inlines(cell), scope=scope) for cell in row.cells)
        cited = _sources(inline for cell in row.cells for inline in cell)
        return _element("tr", _lines(*cells), data_sources=cited)

    def _source(self, entry: SourceEntry) -> str:
        first = entry.source not in self._anchored
        self._anchored.add(entry.source)
        turns = range(1, self._citations[entry.source] + 1) if first else ()
        back = (
            _element(
                "a",
                "↩\ufe0e",  # as a letter, not as a picture
                class_="back",
                href=f"#{_citation_id(entry.source, turn)}",
                role="doc-backlink",
                aria_label=self._spoken.back.format(turn=turn, number=entry.number),
                lang=self._spoken_language,
            )
            for turn in turns
        )
        return _element(
            "li",
            " ".join((self._inlines(entry.children), *back)),
            id=_source_id(entry.source) if first else None,
            value=str(entry.number),
            data_source=entry.source,
            data_sources=_sources(entry.children),
        )

    # ---------------------------------------------------------------------------------- inlines

    def _inlines(self, inlines: Inlines) -> str:
        return "".join(map(self._inline, inlines))

    def _inline(self, inline: Inline) -> str:
        match inline:
            case Text():
                return _run(inline)
            case Link():
                words = "".join(map(_run, inline.children))
                target = safe_target(inline)
                return words if target is None else _element("a", words, href=target)
            case Cite():
                return self._cite(inline.sources) if inline.shown else ""
            case LineBreak():
                return _element("br") + "\n"
            case _:
                assert_never(inline)

    def _cite(self, sources: Sequence[CitedSource]) -> str:
        return _element("sup", "[" + ", ".join(self._cited(s) + self._opening(s) for s in sources) + "]")

    def _opening(self, cited: CitedSource) -> str:
        """The sign that opens a source at its words. Its site is not told from where a reader comes."""
        target = safe_opening(cited)
        if target is None:
            return ""
        said = self._spoken.at_words.format(number=cited.number)
        return _element(
            "a",
            AT_WORDS + "\ufe0e",  # as a letter, not as a picture
            class_="words",
            href=target,
            rel="noreferrer",
            title=said,
            aria_label=said,
            lang=self._spoken_language,
        )

    def _cited(self, cited: CitedSource) -> str:
        if cited.source not in self._listed:
            return str(cited.number)
        self._written[cited.source] += 1
        return _element(
            "a",
            str(cited.number),
            id=_citation_id(cited.source, self._written[cited.source]),
            href=f"#{_source_id(cited.source)}",
            role="doc-noteref",
            aria_label=self._spoken.source.format(number=cited.number),
            lang=self._spoken_language,
        )


def _run(text: Text) -> str:
    """One run: its language and its origin on a span, its weight and slope around it."""
    written = _escaped(text.text)
    if text.language or text.origin or text.slot:
        written = _element(
            "span",
            written,
            lang=text.language,
            dir=_direction(text.language) if text.language else None,
            data_fact=text.origin.fact if text.origin else None,
            data_field=text.origin.field if text.origin else None,
            data_inferred=text.inferred,
            data_slot=text.slot.id if text.slot else None,
        )
    written = _element("em", written) if text.emphasis else written
    return _element("strong", written) if text.strong else written


def _source_id(source: str) -> str:
    return f"source-{source}"


def _citation_id(source: str, turn: int) -> str:
    return f"citation-{source}-{turn}"
