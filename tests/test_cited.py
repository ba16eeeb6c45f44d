"""Addresses that open a source at its words, taken apart again as the draft report on directives says."""

import re
import string
import unicodedata
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefbook.cited import LONGEST, Cited, is_nearly_web, joined, merged, opening, page_of, web_address

NOTE = "https://example.org/note"
# What a directive may hold unencoded, `-`, `,` and `&` never (URL Fragment Text Directives, 3.4).
EXPLICIT = set(string.ascii_letters + string.digits + "!$'()*+./:;=?@_~%")

fragments = st.text(
    st.sampled_from("-,&#%=:~?/ \n\t'\"«»“”é中") | st.characters(codec="utf-8"), min_size=1, max_size=40
).filter(lambda text: text.strip())
addresses = st.builds(
    "{}://{}/{}{}".format,
    st.sampled_from(("http", "https", "HTTPS")),
    st.sampled_from(("example.org", "user@example.org:8080", "norland.example")),
    st.text(string.ascii_letters + string.digits + "-._~/%!$&'()*+,;=:@?é", max_size=30),
    st.sampled_from(("", "#", "#annex", "#page=3&zoom=1")),
)


def words_in(address: str) -> list[str]:
    """What a browser looks for: the values of the text directives, decoded."""
    _, found, directives = urlsplit(address).fragment.partition(":~:")
    if not found:
        return []
    words = []
    for directive in directives.split("&"):
        name, _, value = directive.partition("=")
        assert name == "text"
        assert set(value) <= EXPLICIT
        words.append(unquote(value, errors="strict"))
    return words


def seen(text: str) -> str:
    """A fragment as it is compared: composed, on one line."""
    text = re.sub("[\u00ad\u200b-\u200d\u2060\ufeff]", "", unicodedata.normalize("NFC", text))
    return " ".join(text.split())


@given(addresses, st.lists(fragments, max_size=4))
def test_a_browser_reads_the_fragments_back_whatever_is_in_them(address: str, given_: list[str]) -> None:
    page = web_address(address)
    assert page is not None
    made = opening(page, tuple(given_))
    assert words_in(made) == list(dict.fromkeys(filter(None, map(seen, given_))))
    assert page_of(made) == (page.removesuffix("#") if words_in(made) else page)
    assert made.startswith(page)
    assert made.isascii()
    assert web_address(made) == made  # a link that every writer takes


@pytest.mark.parametrize(
    ("address", "words", "made"),
    [
        (NOTE, ("met on 11 May",), f"{NOTE}#:~:text=met%20on%2011%20May"),
        (NOTE, ("one", "two", "one"), f"{NOTE}#:~:text=one&text=two"),
        (NOTE, ("A-B, C & D",), f"{NOTE}#:~:text=A%2DB%2C%20C%20%26%20D"),
        (NOTE, ("100 % – “so”",), f"{NOTE}#:~:text=100%20%25%20%E2%80%93%20%E2%80%9Cso%E2%80%9D"),
        (NOTE, ("over\n  two\tlines",), f"{NOTE}#:~:text=over%20two%20lines"),
        (NOTE, ("a\u00adb\u00a0c", "\u00ad"), f"{NOTE}#:~:text=ab%20c"),
        (NOTE, ("Mari\u0107", "Maric\u0301"), f"{NOTE}#:~:text=Mari%C4%87"),
        (f"{NOTE}#annex", ("so",), f"{NOTE}#annex:~:text=so"),
        (f"{NOTE}#", ("so",), f"{NOTE}#:~:text=so"),
        (f"{NOTE}#:~:text=theirs", ("ours",), f"{NOTE}#:~:text=theirs&text=ours"),
        (NOTE, (), NOTE),
    ],
)
def test_what_is_made_of_fragments(address: str, words: tuple[str, ...], made: str) -> None:
    assert opening(address, words) == made


@pytest.mark.parametrize(
    "text",
    [
        *(
            "javascript:alert(1)",
            " https://example.org",
            "https://example.org/a b",
            "//example.org",
            "example.org",
        ),
        *(
            "mailto:desk@example.org",
            "file:///etc/passwd",
            "ftp://example.org",
            "https://",
            "Box 12, folder 3",
        ),
        *("https://a.example/\n", 'https://a.example/"', "https://a.example/<b>", "https://a.example/\\"),
        "https://example.org/" + "a" * LONGEST,
        "https://example.org/" + "é" * (LONGEST // 4),
    ],
)
def test_no_other_text_is_an_address_of_the_web(text: str) -> None:
    assert web_address(text) is None


def test_letters_beyond_ascii_are_encoded_and_nothing_twice() -> None:
    assert web_address("https://example.org/é?a=%C3%A9&b=[1]") == "https://example.org/%C3%A9?a=%C3%A9&b=[1]"


def test_an_address_stays_as_long_as_word_takes_it_and_names_the_first_fragments() -> None:
    words = tuple(f"fragment number {n} of very many of them" for n in range(200))
    made = opening(NOTE, words)
    assert len(made) <= LONGEST < len(made) + 80
    assert words_in(made) == list(words[: len(words_in(made))])
    assert joined(made, opening(NOTE, ("late",))) == made + "&text=late"
    assert len(str(joined(made, opening(NOTE, (words[-1] * 2,))))) <= LONGEST


@given(st.lists(fragments, max_size=3), st.lists(fragments, max_size=3))
def test_two_addresses_of_a_page_join_to_one_with_the_words_of_both(one: list[str], two: list[str]) -> None:
    both = opening(NOTE, (*one, *two))
    assert joined(opening(NOTE, tuple(one)), opening(NOTE, tuple(two))) == both
    assert joined(both, both) == both
    assert (joined(None, both), joined(both, None), joined(None, None)) == (both, both, None)


def test_a_source_is_cited_once_at_all_its_words() -> None:
    note = [Cited("note", opening(NOTE, (words,))) for words in ("one", "two")]
    found = merged([note[0], "letter", note[1], Cited("gazette"), note[0]])
    assert found == ("note", "letter", "gazette")
    assert [source.target for source in found] == [opening(NOTE, ("one", "two")), None, None]


@pytest.mark.parametrize(
    "text",
    [
        "htps://example.org/a",
        "http//example.org",
        "http:/example.org",
        "HTTPS;//example.org",
        "ttps://example.org",
        "https:///",
        "https://?q=1",
        "https://example.org/a b",
        "herald.example.org/2031/05",
        "www.example.org",
        "https://example.org/" + "a" * LONGEST,
    ],
)
def test_a_slip_in_an_address_of_the_web_is_known_for_one(text: str) -> None:
    assert web_address(text) is None
    assert is_nearly_web(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org",
        "http://[::1]/",
        "doi:10.1000/182",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "file:///a/b.pdf",
        "annex.pdf",
        "Box 3, folder 7",
        "the state archive, no. 7/31",
        "",
    ],
)
def test_what_is_no_slip_is_the_users_own_matter(text: str) -> None:
    assert not is_nearly_web(text)
