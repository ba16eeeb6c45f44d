"""A document of oddities: headings that skip, words in changing styles, tables of every shape, figures."""

from briefbook.document import (
    Block,
    Cite,
    CitedSource,
    Document,
    Field,
    Fields,
    Figure,
    Heading,
    Image,
    Inlines,
    ItemList,
    LineBreak,
    Link,
    ListItem,
    Paragraph,
    Row,
    Section,
    SourceEntry,
    SourceList,
    Standing,
    Table,
    Text,
    Timeline,
    TimelineEntry,
)
from tests.writers.figures import png
from tests.writers.trees import bullets, numbered, run, sample_document

SOURCES = 40
NAMES = (
    "Ångström, Çelik, Dvořák, Đorđević, Éluard, Ġorġ, Hašek, Ìgbò, Jókai, Ķēniņš, Łódź, Müller, Ñandú, Őri, "
    "Þór, Rütli, Śląsk, Țepeș, Ůz, Ŵyn, Ýrr, Žižek; Nguyễn Thị Ánh, q\u0303uay; "
    "Γεώργιος Παπανδρέου in Αθήνα; Фёдор Достоевский in Москва, Їжакевич in Київ"
)
ADDRESS = "https://council.example/archive/" + "a-page-with-a-very-long-name/" * 7 + "index.html?a=1&b=2"
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrikationsgebäudeversicherung"
FRENCH = "le ministre de la Mer, des Pêches et de l’Aquaculture, chargé des affaires maritimes "


def odd_document() -> Document:
    """A document with all of it; its headings skip a level and its first one is not of level 1."""
    return sample_document(
        sections=(
            Section(name="header", blocks=tuple(_header())),
            Section(name="background", blocks=tuple(_texts())),
            Section(name="participants", blocks=tuple(_tables())),
            Section(name="sources", blocks=tuple(_sources())),
        ),
        title="Stress (all of it) \\ “Ἀθῆναι”",
        footer="stress · as of 2031-05-14",
    )


def cited(*numbers: int) -> Inlines:
    """A citation of the numbered sources."""
    sources = tuple(CitedSource(source=f"source-{number}", number=number) for number in numbers)
    return (Cite(sources=sources),)


def link(text: str, target: str = ADDRESS) -> Inlines:
    """A link of words in changing styles."""
    words = text.split(" ")
    children = tuple(
        Text(text=word + " " * (n < len(words) - 1), strong=n % 3 == 1, emphasis=n % 5 == 2)
        for n, word in enumerate(words)
    )
    return (Link(children=children, target=target),)


def _header() -> list[Block]:
    return [
        Heading(level=2, children=run("Stress memo"), aside=run("14 May 2031")),
        Fields(
            rows=(
                Field(label=run("Subject"), value=(*run(NAMES), *cited(1))),
                Field(label=(*run("From"), LineBreak(), *run("(and to)")), value=run("Fisheries desk")),
                Field(label=run("Nothing"), value=()),
            )
        ),
    ]


def _texts() -> list[Block]:
    over_two_pages: list[Inlines] = []
    for n in range(1, SOURCES):
        words = f"Sentence {n} of this paragraph says what source {n} says, and then it goes on a while"
        over_two_pages += [run(words), cited(n), run(" so that lines end anywhere. ")]
    nested = ItemList(
        ordered=True,
        start=9,
        items=(
            ListItem(blocks=(Paragraph(children=run("an item with a list:")), bullets("a part", NAMES))),
            ListItem(
                blocks=(
                    Paragraph(children=(*run("two paragraphs"), *cited(2, 3))),
                    Paragraph(children=run("and lists in lists", language="fr")),
                    ItemList(ordered=False, items=(ListItem(blocks=(numbered("deep", "deeper"),)),)),
                )
            ),
        ),
    )
    return [
        Heading(level=2, children=run("Texts")),
        Heading(level=5, children=run("A level that skips three")),
        Paragraph(children=tuple(inline for part in over_two_pages for inline in part)),
        Paragraph(children=run("They have:"), lead_in=True),
        nested,
        Paragraph(
            children=(
                *run("Links over the ends of lines: "),
                *link("the whole list of letters of the council, in the order in which they came in"),
                *run(" and "),
                *link(ADDRESS),
                *run("; a mail to "),
                *link("the desk", "mailto:desk@council.example"),
                *run(
                    f". A long word: {LONG_WORD}, a soft one: Re\u00adcon\u00adsid\u00ader\u00ada\u00adtion. "
                ),
                *run(FRENCH * 3, language="fr"),
                *link("la page du ministère", "https://ministere.example"),
                *run(" (closed)."),
            )
        ),
    ]


def _tables() -> list[Block]:
    columns = Row(cells=(run("Side"), run("Name"), run("Said of it"), run("Boats")))
    rows = tuple(
        Row(
            cells=(
                run("Norland" if n % 2 else "Sudland"),
                run(f"Étienne Marchetti-Lauterbach the {n}th"[: 12 + n * 7 % 30].strip()),
                (*run("ministre de la Mer", language="fr"), *run(f" in year {n}, "), *link("see there")),
                run(str(n * 37)) if n % 7 else (),
            )
        )
        for n in range(1, 91)
    )
    entries = (
        _entry("third meeting", Standing.HELD, 11),
        _entry("fourth meeting", Standing.UPCOMING, 20),
    )
    timeline = Timeline(as_of=sample_document(sections=()).as_of, as_of_label="as of", entries=entries)
    alt = "Two meetings: the third, held on 11 May; the fourth, upcoming."
    caption = (*run("Meetings, as "), *link("the list of the council"), *run(" has them"), *cited(SOURCES))
    boat = Image(data=png(90, 60, "RGBA"), media_type="image/png", width=90, height=60)
    again = Image(data=png(40, 30, "L", "JPEG"), media_type="image/jpeg", width=40, height=30)
    return [
        Heading(level=2, children=run("Tables")),
        Table(name="Participants (all) by side", header=columns, rows=rows),
        Paragraph(children=run("A table without a row:")),
        Table(name="No meetings", header=columns, rows=()),
        Figure(alt=alt, picture=timeline, caption=caption),
        Paragraph(children=run("A boat, seen through glass, and the same in grey:")),
        Figure(alt="A boat.", picture=boat, caption=run("Off Emery")),
        Figure(alt="A grey boat.", picture=again),
    ]


def _entry(label: str, standing: Standing, day: int) -> TimelineEntry:
    date = sample_document(sections=()).as_of.replace(day=day)
    return TimelineEntry(
        label=label,
        when=f"{day} May 2031",
        said=standing.value,
        standing=standing,
        first=date,
        last=date,
        fact=label,
    )


def _sources() -> list[Block]:
    entries = tuple(
        SourceEntry(
            source=f"source-{number}",
            number=number,
            children=(*run(f"Letter {number} of the council, {NAMES[:number]}. "), *link("Read it")),
        )
        for number in range(1, SOURCES + 1)
    )
    return [Heading(level=2, children=run("Sources")), SourceList(entries=entries)]
