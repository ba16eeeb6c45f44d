"""How words of a returned DOCX look, as far as a look says something (ECMA-376 Part 1 §17.3.2, §17.7).

What a person can say by a look: struck through, hidden, highlighted, coloured, bold, italic, underlined. Read
are a run's own properties and its character style with those that it is based on; the look of a whole
paragraph is told by the name of its style.
"""

from collections.abc import Iterable, Iterator

from lxml import etree

from briefbook.readers.returned_xml import W, is_on, local_name, value
from briefbook.returned import Look, Relooked

_SWITCHES = {
    "strike": Look.STRUCK,
    "dstrike": Look.STRUCK,
    "vanish": Look.HIDDEN,
    "b": Look.BOLD,
    "i": Look.ITALIC,
}
_MOST_BASES = 20  # styles that stand on each other; Word itself allows ten
_NO_INK = ("", "auto", "000000")
_NO_PAPER = ("", "auto", "FFFFFF")


class Styles:
    """The styles of a document: their names, which programs keep where they change their ids, and looks."""

    def __init__(self, root: etree._Element | None) -> None:
        found = () if root is None else root.iterfind(W + "style")
        self._by_id = {style.get(W + "styleId", ""): style for style in found}
        usual = (
            style
            for style in self._by_id.values()
            if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true", "on")
        )
        self._usual = _name_of(next(usual, None))
        self._looks: dict[str, dict[Look, bool]] = {}

    def name(self, id_: str) -> str:
        """The name of a paragraph's style, of none that of the usual one; its id where it is not there."""
        return (_name_of(self._by_id.get(id_)) or id_) if id_ else self._usual

    def looks(self, properties: etree._Element | None) -> frozenset[Look]:
        """How a run with these properties looks."""
        if properties is None or not len(properties):
            return frozenset()
        said = self._of_style(value(properties.find(W + "rStyle"))) | dict(_said(properties))
        return frozenset(look for look, is_so in said.items() if is_so)

    def _of_style(self, id_: str) -> dict[Look, bool]:
        """What a character style says, and those that it is based on."""
        if id_ not in self._looks:
            chain: list[etree._Element] = []
            style = self._by_id.get(id_)
            while style is not None and len(chain) < _MOST_BASES:
                chain.append(style)
                style = self._by_id.get(value(style.find(W + "basedOn")))
            self._looks[id_] = {}
            for each in reversed(chain):
                properties = each.find(W + "rPr")
                # Its colour is the style's business: only one that somebody set is a sign.
                said = () if properties is None else _said(properties)
                self._looks[id_] |= {look: is_so for look, is_so in said if look is not Look.COLOURED}
        return self._looks[id_]


def _name_of(style: etree._Element | None) -> str:
    return "" if style is None else value(style.find(W + "name"))


def _said(properties: etree._Element) -> Iterator[tuple[Look, bool]]:
    """What properties say of each look that they name; of two switches for one look, either is enough."""
    switches: dict[Look, bool] = {}
    for one in properties:
        match local_name(one):
            case name if name in _SWITCHES:
                look = _SWITCHES[name]
                switches[look] = switches.get(look, False) or is_on(one)
            case "u":
                yield Look.UNDERLINED, value(one) not in ("", "none")
            case "highlight":
                switches[Look.MARKED] = switches.get(Look.MARKED, False) or value(one) not in ("", "none")
            case "shd":
                is_marked = one.get(W + "fill", "").upper() not in map(str.upper, _NO_PAPER)
                switches[Look.MARKED] = switches.get(Look.MARKED, False) or is_marked
            case "color":
                yield Look.COLOURED, value(one).lower() not in _NO_INK
            case _:
                pass
    yield from switches.items()


def relooked(
    changes: Iterable[etree._Element], what: str = "", paragraph: int | None = None
) -> list[Relooked]:
    """The tracked changes of looks that these elements stand for (§17.13.5.29 to 17.13.5.37)."""
    return [
        Relooked(
            author=one.get(W + "author", ""), when=one.get(W + "date", ""), what=what, paragraph=paragraph
        )
        for one in changes
    ]
