"""Every PDF is PDF/UA-1 and PDF/A-2a: veraPDF and outloud judge, beside tests of our own in writers/."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path

import outloud
import pikepdf
import pytest
import reportlab
from PIL import Image as Picture

from briefbook.diagnostics import NOWHERE
from briefbook.document import Citations, Document, Image
from briefbook.readers.read_picture import read_picture
from briefbook.workshop import Day, Task
from briefbook.writers.theme import PAGES, File, Logo, OwnFaces, Theme
from briefbook.writers.to_pdf import write_pdf
from tests.faces import typewriter_face
from tests.pictures import TRANSPARENT, deep_png, interlaced_png, png
from tests.profile_memos import NAMES as PROFILE_MEMOS
from tests.profile_memos import profile_outputs
from tests.test_golden import MEMOS, days_with_news, workshop
from tests.verapdf import PROFILES, judged, needs_verapdf
from tests.writers.figures import council_timeline, entry, figure_of, timeline
from tests.writers.oddities import odd_document
from tests.writers.stress import stress_document
from tests.writers.tagged import read_tagged
from tests.writers.trees import document_of, fisheries_memo, run, sample_document, with_citations

# Rules of outloud that misfire: the first two where a table goes on on the next page, ORD-001 where a
# paragraph holds citations and links, as it takes an element's own content before that of the elements in it.
# What they are after, test_pdf_tags.py proves: regular tables, and content drawn in the structure's order.
MISFIRING = frozenset(("TBL-014", "TBL-010", "ORD-001"))


@cache
def example_pdfs() -> dict[str, bytes]:
    """The PDFs of all memos of the example book as of those of the nine days that have news of them."""
    made: dict[str, bytes] = {}
    for memo in MEMOS:
        for day in days_with_news(memo):
            task = Task(memo=workshop().book.memos[memo], day=Day(as_of=day, known_by=day), formats=("pdf",))
            made[f"{memo}.{day}"] = workshop().render(task).outputs["pdf"]
    return made


def other_documents() -> Iterator[tuple[str, Document]]:
    yield "fisheries", fisheries_memo()
    yield "empty", sample_document(sections=())
    for citations in Citations:
        yield f"stress-{citations}", stress_document(citations)
    for citations in Citations:
        yield f"odd-{citations}", with_citations(odd_document(), citations)
    yield "pictures", document_of(*map(figure_of, pictures()))
    captioned = figure_of(council_timeline(), run("All meetings of the council."))
    yield "timelines", document_of(captioned, figure_of(timeline(entry("A meeting", date(2031, 5, 11)))))


def pictures() -> Iterator[Image]:
    """Pictures of a user's own of every make."""
    Picture.new("L", (8, 4), 99).save(grey := BytesIO(), "JPEG", progressive=True)
    of_kinds = (*TRANSPARENT.values(), interlaced_png(), deep_png(), grey.getvalue())
    for data in of_kinds:
        ending = ".png" if data.startswith(b"\x89PNG") else ".jpg"
        image, problems = read_picture(NOWHERE, ending, data)
        assert image is not None, problems
        yield image


def themes() -> dict[str, Theme]:
    """Looks of a user's own: a logo with an alpha channel, another face, faces of the user's own."""
    logo = Logo(
        file=File.of(png(120, 40, (0x7A, 0x10, 0x30, 0x80))),
        media_type="image/png",
        pixels_wide=120,
        pixels_high=40,
        width=85,
        alt="The arms of the desk",
    )
    fonts = Path(str(reportlab.__file__)).parent / "fonts"
    regular, bold = (File.of((fonts / f"{name}.ttf").read_bytes()) for name in ("Vera", "VeraBd"))
    return {
        "logo": Theme(logo=logo),
        "serif": Theme(logo=logo, faces="source-serif-pro"),
        "own": Theme(logo=logo, own_faces=OwnFaces(regular=regular, bold=bold)),
    }


def written(folder: Path) -> list[Path]:
    """Every PDF that is judged, as a file."""
    made = example_pdfs() | {name: write_pdf(document, Theme()) for name, document in other_documents()}
    made["letter"] = write_pdf(stress_document(), Theme(page=PAGES["letter"]))
    # Not the stress document: outloud takes what stands at the foot of three of its pages for a footer.
    typewriter = Theme(own_faces=OwnFaces(regular=File.of(typewriter_face())))
    made["typewriter"] = write_pdf(fisheries_memo(), typewriter)
    made |= {name: both["pdf"] for name, both in profile_outputs(folder / "book").items()}
    made |= {f"themed.{name}": write_pdf(stress_document(), theme) for name, theme in themes().items()}
    files = []
    for name, data in made.items():
        files.append(folder / f"{name}.pdf")
        files[-1].write_bytes(data)
    return files


def spoiled() -> bytes:
    """A PDF that neither shows its title nor says what its colours mean: a judge that passes it is blind."""
    out = BytesIO()
    with pikepdf.open(BytesIO(write_pdf(fisheries_memo(), Theme()))) as pdf:
        del pdf.Root.ViewerPreferences, pdf.Root.OutputIntents
        pdf.save(out)
    return out.getvalue()


def test_nothing_of_the_example_is_drawn_past_its_tags() -> None:
    for data in example_pdfs().values():
        read_tagged(data)  # fails where anything is neither tagged nor an artifact


@pytest.mark.long
@needs_verapdf
def test_verapdf_passes_every_pdf(tmp_path: Path) -> None:
    bad = tmp_path / "spoiled.pdf"
    bad.write_bytes(spoiled())
    files = written(tmp_path)
    assert len(files) == sum(len(days_with_news(memo)) for memo in MEMOS) + len(PROFILE_MEMOS) * 4 + 15
    verdicts = judged([*files, bad])
    assert [(v.file.name, v.profile, v.failures) for v in verdicts if not v.passed and v.file != bad] == []
    assert [v.profile for v in verdicts if not v.passed] == list(PROFILES)


def told_by_outloud(file: Path) -> list[tuple[str, str, str]]:
    """What outloud finds in a file, but for the rules that misfire: file, rule, message."""
    result = outloud.check(str(file))
    assert result.error is None
    found = [(file.name, finding.rule, finding.message) for finding in result.findings]
    return [finding for finding in found if finding[1] not in MISFIRING]


@pytest.mark.long
def test_outloud_finds_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "spoiled.pdf"
    bad.write_bytes(spoiled())
    assert [rule for _, rule, _ in told_by_outloud(bad)] == ["DOC-011"]  # it does not show its title
    assert [finding for file in written(tmp_path) for finding in told_by_outloud(file)] == []
