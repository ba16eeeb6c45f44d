"""Where a line may end, after UAX 14 in the small.

After spaces, after a hyphen before a letter, after a dash between words, after a soft hyphen or a zero width
space; never at a no-break space, never between digits. Pure.
"""

import re

from briefbook.keeping import remembered

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
_OTHER_OPPORTUNITY = re.compile(f"[-\u00ad\u200b\u2010\u2013\u2014{BREAKING_SPACE[1:]}]|  ")


@remembered(2048)  # each format sets the same texts: a memo has some hundred
def undivided(text: str) -> tuple[str, ...]:
    """A text cut wherever a line may end."""
    if ends_at_spaces(text):
        *words, last = text.split(" ")
        words = [word + " " for word in words]
        if last:
            words.append(last)
        return tuple(words)
    ends = [found.end() for found in _OPPORTUNITY.finditer(text)]
    if text and (not ends or ends[-1] != len(text)):
        ends.append(len(text))
    return tuple([text[start:end] for start, end in zip([0, *ends], ends, strict=False)])


def ends_at_spaces(text: str) -> bool:
    """Whether a line of a text may end at its spaces, all of them single ones, and nowhere else."""
    return _OTHER_OPPORTUNITY.search(text) is None
