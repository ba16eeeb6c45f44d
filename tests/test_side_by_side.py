"""DOCX and PDF side by side: same pages, nearly the same lines; what differs is listed here with its cause.

To see them: `make side-by-side`. In words: docs/formats.md, "The two side by side".
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.libreoffice import needs_office, to_pdfs
from tests.printed_lines import Line, Pair, pair_of
from tests.profile_memos import NAMES as PROFILE_MEMOS
from tests.profile_memos import profile_outputs
from tests.side_by_side import Both, example, stress
from tests.test_golden import MEMOS, days_with_news

NEAR = 0.6  # points: LibreOffice rounds to hundredths of a millimetre, line by line
END = 3.0  # points by which the same words may end elsewhere: it sets superior numbers a tenth smaller

# Why lines differ.
WAY_BACK = "the ↑ behind a source, in the DOCX alone, takes the last word to a line of its own"
HAIR = "a word fits in the one and not in the other, by less than half a point; so the rest of its paragraph"
SIGN = "LibreOffice sets number and ↗ a tenth smaller, so a word more fits; so the rest of its paragraph"
LABEL = "a label too long for its column: without a table Word can't break it there, so it has its own line"
ADDRESS = "LibreOffice breaks a long address at another sign"
GREEK = "columns with Greek: the PDF knows the face that draws it, the DOCX takes Cambria's widths"
NUMBER = "a number wider than its room: the PDF moves the text, the DOCX the number"
# Lines of the PDF that differ or stand elsewhere, by their beginnings; all else is the same in both.
BOOK = {
    "2021-2022": {"Working Group, about 6 October 2022 (the article": WAY_BACK},
    "all": {"Working Group, about 6 October 2022 (the article": WAY_BACK},
}
# Where LibreOffice ends a page elsewhere, though heading, lead-in and item say what stays with what, as Word
# reads it: it leaves a heading and a lead-in behind an item that it takes over whole (the first), and takes a
# heading over with a paragraph that the page's end could divide (the others).
PAGE_ENDS = {
    "2026-01-20.2026-q1.es",
    *(f"{day}.security-implementation-group.es" for day in ("2026-01-24", "2026-02-10", "2026-03-15")),
}
# Where a word of a narrow column fits in the one and not in the other, so that a row has a line more: that in
# which the commitments are due.
ROWS = {f"{day}.all" for day in ("2026-01-20", "2026-01-24", "2026-02-10", "2026-03-15")}
STRESS = {
    "A label that is far too": LABEL,
    "long for its column": LABEL,
    "survey line agreed common under secretaries": HAIR,
    "before survey, rest letter stock ice went part": HAIR,
    "22/session-23/session-24/session-25": ADDRESS,
    "9. nine": NUMBER,
    "and on": NUMBER,
    "10. ten": NUMBER,
    "The vessels before agreed draft under stock": GREEK,
    "without part weather quota met council": GREEK,
    "went agreed coast rest quota stock part": GREEK,
    "common stock weather letter nets ministers": HAIR,
    "letter survey quota note autumn spring": SIGN,
    "council under letter": SIGN,
    "council spring – not later.28": SIGN,
}


def pairs(made: Mapping[str, Both], folder: Path) -> dict[str, Pair]:
    (folder / "ours").mkdir()
    found: dict[str, Pair] = {}
    for name, docx in to_pdfs({name: both["docx"] for name, both in made.items()}, folder).items():
        pdf = folder / "ours" / f"{name}.pdf"
        pdf.write_bytes(made[name]["pdf"])
        found[name] = pair_of(docx, pdf)
    return found


def pages(lines: tuple[Line, ...]) -> int:
    return max(line.page for line in lines)


def heads(lines: tuple[Line, ...]) -> list[str]:
    """The first line of the text of each page; the header stands before it from page 2 on."""
    on = [[line.text for line in lines if line.page == page] for page in range(1, pages(lines) + 1)]
    return [on[0][0], *(texts[1] for texts in on[1:])]


def begins(line: Line, beginnings: Iterable[str]) -> bool:
    return any(line.text.startswith(beginning) for beginning in beginnings)


def astray(pair: Pair) -> list[Line]:
    """Lines of the PDF that stand elsewhere in the DOCX, but for those moved by what differs above them."""
    found: list[Line] = []
    for stretch in pair.same():
        moved, page = 0.0, 0
        for docx, pdf in stretch:
            lower = docx.baseline - pdf.baseline
            if page != pdf.page or abs(lower) <= NEAR:
                moved, page = lower, pdf.page
            is_near = abs(lower - moved) <= NEAR and abs(docx.left - pdf.left) <= NEAR
            if docx.page != pdf.page or not is_near or abs(docx.right - pdf.right) > END:
                found.append(pdf)
    return found


@pytest.mark.long
@needs_office
@pytest.mark.parametrize("memos", [MEMOS[::2], MEMOS[1::2]])  # for two processes
def test_the_example_book_on_nine_days(memos: list[str], tmp_path: Path) -> None:
    found = pairs(example(memos, days_with_news), tmp_path)
    assert {name.partition(".")[2] for name in found} == set(memos)
    assert len(found) > 3 * len(memos)
    for name, pair in found.items():
        known = BOOK.get(name.partition(".")[2], {})
        assert pages(pair.docx) == pages(pair.pdf), name
        assert (heads(pair.docx) == heads(pair.pdf)) is (name not in PAGE_ENDS), name
        if name in PAGE_ENDS:
            assert pair.share >= 0.94, name
            continue
        if name in ROWS:
            assert pair.share >= 0.97, name
            continue
        assert abs(pair.docx[0].baseline - pair.pdf[0].baseline) <= NEAR, name
        for docx, pdf in pair.different():
            assert pdf, (name, docx)
            assert begins(pdf[0], known), (name, pdf)
            assert docx[-1].leads_back, (name, docx)
        assert astray(pair) == [], name
        assert pair.share >= 0.985, name


@pytest.mark.long
@needs_office
def test_every_profile(tmp_path: Path) -> None:
    found = pairs(profile_outputs(tmp_path / "book"), tmp_path)
    assert len(found) == len(PROFILE_MEMOS) * 4
    for name, pair in found.items():
        assert pages(pair.docx) == pages(pair.pdf), name
        assert heads(pair.docx) == heads(pair.pdf), name
        assert pair.different() == [], name
        assert astray(pair) == [], name


@pytest.mark.long
@needs_office
def test_the_stress_document(tmp_path: Path) -> None:
    """Where notes stand is LibreOffice's own: closer to the text than Word's, endnotes on a page for them."""
    found = pairs(stress(), tmp_path)
    for name, pair in found.items():
        assert pages(pair.docx) == pages(pair.pdf), name
    shares = {name: pair.share for name, pair in found.items()}
    numbered = found["stress.numbered"]
    unknown = [(docx, pdf) for docx, pdf in numbered.different() if not begins((pdf or docx)[0], STRESS)]
    assert unknown == []
    assert [line for line in astray(numbered) if not begins(line, STRESS)] == []
    assert shares["stress.numbered"] >= 0.89
    assert min(shares.values()) >= 0.75


def test_a_line_that_breaks_or_stands_elsewhere_would_be_seen() -> None:
    lines = [
        Line(page=1, left=79, right=400, baseline=20.0 * number, text=f"line {number}")
        for number in (1, 2, 3)
    ]
    broken = [lines[0], replace(lines[1], text="line"), replace(lines[1], text="2"), lines[2]]
    assert Pair(docx=tuple(lines), pdf=tuple(lines)).different() == []
    assert Pair(docx=tuple(broken), pdf=tuple(lines)).different() == [((*broken[1:3],), (lines[1],))]
    for change in ({"baseline": 41.0}, {"left": 80.0}, {"right": 404.0}, {"page": 2}):
        moved = (lines[0], replace(lines[1], **change), lines[2])
        assert astray(Pair(docx=moved, pdf=tuple(lines))) == [lines[1]]
