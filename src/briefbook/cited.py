"""A source as it is cited: its id, and the address that opens it at the words.

The words stand in the address as text directives (URL Fragment Text Directives, WICG draft report, 3.2 to
3.4), at which a browser shows them; one that does not know them, or does not find the words, opens the page:

    https://example.org/note#:~:text=met%20in%20Port%20Emery%20on%2011%20May&text=Minister%20Ana%20Holm
"""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from briefbook.keeping import Remembered, remembered

LONGEST = 2000  # characters of an address: Word calls a file damaged that holds one of more than 2083

_SIGNS = r"[^\s<>\"\\^`{|}\x00-\x20\x7f]+"
_ADDRESS = re.compile(f"https?://{_SIGNS}", re.IGNORECASE)
_MAIL = re.compile(f"mailto:{_SIGNS}", re.IGNORECASE)
_ADDRESS_SIGNS = "%/:=&?~#+!$,;'@()*[]"  # stand for themselves in an address (RFC 3986, 2.2)
_DELIMITER = ":~:"  # between a page's own fragment and the directives
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))  # a page need not hold them


class Cited(str):
    """The id of a source, with the address that opens it at the words cited, where there is one."""

    target: str | None

    __slots__ = ("target",)

    def __new__(cls, source: str, target: str | None = None) -> "Cited":
        """Cite a source by its id."""
        cited = str.__new__(cls, source)
        cited.target = target
        return cited


@remembered(4096)  # each format asks for each address anew
def web_address(text: str) -> str | None:
    """An address of the web (http or https) in ASCII; None for any other text and for one too long.

    Nothing is an address that names no host, or a port that is none (RFC 3986, 3.2).
    """
    if _ADDRESS.fullmatch(text) is None:
        return None
    try:
        parts = urlsplit(text)
        named = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:  # brackets that hold no IPv6 address, a port that is no number
        return None
    address = quote(text, safe=_ADDRESS_SIGNS)
    return address if named and len(address) <= LONGEST else None


def link_address(text: str) -> str | None:
    """Where a link may lead, in ASCII: to an address of the web or of a mail; None for any other text."""
    if _MAIL.fullmatch(text) is not None and len(text) <= LONGEST:
        return quote(text, safe=_ADDRESS_SIGNS)
    return web_address(text)


# How somebody begins who means the web: with its scheme or a slip in that, or with a host and no scheme.
_MEANT = re.compile(r"(?:https?:|h[tps]{2,6}[:;]?/|ttps?:|www\.|(?:[a-z0-9-]+\.)+[a-z]{2,}/)", re.IGNORECASE)


def is_nearly_web(text: str) -> bool:
    """True for what looks like an address of the web and is none; `doi:…` or `Box 3` does not."""
    return _MEANT.match(text) is not None and web_address(text) is None


def opening(address: str, fragments: tuple[str, ...]) -> str:
    """The address that opens a page, which has a `web_address`, at fragments of its text."""
    return _openings[address, fragments]


def page_of(address: str) -> str:
    """An address without the words at which it opens a page: to be read, not to be followed."""
    page, found, _ = address.partition(_DELIMITER)
    return page.removesuffix("#") if found else address


def joined(one: str | None, other: str | None) -> str | None:
    """The address that opens a page at the words of two addresses of it; None is none."""
    if one is None or other is None:
        return one or other
    _, _, directives = other.partition(_DELIMITER)
    return _with_directives(one, directives.split("&") if directives else ())


def merged(sources: Iterable[str]) -> tuple[Cited, ...]:
    """Each source once, in order, opened at all the words that it is cited for; a bare id opens nothing."""
    found: dict[str, Cited] = {}
    for source in sources:
        cited = source if isinstance(source, Cited) else Cited(source)
        known = found.setdefault(cited, cited)
        if known.target != cited.target:
            found[cited] = Cited(cited, joined(known.target, cited.target))
    return tuple(found.values())


def _directive(fragment: str) -> str:
    """A fragment as a text directive: all but letters, digits and `._~` is encoded, `-`, `,` and `&` too.

    It is never the form `text=start,end`: a fragment of evidence has eight words at most.
    """
    words = " ".join(unicodedata.normalize("NFC", fragment).translate(_UNSEEN).split())
    return "text=" + quote(words, safe="").replace("-", "%2D")


_openings = Remembered[tuple[str, tuple[str, ...]], str](  # most statements are shown by more than one memo
    lambda asked: _with_directives(asked[0], map(_directive, asked[1])),
    4096,
    lambda asked: len(asked[0]) + sum(map(len, asked[1])),
)


def _with_directives(address: str, directives: Iterable[str]) -> str:
    """An address with directives added to those that it has, as many as it may be long.

    A page's own fragment stays: it says where to go if the words are not found.
    """
    page, delimiter, own = address.partition(_DELIMITER)
    made = address
    known = set(own.split("&"))
    for directive in directives:
        if directive in known or directive == "text=":
            continue
        lead = "&" if delimiter else _DELIMITER if "#" in page else f"#{_DELIMITER}"
        if len(made) + len(lead) + len(directive) > LONGEST:
            break
        made, delimiter = made + lead + directive, _DELIMITER
        known.add(directive)
    return made
