"""What somebody did to a debrief form besides answering: remarks, words around the fields, looks. Pure.

The form itself has none of it. A remark on an answer, or words in it that are struck through, leave it to a
person.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from briefbook.aligning import keys_in, paired
from briefbook.returned import Comment, Look, Paragraph, Part, Returned, Span, View, viewed

_SIGNS = (Look.STRUCK, Look.HIDDEN, Look.MARKED)
_EDGES = (Part.HEADER, Part.FOOTER)


def doubts_on(returned: Returned, fields: Mapping[str, int]) -> dict[str, str]:
    """Why answers are left to a person, by their fields; `fields` are the controls that they stand in."""
    by_control = {control: field for field, control in fields.items()}
    found: dict[str, str] = {}
    for field, number in fields.items():
        if struck := returned.controls[number].struck.strip():
            found[field] = f"in it are struck through or hidden: {struck}"
    for comment in returned.comments:
        for control in () if comment.is_done else _controls_under(returned, comment):
            if control in by_control:
                found.setdefault(by_control[control], remark_told(comment))
    return found


def remark_told(comment: Comment) -> str:
    """A remark in words."""
    on = f" on “{' '.join(comment.anchor.split())}”" if comment.anchor.strip() else ""
    return f"remark of {comment.author or 'somebody'}{on}: {comment.text}"


def _controls_under(returned: Returned, comment: Comment) -> set[int]:
    """The controls that a remark is about; of one on a label or a blank all that stand in its line."""
    if comment.paragraph is None or comment.paragraph >= len(returned.paragraphs):
        return set()
    begun = returned.paragraphs[comment.paragraph]
    at, end = -comment.start, len(comment.anchor)
    found = set()
    for paragraph in returned.paragraphs[comment.paragraph :]:
        for span in paragraph.spans:
            if at < max(end, 1) and at + len(span.text) > 0 and span.control is not None:
                found.add(span.control)
            at += len(span.text)
        if at >= end:
            break
    return found or {span.control for span in begun.spans if span.control is not None}


def told_beside(own: Returned, returned: Returned) -> Iterator[str]:
    """All that was done besides answering, in full; `own` is the form as it was sent."""
    who = _hands(returned)
    ones, others = _lines(own), _lines(returned)
    for i, j in paired([keys_in(line) for line in ones], [keys_in(line) for line in others]):
        was, now = "" if i is None else ones[i], "" if j is None else others[j]
        if was == now:
            continue
        names = ", ".join(dict.fromkeys((*who[was], *who[now])))
        where = f"beside the fields ({names})" if names else "beside the fields"
        if not now:
            yield f"taken out {where}: {was}"
        else:
            yield f"{where}: {now}" + (f" (instead of: {was})" if was not in now else "")
    for comment in returned.comments:
        yield remark_told(comment)
    for thing in returned.things[len(own.things) :]:
        yield f"{thing.kind}: {thing.words or 'without words'}"
    for thing in own.things[len(returned.things) :]:
        yield f"{thing.kind} taken out: {thing.words or 'without words'}"
    yield from _taken_out_of_answers(own, returned)
    yield from _looks(returned)


def _taken_out_of_answers(own: Returned, returned: Returned) -> Iterator[str]:
    """Words of answers that somebody took out again under tracking; not what the form itself said there."""
    said = [" ".join(("", *keys_in(control.text), "")) for control in own.controls]
    gone: dict[int, list[Span]] = defaultdict(list)
    for span in (span for paragraph in returned.paragraphs for span in paragraph.spans):
        if span.control is not None and not span.counts(View.ACCEPTED):
            gone[span.control].append(span)
    for spans in gone.values():
        words = " ".join("".join(span.text for span in spans).split())
        if words and not any(" ".join(("", *keys_in(words), "")) in each for each in said):
            who = dict.fromkeys(one.author for span in spans for one in span.revisions if one.author)
            by = f" ({', '.join(who)})" if who else ""
            yield f"taken out of an answer{by}: {words}"


def _lines(returned: Returned) -> list[str]:
    """The words beside the fields, by paragraphs. Of heads of pages programs make several: each once."""
    found: list[str] = []
    edges: dict[str, None] = {}
    for paragraph in viewed(returned.paragraphs, View.ACCEPTED):
        words = _words(paragraph.spans)
        if words and paragraph.part in _EDGES:
            edges[words] = None
        elif words:
            found.append(words)
    return [*found, *sorted(edges)]


def _words(spans: Iterable[Span]) -> str:
    parts = (span.text for span in spans if span.control is None and not span.is_worked_out)
    return " ".join("".join(parts).split())


def _hands(returned: Returned) -> Mapping[str, Sequence[str]]:
    """Who changed words beside the fields under tracking, by the words as they were and as they are."""
    found: dict[str, list[str]] = defaultdict(list)
    for view in View:
        for paragraph in viewed(returned.paragraphs, view):
            spans = [*paragraph.spans, *(span for _, span in paragraph.gone)]
            revisions = (one for span in spans if span.control is None for one in span.revisions)
            found[_words(paragraph.spans)] += [one.author for one in revisions if one.author]
    return found


def _looks(returned: Returned) -> Iterator[str]:
    """Words that are struck through, hidden or highlighted, in the fields and beside them."""
    for paragraph in viewed(returned.paragraphs, View.ACCEPTED):
        for look in _SIGNS:
            words = " … ".join(_stretches(paragraph, look))
            if words:
                yield f"{look}: {words}"


def _stretches(paragraph: Paragraph, look: Look) -> Iterator[str]:
    stretch = ""
    for span in (*paragraph.spans, None):
        if span is not None and look in span.looks:
            stretch += span.text
            continue
        if stretch.strip():
            yield " ".join(stretch.split())
        stretch = ""
