"""A link of a house that is refused: its address as Word shows it, and what is wrong with it."""

import pytest

from briefbook.writers.house_contents import HouseRefused
from briefbook.writers.house_package import open_house
from tests.hostile.test_house_files import link
from tests.hostile.test_instructions import footer, written
from tests.houses.by_hand import hand_made_house

NEITHER = "that leads neither to the web nor to a mail"
DRIVE = f"{NEITHER}, but to a drive"
BLANK = "whose address has a blank in it"
HIDDEN = "whose address has a hidden character in it"
NO_HOST = "whose address names no host, or a port that is none"
AROUND = "whose address has a blank or a quotation mark around it"
MISPLACED = "a switch lacks words, or a quotation mark or a backslash is out of place"
UNCLEAR = f"that leads nobody knows where: {MISPLACED}"
LONG = f"https://example.org/{'x' * 2000}"


def refused(house: bytes) -> HouseRefused:
    with pytest.raises(HouseRefused) as raised:
        open_house(house)
    return raised.value


@pytest.mark.parametrize(
    ("arguments", "wrong", "shown", "mend"),
    [
        (r'"C:\\Users\\Ana\\x.docx"', DRIVE, r"C:\Users\Ana\x.docx", "Remove Hyperlink"),
        (r'"\\\\server\\share\\x" \o "tip"', DRIVE, r"\\server\share\x", "Remove Hyperlink"),
        (r"\\\\server\\share \h", DRIVE, r"\\server\share", "Remove Hyperlink"),
        (r"C:\Users\My x.docx", DRIVE, r"C:\Users\My x.docx", "Remove Hyperlink"),
        ('"file:///P:/x.docx"', DRIVE, "file:///P:/x.docx", "Remove Hyperlink"),
        ('"https://example.org/a b" \\h', BLANK, "https://example.org/a b", "write %20 for a blank"),
        (r"https://example.org/a b c \h", BLANK, "https://example.org/a b c", "write %20 for a blank"),
        ('" https://example.org/"', AROUND, " https://example.org/", "take that out"),
        ("“https://example.org/”", AROUND, "“https://example.org/”", "take that out"),
        (
            '"https://example.org/a|b c"',
            "whose address has “|” and a blank in it",
            "https://example.org/a|b c",
            "write %7C for “|”, write %20 for a blank",
        ),
        (
            r'"https://example.org\\a"',
            "whose address has “\\” in it",
            r"https://example.org\a",
            "write / for “\\”",
        ),
        (f'"{LONG}"', "whose address is longer than 2,000 characters", f"{LONG[:60]}…", "shorten it"),
        ("htps:/example.org/a", NEITHER, "htps:/example.org/a", "begin with https://"),
        ("https://example.org:99999/", NO_HOST, "https://example.org:99999/", "behind the //"),
        ("https:///x", NO_HOST, "https:///x", "behind the //"),
        ("https://[::1/x", NO_HOST, "https://[::1/x", "behind the //"),
        ('"https://exa mple.org/a b"', BLANK, "https://exa mple.org/a b", "and take a blank out of its host"),
        ('"https:// example.org/"', BLANK, "https:// example.org/", "and take a blank out of its host"),
        ('"https://example.org/a\u00a0b"', BLANK, "https://example.org/a b", "write %20 for a blank"),
        ('"https://example.org/a\u3000b"', BLANK, "https://example.org/a b", "write %20 for a blank"),
        (
            '"https://example.org/a\x7fb"',
            HIDDEN,
            "https://example.org/a\ufffdb",
            "and take a hidden character out",
        ),
        ("www.example.org/a", NEITHER, "www.example.org/a", "begin with https://"),
        ('"ana@example.org"', NEITHER, "ana@example.org", "begin with mailto:"),
        ("Report 3.docx", NEITHER, "Report 3.docx", "Remove Hyperlink"),
        ('"javascript:x()"', NEITHER, "javascript:x()", "Remove Hyperlink"),
        ('"java\u202escript:x()"', NEITHER, "java\ufffdscript:x()", "Remove Hyperlink"),
        (r'\o "a" \l', UNCLEAR, r'HYPERLINK \o "a" \l', "Insert > Link"),
        ('"https://example.org', UNCLEAR, 'HYPERLINK "https://example.org', "Insert > Link"),
    ],
)
def test_what_is_wrong_with_a_field_s_address(arguments: str, wrong: str, shown: str, mend: str) -> None:
    found = refused(hand_made_house({"word/fuss.xml": footer(written(f" HYPERLINK {arguments} "))}))
    assert found.message == f"this file holds a link {wrong} (“{shown}”)"
    assert mend in found.hint
    assert f"{found.message}{found.hint}".isprintable()
    assert found.hint.startswith("in Word: right-click on it > ")


@pytest.mark.parametrize(
    ("address", "wrong"), [("https://example.org/a b", BLANK), ("file:///C:\\x", DRIVE), ("#", NEITHER)]
)
def test_what_is_wrong_with_a_link_s_address(address: str, wrong: str) -> None:
    found = refused(hand_made_house(dict(link(address))))
    assert found.message == f"this file holds a link {wrong} (“{address}”)"
