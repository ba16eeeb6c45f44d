"""The short ways by which most texts are drawn, against the general one."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.writers.faces import FaceSet
from briefbook.writers.pdf_faces import DrawnFaces
from briefbook.writers.pdf_file import PdfFile, escaped

LOOKS = st.tuples(st.booleans(), st.booleans())
ASCII = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E))
ANY = st.text(st.one_of(st.sampled_from("aé–—“…\u00a0€Žжω(\\)\x7f\t́"), st.characters(codec="utf-8")))
SETS = [FaceSet(), FaceSet(name="source-serif-pro")]


def generally(faces: DrawnFaces, text: str, look: tuple[bool, bool], size: float) -> tuple[str, str] | None:
    """What the general way draws at one place by one subset; None for a text that takes more."""
    match faces.pieces(text, *look):
        case [(0.0, [(subset, string)])]:
            return string, f"{subset} {size:.2f} Tf"
    return None


def embedded(faces: DrawnFaces) -> tuple[str, bytes]:
    file = PdfFile()
    return faces.embed(file), file.finished(root=1, info=1, identity=b"")


def pairs() -> Iterator[tuple[DrawnFaces, DrawnFaces]]:
    for faces in SETS:
        yield DrawnFaces(faces), DrawnFaces(faces)


@given(st.lists(st.tuples(ANY, LOOKS), max_size=5))
def test_windows_1252_is_drawn_as_the_general_way_draws_it(
    texts: list[tuple[str, tuple[bool, bool]]],
) -> None:
    for short, general in pairs():
        for text, look in [*texts, *texts]:
            if text.isascii():
                continue
            string, font = short.string(text, *look, 9.5)
            if font:
                assert (f"({string})", font) == generally(general, text, look, 9.5)
            else:
                assert short.pieces(text, *look) == general.pieces(text, *look)
        assert embedded(short) == embedded(general)


@given(st.lists(st.tuples(ASCII, LOOKS), max_size=5))
def test_ascii_is_drawn_as_the_general_way_draws_it(texts: list[tuple[str, tuple[bool, bool]]]) -> None:
    for short, general in pairs():
        for text, look in texts:
            font = short.for_ascii(*look, 9.5)
            assert (f"({escaped(text)})", font) == generally(general, text, look, 9.5)
        assert embedded(short) == embedded(general)


@pytest.mark.parametrize("text", ["Ωμέγα", "дело", "a\tb", "é\x7f"])
def test_a_text_of_more_than_the_first_subset_takes_the_general_way(text: str) -> None:
    assert DrawnFaces(FaceSet()).string(text, strong=False, emphasis=False, size=9.5) == ("", "")
