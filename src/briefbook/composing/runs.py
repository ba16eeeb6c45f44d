"""Runs as they are read from Markdown: marks among them that concern their block, spaces at their ends."""

from collections.abc import Sequence

from briefbook.document import Cite, Inline, Inlines, LineBreak, Text
from briefbook.frozen import changed, frozen


class MarkupError(ValueError):
    """What a section's Markdown cannot be turned into; `line` counts from 1 in the rendered Markdown."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@frozen
class Mark:
    """A mark that concerns the block around it, and where it belongs. No document holds one."""

    belongs: str


@frozen
class PlotMark(Mark):
    """The start of a row of a timeline, and what it tells (`figures`)."""

    told: str


@frozen
class PictureMark(Mark):
    """A picture by its path in the book, and what it shows in words."""

    name: str
    alt: str


FLUSH = Mark(belongs="the mark for flush right belongs into a heading, once")
ANCHOR = Mark(belongs="the anchor of a source belongs at the start of an item of a list")
OF_PLOTS = "the mark of a timeline belongs at the start of a row of a table"
OF_PICTURES = "a picture belongs at the start of a paragraph, its caption after it"


def retexted(run: Text, words: str) -> Text:
    """The run with other words; the run itself where they are no other."""
    return run if words == run.text else changed(run, text=words)


def trimmed(children: Sequence["Inline | Mark"]) -> Inlines:
    """Without block marks, without spaces at either end, before a citation or around a line break."""
    runs: list[Inline] = []
    for child in children:
        match child:
            case Text():
                if not runs or isinstance(runs[-1], LineBreak):
                    child = retexted(child, child.text.lstrip(" "))
                    if not child.text:
                        continue
            case Cite() | LineBreak():
                _strip_end(runs)
            case Mark():
                continue
            case _:
                pass
        runs.append(child)
    _strip_end(runs)
    return tuple(runs)


def _strip_end(runs: list[Inline]) -> None:
    """Take the white space off the end, through as many runs as consist of nothing else."""
    while runs and isinstance(last := runs[-1], Text):
        bare = last.text.rstrip(" ")
        if bare:
            runs[-1] = retexted(last, bare)
            return
        runs.pop()
