"""What the writers say alike."""

import pytest

from briefbook.writers.words import tied


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Friday 8 October 2021", "Friday 8~October 2021"),
        ("4–7 October", "4–7~October"),
        ("about 40 activities", "about 40~activities"),
        ("2021 was", "2021 was"),
        ("room 8 2", "room 8 2"),
        ("v1.12 is", "v1.12~is"),
        ("8", "8"),
        ("viernes 8 de octubre de 2021", "viernes 8~de~octubre de~2021"),
        ("A PRINCIPIOS DE 2026", "A PRINCIPIOS DE~2026"),
        ("de 20 de ellos", "de 20~de~ellos"),
        ("Tab\u00a01 lists", "Tab~1 lists"),
    ],
)
def test_a_short_number_stays_with_its_word(text: str, expected: str) -> None:
    assert tied(text) == expected.replace("~", "\u00a0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stock – not later", "stock~– not later"),
        ("stock —", "stock~—"),
        ("2021–2022", "2021–2022"),
        ("– at its head", "– at its head"),
        ("from –5 degrees", "from –5~degrees"),
    ],
)
def test_no_line_begins_with_a_spaced_dash(text: str, expected: str) -> None:
    assert tied(text) == expected.replace("~", "\u00a0")
