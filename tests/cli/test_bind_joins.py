"""Where the bound book meets markings, variants for release, languages, profiles, promised lengths."""

import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import docx
import pytest
from lxml import etree

from tests.books import changed, make_book, run
from tests.bound import BY_MEMOS, RESTRICTED, example_in, joined, marked
from tests.marked_book import secret_book
from tests.printed_lines import lines_of
from tests.profile_memos import write_book
from tests.test_releasing import found_in
from tests.test_spanish import known, words_in, workshop
from tests.writers.tagged import read_tagged

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OUT = Path("out/2031-04-20")
DOCX, PDF = OUT / "briefing-book.docx", OUT / "briefing-book.pdf"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for a book, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def parts_of(file: Path, *kinds: str) -> list[etree._Element]:
    """The parts of a DOCX whose names begin so, each as a tree."""
    with zipfile.ZipFile(file) as package:
        return [
            etree.fromstring(package.read(name))
            for name in sorted(package.namelist())
            if name.startswith(tuple(f"word/{kind}" for kind in kinds))
        ]


def words_of(root: etree._Element) -> str:
    return "".join(text.text or "" for text in root.iter(f"{W}t"))


# ---------------------------------------------------------------------------------------- markings

LEVELS = ("OPEN TO ALL", "DESK ONLY", "RESTRICTED")
BOTH = """\
background:
  both:
    forums: [council, harbours]
    text: Both meet in spring.
    statements: [{source: gazette, evidence: as it is}]
"""


def bound_banner(pdf: Path) -> str:
    """The banner of a bound book: twice on every page, and once in what is read, at its beginning."""
    tagged = read_tagged(pdf.read_bytes())
    first, *_ = tagged.root.all("P")
    banner = first.text.strip()
    for page in range(len(tagged.file.pages)):
        kinds = [a.subtype for a in tagged.artifacts if a.page == page and a.text.strip() == banner]
        assert sorted(kinds) == ["Footer", "Header"], page
    assert " ".join(tagged.root.words).count(banner) == 1  # none of a memo's own is left
    return banner


def is_as_high(one: str, other: str) -> bool:
    (level, *caveats), (least, *others) = one.split("//"), other.split("//")
    return LEVELS.index(level) >= LEVELS.index(least) and set(caveats) >= set(others)


BY_NOBODY: dict[str, str] = {}
BY_SOURCE = changed(
    "facts/ground.yaml", "published: 2031-04-10}", f"published: 2031-04-10, marking: {RESTRICTED}}}"
)
BY_FACT = changed("facts/harbours.yaml", "forum: harbours", f"forum: harbours\n    marking: {RESTRICTED}")
LATER = changed("facts/ground.yaml", "text: note.txt}", f"text: note.txt, marking: {RESTRICTED}}}")


@pytest.mark.parametrize(
    ("change", "banner"),
    [
        (BY_NOBODY, "OPEN TO ALL"),
        (BY_MEMOS, "RESTRICTED//PERSONAL DATA//NOT FOR THE PRESS"),
        (BY_SOURCE, "RESTRICTED//PERSONAL DATA"),
        (BY_FACT, "RESTRICTED//PERSONAL DATA"),
        (LATER, "OPEN TO ALL"),  # a source that is not out yet
    ],
)
def test_a_bound_book_is_marked_as_the_fold_of_its_memos(
    change: dict[str, str], banner: str, book: Path
) -> None:
    make_book(book, marked(change))
    assert run("bind", "council", "harbours").exit_code == 0
    assert bound_banner(PDF) == banner
    assert run("build", "council", "harbours", "--format", "json").exit_code == 0
    own = [
        json.loads((OUT / f"{memo}.json").read_text())["banner"]["text"] for memo in ("council", "harbours")
    ]
    assert all(is_as_high(banner, of_memo) for of_memo in own)
    levels = [of_memo.split("//")[0] for of_memo in own]
    assert banner.split("//")[0] == max(levels, key=LEVELS.index)
    assert set(banner.split("//")[1:]) == {caveat for each in own for caveat in each.split("//")[1:]}


def test_a_name_in_the_index_alone_raises_the_book(book: Path) -> None:
    """The memo shows a point of two forums, and names but one of them; the index names both."""
    forum = "harbours: {name: Harbour Talks, sides: [norland, sudland]"
    high = changed("facts/ground.yaml", f"{forum}}}", f"{forum}, marking: {RESTRICTED}}}")
    make_book(book, marked(high, {"facts/both.yaml": BOTH}))
    assert run("build", "council", "--format", "json").exit_code == 0
    told = (OUT / "council.json").read_text()
    assert "Both meet in spring" in told
    assert "Harbour Talks" not in told
    assert json.loads(told)["banner"]["text"] == "OPEN TO ALL"
    assert run("bind", "council").exit_code == 0
    assert "Harbour Talks" in read_tagged(PDF.read_bytes()).root.all("Index")[0].text
    assert bound_banner(PDF) == "RESTRICTED//PERSONAL DATA"


def test_the_docx_says_its_marking_on_every_page_and_once_in_its_text(book: Path) -> None:
    make_book(book, marked(BY_MEMOS))
    assert run("bind", "--format", "docx").exit_code == 0
    banner = "RESTRICTED//PERSONAL DATA//NOT FOR THE PRESS"
    (body,) = parts_of(DOCX, "document")
    assert words_of(body).startswith(banner)
    assert words_of(body).count(banner) == 1
    around = parts_of(DOCX, "header", "footer")
    framed = f"\u00a0{banner}\u00a0"  # its paper reaches beyond its letters
    assert {words_of(part).startswith(framed) or words_of(part).endswith(framed) for part in around} == {True}
    for section in docx.Document(str(DOCX)).sections:
        references = section._sectPr.findall(f"{W}headerReference") + section._sectPr.findall(
            f"{W}footerReference"
        )
        assert len(references) == 2  # each its own: the cover too
        assert section._sectPr.find(f"{W}titlePg") is None


def test_the_list_of_sources_says_the_marking_of_each(book: Path) -> None:
    make_book(book, marked(BY_SOURCE))
    assert run("bind", "council", "harbours", "--format", "pdf").exit_code == 0
    told = " ".join(read_tagged(PDF.read_bytes()).root.words)
    assert "(O) The gazette" in told
    assert "(R//PD) The letter" in told


# ------------------------------------------------------------------------------------- for release


def test_nothing_removed_is_in_a_bound_variant(book: Path) -> None:
    _, secrets = secret_book(book, citations="footnotes")
    result = run("bind", "--releasable-to", "open", "--json")
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["name"] == "briefing-book.releasable-to-open"
    made = {Path(name).name: Path(name).read_bytes() for name in told["made"]}
    assert sorted(made) == [f"{told['name']}.docx", f"{told['name']}.pdf"]
    assert found_in(made, secrets) == set()
    assert "400 boats" in " ".join(read_tagged(made[f"{told['name']}.pdf"]).root.words)
    full = run("bind", "--json")
    assert found_in({name: Path(name).read_bytes() for name in json.loads(full.stdout)["made"]}, secrets)


def test_what_was_removed_is_reported_beside_a_bound_variant(book: Path) -> None:
    make_book(book, marked(BY_SOURCE))
    assert run("bind", "council", "harbours", "--releasable-to", "desk").exit_code == 0
    stem = "briefing-book.releasable-to-desk"
    assert sorted(path.name for path in OUT.iterdir()) == [
        f"{stem}.docx",
        f"{stem}.pdf",
        f"{stem}.removed.json",
        f"{stem}.removed.txt",
    ]
    assert bound_banner(OUT / f"{stem}.pdf") == "OPEN TO ALL"
    report = json.loads((OUT / f"{stem}.removed.json").read_text())
    assert (report["marking"], report["variant"]) == ("RESTRICTED//PERSONAL DATA", stem)
    assert [(each["kind"], each["id"]) for each in report["removed"]] == [
        ("sources", "letter"),
        ("meetings", "talks-1"),
    ]
    again = run("bind", "council", "harbours", "--releasable-to", "desk")
    assert again.stderr.startswith("2 memos bound already: ")


def test_where_a_memo_has_no_variant_nothing_is_bound(book: Path) -> None:
    make_book(book, marked(BY_MEMOS))
    result = run("bind", "--releasable-to", "open")
    assert result.exit_code == 1
    assert "memo 'harbours' itself is marked RESTRICTED//PERSONAL DATA" in result.stderr
    assert result.stderr.endswith("nothing was bound: 2 memos cannot be made: council, harbours\n")
    assert not Path("out").exists()
    assert run("bind", "--releasable-to", "secret").exit_code == 2


# --------------------------------------------------------------------------------------- languages


def spanish_runs(root: etree._Element) -> Iterator[str]:
    """The words of paragraphs in the document's own language, without those that are tagged as another."""
    for paragraph in root.iter(f"{W}p"):
        words = ""
        for run_ in paragraph.iter(f"{W}r"):
            said = (text.text or "" for text in run_.iter(f"{W}t", f"{W}tab", f"{W}br"))
            words += "".join(said) if run_.find(f"{W}rPr/{W}lang") is None else ""
            words += " " if run_.find(f"{W}tab") is not None else ""
        yield words


def test_a_book_bound_in_spanish_says_nothing_in_english(tmp_path: Path) -> None:
    file = tmp_path / "book.docx"
    file.write_bytes(joined()["spanish"].docx)
    of_spanish = known(workshop())
    checked = 0
    for part in parts_of(file, "document", "header", "footer", "footnotes"):
        for words in spanish_runs(part):
            assert not words_in(words) - of_spanish, words
            checked += 1
    assert checked > 500
    with zipfile.ZipFile(file) as package:
        core = package.read("docProps/core.xml").decode()
    assert "<dc:language>es</dc:language>" in core
    assert "Foros de Estados Unidos y México" in core


def test_a_book_bound_in_spanish_is_read_out_in_spanish() -> None:
    tagged = read_tagged(joined()["spanish"].pdf)
    assert str(tagged.file.Root.Lang) == "es"
    with tagged.file.open_outline() as outline:
        titles = [item.title for item in outline.root[0].children]
    assert titles[0] == "Contenido"
    assert titles[1].startswith("Apartado 1 · ")
    assert titles[-2:] == ["Fuentes", "Índice alfabético"]
    links = {str(link.annotations[0].Contents) for link in tagged.root.all("Index")[0].all("Link")}
    assert all(re.fullmatch(r"página \d+", said) for said in links)
    heads = {a.text for a in tagged.artifacts if a.subtype == "Header"}
    assert any(head.endswith("Apartado 16 · 1 de 1") for head in heads)
    assert "/Lang" not in tagged.root.all("Part")[0].element  # no memo is in another language


def test_labels_of_the_contents_have_room_in_spanish(tmp_path: Path) -> None:
    """“Apartado 16” is wider than “Tab 16”: it stands on one line with its title, which begins further on."""
    file = tmp_path / "book.docx"
    file.write_bytes(joined()["spanish"].docx)
    (body,) = parts_of(file, "document")
    rows = [p for p in body.iter(f"{W}p") if p.find(f"{W}pPr/{W}pStyle[@{W}val='TOC1']") is not None]
    starts = {row.find(f"{W}pPr/{W}ind").get(f"{W}left") for row in rows}  # type: ignore[union-attr]
    (start,) = starts
    stops = {
        row.find(f"{W}pPr/{W}tabs/{W}tab[@{W}val='left']").get(f"{W}pos")  # type: ignore[union-attr]
        for row in rows
    }
    assert stops == starts
    (tmp_path / "book.pdf").write_bytes(joined()["spanish"].pdf)
    lines = [line for line in lines_of(tmp_path / "book.pdf") if line.page == 2]
    labels = [line for line in lines if line.text.startswith("Apartado ")]
    (title,) = (line for line in lines if line.text.startswith("Iniciativa Mérida"))
    label = labels[9]
    assert [line.text.strip() for line in labels] == [f"Apartado {n}" for n in range(1, 17)]
    assert label.baseline == pytest.approx(title.baseline)
    assert title.left - label.left == pytest.approx(int(start or 0) / 20, abs=0.1)
    assert label.right + 5 < title.left


def test_a_memo_that_is_named_in_a_language_is_bound_in_it(tmp_path: Path) -> None:
    root = example_in(tmp_path / "book")
    result = run("-C", root, "bind", "2026-q1.es", "2026-q1", "--out", tmp_path, "--format", "pdf", "--json")
    assert json.loads(result.stdout)["memos"] == ["2026-q1.es", "2026-q1.en"]  # named, and that of the book
    result = run(
        "-C", root, "bind", "2026-q1.es", "strategic-dialogue", "--out", tmp_path, "--format", "pdf", "--json"
    )
    assert json.loads(result.stdout)["memos"] == ["2026-q1.es", "strategic-dialogue"]
    tagged = read_tagged((tmp_path / "2026-01-20/briefing-book.pdf").read_bytes())
    first, second = tagged.root.all("Part")
    assert str(first.element.Lang) == "es"
    assert "Nota informativa" in first.text
    assert (str(tagged.file.Root.Lang), "Briefing memo" in second.text) == ("en", True)


# --------------------------------------------------------------------- profiles, the promise of length

SHORT = {
    "memos/short.yaml": "title: Short\nforum: fisheries-council\nlength: 1\n"
    "theme: { margins: { top: 6cm, bottom: 6cm } }\n"
}


def starter(folder: Path, changes: dict[str, str] | None = None) -> Path:
    return write_book(folder / "starter", changes)


def test_what_a_promise_leaves_out_is_left_out_of_the_book_and_told(book: Path) -> None:
    root = starter(book, SHORT)
    asked = ("--as-of", "2031-12-01", "--format", "pdf", "--out", book)
    alone = run("-C", root, "build", "short", *asked)
    assert alone.stderr.count("short: left out for its length: ") == 3
    told = [line for line in alone.stderr.splitlines() if "left out" in line]
    result = run("-C", root, "bind", "short", "first-half-2031", *asked)
    assert result.stderr.splitlines()[:-1] == told
    again = run("-C", root, "bind", "short", "first-half-2031", *asked, "--json")
    assert again.stderr.splitlines() == told  # though nothing is made
    built = json.loads(run("-C", root, "build", "short", *asked, "--json").stdout)
    assert json.loads(again.stdout)["left_out"] == built["left_out"]
    first, second = read_tagged((book / "2031-12-01/briefing-book.pdf").read_bytes()).root.all("Part")
    assert "End night fishing" not in first.text
    assert "End night fishing" in second.text


def test_a_promise_that_cannot_be_kept_binds_nothing(book: Path) -> None:
    long = f"bottom_line: {'It is not short. ' * 300}\nsections: [{{section: bottom-line, rank: must}}]\n"
    root = starter(book, {"memos/short.yaml": SHORT["memos/short.yaml"] + long})
    result = run("-C", root, "bind", "short", "--as-of", "2031-12-01", "--out", book)
    assert result.exit_code == 1
    assert "'length' promises 1 page" in result.stderr
    assert not (book / "2031-12-01").exists()


def test_memos_of_profiles_keep_what_is_theirs_but_for_the_look() -> None:
    tagged = read_tagged(joined()["profiles"].pdf)
    parts = tagged.root.all("Part")
    heads = [part.all("H2")[0].text.strip() for part in parts]
    assert [head.split(" · ")[0] for head in heads] == ["Tab 1", "Tab 2", "Tab 3", "Tab 4"]
    assert heads[0].endswith("BACKGROUND PAPER ON THE FISHERIES COUNCIL")
    headings = [node.text.strip() for node in parts[1].all("H3")]
    assert headings[:3] == ["Issue", "Recommendation", "Timing"]
    # The paragraphs of each submission are counted from 1.
    for part in parts[1:3]:
        numbers = [label.text.strip() for label in part.all("Lbl")]
        assert [number for number in numbers if number.endswith(".")] == [f"{n}." for n in range(1, 11)]
    # A profile's furniture, page and margins are the memo's alone: the book's stand on every page.
    for page in range(2, 6):
        around = {a.subtype: a.text.strip() for a in tagged.artifacts if a.page == page and a.text.strip()}
        assert around["Header"].endswith(f"Tab {page - 1} · 1 of 1")
        assert around["Footer"].endswith(str(page + 1))
    assert len({tuple(map(float, page.mediabox)) for page in tagged.file.pages}) == 1
    sections = docx.Document(BytesIO(joined()["profiles"].docx)).sections
    for number, section in enumerate(sections[2:6], 1):
        assert section.header.paragraphs[0].text.endswith(f"\tTab {number}")
        assert section.footer._element.xpath("string(.//w:instrText)").strip() == "PAGE"
    assert len({(s.page_width, s.left_margin) for s in sections}) == 1


def test_numbered_paragraphs_begin_anew_with_each_memo_in_word_too(tmp_path: Path) -> None:
    file = tmp_path / "book.docx"
    file.write_bytes(joined()["profiles"].docx)
    (body,), (numbering,) = parts_of(file, "document"), parts_of(file, "numbering")
    lists: list[set[str]] = [set()]  # those that count, by section of the document
    abstracts = {num.get(f"{W}numId"): num for num in numbering.iter(f"{W}num")}
    decimal = {
        abstract.get(f"{W}abstractNumId")
        for abstract in numbering.iter(f"{W}abstractNum")
        if abstract.find(f"{W}lvl/{W}numFmt").get(f"{W}val") == "decimal"  # type: ignore[union-attr]
    }
    for paragraph in body.iter(f"{W}p"):
        number = paragraph.find(f"{W}pPr/{W}numPr/{W}numId")
        if number is not None:
            num = abstracts[number.get(f"{W}val")]
            if num.find(f"{W}abstractNumId").get(f"{W}val") in decimal:  # type: ignore[union-attr]
                assert num.find(f"{W}lvlOverride/{W}startOverride") is not None
                lists[-1].add(str(number.get(f"{W}val")))
        if paragraph.find(f"{W}pPr/{W}sectPr") is not None:
            lists.append(set())
    first, second = lists[3], lists[4]  # behind cover, contents, background paper
    assert len(first) == len(second) == 1
    assert first != second
