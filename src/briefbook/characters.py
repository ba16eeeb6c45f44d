"""The characters that no text has, wherever it comes from, and those that are not shown as they are."""

import re

# Those that YAML, XML or an editor's line count cannot bear: control characters (but tab, LF and CR), the
# line breaks that no editor shows (U+0085, U+2028, U+2029), the overrides that turn text around (U+202D,
# U+202E), surrogates, U+FEFF inside, U+FFFE and U+FFFF, and U+FFFD, which is what became of a lost character.
BAD = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff\ufeff\ufffd-\uffff]"
)
# The same in a text that YAML spells with escapes: a CR would change on its way, who writes U+FFFD means it.
BAD_IN_ESCAPE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202d\u202e\ud800-\udfff\ufeff\ufffe\uffff]"
)
# Those that a terminal, a mail reader or an editor obeys where it ought to show them: BAD but for U+FFFD, the
# ends of lines, and what turns letters around (Bidi_Control of Unicode: marks, embeddings, overrides and
# isolates). Arabic and Hebrew letters are none of them, nor are the joiners that Persian and emoji need.
OBEYED = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


def printable(text: str, instead: str = "\ufffd") -> str:
    """A text of anybody's for one line of what people read: `instead` of each character that is OBEYED."""
    return OBEYED.sub(instead, text)


def name_shown(name: str) -> str:
    """A file's name for such a line: what is not seen stands out as well, for it tells two names apart."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in name)


def on_one_line(text: str) -> str:
    """The same with one blank for each stretch of these and of white space, and none at its ends."""
    return " ".join(printable(text, " ").split())
