import json
from typing import Any

from hypothesis import given

from briefbook.document import Document, LineBreak, Link, Paragraph, Text, blocks_of, inlines_of
from briefbook.writers.theme import Theme
from briefbook.writers.to_json import write_json
from tests.writers.trees import cite, document_of, documents, few, fisheries_memo, run, words_of


def tree_of(document: Document) -> Any:
    return json.loads(write_json(document, Theme()))


def spoken(inline: Any) -> str:
    """The words of one inline."""
    match inline:
        case {"type": "text", "text": str(text)}:
            return text
        case {"type": "link", "children": list(children)}:
            return "".join(spoken(child) for child in children)
        case {"type": "cite", "shown": True, "sources": list(sources)}:
            return f"[{', '.join(str(source['number']) for source in sources)}]"
        case {"type": "break"}:
            return "\n"
        case _:
            return ""


def is_inline(node: dict[str, Any]) -> bool:
    return node.get("type") in ("text", "link", "cite", "break")


def kinds(node: Any) -> list[str]:
    """The types of all inlines, in reading order."""
    match node:
        case list():
            return [kind for inner in node for kind in kinds(inner)]
        case dict():
            own = [node["type"]] if is_inline(node) else []
            return own + [kind for value in node.values() for kind in kinds(value)]
        case _:
            return []


def words_in(tree: Any) -> list[str]:
    """The words of all lists of inlines; two lists never run into one word."""
    found: list[str] = []

    def visit(node: Any) -> None:
        if isinstance(node, list) and node and isinstance(node[0], dict) and is_inline(node[0]):
            found.extend("".join(spoken(inline) for inline in node).split())
        elif isinstance(node, list | dict):
            for inner in node.values() if isinstance(node, dict) else node:
                visit(inner)

    visit(tree["sections"])
    return found


@few
@given(documents())
def test_words_stand_in_reading_order(document: Document) -> None:
    assert words_in(tree_of(document)) == words_of(document)


@few
@given(documents())
def test_every_inline_is_there(document: Document) -> None:
    told: list[str] = []
    for block in blocks_of(document):
        for inline in inlines_of(block):
            told.append(
                {"Text": "text", "Link": "link", "Cite": "cite", "LineBreak": "break"}[type(inline).__name__]
            )
            told.extend("text" for _ in (inline.children if isinstance(inline, Link) else ()))
    assert kinds(tree_of(document)) == told


@few
@given(documents())
def test_is_deterministic(document: Document) -> None:
    written = write_json(document, Theme())
    assert written == write_json(document, Theme())
    assert written.endswith(b"}\n")


def test_frame() -> None:
    tree = tree_of(fisheries_memo())
    assert {key: value for key, value in tree.items() if key != "sections"} == {
        "format": 1,
        "memo": "fisheries-council",
        "title": "Fisheries Council",
        "language": "en",
        "reference": "fisheries-council",
        "author": "Fisheries desk",
        "as_of": "2031-05-14",
        "known_by": "2031-05-15",
        "footer": "fisheries-council · as of 2031-05-14",
        "page_of": "{page} of {pages}",
        "citations": "numbered",
        "notes_title": "",
        "furniture": None,
        "left_out": [],
        "banner": None,
    }
    assert [section["name"] for section in tree["sections"]][:2] == ["header", "upcoming"]


def test_inlines_carry_everything() -> None:
    link = Link(children=(Text(text="the page"),), target="https://council.example/")
    children = (
        *run("Agreed", strong=True, language="fr", fact="survey"),
        *cite(1, 2, shown=False),
        LineBreak(),
        link,
    )
    block = tree_of(document_of(Paragraph(children=children, lead_in=True)))["sections"][0]["blocks"][0]
    plain = {"type": "text", "strong": False, "emphasis": False, "language": None, "origin": None}
    assert block == {
        "type": "paragraph",
        "lead_in": True,
        "children": [
            {
                "type": "text",
                "text": "Agreed",
                "strong": True,
                "emphasis": False,
                "language": "fr",
                "origin": {"fact": "survey", "field": "text"},
                "inferred": None,
                "slot": None,
            },
            {
                "type": "cite",
                "sources": [
                    {"source": "gazette-2031-04-02", "number": 1, "is_note": False, "target": None},
                    {"source": "joint-note-2031-05-12", "number": 2, "is_note": False, "target": None},
                ],
                "shown": False,
            },
            {"type": "break"},
            {
                "type": "link",
                "target": "https://council.example/",
                "children": [{**plain, "text": "the page", "inferred": None, "slot": None}],
            },
        ],
    }


def test_blocks_carry_their_types() -> None:
    tree = tree_of(fisheries_memo())
    found = {block["type"] for section in tree["sections"] for block in section["blocks"]}
    assert found == {"heading", "paragraph", "list", "fields", "table", "sources"}
    table = next(
        block for section in tree["sections"] for block in section["blocks"] if block["type"] == "table"
    )
    assert table["name"] == "Participants of the third meeting, by side"
    assert [len(row) for row in (table["header"], *table["rows"])] == [4, 4, 4]
    assert table["rows"][1][3] == []


def test_letters_are_readable() -> None:
    assert "Étienne".encode() in write_json(fisheries_memo(), Theme())
