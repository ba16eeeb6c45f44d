"""Where a line may end, after UAX 14 in the small.

After spaces, after a hyphen before a letter, after a dash between words, after a soft hyphen or a zero width
space; never at a no-break space, never between digits. Pure.
"""

import re
from functools import lru_cache

SOFT_HYPHEN = "\u00ad"
BREAKING_SPACE = " \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a\u205f\u3000"
_OPPORTUNITY = re.compile(
    rf"[{BREAKING_SPACE}]++(?![\u2013\u2014] )"  # a spaced dash does not begin a line
    r"|[\u00ad\u200b]"
    r"|(?<=[\w.,)’”'\"])[-\u2010](?=[^\W\d])"
    r"|(?<=[^\W\d])[-\u2010](?=\d{4,})"
    r"|(?<=\S)[\u2013\u2014](?=[^\W\d])"
    r"|(?<=[^\W\d])[.,)”\"]*[\u2013\u2014](?=\d)"
)
# Without any of these, but for single spaces, a text is divided at its spaces alone.
_OTHER_OPPORTUNITY = re.compile(f"[-\u00ad\u200b\u2010\u2013\u2014{BREAKING_SPACE[1:]}]|  ")


def words_of(text: str) -> tuple[str, ...]:
    """A text cut wherever a line may end."""
    if _OTHER_OPPORTUNITY.search(text) is None:
        *words, last = text.split(" ")
        words = [word + " " for word in words]
        if last:
            words.append(last)
        return tuple(words)
    ends = [found.end() for found in _OPPORTUNITY.finditer(text)]
    if text and (not ends or ends[-1] != len(text)):
        ends.append(len(text))
    return tuple([text[start:end] for start, end in zip([0, *ends], ends, strict=False)])


undivided = lru_cache(maxsize=8192)(
    words_of
)  # a table's cells are cut for their columns, then for their lines
