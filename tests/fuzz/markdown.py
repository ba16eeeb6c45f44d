"""What sections yield: Markdown → blocks, and the words of facts that stand in it, escaped, between marks."""

import re

from briefbook.composing.markup import MarkupError, parse_line, parse_section
from briefbook.document import Block, Document, Origin, Paragraph, Text, blocks_of, inlines_of
from briefbook.marks import escaped, marked
from briefbook.readers.located_yaml import unbearable_in
from briefbook.writers.theme import Theme
from briefbook.writers.to_json import write_json
from briefbook.writers.to_markdown import write_markdown
from tests.fuzz.choices import HOSTILE, Choices
from tests.writers.trees import document_of

TOKENS = (
    *(word.encode("utf-8", "surrogatepass") for word in HOSTILE),
    *(
        b"\n\n",
        b"\n",
        b"  \n",
        b"# ",
        b"## ",
        b"- ",
        b"1. ",
        b"   ",
        b"> ",
        b"|---|---|\n",
        b"| a | b |\n",
        b"| | |\n",
    ),
    *(
        b"```\n",
        b"    a",
        b"***",
        b"[a](https://a.example)",
        b"![a](<pictures/a.png>)",
        b"<https://a.example>",
    ),
    *(b"{#council text}a{/}", b"{#a b en}", b"{^note}", b"{@note}", b"{!a}", b"{>}", b"{;}", b"{~a}", b"\\{"),
)
SEEDS = (
    b"\0## Council\n\nThe third meeting was **held**{^note} in {#council place}Port Emery{/}.\n",
    b"\0- one\n- two\n  1. three\n  2. four\n\n5. five\n",
    b"\0| Day | Place |\n|---|---|\n| 11 May | Port Emery{^note} |\n\n| | |\n|---|---|\n| To | Minister |\n",
    b'\0[a](https://a.example/b_(c) "d") <mailto:a@b.example> `code` ![a](<pictures/a.png>)\n\n> quoted\n',
    *(b"\1" + bytes([1, 1, number, 0, 1, number, 0]) for number in range(0, 60, 6)),
)


def run(data: bytes) -> None:
    """Markdown is blocks that can be written, or a mistake with a line; a text in it is that text again."""
    choices = Choices(data)
    if choices.flag():
        _hold_text(choices.text())
        return
    markdown = choices.rest().decode("utf-8", "replace")
    for read in (parse_section, lambda text: (Paragraph(children=parse_line(text)),)):
        try:
            blocks = read(markdown)
        except MarkupError as error:
            _hold_mistake(error, len(re.split("\r\n?|\n", markdown)))
        else:
            _hold_blocks(blocks)


def _hold_mistake(error: MarkupError, lines: int) -> None:
    assert str(error)
    assert error.line is None or 1 <= error.line <= lines, (error.line, lines)


def _hold_blocks(blocks: tuple[Block, ...]) -> None:
    document = document_of(*blocks)
    assert write_json(document, Theme())
    assert write_markdown(document, Theme())


def _hold_text(text: str) -> None:
    if unbearable_in(text) or not text.strip():
        return  # the readers refuse it
    spaced = " ".join(text.split())
    [plain] = parse_section(escaped(text))
    assert isinstance(plain, Paragraph)
    assert " ".join("".join(_said(plain)).split()) == spaced
    origin = Origin(fact="council", field="text")
    told = marked(text, origin, "fr")
    for around in ("{}", "## {}", "- a {}", "| a | b |\n|---|---|\n| {} | c |", "**{}**"):
        document = document_of(*parse_section(around.replace("{}", told)))
        found = [one for one in _texts(document) if one.origin == origin]
        assert " ".join("".join(one.text for one in found).split()) == spaced, (around, found)


def _said(paragraph: Paragraph) -> list[str]:
    assert all(isinstance(inline, Text) for inline in paragraph.children), paragraph
    return [inline.text for inline in paragraph.children if isinstance(inline, Text)]


def _texts(document: Document) -> list[Text]:
    return [one for block in blocks_of(document) for one in inlines_of(block) if isinstance(one, Text)]
