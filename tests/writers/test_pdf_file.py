"""The file that the PDF's objects stand in, and the faces that it embeds; read by pikepdf and pdfminer."""

from io import BytesIO

import pikepdf
import pytest
from pdfminer.high_level import extract_text

from briefbook.document import Heading, Paragraph
from briefbook.writers.faces import missing_characters
from briefbook.writers.pdf_file import PdfFile
from briefbook.writers.theme import Theme
from briefbook.writers.to_pdf import write_pdf
from tests.writers.trees import document_of, run

IDENTITY = bytes(range(16))
_GREEK = "".join(map(chr, range(0x3B1, 0x3CA)))
_CYRILLIC = "".join(map(chr, range(0x430, 0x450)))
_SUBSET = 223  # codes that a further subset of a face has


def finished(count: int) -> pikepdf.Pdf:
    """A file of so many objects that each say their own number, and a stream between them."""
    file = PdfFile()
    late = file.reserve()
    numbers = [file.add(f"<</Number {number}>>") for number in range(count)]
    stream = file.deflated("/Kind/Text", b"(a) endstream\r\n")
    file.fill(late, f"[{' '.join(f'{number} 0 R' for number in numbers)}]")
    pages = file.add("<</Type/Pages/Kids[]/Count 0>>")
    root = file.add(f"<</Type/Catalog/Pages {pages} 0 R/All {late} 0 R/Stream {stream} 0 R>>")
    return pikepdf.open(BytesIO(file.finished(root=root, info=file.add("<<>>"), identity=IDENTITY)))


@pytest.mark.parametrize("count", [0, 1, 249, 1000])
def test_every_object_is_found_under_its_number(count: int) -> None:
    file = finished(count)
    assert [int(found.Number) for found in file.Root.All] == list(range(count))
    assert file.Root.Stream.read_bytes() == b"(a) endstream\r\n"
    assert [bytes(found) for found in file.trailer.ID] == [IDENTITY, IDENTITY]
    assert not file.check_pdf_syntax()


def test_an_object_that_got_no_body_is_an_error() -> None:
    file = PdfFile()
    file.reserve()
    root = file.add("<</Type/Catalog>>")
    with pytest.raises(KeyError):
        file.finished(root=root, info=root, identity=IDENTITY)


@pytest.mark.parametrize(
    "text",
    [
        "plain (and) \\ bracketed",
        "“quoted” – 5 € • ‘so’ …",
        "Peña Nieto, México: ¿cuándo?",
        "Ærø, Þór, Œuvre, Ÿ, straße, Čapek, Žižek",
        f"{_GREEK} among Latin {_CYRILLIC}",
        "↗ alone",
    ],
)
def test_a_text_of_any_letters_reads_back(text: str) -> None:
    data = write_pdf(document_of(Paragraph(children=run(text))), Theme())
    assert text in " ".join(extract_text(BytesIO(data)).split())


def test_more_letters_than_a_subset_has_codes_for_read_back() -> None:
    letters = [c for c in map(chr, range(0x100, 0x530)) if c.isalpha() and not missing_characters(c)]
    assert len(letters) > _SUBSET
    words = ["".join(letters[start : start + 8]) for start in range(0, len(letters), 8)]
    data = write_pdf(document_of(Paragraph(children=run(" ".join(words)))), Theme())
    assert extract_text(BytesIO(data)).split()[: len(words)] == words
    with pikepdf.open(BytesIO(data)) as pdf:
        names = list(pdf.pages[0].Resources.Font.keys())
    assert any(name.endswith(".2") for name in names), names


def test_memos_of_one_alphabet_embed_the_same_outlines() -> None:
    """So these are cut out once; of what goes beyond, the file has what is drawn and no more."""

    def programs(*words: str) -> set[bytes]:
        paragraphs = [Paragraph(children=run(text)) for text in words]
        document = document_of(Heading(level=1, children=run("Memo")), *paragraphs)
        with pikepdf.open(BytesIO(write_pdf(document, Theme()))) as pdf:
            fonts = pdf.pages[0].Resources.Font.values()
            return {font.FontDescriptor.FontFile2.read_raw_bytes() for font in fonts}

    assert programs("quick") == programs("brown – fox")
    assert len(programs("quick") & programs("qüick")) == 1  # the heading's
    assert len(programs("quick") & programs("quick Αθήνα")) == 2
