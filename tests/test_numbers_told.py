"""Numbers in words are numbers: another one is a fact, not a way of saying it."""

import pytest

from briefbook.reviewing.numbers_told import numbers_in


@pytest.mark.parametrize(
    ("language", "one", "other", "is_same"),
    [
        ("en", "Dredge to twelve metres.", "Dredge to thirteen metres.", False),
        ("en", "Dredge to twelve metres.", "Dig down to twelve metres.", True),
        ("en-GB", "4,000 ships", "5,000 ships", False),
        ("en", "Open the Second pier.", "Open the third pier.", False),
        ("en", "from 4 to 5 boats", "from 5 to 4 boats", False),
        ("en", "twenty-one boats", "twenty-two boats", False),
        ("en", "it often weighs", "it weighs", True),
        ("es", "a doce metros", "a trece metros", False),
        ("es", "a veintiún metros", "a veintitrés metros", False),
        ("es", "once barcos", "doce barcos", False),
        ("es", "la Segunda terminal", "la tercera terminal", False),
        ("es", "se abre un muelle", "abre el muelle", True),
        ("de", "zwölf Boote", "dreizehn Boote", True),  # what is not known is not guessed
        ("de", "12 Boote", "13 Boote", False),
    ],
)
def test_other_numbers(language: str, one: str, other: str, is_same: bool) -> None:
    assert (numbers_in(one, language) == numbers_in(other, language)) is is_same
