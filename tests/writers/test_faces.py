"""Faces: every character by a face that holds it, and told of where there is none."""

import copy
import gc
import pickle
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.writers.faces import (
    FaceSet,
    face_file,
    face_pieces,
    missing_characters,
    register_face,
    width_in_ems,
)
from briefbook.writers.styled_text import composed
from briefbook.writers.theme import File, OwnFaces
from tests.faces import small_face, typewriter_face
from tests.writers.drawn import undrawable

STYLES = [(False, False), (True, False), (False, True), (True, True)]


def faces(text: str, *, strong: bool = False, emphasis: bool = False) -> list[tuple[str, str]]:
    return [(piece.face, piece.text) for piece in face_pieces(composed(text), strong, emphasis)]


def test_one_face_draws_what_it_holds() -> None:
    assert faces("Port Emery – 11 May, “agreed” → ↔ − €") == [
        ("Caladea-Regular", "Port Emery – 11 May, “agreed” → ↔ − €")
    ]
    assert faces("Emery", strong=True, emphasis=True) == [("Caladea-BoldItalic", "Emery")]


def test_the_fallback_draws_the_rest_run_by_run() -> None:
    assert faces("in Αθήνα, Москва") == [
        ("Caladea-Regular", "in "),
        ("SourceSerifPro-Regular", "Αθήνα"),
        ("Caladea-Regular", ", "),
        ("SourceSerifPro-Regular", "Москва"),
    ]
    assert faces("Iași", strong=True) == [
        ("Caladea-Bold", "Ia"),
        ("SourceSerifPro-Bold", "ș"),
        ("Caladea-Bold", "i"),
    ]


def test_an_italic_that_the_fallback_lacks_stands_upright() -> None:
    assert faces("Αθήνα", emphasis=True) == [("SourceSerifPro-Regular", "Αθήνα")]


def test_an_accent_that_composes_with_nothing_goes_back_over_its_letter() -> None:
    letter, accent = face_pieces("q\u0303", False, False)
    assert letter.face == accent.face == "SourceSerifPro-Regular"
    assert accent.width == 0
    assert accent.offset == pytest.approx(-letter.width / 2)


def test_a_decomposed_letter_is_drawn_composed() -> None:
    assert faces("Que\u0301bec") == [("Caladea-Regular", "Québec")]


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2007", "\u2009", "\u2003"])
def test_every_space_is_drawn_as_a_space(space: str) -> None:
    assert width_in_ems(f"10{space}000", False, False) == width_in_ems("10 000", False, False)
    assert missing_characters(f"10{space}000") == []


@pytest.mark.parametrize("invisible", ["\u200b", "\u2060", "\u200d", "\ufeff", "\u200e", "\ufe0f"])
def test_nothing_is_drawn_for_what_is_invisible(invisible: str) -> None:
    assert faces(f"zero{invisible}width") == [("Caladea-Regular", "zerowidth")]
    assert missing_characters(invisible) == []


def test_a_no_break_hyphen_is_drawn_as_a_hyphen() -> None:
    assert faces("co\u2011op") == [("Caladea-Regular", "co-op")]


def test_what_no_face_holds_is_told_once_in_order() -> None:
    assert missing_characters("Port 東京 – 東, Αθήνα, e\u0301, 👩") == ["東", "京", "👩"]
    assert missing_characters("a\uf6c3b") == ["\uf6c3"]  # Caladea has a glyph for it, nobody a meaning
    assert missing_characters("Port Emery") == []


@pytest.mark.parametrize("name", ["caladea", "source-serif-pro"])
def test_the_faces_that_come_with_briefbook_hold_the_printable_characters_of_ascii(name: str) -> None:
    for sign in map(chr, range(0x20, 0x7F)):  # `missing_characters` takes it for granted
        (piece,) = face_pieces(sign, False, False, FaceSet(name=name))
        assert (piece.text, piece.width > 0) == (sign, True)


def test_what_no_face_holds_is_drawn_as_a_question_mark() -> None:
    assert faces("a東b") == [("Caladea-Regular", "a?b")]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"))), st.sampled_from(STYLES))
def test_what_is_drawn_stands_in_its_face(text: str, style: tuple[bool, bool]) -> None:
    for piece in face_pieces(composed(text), *style):
        held = register_face(piece.face).face.charToGlyph
        assert all(character == "\u00a0" or held[ord(character)] != 0 for character in piece.text)


@given(
    st.text(st.characters(codec="latin-1", min_codepoint=0x20, exclude_characters="\x7f")),
    st.sampled_from(STYLES),
)
def test_a_width_is_the_sum_of_its_pieces(text: str, style: tuple[bool, bool]) -> None:
    pieces = face_pieces(text, *style)
    assert width_in_ems(text, *style) == pytest.approx(sum(piece.width for piece in pieces))
    assert width_in_ems(text, *style) == pytest.approx(
        sum(register_face(piece.face).stringWidth(piece.text, 1) for piece in pieces)
    )


def test_figures_are_all_as_wide() -> None:
    assert len({width_in_ems(figure, False, False) for figure in "0123456789"}) == 1


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda name: pickle.loads(pickle.dumps(name))])
def test_a_copied_name_of_a_user_s_own_face_stands_for_the_same_file(copied: Callable[[str], str]) -> None:
    own = FaceSet(own=OwnFaces(regular=File.of(typewriter_face())))
    (piece,) = face_pieces("A", strong=False, emphasis=False, faces=own)
    name = copied(piece.face)
    assert name == piece.face
    file = face_file(name)
    assert isinstance(file, BytesIO)
    assert file.read() == typewriter_face()


def test_the_faces_of_many_users_are_let_go() -> None:
    face = small_face() + b"of no other test"
    for number in range(100):  # a worker of a cluster outlives a build, and a face changes now and then
        own = OwnFaces(regular=File.of(face + bytes(number)))
        assert width_in_ems("Port Emery", False, False, FaceSet(own=own)) > 1
    del own
    gc.collect()
    kept = [one for one in gc.get_objects() if isinstance(one, File) and one.data.startswith(face)]
    assert len({one.sha256 for one in kept}) <= 64


def test_a_character_is_told_as_missing_just_where_no_file_of_a_face_holds_it() -> None:
    """Of the first plane, but for what no book may hold; the files are read by fontTools."""
    unbearable = {*range(0x20), 0x7F, *range(0x80, 0xA0), 0x2028, 0x2029, *range(0xD800, 0xE000)}
    signs = [chr(code) for code in range(0x10000) if code not in unbearable]
    assert [sign for sign in signs if set(missing_characters(sign)) != undrawable(sign)] == []
