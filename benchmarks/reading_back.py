"""What a made file says, read back by others' readers, held against the words that it was made of.

A DOCX must hold all words in their order (mammoth), a PDF all of them on two pages (pdfminer), as often as
they are there and no other. Layout is let go: where lines end, whether a list's numbers are text, and a
table's header row that the second page repeats.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

import mammoth
import pikepdf
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTTextContainer

from benchmarks.words import Words

PAGES = 2
TOKEN = re.compile(r"[^\W\d_]+|\d+")


class OtherWordsError(Exception):
    """A file that says something else than it was told to, or has another number of pages."""


def verify(data: bytes, words: Words, name: str) -> None:
    """Raise OtherWordsError unless a file, DOCX or PDF, says what it was made of; `name`: for the message."""
    if data.startswith(b"%PDF"):
        _verify_pdf(data, words, name)
    else:
        _verify_docx(data, words, name)


def verify_claims(data: bytes, claims: str, face: str, name: str) -> None:
    """Raise OtherWordsError unless a PDF is what its way is said to give, set in the face alone.

    `claims` may name tags, PDF/UA-1 and PDF/A-2a: the file must say so of itself. Whether that is true, the
    tests of briefbook ask of its own files (veraPDF); of the peers' it is believed.
    """
    with pikepdf.open(BytesIO(data)) as pdf:
        lacking = [claim for claim in CLAIMS if claim in claims and not CLAIMS[claim](pdf)]
        faces = {str(font.BaseFont) for font in pdf.objects if _is_face(font)}
    if lacking:
        raise OtherWordsError(f"{name} is not {', '.join(lacking)}")
    plain = face.replace(" ", "")
    if not faces or any(plain not in told.replace("-", "") for told in faces):
        raise OtherWordsError(f"{name} is set in {sorted(faces)}, not in {face}")


def _has_tags(pdf: pikepdf.Pdf) -> bool:
    mark = pdf.Root.get("/MarkInfo")
    return "/StructTreeRoot" in pdf.Root and mark is not None and bool(mark.get("/Marked", False))


def _is_ua(pdf: pikepdf.Pdf) -> bool:
    with pdf.open_metadata() as metadata:
        return metadata.get("pdfuaid:part") == "1"


def _is_a_2a(pdf: pikepdf.Pdf) -> bool:
    with pdf.open_metadata() as metadata:
        return (metadata.get("pdfaid:part"), metadata.get("pdfaid:conformance")) == ("2", "A")


CLAIMS: dict[str, Callable[[pikepdf.Pdf], bool]] = {
    "tags": _has_tags,
    "PDF/UA-1": lambda pdf: _has_tags(pdf) and _is_ua(pdf),
    "PDF/A-2a": lambda pdf: _has_tags(pdf) and _is_a_2a(pdf),
}


def _is_face(found: pikepdf.Object) -> bool:
    return isinstance(found, pikepdf.Dictionary) and found.get("/Type") == "/Font" and "/BaseFont" in found


def _verify_docx(data: bytes, words: Words, name: str) -> None:
    said = TOKEN.findall(mammoth.extract_raw_text(BytesIO(data)).value)  # type: ignore[no-untyped-call]
    wanted = [
        tokens_of(words, items=False, sources=sources) for sources in (False, True)
    ]  # numbered by Word, or by text
    if said not in wanted:
        nearest = min(wanted, key=lambda tokens: (Counter(tokens) - Counter(said)).total())
        raise OtherWordsError(f"{name}: {_difference(nearest, said) or 'all words, in another order'}")


def _verify_pdf(data: bytes, words: Words, name: str) -> None:
    pages = [_text_of(page) for page in extract_pages(BytesIO(data))]
    if len(pages) != PAGES:
        raise OtherWordsError(f"{name}: {len(pages)} pages")
    wanted = tokens_of(words, items=True, sources=True)
    for number in range(1, PAGES + 1):
        head = words["reference"] if number > 1 else ""
        wanted += TOKEN.findall(f"{head} {words['footer']} {number} of {PAGES}")
    said = Counter(TOKEN.findall(" ".join(pages)))
    if said not in [Counter(wanted) + Counter(repeated) for repeated in _repeated(words)]:
        raise OtherWordsError(f"{name}: {_difference(wanted, said)}")


def _repeated(words: Words) -> list[list[str]]:
    """What a second page may say once more: nothing, or the header row of a table that goes on there."""
    headers = [
        section["header"] for section in words.values() if isinstance(section, dict) and "rows" in section
    ]
    return [
        [],
        *(TOKEN.findall(" ".join(text for cell in header for text in _said(cell))) for header in headers),
    ]


def _difference(wanted: Iterable[str], said: Iterable[str]) -> str:
    """What is missing and what is too much."""
    missing, surplus = Counter(wanted) - Counter(said), Counter(said) - Counter(wanted)
    told = (("lacks", missing), ("has besides", surplus))
    return "; ".join(f"{verb} {sorted(tokens.elements())[:12]}" for verb, tokens in told if tokens)


def _text_of(page: Any) -> str:
    return " ".join(box.get_text() for box in page if isinstance(box, LTTextContainer))


def tokens_of(words: Words, *, items: bool, sources: bool) -> list[str]:
    """The words and numbers of a memo in reading order, with or without the numbers of its two lists."""
    return TOKEN.findall(" ".join(_texts(words, items=items, sources=sources)))


def _texts(words: Words, *, items: bool, sources: bool) -> Iterator[str]:
    yield from (words["title"], words["day"])
    yield from _fields(words["fields"])
    for section in words.values():
        if not isinstance(section, dict):
            continue
        yield section["heading"]
        for paragraph in section.get("paragraphs", ()):
            yield from _said(paragraph)
        yield from _fields(section.get("fields", ()))
        for number, item in enumerate(section.get("numbered", ()), 1):
            yield str(number) if items else ""
            yield from _said(item)
        for row in (section.get("header", ()), *section.get("rows", ())):
            for cell in row:
                yield from _said(cell)
        for entry in section.get("entries", ()):
            yield str(entry["number"]) if sources else ""
            yield from _said(entry["text"])


def _fields(fields: Any) -> Iterator[str]:
    for field in fields:
        yield field["label"]
        yield from _said(field["value"])


def _said(text: Words) -> Iterator[str]:
    yield f"{text['bold']}{text['text']}"
    yield from map(str, text["cites"])
