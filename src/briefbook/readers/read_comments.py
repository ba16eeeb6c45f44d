"""The remarks in a returned DOCX, each with what it is about (ECMA-376 Part 1 §17.13.4)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from briefbook.readers.returned_package import Package, Related
from briefbook.readers.returned_xml import SIGNS, W14, W15, W, local_name, root_of
from briefbook.returned import Comment


@dataclass(slots=True, kw_only=True)
class Anchor:
    """What a comment is about, while it is read."""

    paragraph: int
    start: int
    texts: list[str] = field(default_factory=list)
    is_open: bool = True


def read_comments(
    package: Package, related: list[Related], anchors: Mapping[str, Anchor]
) -> Iterator[Comment]:
    """The comments in the order of their part, each with the one that it answers.

    `anchors`: what they are about, by their ids.
    """
    root = root_of(package, related, "comments")
    if root is None:
        return
    extended = root_of(package, related, "commentsExtended")
    further = {} if extended is None else {one.get(W15 + "paraId", ""): one for one in extended}
    ids: dict[str, str] = {}  # of comments by those of their paragraphs
    for comment in root.iterfind(W + "comment"):
        for paragraph in comment.iter(W + "p"):
            ids[paragraph.get(W14 + "paraId", "")] = comment.get(W + "id", "")
    for comment in root.iterfind(W + "comment"):
        paragraphs = list(comment.iter(W + "p"))
        known = [further[key] for one in paragraphs if (key := one.get(W14 + "paraId", "")) in further]
        parent = next((found for one in known if (found := one.get(W15 + "paraIdParent"))), None)
        id_ = comment.get(W + "id", "")
        anchor = anchors.get(id_)
        yield Comment(
            id=id_,
            author=comment.get(W + "author", ""),
            when=comment.get(W + "date", ""),
            text="\n".join(_plain(one) for one in paragraphs).strip(),
            anchor="" if anchor is None else "".join(anchor.texts),
            paragraph=None if anchor is None else anchor.paragraph,
            start=0 if anchor is None else anchor.start,
            reply_to=ids.get(parent) if parent else None,
            is_done=any(one.get(W15 + "done") in ("1", "true") for one in known),
        )


def _plain(paragraph: etree._Element) -> str:
    """The words of a paragraph of a comment, without those that were deleted again."""
    parts = []
    for element in paragraph.iter():
        name = local_name(element)
        if name == "t":
            parts.append(element.text or "")
        elif name in SIGNS and local_name(element.getparent()) == "r":
            parts.append(SIGNS[name])
    return "".join(parts)
