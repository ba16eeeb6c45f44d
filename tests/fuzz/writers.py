"""Documents → each of the six formats, read back by a reader that is not ours."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from unicodedata import normalize

import docx
from bs4 import BeautifulSoup
from lxml import etree

from briefbook.document import Block, Citations, Cite, Document, ItemList, Link, Table, Text, blocks_of
from briefbook.writers import WRITERS
from briefbook.writers.theme import Theme
from tests.fuzz.choices import Choices
from tests.fuzz.trees import document_from
from tests.writers import test_to_docx, test_to_html, test_to_json, test_to_markdown, test_to_pdf
from tests.writers.drawn import drawn, read
from tests.writers.schema_order import misplaced
from tests.writers.trees import document_of, pieces_of, words_of

TOKENS = tuple(bytes([one, other]) for one in (0, 1, 2, 3, 7) for other in range(0, 70, 9))
SEEDS = tuple(
    bytes([number % 6]) + bytes((number * 37 + at * at * 11) % 251 for at in range(60 + number * 25))
    for number in range(18)
)


def run(data: bytes) -> None:
    """A document is written without an exception, to a file that another reader finds the same words in."""
    choices = Choices(data)
    name = choices.pick(tuple(WRITERS))
    document = document_from(choices)
    written = WRITERS[name].write(document, Theme())
    _READERS[name](written, document)


def _docx(written: bytes, document: Document) -> None:
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert package.testzip() is None
        parts = {name: package.read(name) for name in package.namelist()}
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            assert misplaced(etree.fromstring(part)) == [], name
    main = etree.fromstring(parts["word/document.xml"])
    if document.citations is Citations.NUMBERED:
        found = _solid(test_to_docx.words_in(main, citations=False))
        assert found == _solid(test_to_docx.words_of_tree(document))
    assert docx.Document(io.BytesIO(written)).core_properties.title == document.title


def _pdf(written: bytes, document: Document) -> None:
    assert test_to_pdf.opened(written).check_pdf_syntax() == []
    assert all(test_to_pdf.drawn_codes(written))
    shown = _marks("".join(_between_the_margins(written)))
    told = _marks("".join(_drawn(document)))
    assert told - shown == Counter(), "lost"
    # The first row of a table stands on each page that it goes on to, a list of notes has a title, and items
    # have signs, but for those that say nothing.
    tables = (block for block in blocks_of(document) if isinstance(block, Table))
    heads = "".join(_drawn(document_of(*(replace(table, rows=()) for table in tables))))
    again = heads * (len(test_to_pdf.opened(written).pages) - 1)
    signs = "".join(sign for block in blocks_of(document) for sign in _signs(block))
    more = shown - told - _marks(again + drawn(document.notes_title) + signs)
    assert more == Counter(), "more than was told"


def _marks(text: str) -> Counter[str]:
    """How often each letter and accent stands there; the signs of bullets, by their depth, are one."""
    return Counter(normalize("NFD", read(text)).translate({0x2022: "-", 0x2013: "-"}))


def _between_the_margins(written: bytes) -> Iterator[str]:
    """What a PDF's pages say but for the lines in their margins: the reference, and which page it is."""
    page = Theme().page
    for character in test_to_pdf.characters(written):
        if page.bottom < character.matrix[5] < page.height - page.top:
            yield character.get_text()


def _drawn(document: Document) -> Iterator[str]:
    """What its pages should say, piece by piece, without the signs of items."""
    for block in blocks_of(document):
        for piece in pieces_of(block, markers=False, numbers=True):
            for inline in (Text(text=piece),) if isinstance(piece, str) else piece:
                match inline:
                    case Text():
                        yield drawn(inline.text)
                    case Link():
                        yield from (drawn(text.text) for text in inline.children)
                    case Cite(shown=True):
                        yield ",".join(str(cited.number) for cited in inline.sources)


def _signs(block: Block) -> Iterator[str]:
    if isinstance(block, ItemList):
        for number, item in enumerate(block.items, block.start):
            yield f"{number}." if block.ordered else "-"
            for inner in item.blocks:
                yield from _signs(inner)


def _html(written: bytes, document: Document) -> None:
    parser = test_to_html.Balance()
    parser.feed(written.decode())
    parser.close()
    assert parser.open == []
    assert {tag for tag, _ in parser.seen}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "form", "base"}
    )
    soup = BeautifulSoup(written, "html.parser")
    links = [str(tag["href"]) for tag in soup.select("a[href]")]
    assert all(link.lower().startswith(("#", "https://", "http://", "mailto:")) for link in links), links
    if document.citations is Citations.NUMBERED:
        assert test_to_html.words_in(soup) == words_of(document)


def _markdown(written: bytes, document: Document) -> None:
    found = test_to_markdown.words_in(written.decode())
    if document.citations is Citations.NUMBERED:
        assert found == words_of(document, numbers=True) + document.footer.split()


def _text(written: bytes, document: Document) -> None:
    found = Counter("".join(written.decode().split()))
    told = Counter("".join(words_of(document, markers=True, numbers=True, addresses=True)))
    lost = told - found
    assert document.citations is not Citations.NUMBERED or not lost, lost


def _json(written: bytes, document: Document) -> None:
    assert test_to_json.words_in(json.loads(written)) == words_of(document)


def _solid(words: list[str]) -> list[str]:
    """Without soft hyphens, which Word has an element for."""
    return " ".join(words).replace("\u00ad", "").split()


def _letters(text: str) -> str:
    return "".join(text.split())


_READERS: dict[str, Callable[[bytes, Document], None]] = {
    "docx": _docx,
    "pdf": _pdf,
    "html": _html,
    "md": _markdown,
    "txt": _text,
    "json": _json,
}
