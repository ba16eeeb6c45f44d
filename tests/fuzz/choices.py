"""Bytes as decisions: a harness that needs a structure draws it from them, so that any bytes mean something.

An input that a fuzzer found means the same in every release, as this is all that reads it. Where the bytes
end, every decision is the first of its kind, and so every structure has an end too.
"""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

PLAIN = (
    "Norland",
    "Sudland",
    "the",
    "council",
    "met",
    "in",
    "Port",
    "Emery",
    "on",
    "11",
    "May",
    "2031",
    ".",
    ",",
)
# What means something to one of the formats, or to whoever shows a text.
HOSTILE = (
    *(
        "<script>alert(1)</script>",
        "</style>",
        "<b>",
        "<!--",
        "-->",
        "]]>",
        "&amp;",
        "&#0;",
        "&#x41;",
        "&",
        "'",
        '"',
    ),
    *(
        "|",
        "\\",
        "\\|",
        "`",
        "```",
        "](",
        "![x](y)",
        "[1]",
        "[^1]",
        "*",
        "**a**",
        "_",
        "~~",
        "#",
        "##",
        "1.",
        "1)",
    ),
    *(
        "-",
        "+",
        "---",
        "===",
        ">",
        ":--",
        "{page}",
        "{{",
        "{%",
        "{#a text}",
        "{^a}",
        "{/}",
        "{>}",
        "{;}",
        "%s",
    ),
    *(
        "<para>",
        "<onDraw name='x'/>",
        "javascript:alert(1)",
        "www.norland.example",
        "https://a.example/b_c?d=1&e=2",
    ),
    *(
        "a@b.example",
        "=cmd|' /C calc'!A0",
        "\u00a0",
        "\u00ad",
        "\u2009",
        "\u200b",
        "\u200d",
        "\u2060",
        "e\u0301",
    ),
    *(
        "\u2028",
        "\u202e",
        "\ufeff",
        "\ufffd",
        "\ufffe",
        "\x00",
        "\x07",
        "\x7f",
        "\x85",
        "\ud800",
        "東京",
        "שלום",
        "👩‍🚀",
    ),
)
_LONGEST = 12  # bytes of a text that is taken as it stands


class Choices:
    """Decisions read from bytes, one after another."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to decide by."""
        return self._at >= len(self._data)

    def number(self, below: int) -> int:
        """A number from 0 to `below` - 1, by as many bytes as it may need."""
        size = max(1, ((below - 1).bit_length() + 7) // 8)
        return int.from_bytes(self.take(size), "big") % below

    def flag(self) -> bool:
        """Yes or no."""
        return self.number(2) == 1

    def pick(self, among: Sequence[T]) -> T:
        """One of several."""
        return among[self.number(len(among))]

    def take(self, size: int) -> bytes:
        """So many bytes as they stand, fewer at the end."""
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self._data))

    def text(self) -> str:
        """Words: plain ones, hostile ones, a text as the bytes have it, a character by its number."""
        words: list[str] = []
        for _ in range(1 + self.number(4)):
            match self.number(4):
                case 0:
                    words.append(self.pick(PLAIN))
                case 1:
                    words.append(self.pick(HOSTILE))
                case 2:
                    words.append(self.take(self.number(_LONGEST)).decode("utf-8", "ignore"))
                case _:
                    words.append(chr(self.number(0x110000)))
            words.append(self.pick((" ", "", "")))
        return "".join(words)
